"""What a list asks of a ticket beyond the ticket itself: company, a place, which one it gets."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, or_, select

from data.schema import (
    AdmissionRow,
    AnswerRow,
    BookingRow,
    SignUpRow,
    TicketRow,
    TicketTypeSessionRow,
)
from eventdesk.acts.deadlines import overdue_ids
from eventdesk.door.check_in_lists import CheckInList, Direction, ListKind
from eventdesk.door.passage import TicketFacts
from eventdesk.door.passages import company_in, lead_in
from eventdesk.door.recognition import Ticket


def facts_at(
    connection: Connection, ticket: Ticket, door: CheckInList, direction: Direction, now: datetime
) -> TicketFacts:
    """Complete the facts of a ticket for one list; most lists ask nothing, and cost nothing."""
    facts = ticket.facts
    late = not facts.paid and ticket.due_at is not None and ticket.due_at <= now
    if late and ticket.booking_id in overdue_ids(connection, now):
        facts = replace(facts, cancelled=True)
    if direction is Direction.EXIT:
        return facts
    if door.kind in (ListKind.ARRIVE, ListKind.ROOM):
        if facts.accompanied:
            accompanied = company_in(connection, facts, ticket.booking_id, door, now)
            facts = replace(facts, company_in=accompanied)
        if ticket.companion_of is not None:
            facts = replace(facts, lead_in=lead_in(connection, ticket.companion_of, door, now))
    if door.session_id is not None:
        facts = replace(
            facts,
            lets_in=_lets_in(connection, facts.ticket_type_id, door.session_id),
            has_place=_has_place(connection, ticket, door) if door.sign_up else None,
        )
    if door.item_question_id is not None:
        given = {"ticket_id": facts.id, "question_id": door.item_question_id}
        facts = replace(facts, choice=connection.execute(_CHOICE, given).scalar_one_or_none() or "")
    return facts


def _lets_in(connection: Connection, ticket_type_id: UUID, session_id: UUID) -> bool:
    """Whether a type lets in to a session; one without sessions of its own lets in to all."""
    only = connection.execute(_SESSIONS, {"ticket_type_id": ticket_type_id}).scalars().all()
    return not only or session_id in only


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
    AnswerRow.ticket_id == bindparam("ticket_id"),
    AnswerRow.question_id == bindparam("question_id"),
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
