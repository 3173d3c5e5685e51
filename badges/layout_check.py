"""Reading one layout from a parsed file: every value is checked, every error names its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from badges.layout_parts import LIMITS, Kind, Layout, Part, Side
from badges.values import LANGUAGE, unknown_value
from eventdesk.core.errors import InvalidInputError

__all__ = ["KEYS", "SIDES", "check_layout", "read_parts"]

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
"""What can be said of each kind of part, in the order in which it is written down."""

_TYPES: Final = {each.name: each.type for each in fields(Part)}
_TOP: Final = ("title", "width", "height", "language", "turn_back", "words", *SIDES)
_SLACK_MM = 0.05
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}\.(?:png|jpe?g)", re.IGNORECASE)
_HINT = "docs/badges.md says what may stand there; nothing was changed."


def read_parts(found: Mapping[str, Any], name: str) -> Layout:
    """Make the layout of a parsed file.

    Raises:
        InvalidInputError: A value cannot be used; the sentence begins with its place.
    """
    _need_known(found, _TOP, "the layout")
    width, height = (
        _number(found.get(key, 0), "paper", f"the layout, {key}") for key in ("width", "height")
    )
    sides = tuple(
        _side(found.get(side, []), side, width, height) for side in SIDES if side in found
    )
    if not sides or not sides[0]:
        raise _wrong("the layout", "has nothing on its front", hint="Add a [[front]].")
    if "back" in found and "front" not in found:
        raise _wrong("the layout", "has a back and no front", hint="Add a [[front]].")
    return Layout(
        name,
        _text(found.get("title", ""), "the layout, title", 80),
        width,
        height,
        sides if len(sides) == 1 or sides[1] else sides[:1],
        _language(found.get("language", ""), "the layout, language"),
        _words(found.get("words", {})),
        _yes_no(found.get("turn_back", False), "the layout, turn_back"),
    )


def check_layout(layout: Layout) -> None:
    """Check a layout that was made or changed in memory, as if it were read.

    Raises:
        InvalidInputError: As `read_parts`.
    """
    from badges.layout_file import read_layout, write_layout

    read_layout(write_layout(layout), name=layout.name)


def _side(found: Any, side: str, width: float, height: float) -> Side:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _wrong(side, "is no list of parts", hint=f"Begin each part with [[{side}]].")
    if len(found) > LIMITS["parts"][1]:
        raise _wrong(side, f"has {len(found)} parts; {LIMITS['parts'][1]:g} are the most")
    return tuple(_part(one, f"{side} {no}", width, height) for no, one in enumerate(found, 1))


def _part(found: Mapping[str, Any], where: str, width: float, height: float) -> Part:
    kind = _one_of(Kind, found.get("kind", "text"), f"{where}, kind")
    where = f"{where} ({_told(kind, found)})"
    _need_known(found, ("kind", *KEYS[kind]), where)
    values = {key: _value(key, found[key], f"{where}, {key}") for key in KEYS[kind] if key in found}
    part = Part(kind, **values)
    _need_room(part, where, width, height)
    _need_sense(part, where)
    return part


def _told(kind: Kind, found: Mapping[str, Any]) -> str:
    said = str(found.get("text", found.get("file", "")))[:30]
    return f"{kind} {said!r}" if said else kind.value


def _need_room(part: Part, where: str, width: float, height: float) -> None:
    """Refuse a place that is no place, or leaves the paper."""
    for key, side, start, length, most in (
        ("width", "wide", part.x, part.width, width),
        ("height", "high", part.y, part.height, height),
    ):
        if start + length > most + _SLACK_MM:
            raise _wrong(
                f"{where}, {key}",
                f"ends at {start + length:g} mm, and the paper is {most:g} mm {side}",
            )
    empty = part.width <= 0 or part.height <= 0
    if part.kind is Kind.LINE and (part.width <= 0) == (part.height <= 0):
        raise _wrong(where, "needs a width or a height, and only one of them")
    if part.kind is not Kind.LINE and empty:
        raise _wrong(where, "needs a width and a height above 0")


def _need_sense(part: Part, where: str) -> None:
    if part.turn not in (0, 90, 180, 270):
        raise _wrong(f"{where}, turn", f"is {part.turn}; it is 0, 90, 180 or 270")
    if part.kind is Kind.TEXT:
        if not part.text.strip():
            raise _wrong(f"{where}, text", "says nothing", hint='Such as text = "{name}".')
        if part.min_size > part.size:
            raise _wrong(f"{where}, min_size", "is larger than size")
    for key in ("text", "when", "unless"):
        unknown = unknown_value(getattr(part, key), whole=key != "text")
        if unknown:
            raise _wrong(f"{where}, {key}", f"names {unknown!r}, which no badge has")
    if part.kind is Kind.LOGO and not _FILE.fullmatch(part.file):
        raise _wrong(
            f"{where}, file",
            f"is {part.file[:60]!r}; it is the name of a .png or .jpg beside the layout",
        )


def _value(key: str, found: Any, where: str) -> Any:
    """Read one value as the type its part wants."""
    wanted = _TYPES[key]
    if wanted is bool:
        return _yes_no(found, where)
    if wanted in (int, float):
        number = _number(found, key, where)
        if wanted is int and number != int(number):
            raise _wrong(where, f"is {found}; it is a whole number")
        return int(number) if wanted is int else number
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return _one_of(wanted, found, where)
    if wanted is str:
        return _text(found, where, int(LIMITS["text"][1]))
    if not isinstance(found, list):
        raise _wrong(where, f"is {_shown(found)}; it is a list of names of ticket types")
    return tuple(_text(each, where, 200) for each in found[:50])


def _number(found: Any, limit: str, where: str) -> float:
    least, most = LIMITS.get(limit, (0, 360))
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise _wrong(where, f"is {_shown(found)}; it is a number")
    if not least <= found <= most:
        raise _wrong(where, f"is {found:g}; it is from {least:g} to {most:g}")
    return float(found)


def _yes_no(found: Any, where: str) -> bool:
    if not isinstance(found, bool):
        raise _wrong(where, f"is {_shown(found)}; it is true or false")
    return found


def _one_of(choices: type[StrEnum], found: Any, where: str) -> Any:
    try:
        return choices(found)
    except ValueError:
        known = ", ".join(choices)
        raise _wrong(where, f"is {_shown(found)}; it is one of {known}") from None


def _text(found: Any, where: str, most: int) -> str:
    if not isinstance(found, str):
        raise _wrong(where, f'is {_shown(found)}; it is text, in "quotes"')
    if len(found) > most:
        raise _wrong(where, f"has {len(found)} characters; {most} are the most")
    return found


def _language(found: Any, where: str) -> str:
    language = _text(found, where, 35)
    if language and not LANGUAGE.fullmatch(language):
        raise _wrong(where, f"is {language!r}; it is a code such as de or zh-Hant")
    return language


def _words(found: Any) -> Mapping[str, Mapping[str, str]]:
    """Read the labels: texts for any language, tables for one each."""
    if not isinstance(found, dict):
        raise _wrong("the layout, words", f"is {_shown(found)}; it is a table")
    words: dict[str, dict[str, str]] = {}
    for language, name, text in _labels(found):
        where = f"words, {language} {name}".replace(" ,", ",")
        words.setdefault(_language(language, where) if language else "", {})[name] = _text(
            text, where, 200
        )
    return words


def _labels(found: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for key, value in found.items():
        if isinstance(value, dict):
            yield from ((key, name, text) for name, text in value.items())
        else:
            yield "", key, value


def _need_known(found: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in found:
        if key not in known:
            near = get_close_matches(key, known, 1)
            meant = f"; {near[0]!r} may be meant" if near else ""
            raise _wrong(f"{where}, {key}", f"is nothing that is known there{meant}")


def _shown(found: Any) -> str:
    return repr(found) if len(repr(found)) < 40 else f"{repr(found)[:39]}…"


def _wrong(where: str, what: str, *, hint: str = _HINT) -> InvalidInputError:
    return InvalidInputError(f"{where[:1].upper()}{where[1:]} {what}.", hint=hint)
