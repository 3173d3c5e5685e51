"""Check-in lists: their fields, rules and questions, and which list is the way out of which."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core import typed_text
from eventdesk.core.day_times import Span, read_days, read_time, spans_told
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, MOMENT, NUMBER, ONE, SEVERAL, YES, Field, cleaned, like
from eventdesk.core.formats import Listed
from eventdesk.core.messages import Message, as_message, msg, msg_n, msg_p
from eventdesk.sales import MAX_CHOICES, QuestionKind
from eventdesk.sales import Question as Asked

MAX_RULES: Final = 50
MAX_ENTRIES: Final = 10_000
MAX_MINUTES: Final = 7 * 24 * 60
MAX_NAME: Final = 80
OFFLINE_HOURS: Final = 12
"""How old the list of a phone may be: a long day at the door."""

MAX_OFFLINE_HOURS: Final = 72


class RuleKind(StrEnum):
    """The kind of a rule."""

    PER_DAY = "per_day"
    """At most so many entries on one day of the event's calendar."""
    MOST = "most"
    """At most so many entries altogether."""
    MINUTES = "minutes"
    """At least so many minutes from one entry to the next."""
    TIMES = "times"
    """Only at these times of the day, on these days."""
    GATES = "gates"
    """Only at these gates."""


COUNTING: Final = frozenset((RuleKind.PER_DAY, RuleKind.MOST, RuleKind.MINUTES))
"""Kinds of rules that say how often: a thing to collect is then not for once alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a list; every rule that is for a ticket has to hold.

    Attributes:
        name: The organizer's name for it; "" names it by what it says.
        ticket_type_ids: Ticket types it is for; empty is all.
        number: Entries or minutes, where the kind counts some.
        spans: Times of day, where the kind is `TIMES`; empty is the whole day.
        days: Days as YYYY-MM-DD in the event's calendar, where the kind is `TIMES`; empty is all.
        gate_ids: Where the kind is `GATES`.
    """

    kind: RuleKind
    name: str = ""
    ticket_type_ids: frozenset[UUID] = frozenset()
    number: int = 0
    spans: tuple[Span, ...] = ()
    days: tuple[str, ...] = ()
    gate_ids: frozenset[UUID] = frozenset()

    def is_for(self, ticket_type_id: UUID) -> bool:
        """Whether it is for tickets of this type."""
        return not self.ticket_type_ids or ticket_type_id in self.ticket_type_ids

    @property
    def times(self) -> Message:
        """The times at which it lets in, where its kind is `TIMES`: 10:00–12:00 on 1 Jun."""
        if not self.days:
            if not self.spans:
                return msg("at any time")
            return Message("{spans}", {"spans": spans_told(self.spans)})
        days = Listed(tuple(map(date.fromisoformat, self.days)))
        if not self.spans:
            return msg("on {days}", days=days)
        return msg("{spans} on {days}", spans=spans_told(self.spans), days=days)

    def told(self, gates: Mapping[UUID, str] | None = None) -> Message:
        """The rule in a few words.

        >>> str(Rule(RuleKind.PER_DAY, number=2).told())
        'at most 2 a day'
        """
        return self._filled(_TOLD[self.kind][0], gates)

    def called(self, gates: Mapping[UUID, str] | None = None) -> Message:
        """Its name, else the rule in a few words."""
        return as_message(self.name) if self.name else self._filled(_TOLD[self.kind][1], gates)

    def _filled(self, words: Message, gates: Mapping[UUID, str] | None) -> Message:
        known = gates or {}
        names = sorted(known[each] for each in self.gate_ids if each in known)
        where = Listed(tuple(names), "or") if names else msg("other gates")
        values = {"number": self.number, "times": self.times, "gates": where}
        return replace(words, arguments=values, count=self.number if words.many else None)


_BETWEEN = msg_n("{count} minute between entries", "{count} minutes between entries", 0)
_TOLD: Final = {
    RuleKind.PER_DAY: (msg("at most {number} a day"), msg("At most {number} a day")),
    RuleKind.MOST: (
        msg_n("at most {count} entry", "at most {count} entries", 0),
        msg_n("At most {count} entry", "At most {count} entries", 0),
    ),
    RuleKind.MINUTES: (_BETWEEN, _BETWEEN),
    RuleKind.TIMES: (msg("only {times}"), msg("Only {times}")),
    RuleKind.GATES: (msg("only at {gates}"), msg("Only at {gates}")),
}
"""What rules say, within a sentence and at its beginning."""


def read_rules(kept: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Read rules as a list keeps them.

    Raises:
        InvalidInputError: One is of a kind this program does not know, so nobody can say whether
            it holds.
    """
    return tuple(map(_read, kept))


def kept_rules(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Rules as a list keeps them: plain values, without what is empty."""
    return [
        {"kind": rule.kind.value}
        | {
            key: value
            for key, value in (
                ("name", rule.name),
                ("types", sorted(map(str, rule.ticket_type_ids))),
                ("number", rule.number),
                ("times", [list(span) for span in rule.spans]),
                ("days", list(rule.days)),
                ("gates", sorted(map(str, rule.gate_ids))),
            )
            if value
        }
        for rule in rules
    ]


def sound_rule(rule: Rule) -> Rule:
    """Check a rule and trim it; what its kind does not ask for is left away."""
    plain = Rule(
        rule.kind,
        typed_text.line(rule.name, msg("The name of a rule"), most=MAX_NAME),
        frozenset(rule.ticket_type_ids),
    )
    match rule.kind:
        case RuleKind.PER_DAY | RuleKind.MOST:
            words = msg("Entries are 1 to {max_entries:,}.", max_entries=MAX_ENTRIES)
            _need(1 <= rule.number <= MAX_ENTRIES, words)
            return replace(plain, number=rule.number)
        case RuleKind.MINUTES:
            words = msg("Minutes are 1 to {max_minutes:,}.", max_minutes=MAX_MINUTES)
            _need(1 <= rule.number <= MAX_MINUTES, words)
            return replace(plain, number=rule.number)
        case RuleKind.TIMES:
            spans = tuple((read_time(begin), read_time(end)) for begin, end in rule.spans)
            days = read_days(" ".join(rule.days))
            _need(bool(spans or days), msg("A rule of times needs a time or a day."))
            return replace(plain, spans=spans, days=days)
        case RuleKind.GATES:
            _need(bool(rule.gate_ids), msg("A rule of gates needs a gate."))
            return replace(plain, gate_ids=frozenset(rule.gate_ids))


def sound_rules(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Check the rules of a list."""
    _need(
        len(rules) <= MAX_RULES, msg("A list has at most {max_rules} rules.", max_rules=MAX_RULES)
    )
    return tuple(map(sound_rule, rules))


def moved_rules(
    kept: Iterable[Mapping[str, Any]], ids: Mapping[UUID, UUID], by: timedelta
) -> list[dict[str, Any]]:
    """Rules of a list as a copy of its event keeps them: other gates and types, later days."""
    moved = [
        replace(
            rule,
            ticket_type_ids=frozenset(ids.get(each, each) for each in rule.ticket_type_ids),
            gate_ids=frozenset(ids.get(each, each) for each in rule.gate_ids),
            days=tuple((date.fromisoformat(day) + by).isoformat() for day in rule.days),
        )
        for rule in read_rules(kept)
    ]
    return kept_rules(moved)


def _read(kept: Mapping[str, Any]) -> Rule:
    try:
        kind = RuleKind(kept["kind"])
    except (KeyError, ValueError):
        raise InvalidInputError(
            msg("A rule of this list is of a kind that this program does not know."),
            hint=msg("Bring eventdesk up to date, or take the rule out of the list."),
        ) from None
    return Rule(
        kind,
        kept.get("name", ""),
        frozenset(map(UUID, kept.get("types", ()))),
        kept.get("number", 0),
        tuple((begin, end) for begin, end in kept.get("times", ())),
        tuple(kept.get("days", ())),
        frozenset(map(UUID, kept.get("gates", ()))),
    )


def _need(fine: bool, message: Message) -> None:
    if not fine:
        raise InvalidInputError(message, hint=msg("Check the rule."))


class Direction(StrEnum):
    """The way a guest goes."""

    ENTRY = "entry"
    EXIT = "exit"


class ListKind(StrEnum):
    """The kind of a list: what passing its door means."""

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
    """A list's policy on repeated entries of a ticket."""

    ONCE = "once"
    ONCE_PER_DAY = "once_per_day"
    AFTER_EXIT = "after_exit"
    ANY = "any"


class UnpaidPolicy(StrEnum):
    """A list's policy on tickets that are not paid."""

    REFUSE = "refuse"
    SETTLE = "settle"
    """Refuse at the kiosk; the desk may take the payment and go on."""
    ADMIT = "admit"


class PrintPolicy(StrEnum):
    """A list's policy on printing badges."""

    NEVER = "never"
    FIRST_ENTRY = "first_entry"
    """At the first entry, unless the badge was printed in advance."""
    FIRST_AGAIN = "first_again"
    """At the first entry, also where it was printed in advance."""
    EVERY_ENTRY = "every_entry"


@dataclass(frozen=True, slots=True)
class DoorQuestion:
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


def read_tells(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Read what staff read with each verdict as a list keeps it: its terms by their names."""
    return {
        "tell_answers": frozenset(map(UUID, kept.get("answers", ()))),
        "tell_age": UUID(kept["age"]) if "age" in kept else None,
        "tell_bought": bool(kept.get("bought", False)),
    }


def moved_tells(kept: Mapping[str, Any], ids: Mapping[UUID, UUID]) -> dict[str, Any]:
    """What a copy of the list's event keeps of that: its questions are others."""
    told = read_tells(kept)
    age = told["tell_age"]
    return ListTerms(
        tell_answers=frozenset(ids.get(each, each) for each in told["tell_answers"]),
        tell_age=ids.get(age, age),
        tell_bought=told["tell_bought"],
    ).tells


def read_questions(kept: Mapping[str, Any]) -> tuple[DoorQuestion, ...]:
    """Read questions as a list keeps them."""
    return tuple(read_question(key, each) for key, each in kept.items())


def kept_questions(questions: tuple[DoorQuestion, ...]) -> dict[str, Any]:
    """Questions as a list keeps them, by their ids."""
    return {
        each.id: {"text": each.text, "kind": each.kind.value, "required": each.required}
        | ({"choices": list(each.choices)} if each.choices else {})
        for each in questions
    }


def read_question(key: str, kept: str | Mapping[str, Any]) -> DoorQuestion:
    """Read a question as a list or a scan keeps it; older ones have only a text."""
    if isinstance(kept, str):
        return DoorQuestion(key, kept)
    kind, choices = QuestionKind(kept.get("kind", "text")), tuple(kept.get("choices", ()))
    return DoorQuestion(key, kept["text"], kind, choices, kept.get("required", True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTerms:
    """The terms of a check-in list: what an organizer sets, besides its name.

    Attributes:
        ticket_type_ids: Types it takes; empty takes all.
        opens_at: First instant it lets in, aware UTC; None is always.
        closes_at: First instant it no longer does; None is never.
        min_minutes_between: Least minutes from a ticket's last entry to its next.
        max_entries: Most entries of one ticket; None is any number.
        attention: Shown to staff with every admission.
        kind: What passing it means.
        rules: Further rules, in the organizer's order.
        room_id: The room it is the door of, or whose exit it is.
        session_id: The session it is the door of.
        capacity: Most people inside at once; None asks the room.
        item: What is collected, such as T-shirt.
        item_question_id: The event's question whose answer says which one, such as the size.
        auto_exit: Time of day, HH:MM, at which everybody inside is taken to have left; "" never.
        ends_stays: Whether entering here ends the stay in the other rooms of the event.
        tell_answers: The event's questions whose answers staff read with each verdict.
        tell_age: The event's question that asks for the age or the date of birth.
        tell_bought: Whether staff read what else the booking holds.
        offline: Whether phones may let in by a list of their own while the network is gone.
        offline_hours: How old such a list may be.
    """

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
    questions: tuple[DoorQuestion, ...] = ()
    kind: ListKind = ListKind.ARRIVE
    rules: tuple[Rule, ...] = ()
    room_id: UUID | None = None
    session_id: UUID | None = None
    capacity: int | None = None
    item: str = ""
    item_question_id: UUID | None = None
    auto_exit: str = ""
    ends_stays: bool = False
    tell_answers: frozenset[UUID] = frozenset()
    tell_age: UUID | None = None
    tell_bought: bool = False
    offline: bool = False
    offline_hours: int = OFFLINE_HOURS

    @property
    def tells(self) -> dict[str, Any]:
        """What staff read with each verdict, as a list keeps it; empty is nothing."""
        kept: dict[str, Any] = {}
        if self.tell_answers:
            kept["answers"] = sorted(map(str, self.tell_answers))
        if self.tell_age is not None:
            kept["age"] = str(self.tell_age)
        return kept | ({"bought": True} if self.tell_bought else {})


@dataclass(frozen=True, slots=True)
class NewCheckInList(ListTerms):
    """A check-in list as it is typed."""

    name: str


@dataclass(frozen=True, slots=True)
class CheckInList(ListTerms):
    """For which tickets a door is, when it is open, and how often it lets in.

    Attributes:
        time_zone: IANA name of the event's zone; "a day" of `ONCE_PER_DAY` is a day there.
        event_closed_at: Since when its event lets nobody in, being cancelled or archived, aware
            UTC; None while it lets in. Of one archived after it was over it is the end.
        event_cancelled: Whether it was cancelled, archived since or not.
        sign_up: Whether people sign up for its session, so that only they have a place.
        session_cancelled: Whether that session does not take place.
        room_capacity: What the room holds, where this list is its door.
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
    event_closed_at: datetime | None = None
    event_cancelled: bool = False
    room_name: str = ""
    session_title: str = ""
    sign_up: bool = False
    session_cancelled: bool = False
    room_capacity: int | None = None
    gates: tuple[tuple[UUID, str], ...] = ()
    entry_lists: tuple[UUID, ...] = ()
    exit_lists: tuple[UUID, ...] = ()
    badge_types: frozenset[UUID] | None = None

    def local(self, at: datetime) -> datetime:
        """An instant in the event's zone."""
        return at.astimezone(ZoneInfo(self.time_zone))

    def day_of(self, at: datetime) -> str:
        """The event's own calendar day at an instant, as YYYY-MM-DD."""
        return self.local(at).date().isoformat()

    def when(self, at: datetime, now: datetime) -> Message:
        """An instant as it is said: its time of day, with the day where that is another."""
        local = self.local(at)
        if local.date() == self.local(now).date():
            return msg("at {at:%H:%M}", at=local)
        return msg("on {at:%a} {day} {at:%b} at {at:%H:%M}", at=local, day=local.day)

    def next_day(self, now: datetime) -> datetime:
        """The beginning of the event's next calendar day."""
        local = self.local(now) + timedelta(days=1)
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
        """The policy on repeated entries of a ticket of this type.

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
        """The direction of a scan: things are handed out, and a list for leaving lets nobody in."""
        if self.kind is ListKind.LEAVE:
            return Direction.EXIT
        if self.kind.hands_out:
            return Direction.ENTRY
        return asked or self.direction


class Way(Protocol):
    """A check-in list, as far as ways need it."""

    @property
    def id(self) -> UUID:
        """The list."""

    @property
    def kind(self) -> str:
        """One of `ListKind`."""

    @property
    def place_id(self) -> UUID | None:
        """The room whose door it is; None is the door of the house."""

    @property
    def auto_exit(self) -> str:
        """When all are taken to have left, such as "23:00"; "" is never."""


AnyWay = TypeVar("AnyWay", bound=Way)


def ends(leaving: Way, entered: Way) -> bool:
    """Whether an exit by one list ends what an entry by another began.

    An exit by the list itself always does. A list for leaving the house ends every stay, one for
    leaving a room the stays in that room.
    """
    if leaving.id == entered.id:
        return True
    if leaving.kind != ListKind.LEAVE or entered.kind == ListKind.LEAVE:
        return False
    if ListKind(entered.kind).hands_out:
        return False
    places = (None,) if entered.kind == ListKind.ARRIVE else (None, entered.place_id)
    return leaving.place_id in places


def leads_out_of(leaving: Way, entered: Way) -> bool:
    """Whether a list for leaving counts those who came by another: a room's own, or the house's."""
    if leaving.place_id is None:
        return entered.kind == ListKind.ARRIVE
    return entered.kind == ListKind.ROOM and entered.place_id == leaving.place_id


def ways(
    looked_at: Sequence[AnyWay], lists: Sequence[AnyWay]
) -> tuple[tuple[AnyWay, ...], tuple[AnyWay, ...]]:
    """The lists whose entries count where some are looked at, and those whose exits do."""
    entries = tuple(each for each in looked_at if each.kind != ListKind.LEAVE) or tuple(
        each for each in lists if any(leads_out_of(one, each) for one in looked_at)
    )
    exits = tuple(each for each in lists if any(ends(each, one) for one in entries))
    return entries, exits


def all_left_at(listed: Way, lists: Sequence[Way]) -> str:
    """The time at which all who came by a list count as gone: its own, else its way out's."""
    times = (each.auto_exit for each in lists if ends(each, listed))
    return listed.auto_exit or next(filter(None, times), "")


QUESTIONS_HELP = msg("One a line. Behind it: [S | M | L], [number], [yes/no], (optional).")

_LINE = re.compile(r"(?P<text>.*?)\s*(?:\[(?P<kind>[^\[\]]*)\])?\s*(?P<open>\(optional\))?", re.I)
_KINDS = {"number": QuestionKind.NUMBER, "yes/no": QuestionKind.YES_NO}


def read_question_lines(
    typed: str, before: Sequence[DoorQuestion] = ()
) -> tuple[DoorQuestion, ...]:
    """Read questions, one a line; one whose text stays keeps its id.

    >>> read_question_lines("Which size? [S | M] (optional)")[0].choices
    ('S', 'M')
    """
    ids = {question.text: question.id for question in before}
    free = (key for no in count(1) if (key := f"q{no}") not in ids.values())
    found: dict[str, DoorQuestion] = {}
    for line in filter(None, map(str.strip, typed.split("\n"))):
        question = _typed_question(line)
        if question.text and question.text not in found:
            key = ids.get(question.text) or next(free)
            found[question.text] = replace(question, id=key)
    return tuple(found.values())


def question_line(question: DoorQuestion) -> str:
    """Write a question as it may be typed again.

    >>> question_line(DoorQuestion("q1", "Age?", QuestionKind.NUMBER, required=False))
    'Age? [number] (optional)'
    """
    words = {kind: word for word, kind in _KINDS.items()}
    kind = words.get(question.kind, " | ".join(question.choices))
    parts = (question.text, f"[{kind}]" if kind else "", "" if question.required else "(optional)")
    return " ".join(filter(None, parts))


def _typed_question(line: str) -> DoorQuestion:
    parts = _LINE.fullmatch(line)
    if parts is None:
        return DoorQuestion("", line)
    inner, required = parts["kind"], parts["open"] is None
    if inner is None:
        return DoorQuestion("", parts["text"], required=required)
    kind = _KINDS.get("".join(inner.casefold().split()), QuestionKind.CHOICE)
    choices: tuple[str, ...] = ()
    if kind is QuestionKind.CHOICE:
        choices = tuple(dict.fromkeys(filter(None, map(str.strip, re.split(r"[|/,;]", inner)))))
    return DoorQuestion("", parts["text"], kind, choices, required)


MAX_QUESTIONS: Final = 20
MAX_TOLD: Final = 4
"""Most answers that staff read with each verdict: what is read in a glance."""

BADGE: Final = "Badge"
"""What is collected where badges are picked up."""


def _few(questions: Iterable[UUID]) -> frozenset[UUID]:
    chosen = frozenset(questions)
    if len(chosen) > MAX_TOLD:
        raise InvalidInputError(
            msg("With each verdict stand at most {most} answers.", most=MAX_TOLD),
            hint=msg("Leave the others to the booking."),
        )
    return chosen


def _time(typed: str) -> str:
    return read_time(typed) if typed.strip() else ""


ENTRY: Final = {
    EntryPolicy.ONCE: msg("once"),
    EntryPolicy.ONCE_PER_DAY: msg("once a day"),
    EntryPolicy.AFTER_EXIT: msg("again after leaving"),
    EntryPolicy.ANY: msg("any number of times"),
}
UNPAID: Final = {
    UnpaidPolicy.REFUSE: msg("refused"),
    UnpaidPolicy.SETTLE: msg("may pay at the desk"),
    UnpaidPolicy.ADMIT: msg("let in"),
}
_KIND: Final = {
    ListKind.ARRIVE: msg("arrive, and get a badge"),
    ListKind.ROOM: msg("enter a room"),
    ListKind.COLLECT: msg("collect something"),
    ListKind.BADGE: msg("pick up their badge"),
    ListKind.LEAVE: msg("leave"),
}
_PRINT: Final = {
    PrintPolicy.FIRST_ENTRY: msg("at the first entry"),
    PrintPolicy.FIRST_AGAIN: msg("at the first entry, even if printed in advance"),
    PrintPolicy.EVERY_ENTRY: msg("at every entry"),
    PrintPolicy.NEVER: msg("never"),
}
_WAY: Final = {Direction.ENTRY: msg_p("way", "in"), Direction.EXIT: msg_p("way", "out")}

CHECK_IN_LIST: Final = (
    Field(
        "name", LINE, "Name", "Another name.", "Such as: Main entrance.", what="A name", needed=True
    ),
    Field("kind", ONE, "People come to", "What passing its door means.", choices=_KIND),
    Field(
        "room_id",
        ONE,
        "Room",
        'The room it is the door of; "none" for no room.',
        what="room",
        none="none",
        option="--room",
    ),
    Field(
        "session_id",
        ONE,
        "Only for the session",
        'The only session it is the door of; "none" for none.',
        "With sign-up only who has a place is let in.",
        what="session",
        none="none",
        option="--session",
    ),
    Field(
        "capacity",
        NUMBER,
        "Most inside at once",
        'Most people inside at once; "none" asks the room.',
        "Empty: what the room holds.",
        what="The most people inside",
        least=1,
    ),
    Field(
        "item",
        LINE,
        "They get",
        "What is collected, such as T-shirt.",
        "Such as: T-shirt.",
        what="What is collected",
        most=80,
    ),
    Field(
        "item_question_id",
        ONE,
        "Which one says",
        "Question whose answer says which one: the size.",
        "The answer is shown behind it: T-shirt L.",
        what="question",
        none="none",
        option="--item-question",
    ),
    Field(
        "ticket_type_ids",
        SEVERAL,
        "Only for these tickets",
        "Only this ticket type; may be repeated.",
        what="ticket type",
        option="--type",
    ),
    Field(
        "opens_at",
        MOMENT,
        "Opens",
        'Opens, such as "2026-06-01 09:00"; "none" for always.',
        option="--opens",
    ),
    Field(
        "closes_at",
        MOMENT,
        "Closes",
        'Closes; "none" for never.',
        option="--closes",
        after="opens_at",
    ),
    Field(
        "entry_policy",
        ONE,
        "A ticket enters",
        "How often a ticket is let in.",
        choices=ENTRY,
        option="--entry",
    ),
    Field(
        "max_entries",
        NUMBER,
        "At most so many times",
        what="The most entries",
        least=1,
        most=MAX_ENTRIES,
        option=None,
    ),
    Field(
        "min_minutes_between",
        NUMBER,
        "Minutes between two",
        what="Minutes between two",
        most=MAX_MINUTES,
        empty=0,
        option=None,
    ),
    Field("direction", ONE, "People go", choices=_WAY, option=None),
    Field("exit_needs_entry", YES, "Leaving needs an entry", option=None),
    Field(
        "auto_exit",
        LINE,
        "All have left at",
        'All have left at this time of day; "none" for never.',
        "A time of every day, such as 23:00; empty: only who is scanned out.",
        check=_time,
        most=5,
        empty="",
    ),
    Field(
        "ends_stays",
        YES,
        "Ends other stays",
        "Whether entering this room ends the stay in the other rooms.",
        "Who enters here has left the other rooms; nobody has to scan them out there.",
        option="--ends-stays/--keeps-stays",
    ),
    Field(
        "unpaid_policy",
        ONE,
        "Unpaid tickets",
        "What is done with unpaid tickets.",
        choices=UNPAID,
        option="--unpaid",
    ),
    Field(
        "print_policy", ONE, "Badges print", "When badges print.", choices=_PRINT, option="--print"
    ),
    Field(
        "attention",
        LINE,
        "Staff reads",
        "What staff read with every admission.",
        "Shown with every admission.",
        check=str,
    ),
    Field(
        "tell_answers",
        SEVERAL,
        "Show with each verdict",
        "Question whose answer staff read with each verdict; up to four.",
        "Up to four; staff read the answers at a glance.",
        check=_few,
        what="question",
        option="--tell",
    ),
    Field(
        "tell_age",
        ONE,
        "Show the age, asked by",
        'Question for the age or the date of birth, read with each verdict; "none" for none.',
        "From a date of birth it is worked out for the day.",
        what="question",
        none="none",
    ),
    Field(
        "tell_bought",
        YES,
        "Show what else was bought",
        "Whether staff read with each verdict what else the booking holds.",
        option="--tell-bought/--no-tell-bought",
    ),
)
"""The fields of a check-in list, in the order of its form; rules and questions are beside them."""


def checked(new: NewCheckInList) -> NewCheckInList:
    """Check what was typed, and trim it; what its kind does not have is left away."""
    if new.opens_at is not None and new.closes_at is not None and new.closes_at <= new.opens_at:
        raise InvalidInputError(
            msg("The list closes before it opens."), hint=msg("Check both times.")
        )
    kind = new.kind
    if kind is ListKind.ARRIVE and new.direction is Direction.EXIT:
        kind = ListKind.LEAVE
    collects, counts = kind is ListKind.COLLECT, kind in (ListKind.ARRIVE, ListKind.ROOM)
    direction = new.direction if counts else Direction.ENTRY
    item = new.item if kind.hands_out else ""
    if kind is ListKind.BADGE:
        item = item.strip() or BADGE
    typed_text.line(item, msg("What is collected"), needed=collects)
    new = replace(
        new,
        kind=kind,
        direction=Direction.EXIT if kind is ListKind.LEAVE else direction,
        print_policy=_printing(kind, new.print_policy),
        rules=sound_rules(new.rules),
        questions=_sound_questions(new.questions),
        room_id=None if kind.hands_out else new.room_id,
        session_id=new.session_id if counts else None,
        capacity=new.capacity if counts else None,
        item=item,
        item_question_id=new.item_question_id if collects else None,
        auto_exit="" if kind.hands_out else new.auto_exit,
        ends_stays=new.ends_stays and kind is ListKind.ROOM,
        offline=new.offline and kind not in (ListKind.LEAVE, ListKind.BADGE),
    )
    return cleaned(CHECK_IN_LIST, new)


def _printing(kind: ListKind, chosen: PrintPolicy) -> PrintPolicy:
    """The print policy that holds for a kind; a list for picking up badges always prints."""
    if kind is ListKind.BADGE:
        return PrintPolicy.FIRST_ENTRY if chosen is PrintPolicy.NEVER else chosen
    return chosen if kind is ListKind.ARRIVE else PrintPolicy.NEVER


def as_new(listed: CheckInList) -> NewCheckInList:
    """A list that is there, as what it is made of, to be changed."""
    return like(NewCheckInList, listed)


def _sound_questions(questions: tuple[DoorQuestion, ...]) -> tuple[DoorQuestion, ...]:
    if len(questions) > MAX_QUESTIONS:
        raise InvalidInputError(
            msg("A list asks at most {max_questions} questions.", max_questions=MAX_QUESTIONS)
        )
    if len({each.id for each in questions}) != len(questions):
        raise InvalidInputError(
            msg("Two questions have the same key."), hint=msg("Add one of them again.")
        )
    return tuple(map(_sound_question, questions))


def _sound_question(asked: DoorQuestion) -> DoorQuestion:
    text = typed_text.line(asked.text, msg("A question"), needed=True)
    choices = dict.fromkeys(
        filter(None, (typed_text.line(each, msg("A choice")) for each in asked.choices))
    )
    if asked.kind is not QuestionKind.CHOICE:
        return replace(asked, text=text, choices=())
    if not 2 <= len(choices) <= MAX_CHOICES:
        raise InvalidInputError(
            msg("“{text}” needs 2 to {max_choices} choices.", text=text, max_choices=MAX_CHOICES),
            hint=msg("Type them one a line."),
        )
    return replace(asked, text=text, choices=tuple(choices))


@dataclass(frozen=True, slots=True)
class ListView:
    """A check-in list as choices show it."""

    id: UUID
    event_id: UUID
    name: str
    event_name: str


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate of an event."""

    id: UUID
    event_id: UUID
    name: str
