"""The closed set of answers at the door, and how each is said."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a scan came to. A refusal is an outcome, never an exception, because it is logged."""

    ADMITTED = "admitted"
    EXITED = "exited"
    ALREADY_IN = "already_in"
    ALREADY_OUT = "already_out"
    UNKNOWN = "unknown"
    FORGED = "forged"
    WRONG_EVENT = "wrong_event"
    WRONG_LIST = "wrong_list"
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
        """How it looks and sounds."""
        return WORDING[self].tone


class Tone(StrEnum):
    """How an outcome looks and sounds: go on, needs a hand, stop. Never by colour alone."""

    GOOD = "good"
    CARE = "care"
    STOP = "stop"

    @property
    def sign(self) -> str:
        """The sign that stands beside the colour."""
        return {Tone.GOOD: "✓", Tone.CARE: "!", Tone.STOP: "✗"}[self]


@dataclass(frozen=True, slots=True)
class Wording:
    """How one outcome is said.

    Attributes:
        tone: Look and sound.
        word: One or two words for lists and log lines.
        guest: A sentence for the guest at a kiosk, with what to do; names no other person.
        staff: What the person at the desk does next.
    """

    tone: Tone
    word: str
    guest: str
    staff: str


_TO_DESK = "Please go to the desk."

WORDING: dict[Outcome, Wording] = {
    Outcome.ADMITTED: Wording(Tone.GOOD, "Admitted", "Welcome!", "Let the guest in."),
    Outcome.EXITED: Wording(Tone.GOOD, "Out", "Goodbye, see you soon!", "The guest has left."),
    Outcome.ALREADY_IN: Wording(
        Tone.STOP,
        "Already in",
        f"This ticket has been used already. {_TO_DESK}",
        "Ask for a name. If it is the same person, undo the first scan or let them in by force.",
    ),
    Outcome.ALREADY_OUT: Wording(
        Tone.CARE,
        "Already out",
        f"This ticket has left already. {_TO_DESK}",
        "The last scan was an exit. Scan the ticket at an entrance first.",
    ),
    Outcome.UNKNOWN: Wording(
        Tone.STOP,
        "Unknown",
        "This is not a ticket we know. Show the QR code of your ticket, or ask at the desk.",
        "Not one of our codes. Search for the guest by name or e-mail.",
    ),
    Outcome.FORGED: Wording(
        Tone.STOP,
        "Forged",
        f"This ticket cannot be accepted. {_TO_DESK}",
        "It looks like a ticket but no key of ours made it. Search for the guest by name.",
    ),
    Outcome.WRONG_EVENT: Wording(
        Tone.STOP,
        "Wrong event",
        f"This ticket is for another event. {_TO_DESK}",
        "The ticket is genuine, but for another event.",
    ),
    Outcome.WRONG_LIST: Wording(
        Tone.STOP,
        "Wrong entrance",
        f"This ticket is not for this entrance. {_TO_DESK}",
        "This check-in list does not take this ticket type. Send the guest to the right entrance.",
    ),
    Outcome.CANCELLED: Wording(
        Tone.STOP,
        "Cancelled",
        f"This ticket was cancelled. {_TO_DESK}",
        "The ticket or its booking was cancelled. Look at the booking.",
    ),
    Outcome.REVOKED: Wording(
        Tone.STOP,
        "Replaced",
        "This code was replaced by a newer one. Show the newest ticket, or ask at the desk.",
        "A newer code was issued for this ticket. Search for the guest by name.",
    ),
    Outcome.BLOCKED: Wording(
        Tone.STOP,
        "Blocked",
        _TO_DESK,
        "The ticket is blocked. Read the note and call a supervisor.",
    ),
    Outcome.UNPAID: Wording(
        Tone.CARE,
        "Unpaid",
        "This ticket is not paid yet. Please pay at the desk.",
        "Take the payment, then check in again.",
    ),
    Outcome.UNAPPROVED: Wording(
        Tone.CARE,
        "Not approved",
        f"This booking is not approved yet. {_TO_DESK}",
        "The organizer has not approved this booking. Call a supervisor.",
    ),
    Outcome.NOT_YET_VALID: Wording(
        Tone.CARE,
        "Too early",
        "This ticket is not valid yet.",
        "The ticket becomes valid later.",
    ),
    Outcome.EXPIRED: Wording(
        Tone.STOP,
        "Expired",
        f"This ticket is no longer valid. {_TO_DESK}",
        "The ticket's time is over.",
    ),
    Outcome.LIST_CLOSED: Wording(
        Tone.CARE,
        "Closed",
        f"Check-in is closed now. {_TO_DESK}",
        "This check-in list is not open now. Choose another list, or call a supervisor.",
    ),
    Outcome.RULES: Wording(
        Tone.CARE,
        "Not now",
        f"This ticket cannot be used here now. {_TO_DESK}",
        "A rule of this check-in list does not hold.",
    ),
    Outcome.INCOMPLETE: Wording(
        Tone.CARE,
        "Question",
        "Please answer a question first.",
        "Ask the guest and note the answer.",
    ),
    Outcome.ERROR: Wording(
        Tone.CARE,
        "Try again",
        "Something went wrong. Please show your ticket again, or go to the desk.",
        "The check-in could not be written. Try again; nothing was changed.",
    ),
}


_KIND_WORDING: dict[tuple[str, Outcome], Wording] = {
    ("room", Outcome.ADMITTED): Wording(
        Tone.GOOD, "Come in", "Welcome! Please come in.", "Let the guest in."
    ),
    ("collect", Outcome.ADMITTED): Wording(Tone.GOOD, "Hand out", "Here you are!", "Hand it out."),
    ("collect", Outcome.ALREADY_IN): Wording(
        Tone.STOP,
        "Collected",
        f"This was collected already. {_TO_DESK}",
        "It was handed out before. Undo that scan if it was not.",
    ),
    ("badge", Outcome.ADMITTED): Wording(
        Tone.GOOD, "Badge", "Here is your badge!", "Hand the badge out."
    ),
    ("badge", Outcome.ALREADY_IN): Wording(
        Tone.STOP,
        "Collected",
        f"This badge was collected already. {_TO_DESK}",
        "It was handed out before. F4 prints another one.",
    ),
    ("leave", Outcome.ALREADY_OUT): Wording(
        Tone.CARE,
        "Already out",
        f"This ticket has left already. {_TO_DESK}",
        "Nobody is in with this ticket. Let the guest leave.",
    ),
}


def said(outcome: Outcome, kind: str = "arrive") -> Wording:
    """How an outcome is said at a list of some kind: by the word of its kind."""
    return _KIND_WORDING.get((kind, outcome), WORDING[outcome])
