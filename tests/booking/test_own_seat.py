"""Another seat for a ticket that has one: who may, until when, and where."""

from datetime import timedelta
from uuid import UUID

import pytest

from eventdesk.booking import change_seat
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SeatTakenError
from tests.build import SUPERVISOR, Fair
from tests.orders import EARLY, add_seats, order_for, person, set_event, set_type, tickets_of


@pytest.fixture
def hall(fair: Fair) -> list[UUID]:
    """Three seats of a section in which regular tickets sit."""
    section_id, seats = add_seats(fair, 3)
    set_type(fair, fair.regular, section_id=section_id)
    return seats


def seat_of(fair: Fair, booking_id: UUID) -> str:
    [ticket] = tickets_of(fair.store, booking_id)
    return str(ticket.seat)


def test_whose_ticket_it_is_sits_on_another_free_seat(fair: Fair, hall: list[UUID]) -> None:
    ada = person(fair.store, "Ada")
    booked = order_for(fair, ada, seat_id=hall[0])
    assert change_seat(fair.store, ada.at(EARLY), booked.ticket_ids[0], hall[2]) == "H-3"
    assert seat_of(fair, booked.booking_id) == "H-3"
    order_for(fair, person(fair.store, "Bob"), seat_id=hall[0])


def test_nobody_loses_a_seat_by_it(fair: Fair, hall: list[UUID]) -> None:
    ada, bob = person(fair.store, "Ada"), person(fair.store, "Bob")
    ours, theirs = (order_for(fair, who, seat_id=hall[no]) for no, who in enumerate((ada, bob)))
    with pytest.raises(SeatTakenError):
        change_seat(fair.store, ada.at(EARLY), ours.ticket_ids[0], hall[1])
    assert [seat_of(fair, each.booking_id) for each in (ours, theirs)] == ["H-1", "H-2"]
    with pytest.raises(NotAllowedError):
        change_seat(fair.store, ada.at(EARLY), theirs.ticket_ids[0], hall[2])


def test_only_seats_of_the_same_section_are_taken(fair: Fair, hall: list[UUID]) -> None:
    ada = person(fair.store, "Ada")
    _section, others = add_seats(fair, 1, section_name="Balcony")
    seated, standing = order_for(fair, ada, seat_id=hall[0]), order_for(fair, ada)
    with pytest.raises(InvalidInputError, match="another section"):
        change_seat(fair.store, SUPERVISOR.at(EARLY), seated.ticket_ids[0], others[0])
    with pytest.raises(InvalidInputError, match="has no seat"):
        change_seat(fair.store, ada.at(EARLY), standing.ticket_ids[0], hall[1])


def test_the_deadline_for_handing_on_binds_people_and_not_the_team(
    fair: Fair, hall: list[UUID]
) -> None:
    ada = person(fair.store, "Ada")
    set_event(fair, transfer_until=EARLY + timedelta(days=1))
    [ticket_id] = fair.sell("Ada", account_id=ada.id, seat_id=hall[0]).ticket_ids
    with pytest.raises(InvalidInputError, match="could be changed until"):
        change_seat(fair.store, ada.at(EARLY + timedelta(days=2)), ticket_id, hall[1])
    late = SUPERVISOR.at(EARLY + timedelta(days=2))
    assert change_seat(fair.store, late, ticket_id, hall[1]) == "H-2"
