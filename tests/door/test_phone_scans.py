"""What phones decided without the house: taken once, as of then; what does not fit is listed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from data.schema import AdmissionRow, AuditRow, DeliveryRow, ScanRow, TicketRow
from eventdesk.accounts import offer_pairing, pair_device, who_is_device
from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.booking import block, cancel_booking, reissue
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SupervisorNeededError
from eventdesk.door import (
    EntryPolicy,
    OfflineConflict,
    OfflineScan,
    Outcome,
    Taken,
    change_check_in_list,
    check_in,
    counters,
    deliver_offline_scans,
    event_loose_ends,
    list_at_door,
    offline_conflicts,
    read_conflict,
    recent_scans,
    settle_conflict,
    undo,
)
from eventdesk.door.check_in_list import as_new
from eventdesk.door.phone_scans import MAX_SCANS
from eventdesk.figures.reports.attendance import attendance_report
from tests.build import ATTENDEE, NOON, OTHER_STAFF, STAFF, SUPERVISOR, Fair
from tests.door.phone import Phone

BACK = NOON + timedelta(hours=2)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def phone(fair: Fair) -> Phone:
    listed = fair.list("Field", offline=True)
    return Phone(fair.store, STAFF, listed.id, gate_id=fair.gate.id)


def another(phone: Phone, actor: Actor = OTHER_STAFF) -> Phone:
    return Phone(phone.store, actor, phone.list_id, name="another")


def conflicts(fair: Fair) -> list[OfflineConflict]:
    found, total = offline_conflicts(fair.store, STAFF.at(BACK), fair.event.id)
    assert total == len(found)
    return found


def came(phone: Phone) -> int:
    return counters(phone.store, STAFF.at(BACK), phone.list_id).admitted


def offline(text: str, nonce: str = "n1", shown: str = "admitted", **given: Any) -> OfflineScan:
    return OfflineScan(nonce, text, given.pop("seen_at", at(5).isoformat()), shown, **given)


def test_who_was_let_in_without_the_house_is_in_since_then(fair: Fair, phone: Phone) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.fetch(NOON)
    assert phone.scan(token, at(5)) == "admitted"
    [told] = phone.deliver(BACK)
    assert (told.state, told.outcome, told.conflict) == (Taken.TAKEN, Outcome.ADMITTED, False)
    assert told.name == "Ada"
    assert came(phone) == 1
    assert conflicts(fair) == []
    later = check_in(fair.store, STAFF.at(BACK), fair.scan(token, list_id=phone.list_id))
    assert (later.outcome, later.first_admitted_at) == (Outcome.ALREADY_IN, at(5))
    assert "12:05 at Gate A" in later.reason
    with fair.store.read() as connection:
        admitted_at, recorded_at = connection.execute(
            select(AdmissionRow.admitted_at, ScanRow.recorded_at).join(
                ScanRow, ScanRow.id == AdmissionRow.scan_id
            )
        ).one()
    assert admitted_at == recorded_at == at(5)


def test_the_badge_of_who_was_let_in_prints_when_the_house_hears_of_it(
    fair: Fair, phone: Phone
) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.fetch(NOON)
    phone.scan(token, at(5))
    phone.deliver(BACK)
    phone.deliver(BACK)
    with fair.store.read() as connection:
        assert connection.execute(select(DeliveryRow.created_at)).scalars().all() == [BACK]


def test_a_scan_counts_once_however_often_and_in_whatever_parts_it_is_delivered(
    fair: Fair, phone: Phone
) -> None:
    tokens = [fair.token(fair.sell(name)) for name in ("Ada", "Ben", "Cleo")]
    phone.fetch(NOON)
    for minute, token in enumerate([*tokens, tokens[0]]):
        phone.scan(token, at(minute))
    first = phone.deliver(BACK, phone.queue[:2])
    again = phone.deliver(BACK)
    phone.deliver(BACK, phone.queue[1:])
    assert [each.state for each in first] == [Taken.TAKEN, Taken.TAKEN]
    assert [each.state for each in again] == [Taken.AGAIN] * 2 + [Taken.TAKEN] * 2
    assert [each.scan_id for each in again[:2]] == [each.scan_id for each in first]
    assert [each.outcome for each in again] == [Outcome.ADMITTED] * 3 + [Outcome.ALREADY_IN]
    assert came(phone) == 3
    with fair.store.read() as connection:
        assert connection.execute(select(func.count(ScanRow.no))).scalar_one() == 4
    assert conflicts(fair) == []


def test_the_clock_of_a_phone_is_brought_to_that_of_the_house(fair: Fair, phone: Phone) -> None:
    tokens = [fair.token(fair.sell(name)) for name in ("Ada", "Ben", "Cleo", "Dan")]
    behind = at(5) - timedelta(hours=1)
    phone.deliver(
        BACK,
        [
            offline(tokens[0], "n1", seen_at=behind.isoformat(), clock_offset_s=3600.0),
            offline(tokens[1], "n2", seen_at=(BACK + timedelta(days=1)).isoformat()),
            offline(tokens[2], "n3", seen_at="1970-01-01T00:00:00Z"),
            offline(tokens[3], "n4", seen_at="soon", clock_offset_s=1e300),
        ],
    )
    scans = recent_scans(fair.store, STAFF, phone.list_id)
    assert [each.recorded_at for each in reversed(scans)] == [at(5), BACK, BACK, BACK]


def test_a_ticket_that_two_phones_let_in_is_in_once_and_listed_once(
    fair: Fair, phone: Phone
) -> None:
    token = fair.token(fair.sell("Ada"))
    other = another(phone)
    for each in (phone, other):
        each.fetch(NOON)
    assert other.scan(token, at(9)) == "admitted"
    assert phone.scan(token, at(5)) == "admitted"
    other.deliver(BACK)
    [told] = phone.deliver(BACK)
    phone.deliver(BACK)
    assert (told.outcome, told.conflict) == (Outcome.ALREADY_IN, True)
    assert came(phone) == 1
    [conflict] = conflicts(fair)
    assert (conflict.why, conflict.name, str(conflict.told)) == ("twice", "Ada", "let in twice")
    assert [(each.at, each.operator, each.gate) for each in conflict.scans] == [
        (at(5), STAFF.name, "Gate A"),
        (at(9), OTHER_STAFF.name, ""),
    ]


def test_a_ticket_that_a_desk_let_in_meanwhile_is_listed(fair: Fair, phone: Phone) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.fetch(NOON)
    check_in(fair.store, OTHER_STAFF.at(at(1)), fair.scan(token, list_id=phone.list_id))
    assert phone.scan(token, at(5)) == "admitted"
    phone.deliver(BACK)
    [conflict] = conflicts(fair)
    assert [each.at for each in conflict.scans] == [at(1), at(5)]
    assert came(phone) == 1


def reissued(fair: Fair, ticket_id: UUID) -> None:
    reissue(fair.store, SYSTEM.at(at(1)), ticket_id, reason="lost")


def blocked(fair: Fair, ticket_id: UUID) -> None:
    block(fair.store, SYSTEM.at(at(1)), ticket_id, note="stolen")


def cancelled(fair: Fair, ticket_id: UUID) -> None:
    with fair.store.read() as connection:
        booking_id = connection.execute(
            select(TicketRow.booking_id).where(TicketRow.id == ticket_id)
        ).scalar_one()
    cancel_booking(fair.store, SYSTEM.at(at(1)), booking_id, reason="ill")


@pytest.mark.parametrize(
    ("meanwhile", "why"), [(reissued, "revoked"), (blocked, "blocked"), (cancelled, "cancelled")]
)
def test_who_was_let_in_against_what_the_phone_could_not_know_counts_and_is_listed(
    fair: Fair, phone: Phone, meanwhile: Any, why: str
) -> None:
    booked = fair.sell("Ada")
    token = fair.token(booked)
    phone.fetch(NOON)
    meanwhile(fair, booked.ticket_ids[0])
    assert phone.scan(token, at(5)) == "admitted"
    [told] = phone.deliver(BACK)
    phone.deliver(BACK)
    assert (told.outcome, told.conflict) == (Outcome.ADMITTED, True)
    [conflict] = conflicts(fair)
    assert (conflict.why, conflict.other, conflict.shown) == (why, None, Outcome.ADMITTED)
    assert came(phone) == 1
    with fair.store.read() as connection:
        verbs = connection.execute(select(AuditRow.verb)).scalars().all()
        badges = connection.execute(select(func.count(DeliveryRow.id))).scalar_one()
    assert (verbs.count("force"), badges) == (1, 0)


@pytest.mark.parametrize("meanwhile", [reissued, cancelled])
def test_what_was_replaced_or_cancelled_after_the_guest_came_in_is_no_conflict(
    fair: Fair, phone: Phone, meanwhile: Any
) -> None:
    booked = fair.sell("Ada")
    token = fair.token(booked)
    phone.fetch(NOON)
    phone.scan(token, NOON)
    meanwhile(fair, booked.ticket_ids[0])
    phone.deliver(BACK)
    assert conflicts(fair) == []
    assert came(phone) == 1


def test_a_blocked_ticket_that_two_phones_let_in_is_in_once(fair: Fair, phone: Phone) -> None:
    booked = fair.sell("Ada")
    token, other = fair.token(booked), another(phone)
    for each in (phone, other):
        each.fetch(NOON)
    blocked(fair, booked.ticket_ids[0])
    phone.scan(token, at(5))
    other.scan(token, at(6))
    phone.deliver(BACK)
    other.deliver(BACK)
    assert sorted(each.why for each in conflicts(fair)) == ["blocked", "twice"]
    assert came(phone) == 1
    with fair.store.read() as connection:
        assert connection.execute(select(func.count(AdmissionRow.id))).scalar_one() == 1


def test_a_room_that_was_full_is_listed(fair: Fair, phone: Phone) -> None:
    tokens = [fair.token(fair.sell(name)) for name in ("Ada", "Ben")]
    phone.fetch(NOON)
    with fair.store.read() as connection:
        listed = list_at_door(connection, phone.list_id)
    tight = replace(as_new(listed), capacity=1)
    change_check_in_list(fair.store, SYSTEM.at(at(1)), phone.list_id, tight)
    check_in(fair.store, STAFF.at(at(2)), fair.scan(tokens[0], list_id=phone.list_id))
    phone.scan(tokens[1], at(5))
    phone.deliver(BACK)
    [conflict] = conflicts(fair)
    assert conflict.why == "rules"
    assert came(phone) == 2


def test_who_was_turned_away_stays_out_and_stands_in_the_log(fair: Fair, phone: Phone) -> None:
    phone.fetch(NOON)
    sold_since = fair.token(fair.sell("Zoe"))
    assert phone.scan(sold_since, at(5)) == "unknown"
    [told] = phone.deliver(BACK)
    assert (told.outcome, told.conflict, told.name) == (Outcome.UNKNOWN, False, "Zoe")
    assert came(phone) == 0
    [scan] = recent_scans(fair.store, STAFF, phone.list_id)
    assert (scan.outcome, scan.name, scan.recorded_at) == (Outcome.UNKNOWN, "Zoe", at(5))
    assert scan.reason == "Decided by a phone without the network."


def test_what_is_no_ticket_of_ours_and_was_let_in_is_listed(fair: Fair, phone: Phone) -> None:
    phone.deliver(BACK, [offline("not one of ours")])
    [conflict] = conflicts(fair)
    assert (conflict.why, conflict.ticket_id, conflict.name) == ("unknown", None, "")
    assert came(phone) == 0


@pytest.mark.parametrize("live_first", [True, False])
def test_an_answer_of_the_house_that_came_too_late_is_the_same_scan(
    fair: Fair, phone: Phone, live_first: bool
) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.fetch(NOON)
    phone.scan(token, at(5))
    [told] = phone.queue
    live = fair.scan(token, list_id=phone.list_id, nonce=told.nonce)
    if live_first:
        check_in(fair.store, STAFF.at(at(5)), live)
        [again] = phone.deliver(BACK)
        assert (again.state, again.conflict) == (Taken.AGAIN, False)
    else:
        phone.deliver(BACK)
        assert check_in(fair.store, STAFF.at(BACK), live).outcome is Outcome.ADMITTED
    assert came(phone) == 1
    assert conflicts(fair) == []


def test_a_phone_that_let_in_whom_the_house_refused_too_late_is_listed_once(
    fair: Fair, phone: Phone
) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.fetch(NOON)
    check_in(fair.store, OTHER_STAFF.at(at(1)), fair.scan(token, list_id=phone.list_id))
    phone.scan(token, at(5))
    live = fair.scan(token, list_id=phone.list_id, nonce=phone.queue[0].nonce)
    assert check_in(fair.store, STAFF.at(at(5)), live).outcome is Outcome.ALREADY_IN
    states = [phone.deliver(BACK)[0].state for _ in range(3)]
    assert states == [Taken.TAKEN, Taken.AGAIN, Taken.AGAIN]
    assert [each.why for each in conflicts(fair)] == ["twice"]
    assert came(phone) == 1


def test_a_phone_that_turned_away_whom_the_house_let_in_too_late_is_listed_once(
    fair: Fair, phone: Phone
) -> None:
    phone.fetch(NOON)
    token = fair.token(fair.sell("Zoe"))
    assert phone.scan(token, at(5)) == "unknown"
    live = fair.scan(token, list_id=phone.list_id, nonce=phone.queue[0].nonce)
    scan_id = check_in(fair.store, STAFF.at(at(5)), live).scan_id
    for _ in range(2):
        phone.deliver(BACK)
    [conflict] = conflicts(fair)
    assert (conflict.scan_id, conflict.why, conflict.shown) == (
        scan_id,
        "turned_away",
        Outcome.UNKNOWN,
    )
    undo(fair.store, SUPERVISOR.at(BACK), scan_id)
    assert conflicts(fair) == []


def test_a_bad_scan_holds_up_nothing_behind_it(fair: Fair, phone: Phone) -> None:
    token = fair.token(fair.sell("Ada"))
    bad = [
        offline(token, ""),
        offline(token, "n" * 101),
        offline(token, "n1", "exited"),
        offline(token, "n2", "whatever"),
    ]
    odd = [
        offline("\0", "n3", "unknown"),
        offline("\ud800" + "x" * 5_000, "n4", "unknown"),
        offline(token, "n5", gate_id=UUID(int=99)),
    ]
    told = phone.deliver(BACK, [*bad, *odd])
    assert [each.state for each in told] == [Taken.BAD] * 4 + [Taken.TAKEN] * 3
    assert all(each.problem for each in told[:4])
    assert came(phone) == 1


def test_at_most_a_hundred_are_delivered_at_once(fair: Fair, phone: Phone) -> None:
    many = [offline("x", f"n{number}", "unknown") for number in range(MAX_SCANS + 1)]
    with pytest.raises(InvalidInputError):
        phone.deliver(BACK, many)
    assert len(phone.deliver(BACK, many[:-1])) == MAX_SCANS


def test_what_happened_is_taken_also_where_it_is_not_allowed_any_more(
    fair: Fair, phone: Phone
) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.fetch(NOON)
    phone.scan(token, at(5))
    with fair.store.read() as connection:
        listed = list_at_door(connection, phone.list_id)
    without = replace(as_new(listed), offline=False)
    change_check_in_list(fair.store, SYSTEM.at(at(1)), phone.list_id, without)
    phone.deliver(BACK)
    assert came(phone) == 1
    [conflict] = conflicts(fair)
    assert (conflict.why, conflict.name) == ("not_allowed", "Ada")
    assert str(conflict.told) == "let in by a phone alone, where the list does not allow that"


def test_where_the_house_is_needed_who_was_let_in_alone_is_listed(fair: Fair) -> None:
    listed = fair.list("Field", offline=True, entry_policy=EntryPolicy.AFTER_EXIT)
    phone = Phone(fair.store, STAFF, listed.id)
    [told] = phone.deliver(BACK, [offline(fair.token(fair.sell()))])
    assert (told.outcome, told.conflict) == (Outcome.ADMITTED, True)
    assert [each.why for each in conflicts(fair)] == ["not_allowed"]


def test_what_is_older_than_a_list_may_be_is_taken_and_listed(fair: Fair, phone: Phone) -> None:
    later = at(5) + timedelta(hours=12, minutes=1)
    [told] = phone.deliver(later, [offline(fair.token(fair.sell()))])
    assert (told.outcome, told.conflict, came(phone)) == (Outcome.ADMITTED, True, 1)
    assert [each.why for each in conflicts(fair)] == ["too_old"]


def test_each_day_counts_for_itself(fair: Fair) -> None:
    policy = EntryPolicy.ONCE_PER_DAY
    listed = fair.list("Field", offline=True, offline_hours=48, entry_policy=policy)
    phone = Phone(fair.store, STAFF, listed.id)
    token = fair.token(fair.sell("Ada"))
    tomorrow = NOON + timedelta(days=1)
    told = phone.deliver(
        tomorrow + timedelta(hours=1),
        [
            offline(token, "n1", seen_at=NOON.isoformat()),
            offline(token, "n2", seen_at=tomorrow.isoformat()),
            offline(token, "n3", seen_at=(tomorrow + timedelta(minutes=1)).isoformat()),
        ],
    )
    assert [each.conflict for each in told] == [False, False, True]


def test_only_who_may_scan_there_delivers(fair: Fair, phone: Phone) -> None:
    for actor in (ATTENDEE, replace(STAFF, event_id=UUID(int=77))):
        with pytest.raises(NotAllowedError):
            deliver_offline_scans(fair.store, actor.at(BACK), phone.list_id, [offline("x")])


def test_a_paired_device_delivers_what_it_had_begun(fair: Fair, phone: Phone) -> None:
    offer = offer_pairing(fair.store, SYSTEM.at(NOON), fair.event.id)
    paired = pair_device(fair.store, VISITOR.at(NOON), offer.code, name="Pia's phone")
    device = who_is_device(fair.store, SYSTEM.at(NOON), paired.secret)
    token = fair.token(fair.sell("Ada"))
    desk = another(phone)
    for each in (phone, desk):
        each.fetch(NOON)
        each.scan(token, at(5))
    desk.deliver(BACK)
    replace(phone, actor=device).deliver(BACK)
    [conflict] = conflicts(fair)
    assert {each.device for each in conflict.scans} == {"Pia's phone", "test desk"}


# Settling


@pytest.fixture
def conflict(fair: Fair, phone: Phone) -> OfflineConflict:
    token = fair.token(fair.sell("Ada"))
    check_in(fair.store, OTHER_STAFF.at(at(1)), fair.scan(token, list_id=phone.list_id))
    phone.deliver(BACK, [offline(token)])
    [found] = conflicts(fair)
    return found


def test_a_supervisor_settles_a_conflict_with_a_word(fair: Fair, conflict: OfflineConflict) -> None:
    later = BACK + timedelta(minutes=1)
    done = settle_conflict(
        fair.store, SUPERVISOR.at(later), conflict.scan_id, word="  twins, one paid since "
    )
    assert (done.settled_at, done.settled_by) == (later, SUPERVISOR.name)
    assert done.word == "twins, one paid since"
    assert conflicts(fair) == []
    kept, total = offline_conflicts(fair.store, STAFF.at(BACK), fair.event.id, settled=True)
    assert (kept, total) == ([done], 1)
    with fair.store.read() as connection:
        entry = connection.execute(
            select(AuditRow.actor_name, AuditRow.detail).where(AuditRow.verb == "settle_conflict")
        ).one()
    assert (entry.actor_name, entry.detail["why"]) == (SUPERVISOR.name, "twice")


def test_the_overview_and_the_report_of_the_day_tell_of_it_until_it_is_settled(
    fair: Fair, conflict: OfflineConflict
) -> None:
    def told() -> list[str]:
        ends = event_loose_ends(fair.store, SUPERVISOR.at(BACK), fair.event.id)
        report = attendance_report(fair.store, SUPERVISOR.at(BACK), fair.event.id)
        texts = [*(end.text for end in ends), *report.remarks]
        return [text for text in texts if text.startswith("1 admission without the network")]

    assert len(told()) == 2
    settle_conflict(fair.store, SUPERVISOR.at(BACK), conflict.scan_id, word="seen")
    assert told() == []


def test_it_is_settled_once_and_not_without_a_word(fair: Fair, conflict: OfflineConflict) -> None:
    with pytest.raises(InvalidInputError):
        settle_conflict(fair.store, SUPERVISOR.at(BACK), conflict.scan_id, word=" ")
    settle_conflict(fair.store, SUPERVISOR.at(BACK), conflict.scan_id, word="seen")
    with pytest.raises(InvalidInputError, match="Sue Supervisor"):
        settle_conflict(fair.store, SUPERVISOR.at(BACK), conflict.scan_id, word="seen again")


def test_staff_reads_conflicts_and_settles_none(fair: Fair, conflict: OfflineConflict) -> None:
    with pytest.raises(SupervisorNeededError):
        settle_conflict(fair.store, STAFF.at(BACK), conflict.scan_id, word="seen")
    for verb in (
        lambda actor: offline_conflicts(fair.store, actor.at(BACK), fair.event.id),
        lambda actor: read_conflict(fair.store, actor.at(BACK), conflict.scan_id),
        lambda actor: settle_conflict(fair.store, actor.at(BACK), conflict.scan_id, word="seen"),
    ):
        with pytest.raises(NotAllowedError):
            verb(ATTENDEE)
    assert conflicts(fair) == [read_conflict(fair.store, STAFF.at(BACK), conflict.scan_id)]
