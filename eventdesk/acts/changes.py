"""Changes by topic: what an act touches, and what a screen that shows it asks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from data.touched import HOUSE, Touched


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


AT_THE_DOOR: Final = frozenset(Topic) - {Topic.PROGRAMME, Topic.WAITING}
"""What a desk or kiosk shows."""

BEFORE_THE_DAY: Final = frozenset(Topic) - {Topic.DOOR, Topic.PRINTING}
"""What somebody who books sees, and what people are sent notices about."""

_BY_SUBJECT: Final[Mapping[str, Topic]] = {
    "account": Topic.ACCOUNTS,
    "approval": Topic.ACCOUNTS,
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
    "scan": Topic.DOOR,
    "check_in_list": Topic.DOOR,
    "gate": Topic.DOOR,
}


def topic_of(subject: str) -> Topic:
    """The topic that a subject of the audit, such as `ticket`, belongs to."""
    return _BY_SUBJECT.get(subject, Topic.EVENTS)


@dataclass(frozen=True, slots=True)
class Changes:
    """What was committed since the last look, by whichever process.

    Attributes:
        touched: Topics, each with its event; `HOUSE` for all of them.
        everything: Whether anything may have changed: a commit did not say, or the store itself
            was put back or is gone.
    """

    touched: frozenset[Touched] = frozenset()
    everything: bool = False

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
        return Changes(self.touched | later.touched, self.everything or later.everything)


NOTHING: Final = Changes()
ANYTHING: Final = Changes(everything=True)
