"""Answers of ticket holders: read, correct, write down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from data.rows import AnyRow
from data.schema import AnswerRow, BookingRow, TicketRow
from eventdesk.acts import Act, Permission, event_of, reads, writes
from eventdesk.core.errors import need_found
from eventdesk.core.messages import msg
from eventdesk.sales import Question, all_questions, check_answers, questions_for


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question that is or was asked of a ticket's holder, and the answer; "" for none."""

    question: Question
    value: str


@reads(Permission.TICKETS, Permission.DOOR, own=True)
def answers_of(act: Act, ticket_id: UUID) -> list[AnswerView]:
    """Read what is asked of a ticket's holder and what was answered, in order.

    Raises:
        NotFoundError: There is no such ticket.
    """
    ticket = _own_ticket(act, ticket_id)
    rows = act.connection.execute(
        select(AnswerRow.question_id, AnswerRow.value).where(AnswerRow.ticket_id == ticket_id)
    )
    given = {row.question_id: row.value for row in rows}
    return [
        AnswerView(question, given.get(question.id, ""))
        for question in all_questions(act.connection, ticket.event_id)
        if question.id in given or (question.active and question.is_for(ticket.ticket_type_id))
    ]


@writes(Permission.TICKETS, Permission.DOOR, own=True, about=event_of(TicketRow, "ticket_id"))
def correct_answers(act: Act, ticket_id: UUID, answers: Mapping[UUID, str]) -> None:
    """Replace the answers a ticket's holder gave before.

    Answers to questions no longer asked stay. Holders must answer what is required; the event's
    team may leave it open.

    Raises:
        NotAllowedError: It is somebody else's ticket.
        NotFoundError: There is no such ticket.
        InvalidInputError: An answer is missing or wrong; the message names the question.
    """
    ticket = _own_ticket(act, ticket_id)
    questions = questions_for(act.connection, ticket.event_id, ticket.ticket_type_id)
    owners = (ticket.account_id, ticket.booker_id or ticket.booking_id)
    staff = act.actor.id not in owners or act.actor.id is None
    kept = check_answers(questions, answers, complete=not staff)
    asked = [question.id for question in questions]
    act.connection.execute(
        delete(AnswerRow).where(AnswerRow.ticket_id == ticket_id, AnswerRow.question_id.in_(asked))
    )
    put_answers(act.connection, [(ticket_id, kept)])
    subject = ("ticket", ticket_id)
    act.record("correct_answers", subject, event_id=ticket.event_id, answers=len(kept))


def put_answers(connection: Connection, given: Iterable[tuple[UUID, Mapping[UUID, str]]]) -> None:
    """Write down checked answers, by ticket and question."""
    rows = [
        {"ticket_id": ticket_id, "question_id": question_id, "value": value}
        for ticket_id, answers in given
        for question_id, value in answers.items()
    ]
    if rows:
        connection.execute(insert(AnswerRow), rows)


def _own_ticket(act: Act, ticket_id: UUID) -> AnyRow:
    found = act.connection.execute(
        select(TicketRow.__table__, BookingRow.account_id.label("booker_id"))
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.id == ticket_id)
    ).one_or_none()
    row = need_found(found, msg("There is no such ticket."))
    owner_id = row.account_id or row.booker_id or row.booking_id
    act.need(row.event_id, Permission.TICKETS, Permission.DOOR, owner_id=owner_id)
    return row
