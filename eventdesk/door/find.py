"""Search for tickets by anything a person can say or scan, with how they stand at a list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Connection, bindparam, exists, func, select

from data import search
from data.rows import AnyRow
from data.schema import AdmissionRow, BookingRow, EventRow, TicketRow
from eventdesk.accounts import MAX_EMAIL, charge, refund, verify
from eventdesk.acts import Act, Permission, Steps, event_of, reads, steps
from eventdesk.booking import SoldElsewhere, TicketView, has_foreign_code, sold_elsewhere, views
from eventdesk.core.errors import NotFoundError, TokenError
from eventdesk.core.folding import fold
from eventdesk.core.ids import CODE_ALPHABET, codes_near, read_code
from eventdesk.core.messages import msg
from eventdesk.core.token import looks_like_token, open_token
from eventdesk.door.history import standing_of
from eventdesk.door.list_reading import list_of_event


@reads(Permission.DOOR, Permission.TICKETS, about=event_of(TicketRow, "ticket_id"))
def ticket_view(act: Act, ticket_id: UUID, *, list_id: UUID | None = None) -> TicketView:
    """Read one ticket, with how it stands at a check-in list."""
    found = views(act.connection, TicketRow.id == ticket_id, limit=1)
    if not found:
        raise NotFoundError(msg("There is no such ticket."))
    act.need(found[0].event_id, Permission.DOOR, Permission.TICKETS)
    return _at_list(act, found, list_id)[0]


def views_at(
    act: Act, *where: Any, list_id: UUID | None = None, limit: int = 50
) -> list[TicketView]:
    """Read tickets as the desk shows them at a list, or without one as all lists let them in."""
    found = views(act.connection, *where, limit=limit)
    return _at_list(act, found, list_id) if found else found


def _at_list(act: Act, found: Sequence[TicketView], list_id: UUID | None) -> list[TicketView]:
    """Say of tickets of one event how they stand at a list of it."""
    ids = [each.id for each in found]
    first = select(AdmissionRow.ticket_id, func.min(AdmissionRow.admitted_at)).where(
        AdmissionRow.ticket_id.in_(ids)
    )
    if list_id is not None:
        first = first.where(AdmissionRow.list_id == list_id)
    admitted = dict(act.connection.execute(first.group_by(AdmissionRow.ticket_id)).all())
    if list_id is None:
        return [replace(each, admitted_at=admitted.get(each.id)) for each in found]
    door = list_of_event(act.connection, found[0].event_id, list_id)
    histories = standing_of(act, ids, door)
    inside = {ticket_id for ticket_id, history in histories.items() if history.inside}
    return [
        replace(each, inside=each.id in inside, admitted_at=admitted.get(each.id)) for each in found
    ]


MAX_TYPED = 400
"""Longest text that is searched for; what is beyond is ignored."""

MIN_CODE, MAX_CODE = 5, 9
"""Signs of what may be a code with one slip in it."""

MAX_NEAR = 20
"""Most tickets that are offered for such a code."""


@reads(Permission.DOOR, Permission.TICKETS, about="event_id")
def find_tickets(
    act: Act, event_id: UUID, typed: str, *, list_id: UUID | None = None, limit: int = 20
) -> list[TicketView]:
    """Find the tickets a person may mean, best match first; none when nothing is near.

    Args:
        typed: A token, a ticket or booking code, ours or that of the system the ticket was sold
            by, parts of a name (without accents, with typos), an e-mail address or a seat; as far
            as it is typed.
        list_id: The check-in list whose entries are shown with each ticket.
    """
    typed = typed[:MAX_TYPED].replace("\0", "").strip()
    act.need(event_id, Permission.DOOR, Permission.TICKETS)
    if not typed:
        return []
    if looks_like_token(typed):
        try:
            opened = open_token(typed, act.store.keys.token_keys, (event_id,))
        except TokenError:
            return []
        where = (TicketRow.id == opened.ticket_id, TicketRow.event_id == event_id)
        return views_at(act, *where, list_id=list_id)
    number = act.connection.execute(
        select(EventRow.number).where(EventRow.id == event_id)
    ).scalar_one_or_none()
    if number is None:
        return []
    code = read_code(typed)
    grouped = "-" in typed or " " in typed
    if grouped and not set(code).difference(CODE_ALPHABET):  # a code as it is printed
        for column in (TicketRow.code, BookingRow.code):  # apart, so that each has its index
            where = (column == code, TicketRow.event_id == event_id)
            coded = views_at(act, *where, list_id=list_id)
            if coded:
                return coded
    elsewhere = sold_elsewhere(act.connection, event_id, typed, limit=limit)
    found = search.find(
        act.connection, act.store.vocabulary, number, typed, limit=3 * limit, fill=limit
    )
    far = {**dict.fromkeys(elsewhere.named, 0.0), **found}
    far.update((no, 0.0) for no in elsewhere.begun if no not in far)
    if not far:
        far = dict.fromkeys(_by_code_near(act.connection, event_id, code), 1.0)
    numbers = _ranked(act.connection, far, elsewhere, typed, list_id)[:limit]
    tickets = views_at(act, TicketRow.search_no.in_(numbers), list_id=list_id, limit=limit)
    return [
        replace(ticket, is_doubtful=_is_doubtful(ticket, far[ticket.search_no], typed, elsewhere))
        for ticket in sorted(tickets, key=lambda ticket: numbers.index(ticket.search_no))
    ]


def _is_doubtful(ticket: TicketView, far: float, typed: str, elsewhere: SoldElsewhere) -> bool:
    """Whether somebody else may be meant: it is no name, seat, address or whole code of theirs."""
    if far:
        return far > search.OTHERWISE_WRITTEN
    whole = read_code(typed) in (ticket.code, ticket.booking_code)
    if whole or "@" in typed or ticket.search_no in elsewhere.named:
        return False
    own = fold(f"{ticket.name} {ticket.seat}").split()
    return not all(any(each.startswith(word) for each in own) for word in fold(typed).split())


@reads(Permission.DOOR, about="event_id")
def opens_elsewhere(act: Act, event_id: UUID, text: str) -> bool:
    """Whether a text is the code of the system that a ticket of this event was sold by.

    Such a text is to be scanned as it is, not as the ticket it finds: the code may be revoked.
    """
    act.need(event_id, Permission.DOOR)
    return has_foreign_code(act.connection, event_id, text)


def _by_code_near(connection: Connection, event_id: UUID, code: str) -> list[int]:
    """Search numbers of the tickets whose own or whose booking's code is one slip from a text."""
    if not MIN_CODE <= len(code) <= MAX_CODE or not any(sign.isdigit() for sign in code):
        return []  # without a digit it is a name that nobody has
    near = {"near": sorted(codes_near(code))}
    found: list[int] = []
    for each in (_NEAR_TICKETS, _NEAR_BOOKINGS):
        rows = connection.execute(each, near)
        found += sorted(row.search_no for row in rows if row.event_id == event_id)
    return found[:MAX_NEAR]


# By the codes alone: asked for an event as well, SQLite would walk all its tickets.
_NEAR: BindParameter[Any] = bindparam("near", expanding=True)
_NUMBERS = select(TicketRow.search_no, TicketRow.event_id)
_NEAR_TICKETS = _NUMBERS.where(TicketRow.code.in_(_NEAR))
_NEAR_BOOKINGS = _NUMBERS.join(BookingRow, BookingRow.id == TicketRow.booking_id).where(
    BookingRow.code.in_(_NEAR)
)


def _ranked(
    connection: Connection,
    far: Mapping[int, float],
    elsewhere: SoldElsewhere,
    typed: str,
    list_id: UUID | None,
) -> list[int]:
    """Order search numbers by how well they match; of equals, who is still expected comes first."""
    code, wanted = read_code(typed), fold(typed)

    def rank(ticket: AnyRow) -> tuple[Any, ...]:
        name = fold(ticket.holder_name)
        return (
            ticket.search_no not in elsewhere.named,
            ticket.search_no in elsewhere.begun,
            far[ticket.search_no],
            _match(ticket, name, code, wanted),
            ticket.state != "valid",
            ticket.admitted,
            name.count(" "),
            name,
            ticket.search_no,
        )

    found = connection.execute(_FOUND, {"numbers": list(far), "list_id": list_id})
    return [ticket.search_no for ticket in sorted(found, key=rank)]


_FOUND = (
    select(
        TicketRow.search_no,
        TicketRow.code,
        TicketRow.holder_name,
        TicketRow.state,
        BookingRow.code.label("booking_code"),
        exists()
        .where(
            AdmissionRow.ticket_id == TicketRow.id,
            AdmissionRow.list_id == bindparam("list_id", type_=AdmissionRow.list_id.type),
        )
        .label("admitted"),
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .where(TicketRow.search_no.in_(bindparam("numbers", expanding=True)))
)


def _match(ticket: AnyRow, name: str, code: str, wanted: str) -> int:
    """The rank of a match: code, whole name, a word of it, its beginning, or less."""
    if ticket.code == code:
        return 0
    if ticket.booking_code == code:
        return 1
    if name == wanted:
        return 2
    if wanted in name.split():
        return 3
    return 4 if name.startswith(wanted) else 5


CODE_MEMORY = timedelta(minutes=10)
"""How long wrong booking codes count: they are everybody's at the kiosk, not one person's."""


@steps(Permission.DOOR, about="event_id")
def guest_tickets(steps: Steps, event_id: UUID, *, email: str, pin: str) -> list[TicketView]:
    """Find the tickets of a guest who has no code at hand, by e-mail and PIN.

    Raises:
        SignInError: Wrong, or locked for a while.
    """
    _need_door(steps, event_id)
    account = verify(steps, email, pin)
    with steps.read() as act:
        return views(
            act.connection,
            BookingRow.account_id == account.id,
            TicketRow.event_id == event_id,
            TicketRow.state == "valid",
        )


@steps(Permission.DOOR, about="event_id")
def booking_tickets(steps: Steps, event_id: UUID, booking_code: str) -> list[TicketView]:
    """Find the tickets of a booking by its code; wrong codes lock this for a while.

    Raises:
        SignInError: Too many wrong codes at this event.
        NotFoundError: There is no such booking.
    """
    _need_door(steps, event_id)
    subject = f"booking-code:{event_id}"
    before = charge(steps, subject, forgotten_after=CODE_MEMORY)
    with steps.read() as act:
        found = views(
            act.connection,
            BookingRow.code == read_code(booking_code[:MAX_EMAIL]),
            TicketRow.event_id == event_id,
            TicketRow.state == "valid",
        )
    if not found:
        raise NotFoundError(
            msg("There is no booking with this code."),
            hint=msg("It has six letters and digits and stands in the booking's e-mail."),
        )
    refund(steps, subject, before)
    return found


def _need_door(steps: Steps, event_id: UUID) -> None:
    """Let only a door ask: strangers could lock it, and it shows what staff noted."""
    with steps.read() as act:
        act.need(event_id, Permission.DOOR)
