"""Booking without an account: for a name and an e-mail address, by the rules for attendees."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from data.rows import count_rows
from data.schema import BookingRow
from eventdesk.accounts import address_of
from eventdesk.acts import VISITOR, Act, event_row, overdue, writes
from eventdesk.booking.booking import Booked, NewBooking
from eventdesk.booking.links import link_of, queue_link
from eventdesk.booking.registration import place_own
from eventdesk.core.booking_states import PENDING
from eventdesk.core.errors import LimitError
from eventdesk.core.messages import msg
from eventdesk.events import need_guests_book, need_visible

MOST_UNPAID: Final = 3
"""Unpaid bookings of one address at an event."""

MOST_AT_ONCE: Final = 10
AT_ONCE: Final = timedelta(minutes=10)
"""Bookings of one address at an event, and within which time: each brings it a mail."""


@dataclass(frozen=True, slots=True)
class GuestOrder:
    """A booking without an account, and the link by which it is seen and changed."""

    booked: Booked
    link: str


@writes(public=True, about="event_id")
def order_as_guest(
    act: Act, event_id: UUID, booking: NewBooking, *, access_code: str = ""
) -> GuestOrder:
    """Book without an account, where the event allows it; see `order`.

    Args:
        booking: What is booked; it needs an e-mail address. `hold_id` is the cart's.
        access_code: The access code of a private event.

    Raises:
        NotAllowedError: The event is booked with an account, or the seats are an account's.
        NotFoundError: No such event, ticket type or seat, or none that visitors may know of.
        InvalidInputError: No address, a ticket without a name, or an answer missing or wrong.
        SalesError: Not on sale, sold out, too many, a wrong code, or a seat that is taken.
    """
    visitor = act.by(VISITOR)
    need_visible(visitor, event_id, access_code=access_code)
    need_guests_book(event_row(act.connection, event_id))
    address = address_of(booking.email)
    _need_few_unpaid(act, event_id, address)
    _need_few_at_once(act, event_id, address)
    known = replace(booking, email=address)
    booked = place_own(visitor, event_id, known, access_code=access_code)
    queue_link(act, event_id, booked.booking_id)
    return GuestOrder(booked, link_of(act, booked.booking_id))


def _need_few_at_once(act: Act, event_id: UUID, address: str) -> None:
    """Refuse to book, and mail, for an address again and again: it may be that of a stranger."""
    recent = count_rows(
        act.connection,
        BookingRow.event_id == event_id,
        BookingRow.email == address,
        BookingRow.account_id.is_(None),
        BookingRow.created_at > act.now - AT_ONCE,
    )
    if recent >= MOST_AT_ONCE:
        raise LimitError(
            msg("This address has booked {total} times here just now.", total=recent),
            most=MOST_AT_ONCE,
            hint=msg("Wait some minutes, or take several tickets in one booking."),
        )


def _need_few_unpaid(act: Act, event_id: UUID, address: str) -> None:
    unpaid = count_rows(
        act.connection,
        BookingRow.event_id == event_id,
        BookingRow.email == address,
        BookingRow.account_id.is_(None),
        BookingRow.state == PENDING,
        BookingRow.id.not_in(overdue(act.now)),
    )
    if unpaid >= MOST_UNPAID:
        raise LimitError(
            msg("This address has {total} unpaid bookings here already.", total=unpaid),
            most=MOST_UNPAID,
            hint=msg("Pay or cancel them first."),
        )
