"""A clock that jumps: nothing is deleted, blocked or ended without a word."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from badges.folder_printer import FolderPrinter
from data.schema import AuditRow, BookingRow, DeliveryRow, WrongTryRow
from data.store import Store
from eventdesk.accounts import charge
from eventdesk.accounts.credential import PAUSES, locked_until
from eventdesk.acts import SYSTEM, YEARS, Clock, Steps, clock_now, trust_clock, watch_clock
from eventdesk.acts.store_clock import JUMP, SETTLES
from eventdesk.booking import expire_due
from eventdesk.cli.log_file import PlainFormatter
from eventdesk.core.clock import run_ahead, utc_now
from eventdesk.core.errors import NotAllowedError, NotFoundError, SignInError
from eventdesk.core.messages import msg, reading
from eventdesk.core.settings import Settings
from eventdesk.door import Tone, check_in
from eventdesk.keeping import Backup, keep_backup, list_backups, make_backup, thinned
from eventdesk.keeping.backups import KEEP_NEWEST
from eventdesk.keeping.examination.finding import Patient
from eventdesk.keeping.examination.home import look_at_backups
from eventdesk.keeping.examination.machine import look_at_clock
from eventdesk.printing import LEASE, claim_badges
from eventdesk.spooler import Spooler, chores
from eventdesk.waiting import sweep
from tests.badge_jobs import confirm_badge
from tests.build import NOON, STAFF, Fair
from tests.test_spooler import _until

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAR = datetime(2037, 3, 1, 12, tzinfo=UTC)


def _unpaid(fair: Fair) -> None:
    fair.sell_all(["Una Unpaid"], paid=False)
    with fair.store.write() as connection:
        held = {"state": "pending", "expires_at": NOON + HOUR}
        connection.execute(update(BookingRow).values(held))


def _states(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(BookingRow.state)).scalars())


def _trusted(store: Store) -> list[object]:
    with store.read() as connection:
        asked = select(AuditRow.actor_kind).where(AuditRow.verb == "trust_clock")
        return list(connection.execute(asked).scalars())


def test_a_clock_that_goes_on_is_fine_and_its_latest_instant_is_noted(store: Store) -> None:
    assert watch_clock(store, SYSTEM.at(NOON)).state is Clock.FINE
    assert watch_clock(store, SYSTEM.at(NOON + HOUR)).state is Clock.FINE
    look = clock_now(store, SYSTEM.at(NOON + HOUR + JUMP))
    assert (look.state, look.seen, look.sentence) == (Clock.FINE, NOON + HOUR, "")


def test_a_clock_that_is_behind_is_named_and_moves_nothing(store: Store) -> None:
    watch_clock(store, SYSTEM.at(NOON))
    look = watch_clock(store, SYSTEM.at(NOON - 2 * DAY))
    assert look.state is Clock.BEHIND
    assert "was open at 2026-06-01 10:00 already" in look.sentence
    assert clock_now(store, SYSTEM.at(NOON)).state is Clock.FINE


def test_an_unpaid_booking_does_not_end_because_the_clock_jumped(fair: Fair) -> None:
    _unpaid(fair)
    watch_clock(fair.store, SYSTEM.at(NOON))
    for minutes in range(0, 600, 5):
        watch_clock(fair.store, SYSTEM.at(FAR + minutes * MINUTE))
        assert sweep(fair.store, SYSTEM.at(FAR + minutes * MINUTE)) == 0
    assert _states(fair.store) == ["pending"]
    assert sweep(fair.store, SYSTEM.at(NOON + 2 * HOUR)) == 1
    assert _states(fair.store) == ["expired"]


def test_who_books_while_the_clock_is_wrong_ends_nobody_else(fair: Fair) -> None:
    _unpaid(fair)
    watch_clock(fair.store, SYSTEM.at(NOON))
    with Steps(fair.store, SYSTEM.at(FAR)).write() as act:
        assert expire_due(act, None) == []


def test_after_a_pause_deadlines_wait_until_the_clock_went_on_for_a_while(fair: Fair) -> None:
    _unpaid(fair)
    watch_clock(fair.store, SYSTEM.at(NOON))
    later = NOON + 30 * DAY
    assert watch_clock(fair.store, SYSTEM.at(later)).state is Clock.AHEAD
    assert sweep(fair.store, SYSTEM.at(later + MINUTE)) == 0
    assert watch_clock(fair.store, SYSTEM.at(later + SETTLES)).state is Clock.FINE
    assert _trusted(fair.store) == ["system"]
    assert sweep(fair.store, SYSTEM.at(later + SETTLES)) == 1


def test_a_jump_of_years_waits_for_somebody_who_confirms_it(fair: Fair) -> None:
    _unpaid(fair)
    watch_clock(fair.store, SYSTEM.at(NOON))
    later = NOON + YEARS + DAY
    for minutes in (0, 11, 60, 1000):
        assert watch_clock(fair.store, SYSTEM.at(later + minutes * MINUTE)).state is Clock.AHEAD
    trust_clock(fair.store, SYSTEM.at(later + DAY))
    assert sweep(fair.store, SYSTEM.at(later + DAY)) == 1
    with pytest.raises(NotAllowedError):
        trust_clock(fair.store, STAFF.at(later))


def test_a_rehearsal_may_be_on_another_day(store: Store) -> None:
    watch_clock(store, SYSTEM.at(NOON))
    run_ahead(100 * DAY)
    try:
        assert clock_now(store, SYSTEM.at(FAR)).state is Clock.FINE
    finally:
        run_ahead(timedelta())


# Backups


def _touch(store: Store, made_at: datetime) -> None:
    folder = store.home / "backups"
    folder.mkdir(exist_ok=True)
    (folder / f"{made_at:%Y%m%dT%H%M%SZ}.db").touch()


@pytest.mark.parametrize("noted", [True, False])
def test_a_backup_of_2037_takes_no_other_away(store: Store, noted: bool) -> None:
    for days in range(60):
        _touch(store, NOON - days * DAY)
    if noted:
        watch_clock(store, SYSTEM.at(NOON))
    make_backup(store, SYSTEM.at(FAR))
    make_backup(store, SYSTEM.at(FAR + HOUR))
    assert len(list_backups(store.home)) == 62


def test_a_backup_from_the_future_does_not_keep_the_next_from_being_made(store: Store) -> None:
    make_backup(store, SYSTEM.at(FAR))
    keep_backup(store, SYSTEM.at(NOON))
    keep_backup(store, SYSTEM.at(NOON + MINUTE))
    assert [backup.made_at for backup in list_backups(store.home)] == [NOON, FAR]


def test_the_doctor_names_backups_from_the_future(store: Store, tmp_path: Path) -> None:
    make_backup(store, SYSTEM.at(FAR))
    make_backup(store, SYSTEM.at(NOON))
    findings = list(look_at_backups(Patient(Settings(store.home), store, NOON)))
    assert "1 from the future, such as 20370301T120000Z.db" in findings[0].text
    assert findings[1].tone is Tone.GOOD
    assert "newest 2026-06-01" in findings[1].text


@given(st.lists(st.tuples(st.integers(-20 * 366 * 24, 20 * 366 * 24), st.integers(1, 40))))
def test_however_the_clock_jumps_the_backups_made_last_stay(jumps: list[tuple[int, int]]) -> None:
    now, number = NOON, 0
    there: list[Backup] = []
    for hours, times in jumps:
        now = min(max(now + hours * HOUR, NOON - 9000 * DAY), NOON + 9000 * DAY)
        for _ in range(times):
            now += HOUR
            number += 1
            there.append(Backup(Path(f"{number}.db"), now, 1, number))
            before = len(there)
            gone = thinned(there, now)
            there = [backup for backup in there if backup not in gone]
            last = {backup.number for backup in there}
            assert last >= set(range(max(1, number - KEEP_NEWEST + 1), number + 1))
            assert len(there) >= min(before, KEEP_NEWEST)
            assert not any(backup.is_from_future(now) for backup in gone)


# Leases, locks and the doctor


@pytest.fixture
def queued(fair: Fair) -> Fair:
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(fair.sell())))
    return fair


def test_a_badge_leased_in_2037_is_taken_again_and_marked(queued: Fair) -> None:
    [taken] = claim_badges(queued.store, SYSTEM.at(FAR), "then")
    assert claim_badges(queued.store, SYSTEM.at(FAR + LEASE / 2), "other") == []
    [again] = claim_badges(queued.store, SYSTEM.at(NOON), "now")
    assert (again.delivery_id, again.badge.mark) == (taken.delivery_id, "COPY?")
    confirm_badge(
        queued.store, "then", taken.delivery_id, attempts=1, confirmed=True, where="paper", now=NOON
    )
    with queued.store.read() as connection:
        state = connection.execute(select(DeliveryRow.state, DeliveryRow.leased_by)).one()
    assert tuple(state) == ("leased", "now")


def test_a_lock_out_that_begins_in_2037_is_void(store: Store) -> None:
    assert locked_until(9, FAR, NOON) is None
    assert locked_until(9, NOON, NOON) == NOON + PAUSES[-1]
    with store.write() as connection:
        connection.execute(insert(WrongTryRow).values(subject="a", tries=9, last_at=FAR))
    charge(Steps(store, SYSTEM.at(NOON)), "a")
    with pytest.raises(SignInError, match="Too many wrong tries"):
        charge(Steps(store, SYSTEM.at(NOON)), "a")


def test_the_doctor_says_that_the_clock_jumped_and_what_to_do(store: Store) -> None:
    watch_clock(store, SYSTEM.at(NOON))
    [finding] = look_at_clock(Patient(Settings(store.home), store, FAR))
    assert finding.tone is Tone.STOP
    assert "no deadline ends anything" in finding.text
    assert "eventdesk clock trust" in finding.advice


def test_the_doctor_names_bookings_that_keep_their_places_for_years(fair: Fair) -> None:
    _unpaid(fair)
    with fair.store.write() as connection:
        connection.execute(update(BookingRow).values(expires_at=FAR))
    found = look_at_clock(Patient(Settings(fair.store.home), fair.store, utc_now()))
    assert any("1 unpaid bookings keep their places until 2037-03-01" in f.text for f in found)


def test_the_spooler_notes_the_clock(store: Store, tmp_path: Path) -> None:
    spooler = Spooler(store, FolderPrinter(tmp_path / "paper"), backups=False)
    spooler.start()
    try:
        _until(lambda: clock_now(store, SYSTEM).seen is not None)
    finally:
        spooler.stop()


def test_the_log_of_chores_is_english(fair: Fair, caplog: pytest.LogCaptureFixture) -> None:
    def lost() -> None:
        raise NotFoundError(msg("There is no such backup."), hint=msg("Nothing was changed."))

    watch_clock(fair.store, SYSTEM.at(NOON - DAY), otherwise=lambda: FAR)
    with reading("de"):
        chores._watch_clock(fair.store)
        chores._try(lost)
        lines = [PlainFormatter("%(message)s").format(record) for record in caplog.records]
    assert lines[0].startswith("The clock: it says ")
    assert "Set the clock" in lines[0]
    assert lines[1] == "There is no such backup. Nothing was changed."
