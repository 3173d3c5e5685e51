"""Check-in lists as the rules see them: for which tickets, when, how often, and what for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.door.rules import COUNTING, Rule, RuleKind
from eventdesk.sales.question import Question as Asked
from eventdesk.sales.question import QuestionKind


class Direction(StrEnum):
    """Which way the guest goes."""

    ENTRY = "entry"
    EXIT = "exit"


class ListKind(StrEnum):
    """What passing a list's door means."""

    ARRIVE = "arrive"
    """Coming to the event; badges print here."""
    ROOM = "room"
    """Entering a room that holds so many people."""
    COLLECT = "collect"
    """Being handed something, such as a T-shirt."""
    LEAVE = "leave"
    """Leaving the event, or a room of it."""
    BADGE = "badge"
    """Picking up the badge, which prints here and not at the arrival; it is no arrival."""

    @property
    def hands_out(self) -> bool:
        """Whether a guest is handed something instead of going through a door."""
        return self in (ListKind.COLLECT, ListKind.BADGE)


class EntryPolicy(StrEnum):
    """How often a ticket may enter by a list."""

    ONCE = "once"
    ONCE_PER_DAY = "once_per_day"
    AFTER_EXIT = "after_exit"
    ANY = "any"


class UnpaidPolicy(StrEnum):
    """What a list does with a ticket that is not paid."""

    REFUSE = "refuse"
    SETTLE = "settle"
    """Refuse at the kiosk; the desk may take the payment and go on."""
    ADMIT = "admit"


class PrintPolicy(StrEnum):
    """When a check-in queues a badge."""

    NEVER = "never"
    FIRST_ENTRY = "first_entry"
    EVERY_ENTRY = "every_entry"


@dataclass(frozen=True, slots=True)
class Question:
    """Something a list asks a guest before it lets them in.

    Attributes:
        id: Key of its answer.
        choices: What may be chosen; empty but for `CHOICE`.
        required: Whether nobody is let in without an answer.
    """

    id: str
    text: str
    kind: QuestionKind = QuestionKind.TEXT
    choices: tuple[str, ...] = ()
    required: bool = True

    def clean(self, answer: str) -> str:
        """Bring an answer to the spelling it is kept in; "" where there is none.

        Raises:
            InvalidInputError: It is no answer to this question; the message names it.
        """
        if not answer.strip():
            return ""
        return Asked(UUID(int=0), self.text, self.kind, choices=self.choices).clean(answer)


def read_questions(kept: Mapping[str, Any]) -> tuple[Question, ...]:
    """Read questions as a list keeps them; older lists keep only the text."""
    return tuple(map(_question, kept.items()))


def kept_questions(questions: tuple[Question, ...]) -> dict[str, Any]:
    """Questions as a list keeps them, by their ids."""
    return {
        each.id: {"text": each.text, "kind": each.kind.value, "required": each.required}
        | ({"choices": list(each.choices)} if each.choices else {})
        for each in questions
    }


def _question(item: tuple[str, Any]) -> Question:
    key, kept = item
    if isinstance(kept, str):
        return Question(key, kept)
    kind, choices = QuestionKind(kept.get("kind", "text")), tuple(kept.get("choices", ()))
    return Question(key, kept["text"], kind, choices, kept.get("required", True))


@dataclass(frozen=True, slots=True)
class CheckInList:
    """For which tickets a door is, when it is open, and how often it lets in.

    Attributes:
        ticket_type_ids: Types this list takes; empty takes all.
        opens_at: First instant it lets in, aware UTC; None is always.
        closes_at: First instant it no longer does; None is never.
        time_zone: IANA name of the event's zone; "a day" of `ONCE_PER_DAY` is a day there.
        attention_text: Shown to staff with every admission; "" is nothing.
        min_minutes_between: Least minutes from a ticket's last entry to its next.
        max_entries: Most entries of one ticket; None is any number.
        kind: What passing it means.
        rules: Further rules, in the organizer's order.
        room_id: The room it is the door of, or whose exit it is.
        session_id: The session it is the door of.
        sign_up: Whether people sign up for that session, so that only they have a place.
        session_cancelled: Whether that session does not take place.
        capacity: Most people inside at once; None asks the room.
        room_capacity: What the room holds, where this list is its door.
        item: What is collected, such as T-shirt.
        item_question_id: The event's question whose answer says which one, such as the size.
        auto_exit: Time of day, HH:MM, at which everybody inside is taken to have left; "" never.
        ends_stays: Whether entering here ends the stay in the other rooms of the event.
        badge_types: Ticket types whose badges a list of its own prints; empty is all, None is none.
        gates: Names of the gates that rules speak of.
        entry_lists, exit_lists: Ids of the lists whose entries and exits count here, where others
            than this one's do: a list for leaving ends what began at others.
    """

    id: UUID
    event_id: UUID
    name: str
    event_name: str = ""
    time_zone: str = "UTC"
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
    questions: tuple[Question, ...] = ()
    attention_text: str = ""
    kind: ListKind = ListKind.ARRIVE
    rules: tuple[Rule, ...] = ()
    room_id: UUID | None = None
    room_name: str = ""
    session_id: UUID | None = None
    session_title: str = ""
    sign_up: bool = False
    session_cancelled: bool = False
    capacity: int | None = None
    room_capacity: int | None = None
    item: str = ""
    item_question_id: UUID | None = None
    auto_exit: str = ""
    gates: tuple[tuple[UUID, str], ...] = ()
    entry_lists: tuple[UUID, ...] = ()
    exit_lists: tuple[UUID, ...] = ()
    ends_stays: bool = False
    badge_types: frozenset[UUID] | None = None

    def day_of(self, at: datetime) -> str:
        """The event's own calendar day at an instant, as YYYY-MM-DD."""
        return at.astimezone(ZoneInfo(self.time_zone)).date().isoformat()

    def clock(self, at: datetime) -> str:
        """An instant as a guest reads it on the wall of the event, HH:MM."""
        return at.astimezone(ZoneInfo(self.time_zone)).strftime("%H:%M")

    def when(self, at: datetime, now: datetime) -> str:
        """An instant as it is said: its time of day, with the day where that is another."""
        if self.day_of(at) == self.day_of(now):
            return f"at {self.clock(at)}"
        local = at.astimezone(ZoneInfo(self.time_zone))
        return f"on {local:%a} {local.day} {local:%b} at {local:%H:%M}"

    def next_day(self, now: datetime) -> datetime:
        """When the event's next calendar day begins."""
        local = now.astimezone(ZoneInfo(self.time_zone)) + timedelta(days=1)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        return midnight.astimezone(now.tzinfo)

    @property
    def limit(self) -> int | None:
        """Most people inside at once; None is any number."""
        if self.kind.hands_out or self.kind is ListKind.LEAVE:
            return None
        return self.capacity if self.capacity is not None else self.room_capacity

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """The rules of its own fields, and the further ones."""
        own = []
        if self.max_entries is not None:
            own.append(Rule(RuleKind.MOST, number=self.max_entries))
        if self.min_minutes_between:
            own.append(Rule(RuleKind.MINUTES, number=self.min_minutes_between))
        return (*own, *self.rules) if own else self.rules

    def policy_for(self, ticket_type_id: UUID) -> EntryPolicy:
        """How often a ticket of this type may enter.

        A thing is collected once, unless rules say how often.
        """
        if not self.kind.hands_out or self.entry_policy is not EntryPolicy.ONCE:
            return self.entry_policy
        often = any(
            rule.kind in COUNTING and rule.is_for(ticket_type_id) for rule in self.all_rules
        )
        return EntryPolicy.ANY if often else EntryPolicy.ONCE

    def prints_for(self, ticket_type_id: UUID) -> bool:
        """Whether badges of a ticket type come out here, as far as the kind of list goes."""
        if self.kind is not ListKind.ARRIVE or self.badge_types is None:
            return self.kind in (ListKind.ARRIVE, ListKind.BADGE)
        return bool(self.badge_types) and ticket_type_id not in self.badge_types

    def way(self, asked: Direction | None) -> Direction:
        """Which way a scan goes: things are handed out, and a list for leaving lets nobody in."""
        if self.kind is ListKind.LEAVE:
            return Direction.EXIT
        if self.kind.hands_out:
            return Direction.ENTRY
        return asked or self.direction
