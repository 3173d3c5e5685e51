"""CSV files: whatever people send is read, and what is written opens in every spreadsheet.

Written are UTF-8 with a byte order mark, commas, every text in quotation marks (RFC 4180): a text
with a semicolon stays one cell also where the spreadsheet parts cells by semicolons.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from eventdesk.errors import InvalidInputError
from eventdesk.model.money import Money
from eventdesk.tables.cells import Cell, guarded, keepable, text_of, unguarded

SAMPLE: Final = 64 * 1024
"""Characters from which the sign between cells is guessed."""

LONGEST_CELL: Final = 131_072
"""Most characters in one cell, as Python's csv module has it."""

_BLOCK: Final = 1 << 20
_SIGNS: Final = ",;\t|"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Read a file's rows with their numbers, as a spreadsheet counts them; empty ones are left out.

    Encoding (UTF-8 and UTF-16 with or without a mark, Windows-1252, Latin-1) and the sign between
    cells (comma, semicolon, tab, bar) are found out.

    Raises:
        InvalidInputError: A cell has no end, or is longer than `LONGEST_CELL`.
        OSError: The file cannot be read.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        sample = file.read(SAMPLE)
        file.seek(0)
        sign, first = _sign_named(sample) or (sign_of(sample), 0)
        if first:
            file.readline()
        number = first
        rows = csv.reader(file, delimiter=sign)
        try:
            for number, cells in enumerate(rows, first + 1):
                if any(cell.strip() for cell in cells):
                    yield number, [unguarded(cell) for cell in cells]
        except csv.Error as error:
            raise InvalidInputError(
                f"Behind row {number} there is a cell that cannot be read: {error}.",
                hint="Look there for a quotation mark that is not closed.",
            ) from error


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table into a file.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([_spelled(cell) for cell in heading])
        for row in rows:
            writer.writerow([_spelled(cell) for cell in row])


def encoding_of(path: Path) -> str:
    """Find out how a file's characters are spelled.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        beginning = file.read(4096)
        for mark, encoding in _MARKS:
            if beginning.startswith(mark):
                return encoding
        if beginning.count(0) * 4 > len(beginning):
            return (
                "utf-16-le" if beginning[1::2].count(0) > beginning[::2].count(0) else "utf-16-be"
            )
    return next((each for each in ("utf-8", "cp1252") if _decodes(path, each)), "latin-1")


def sign_of(sample: str) -> str:
    """Guess the sign between cells: the one that parts most rows alike, and into most cells."""
    return max(_SIGNS, key=lambda sign: _regularity(sample, sign))


def _sign_named(sample: str) -> tuple[str, int] | None:
    """The sign a first line such as `sep=;` names, as Excel writes it; it is one row."""
    first = sample.splitlines()[0] if sample else ""
    named = len(first) == 5 and first.lower().startswith("sep=") and first[4] in _SIGNS
    return (first[4], 1) if named else None


def _regularity(sample: str, sign: str) -> tuple[float, int, int]:
    """How evenly a sign parts the rows of a sample; the last one may be cut off."""
    lines = sample.splitlines(keepends=True)
    if len(sample) >= SAMPLE and len(lines) > 1:
        lines = lines[:-1]
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
    except csv.Error:
        return 0.0, 0, 0
    if not widths:
        return 0.0, 0, 0
    width, count = Counter(widths).most_common(1)[0]
    if width < 2:
        return 0.0, 0, -_SIGNS.index(sign)
    return round(count / len(widths), 1), width, -_SIGNS.index(sign)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


class _Number(float):
    """An amount that csv takes for a number, written with the digits of its currency."""

    def __new__(cls, _text: str) -> "_Number":
        """Make one; only its text is ever used."""
        return super().__new__(cls, 0.0)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


def _spelled(cell: Cell) -> object:
    """A number as it is, everything else as text that is never run."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    if isinstance(cell, Money):
        return _Number(cell.amount)
    return guarded(keepable(text_of(cell)))
