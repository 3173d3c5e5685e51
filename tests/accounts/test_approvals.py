"""A supervisor's word at somebody else's desk: given with a PIN, for one act, for two minutes."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from data.rows import count_rows
from data.schema import AccountRow, AuditRow
from data.store import Store
from eventdesk.accounts import (
    add_member,
    approve,
    at_event,
    ban,
    change_member,
    has_desk_pins,
    profile,
    set_desk_pin,
    who_am_i,
)
from eventdesk.acts import SYSTEM, Actor, Approval, Permission, Role
from eventdesk.booking import find_booking
from eventdesk.cli.group import cli
from eventdesk.core.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SignInError,
    SupervisorNeededError,
)
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.door import (
    CheckInResult,
    DoorQuestion,
    Outcome,
    Scan,
    check_in,
    check_in_group,
    undo,
)
from eventdesk.door.checkin import UNDO_WINDOW
from eventdesk.keeping import erase_account, list_audit
from eventdesk.keeping.personal_data import personal_data
from eventdesk.money import payments_of, refund, take_payment
from tests.build import NOON, Fair, make_fair
from tests.people import make_another_admin, make_cohost, make_guest, make_staff

PIN = "481516"
OTHER_PIN = "234200"
SAM = "sam@example.org"


@pytest.fixture
def boss(fair: Fair) -> Actor:
    boss = make_staff(fair, Role.ORGANIZER, "Sue")
    set_desk_pin(fair.store, boss.at(NOON), PIN)
    return boss


@pytest.fixture
def staff(fair: Fair) -> Actor:
    return make_staff(fair)


def has_desk_pin(fair: Fair, account_id: UUID) -> bool:
    with fair.store.read() as connection:
        kept = AccountRow.desk_pin_hash.is_not(None)
        return bool(count_rows(connection, AccountRow.id == account_id, kept))


def given(fair: Fair, staff: Actor, act: str = "force", pin: str = PIN) -> Approval:
    return approve(fair.store, staff.at(NOON), fair.event.id, pin, what=act)


def forced(
    fair: Fair, staff: Actor, approval: Approval | None, *, name: str = "Ada", after_s: int = 0
) -> CheckInResult:
    token = fair.token(fair.sell(name, paid=False))
    scan = fair.scan(token, force_reason="pays tomorrow")
    now = NOON + timedelta(seconds=after_s)
    return check_in(fair.store, staff.at(now, approval=approval), scan)


def log_of(store: Store, verb: str) -> list[tuple[str, dict[str, object]]]:
    with store.read() as connection:
        rows = connection.execute(
            select(AuditRow.actor_name, AuditRow.detail).where(AuditRow.verb == verb)
        )
        return [(name, detail) for name, detail in rows]


# The PIN


def test_a_pin_is_kept_as_a_hash_only(fair: Fair, boss: Actor) -> None:
    with fair.store.read() as connection:
        kept = connection.execute(
            select(AccountRow.desk_pin_hash).where(AccountRow.id == boss.id)
        ).scalar_one()
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert boss.id is not None
    assert profile(fair.store, boss).has_desk_pin


def test_an_empty_pin_takes_it_away(fair: Fair, boss: Actor, staff: Actor) -> None:
    set_desk_pin(fair.store, boss.at(NOON), "")
    assert not has_desk_pins(fair.store, SYSTEM, fair.event.id)
    with pytest.raises(SignInError, match="No supervisor"):
        given(fair, staff)


def test_an_easy_pin_is_refused(fair: Fair, boss: Actor) -> None:
    with pytest.raises(InvalidInputError, match="too easy"):
        set_desk_pin(fair.store, boss.at(NOON), "123456")


def test_who_approves_nowhere_has_no_pin(fair: Fair, staff: Actor) -> None:
    with pytest.raises(NotAllowedError, match="Only organizers and admins"):
        set_desk_pin(fair.store, staff.at(NOON), PIN)
    guest = make_guest(fair.store)
    with pytest.raises(NotAllowedError, match="Only organizers and admins"):
        set_desk_pin(fair.store, guest.at(NOON), PIN)


def test_nobody_sets_somebody_elses_pin(fair: Fair, boss: Actor, staff: Actor) -> None:
    with pytest.raises(NotAllowedError):
        set_desk_pin(fair.store, staff.at(NOON), OTHER_PIN, account_id=boss.id)
    with pytest.raises(NotFoundError, match="There is no such account"):
        set_desk_pin(fair.store, SYSTEM.at(NOON), PIN, account_id=new_id())
    with pytest.raises(NotFoundError, match="no such account"):
        set_desk_pin(fair.store, SYSTEM.at(NOON), PIN)


def test_not_even_an_admin_sets_the_pin_of_another_supervisor(fair: Fair, boss: Actor) -> None:
    admin = make_another_admin(fair.store)
    with pytest.raises(NotAllowedError):
        set_desk_pin(fair.store, admin.at(NOON), OTHER_PIN, account_id=boss.id)
    set_desk_pin(fair.store, admin.at(NOON), OTHER_PIN, account_id=admin.id)


def test_the_command_line_sets_and_takes_it_away(fair: Fair, boss: Actor) -> None:
    home = ["--home", str(fair.store.home), "account", "desk-pin", "sue@example.org"]
    assert "is set" in CliRunner().invoke(cli, [*home, "--pin", OTHER_PIN]).output
    assert "is taken away" in CliRunner().invoke(cli, [*home, "--clear"]).output
    assert boss.id is not None
    assert not has_desk_pin(fair, boss.id)
    both = CliRunner().invoke(cli, [*home, "--clear", "--pin", PIN])
    assert both.exit_code == 2


def test_an_erased_person_keeps_no_pin_and_an_export_does_not_tell_it(
    fair: Fair, boss: Actor
) -> None:
    admin = make_another_admin(fair.store)
    make_staff(fair, Role.ORGANIZER, "Olga")
    assert "argon2" not in personal_data(fair.store, boss.at(NOON)).to_json()
    change_member(fair.store, SYSTEM.at(NOON), fair.event.id, _id(boss), role=Role.STAFF)
    erase_account(fair.store, admin.at(NOON), boss.id)
    assert not has_desk_pin(fair, _id(boss))


# Approving


def test_a_pin_says_who_approved_what_at_whose_desk(fair: Fair, boss: Actor, staff: Actor) -> None:
    approval = given(fair, staff)
    assert (approval.supervisor.id, approval.act) == (boss.id, "force")
    desk = f"{staff.id}@{staff.device_id}"
    said = {"act": "force", "at_desk_of": "Sam", "desk": desk}
    assert log_of(fair.store, "approve") == [("Sue", said)]


def test_staff_lets_in_by_force_with_a_word(fair: Fair, boss: Actor, staff: Actor) -> None:
    result = forced(fair, staff, given(fair, staff))
    assert result.outcome is Outcome.ADMITTED
    assert result.overridden is Outcome.UNPAID
    [(_who, detail)] = log_of(fair.store, "force")
    assert detail["approved_by"] == "Sue"


def test_without_a_word_staff_does_not(fair: Fair, boss: Actor, staff: Actor) -> None:
    with pytest.raises(SupervisorNeededError, match="Only a supervisor"):
        forced(fair, staff, None)


def test_a_word_is_for_one_act(fair: Fair, boss: Actor, staff: Actor) -> None:
    approval = given(fair, staff)
    forced(fair, staff, approval)
    with pytest.raises(SupervisorNeededError, match="that was done"):
        forced(fair, staff, approval, name="Grace")


def test_a_repeated_scan_is_answered_without_another_word(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    approval = given(fair, staff)
    scan = fair.scan(fair.token(fair.sell(paid=False)), force_reason="pays tomorrow")
    first = check_in(fair.store, staff.at(NOON, approval=approval), scan)
    assert check_in(fair.store, staff.at(NOON, approval=approval), scan) == first


def test_a_word_is_for_its_own_kind_of_act(fair: Fair, boss: Actor, staff: Actor) -> None:
    with pytest.raises(SupervisorNeededError, match="something else"):
        forced(fair, staff, given(fair, staff, "undo"))


def test_a_word_runs_out_after_two_minutes(fair: Fair, boss: Actor, staff: Actor) -> None:
    approval = given(fair, staff)
    assert forced(fair, staff, approval, after_s=120).passes
    with pytest.raises(SupervisorNeededError, match="run out"):
        forced(fair, staff, given(fair, staff), after_s=121)


def test_a_ban_ends_a_word_at_once(fair: Fair, boss: Actor, staff: Actor) -> None:
    admin = make_another_admin(fair.store)
    approval = given(fair, staff)
    ban(fair.store, admin.at(NOON), _id(boss), reason="gone")
    with pytest.raises(SupervisorNeededError, match="no supervisor here any more"):
        forced(fair, staff, approval)


def test_a_lost_role_ends_a_word_at_once(fair: Fair, boss: Actor, staff: Actor) -> None:
    make_staff(fair, Role.ORGANIZER, "Olga")
    approval = given(fair, staff)
    change_member(fair.store, SYSTEM.at(NOON), fair.event.id, _id(boss), role=Role.STAFF)
    with pytest.raises(SupervisorNeededError, match="no supervisor here any more"):
        forced(fair, staff, approval)
    with pytest.raises(SignInError, match="No supervisor"):
        given(fair, staff)


def test_a_word_is_for_its_own_event(fair: Fair, boss: Actor, staff: Actor) -> None:
    other = make_fair(fair.store, "Another event")
    add_member(fair.store, SYSTEM.at(NOON), other.event.id, email=SAM, role=Role.STAFF)
    approval = given(fair, staff)
    there = at_event(fair.store, who_am_i(fair.store, staff), other.event.id)
    for claimed in (approval, replace(approval, event_id=other.event.id)):
        with pytest.raises(SupervisorNeededError, match="something else"):
            forced(other, there, claimed)


def test_an_approval_that_nobody_gave_counts_for_nothing(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    real = given(fair, staff)
    for made_up in (
        Approval(boss, fair.event.id, "force", NOON),
        Approval(SYSTEM, fair.event.id, "force", NOON),
        Approval(boss, fair.event.id, "force", NOON, new_id(), real.entry),
        Approval(boss, fair.event.id, "force", NOON, real.id, real.entry + 1),
        Approval(staff, fair.event.id, "force", NOON, real.id, real.entry),
    ):
        with pytest.raises(SupervisorNeededError, match="No supervisor gave"):
            forced(fair, staff, made_up)
    assert forced(fair, staff, real).passes


def test_what_an_approval_says_of_itself_changes_nothing(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    word = given(fair, staff, "undo")
    with pytest.raises(SupervisorNeededError, match="something else"):
        forced(fair, staff, replace(word, act="force"))
    later = NOON + timedelta(minutes=5)
    with pytest.raises(SupervisorNeededError, match="run out"):
        forced(fair, staff, replace(given(fair, staff), given_at=later), after_s=300)
    claimed = replace(given(fair, staff), supervisor=replace(boss, name="Somebody else"))
    forced(fair, staff, claimed)
    [(_who, detail)] = log_of(fair.store, "force")
    assert detail["approved_by"] == "Sue"


def test_a_word_is_for_the_desk_at_which_it_was_given(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    word = given(fair, staff)
    for elsewhere in (make_staff(fair, name="Olu"), replace(staff, device_id=new_id())):
        with pytest.raises(SupervisorNeededError, match="another desk"):
            forced(fair, elsewhere, word)
    assert forced(fair, staff, word).passes


def test_one_group_takes_one_word_once(fair: Fair, boss: Actor, staff: Actor) -> None:
    word, group_id = given(fair, staff), new_id()

    def scans(*names: str) -> list[Scan]:
        booked = fair.sell_all(names, paid=False)
        return [
            fair.scan(fair.token(booked, place), force_reason="pays tomorrow", group_id=group_id)
            for place in range(len(names))
        ]

    results = check_in_group(fair.store, staff.at(NOON, approval=word), scans("Ada", "Ben"))
    assert [each.overridden for each in results] == [Outcome.UNPAID, Outcome.UNPAID]
    assert len(log_of(fair.store, "use_approval")) == 1
    with pytest.raises(SupervisorNeededError, match="that was done"):
        check_in_group(fair.store, staff.at(NOON, approval=word), scans("Cem"))
    with pytest.raises(SupervisorNeededError, match="that was done"):
        check_in(fair.store, staff.at(NOON, approval=word), scans("Dee")[0])


def test_what_is_asked_of_the_guest_first_does_not_take_the_word(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    asking = fair.list("Questions", questions=(DoorQuestion("bag", "Any bags?"),))
    word = given(fair, staff)
    scan = fair.scan(
        fair.token(fair.sell(paid=False)), list_id=asking.id, force_reason="pays tomorrow"
    )
    asked = check_in(fair.store, staff.at(NOON, approval=word), scan)
    assert asked.outcome is Outcome.INCOMPLETE
    answered = replace(scan, nonce="another", answers={"bag": "none"})
    assert check_in(fair.store, staff.at(NOON, approval=word), answered).passes
    with pytest.raises(SupervisorNeededError, match="that was done"):
        forced(fair, staff, word)


def test_two_supervisors_with_one_pin_approve_nothing(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    other = make_staff(fair, Role.ORGANIZER, "Olga")
    set_desk_pin(fair.store, other.at(NOON), PIN)
    with pytest.raises(SignInError, match="Two supervisors"):
        given(fair, staff)
    set_desk_pin(fair.store, other.at(NOON), OTHER_PIN)
    assert given(fair, staff, pin=OTHER_PIN).supervisor.name == "Olga"


def test_wrong_pins_lock_the_desk_for_longer_each_time_and_are_logged(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    for _try in range(3):
        with pytest.raises(SignInError, match="PIN is wrong"):
            given(fair, staff, pin=OTHER_PIN)
    with pytest.raises(SignInError, match="Too many wrong tries"):
        given(fair, staff)
    assert len(log_of(fair.store, "wrong_desk_pin")) == 3
    later = NOON + timedelta(seconds=31)
    with pytest.raises(SignInError, match="PIN is wrong"):
        approve(fair.store, staff.at(later), fair.event.id, OTHER_PIN, what="undo")
    with pytest.raises(SignInError, match="Too many wrong tries"):
        approve(
            fair.store, staff.at(later + timedelta(seconds=31)), fair.event.id, PIN, what="undo"
        )
    approve(fair.store, staff.at(later + timedelta(minutes=3)), fair.event.id, PIN, what="undo")


def test_a_locked_desk_locks_no_other(fair: Fair, boss: Actor, staff: Actor) -> None:
    for _try in range(3):
        with pytest.raises(SignInError, match="This PIN is wrong"):
            given(fair, staff, pin=OTHER_PIN)
    assert given(fair, make_staff(fair, name="Nan")).supervisor.name == "Sue"


def test_a_right_pin_does_not_wash_wrong_ones_away(fair: Fair, boss: Actor, staff: Actor) -> None:
    for _try in range(2):
        with pytest.raises(SignInError, match="PIN is wrong"):
            given(fair, staff, pin=OTHER_PIN)
    given(fair, staff)
    with pytest.raises(SignInError, match="PIN is wrong"):
        given(fair, staff, pin=OTHER_PIN)
    with pytest.raises(SignInError, match="Too many"):
        given(fair, staff)


def test_who_does_not_work_here_asks_in_vain(fair: Fair, boss: Actor) -> None:
    with pytest.raises(NotAllowedError):
        given(fair, make_guest(fair.store))
    with pytest.raises(NotAllowedError):
        given(fair, make_cohost(fair, Permission.PROGRAMME))


# Undo


def test_a_word_undoes_an_old_scan_of_ones_own_and_somebody_elses(
    fair: Fair, boss: Actor, staff: Actor
) -> None:
    other = make_staff(fair, name="Olu")
    theirs = check_in(fair.store, other.at(NOON), fair.scan(fair.token(fair.sell())))
    with pytest.raises(SupervisorNeededError, match="Olu made this scan"):
        undo(fair.store, staff.at(NOON), theirs.scan_id)
    undone = undo(fair.store, staff.at(NOON, approval=given(fair, staff, "undo")), theirs.scan_id)
    assert undone.annulled
    [(who, detail)] = log_of(fair.store, "undo")
    assert (who, detail["approved_by"]) == ("Sam", "Sue")

    mine = check_in(fair.store, staff.at(NOON), fair.scan(fair.token(fair.sell())))
    later = NOON + UNDO_WINDOW + timedelta(seconds=1)
    with pytest.raises(SupervisorNeededError, match="older than 5 minutes"):
        undo(fair.store, staff.at(later), mine.scan_id)
    word = approve(fair.store, staff.at(later), fair.event.id, PIN, what="undo")
    assert undo(fair.store, staff.at(later, approval=word), mine.scan_id).annulled


# Refund


def paid(fair: Fair, staff: Actor) -> UUID:
    booking_id = find_booking(fair.store, SYSTEM, fair.sell(paid=False).code)
    take_payment(fair.store, staff.at(NOON), booking_id, method="cash")
    return booking_id


def test_a_word_refunds_at_the_desk_in_one_step(fair: Fair, boss: Actor, staff: Actor) -> None:
    booking_id = paid(fair, staff)
    amount = Money(2000, "EUR")
    with pytest.raises(SupervisorNeededError, match="give money back"):
        refund(fair.store, staff.at(NOON), booking_id, amount=amount, reason="rain")
    word = given(fair, staff, "refund")
    refund(
        fair.store,
        staff.at(NOON, approval=word),
        booking_id,
        amount=amount,
        reason="rain",
        by="cash",
    )
    stands = payments_of(fair.store, SYSTEM, booking_id).balance
    assert stands.promised.minor == 0
    assert stands.due.minor == 2000
    [(who, detail)] = log_of(fair.store, "refund")
    assert (who, detail["approved_by"], detail["by"]) == ("Sam", "Sue", "cash")


def test_more_than_came_in_is_refused_before_a_supervisor_is_asked(
    fair: Fair, staff: Actor
) -> None:
    booking_id = paid(fair, staff)
    most = Money(10_000_000, "EUR")
    with pytest.raises(InvalidInputError, match="cannot be given back"):
        refund(fair.store, staff.at(NOON), booking_id, amount=most, reason="rain", by="cash")


def test_one_word_does_not_refund_twice(fair: Fair, boss: Actor, staff: Actor) -> None:
    one, two = paid(fair, staff), paid(fair, staff)
    word, amount = given(fair, staff, "refund"), Money(1000, "EUR")
    refund(fair.store, staff.at(NOON, approval=word), one, amount=amount, reason="rain")
    for booking_id in (one, two):
        with pytest.raises(SupervisorNeededError, match="that was done"):
            refund(fair.store, staff.at(NOON, approval=word), booking_id, amount=amount, reason="x")


def test_who_moves_the_money_needs_no_word(fair: Fair) -> None:
    cohost = make_cohost(fair, Permission.MONEY)
    booking_id = paid(fair, cohost)
    refund(fair.store, cohost.at(NOON), booking_id, amount=Money(500, "EUR"), reason="rain")
    assert payments_of(fair.store, SYSTEM, booking_id).balance.promised.minor == 500


def test_the_audit_reads_as_a_story(fair: Fair, boss: Actor, staff: Actor) -> None:
    forced(fair, staff, given(fair, staff))
    lines, _total = list_audit(fair.store, SYSTEM, limit=10)
    verbs = [line.verb for line in lines]
    assert verbs.index("use_approval") < verbs.index("approve")


def _id(actor: Actor) -> UUID:
    assert actor.id is not None
    return actor.id
