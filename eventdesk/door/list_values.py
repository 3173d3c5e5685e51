"""What a check-in list is made of: checked, and as it is written down."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import GateRow, QuestionRow, RoomRow, SessionRow, TicketTypeRow
from eventdesk.core import typed_text
from eventdesk.core.day_times import read_time
from eventdesk.core.errors import InvalidInputError
from eventdesk.door.check_in_lists import (
    CheckInList,
    Direction,
    EntryPolicy,
    ListKind,
    PrintPolicy,
    Question,
    UnpaidPolicy,
    kept_questions,
)
from eventdesk.door.rules import MOST_ENTRIES, MOST_MINUTES, Rule, kept_rules, sound_rules
from eventdesk.sales.question import MAX_CHOICES, QuestionKind

MOST_QUESTIONS: Final = 20

BADGE: Final = "Badge"
"""What is collected where badges are picked up."""


@dataclass(frozen=True, slots=True)
class NewCheckInList:
    """What a check-in list is made of; see `CheckInList` for the meaning of each field."""

    name: str
    ticket_type_ids: frozenset[UUID] = frozenset()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    entry_policy: EntryPolicy = EntryPolicy.ONCE
    direction: Direction = Direction.ENTRY
    unpaid_policy: UnpaidPolicy = UnpaidPolicy.REFUSE
    print_policy: PrintPolicy = PrintPolicy.FIRST_ENTRY
    exit_needs_entry: bool = True
    min_minutes_between: int = 0
    max_entries: int | None = None
    attention: str = ""
    questions: tuple[Question, ...] = ()
    kind: ListKind = ListKind.ARRIVE
    rules: tuple[Rule, ...] = ()
    room_id: UUID | None = None
    session_id: UUID | None = None
    capacity: int | None = None
    item: str = ""
    item_question_id: UUID | None = None
    auto_exit: str = ""
    ends_stays: bool = False


def checked(new: NewCheckInList) -> NewCheckInList:
    """Check what was typed, and trim it; what its kind does not have is left away.

    Raises:
        InvalidInputError: Something about it cannot be; the message says what.
    """
    if new.opens_at is not None and new.closes_at is not None and new.closes_at <= new.opens_at:
        raise InvalidInputError("The list closes before it opens.", hint="Check both times.")
    kind = new.kind
    if kind is ListKind.ARRIVE and new.direction is Direction.EXIT:
        kind = ListKind.LEAVE
    collects, counts = kind is ListKind.COLLECT, kind in (ListKind.ARRIVE, ListKind.ROOM)
    item = typed_text.line(new.item, "What is collected", needed=collects, most=80)
    if kind is ListKind.BADGE:
        item = item or BADGE
    direction = new.direction if counts else Direction.ENTRY
    return replace(
        new,
        name=typed_text.line(new.name, "A name", needed=True),
        kind=kind,
        direction=Direction.EXIT if kind is ListKind.LEAVE else direction,
        print_policy=_printing(kind, new.print_policy),
        min_minutes_between=typed_text.whole(
            new.min_minutes_between, "Minutes between two", most=MOST_MINUTES
        )
        or 0,
        max_entries=typed_text.whole(
            new.max_entries, "The most entries", least=1, most=MOST_ENTRIES
        ),
        rules=sound_rules(new.rules),
        questions=_sound_questions(new.questions),
        room_id=None if kind.hands_out else new.room_id,
        session_id=new.session_id if counts else None,
        capacity=typed_text.whole(new.capacity, "The most people inside", least=1)
        if counts
        else None,
        item=item if kind.hands_out else "",
        item_question_id=new.item_question_id if collects else None,
        auto_exit=read_time(new.auto_exit) if new.auto_exit.strip() and not kind.hands_out else "",
        ends_stays=new.ends_stays and kind is ListKind.ROOM,
    )


def _printing(kind: ListKind, chosen: PrintPolicy) -> PrintPolicy:
    """When a list prints badges; one for picking them up always does."""
    if kind is ListKind.BADGE:
        return PrintPolicy.FIRST_ENTRY if chosen is PrintPolicy.NEVER else chosen
    return chosen if kind is ListKind.ARRIVE else PrintPolicy.NEVER


def as_new(listed: CheckInList) -> NewCheckInList:
    """A list that is there, as what it is made of, to be changed."""
    return NewCheckInList(
        listed.name,
        listed.ticket_type_ids,
        listed.opens_at,
        listed.closes_at,
        listed.entry_policy,
        listed.direction,
        listed.unpaid_policy,
        listed.print_policy,
        listed.exit_needs_entry,
        listed.min_minutes_between,
        listed.max_entries,
        listed.attention_text,
        listed.questions,
        listed.kind,
        listed.rules,
        listed.room_id,
        listed.session_id,
        listed.capacity,
        listed.item,
        listed.item_question_id,
        listed.auto_exit,
        listed.ends_stays,
    )


def list_values(connection: Connection, event_id: UUID, new: NewCheckInList) -> dict[str, Any]:
    """A checked list as it is written down, once all it speaks of is of its event.

    Raises:
        InvalidInputError: A room, session, gate, question or ticket type is another event's.
    """
    types = {each for rule in new.rules for each in rule.ticket_type_ids}
    gates = {each for rule in new.rules for each in rule.gate_ids}
    for table, ids, what in (
        (TicketTypeRow, types, "A ticket type of a rule"),
        (GateRow, gates, "A gate of a rule"),
        (RoomRow, {new.room_id} - {None}, "The room"),
        (SessionRow, {new.session_id} - {None}, "The session"),
        (QuestionRow, {new.item_question_id} - {None}, "The question for what is collected"),
    ):
        _need_here(connection, table, event_id, ids, what)
    return {
        "name": new.name,
        "opens_at": new.opens_at,
        "closes_at": new.closes_at,
        "entry_policy": new.entry_policy,
        "direction": new.direction,
        "unpaid_policy": new.unpaid_policy,
        "print_policy": new.print_policy,
        "exit_needs_entry": new.exit_needs_entry,
        "min_minutes_between": new.min_minutes_between,
        "max_entries": new.max_entries,
        "attention": new.attention,
        "questions": kept_questions(new.questions),
        "kind": new.kind,
        "rules": kept_rules(new.rules),
        "room_id": new.room_id,
        "session_id": new.session_id,
        "capacity": new.capacity,
        "item": new.item,
        "item_question_id": new.item_question_id,
        "auto_exit": new.auto_exit,
        "ends_stays": new.ends_stays,
    }


def _need_here(
    connection: Connection, table: Any, event_id: UUID, ids: Collection[UUID | None], what: str
) -> None:
    if not ids:
        return
    here = select(func.count()).where(table.event_id == event_id, table.id.in_(ids))
    if connection.execute(here).scalar_one() != len(ids):
        raise InvalidInputError(
            f"{what} is not one of this event.", hint="Choose it from the list again."
        )


def _sound_questions(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    if len(questions) > MOST_QUESTIONS:
        raise InvalidInputError(f"A list asks at most {MOST_QUESTIONS} questions.")
    if len({each.id for each in questions}) != len(questions):
        raise InvalidInputError("Two questions have the same key.", hint="Add one of them again.")
    return tuple(map(_sound_question, questions))


def _sound_question(asked: Question) -> Question:
    text = typed_text.line(asked.text, "A question", needed=True)
    choices = dict.fromkeys(
        filter(None, (typed_text.line(each, "A choice") for each in asked.choices))
    )
    if asked.kind is not QuestionKind.CHOICE:
        return replace(asked, text=text, choices=())
    if not 2 <= len(choices) <= MAX_CHOICES:
        raise InvalidInputError(
            f"“{text}” needs 2 to {MAX_CHOICES} choices.", hint="Type them one a line."
        )
    return replace(asked, text=text, choices=tuple(choices))
