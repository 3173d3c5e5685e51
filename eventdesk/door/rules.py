"""Rules of a check-in list: what they are made of, how they are kept, and what they are called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from eventdesk.core.day_times import Span, read_days, read_time, spans_told
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.typed_text import line

MOST_RULES: Final = 50
MOST_ENTRIES: Final = 10_000
MOST_MINUTES: Final = 7 * 24 * 60
LONGEST_NAME: Final = 80


class RuleKind(StrEnum):
    """What a rule looks at."""

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
"""Rules that say how often, so that a thing to collect is not for once alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a list; every rule that is for a ticket has to hold.

    Attributes:
        name: What the organizer calls it; "" calls it by what it says.
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

    def told(self, gates: Mapping[UUID, str] | None = None) -> str:
        """What it says, in a few words.

        >>> Rule(RuleKind.PER_DAY, number=2).told()
        'at most 2 a day'
        """
        match self.kind:
            case RuleKind.PER_DAY:
                return f"at most {self.number} a day"
            case RuleKind.MOST:
                return f"at most {self.number} {'entry' if self.number == 1 else 'entries'}"
            case RuleKind.MINUTES:
                unit = "minute" if self.number == 1 else "minutes"
                return f"{self.number} {unit} between entries"
            case RuleKind.TIMES:
                when = [spans_told(self.spans), f"on {days_told(self.days)}" if self.days else ""]
                return f"only {' '.join(filter(None, when)) or 'at any time'}"
            case RuleKind.GATES:
                known = gates or {}
                names = sorted(known[each] for each in self.gate_ids if each in known)
                return f"only at {' or '.join(names) or 'other gates'}"

    def called(self, gates: Mapping[UUID, str] | None = None) -> str:
        """Its name, else what it says."""
        if self.name:
            return self.name
        told = self.told(gates)
        return told[:1].upper() + told[1:]


def days_told(days: Sequence[str]) -> str:
    """Write days as they are said.

    >>> days_told(["2026-06-01", "2026-06-02"])
    '1 Jun and 2 Jun'
    """
    dates = [date.fromisoformat(day) for day in days]
    return " and ".join(f"{day.day} {day:%b}" for day in dates)


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
    """Check a rule and trim it; what its kind does not ask for is left away.

    Raises:
        InvalidInputError: Something about it cannot be; the message says what.
    """
    plain = Rule(
        rule.kind,
        line(rule.name, "The name of a rule", most=LONGEST_NAME),
        frozenset(rule.ticket_type_ids),
    )
    match rule.kind:
        case RuleKind.PER_DAY | RuleKind.MOST:
            _need(1 <= rule.number <= MOST_ENTRIES, f"Entries are 1 to {MOST_ENTRIES:,}.")
            return replace(plain, number=rule.number)
        case RuleKind.MINUTES:
            _need(1 <= rule.number <= MOST_MINUTES, f"Minutes are 1 to {MOST_MINUTES:,}.")
            return replace(plain, number=rule.number)
        case RuleKind.TIMES:
            spans = tuple((read_time(begin), read_time(end)) for begin, end in rule.spans)
            days = read_days(" ".join(rule.days))
            _need(bool(spans or days), "A rule of times needs a time or a day.")
            return replace(plain, spans=spans, days=days)
        case RuleKind.GATES:
            _need(bool(rule.gate_ids), "A rule of gates needs a gate.")
            return replace(plain, gate_ids=frozenset(rule.gate_ids))


def sound_rules(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Check the rules of a list.

    Raises:
        InvalidInputError: One cannot be, or they are too many.
    """
    _need(len(rules) <= MOST_RULES, f"A list has at most {MOST_RULES} rules.")
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
            "A rule of this list is of a kind that this program does not know.",
            hint="Bring eventdesk up to date, or take the rule out of the list.",
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


def _need(fine: bool, message: str) -> None:
    if not fine:
        raise InvalidInputError(message, hint="Check the rule.")
