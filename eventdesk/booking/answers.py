"""What those who come answered, and how it is corrected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from data.schema import AnswerRow, BookingRow, TicketRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import NotFoundError
from eventdesk.sales.question import Question, check_answers
from eventdesk.sales.questions import all_questions, questions_for


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question that is or was asked of a ticket's holder, and the answer; "" for none."""

    question: Question
    value: str


@allowed(Permission.TICKETS, Permission.DOOR, own=True)
def answers_of(store: Store, actor: Actor, ticket_id: UUID) -> list[AnswerView]:
    """Read what is asked of a ticket's holder and what was answered, in order.

    Raises:
        NotAllowedError: It is somebody else's ticket.
        NotFoundError: There is no such ticket.
    """
    with store.read() as connection:
        ticket = _own_ticket(connection, actor, ticket_id)
        given = answers_in(connection, ticket_id)
        return [
            AnswerView(question, given.get(question.id, ""))
            for question in all_questions(connection, ticket.event_id)
            if question.id in given or (question.active and question.is_for(ticket.ticket_type_id))
        ]


@allowed(Permission.TICKETS, Permission.DOOR, own=True)
def correct_answers(
    store: Store, actor: Actor, ticket_id: UUID, answers: Mapping[UUID, str], *, now: datetime
) -> None:
    """Put these answers in the place of those a ticket's holder gave before.

    Answers to questions that are no longer asked stay as they are. What is required must be there
    when holders correct their own; the event's team may leave it open.

    Raises:
        NotAllowedError: It is somebody else's ticket.
        NotFoundError: There is no such ticket.
        InvalidInputError: An answer is missing or wrong; the message names the question.
    """
    with store.write() as connection:
        ticket = _own_ticket(connection, actor, ticket_id)
        questions = questions_for(connection, ticket.event_id, ticket.ticket_type_id)
        staff = actor.id not in (ticket.account_id, ticket.booker_id) or actor.id is None
        kept = check_answers(questions, answers, complete=not staff)
        asked = [question.id for question in questions]
        connection.execute(
            delete(AnswerRow).where(
                AnswerRow.ticket_id == ticket_id, AnswerRow.question_id.in_(asked)
            )
        )
        put_answers(connection, [(ticket_id, kept)])
        subject = ("ticket", ticket_id)
        record(
            connection,
            actor,
            "correct_answers",
            subject,
            now=now,
            event_id=ticket.event_id,
            answers=len(kept),
        )


def answers_in(connection: Connection, ticket_id: UUID) -> dict[UUID, str]:
    """The answers given for one ticket, by question."""
    rows = connection.execute(
        select(AnswerRow.question_id, AnswerRow.value).where(AnswerRow.ticket_id == ticket_id)
    )
    return {row.question_id: row.value for row in rows}


def put_answers(connection: Connection, given: Iterable[tuple[UUID, Mapping[UUID, str]]]) -> None:
    """Write down checked answers, by ticket and question."""
    rows = [
        {"ticket_id": ticket_id, "question_id": question_id, "value": value}
        for ticket_id, answers in given
        for question_id, value in answers.items()
    ]
    if rows:
        connection.execute(insert(AnswerRow), rows)


def _own_ticket(connection: Connection, actor: Actor, ticket_id: UUID) -> Any:
    row = connection.execute(
        select(
            TicketRow.event_id,
            TicketRow.ticket_type_id,
            TicketRow.account_id,
            BookingRow.account_id.label("booker_id"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.id == ticket_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such ticket.")
    need_here(
        connection,
        actor,
        row.event_id,
        Permission.TICKETS,
        Permission.DOOR,
        owner_id=row.account_id or row.booker_id,
    )
    return row
