"""XLSX files: the first sheet read row by row, as the values a person sees, and written likewise.

The parts are read as a stream (ECMA-376, part 1, chapter 18), so neither the extent that a sheet
claims nor a cell in its last corner costs memory. Everything a stranger may have made large has a
limit, and every limit is a sentence for people.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final
from xml.parsers import expat

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import Money
from eventdesk.tables.cells import MAX_COLUMNS, Cell, keepable, text_of
from eventdesk.tables.packed import UnfoldsTooFarError, opened_zip

MAX_UNPACKED: Final = 1_000_000_000
"""Bytes a file may unfold to; 100,000 rows of 30 columns are about 200 MB."""

MAX_CELLS: Final = 20_000_000
"""Cells of a sheet, empty ones that are only formatted too."""

MAX_STRINGS: Final = 5_000_000
MAX_TEXT: Final = 150_000_000
"""Characters of all texts that cells share."""

MAX_CELL: Final = 131_072
_MAX_PARTS: Final = 100_000
_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_DEEPEST: Final = 64
_BLOCK: Final = 1 << 16
_MAX_TAG: Final = 1 << 20

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a compound file begins, as locked workbooks and those of Excel 97 are."""

_DAMAGED: Final = (
    EOFError, RuntimeError, NotImplementedError, expat.ExpatError, LookupError, ValueError,
    OverflowError, StopIteration,
)  # fmt: skip
"""What half a file, or one that somebody wrote by hand, ends in."""

_DAYS: Final = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)}
_TIMES: Final = {18, 19, 20, 21, 32, 33, 34, 35, 45, 47}
_ELAPSED: Final = 46
_DAY_ZERO: Final = datetime(1899, 12, 30, tzinfo=UTC)
_LAST_DAY: Final = 2_958_465
"""31 December 9999."""

_CELL_TOO_LONG: Final = msg("{count:,} characters in a cell", count=MAX_CELL)

_UNSEEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class XlsxFile:
    """An XLSX file; each reading of its rows reads the sheet again, but not its shared texts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._texts: tuple[tuple[int, int], list[str]] | None = None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read the rows of the first sheet with their numbers; empty ones are left out.

        Raises:
            InvalidInputError: It is no such file, locked, or larger than what is read here.
            OSError: It cannot be read.
        """
        name = self._path.name
        try:
            with opened_zip(self._path, most_bytes=MAX_UNPACKED) as packed:
                about = self._path.stat()
                version = about.st_mtime_ns, about.st_size
                known = self._texts[1] if self._texts and self._texts[0] == version else None
                book = _Workbook(packed, name, known)
                self._texts = version, book.strings
                yield from book.rows()
        except UnfoldsTooFarError as error:
            raise InvalidInputError(
                msg(
                    "{name} unfolds to {size:,} bytes; {most:,} are the most.",
                    name=name,
                    size=error.size,
                    most=MAX_UNPACKED,
                ),
                hint=msg("Split it, or save it as CSV."),
            ) from error
        except (zipfile.BadZipFile, zlib.error, *_DAMAGED) as error:
            with self._path.open("rb") as file:
                locked = file.read(len(_OLE)) == _OLE
            raise InvalidInputError(
                msg("{name} is locked with a password, or of the old form .xls.", name=name)
                if locked
                else msg("{name} is no Excel file, or a damaged one.", name=name),
                hint=msg("Save it anew as .xlsx without a password, or as .csv."),
            ) from error


class _Workbook:
    """An XLSX file that was opened."""

    def __init__(self, packed: zipfile.ZipFile, name: str, strings: list[str] | None) -> None:
        self._packed, self._name = packed, name
        self._parts = {part.replace("\\", "/").lower(): part for part in packed.namelist()}
        main = self._main()
        related = self._related(main)
        sheets: list[str] = []
        self._from_1904 = False

        def start(name: str, given: dict[str, str]) -> None:
            if name == "sheet" and len(sheets) < _MAX_PARTS:
                sheets.append(next(v for k, v in given.items() if k.endswith(":id")))
            elif name == "workbookPr":
                self._from_1904 = given.get("date1904") in ("1", "true")

        self._walk(main, start)
        by_id = {each: target for each, _kind, target in related}
        self._sheet = next(by_id[each] for each in sheets if "/chartsheets/" not in by_id[each])
        kinds = {kind: target for _id, kind, target in related}
        self._styles = self._read_styles(kinds.get("styles", ""))
        if strings is None:
            strings = self._read_strings(kinds.get("sharedstrings", ""))
        self.strings = strings

    def _main(self) -> str:
        found = [target for _id, kind, target in self._related("") if kind == "officedocument"]
        return found[0] if found else "xl/workbook.xml"

    def _related(self, part: str) -> list[tuple[str, str, str]]:
        """What a part names: id, the last word of the kind, and the part that is meant."""
        at = PurePosixPath(part)
        found: list[tuple[str, str, str]] = []

        def start(name: str, given: dict[str, str]) -> None:
            if name == "Relationship" and len(found) < _MAX_PARTS:
                kind = given["Type"].rpartition("/")[2].lower()
                target = (PurePosixPath("/") / at.parent / given["Target"]).as_posix()
                found.append((given.get("Id", ""), kind, _straight(target)))

        self._walk(f"{at.parent}/_rels/{at.name}.rels".removeprefix("./"), start, needed=False)
        return found

    def _read_styles(self, part: str) -> list[str]:
        """How numbers of each style are shown: "day", "time", "elapsed" or ""."""
        codes: dict[str, str] = {}
        shown: list[str] = []
        inside = ""

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal inside
            if name in ("cellXfs", "cellStyleXfs"):
                inside = name
            elif name == "numFmt" and len(codes) < _MAX_PARTS:
                codes[given["numFmtId"]] = given.get("formatCode", "")[:300]
            elif name == "xf" and inside == "cellXfs" and len(shown) < _MAX_PARTS:
                number = given.get("numFmtId", "0")
                shown.append(_kind_of(number, codes.get(number)))

        self._walk(part, start, needed=False)
        return shown

    def _read_strings(self, part: str) -> list[str]:
        """The texts that cells share."""
        strings: list[str] = []
        pieces: list[str] = []
        reading = spoken = False
        taken = depth = length = 0

        def start(name: str, _given: dict[str, str]) -> None:
            nonlocal reading, spoken, depth
            depth += 1
            if ":" in name:
                name = name.rpartition(":")[2]
            if name == "t":
                reading = not spoken
            elif name == "rPh":  # how the text is spoken, for sorting
                spoken = True
            elif depth > _DEEPEST:
                raise ValueError("it is nested too deep")

        def end(name: str) -> None:
            nonlocal reading, spoken, taken, depth, length
            depth -= 1
            reading = False
            if name == "t":
                return
            if ":" in name:
                name = name.rpartition(":")[2]
            if name == "si":
                text = pieces[0] if len(pieces) == 1 else "".join(pieces)
                pieces.clear()
                length = 0
                taken += len(text)
                if taken > MAX_TEXT or len(strings) >= MAX_STRINGS:
                    raise self._too_large(msg("{count:,} characters of text", count=MAX_TEXT))
                strings.append(_unescaped(text) if "_x" in text else text)
            elif name == "rPh":
                spoken = False

        def text(piece: str) -> None:
            nonlocal length
            if reading:
                pieces.append(piece)
                length += len(piece)
                if length > MAX_CELL:
                    raise self._too_large(_CELL_TOO_LONG)

        if part.lower() in self._parts:
            for _ in self._parsed(part, start, end, text):
                pass
        return strings

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read the first sheet."""
        # A sheet may have millions of cells: the handlers are as flat as they can be.
        done: list[tuple[int, list[str]]] = []
        columns: dict[str, int] = {}
        row: dict[int, str] = {}
        pieces: list[str] = []
        strings, shown = self.strings, self._shown
        number = column = cells = length = depth = 0
        kind = style = ""
        reading = spoken = False

        def start(name: str, given: dict[str, str]) -> None:
            nonlocal number, column, cells, kind, style, reading, spoken, length, depth
            depth += 1
            if ":" in name:
                name = name.rpartition(":")[2]
            if name == "v":
                reading = True
            elif name == "c":
                cells += 1
                place = given.get("r", "").rstrip("0123456789")
                if place in columns:
                    column = columns[place]
                elif not place:
                    column += 1
                else:
                    column = columns[place] = _column_of(place)
                kind, style = given.get("t", "n"), given.get("s", "")
                if pieces:
                    pieces.clear()
                    length = 0
                if cells > MAX_CELLS:
                    raise self._too_large(msg("{count:,} cells", count=MAX_CELLS))
            elif name == "t":
                reading = not spoken
            elif name == "row":
                before, number = number, int(given.get("r", number + 1))
                if not before < number <= _LAST_ROW:
                    raise ValueError("rows are out of order")
                row.clear()
                column = 0
            elif name == "rPh":
                spoken = True
            elif depth > _DEEPEST:
                raise ValueError("it is nested too deep")

        def end(name: str) -> None:
            nonlocal reading, spoken, depth
            depth -= 1
            reading = False
            if name == "v":
                return
            if ":" in name:
                name = name.rpartition(":")[2]
            if name == "c":
                if not pieces:
                    return
                raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
                cell = strings[int(raw)] if kind == "s" else shown(raw, kind, style)
                if column > MAX_COLUMNS and cell:
                    raise InvalidInputError(
                        msg(
                            "{name}: a cell in row {number} stands in column {column:,}; "
                            "{most:,} columns are the most.",
                            name=self._name,
                            number=number,
                            column=column,
                            most=MAX_COLUMNS,
                        ),
                        hint=msg("Take it out, or the columns that are not needed."),
                    )
                row[column] = cell
            elif name == "rPh":
                spoken = False
            elif name == "row" and any(map(str.strip, row.values())):
                get = row.get
                done.append((number, [get(each, "") for each in range(1, max(row) + 1)]))

        def text(piece: str) -> None:
            nonlocal length
            if reading:
                length += len(piece)
                if length > MAX_CELL:
                    raise self._too_large(_CELL_TOO_LONG)
                pieces.append(piece)

        for _ in self._parsed(self._sheet, start, end, text):
            yield from done
            done.clear()
        yield from done

    def _shown(self, raw: str, kind: str, style: str) -> str:
        """A cell as a person sees it, but for texts that cells share."""
        if kind == "n":
            if not style and raw.isdecimal() and len(raw) < 16 and raw[0] != "0":
                return raw
            shown = self._styles[int(style)] if style and int(style) < len(self._styles) else ""
            return _number(raw, shown, from_1904=self._from_1904)
        if kind == "b":
            return "yes" if raw.strip() == "1" else "no"
        if kind == "d":
            moment = datetime.fromisoformat(raw.strip())
            return _moment(moment)
        return _unescaped(raw)

    def _too_large(self, what: Message) -> InvalidInputError:
        return InvalidInputError(
            msg("{name} has more than {what}.", name=self._name, what=what),
            hint=msg("Split it, or save it as CSV."),
        )

    # XML

    def _walk(
        self, part: str, start: Callable[[str, dict[str, str]], None], *, needed: bool = True
    ) -> None:
        """Read the elements of a part to its end; one that is not needed may be missing.

        Names come without what stands before their colon.
        """
        depth = 0

        def opened(name: str, given: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > _DEEPEST:
                raise ValueError("it is nested too deep")
            start(name.rpartition(":")[2], given)

        def closed(_name: str) -> None:
            nonlocal depth
            depth -= 1

        if needed or part.lower() in self._parts:
            for _ in self._parsed(part, opened, closed, lambda piece: None):
                pass

    def _parsed(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> Iterator[None]:
        """Read a part block by block."""

        def refuse(*_given: object) -> None:
            raise ValueError("a part declares a document type")

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text
        taken = 0
        with self._packed.open(self._parts[part.lower()]) as file:
            while block := file.read(_BLOCK):
                parser.Parse(block, False)
                taken += len(block)
                # What is not understood yet is kept; a tag as long as that is none.
                if taken - parser.CurrentByteIndex > _MAX_TAG:
                    raise ValueError("a tag is too long")
                yield
        parser.Parse(b"", True)


def _straight(path: str) -> str:
    """A path without `..`, from the root of the zip file."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _column_of(letters: str) -> int:
    """The place of a column.

    >>> _column_of("A"), _column_of("XFD")
    (1, 16384)
    """
    place = 0
    for letter in letters[:4].upper():
        if not "A" <= letter <= "Z":
            raise ValueError("a cell has no column")
        place = place * 26 + ord(letter) - 64
    if place > _LAST_COLUMN:
        raise ValueError("a cell stands beyond the last column")
    return place


def _kind_of(number: str, code: str | None) -> str:
    """How a number format shows numbers: "day", "time", "elapsed" or "".

    >>> _kind_of("14", None), _kind_of("164", '[Red]0.00 "days"'), _kind_of("165", "[h]:mm")
    ('day', '', 'elapsed')
    """
    if code is None:
        place = int(number)
        return (
            "elapsed" if place == _ELAPSED
            else "day" if place in _DAYS
            else "time" if place in _TIMES
            else ""
        )  # fmt: skip
    seen = _UNSEEN.sub("", code.partition(";")[0]).lower()
    if "[" in seen:
        return "elapsed"
    if "general" in seen:
        return ""
    if "y" in seen or "d" in seen:
        return "day"
    if "h" in seen or "s" in seen:
        return "time"
    return "day" if "m" in seen else ""


def _number(raw: str, shown: str, *, from_1904: bool) -> str:
    try:
        value = float(raw)
    except ValueError:
        return raw
    if shown and 0 <= value <= _LAST_DAY:
        if shown == "elapsed":
            return str(timedelta(seconds=round(value * 86400)))
        # Excel counts a 29 February 1900 that never was.
        days = value + 1462 if from_1904 else value + 1 if value < 60 else value
        moment = _DAY_ZERO + timedelta(seconds=round(days * 86400))
        return moment.time().isoformat() if shown == "time" and value < 1 else _moment(moment)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    # As many digits as Excel shows; the last two of a binary fraction are noise.
    return f"{value:.15g}"


def _moment(moment: datetime) -> str:
    bare = moment.replace(tzinfo=None)
    at_midnight = (bare.hour, bare.minute, bare.second) == (0, 0, 0)
    return bare.date().isoformat() if at_midnight else bare.isoformat(sep=" ", timespec="seconds")


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold, as ECMA-376 spells them (22.9.2.19, ST_Xstring)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


MAX_ROWS: Final = 1_048_575
"""Rows below the heading that a sheet has room for."""

MAX_WRITTEN: Final = 32_767
"""Characters of a cell; what is longer is cut."""

_NEED: Final = msg('Install what writes them: pip install "eventdesk[excel]"')
_SHEET_NAME: Final = 31


def write_xlsx(
    path: Path, title: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write a table into a file; every text is a text, whatever it begins with.

    Raises:
        InvalidInputError: More than `MAX_ROWS`, or the writer is not installed.
        OSError: It cannot be written.
    """
    write_sheets(path, [(title, heading, rows)])


def write_sheets(
    path: Path, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]
) -> None:
    """Write several tables into one file, each on a sheet of its own.

    Raises:
        InvalidInputError: More than `MAX_ROWS` on a sheet, or the writer is not installed.
        OSError: It cannot be written.
    """
    try:
        import xlsxwriter
        from xlsxwriter.exceptions import FileCreateError
    except ImportError as error:
        raise InvalidInputError(msg("Excel files cannot be written here."), hint=_NEED) from error
    with TemporaryDirectory(dir=path.parent, prefix=".sheets.") as room:
        book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": room})
        bold = book.add_format({"bold": True})
        formats = {
            digits: book.add_format({"num_format": "0." + "0" * digits if digits else "0"})
            for digits in range(5)
        }
        try:
            for name in _Names(sheets):
                _fill(book.add_worksheet(name.sheet), name.heading, name.rows, bold, formats)
        finally:
            try:
                book.close()
            except FileCreateError as error:
                cause = error.args[0] if error.args else None
                raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error


class _Sheet:
    """A sheet to be written, under a name Excel takes."""

    def __init__(self, sheet: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        self.sheet, self.heading, self.rows = sheet, heading, rows


class _Names:
    """Gives sheets names that are short, clean and different from each other."""

    def __init__(
        self, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]
    ) -> None:
        self._sheets = sheets

    def __iter__(self) -> Iterator[_Sheet]:
        given: set[str] = set()
        for title, heading, rows in self._sheets:
            clean = "".join(
                " " if sign in "[]:*?/\\'" or ord(sign) < 32 else sign for sign in title
            )
            name = " ".join(keepable(clean).split())[:_SHEET_NAME] or "Sheet"
            name = f"{name} list"[:_SHEET_NAME] if name.casefold() == "history" else name
            number = 2
            while name.casefold() in given:
                name = f"{name[: _SHEET_NAME - 4]} {number}"
                number += 1
            given.add(name.casefold())
            yield _Sheet(name, heading, rows)


def _fill(
    sheet: Any, heading: Sequence[str], rows: Iterable[Sequence[Cell]], bold: Any, formats: Any
) -> None:
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(heading):
        sheet.set_column(column, column, min(40, max(10, len(title) + 2)))
        sheet.write_string(0, column, keepable(title)[:MAX_WRITTEN], bold)
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise InvalidInputError(
                msg("An Excel file has room for {count} rows.", count=MAX_ROWS),
                hint=msg("Write CSV or JSON instead."),
            )
        for column, cell in enumerate(row):
            if isinstance(cell, Money):
                sheet.write_number(
                    number, column, cell.minor / 10**cell.exponent, formats.get(cell.exponent)
                )
            elif isinstance(cell, int) and not isinstance(cell, bool):
                sheet.write_number(number, column, cell)
            elif text := keepable(text_of(cell)):
                sheet.write_string(number, column, text[:MAX_WRITTEN])
