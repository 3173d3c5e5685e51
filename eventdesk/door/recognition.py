"""Tickets as a scan names them: by token, code, or the code of another system."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, or_, select

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import (
    AdmissionRow,
    AnswerRow,
    BookingRow,
    EventRow,
    SignUpRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    TokenKeyRow,
    TokenRevocationRow,
)
from eventdesk.acts import Act, overdue_ids
from eventdesk.booking import FIRST_REVISION, read_foreign_code
from eventdesk.core.errors import ForgedTokenError, KeyFileLostError, TokenError
from eventdesk.core.ids import read_code
from eventdesk.core.messages import Message, msg
from eventdesk.core.token import Opened, looks_like_token, open_token
from eventdesk.door.check_in_list import CheckInList, Direction, ListKind
from eventdesk.door.decide import NOTHING, Decision
from eventdesk.door.history import company_in, lead_in
from eventdesk.door.scan import WORDING, Outcome, Scan, ScanSource, TicketFacts

MAX_CODE = 64
"""Longest typed text that is looked up as a ticket's code, in characters."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was found: what the rules ask and what is shown."""

    facts: TicketFacts
    code: str
    name: str
    line_two: str
    ticket_type: str
    seat: str
    attention: str
    booking_id: UUID
    account_id: UUID | None = None
    """The holder's account, else that of who booked."""
    companion_of: UUID | None = None
    due_at: datetime | None = None
    """When its booking had to be paid, paid or not; None is never."""


def recognize(act: Act, scan: Scan, door: CheckInList) -> tuple[Ticket | None, Decision | None]:
    """Find the ticket a text means, and why it may not enter whatever the rules say.

    In front of a camera stands nobody of the staff, so a ticket's short code does not count
    there: it can be read over a shoulder and drawn as a QR code by anyone. Tokens do, and the
    codes of the system a ticket was sold by, which are secrets as well.

    Args:
        scan: Its text is a token, the code of another system, or a ticket's code in any case and
            with spaces or dashes.

    Returns:
        The ticket, None when this event has none; and a refusal, None when the rules decide.
    """
    text = scan.text
    if "\0" in text:  # no code has that, and the store cannot be asked for it
        return None, refused(Outcome.UNKNOWN)
    if not looks_like_token(text):
        found = None if scan.source is ScanSource.CAMERA else _by_code(act.connection, text, door)
        if found is None or found[1] is not None:
            found = _by_foreign_code(act.connection, text, door) or found
        return found or (None, refused(Outcome.UNKNOWN))
    try:
        opened = _open(act, text, door)
    except ForgedTokenError:
        return None, refused(Outcome.FORGED)
    except TokenError:
        return None, refused(Outcome.UNKNOWN)
    row = _BY_ID.one_or_none(act.connection, {"ticket_id": opened.ticket_id})
    if row is None:
        return None, refused(Outcome.UNKNOWN, msg("The code is genuine, its ticket is not here."))
    if not _vouched(opened, row):
        return None, refused(Outcome.FORGED)
    if opened.event_id != door.event_id:
        return None, refused(Outcome.WRONG_EVENT)
    ticket = _found(row)
    if opened.revision != ticket.facts.revision:
        return ticket, refused(
            Outcome.REVOKED, _why_revoked(act.connection, opened.ticket_id, opened.revision)
        )
    return ticket, None


def refused(outcome: Outcome, reason: Message = NOTHING) -> Decision:
    """A refusal that no rule of a list is behind."""
    return Decision(outcome, reason, WORDING[outcome].guest)


_TICKET = (
    select(
        TicketRow.id,
        TicketRow.event_id,
        TicketRow.ticket_type_id,
        TicketRow.revision,
        TicketRow.key_id,
        TicketRow.state,
        TicketRow.blocked_note,
        TicketRow.valid_from,
        TicketRow.valid_until,
        TicketRow.code,
        TicketRow.holder_name,
        TicketRow.line_two,
        TicketRow.seat,
        TicketRow.attention,
        TicketRow.booking_id,
        TicketRow.account_id,
        TicketRow.companion_of,
        BookingRow.account_id.label("booker_id"),
        BookingRow.state.label("booking_state"),
        BookingRow.approved,
        BookingRow.expires_at,
        TicketTypeRow.name.label("type_name"),
        TicketTypeRow.valid_from.label("type_valid_from"),
        TicketTypeRow.valid_until.label("type_valid_until"),
        TicketTypeRow.accompanied,
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
)
_BY_ID = Prepared(_TICKET.where(TicketRow.id == bindparam("ticket_id")))
_BY_CODE = Prepared(_TICKET.where(TicketRow.code == bindparam("code")))
_BY_FOREIGN_CODE = Prepared(
    _TICKET.where(TicketRow.foreign_code == bindparam("code", type_=TicketRow.foreign_code.type))
    .order_by((TicketRow.event_id == bindparam("event_id", type_=TicketRow.event_id.type)).desc())
    .limit(1)
)


def _by_foreign_code(
    connection: Connection, text: str, door: CheckInList
) -> tuple[Ticket | None, Decision | None] | None:
    """The ticket another system gave this code out for, that of this event first."""
    code = read_foreign_code(text)
    if not code:
        return None
    named = {"code": code, "event_id": door.event_id}
    row = _BY_FOREIGN_CODE.one_or_none(connection, named)
    if row is None:
        return None
    if row.event_id != door.event_id:
        return None, refused(Outcome.WRONG_EVENT)
    ticket = _found(row)
    if ticket.facts.revision != FIRST_REVISION:
        why = _why_revoked(connection, ticket.facts.id, FIRST_REVISION)
        return ticket, refused(Outcome.REVOKED, why)
    return ticket, None


def _by_code(
    connection: Connection, text: str, door: CheckInList
) -> tuple[Ticket | None, Decision | None] | None:
    code = read_code(text) if len(text) <= MAX_CODE else ""
    row = _BY_CODE.one_or_none(connection, {"code": code}) if code.isascii() else None
    if row is None:
        return None
    if row.event_id != door.event_id:
        return None, refused(Outcome.WRONG_EVENT)
    return _found(row), None


def _open(act: Act, text: str, door: CheckInList) -> Opened:
    """Open a token for this event, or for another event of the house."""
    try:
        return open_token(text, act.store.keys.token_keys, (door.event_id,))
    except ForgedTokenError as error:
        # Another desk may have rotated the keys, or brought an event of another house with its own.
        sold = act.connection.execute(select(TokenKeyRow.key_id)).scalars()
        keys = act.store.keys.token_keys
        # A key of another house that has this number may be for more events by now.
        foreign = any(key.sign == error.key_id and key.events is not None for key in keys.values())
        if foreign or {error.key_id, *sold} - keys.keys():
            try:
                act.store.reread_keys()
            except KeyFileLostError:
                raise error from None
        events = act.connection.execute(select(EventRow.id)).scalars().all()
        return open_token(text, act.store.keys.token_keys, events)


def _vouched(opened: Opened, row: AnyRow) -> bool:
    """Whether the ticket itself was sealed like this.

    Keys leave the house with archives, so that somebody else may seal with them. What they seal
    lets nobody in where the ticket names another event, or for its present revision another key.
    An older revision may have had an older key; it lets nobody in either.
    """
    if opened.event_id != row.event_id:
        return False
    return bool(opened.revision != row.revision or opened.key_id == row.key_id)


def _found(row: AnyRow) -> Ticket:
    facts = TicketFacts(
        id=row.id,
        event_id=row.event_id,
        ticket_type_id=row.ticket_type_id,
        revision=row.revision,
        cancelled=row.state != "valid" or row.booking_state == "cancelled",
        blocked_note=row.blocked_note,
        approved=row.approved,
        paid=row.booking_state == "paid",
        valid_from=row.valid_from or row.type_valid_from,
        valid_until=row.valid_until or row.type_valid_until,
        accompanied=row.accompanied,
        companion=row.companion_of is not None,
    )
    return Ticket(
        facts,
        row.code,
        row.holder_name,
        row.line_two,
        row.type_name,
        row.seat,
        row.attention,
        row.booking_id,
        row.account_id or row.booker_id,
        row.companion_of,
        row.expires_at,
    )


def _why_revoked(connection: Connection, ticket_id: UUID, revision: int) -> Message:
    reason = connection.execute(
        select(TokenRevocationRow.reason).where(
            TokenRevocationRow.ticket_id == ticket_id, TokenRevocationRow.revision == revision
        )
    ).scalar_one_or_none()
    if reason:
        return msg("Replaced: {reason}", reason=reason)
    return msg("Replaced by a newer code.")


def facts_at(act: Act, ticket: Ticket, door: CheckInList, direction: Direction) -> TicketFacts:
    """Complete the facts of a ticket for one list; most lists ask nothing, and cost nothing."""
    facts = ticket.facts
    late = not facts.paid and ticket.due_at is not None and ticket.due_at <= act.now
    if late and ticket.booking_id in overdue_ids(act.connection, act.now):
        facts = replace(facts, cancelled=True)
    if direction is Direction.EXIT:
        return facts
    if door.kind in (ListKind.ARRIVE, ListKind.ROOM):
        if facts.accompanied:
            facts = replace(facts, company_in=company_in(act, facts, ticket.booking_id, door))
        if ticket.companion_of is not None:
            facts = replace(facts, lead_in=lead_in(act, ticket.companion_of, door))
    if door.session_id is not None:
        given = {"ticket_type_id": facts.ticket_type_id}
        only = act.connection.execute(_SESSIONS, given).scalars().all()
        facts = replace(
            facts,
            lets_in=not only or door.session_id in only,
            has_place=_has_place(act.connection, ticket, door) if door.sign_up else None,
        )
    if door.item_question_id is not None:
        given = {"ticket_id": facts.id, "question_id": door.item_question_id}
        facts = replace(
            facts, choice=act.connection.execute(_CHOICE, given).scalar_one_or_none() or ""
        )
    return facts


def _has_place(connection: Connection, ticket: Ticket, door: CheckInList) -> bool:
    """Whether the holder signed up, and used the place with no other ticket of their own."""
    given = {
        "session_id": door.session_id,
        "account_id": ticket.account_id,
        "ticket_id": ticket.facts.id,
        "list_id": door.id,
    }
    if ticket.account_id is None or not connection.execute(_SIGNED_UP, given).scalar_one():
        return False
    return not connection.execute(_USED, given).scalar_one()


_CHOICE = select(AnswerRow.value).where(
    AnswerRow.ticket_id == bindparam("ticket_id"), AnswerRow.question_id == bindparam("question_id")
)
_SESSIONS = select(TicketTypeSessionRow.session_id).where(
    TicketTypeSessionRow.ticket_type_id == bindparam("ticket_type_id")
)
_SIGNED_UP = select(
    exists().where(
        SignUpRow.session_id == bindparam("session_id"),
        SignUpRow.account_id == bindparam("account_id"),
    )
)
_USED = select(
    select(AdmissionRow.id)
    .join(TicketRow, TicketRow.id == AdmissionRow.ticket_id)
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .where(
        AdmissionRow.list_id == bindparam("list_id"),
        AdmissionRow.ticket_id != bindparam("ticket_id"),
        or_(
            TicketRow.account_id == bindparam("account_id"),
            TicketRow.account_id.is_(None) & (BookingRow.account_id == bindparam("account_id")),
        ),
    )
    .exists()
)
