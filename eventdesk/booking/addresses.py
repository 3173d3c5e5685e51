"""Correcting the e-mail address of a guest without an account, of a booking or of one ticket."""

from uuid import UUID

from data.rows import AnyRow, update_row
from data.schema import BookingRow, TicketRow
from eventdesk.accounts import address_of
from eventdesk.acts import Act, Permission
from eventdesk.booking.changes import booking_facts, one_ticket, ticket_facts
from eventdesk.booking.registration import need_email
from eventdesk.booking.tickets import index_ticket
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg


def correct_booking_address(act: Act, booking_id: UUID, email: str) -> None:
    """Correct the address of who booked without an account, on their own tickets too.

    Raises:
        NotAllowedError: The actor does not look after tickets.
        InvalidInputError: It is no address, or the booking is an account's.
    """
    booking = booking_facts(act.connection, booking_id)
    act.need(booking.event_id, Permission.TICKETS)
    _need_no_account(booking.account_id)
    new, old = _checked(email), booking.email.casefold()
    update_row(act.connection, BookingRow, booking_id, email=new)
    for ticket in ticket_facts(act.connection, TicketRow.booking_id == booking_id):
        if ticket.account_id is None and ticket.holder_email.casefold() == old:
            _correct(act, ticket, booking.code, new)
    act.record("correct_address", ("booking", booking_id), event_id=booking.event_id)


def correct_ticket_address(act: Act, ticket_id: UUID, email: str) -> None:
    """Correct the address of a ticket's holder who has no account.

    Raises:
        NotAllowedError: The actor does not look after tickets.
        InvalidInputError: It is no address, or the ticket is an account's.
    """
    ticket = one_ticket(act.connection, ticket_id)
    act.need(ticket.event_id, Permission.TICKETS)
    _need_no_account(ticket.account_id)
    booking = booking_facts(act.connection, ticket.booking_id)
    _correct(act, ticket, booking.code, _checked(email))
    act.record("correct_address", ("ticket", ticket_id), event_id=ticket.event_id)


def _correct(act: Act, ticket: AnyRow, booking_code: str, email: str) -> None:
    update_row(act.connection, TicketRow, ticket.id, holder_email=email)
    index_ticket(act.connection, ticket, booking_code, name=ticket.holder_name, email=email)


def _checked(email: str) -> str:
    need_email(email)
    return address_of(email)


def _need_no_account(account_id: UUID | None) -> None:
    if account_id is not None:
        raise InvalidInputError(
            msg("This mail goes to an account; its address is its owner's."),
            hint=msg("Send it again as it is."),
        )
