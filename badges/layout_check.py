"""Layouts read from parsed TOML: every value is checked, every error names its place."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from badges.layout_parts import LIMITS, Kind, Layout, Part, Side
from badges.values import LANGUAGE, unknown_value
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, _, msg

SIDES: Final = ("front", "back")

_ANYWHERE = ("x", "y", "width", "height", "turn", "types", "not_types", "when", "unless")
_WORDS = ("text", "size", "min_size", "lines", "align", "valign", "weight", "upper", "tracking")
KEYS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.TEXT: (*_ANYWHERE, *_WORDS, "plate", "radius"),
    Kind.QR: _ANYWHERE,
    Kind.LOGO: (*_ANYWHERE, "file", "align", "valign", "dither"),
    Kind.LINE: (*_ANYWHERE, "thickness"),
    Kind.BOX: (*_ANYWHERE, "thickness", "fill", "radius"),
}
"""The keys of each kind of part, in the order in which they are written."""

_TYPES: Final = {each.name: each.type for each in fields(Part)}
_TOP: Final = ("title", "width", "height", "language", "turn_back", "words", *SIDES)
_SLACK_MM = 0.05
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}\.(?:png|jpe?g)", re.IGNORECASE)
_HINT = msg("docs/badges.md says what may stand there; nothing was changed.")
_NO_FRONT = msg("Add a [[front]].")


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a value in a layout; as text, the beginning of a sentence about it.

    Attributes:
        thing: A part, a side or a table as the file calls it; "" is the layout itself.
        key: The key of the value; "" is the whole thing.
        side: "front" or "back", where it is a part.
        number: Which part of its side, from 1.
    """

    thing: str = ""
    key: str = ""
    side: str = ""
    number: int = 0

    def at(self, key: str) -> "Place":
        """The place of one value of this thing."""
        return replace(self, key=key)

    def __str__(self) -> str:
        if self.thing:
            return f"{self.thing}, {self.key}" if self.key else self.thing
        return _("The layout, {key}", key=self.key) if self.key else _("The layout")


_LAYOUT = Place()


class LayoutError(InvalidInputError):
    """A value of a layout that cannot be used; its message names the `{place}`."""

    def __init__(self, place: Place, message: Message, *, hint: Message = _HINT) -> None:
        values = {**message.arguments, "place": place}
        super().__init__(replace(message, arguments=values), hint=hint)
        self.place = place


def read_parts(found: Mapping[str, Any], name: str) -> Layout:
    """Make the layout of a parsed file.

    Raises:
        LayoutError: A value cannot be used.
    """
    _need_known(found, _TOP, _LAYOUT)
    width, height = (
        _number(found.get(key, 0), "paper", _LAYOUT.at(key)) for key in ("width", "height")
    )
    sides = tuple(
        _side(found.get(side, []), side, width, height) for side in SIDES if side in found
    )
    if not sides or not sides[0]:
        raise LayoutError(_LAYOUT, msg("{place} has nothing on its front."), hint=_NO_FRONT)
    if "back" in found and "front" not in found:
        raise LayoutError(_LAYOUT, msg("{place} has a back and no front."), hint=_NO_FRONT)
    return Layout(
        name,
        _text(found.get("title", ""), _LAYOUT.at("title"), 80),
        width,
        height,
        sides if len(sides) == 1 or sides[1] else sides[:1],
        _language(found.get("language", ""), _LAYOUT.at("language")),
        _words(found.get("words", {})),
        _yes_no(found.get("turn_back", False), _LAYOUT.at("turn_back")),
    )


def _side(found: Any, side: str, width: float, height: float) -> Side:
    place, most = Place(side.capitalize()), LIMITS["parts"][1]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        begin = msg("Begin each part with [[{side}]].", side=side)
        raise LayoutError(place, msg("{place} is no list of parts."), hint=begin)
    if (parts := len(found)) > most:
        raise LayoutError(
            place, msg("{place} has {parts} parts; {most:g} are the most.", parts=parts, most=most)
        )
    return tuple(
        _part(one, Place("", "kind", side, no), width, height) for no, one in enumerate(found, 1)
    )


def _part(found: Mapping[str, Any], place: Place, width: float, height: float) -> Part:
    called = f"{place.side.capitalize()} {place.number}"
    kind = _one_of(Kind, found.get("kind", "text"), replace(place, thing=called))
    said = str(found.get("text", found.get("file", "")))[:30]
    told = f"{kind} {said!r}" if said else kind.value
    place = replace(place, thing=f"{called} ({told})", key="")
    _need_known(found, ("kind", *KEYS[kind]), place)
    values = {key: _value(key, found[key], place.at(key)) for key in KEYS[kind] if key in found}
    part = Part(kind, **values)
    _need_room(part, place, width, height)
    _need_sense(part, place)
    return part


def _need_room(part: Part, place: Place, width: float, height: float) -> None:
    """Refuse a part without an area, or one that leaves the paper."""
    right, lower = part.x + part.width, part.y + part.height
    if right > width + _SLACK_MM:
        wide = msg(
            "{place} ends at {end:g} mm, and the paper is {most:g} mm wide.", end=right, most=width
        )
        raise LayoutError(place.at("width"), wide)
    if lower > height + _SLACK_MM:
        high = msg(
            "{place} ends at {end:g} mm, and the paper is {most:g} mm high.", end=lower, most=height
        )
        raise LayoutError(place.at("height"), high)
    if part.kind is Kind.LINE:
        if (part.width <= 0) == (part.height <= 0):
            one = msg("{place} needs a width or a height, and only one of them.")
            raise LayoutError(place, one)
    elif part.width <= 0 or part.height <= 0:
        raise LayoutError(place, msg("{place} needs a width and a height above 0."))


def _need_sense(part: Part, place: Place) -> None:
    if part.turn not in (0, 90, 180, 270):
        turned = msg("{place} is {turn}; it is 0, 90, 180 or 270.", turn=part.turn)
        raise LayoutError(place.at("turn"), turned)
    if part.kind is Kind.TEXT:
        if not part.text.strip():
            such = msg('Such as text = "{name}".')
            raise LayoutError(place.at("text"), msg("{place} says nothing."), hint=such)
        if part.min_size > part.size:
            raise LayoutError(place.at("min_size"), msg("{place} is larger than size."))
    for key in ("text", "when", "unless"):
        if unknown := unknown_value(getattr(part, key), whole=key != "text"):
            named = msg("{place} names {name!r}, which no badge has.", name=unknown)
            raise LayoutError(place.at(key), named)
    if part.kind is Kind.LOGO and not _FILE.fullmatch(part.file):
        beside = msg("{place} is {found}; it is the name of a .png or .jpg beside the layout.")
        raise _wrong(part.file[:60], place.at("file"), beside)


def _value(key: str, found: Any, place: Place) -> Any:
    """Read one value as the type its part wants."""
    wanted = _TYPES[key]
    if wanted is bool:
        return _yes_no(found, place)
    if wanted in (int, float):
        number = _number(found, key, place)
        if wanted is int and number != int(number):
            raise _wrong(found, place, msg("{place} is {found}; it is a whole number."))
        return int(number) if wanted is int else number
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return _one_of(wanted, found, place)
    if wanted is str:
        return _text(found, place, int(LIMITS["text"][1]))
    if not isinstance(found, list):
        types = msg("{place} is {found}; it is a list of names of ticket types.")
        raise _wrong(found, place, types)
    return tuple(_text(each, place, 200) for each in found[:50])


def _number(found: Any, limit: str, place: Place) -> float:
    least, most = LIMITS.get(limit, (0, 360))
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise _wrong(found, place, msg("{place} is {found}; it is a number."))
    try:
        number = float(found)
    except OverflowError:  # TOML knows whole numbers of any length
        number = math.copysign(math.inf, found > 0 or -1)
    if not least <= number <= most:
        outside = msg(
            "{place} is {found:g}; it is from {least:g} to {most:g}.",
            found=number,
            least=least,
            most=most,
        )
        raise LayoutError(place, outside)
    return number


def _yes_no(found: Any, place: Place) -> bool:
    if not isinstance(found, bool):
        raise _wrong(found, place, msg("{place} is {found}; it is true or false."))
    return found


def _one_of(choices: type[StrEnum], found: Any, place: Place) -> Any:
    try:
        return choices(found)
    except ValueError:
        known = msg("{place} is {found}; it is one of {known}.", known=", ".join(choices))
        raise _wrong(found, place, known) from None


def _text(found: Any, place: Place, most: int) -> str:
    if not isinstance(found, str):
        raise _wrong(found, place, msg('{place} is {found}; it is text, in "quotes".'))
    if len(found) > most:
        long = msg(
            "{place} has {characters} characters; {most} are the most.",
            characters=len(found),
            most=most,
        )
        raise LayoutError(place, long)
    return found


def _language(found: Any, place: Place) -> str:
    language = _text(found, place, 35)
    if language and not LANGUAGE.fullmatch(language):
        code = msg("{place} is {found}; it is a code such as de or zh-Hant.")
        raise _wrong(language, place, code)
    return language


def _words(found: Any) -> Mapping[str, Mapping[str, str]]:
    """Read the labels: texts for any language, and a table for each language."""
    if not isinstance(found, dict):
        raise _wrong(found, _LAYOUT.at("words"), msg("{place} is {found}; it is a table."))
    words: dict[str, dict[str, str]] = {}
    for language, name, text in _labels(found):
        place = Place("Words", f"{language} {name}".strip())
        code = _language(language, place) if language else ""
        words.setdefault(code, {})[name] = _text(text, place, 200)
    return words


def _labels(found: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from ((key, name, text) for name, text in value.items())
        else:
            yield "", key, value


def _need_known(found: Mapping[str, Any], known: tuple[str, ...], place: Place) -> None:
    for key in found:
        if key in known:
            continue
        problem = msg("{place} is nothing that is known there.")
        if near := get_close_matches(key, known, 1):
            problem = msg(
                "{place} is nothing that is known there; {near!r} may be meant.", near=near[0]
            )
        raise LayoutError(place.at(key), problem)


def _wrong(found: object, place: Place, message: Message) -> LayoutError:
    """The error for a value that is not what its message says."""
    shown = repr(found) if len(repr(found)) < 40 else f"{repr(found)[:39]}…"
    return LayoutError(place, replace(message, arguments={**message.arguments, "found": shown}))
