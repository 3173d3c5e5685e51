"""Questions of an event: add, change, remove, order and read them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, select

from data.bulk import insert_many
from data.rows import count_rows, delete_row, insert_row, update_row
from data.schema import AnswerRow, CheckInListRow, QuestionRow, QuestionTypeRow
from eventdesk.acts import Act, Permission, event_of, event_row, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.events import need_visible
from eventdesk.sales.discounts import need_types
from eventdesk.sales.question import MAX_CHOICES, MAX_TEXT, Question, QuestionKind

MAX_QUESTIONS = 100
"""Most questions of one event."""


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question to be asked; the attributes are those of `Question`."""

    text: str
    kind: QuestionKind = QuestionKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    depends_on: UUID | None = None
    depends_value: str = ""
    ticket_type_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as its organizer sees it.

    Attributes:
        answers: How many answered it.
        depends_text: The question it depends on; "" for none.
    """

    question: Question
    answers: int
    depends_text: str = ""


@reads(Permission.TICKETS, Permission.DOOR, about="event_id")
def list_questions(act: Act, event_id: UUID) -> list[QuestionView]:
    """Read all questions of an event in their order, also those no longer asked."""
    act.need(event_id, Permission.TICKETS, Permission.DOOR)
    questions = all_questions(act.connection, event_id)
    counts = dict(
        act.connection.execute(
            select(AnswerRow.question_id, func.count())
            .where(AnswerRow.question_id.in_([each.id for each in questions]))
            .group_by(AnswerRow.question_id)
        ).all()
    )
    texts = {each.id: each.text for each in questions}
    return [
        QuestionView(
            each, counts.get(each.id, 0), "" if each.depends_on is None else texts[each.depends_on]
        )
        for each in questions
    ]


@writes(Permission.TICKETS, about="event_id")
def add_question(act: Act, event_id: UUID, new: NewQuestion) -> UUID:
    """Add a question behind the others.

    Raises:
        NotFoundError: No such event, ticket type or earlier question.
        InvalidInputError: The question makes no sense; the message says why.
    """
    question_id = new_id()
    act.need(event_id, Permission.TICKETS)
    event_row(act.connection, event_id)
    others = all_questions(act.connection, event_id)
    if len(others) >= MAX_QUESTIONS:
        raise InvalidInputError(msg("An event asks at most {most} questions.", most=MAX_QUESTIONS))
    position = max((each.position for each in others), default=0) + 1
    question = _sound_question(act.connection, event_id, question_id, position, new, others)
    insert_row(act.connection, QuestionRow, id=question_id, event_id=event_id, **_columns(question))
    _put_types(act.connection, question)
    subject = ("question", question_id)
    act.record("add_question", subject, event_id=event_id, text=new.text)
    return question_id


@writes(Permission.TICKETS, about=event_of(QuestionRow, "question_id"))
def change_question(act: Act, question_id: UUID, new: NewQuestion) -> None:
    """Change a question; an answered one keeps its kind and the choices that were chosen.

    Raises:
        NotFoundError: No such question, ticket type or earlier question.
        InvalidInputError: It makes no sense any more; the message says why.
    """
    event_id = _event_of(act.connection, question_id)
    act.need(event_id, Permission.TICKETS)
    everything = all_questions(act.connection, event_id)
    before = next(each for each in everything if each.id == question_id)
    others = [each for each in everything if each.id != question_id]
    after = _sound_question(act.connection, event_id, question_id, before.position, new, others)
    _need_room_for_answers(act.connection, before, after)
    _need_dependants(after, others)
    update_row(act.connection, QuestionRow, question_id, **_columns(after))
    act.connection.execute(
        delete(QuestionTypeRow).where(QuestionTypeRow.question_id == question_id)
    )
    _put_types(act.connection, after)
    subject = ("question", question_id)
    act.record("change_question", subject, event_id=event_id, before=before.text, after=after.text)


@writes(Permission.TICKETS, about=event_of(QuestionRow, "question_id"))
def remove_question(act: Act, question_id: UUID) -> bool:
    """Remove a question, or stop asking it where it was answered; say whether it is gone.

    Raises:
        NotFoundError: There is no such question.
        InvalidInputError: Another one depends on it, or a list hands out what it asks for.
    """
    event_id = _event_of(act.connection, question_id)
    act.need(event_id, Permission.TICKETS)
    everything = all_questions(act.connection, event_id)
    for other in everything:
        if other.depends_on == question_id and other.active:
            raise InvalidInputError(
                msg("“{text}” depends on this question.", text=other.text),
                hint=msg("Remove or change it first."),
            )
    collects = select(CheckInListRow.name).where(CheckInListRow.item_question_id == question_id)
    listed = act.connection.execute(collects.limit(1)).scalar_one_or_none()
    if listed is not None:
        raise InvalidInputError(
            msg("The check-in list “{name}” hands out what this question asks for.", name=listed),
            hint=msg("Change that list first."),
        )
    answered = _count_answers(act.connection, question_id)
    referred = any(other.depends_on == question_id for other in everything)
    if answered or referred:
        update_row(act.connection, QuestionRow, question_id, active=False)
    else:
        act.connection.execute(
            delete(QuestionTypeRow).where(QuestionTypeRow.question_id == question_id)
        )
        _tell_no_more(act.connection, event_id, question_id)
        delete_row(act.connection, QuestionRow, question_id)
    subject = ("question", question_id)
    act.record("remove_question", subject, event_id=event_id, answers=answered)
    return not (answered or referred)


def _tell_no_more(connection: Connection, event_id: UUID, question_id: UUID) -> None:
    """Take a question out of what check-in lists show with each verdict."""
    lists = select(CheckInListRow.id, CheckInListRow.tells)
    for row in connection.execute(lists.where(CheckInListRow.event_id == event_id)).all():
        answers = [each for each in row.tells.get("answers", ()) if each != str(question_id)]
        left = {**row.tells, "answers": answers}
        if left.get("age") == str(question_id):
            del left["age"]
        if not answers:
            del left["answers"]
        if left != row.tells:
            update_row(connection, CheckInListRow, row.id, tells=left)


@writes(Permission.TICKETS, about=event_of(QuestionRow, "question_id"))
def ask_again(act: Act, question_id: UUID) -> None:
    """Ask a removed question again.

    Raises:
        NotFoundError: There is no such question.
        InvalidInputError: It depends on one that is not asked.
    """
    event_id = _event_of(act.connection, question_id)
    act.need(event_id, Permission.TICKETS)
    by_id = {each.id: each for each in all_questions(act.connection, event_id)}
    earlier = by_id[question_id].depends_on
    if earlier is not None and not by_id[earlier].active:
        raise InvalidInputError(
            msg("It depends on “{text}”, which is not asked.", text=by_id[earlier].text),
            hint=msg("Ask that one again first."),
        )
    update_row(act.connection, QuestionRow, question_id, active=True)
    subject = ("question", question_id)
    act.record("ask_again", subject, event_id=event_id)


@writes(Permission.TICKETS, about=event_of(QuestionRow, "question_id"))
def move_question(act: Act, question_id: UUID, places: int) -> None:
    """Move a question so many places later, or earlier where `places` is negative.

    Raises:
        NotFoundError: There is no such question.
        InvalidInputError: One that depends on another would come before it.
    """
    event_id = _event_of(act.connection, question_id)
    act.need(event_id, Permission.TICKETS)
    order = all_questions(act.connection, event_id)
    at = next(index for index, each in enumerate(order) if each.id == question_id)
    moved = order.pop(at)
    order.insert(max(0, min(len(order), at + places)), moved)
    place = {each.id: index for index, each in enumerate(order, start=1)}
    for each in order:
        if each.depends_on is not None and place[each.depends_on] > place[each.id]:
            raise InvalidInputError(
                msg("“{text}” depends on an answer that would come after it.", text=each.text),
                hint=msg("Move the other question first."),
            )
    for each in order:
        update_row(act.connection, QuestionRow, each.id, position=place[each.id])
    subject = ("question", question_id)
    act.record("move_question", subject, event_id=event_id, position=place[question_id])


def _sound_question(
    connection: Connection,
    event_id: UUID,
    question_id: UUID,
    position: int,
    new: NewQuestion,
    others: list[Question],
) -> Question:
    """Make the question, where it makes sense among the others."""
    text = " ".join(new.text.split())
    choices = tuple(dict.fromkeys(" ".join(choice.split()) for choice in new.choices))
    choices = tuple(filter(None, choices))
    if not text or len(text) > MAX_TEXT:
        raise InvalidInputError(msg("A question has 1 to {most} characters.", most=MAX_TEXT))
    if new.kind is not QuestionKind.CHOICE:
        choices = ()
    elif not 2 <= len(choices) <= MAX_CHOICES or max(map(len, choices)) > MAX_TEXT:
        raise InvalidInputError(
            msg("There must be something to choose from."),
            hint=msg("Give 2 to {most} different choices.", most=MAX_CHOICES),
        )
    value = ""
    if new.depends_on is not None:
        earlier = next((each for each in others if each.id == new.depends_on), None)
        if earlier is None:
            raise NotFoundError(msg("There is no such earlier question at this event."))
        if earlier.position >= position:
            raise InvalidInputError(
                msg("A question can depend only on one that is asked before it."),
                hint=msg("Move it behind that one first."),
            )
        value = earlier.clean(new.depends_value)
        if not value:
            raise InvalidInputError(
                msg("Say which answer to “{text}” makes this be asked.", text=earlier.text),
                hint=msg("Such as: yes."),
            )
    need_types(connection, event_id, new.ticket_type_ids)
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


def _need_room_for_answers(connection: Connection, before: Question, after: Question) -> None:
    """Refuse a change that given answers do not fit."""
    if not _count_answers(connection, before.id):
        return
    if before.kind is not after.kind:
        raise InvalidInputError(
            msg("This question was answered; it cannot become one of another kind."),
            hint=msg("Remove it and ask a new one."),
        )
    gone = set(before.choices) - set(after.choices)
    chosen = connection.execute(
        select(AnswerRow.value)
        .where(AnswerRow.question_id == before.id, AnswerRow.value.in_(gone))
        .limit(1)
    ).scalar_one_or_none()
    if chosen is not None:
        raise InvalidInputError(
            msg("Somebody chose “{chosen}”.", chosen=chosen),
            hint=msg("Keep this choice, or add others beside it."),
        )


def _need_dependants(after: Question, others: list[Question]) -> None:
    """Refuse a change after which a later question would never be asked."""
    for other in others:
        if other.depends_on != after.id or not other.active:
            continue
        wanted = other.depends_value
        try:
            after.clean(wanted)
        except InvalidInputError as error:
            raise InvalidInputError(
                msg("“{text}” is asked after “{value}”.", text=other.text, value=wanted),
                hint=msg("Keep this answer possible, or change that question first."),
            ) from error


def _count_answers(connection: Connection, question_id: UUID) -> int:
    """The number of answers to a question."""
    return count_rows(connection, AnswerRow.question_id == question_id)


def questions_for(
    connection: Connection, event_id: UUID, ticket_type_id: UUID | None = None
) -> list[Question]:
    """Read the questions asked now, in their order: all, or those of one ticket type."""
    return [
        question
        for question in all_questions(connection, event_id)
        if question.active and (ticket_type_id is None or question.is_for(ticket_type_id))
    ]


@reads(public=True, about="event_id")
def asked_questions(
    act: Act, event_id: UUID, *, ticket_type_id: UUID | None = None, access_code: str = ""
) -> list[Question]:
    """Read what somebody who books is asked, in order; see `question.asked`.

    Args:
        ticket_type_id: The type that is booked; None is what any of them asks.
        access_code: Opens a private event.
    """
    need_visible(act, event_id, access_code=access_code)
    return questions_for(act.connection, event_id, ticket_type_id)


_EVENT_ID = bindparam("event", type_=QuestionRow.event_id.type)
_TYPES = (
    select(QuestionTypeRow.question_id, QuestionTypeRow.ticket_type_id)
    .join(QuestionRow, QuestionRow.id == QuestionTypeRow.question_id)
    .where(QuestionRow.event_id == _EVENT_ID)
)
_QUESTIONS = (
    select(QuestionRow.__table__)
    .where(QuestionRow.event_id == _EVENT_ID)
    .order_by(QuestionRow.position, QuestionRow.id)
)


def all_questions(connection: Connection, event_id: UUID) -> list[Question]:
    """Read all questions of an event in their order, also those no longer asked."""
    types: dict[UUID, set[UUID]] = {}
    pairs = connection.execute(_TYPES, {"event": event_id})
    for question_id, ticket_type_id in pairs:
        types.setdefault(question_id, set()).add(ticket_type_id)
    rows = connection.execute(_QUESTIONS, {"event": event_id})
    return [
        Question(
            row.id,
            row.text,
            QuestionKind(row.kind),
            row.required,
            tuple(row.choices),
            row.position,
            row.depends_on,
            row.depends_value,
            row.active,
            frozenset(types.get(row.id, ())),
        )
        for row in rows
    ]


def _event_of(connection: Connection, question_id: UUID) -> UUID:
    asked = select(QuestionRow.event_id).where(QuestionRow.id == question_id)
    found = connection.execute(asked).scalar_one_or_none()
    return need_found(found, msg("There is no such question."))


def _columns(question: Question) -> dict[str, Any]:
    names = ("text", "kind", "required", "position", "depends_on", "depends_value", "active")
    return {name: getattr(question, name) for name in names} | {"choices": list(question.choices)}


def _put_types(connection: Connection, question: Question) -> None:
    rows = [
        {"question_id": question.id, "ticket_type_id": type_id}
        for type_id in sorted(question.ticket_type_ids)
    ]
    insert_many(connection, QuestionTypeRow, rows)
