"""Layouts made of parsed TOML: every value is checked, and every error names its place."""

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
    """Where a value of a layout stands; as text, the beginning of a sentence about it.

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
    """A value of a layout cannot be used.

    Attributes:
        place: Where it stands.
    """

    def __init__(self, place: Place, message: Message, *, hint: Message = _HINT) -> None:
        super().__init__(message, hint=hint)
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
        nothing = msg("{place} has nothing on its front.", place=_LAYOUT)
        raise LayoutError(_LAYOUT, nothing, hint=_NO_FRONT)
    if "back" in found and "front" not in found:
        back = msg("{place} has a back and no front.", place=_LAYOUT)
        raise LayoutError(_LAYOUT, back, hint=_NO_FRONT)
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
        raise LayoutError(
            place,
            msg("{place} is no list of parts.", place=place),
            hint=msg("Begin each part with [[{side}]].", side=side),
        )
    if len(found) > most:
        many = msg(
            "{place} has {parts} parts; {most:g} are the most.",
            place=place,
            parts=len(found),
            most=most,
        )
        raise LayoutError(place, many)
    return tuple(_part(one, side, no, width, height) for no, one in enumerate(found, 1))


def _part(found: Mapping[str, Any], side: str, no: int, width: float, height: float) -> Part:
    place = Place(f"{side.capitalize()} {no}", "kind", side, no)
    kind = _one_of(Kind, found.get("kind", "text"), place)
    said = str(found.get("text", found.get("file", "")))[:30]
    told = f"{kind} {said!r}" if said else kind.value
    place = replace(place, thing=f"{place.thing} ({told})", key="")
    _need_known(found, ("kind", *KEYS[kind]), place)
    values = {key: _value(key, found[key], place.at(key)) for key in KEYS[kind] if key in found}
    part = Part(kind, **values)
    _need_room(part, place, width, height)
    _need_sense(part, place)
    return part


def _need_room(part: Part, place: Place, width: float, height: float) -> None:
    """Refuse a place that is no place, or leaves the paper."""
    right, lower = part.x + part.width, part.y + part.height
    if right > width + _SLACK_MM:
        at = place.at("width")
        wide = msg(
            "{place} ends at {end:g} mm, and the paper is {most:g} mm wide.",
            place=at,
            end=right,
            most=width,
        )
        raise LayoutError(at, wide)
    if lower > height + _SLACK_MM:
        at = place.at("height")
        high = msg(
            "{place} ends at {end:g} mm, and the paper is {most:g} mm high.",
            place=at,
            end=lower,
            most=height,
        )
        raise LayoutError(at, high)
    if part.kind is Kind.LINE:
        if (part.width <= 0) == (part.height <= 0):
            one = msg("{place} needs a width or a height, and only one of them.", place=place)
            raise LayoutError(place, one)
    elif part.width <= 0 or part.height <= 0:
        raise LayoutError(place, msg("{place} needs a width and a height above 0.", place=place))


def _need_sense(part: Part, place: Place) -> None:
    if part.turn not in (0, 90, 180, 270):
        at = place.at("turn")
        turned = msg("{place} is {turn}; it is 0, 90, 180 or 270.", place=at, turn=part.turn)
        raise LayoutError(at, turned)
    if part.kind is Kind.TEXT:
        if not part.text.strip():
            at = place.at("text")
            raise LayoutError(
                at, msg("{place} says nothing.", place=at), hint=msg('Such as text = "{name}".')
            )
        if part.min_size > part.size:
            at = place.at("min_size")
            raise LayoutError(at, msg("{place} is larger than size.", place=at))
    for key in ("text", "when", "unless"):
        unknown = unknown_value(getattr(part, key), whole=key != "text")
        if unknown:
            at = place.at(key)
            named = msg("{place} names {name!r}, which no badge has.", place=at, name=unknown)
            raise LayoutError(at, named)
    if part.kind is Kind.LOGO and not _FILE.fullmatch(part.file):
        raise _wrong(
            part.file[:60],
            place.at("file"),
            msg("{place} is {found}; it is the name of a .png or .jpg beside the layout."),
        )


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
        raise _wrong(
            found, place, msg("{place} is {found}; it is a list of names of ticket types.")
        )
    return tuple(_text(each, place, 200) for each in found[:50])


def _number(found: Any, limit: str, place: Place) -> float:
    least, most = LIMITS.get(limit, (0, 360))
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise _wrong(found, place, msg("{place} is {found}; it is a number."))
    if not least <= found <= most:
        outside = msg(
            "{place} is {found:g}; it is from {least:g} to {most:g}.",
            place=place,
            found=found,
            least=least,
            most=most,
        )
        raise LayoutError(place, outside)
    return float(found)


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
            place=place,
            characters=len(found),
            most=most,
        )
        raise LayoutError(place, long)
    return found


def _language(found: Any, place: Place) -> str:
    language = _text(found, place, 35)
    if language and not LANGUAGE.fullmatch(language):
        raise _wrong(
            language, place, msg("{place} is {found}; it is a code such as de or zh-Hant.")
        )
    return language


def _words(found: Any) -> Mapping[str, Mapping[str, str]]:
    """Read the labels: texts for any language, tables for one each."""
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
        at = place.at(key)
        if near := get_close_matches(key, known, 1):
            meant = msg(
                "{place} is nothing that is known there; {near!r} may be meant.",
                place=at,
                near=near[0],
            )
            raise LayoutError(at, meant)
        raise LayoutError(at, msg("{place} is nothing that is known there.", place=at))


def _wrong(found: object, place: Place, message: Message) -> LayoutError:
    """The error for a value that is not what its message says."""
    shown = repr(found) if len(repr(found)) < 40 else f"{repr(found)[:39]}…"
    values = {**message.arguments, "place": place, "found": shown}
    return LayoutError(place, replace(message, arguments=values))
