"""Words for one's own programme, on screens and pages alike."""

from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.core.messages import _, msg
from eventdesk.core.tone import Tone
from eventdesk.waiting.own_programme import Going, ProgrammeItem

TONES: Final[dict[Going, Tone]] = {
    Going.SIGNED_UP: "good",
    Going.WAITING: "warning",
    Going.OFFERED: "warning",
    Going.FULL: "faint",
    Going.NOT_FOR_TICKET: "faint",
}

_STANDING: Final = {
    Going.OPEN: msg("· no sign-up"),
    Going.FREE: msg("○ free"),
    Going.SIGNED_UP: msg("✓ signed up"),
    Going.FULL: msg("✗ full: waitlist"),
    Going.NOT_FOR_TICKET: msg("– not your ticket"),
}


def has_clash(item: ProgrammeItem) -> bool:
    """Whether a person signed up for a session and for another one at the same time."""
    return item.going is Going.SIGNED_UP and bool(item.clashes)


def standing_in_words(item: ProgrammeItem, zone: ZoneInfo) -> tuple[str, Tone]:
    """Whether the person goes to a session, with a sign and a word, and the tone of it."""
    tone: Tone = "warning" if has_clash(item) else TONES.get(item.going, "")
    return _in_words(item, zone), tone


def _in_words(item: ProgrammeItem, zone: ZoneInfo) -> str:
    if has_clash(item):
        return _("✓ signed up ! clash")
    if item.going is Going.OFFERED and item.offer_until is not None:
        return _("! take it by {time:%H:%M}", time=item.offer_until.astimezone(zone))
    if item.going is Going.FREE and item.left is not None:
        return _("○ {left:,} left", left=item.left)
    if item.going is Going.WAITING:
        return _("… waiting, no. {place}", place=item.place)
    return str(_STANDING[item.going])
