"""CSV files: what people send is read strictly, and what is written opens in every spreadsheet.

A quotation mark that is not closed makes one cell of all rows behind it. Such a file is refused
with its line; guessing what was meant would lose people or money.

Written are UTF-8 with a byte order mark, commas, every text in quotation marks (RFC 4180): a text
with a semicolon stays one cell also where the spreadsheet parts cells by semicolons.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final, TextIO

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.tables.cells import Cell, guarded, keepable, text_of, unguarded
from eventdesk.tables.encoding import Encoding, encoding_of

SAMPLE: Final = 64 * 1024
"""Characters from which the sign between cells is guessed."""

MAX_CELL: Final = 131_072
"""Most characters in one cell, as Python's csv module has it."""

MAX_ROW: Final = 4_000_000
"""Most characters in one row."""

_SIGNS: Final = ",;\t|"


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file that was looked at; each reading of its rows reads it again.

    Attributes:
        path: The file.
        encoding: How its characters are encoded.
        sign: What stands between its cells.
        skipped: Rows before the first that is read: a first line such as `sep=;`.
        whole: Whether its last row ends with a line end, which a half-written file has not.
    """

    path: Path
    encoding: Encoding
    sign: str
    skipped: int
    whole: bool

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read the rows with their numbers, as a spreadsheet counts them; empty ones are left out.

        Raises:
            InvalidInputError: A quotation mark is not closed, or stands where none can; a cell or
                a row is too long.
            OSError: The file cannot be read.
        """
        number, line = self.skipped, self.skipped
        with self.path.open(encoding=self.encoding.name, newline="") as file:
            for _line in range(self.skipped):
                file.readline()
            lines = _Lines(file)
            rows = csv.reader(lines, delimiter=self.sign, strict=True, skipinitialspace=True)
            try:
                for number, cells in enumerate(rows, self.skipped + 1):
                    line = rows.line_num + self.skipped
                    lines.taken = 0
                    if any(cell.strip() for cell in cells):
                        yield number, [unguarded(cell) for cell in cells]
            except (csv.Error, UnicodeDecodeError) as error:
                here = rows.line_num + self.skipped
                about = {"name": self.path.name, "row": number + 1, "line": line + 1}
                said = msg(
                    "{name}, row {row}, which begins in line {line}, cannot be read: {why}.",
                    **about,
                    why=_spoken(error),
                )
                if here > line + 1:
                    said = msg(
                        "{name}, row {row}, which begins in line {line}, cannot be read in line "
                        "{here}: {why}.",
                        **about,
                        here=here,
                        why=_spoken(error),
                    )
                raise InvalidInputError(
                    said,
                    hint=msg("Correct that line, or save the file anew. Nothing was read from it."),
                ) from error

    def checked(
        self, rows: Iterable[tuple[int, Sequence[str]]], width: int
    ) -> Iterator[tuple[int, Sequence[str]]]:
        """Let only rows pass that are one row each, below a heading of `width` cells.

        Raises:
            InvalidInputError: A quotation mark made one row of several.
        """
        for number, cells in rows:
            if _run_together(cells, width, self.sign):
                raise InvalidInputError(
                    msg(
                        "{name}, row {number}: a quotation mark holds together what are "
                        "several cells or rows ({count} cells of {width}).",
                        name=self.path.name,
                        number=number,
                        count=len(cells),
                        width=width,
                    ),
                    hint=msg("Take out the odd quotation mark, or fill the missing cells in."),
                )
            yield number, cells


def open_csv(path: Path, encoding: str = "") -> CsvFile:
    """Look at a file: its encoding and the sign between cells (comma, semicolon, tab, bar).

    Raises:
        InvalidInputError: There is no such encoding, or the file is not in it.
        OSError: The file cannot be read.
    """
    found = encoding_of(path, encoding)
    with path.open(encoding=found.name, newline="") as file:
        sample = file.read(SAMPLE)
    sign, skipped = _sign_named(sample) or (sign_of(sample), 0)
    return CsvFile(path, found, sign, skipped, _ends_whole(path))


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table into a file.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        _write(file, heading, rows)


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as what `write_csv` writes."""
    file = StringIO(newline="")
    _write(file, heading, rows)
    return file.getvalue().encode("utf-8-sig", errors="replace")


def _write(file: TextIO, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_spelled(cell) for cell in heading])
    for row in rows:
        writer.writerow([_spelled(cell) for cell in row])


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
    lines = list(StringIO(sample, newline=""))
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


class _Lines:
    """The lines of a file, none longer than a row may be.

    Attributes:
        taken: Characters of the row that is being read.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(MAX_ROW):
            self.taken += len(line)
            if self.taken >= MAX_ROW:
                raise csv.Error(msg("a row has more than {most:,} characters", most=MAX_ROW))
            yield line


def _run_together(cells: Sequence[str], width: int, sign: str) -> bool:
    """Whether a cell seems to hold cells of its own row, or whole rows below it.

    A cell that swallowed rows up to the same column of the last one holds as many signs as those
    rows have between their cells; behind a sign in a sentence there is a space.
    """
    broken = [cell for cell in cells if "\n" in cell.strip() or "\r" in cell.strip()]
    if not broken:
        return len(cells) < width and any(sign in cell for cell in cells)
    if len(cells) != width:
        return True
    return width > 2 and any(
        cell.count(sign) == (width - 1) * len(cell.strip().splitlines()[1:])
        and f"{sign} " not in cell
        for cell in broken
    )


def _ends_whole(path: Path) -> bool:
    """Whether a file's last character is a line end, in whatever encoding."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return file.read().rstrip(b"\0")[-1:] in (b"\n", b"\r", b"")


def _spoken(error: Exception) -> str:
    """What csv found wrong, in words for people."""
    said = str(error)
    if "unexpected end of data" in said:
        return _("a quotation mark is opened and never closed")
    if "expected after" in said:
        return _("something stands behind a closing quotation mark")
    if "field limit" in said:
        return _(
            "a cell has more than {most:,} characters; is a quotation mark not closed?",
            most=MAX_CELL,
        )
    return said


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
