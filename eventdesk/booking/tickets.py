"""Tickets: read one as the desk shows it, correct it, block it, issue its code anew."""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from data import search
from data.rows import AnyRow, insert_row, update_row
from data.schema import BookingRow, DeliveryRow, TicketRow, TicketTypeRow, TokenRevocationRow
from eventdesk.acts import Act, Permission, event_of, reads, writes
from eventdesk.booking.booking import MAX_NAME, TicketView
from eventdesk.booking.codes import TOKEN_FACTS, remember_key, sealed
from eventdesk.core.booking_states import GIVEN
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg

MAX_NOTE = 500
"""Longest note or reason that is kept, in characters."""


@reads(internal=True)
def ticket_by_code(act: Act, typed: str) -> TicketView:
    """Read one ticket by the code people see, in any case and with spaces or dashes.

    Raises:
        NotFoundError: There is no such ticket.
    """
    found = views(act.connection, TicketRow.code == read_code(typed))
    hint = msg("Check it, or search for the holder's name.")
    return need_found(next(iter(found), None), msg("There is no ticket with this code."), hint=hint)


@writes(Permission.DOOR, Permission.TICKETS, about=event_of(TicketRow, "ticket_id"))
def rename(act: Act, ticket_id: UUID, *, name: str, line_two: str) -> TicketView:
    """Correct the holder's name and the line below it.

    Raises:
        NotFoundError: There is no such ticket.
        InvalidInputError: No name, or too long.
    """
    return rename_in(act, ticket_id, name, line_two, verb="rename")


def rename_in(act: Act, ticket_id: UUID, name: str, line_two: str, *, verb: str) -> TicketView:
    """Correct name and second line inside a transaction; `verb` is what the audit calls it."""
    if not name.strip() or len(name) > MAX_NAME or len(line_two) > MAX_NAME:
        raise InvalidInputError(msg("A name has 1 to {most} characters.", most=MAX_NAME))
    before = _row(act, ticket_id)
    update_row(
        act.connection, TicketRow, ticket_id, holder_name=name.strip(), line_two=line_two.strip()
    )
    about = {"name": name, "email": before.holder_email}
    index_ticket(act.connection, before, before.booking_code, **about)
    _note(act, verb, before)  # without the names: the log is for ever
    return _one(act.connection, ticket_id)


@writes(Permission.DOOR, Permission.TICKETS, about=event_of(TicketRow, "ticket_id"))
def reissue(act: Act, ticket_id: UUID, *, reason: str) -> str:
    """Issue a ticket's code anew with the newest key; return the token.

    The old code answers `revoked` with the reason from now on.

    Raises:
        NotFoundError: There is no such ticket.
        InvalidInputError: No reason was given.
    """
    if not reason.strip():
        raise InvalidInputError(msg("Reissuing needs a reason."), hint=msg("Such as: phone lost."))
    before = _row(act, ticket_id)
    token = new_token(act, before, reason=reason[:MAX_NOTE])
    _note(act, "reissue", before, reason=reason, revision=before.revision + 1)
    return token


def new_token(act: Act, ticket: AnyRow, *, reason: str) -> str:
    """Revoke the code of a ticket's row and make its next revision; return the token."""
    insert_row(
        act.connection,
        TokenRevocationRow,
        ticket_id=ticket.id,
        revision=ticket.revision,
        reason=reason,
        revoked_at=act.now,
        actor_name=act.actor.name,
    )
    values = {"revision": ticket.revision + 1, "key_id": remember_key(act)}
    update_row(act.connection, TicketRow, ticket.id, **values)
    row = act.connection.execute(TOKEN_FACTS.where(TicketRow.id == ticket.id)).one()
    return sealed(act, row)


def index_ticket(
    connection: Connection, ticket: AnyRow, booking_code: str, *, name: str, email: str
) -> None:
    """Index a ticket's row by a new name and address."""
    if ticket.state == GIVEN:
        return  # nobody is found by a donation
    codes = (ticket.code, booking_code)
    found_by = search.entry(ticket.search_no, name=name, email=email, codes=codes, seat=ticket.seat)
    search.put(connection, [found_by])
    search.learn(connection, [name])


@writes(Permission.DOOR, Permission.TICKETS, about=event_of(TicketRow, "ticket_id"))
def set_attention(act: Act, ticket_id: UUID, *, note: str) -> TicketView:
    """Leave a note that staff see with every scan of this ticket; "" takes it away."""
    return _noted(act, "set_attention", ticket_id, note, attention=note[:MAX_NOTE])


@writes(Permission.TICKETS, about=event_of(TicketRow, "ticket_id"))
def block(act: Act, ticket_id: UUID, *, note: str) -> TicketView:
    """Refuse this ticket from now on, with a note for staff.

    Raises:
        NotFoundError: There is no such ticket.
        InvalidInputError: There is no note.
    """
    kept = note.strip()[:MAX_NOTE]
    if not kept:
        raise InvalidInputError(
            msg("Blocking a ticket needs a note for staff."),
            hint=msg("Such as: card reported stolen."),
        )
    return _noted(act, "block", ticket_id, note, _SELLER, blocked_note=kept)


@writes(Permission.TICKETS, about=event_of(TicketRow, "ticket_id"))
def unblock(act: Act, ticket_id: UUID) -> TicketView:
    """Take a blocked ticket again."""
    return _noted(act, "unblock", ticket_id, "", _SELLER, blocked_note=None)


def views(connection: Connection, *where: ColumnElement[bool], limit: int = 50) -> list[TicketView]:
    """Read the tickets that meet the conditions; their standing at a list is the door's."""
    tickets = connection.execute(_ROWS_WITH_BADGES.where(*where).limit(limit)).all()
    return [
        TicketView(
            id=row.id,
            event_id=row.event_id,
            code=row.code,
            name=row.holder_name,
            email=row.holder_email,
            line_two=row.line_two,
            ticket_type=row.ticket_type,
            seat=row.seat,
            booking_code=row.booking_code,
            paid=row.booking_state == "paid",
            cancelled=row.state != "valid",
            blocked_note=row.blocked_note,
            attention=row.attention,
            revision=row.revision,
            badges=row.badges,
            search_no=row.search_no,
        )
        for row in tickets
    ]


_ROWS = (
    select(
        TicketRow.__table__,
        TicketTypeRow.name.label("ticket_type"),
        BookingRow.code.label("booking_code"),
        BookingRow.state.label("booking_state"),
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
)

_ROWS_WITH_BADGES = _ROWS.add_columns(
    select(func.count())
    .where(
        DeliveryRow.ticket_id == TicketRow.id,
        DeliveryRow.kind == "badge",
        DeliveryRow.state != "cancelled",
    )
    .scalar_subquery()
    .label("badges")
)


def _one(connection: Connection, ticket_id: UUID) -> TicketView:
    found = views(connection, TicketRow.id == ticket_id)
    return need_found(next(iter(found), None), msg("There is no such ticket."))


_STAFF = (Permission.DOOR, Permission.TICKETS)
_SELLER = (Permission.TICKETS,)


def _row(act: Act, ticket_id: UUID, permissions: tuple[Permission, ...] = _STAFF) -> AnyRow:
    """Read a ticket that the actor may change."""
    found = act.connection.execute(_ROWS.where(TicketRow.id == ticket_id)).one_or_none()
    row = need_found(found, msg("There is no such ticket."))
    act.need(row.event_id, *permissions)
    return row


def _noted(
    act: Act,
    verb: str,
    ticket_id: UUID,
    note: str,
    permissions: tuple[Permission, ...] = _STAFF,
    **values: object,
) -> TicketView:
    """Change a ticket and record why."""
    before = _row(act, ticket_id, permissions)
    update_row(act.connection, TicketRow, ticket_id, **values)
    _note(act, verb, before, note=note[:MAX_NOTE])
    return _one(act.connection, ticket_id)


def _note(act: Act, verb: str, ticket: AnyRow, **detail: object) -> None:
    subject = ("ticket", ticket.id)
    act.record(verb, subject, event_id=ticket.event_id, **detail)
