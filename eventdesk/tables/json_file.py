"""JSON files: a list with an object for each row."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Final, TextIO

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.json_text import json_text
from eventdesk.core.messages import Message, msg
from eventdesk.tables.cells import MAX_COLUMNS, Cell, keepable, text_of

MAX_OBJECT: Final = 1_000_000
"""Most characters of one object."""

_BLOCK: Final = 1 << 16
_MAX_NUMBER: Final = 400
_EXAMPLE: Final = msg("Such as {example}.", example='[{"name": "Ada"}, {"name": "Grace"}]')
_SPACES = re.compile(r"[ \t\n\r]*")


class JsonFile:
    """A JSON file with a list of objects, read object by object."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: list[str] | None = None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read the objects as rows; the first row is all names, in order of appearance.

        Raises:
            InvalidInputError: It is no list of objects, one is too long or names something twice,
                or it holds what no table does.
            OSError: It cannot be read.
        """
        if self._names is None:
            names: dict[str, None] = {}
            for number, each in self._objects():
                names.update(dict.fromkeys(each))
                if len(names) > MAX_COLUMNS:
                    said = msg("more than {most} names are used", most=MAX_COLUMNS)
                    raise self._wrong(number, said)
            self._names = list(names)
        if self._names:
            yield 1, self._names
        for number, each in self._objects():
            cells = [_shown(each.get(name)) for name in self._names]
            if any(cell.strip() for cell in cells):
                yield number, cells

    def _objects(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Read one object after the other, each with the number of its row."""
        number = 1
        try:
            with self._path.open(encoding=_encoding_of(self._path)) as file:
                text = _Text(file)
                if text.sign() != "[":
                    raise self._no_list()
                text.take()
                more = text.sign() != "]"
                while more:
                    number += 1
                    if text.sign() != "{":
                        raise self._no_list()
                    yield number, text.object()
                    more = text.sign() == ","
                    if more:
                        text.take()
                if text.sign() != "]":
                    raise self._wrong(number, msg("the list has no end there"))
                text.take()
                if text.sign():
                    raise self._wrong(number, msg("something stands behind the list"))
        except UnicodeError as error:
            raise self._wrong(number, msg("this is no text in UTF-8")) from error
        except (ValueError, RecursionError) as error:
            raise self._wrong(number, str(error)[:200]) from error

    def _no_list(self) -> InvalidInputError:
        return InvalidInputError(
            msg("{name} is no table in JSON.", name=self._path.name), hint=_EXAMPLE
        )

    def _wrong(self, number: int, what: Message | str) -> InvalidInputError:
        name = self._path.name
        said = msg(
            "{name} is no table in JSON, row {row}: {what}.", name=name, row=number, what=what
        )
        return InvalidInputError(said, hint=_EXAMPLE)


def write_json(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write rows as objects, one a line; amounts are text, for JSON's numbers are not exact.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", encoding="utf-8", errors="replace") as file:
        file.write("[")
        parting = "\n"
        for row in rows:
            line = {name: _plain(cell) for name, cell in zip(heading, row, strict=True)}
            file.write(parting + json_text(line))
            parting = ",\n"
        file.write("\n]\n")


class _Text:
    """The text of a file, kept only as far as it is needed."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._kept, self._at = "", 0
        self._decoder = json.JSONDecoder(
            object_pairs_hook=_told_once,
            parse_constant=_refuse,
            parse_int=_number,
            parse_float=_finite,
        )

    def sign(self) -> str:
        """The next sign that is no space; "" at the end."""
        while True:
            found = _SPACES.match(self._kept, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._kept):
                return self._kept[self._at]
            if not self._more():
                return ""

    def take(self) -> None:
        """Go on behind the next sign."""
        self._at += 1

    def object(self) -> dict[str, object]:
        """Read the object that begins here.

        Raises:
            ValueError: It is none, too long, or holds what no table does.
            RecursionError: It is nested too deep.
        """
        while True:
            try:
                value, self._at = self._decoder.raw_decode(self._kept, self._at)
            except json.JSONDecodeError as error:
                # It may go on behind what is kept.
                if len(self._kept) - self._at > MAX_OBJECT:
                    said = msg("it has more than {most:,} characters", most=MAX_OBJECT)
                    raise ValueError(said) from error
                if not self._more():
                    raise ValueError(error.msg) from error
            else:
                return dict(value)

    def _more(self) -> bool:
        block = self._file.read(max(_BLOCK, len(self._kept) - self._at))
        self._kept, self._at = self._kept[self._at :] + block, 0
        return bool(block)


def _told_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(msg("a name is there twice in one object"))
    return found


def _refuse(constant: str) -> object:
    raise ValueError(msg("{text} is no number", text=constant))


def _finite(digits: str) -> object:
    return float(digits) if isfinite(float(digits)) else _refuse(digits[:40])


def _number(digits: str) -> object:
    """A whole number; one longer than any amount or code stays as its digits."""
    return int(digits) if len(digits) < _MAX_NUMBER else digits


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        return json.detect_encoding(file.read(4))


def _plain(cell: Cell) -> object:
    return cell if cell is None or isinstance(cell, int) else keepable(text_of(cell))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return text_of(value)
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
