"""Changes by topic: what an act touches, and what a screen that shows it asks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from data.touched import HOUSE, Seen, Touched


class Topic(StrEnum):
    """What changes are about: an area, as far as screens show it."""

    ACCOUNTS = "accounts"
    EVENTS = "events"
    PROGRAMME = "programme"
    SALES = "sales"
    BOOKING = "booking"
    MONEY = "money"
    WAITING = "waiting"
    PRINTING = "printing"
    DOOR = "door"
    AUDIT = "audit"
    SERVICES = "services"


AT_THE_DOOR: Final = frozenset(Topic) - {Topic.PROGRAMME, Topic.WAITING, Topic.SERVICES}
"""What a desk or kiosk shows."""

BEFORE_THE_DAY: Final = frozenset(Topic) - {Topic.DOOR, Topic.PRINTING, Topic.SERVICES}
"""What somebody who books sees, and what people are sent notices about."""

_BY_SUBJECT: Final[Mapping[str, Topic]] = {
    "account": Topic.ACCOUNTS,
    "approval": Topic.ACCOUNTS,
    "device": Topic.ACCOUNTS,
    "event": Topic.EVENTS,
    "venue": Topic.EVENTS,
    "room": Topic.EVENTS,
    "setting": Topic.EVENTS,
    "store": Topic.EVENTS,
    "session": Topic.PROGRAMME,
    "speaker": Topic.PROGRAMME,
    "sponsor": Topic.PROGRAMME,
    "ticket_type": Topic.SALES,
    "discount": Topic.SALES,
    "question": Topic.SALES,
    "seat_section": Topic.SALES,
    "booking": Topic.BOOKING,
    "ticket": Topic.BOOKING,
    "payment": Topic.MONEY,
    "refund": Topic.MONEY,
    "voucher": Topic.MONEY,
    "statement_line": Topic.MONEY,
    "cash_shift": Topic.MONEY,
    "cash_movement": Topic.MONEY,
    "waitlist_entry": Topic.WAITING,
    "queue_request": Topic.WAITING,
    "delivery": Topic.PRINTING,
    "printer": Topic.PRINTING,
    "layout": Topic.PRINTING,
    "service": Topic.SERVICES,
    "scan": Topic.DOOR,
    "check_in_list": Topic.DOOR,
    "gate": Topic.DOOR,
}


def topic_of(subject: str) -> Topic:
    """The topic that a subject of the audit, such as `ticket`, belongs to."""
    return _BY_SUBJECT.get(subject, Topic.EVENTS)


@dataclass(frozen=True, slots=True)
class Position:
    """How far the changes of a store have come; as text it is what others keep of it.

    Attributes:
        file_mark: Names the file; one that is put in its place has another history.
        seen: The last touch and the last scan in it.
    """

    file_mark: str
    seen: Seen

    def __str__(self) -> str:
        return f"{self.file_mark}-{self.seen[0]}-{self.seen[1]}"

    @classmethod
    def read(cls, text: str) -> "Position | None":
        """Read what was kept; None where it is no position.

        >>> Position.read("0a1f-17-4")
        Position(file_mark='0a1f', seen=(17, 4))
        >>> Position.read("0a1f-17-x") is None
        True
        """
        mark, *numbers = text.split("-")
        if len(numbers) != 2 or not all(_is_number(each) for each in numbers):
            return None
        return cls(mark, (int(numbers[0]), int(numbers[1])))

    def may_lead_to(self, later: "Position") -> bool:
        """Whether a later look can tell what came in between: in the same file, going forward."""
        forward = all(one <= other for one, other in zip(self.seen, later.seen, strict=True))
        return self.file_mark == later.file_mark and forward


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


LONGEST_NUMBER: Final = 18
"""Digits of a number that SQLite can compare."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What was committed since the last look, by whichever process.

    Attributes:
        touched: Topics, each with its event; `HOUSE` for all of them.
        everything: Whether anything may have changed: a commit did not say, or the store itself
            was put back or is gone.
        upto: How far the changes have come with these; None where nobody can say.
    """

    touched: frozenset[Touched] = frozenset()
    everything: bool = False
    upto: Position | None = field(default=None, compare=False)

    def about(self, topics: Collection[Topic] | None = None, event_id: UUID | None = None) -> bool:
        """Whether these topics may look different now.

        Args:
            topics: What is shown; None is all.
            event_id: The event it is shown of; None is all.
        """
        return self.everything or any(
            (topics is None or topic in topics) and (event_id is None or event in (event_id, HOUSE))
            for topic, event in self.touched
        )

    def and_(self, later: "Changes") -> "Changes":
        """These and later ones."""
        everything = self.everything or later.everything
        return Changes(self.touched | later.touched, everything, later.upto)


NOTHING: Final = Changes()
ANYTHING: Final = Changes(everything=True)
