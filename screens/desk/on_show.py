"""What the desk shows, as one value, and the verdict that follows from it.

The verdict is worked out anew whenever the store changed: it says what is true of the ticket now,
not what was true when it was scanned.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from eventdesk.core.formats import money
from eventdesk.core.messages import _, _n, msg, msg_p
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    CheckInResult,
    Guest,
    ListKind,
    Outcome,
    RestOfBooking,
    Tone,
    UnpaidPolicy,
)
from screens.door.answers import Answer, for_staff


class Deed(StrEnum):
    """What was done with the ticket on show, beside scanning it."""

    UNDONE = "undone"
    PAID = "paid"
    PART_PAID = "part_paid"
    RENAMED = "renamed"
    PRINTING = "printing"
    SEATED = "seated"
    NOTED = "noted"
    NOTE_GONE = "note_gone"
    NEW_CODE = "new_code"
    REFUNDED = "refunded"
    GROUP = "group"


DEEDS: Final = {
    Deed.UNDONE: (Tone.CARE, msg_p("verdict", "Undone")),
    Deed.PAID: (Tone.GOOD, msg_p("verdict", "Paid")),
    Deed.PART_PAID: (Tone.CARE, msg_p("verdict", "Part paid")),
    Deed.RENAMED: (Tone.GOOD, msg_p("verdict", "Renamed")),
    Deed.PRINTING: (Tone.GOOD, msg_p("verdict", "Printing")),
    Deed.SEATED: (Tone.GOOD, msg_p("verdict", "Seat given")),
    Deed.NOTED: (Tone.CARE, msg_p("verdict", "Noted")),
    Deed.NOTE_GONE: (Tone.GOOD, msg_p("verdict", "Note gone")),
    Deed.NEW_CODE: (Tone.GOOD, msg_p("verdict", "New code")),
    Deed.REFUNDED: (Tone.CARE, msg_p("verdict", "Refunded")),
    Deed.GROUP: (Tone.GOOD, msg_p("verdict", "Group")),
}


@dataclass(frozen=True, slots=True)
class Did:
    """Something that was done with the ticket on show.

    Attributes:
        words: What came of it, harmless to show.
        tone: Its look, where it is not the usual one.
    """

    deed: Deed
    words: str = ""
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A text that nobody in particular is called by.

    Attributes:
        found: How many it may mean.
    """

    typed: str
    found: int = 0


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text that the guest on show may be meant by, but somebody else as well.

    Attributes:
        asked: Whether Enter was pressed, so that the next one is the answer.
    """

    typed: str
    asked: bool = False


@dataclass(frozen=True, slots=True)
class OnShow:
    """What the desk shows: the answer to the last input, and the guest as the store has them.

    Attributes:
        last: What was answered to the last input; None where somebody was looked up, and at first.
        guest: None where nobody is on show.
        note: What comes first, such as the change to give back.
        doubt: Why somebody who was looked up may not be meant.
    """

    last: CheckInResult | Did | Missed | Answer | None = None
    guest: Guest | None = None
    note: str = ""
    doubt: Doubt | None = None


class Next(StrEnum):
    """What Enter does while nothing is typed."""

    NOTHING = ""
    CHECK_IN = "check_in"
    PAY = "pay"
    ASK = "go_on"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one big answer of the desk; its texts are harmless to show.

    Attributes:
        tone: Its look; None where it is neither good nor bad.
        word: One or two words.
        name: Whom it is about.
        about: Ticket type and seat.
        details: Why, most important first.
        next: The one thing to do now, with its key.
        enter: What Enter does now.
        attention: What must not be missed.
    """

    tone: Tone | None = None
    word: str = ""
    name: str = ""
    about: str = ""
    details: tuple[str, ...] = ()
    next: str = ""
    enter: Next = Next.NOTHING
    attention: str = ""

    @property
    def sign(self) -> str:
        """The sign beside the colour."""
        return "○" if self.tone is None else self.tone.sign


NOBODY: Final = msg("Scan a ticket, or type to search.")
FORCE: Final = msg("F8 lets in by force, with a supervisor")
SEARCH: Final = msg("Type the guest's name or e-mail to search")
NO_PAYMENT: Final = msg("This list takes no payment: send them to the organizer")

ENTER: Final = {
    ListKind.ARRIVE: msg("Enter lets in"),
    ListKind.ROOM: msg("Enter lets in"),
    ListKind.LEAVE: msg("Enter lets out"),
    ListKind.COLLECT: msg("Enter hands out"),
    ListKind.BADGE: msg("Enter hands out"),
}


def no_gate() -> Verdict:
    """The verdict where nobody said yet at which gate this desk stands."""
    return Verdict(Tone.CARE, _("No gate"), next=_("Ctrl+G says at which gate this desk stands"))


def verdict_on(shown: OnShow) -> Verdict:
    """The verdict on what is on show now."""
    last, guest = shown.last, shown.guest
    match last:
        case Answer():
            verdict = Verdict(last.tone, last.word, details=(last.headline, *last.details))
        case Missed():
            return _missed(last)
        case Did():
            verdict = _done(last, guest)
        case CheckInResult():
            verdict = _scanned(last, guest)
        case None:
            verdict = Verdict(next=str(NOBODY)) if guest is None else _standing(guest)
            if shown.doubt is not None and guest is not None:
                verdict = _doubted(verdict, shown.doubt)
    if not shown.note:
        return verdict
    return replace(verdict, details=(shown.note, *verdict.details))


def takes_money(guest: Guest) -> bool:
    """Whether the list lets the desk take what is due."""
    return guest.unpaid is not UnpaidPolicy.REFUSE


def _missed(missed: Missed) -> Verdict:
    typed = _("“{typed}”", typed=plain(missed.typed, limit=40))
    if missed.found:
        return Verdict(None, _("Which one?"), typed, next=_("↓ marks one, Enter takes it"))
    try_this = _("Try part of the name, the e-mail or the booking code.")
    return Verdict(Tone.CARE, _("Nobody found"), typed, next=try_this)


def _doubted(stands: Verdict, doubt: Doubt) -> Verdict:
    """The verdict on somebody who may not be meant, with how their ticket stands."""
    typed = _("“{typed}”", typed=plain(doubt.typed, limit=40))
    return replace(
        stands,
        tone=stands.tone or Tone.CARE,
        word=_("Is it them?"),
        details=(typed, *filter(None, (stands.word, *stands.details))),
        next=stands.next if doubt.asked else _("Enter twice takes them"),
    )


def _scanned(result: CheckInResult, guest: Guest | None) -> Verdict:
    """The verdict on a scan, as long as it holds."""
    if guest is not None and not _holds(result, guest):
        return _done(Did(Deed.UNDONE), guest) if _is_undone(result, guest) else _standing(guest)
    answer = for_staff(result)
    details = [answer.headline, *answer.details]
    if result.outcome is Outcome.UNPAID and guest is not None:
        details = [_due_told(guest)]
    about = _joined(result.ticket_type, result.seat and _seat(result.seat))
    verdict = Verdict(
        answer.tone,
        answer.word,
        plain(result.name or "", limit=80),
        about,
        tuple(filter(None, details)),
        attention=answer.attention,
    )
    return _going_on(verdict, result, guest)


def _going_on(verdict: Verdict, result: CheckInResult, guest: Guest | None) -> Verdict:
    """A verdict on a scan with what to do next."""
    outcome = result.outcome
    if result.ticket_id is None:
        return replace(verdict, next=str(SEARCH))
    if guest is None:
        return verdict
    if outcome is Outcome.INCOMPLETE:
        return replace(verdict, next=_("Enter asks the questions"), enter=Next.ASK)
    if outcome is Outcome.UNPAID:
        return _unpaid(verdict, guest)
    if outcome.passes:
        return replace(verdict, next=_passed(guest))
    return replace(verdict, next=str(SEARCH if outcome in _NOT_THEIRS else FORCE))


_NOT_THEIRS: Final = frozenset((Outcome.REVOKED, Outcome.WRONG_EVENT))
"""Refusals of the code, not of the guest: who stands there is looked up."""


def _holds(result: CheckInResult, guest: Guest) -> bool:
    """Whether what was said of a ticket is still true of it."""
    ticket = guest.ticket
    match result.outcome:
        case Outcome.ADMITTED:
            return ticket.inside and not _is_undone(result, guest)
        case Outcome.EXITED | Outcome.ALREADY_OUT:
            return not ticket.inside and not _is_undone(result, guest)
        case Outcome.ALREADY_IN:
            return ticket.admitted_at is not None
        case Outcome.UNPAID:
            is_refused = not ticket.paid and guest.unpaid is not UnpaidPolicy.ADMIT
            return is_refused and not _passed_since(result, guest)
        case Outcome.BLOCKED:
            return ticket.blocked_note is not None
        case Outcome.CANCELLED:
            return ticket.cancelled
    return not _passed_since(result, guest)


def _is_undone(result: CheckInResult, guest: Guest) -> bool:
    return any(each.id == result.scan_id and each.annulled for each in guest.scans)


def _passed_since(result: CheckInResult, guest: Guest) -> bool:
    return any(
        each.outcome.passes and not each.annulled and each.recorded_at > result.recorded_at
        for each in guest.scans
    )


def _done(did: Did, guest: Guest | None) -> Verdict:
    """The verdict on something that was done, with how the ticket stands now."""
    if guest is None:
        return Verdict()
    stands = _standing(guest)
    overtaken = did.deed is Deed.UNDONE and guest.ticket.inside
    if overtaken or (did.deed is Deed.PAID and guest.due is not None):
        return stands
    tone, word = DEEDS[did.deed]
    # What it says of itself goes first; how the ticket stands is never left out.
    details = tuple(filter(None, (did.words, stands.word, *stands.details)))
    following = _passed(guest) if _is_through(guest) else stands.next
    tone = did.tone or tone
    return replace(stands, tone=tone, word=str(word), details=details, next=following)


def _standing(guest: Guest) -> Verdict:
    """The verdict on somebody who was looked up: how their ticket stands at this list."""
    ticket = guest.ticket
    verdict = Verdict(
        name=plain(ticket.name, limit=80),
        about=_joined(ticket.ticket_type, ticket.seat and _seat(ticket.seat)),
        attention=plain(ticket.attention, limit=600),
    )
    if ticket.cancelled:
        return replace(verdict, tone=Tone.STOP, word=_("Cancelled"), next=str(FORCE))
    if ticket.blocked_note is not None:
        note = (plain(ticket.blocked_note, limit=200),) if ticket.blocked_note else ()
        blocked = _("Blocked")
        return replace(verdict, tone=Tone.STOP, word=blocked, details=note, next=str(FORCE))
    if ticket.inside and guest.kind is ListKind.LEAVE:
        words = str(ENTER[guest.kind])
        return replace(verdict, word=_in(guest), next=words, enter=Next.CHECK_IN)
    if _is_through(guest):
        words = _passed(guest, _before(guest))
        return replace(verdict, tone=Tone.CARE, word=_in(guest), next=words)
    if guest.due is not None and guest.unpaid is not UnpaidPolicy.ADMIT:
        verdict = replace(verdict, tone=Tone.CARE, word=_("Unpaid"), details=(_due_told(guest),))
        return _unpaid(verdict, guest)
    word, enter = _("Not in yet"), Next.CHECK_IN
    if ticket.admitted_at is not None:
        word = _("Has left")
    if guest.kind.hands_out:
        word = _("Not yet")
    if guest.kind is ListKind.LEAVE:
        return replace(verdict, word=_("Not inside"))
    due = (_due_told(guest),) if guest.due is not None else ()
    return replace(verdict, word=word, details=due, next=str(ENTER[guest.kind]), enter=enter)


def _is_through(guest: Guest) -> bool:
    """Whether nothing is to be done with somebody any more at a list that lets in."""
    ticket = guest.ticket
    refused = ticket.cancelled or ticket.blocked_note is not None
    return ticket.inside and not refused and guest.kind is not ListKind.LEAVE


def _before(guest: Guest) -> str:
    """What to do with somebody who was through before they were looked up."""
    if guest.kind.hands_out:
        return _("Handed out before · F3 undoes")
    return _("In already: ask for a name · F3 undoes, F4 prints again")


def _in(guest: Guest) -> str:
    return _("Collected") if guest.kind.hands_out else _("Is in")


def _due_told(guest: Guest) -> str:
    return "" if guest.due is None else _("{due} due", due=money(guest.due))


def _unpaid(verdict: Verdict, guest: Guest) -> Verdict:
    """A verdict on somebody who has to pay first, by the rule of the list."""
    if guest.due is not None and takes_money(guest):
        words = _("Enter takes the payment: {due}", due=money(guest.due))
        return replace(verdict, next=words, enter=Next.PAY)
    words = " · ".join((str(NO_PAYMENT), _("F8 forces")))
    return replace(verdict, next=words)


def others_told(rest: RestOfBooking) -> str:
    """A line on the others of a booking, with the key; "" without others."""
    others = len(rest.others)
    if not others:
        return ""
    if rest.leaving:
        return _n("F11: {count} other still in", "F11: {count} others still in", others)
    return _n("F11: {count} other of this booking", "F11: {count} others of this booking", others)


def _passed(guest: Guest, otherwise: str = "") -> str:
    """What to do with somebody who is through: the others of the booking, else what undoes it."""
    words = others_told(guest.rest)
    if words:
        return words if guest.rest.leaving else f"{words} · {_('F3 undoes')}"
    if guest.due is not None and takes_money(guest):
        return _("Ctrl+T takes {due} · F3 undoes", due=money(guest.due))
    return otherwise or _("Next, please · F3 undoes, F4 prints again")


def _seat(seat: str) -> str:
    return _("seat {seat}", seat=seat)


def _joined(*parts: str) -> str:
    return " · ".join(plain(part) for part in parts if part)
