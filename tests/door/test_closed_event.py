"""An event that was cancelled or archived: its doors let nobody in, whoever sells or prints."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from data.schema import AdmissionRow, AuditRow, BookingRow, DeliveryRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import cancel_booking
from eventdesk.core.errors import InvalidInputError, SupervisorNeededError
from eventdesk.door import (
    CheckInResult,
    Direction,
    Outcome,
    WalkIn,
    booking_group,
    check_in,
    check_in_group,
    counters,
    offline_conflicts,
    reprint,
    sell_at_door,
    undo,
)
from eventdesk.events import cancel_event
from eventdesk.exchange import archive_event, unarchive_event
from eventdesk.printing import Wanted, plan_badges
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.door.phone import NEEDS_HOUSE, Phone, decide_alone, fetched, found

AFTER = NOON + timedelta(days=40)


def cancel(fair: Fair) -> None:
    cancel_event(fair.store, SYSTEM.at(NOON), fair.event.id, reason="Storm.")


def archive(fair: Fair) -> None:
    archive_event(fair.store, SYSTEM.at(AFTER), fair.event.id)


def scanned(fair: Fair, text: str, **given: object) -> CheckInResult:
    actor = SUPERVISOR if given.get("force_reason") else STAFF
    return check_in(fair.store, actor.at(NOON), fair.scan(text, **given))


def rows(fair: Fair, table: type) -> int:
    with fair.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_cancelled_event_lets_nobody_in_from_the_next_scan_on(fair: Fair) -> None:
    first, second = (fair.token(fair.sell(name)) for name in ("Ada", "Ben"))
    assert scanned(fair, first).outcome is Outcome.ADMITTED
    cancel(fair)
    refused = scanned(fair, second)
    assert (refused.outcome, refused.reason) == (Outcome.EVENT_CLOSED, "The event was cancelled.")
    assert refused.guest_sentence == "This event was cancelled. Please go to the desk."
    assert (rows(fair, AdmissionRow), rows(fair, DeliveryRow)) == (1, 1)
    [*counted] = counters(fair.store, STAFF.at(NOON), fair.door.id).refused.items()
    assert counted == [(Outcome.EVENT_CLOSED, 1)]


def test_an_archived_event_lets_nobody_in_until_it_is_brought_back(fair: Fair) -> None:
    token = fair.token(fair.sell())
    archive(fair)
    refused = scanned(fair, token)
    assert (refused.outcome, refused.reason) == (
        Outcome.EVENT_CLOSED,
        "The event is over and archived.",
    )
    assert refused.guest_sentence == "This event is over. Please go to the desk."
    unarchive_event(fair.store, SYSTEM.at(AFTER), fair.event.id)
    assert scanned(fair, token).outcome is Outcome.ADMITTED


def test_a_cancelled_event_that_was_archived_is_still_said_to_be_cancelled(fair: Fair) -> None:
    token = fair.token(fair.sell())
    cancel(fair)
    archive(fair)
    assert scanned(fair, token).reason == "The event was cancelled."


def test_the_event_is_named_before_the_ticket_and_after_the_code(fair: Fair) -> None:
    booked = fair.sell()
    cancel_booking(fair.store, STAFF.at(NOON), booked.booking_id, reason="ill")
    cancel(fair)
    assert scanned(fair, fair.token(booked)).outcome is Outcome.EVENT_CLOSED
    assert scanned(fair, "nobody's").outcome is Outcome.UNKNOWN


def test_who_is_in_leaves_a_cancelled_event(fair: Fair) -> None:
    token = fair.token(fair.sell())
    entry = scanned(fair, token)
    cancel(fair)
    assert scanned(fair, token, direction=Direction.EXIT).outcome is Outcome.EXITED
    assert undo(fair.store, STAFF.at(NOON), entry.scan_id).annulled


def test_a_supervisor_lets_in_all_the_same_and_that_is_marked(fair: Fair) -> None:
    token = fair.token(fair.sell())
    cancel(fair)
    with pytest.raises(SupervisorNeededError):
        check_in(fair.store, STAFF.at(NOON), fair.scan(token, force_reason="a speaker"))
    forced = scanned(fair, token, force_reason="a speaker")
    assert (forced.outcome, forced.overridden) == (Outcome.ADMITTED, Outcome.EVENT_CLOSED)
    assert forced.delivery_id is not None
    with fair.store.read() as connection:
        detail = select(AuditRow.detail).where(AuditRow.verb == "force")
        assert connection.execute(detail).scalar_one()["overridden"] == "event_closed"


def test_a_group_and_its_trial_are_refused_alike(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Ben"])
    cancel(fair)
    trial = booking_group(fair.store, STAFF.at(NOON), booked.ticket_ids[0], fair.door.id)
    scans = [fair.scan(fair.token(booked, place)) for place in range(2)]
    group = check_in_group(fair.store, STAFF.at(NOON), scans)
    assert [each.outcome for each in trial.members] == [Outcome.EVENT_CLOSED] * 2
    assert [each.outcome for each in group] == [Outcome.EVENT_CLOSED] * 2


@pytest.mark.parametrize("close", [cancel, archive])
@pytest.mark.parametrize("force_reason", ["", "a speaker"])
def test_nothing_is_sold_at_the_door_of_a_closed_event(
    fair: Fair, close: Callable[[Fair], None], force_reason: str
) -> None:
    close(fair)
    sale = WalkIn(
        name="Wally",
        ticket_type_id=fair.regular,
        list_id=fair.door.id,
        nonce=uuid4().hex,
        seen_at=NOON,
        force_reason=force_reason,
    )
    for enter in (True, False):
        with pytest.raises(InvalidInputError, match=r"This event (was cancelled|is over)"):
            sell_at_door(fair.store, SUPERVISOR.at(NOON), fair.event.id, replace(sale, enter=enter))
    assert rows(fair, BookingRow) == 0


def test_a_badge_of_a_closed_event_takes_a_supervisor(fair: Fair) -> None:
    ticket_id: UUID = fair.sell().ticket_ids[0]
    archive(fair)
    with pytest.raises(SupervisorNeededError, match="cancelled or archived"):
        reprint(fair.store, STAFF.at(NOON), ticket_id, reason="lost")
    reprint(fair.store, SUPERVISOR.at(NOON), ticket_id, reason="a keepsake")
    assert rows(fair, DeliveryRow) == 1


def test_no_badges_are_printed_in_advance_for_a_closed_event(fair: Fair) -> None:
    fair.sell()
    cancel(fair)
    with pytest.raises(InvalidInputError, match="This event was cancelled"):
        plan_badges(fair.store, SYSTEM.at(NOON), fair.event.id, Wanted())


def test_phones_get_a_list_that_sends_everybody_to_the_house(fair: Fair) -> None:
    door = fair.list("Field", offline=True).id
    token = fair.token(fair.sell())
    cancel(fair)
    payload = fetched(fair.store, STAFF, door, NOON)
    assert (payload["needs_hub"], payload["tickets"]) == ("event", [])
    now = round(NOON.timestamp() * 1000)
    assert decide_alone(payload, found(payload, token), now) == NEEDS_HOUSE


def test_who_a_phone_let_in_before_is_in_and_who_after_is_a_conflict(fair: Fair) -> None:
    listed = fair.list("Field", offline=True)
    phone = Phone(fair.store, STAFF, listed.id, gate_id=fair.gate.id)
    before, after = (fair.token(fair.sell(name)) for name in ("Ada", "Ben"))
    phone.fetch(NOON - timedelta(minutes=10))
    phone.scan(before, NOON - timedelta(minutes=1))
    phone.scan(after, NOON + timedelta(minutes=1))
    cancel(fair)
    told = phone.deliver(NOON + timedelta(hours=1))
    assert [(each.outcome, each.conflict) for each in told] == [
        (Outcome.ADMITTED, False),
        (Outcome.ADMITTED, True),
    ]
    [conflict], _total = offline_conflicts(fair.store, STAFF.at(AFTER), fair.event.id)
    assert (conflict.why, str(conflict.told)) == ("event_closed", "let in, though: Event closed")
