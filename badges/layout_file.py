"""Badge layouts as TOML files: read, written, and the gallery of ready ones."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from badges.badge import Badge
from badges.layout_check import KEYS, SIDES, LayoutError, Place, read_parts
from badges.layout_parts import Layout, Part
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import Remedy, ShownList, advise

DEFAULT: Final = "label-62"
"""The layout where nobody chose one."""

SUFFIX: Final = ".toml"
MAX_BYTES: Final = 64 * 1024

_GALLERY = Path(__file__).parent / "gallery"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_USUAL = {each.name: each.default for each in fields(Part)}
_NEVER_LEFT_OUT = ("x", "y", "width", "height", "text", "file")


def read_layout(text: str, *, name: str = "", folder: Path | None = None) -> Layout:
    """Read a layout from TOML, as docs/badges.md describes it.

    Args:
        text: The text of its file.
        name: Stem of the file.
        folder: Where its logos lie.

    Raises:
        InvalidInputError: It is no TOML, or a value cannot be used; the message names the place.
    """
    try:
        layout = read_parts(tomllib.loads(text), name)
    except LayoutError as error:
        located = _located(error.message, name, _line_of(text, error.place))
        raise InvalidInputError(located, hint=error.advice) from error
    except (ValueError, RecursionError) as error:  # also of a number with thousands of digits
        file = f"{name}{SUFFIX}" if name else msg("The layout")
        raise InvalidInputError(
            msg("{file} is no whole TOML file: {error}.", file=file, error=error),
            hint=msg("A file that was cut off ends in the middle of a line. Nothing was changed."),
        ) from error
    return replace(layout, folder=folder)


def check_layout(layout: Layout) -> None:
    """Check a layout that was made or changed in memory, as `read_layout` does."""
    read_layout(write_layout(layout), name=layout.name)


def load_layout(path: Path) -> Layout:
    """Read a layout from its file.

    Raises:
        NotFoundError: There is no such file.
        InvalidInputError: It is too large, no text, or no layout.
    """
    return read_layout(read_text(path), name=path.stem, folder=path.parent)


def read_text(path: Path) -> str:
    """Read the text of a layout's file; raises as `load_layout`."""
    try:
        if not path.is_file():
            raise NotFoundError(
                msg("There is no layout {stem!r}.", stem=path.stem),
                hint=advise(Remedy.OPEN_LIST, of=ShownList.LAYOUTS),
            )
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InvalidInputError(
                msg(
                    "{name} is larger than {most_bytes} KiB.",
                    name=path.name,
                    most_bytes=MAX_BYTES // 1024,
                )
            )
        return content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InvalidInputError(msg("{name} is no text in UTF-8.", name=path.name)) from error
    except OSError as error:
        raise InvalidInputError(
            msg("{name} cannot be read: {strerror}.", name=path.name, strerror=error.strerror),
            hint=msg("Give yourself permission."),
        ) from error


def write_layout(layout: Layout) -> str:
    """Return the text of a layout's file; `read_layout` makes the same layout of it."""
    head = [
        f"title = {_quoted(layout.title)}",
        f"width = {layout.width_mm:g}  # mm",
        f"height = {layout.height_mm:g}  # mm",
    ]
    if layout.language:
        head.append(f"language = {_quoted(layout.language)}")
    if layout.turn_back:
        head.append("turn_back = true")
    blocks = ["\n".join(head), *_words(layout)]
    for side, parts in zip(SIDES, layout.sides, strict=False):
        blocks += [f"[[{side}]]\n{_written(part)}" for part in parts]
    return "\n\n".join(blocks) + "\n"


@lru_cache(maxsize=1)
def gallery() -> tuple[Layout, ...]:
    """Return the ready layouts, the default one first."""
    paths = sorted(_GALLERY.glob(f"*{SUFFIX}"), key=lambda path: (path.stem != DEFAULT, path.stem))
    return tuple(load_layout(path) for path in paths if not path.stem.startswith("_"))


@lru_cache(maxsize=8)
def ready_layout(name: str) -> Layout:
    """Return a layout that we ship, also one that is not for badges.

    Raises:
        NotFoundError: There is no such layout.
    """
    return load_layout(_GALLERY / f"{name}{SUFFIX}")


def is_name(typed: str) -> bool:
    """Whether a text can be the name of a layout: small letters, digits, - and _."""
    return _NAME.fullmatch(typed) is not None


def need_name(typed: str) -> None:
    """Refuse a text that cannot be the name of a layout."""
    if not is_name(typed):
        raise InvalidInputError(
            msg("{name!r} cannot be the name of a layout.", name=typed[:60]),
            hint=msg("Small letters, digits, - and _ make one, such as vip-card."),
        )


def find_layout(name: str, folder: Path) -> Layout:
    """Find a layout by name ("" is the default): in a folder of one's own, then in the gallery.

    Raises:
        NotFoundError: There is no such layout.
        InvalidInputError: The name cannot be one, or the file cannot be used.
    """
    wanted = name or DEFAULT
    need_name(wanted)
    own = folder / f"{wanted}{SUFFIX}"
    if own.exists():
        return _loaded(own, own.stat().st_mtime_ns)
    return ready_layout(wanted)


def layout_or_default(name: str, folder: Path) -> Layout:
    """Find a layout to print with; the default one where its file cannot be used."""
    try:
        return find_layout(name, folder)
    except (NotFoundError, InvalidInputError, OSError):
        return ready_layout(DEFAULT)


def layout_for(badge: Badge) -> Layout:
    """Return the layout that a badge's event chose; the default one where it cannot be used."""
    chosen = Path(badge.layout)
    if badge.layout and chosen.is_absolute():
        return layout_or_default(chosen.stem, chosen.parent)
    return layout_or_default(badge.layout, _GALLERY)


@lru_cache(maxsize=32)
def _loaded(path: Path, _changed_ns: int) -> Layout:
    return load_layout(path)


def _written(part: Part) -> str:
    usual = {key: value for key, value in _USUAL.items() if key not in _NEVER_LEFT_OUT}
    lines = [f"kind = {_quoted(part.kind)}"]
    for key in KEYS[part.kind]:
        value = getattr(part, key)
        if usual.get(key, object()) != value:
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines)


def _words(layout: Layout) -> Iterator[str]:
    for language in sorted(layout.words):
        table = f"[words.{language}]" if language else "[words]"
        labels = (
            f"{_quoted(key)} = {_quoted(text)}" for key, text in layout.words[language].items()
        )
        yield "\n".join([table, *labels])


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quoted, value))}]"
    return _quoted(value)


def _quoted(text: str | StrEnum) -> str:
    """Return a TOML 1.0 basic string: that of JSON, with DEL escaped and no lone surrogates."""
    whole = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", str(text))
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def _located(problem: Message, name: str, line: int | None) -> Message:
    """Put file and line before what is wrong, as far as they are known."""
    file = f"{name}{SUFFIX}"
    if name and line:
        return msg("{file}, line {line}: {problem}", file=file, line=line, problem=problem)
    if name:
        return msg("{file}: {problem}", file=file, problem=problem)
    return msg("Line {line}: {problem}", line=line, problem=problem) if line else problem


def _line_of(text: str, place: Place) -> int | None:
    """Find the line of a place; None where it cannot be found."""
    lines = text.split("\n")
    key = rf"\s*{re.escape(place.key)}\s*="
    if not place.number:
        return _first(lines, key) if place.key and not place.thing else None
    head = rf"\s*\[\[\s*{place.side}\s*\]\]"
    heads = [no for no, line in enumerate(lines) if re.match(head, line)]
    if place.number > len(heads):
        return None
    start = heads[place.number - 1]
    end = next((no for no in range(start + 1, len(lines)) if lines[no].startswith("[")), len(lines))
    within = _first(lines[start:end], key) if place.key else None
    return start + (within or 1)


def _first(lines: list[str], pattern: str) -> int | None:
    return next((no for no, line in enumerate(lines, 1) if re.match(pattern, line)), None)
