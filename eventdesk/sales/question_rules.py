"""When a question makes sense among the others of its event, and beside its answers."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import AnswerRow, TicketTypeRow
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.sales.question import MAX_CHOICES, MAX_TEXT, Question, QuestionKind


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """What a question is made of; the attributes are those of `Question`."""

    text: str
    kind: QuestionKind = QuestionKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    depends_on: UUID | None = None
    depends_value: str = ""
    ticket_type_ids: frozenset[UUID] = frozenset()


def sound_question(
    connection: Connection,
    event_id: UUID,
    question_id: UUID,
    position: int,
    new: NewQuestion,
    others: list[Question],
) -> Question:
    """Make the question, when it makes sense among the others."""
    text = " ".join(new.text.split())
    choices = tuple(dict.fromkeys(" ".join(choice.split()) for choice in new.choices))
    choices = tuple(filter(None, choices))
    if not text or len(text) > MAX_TEXT:
        raise InvalidInputError(f"A question has 1 to {MAX_TEXT} characters.")
    if new.kind is not QuestionKind.CHOICE:
        choices = ()
    elif not 2 <= len(choices) <= MAX_CHOICES or max(map(len, choices)) > MAX_TEXT:
        raise InvalidInputError(
            "There must be something to choose from.",
            hint=f"Give 2 to {MAX_CHOICES} different choices.",
        )
    value = ""
    if new.depends_on is not None:
        earlier = next((each for each in others if each.id == new.depends_on), None)
        if earlier is None:
            raise NotFoundError("There is no such earlier question at this event.")
        if earlier.position >= position:
            raise InvalidInputError(
                "A question can depend only on one that is asked before it.",
                hint="Move it behind that one first.",
            )
        value = earlier.clean(new.depends_value)
        if not value:
            raise InvalidInputError(
                f"Say which answer to “{earlier.text}” makes this be asked.",
                hint="Such as: yes.",
            )
    _need_types(connection, event_id, new.ticket_type_ids)
    return Question(
        question_id,
        text,
        new.kind,
        new.required,
        choices,
        position,
        new.depends_on,
        value,
        True,
        new.ticket_type_ids,
    )


def _need_types(connection: Connection, event_id: UUID, ticket_type_ids: frozenset[UUID]) -> None:
    known = set(
        connection.execute(
            select(TicketTypeRow.id).where(TicketTypeRow.event_id == event_id)
        ).scalars()
    )
    if not ticket_type_ids <= known:
        raise NotFoundError("There is no such ticket type at this event.")


def need_room_for_answers(connection: Connection, before: Question, after: Question) -> None:
    """Refuse what would make answers senseless that were given already."""
    if not count_answers(connection, before.id):
        return
    if before.kind is not after.kind:
        raise InvalidInputError(
            "This question was answered; it cannot become one of another kind.",
            hint="Remove it and ask a new one.",
        )
    gone = set(before.choices) - set(after.choices)
    chosen = connection.execute(
        select(AnswerRow.value)
        .where(AnswerRow.question_id == before.id, AnswerRow.value.in_(gone))
        .limit(1)
    ).scalar_one_or_none()
    if chosen is not None:
        raise InvalidInputError(
            f"Somebody chose “{chosen}”.", hint="Keep this choice, or add others beside it."
        )


def need_dependants(after: Question, others: list[Question]) -> None:
    """Refuse what would make a later question never be asked."""
    for other in others:
        if other.depends_on != after.id or not other.active:
            continue
        try:
            after.clean(other.depends_value)
        except InvalidInputError as error:
            raise InvalidInputError(
                f"“{other.text}” is asked after “{other.depends_value}”.",
                hint="Keep this answer possible, or change that question first.",
            ) from error


def count_answers(connection: Connection, question_id: UUID) -> int:
    """How many answered a question."""
    return connection.execute(
        select(func.count()).where(AnswerRow.question_id == question_id)
    ).scalar_one()
