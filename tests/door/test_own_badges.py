"""Guests print their badge by themselves: where the event lets them, once for each ticket."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from data.schema import AuditRow, DeliveryRow, TicketRow
from eventdesk.acts import Actor
from eventdesk.booking import block, cancel_booking
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.door import Outcome, check_in, print_own_badge, reprint
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.orders import person, set_event


@pytest.fixture
def ada(fair: Fair) -> Actor:
    set_event(fair, own_badges=True)
    return person(fair.store, "Ada")


def deliveries(fair: Fair) -> list[Any]:
    with fair.store.read() as connection:
        return list(connection.execute(select(DeliveryRow.__table__)))


def test_a_holder_prints_the_badge_once(fair: Fair, ada: Actor) -> None:
    (ticket_id,) = fair.sell("Ada", account_id=ada.id).ticket_ids
    delivery_id = print_own_badge(fair.store, ada.at(NOON), ticket_id)
    with pytest.raises(InvalidInputError, match="printed already") as again:
        print_own_badge(fair.store, ada.at(NOON), ticket_id)
    assert "at the desk" in again.value.hint
    (row,) = deliveries(fair)
    assert (row.id, row.kind, row.ticket_id, row.state) == (
        delivery_id, "badge", ticket_id, "queued",
    )  # fmt: skip
    with fair.store.read() as connection:
        verbs = select(AuditRow.actor_name).where(AuditRow.verb == "print_own_badge")
        assert connection.execute(verbs).scalars().all() == ["Ada"]


def test_who_printed_the_badge_gets_no_other_at_the_first_entry(fair: Fair, ada: Actor) -> None:
    booked = fair.sell("Ada", account_id=ada.id)
    print_own_badge(fair.store, ada.at(NOON), booked.ticket_ids[0])
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert (result.outcome, result.delivery_id) == (Outcome.ADMITTED, None)
    assert len(deliveries(fair)) == 1


def test_a_badge_that_never_came_out_is_printed_at_the_entry(fair: Fair, ada: Actor) -> None:
    booked = fair.sell("Ada", account_id=ada.id)
    print_own_badge(fair.store, ada.at(NOON), booked.ticket_ids[0])
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state="failed"))
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.delivery_id is not None


def test_who_has_a_badge_from_the_door_prints_none_and_the_desk_still_does(
    fair: Fair, ada: Actor
) -> None:
    booked = fair.sell("Ada", account_id=ada.id)
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    with pytest.raises(InvalidInputError, match="printed already"):
        print_own_badge(fair.store, ada.at(NOON), booked.ticket_ids[0])
    reprint(fair.store, STAFF.at(NOON), booked.ticket_ids[0], reason="lost")
    assert len(deliveries(fair)) == 2


def test_one_that_was_called_off_does_not_count(fair: Fair, ada: Actor) -> None:
    (ticket_id,) = fair.sell("Ada", account_id=ada.id).ticket_ids
    print_own_badge(fair.store, ada.at(NOON), ticket_id)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state="cancelled"))
    print_own_badge(fair.store, ada.at(NOON), ticket_id)
    assert [row.state for row in deliveries(fair)].count("queued") == 1


def test_nobody_prints_where_the_event_does_not_let_them(fair: Fair, ada: Actor) -> None:
    set_event(fair, own_badges=False)
    (ticket_id,) = fair.sell("Ada", account_id=ada.id).ticket_ids
    with pytest.raises(InvalidInputError, match="at the door only"):
        print_own_badge(fair.store, ada.at(NOON), ticket_id)
    assert deliveries(fair) == []


def test_only_whose_ticket_it_is_prints_its_badge(fair: Fair, ada: Actor) -> None:
    eve = person(fair.store, "Eve")
    (ticket_id,) = fair.sell("Ada", account_id=ada.id).ticket_ids
    with pytest.raises(NotAllowedError):
        print_own_badge(fair.store, eve.at(NOON), ticket_id)
    with fair.store.write() as connection:
        connection.execute(update(TicketRow).values(account_id=eve.id))
    with pytest.raises(NotAllowedError):
        print_own_badge(fair.store, ada.at(NOON), ticket_id)
    print_own_badge(fair.store, eve.at(NOON), ticket_id)
    with pytest.raises(NotFoundError):
        print_own_badge(fair.store, ada.at(NOON), new_id())


def test_a_ticket_that_lets_nobody_in_has_no_badge(fair: Fair, ada: Actor) -> None:
    unpaid = fair.sell_all(["Ada"], paid=False, account_id=ada.id)
    with pytest.raises(InvalidInputError, match="when the booking is paid"):
        print_own_badge(fair.store, ada.at(NOON), unpaid.ticket_ids[0])
    gone, blocked, late = (fair.sell("Ada", account_id=ada.id) for _number in range(3))
    cancel_booking(fair.store, SUPERVISOR.at(NOON), gone.booking_id, reason="ill")
    with pytest.raises(InvalidInputError, match="cancelled"):
        print_own_badge(fair.store, ada.at(NOON), gone.ticket_ids[0])
    block(fair.store, SUPERVISOR.at(NOON), blocked.ticket_ids[0], note="stolen")
    with pytest.raises(InvalidInputError, match="is blocked"):
        print_own_badge(fair.store, ada.at(NOON), blocked.ticket_ids[0])
    set_event(fair, ends_at=NOON - timedelta(minutes=1))
    with pytest.raises(InvalidInputError, match="is over"):
        print_own_badge(fair.store, ada.at(NOON), late.ticket_ids[0])
    assert deliveries(fair) == []
