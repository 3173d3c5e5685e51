"""Answers to a scan in words: for the guest at a kiosk, and for the staff at a desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import WORDING, CheckInResult, ListKind, Outcome, Tone, said

if TYPE_CHECKING:
    from eventdesk.door import RestOfBooking


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in words; its texts are harmless to show.

    Attributes:
        word: One or two words beside the sign.
        headline: The sentence that matters.
        details: What follows from it, most important first.
        session: Where the guest goes next, and when; "" where nobody knows.
        attention: What must not be missed; "" is nothing.
    """

    tone: Tone
    word: str
    headline: str
    details: tuple[str, ...] = ()
    attention: str = ""
    session: str = ""


BADGE_WAITS = msg("The printer needs a moment. Please ask for your badge at the desk.")


def for_guest(result: CheckInResult, *, badge: str = "", session: str = "") -> Answer:
    """Say a result to the guest; a refusal holds nobody's details, not even the ticket's name.

    `badge` says where the guest's badge comes out, `session` what they signed up for first.
    """
    wording = said(result.outcome, result.kind)
    sentence = plain(result.guest_sentence) or str(wording.guest)
    if result.outcome is not Outcome.ADMITTED or result.name is None:
        return Answer(result.outcome.tone, str(wording.guest_word or result.word), sentence)
    if result.kind.hands_out:
        where = plain(badge, limit=200) if result.delivery_id else ""
        details = tuple(filter(None, (plain(result.name, limit=80), where)))
        return Answer(result.outcome.tone, result.word, plain(result.thing) or sentence, details)
    seat = _("Seat {seat}", seat=plain(result.seat)) if result.seat else ""
    details = (
        "  ·  ".join(filter(None, (plain(result.ticket_type), seat))),
        plain(badge, limit=200) if result.delivery_id else "",
    )
    return Answer(
        result.outcome.tone,
        result.word,
        _("Welcome, {name}", name=plain(result.name, limit=80)),
        tuple(filter(None, details)),
        session=plain(session, limit=120),
    )


def for_group(results: Sequence[CheckInResult], *, badge: str = "") -> Answer:
    """Say to the guest what came of the others of their booking, without naming anybody.

    `badge` says where their badges come out.
    """
    passed = sum(each.passes for each in results)
    details = (plain(badge, limit=200),) if badge else ()
    if passed == len(results):
        outcome = results[0].outcome
        words = _("You are all through.") if passed > 1 else _("You are both through.")
        if results[0].kind.hands_out:
            words = _("Here you are, for all of you.")
        return Answer(outcome.tone, str(said(outcome, results[0].kind).word), words, details)
    left = len(results) - passed
    others = _n(
        "{count} ticket could not pass. Please go to the desk.",
        "{count} tickets could not pass. Please go to the desk.",
        left,
    )
    return Answer(
        Tone.CARE, _("{passed} of {total}", passed=passed, total=len(results)), others, details
    )


def those_of(rest: "RestOfBooking") -> str:
    """The others of a booking by number and ticket type: who they are is theirs to tell."""
    kinds = ", ".join(f"{count} × {plain(name, limit=30)}" for name, count in rest.by_type.items())
    return _("More of your booking: {kinds}", kinds=kinds)


def offered(rest: "RestOfBooking", kind: ListKind) -> str:
    """The words on the button that lets the others of a booking through."""
    count = len(rest.together)
    if kind.hands_out:
        return _("Take the other one too") if count == 1 else _("Take all {count}", count=count + 1)
    if rest.leaving:
        return _n("The other one leaves too", "The other {count} leave too", count)
    return _("Let the other one in too") if count == 1 else _("Let all {count} in", count=count + 1)


def for_staff(result: CheckInResult) -> Answer:
    """Say a result to whoever works at the desk, beside the ticket: why, and what to do next."""
    headline = _headline(result)
    details = [plain(result.reason)]
    if result.overridden is not None:
        word = str(WORDING[result.overridden].word)
        details.append(_("By force, against: {word}.", word=word[:1].lower() + word[1:]))
    if not result.passes:
        details.append(str(said(result.outcome, result.kind).staff))
    details.append("" if result.is_full else result.occupancy)
    note = plain(result.attention, limit=600)
    return Answer(result.outcome.tone, result.word, headline, tuple(filter(None, details)), note)


def _headline(result: CheckInResult) -> str:
    """The words beside the sign: what is handed out, how full it is, or the rule."""
    if not result.ticket_id:
        return _("No ticket found")
    if result.kind.hands_out and result.passes:
        return plain(result.thing)
    if result.is_full:
        return _("{inside:,} of {capacity:,}", inside=result.inside, capacity=result.capacity)
    return plain(result.rule)


def could_not(sentence: str, hint: str = "") -> Answer:
    """Say that nothing was written and it may be tried again."""
    wording = WORDING[Outcome.ERROR]
    return Answer(wording.tone, str(wording.word), sentence, (hint,) if hint else ())
