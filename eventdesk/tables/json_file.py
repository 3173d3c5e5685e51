"""JSON files: a list with an object for each row."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eventdesk.errors import InvalidInputError
from eventdesk.tables.cells import Cell, text_of


def read_json(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read a list of objects as rows; the first is the heading: all names, in order of appearance.

    Raises:
        InvalidInputError: It is no list of objects.
        OSError: It cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = json.load(file)
    except (ValueError, RecursionError) as error:
        raise _no_list(path) from error
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise _no_list(path)
    names = list(dict.fromkeys(name for each in content for name in each))
    if names:
        yield 1, names
    for number, each in enumerate(content, 2):
        cells = [_shown(each.get(name)) for name in names]
        if any(cell.strip() for cell in cells):
            yield number, cells


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
            file.write(parting + json.dumps(line, ensure_ascii=False))
            parting = ",\n"
        file.write("\n]\n")


def _plain(cell: Cell) -> object:
    return cell if cell is None or isinstance(cell, int) else text_of(cell)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return text_of(value)
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def _no_list(path: Path) -> InvalidInputError:
    return InvalidInputError(
        f"{path.name} is no table in JSON.", hint='Such as [{"name": "Ada"}, {"name": "Grace"}].'
    )
