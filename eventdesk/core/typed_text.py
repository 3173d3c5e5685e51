"""Typed text: trimmed and checked for length and shape before it is kept."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg

MAX_LINE: Final = 200
MAX_PAGE: Final = 20_000
MAX_PEOPLE: Final = 10_000_000
"""Largest capacity that is not a slip."""
MAX_TAGS: Final = 12
MAX_DAYS: Final = 3650
"""Longest that anybody waits for anything to go."""


def line(text: str, what: Message, *, most: int = MAX_LINE, needed: bool = False) -> str:
    """Take one line of text.

    Args:
        text: As typed; it is trimmed, and line breaks become spaces.
        what: What a refusal calls it, such as "A title".
        most: Longest that is kept, in characters.
        needed: Whether it may not be empty.

    Raises:
        InvalidInputError: Empty but needed, too long, or no text.
    """
    return page(" ".join(text.split()), what, most=most, needed=needed)


def page(text: str, what: Message, *, most: int = MAX_PAGE, needed: bool = False) -> str:
    """Take text of several lines; like `line`, but its lines stay.

    Raises:
        InvalidInputError: Empty but needed, too long, or no text.
    """
    kept = text.strip()
    if needed and not kept:
        raise InvalidInputError(
            msg("{what} is needed.", what=what), hint=msg("Type it and try again.")
        )
    if len(kept) > most:
        raise InvalidInputError(
            msg("{what} of {length} characters is too long.", what=what, length=len(kept)),
            hint=msg("Shorten it to {most} characters.", most=most),
        )
    try:
        kept.encode()
        is_text = "\0" not in kept
    except UnicodeEncodeError:
        is_text = False
    if not is_text:
        raise InvalidInputError(
            msg("{what} holds what is no text.", what=what), hint=msg("Type it again.")
        )
    return kept


def link(text: str, what: Message) -> str:
    """Take the address of a page on the web; "" is none.

    Raises:
        InvalidInputError: It is no address that begins with http:// or https://.
    """
    kept = line(text, what, most=2000)
    if not kept:
        return ""
    try:
        parts = urlsplit(kept)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in kept
    except ValueError:
        sound = False
    if not sound:
        raise InvalidInputError(
            msg("{what} is no address of a page.", what=what),
            hint=msg("It begins with https://, such as https://example.org."),
        )
    return kept


def address(text: str) -> str:
    """Take an e-mail address and bring it to the spelling accounts have.

    Raises:
        InvalidInputError: It is none.
    """
    kept = text.strip().casefold()
    local, at, domain = kept.partition("@")
    if not (local and at and domain) or len(kept) > 254 or any(c.isspace() for c in kept):
        raise InvalidInputError(
            msg("{text!r} is not an e-mail address.", text=text.strip()[:60]),
            hint=msg("Such as ada@example.org."),
        )
    return line(kept, msg("An e-mail address"), most=254)


def whole(
    number: int | None, what: Message, *, least: int = 0, most: int = MAX_PEOPLE
) -> int | None:
    """Take a whole number, or None for none.

    Raises:
        InvalidInputError: It is out of range.
    """
    if number is not None and not least <= number <= most:
        raise InvalidInputError(
            msg("{what} is a number from {least} to {most}.", what=what, least=least, most=most)
        )
    return number


def tags(words: Iterable[str]) -> list[str]:
    """Take tags: trimmed, each once whatever its case, in the order given.

    Raises:
        InvalidInputError: Too many, or one too long.
    """
    kept: dict[str, str] = {}
    for word in words:
        tag = line(word, msg("A tag"), most=40)
        if tag:
            kept.setdefault(tag.casefold(), tag)
    if len(kept) > MAX_TAGS:
        raise InvalidInputError(
            msg("At most {max_tags} tags.", max_tags=MAX_TAGS), hint=msg("Leave some away.")
        )
    return list(kept.values())


def time_zone(name: str) -> str:
    """Take the IANA name of a time zone.

    Raises:
        InvalidInputError: There is no such zone.
    """
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            msg("There is no time zone {name!r}.", name=name[:60]),
            hint=msg("Use a name such as Europe/Berlin."),
        ) from error
