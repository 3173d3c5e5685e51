"""Values of a scan: what was seen, what the rules know, the outcome in words, the result."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.day_times import next_daily
from eventdesk.core.messages import Message, _, _p, msg, msg_p
from eventdesk.door.check_in_list import Direction, DoorQuestion, ListKind, read_question


class Outcome(StrEnum):
    """The outcome of a scan. A refusal is one, never an exception, because it is logged."""

    ADMITTED = "admitted"
    EXITED = "exited"
    ALREADY_IN = "already_in"
    ALREADY_OUT = "already_out"
    UNKNOWN = "unknown"
    FORGED = "forged"
    WRONG_EVENT = "wrong_event"
    WRONG_LIST = "wrong_list"
    EVENT_CLOSED = "event_closed"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    BLOCKED = "blocked"
    UNPAID = "unpaid"
    UNAPPROVED = "unapproved"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    LIST_CLOSED = "list_closed"
    RULES = "rules"
    INCOMPLETE = "incomplete"
    ERROR = "error"

    @property
    def passes(self) -> bool:
        """Whether the door opens."""
        return self in (Outcome.ADMITTED, Outcome.EXITED)

    @property
    def tone(self) -> "Tone":
        """Its look and sound."""
        return WORDING[self].tone


class Tone(StrEnum):
    """The look and sound of an outcome: go on, needs a hand, stop. Never by colour alone."""

    GOOD = "good"
    CARE = "care"
    STOP = "stop"

    @property
    def sign(self) -> str:
        """The sign that stands beside the colour."""
        return {Tone.GOOD: "✓", Tone.CARE: "!", Tone.STOP: "✗"}[self]


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for an outcome.

    Attributes:
        tone: Look and sound.
        word: One or two words for lists and log lines.
        guest: A sentence for the guest at a kiosk, with what to do; names no other person.
        staff: What the person at the desk does next.
        guest_word: The word to the guest where that of the log would accuse them.
    """

    tone: Tone
    word: Message
    guest: Message
    staff: Message
    guest_word: Message | None = None


WORDING: dict[Outcome, Wording] = {
    Outcome.ADMITTED: Wording(
        Tone.GOOD, msg_p("outcome", "Admitted"), msg("Welcome!"), msg("Let the guest in.")
    ),
    Outcome.EXITED: Wording(
        Tone.GOOD,
        msg_p("outcome", "Out"),
        msg("Goodbye, see you soon!"),
        msg("The guest has left."),
    ),
    Outcome.ALREADY_IN: Wording(
        Tone.STOP,
        msg_p("outcome", "Already in"),
        msg("This ticket has been used already. Please go to the desk."),
        msg("Ask for a name. The same person: undo the first scan, or let in by force."),
    ),
    Outcome.ALREADY_OUT: Wording(
        Tone.CARE,
        msg_p("outcome", "Already out"),
        msg("This ticket has left already. Please go to the desk."),
        msg("The last scan was an exit. Scan the ticket at an entrance first."),
    ),
    Outcome.UNKNOWN: Wording(
        Tone.STOP,
        msg_p("outcome", "Unknown"),
        msg("This is not a ticket we know. Show the QR code of your ticket, or ask at the desk."),
        msg("Not one of our codes. Search for the guest by name or e-mail."),
    ),
    Outcome.FORGED: Wording(
        Tone.STOP,
        msg_p("outcome", "Forged"),
        msg("We can't read this ticket. Please go to the desk."),
        msg("It looks like a ticket, but no key of ours made it. Search by name."),
        msg_p("outcome", "Not readable"),
    ),
    Outcome.WRONG_EVENT: Wording(
        Tone.STOP,
        msg_p("outcome", "Wrong event"),
        msg("This ticket is for another event. Please go to the desk."),
        msg("The ticket is genuine, but for another event."),
    ),
    Outcome.WRONG_LIST: Wording(
        Tone.STOP,
        msg_p("outcome", "Wrong entrance"),
        msg("This ticket is not for this entrance. Please go to the desk."),
        msg("Not for this ticket type. Send the guest to the right entrance."),
    ),
    Outcome.EVENT_CLOSED: Wording(
        Tone.STOP,
        msg_p("outcome", "Event closed"),
        msg("This event is over or was cancelled. Please go to the desk."),
        msg("Nobody is let in any more. Call a supervisor."),
    ),
    Outcome.CANCELLED: Wording(
        Tone.STOP,
        msg_p("outcome", "Cancelled"),
        msg("This ticket was cancelled. Please go to the desk."),
        msg("The ticket or its booking was cancelled. Look at the booking."),
    ),
    Outcome.REVOKED: Wording(
        Tone.STOP,
        msg_p("outcome", "Replaced"),
        msg("This code was replaced by a newer one. Show the newest ticket, or ask at the desk."),
        msg("A newer code was issued for this ticket. Search for the guest by name."),
    ),
    Outcome.BLOCKED: Wording(
        Tone.STOP,
        msg_p("outcome", "Blocked"),
        msg("Please go to the desk."),
        msg("The ticket is blocked. Read the note and call a supervisor."),
    ),
    Outcome.UNPAID: Wording(
        Tone.CARE,
        msg_p("outcome", "Unpaid"),
        msg("This ticket is not paid yet. Please pay at the desk."),
        msg("Take the payment, then check in again."),
    ),
    Outcome.UNAPPROVED: Wording(
        Tone.CARE,
        msg_p("outcome", "Not approved"),
        msg("This booking is not approved yet. Please go to the desk."),
        msg("The organizer has not approved this booking. Call a supervisor."),
    ),
    Outcome.NOT_YET_VALID: Wording(
        Tone.CARE,
        msg_p("outcome", "Too early"),
        msg("This ticket is not valid yet."),
        msg("The ticket becomes valid later."),
    ),
    Outcome.EXPIRED: Wording(
        Tone.STOP,
        msg_p("outcome", "Expired"),
        msg("This ticket is no longer valid. Please go to the desk."),
        msg("The ticket's time is over."),
    ),
    Outcome.LIST_CLOSED: Wording(
        Tone.CARE,
        msg_p("outcome", "Closed"),
        msg("Check-in is closed now. Please go to the desk."),
        msg("This list is not open now. Choose another one, or call a supervisor."),
    ),
    Outcome.RULES: Wording(
        Tone.CARE,
        msg_p("outcome", "Not now"),
        msg("This ticket cannot be used here now. Please go to the desk."),
        msg("A rule of this check-in list does not hold."),
    ),
    Outcome.INCOMPLETE: Wording(
        Tone.CARE,
        msg_p("outcome", "Question"),
        msg("Please answer a question first."),
        msg("Ask the guest and note the answer."),
    ),
    Outcome.ERROR: Wording(
        Tone.CARE,
        msg_p("outcome", "Try again"),
        msg("Something went wrong. Please show your ticket again, or go to the desk."),
        msg("The check-in could not be written. Try again; nothing was changed."),
    ),
}


_KIND_WORDING: dict[tuple[str, Outcome], Wording] = {
    ("room", Outcome.ADMITTED): Wording(
        Tone.GOOD,
        msg_p("outcome", "Come in"),
        msg("Welcome! Please come in."),
        msg("Let the guest in."),
    ),
    ("collect", Outcome.ADMITTED): Wording(
        Tone.GOOD, msg_p("outcome", "Hand out"), msg("Here you are!"), msg("Hand it out.")
    ),
    ("collect", Outcome.ALREADY_IN): Wording(
        Tone.STOP,
        msg_p("outcome", "Collected"),
        msg("This was collected already. Please go to the desk."),
        msg("It was handed out before. Undo that scan if it was not."),
    ),
    ("badge", Outcome.ADMITTED): Wording(
        Tone.GOOD, msg_p("outcome", "Badge"), msg("Here is your badge!"), msg("Hand the badge out.")
    ),
    ("badge", Outcome.ALREADY_IN): Wording(
        Tone.STOP,
        msg_p("outcome", "Collected"),
        msg("This badge was collected already. Please go to the desk."),
        msg("It was handed out before; another one can be printed."),
    ),
    ("leave", Outcome.ALREADY_OUT): replace(
        WORDING[Outcome.ALREADY_OUT],
        staff=msg("Nobody is in with this ticket. Let the guest leave."),
    ),
}


def said(outcome: Outcome, kind: str = "arrive") -> Wording:
    """The words for an outcome at a list of some kind."""
    return _KIND_WORDING.get((kind, outcome), WORDING[outcome])


class ScanSource(StrEnum):
    """The way in which the ticket was named."""

    CAMERA = "camera"
    SCANNER = "scanner"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """The facts of a ticket that rules ask for.

    Attributes:
        revision: The revision of the code that is valid now.
        blocked_note: Why staff blocked it; None when it is not blocked.
        valid_from, valid_until: Bounds for entry, aware UTC; None is no bound.
        accompanied: Whether its type, such as a child's, enters only with or behind somebody.
        company_in: Whether somebody of its booking who needs no company, or its companion, is in.
        companion: Whether it is for somebody who accompanies the holder of another ticket.
        lead_in: Whether that holder is in, or needs company too and so comes behind.
        lets_in: Whether its type lets in to the session of the list.
        has_place: Whether the holder has a place in that session; None where none is needed.
        choice: Which one of the item the holder gets, such as L; "" is none in particular.
    """

    id: UUID
    event_id: UUID
    ticket_type_id: UUID
    revision: int = 1
    cancelled: bool = False
    blocked_note: str | None = None
    approved: bool = True
    paid: bool = True
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    accompanied: bool = False
    company_in: bool = False
    companion: bool = False
    lead_in: bool = False
    lets_in: bool = True
    has_place: bool | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """An entry or exit of a ticket by a list, which was not undone.

    Attributes:
        scan_id: The scan; of an automatic exit that of the entry it ends.
        automatic: Whether nobody was there: the list's time of day ended it.
    """

    direction: Direction
    at: datetime
    gate: str = ""
    scan_id: UUID | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The passages of one ticket through one list, oldest first."""

    passages: tuple[Passage, ...] = ()

    @property
    def entries(self) -> tuple[Passage, ...]:
        """Only the entries."""
        return tuple(p for p in self.passages if p.direction is Direction.ENTRY)

    @property
    def inside(self) -> bool:
        """Whether the last passage was an entry."""
        return bool(self.passages) and self.passages[-1].direction is Direction.ENTRY

    @property
    def first_entry(self) -> Passage | None:
        """The first entry, if there was one."""
        return next(iter(self.entries), None)

    @property
    def last_entry(self) -> Passage | None:
        """The last entry, if there was one."""
        return next(reversed(self.entries), None)


def with_automatic_exits(
    passages: Sequence[Passage], clock: str, time_zone: str, now: datetime
) -> tuple[Passage, ...]:
    """Passages with the exits that a time of day brought about by now.

    Args:
        passages: In the order in which the store wrote them.
        clock: Time of day, HH:MM; "" brings about none.
        time_zone: IANA name of the event's zone, in whose days it comes once each.
    """
    if not clock:
        return tuple(passages)
    zone = ZoneInfo(time_zone)
    all_of_them: list[Passage] = []
    for place, passage in enumerate(passages):
        all_of_them.append(passage)
        if passage.direction is Direction.EXIT:
            continue
        ends_at = next_daily(clock, zone, passage.at)
        until = passages[place + 1].at if place + 1 < len(passages) else now
        if ends_at <= until:
            ended = Passage(Direction.EXIT, ends_at, "", passage.scan_id, automatic=True)
            all_of_them.append(ended)
    return tuple(all_of_them)


@dataclass(frozen=True, slots=True)
class CheckInResult:
    """The result of one scan: everything a screen needs to show it.

    It is stored with the scan, and a repeated nonce is answered with exactly this again.
    """

    outcome: Outcome
    scan_id: UUID
    list_id: UUID
    list_name: str
    nonce: str
    seen_at: datetime
    """When the code was seen, by the device's clock."""
    recorded_at: datetime
    """When the store wrote it down, by the store's clock."""
    direction: Direction = Direction.ENTRY
    ticket_id: UUID | None = None
    ticket_code: str | None = None
    """None exactly when no ticket was found."""
    name: str | None = None
    line_two: str = ""
    ticket_type: str = ""
    seat: str = ""
    reason: str = ""
    """For staff: the note, the rule, or the detail behind the outcome."""
    guest_sentence: str = ""
    """For the guest; never another person's details."""
    first_admitted_at: datetime | None = None
    first_gate: str = ""
    attention: str = ""
    """What staff should know about this ticket or list, also when it is admitted."""
    overridden: Outcome | None = None
    """The refusal a supervisor overrode; None when nothing was."""
    delivery_id: UUID | None = None
    """The badge this scan queued; None if it queued none."""
    questions: tuple[DoorQuestion, ...] = ()
    clock_skew_s: float = 0.0
    """Device clock minus store clock, in seconds."""
    rule: str = ""
    """The rule of the list that refused, as it is called; "" where none did."""
    holds_at: datetime | None = None
    """When what refused will let in; None where nobody knows."""
    kind: ListKind = ListKind.ARRIVE
    item: str = ""
    """What is collected here, such as T-shirt."""
    choice: str = ""
    """Which one the guest gets, such as L; "" with a refusal."""
    inside: int | None = None
    """People inside after this scan, where the list or its room holds so many."""
    capacity: int | None = None

    @property
    def passes(self) -> bool:
        """Whether the door opens."""
        return self.outcome.passes

    @property
    def word(self) -> str:
        """The outcome in one or two words."""
        return _p("outcome", "Full") if self.is_full else str(said(self.outcome, self.kind).word)

    @property
    def thing(self) -> str:
        """What is collected, with which one: T-shirt L."""
        return f"{self.item} {self.choice}".strip()

    @property
    def is_full(self) -> bool:
        """Whether it was refused because as many are inside as may be."""
        full = self.outcome is Outcome.RULES and self.rule == FULL
        return full and None not in (self.inside, self.capacity)

    @property
    def occupancy(self) -> str:
        """How full it is, such as "118 of 120 inside"; "" where there is no limit."""
        if self.inside is None or self.capacity is None:
            return ""
        return _("{inside:,} of {capacity:,} inside", inside=self.inside, capacity=self.capacity)

    def to_json(self) -> str:
        """Write it down as the store keeps it."""
        values = dict(zip(_FIELDS, _ALL_OF(self), strict=True))
        values["questions"] = [asdict(question) for question in self.questions]
        return _SPELL(values)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        values["outcome"] = Outcome(values["outcome"])
        values["direction"] = Direction(values["direction"])
        values["questions"] = tuple(read_question(each["id"], each) for each in values["questions"])
        values["kind"] = ListKind(values.get("kind", ListKind.ARRIVE))
        if values["overridden"] is not None:
            values["overridden"] = Outcome(values["overridden"])
        for name in _IDS:
            if values[name] is not None:
                values[name] = UUID(values[name])
        for name in _INSTANTS:
            if values.get(name) is not None:
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)


_IDS = ("scan_id", "list_id", "ticket_id", "delivery_id")
_INSTANTS = ("seen_at", "recorded_at", "first_admitted_at", "holds_at")
_FIELDS = CheckInResult.__slots__
_ALL_OF = attrgetter(*_FIELDS)
_SPELL = json.JSONEncoder(ensure_ascii=False, default=str).encode  # ids and instants as `str`

FULL = "Full"
"""What the rule is called that a room holds so many."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One attempt to check in, as the edge hands it over.

    Attributes:
        text: What was scanned or typed: a token, or a ticket's code.
        nonce: Unique per attempt and device, so that a retry is not a second visit.
        seen_at: When the device saw it, by its own clock; recorded, never trusted for order.
        direction: Entry or exit; None takes the list's own.
        answers: Question id to answer.
        force_reason: Why a supervisor overrides the rules; "" overrides nothing.
        group_id: Alike for scans that are one group; None where it stands alone.
        badge_held_s: Seconds for which a badge waits, so that its guest can look at it first.
        asks: Whether the guest can be asked here and was not yet, so that the list's optional
            questions are asked before the guest goes in.
    """

    text: str
    list_id: UUID
    nonce: str
    seen_at: datetime
    direction: Direction | None = None
    gate_id: UUID | None = None
    source: ScanSource = ScanSource.CAMERA
    answers: Mapping[str, str] = field(default_factory=dict)
    force_reason: str = ""
    group_id: UUID | None = None
    badge_held_s: float = 0.0
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Counters:
    """Counters of a list.

    Attributes:
        expected: Tickets that may come by this list.
        admitted: Different tickets that came.
        inside: Of these, how many are inside now.
        refused: Refused scans by outcome, most frequent first.
        capacity: Most that may be inside at once; None is any number.
    """

    expected: int
    admitted: int
    inside: int
    refused: dict[Outcome, int] = field(default_factory=dict)
    capacity: int | None = None

    @property
    def out(self) -> int:
        """Came and left again."""
        return self.admitted - self.inside

    @property
    def free(self) -> int | None:
        """How many more may come in now; None is any number."""
        return None if self.capacity is None else max(0, self.capacity - self.inside)

    @property
    def to_come(self) -> int:
        """Not yet seen."""
        return max(0, self.expected - self.admitted)


@dataclass(frozen=True, slots=True)
class ScanView:
    """One line of the log of scans.

    Attributes:
        annulled: Whether the scan was undone.
        mine: Whether the asking actor made it; undo asks this.
        answers: What was asked with it and answered, each as one text.
        approved_by: The supervisor who gave a PIN in place; "" where nobody had to.
        group_id: Alike for scans of one group; None where it stands alone.
        operator_id: Who made it, an account or a device; None is the program.
    """

    id: UUID
    recorded_at: datetime
    outcome: Outcome
    direction: Direction
    name: str
    ticket_code: str
    ticket_type: str
    gate: str
    operator: str
    reason: str = ""
    ticket_id: UUID | None = None
    annulled: bool = False
    forced: bool = False
    mine: bool = False
    kind: ListKind = ListKind.ARRIVE
    answers: tuple[str, ...] = ()
    approved_by: str = ""
    group_id: UUID | None = None
    operator_id: UUID | None = None
