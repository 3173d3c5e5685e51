"""XLSX files of strangers: what a sheet claims costs nothing, and what it holds has limits."""

import struct
import tracemalloc
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.tables import xlsx
from eventdesk.tables.files import open_table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def related(*pairs: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{no}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for no, (kind, target) in enumerate(pairs, 1)
    )
    return f'<Relationships xmlns="{RELATED}">{inner}</Relationships>'


def sheet(rows: str, dimension: str = "A1") -> str:
    return (
        f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def text_cell(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{text_cell("A1", "Name")}{text_cell("B1", "Note")}</row>'


def book(path: Path, parts: Mapping[str, str | bytes], *, compression: int = 8) -> Path:
    """Write a workbook of one sheet; parts that are given take the place of the usual ones."""
    usual: dict[str, str | bytes] = {
        "_rels/.rels": related(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": related(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sharedStrings", "/xl/sharedStrings.xml"),
            ("styles", "styles.xml"),
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        SHEET: sheet(HEAD),
    }
    with zipfile.ZipFile(path, "w", compression) as packed:
        for name, content in {**usual, **parts}.items():
            packed.writestr(name, content)
    return path


def read(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    table = open_table(path)
    return [(1, table.heading), *table.rows()]


def test_a_cell_in_the_last_corner_costs_nothing_and_is_refused(tmp_path: Path) -> None:
    far = f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>'
    path = book(tmp_path / "far.xlsx", {SHEET: sheet(HEAD + far, "A1:XFD1048576")})
    tracemalloc.start()
    with pytest.raises(InvalidInputError, match="row 1048576 stands in column 16,384"):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_row_far_below_and_formatted_empty_cells_are_no_trouble(tmp_path: Path) -> None:
    far = f'<row r="1048576">{text_cell("A1048576", "Ada")}<c r="XFD1048576" s="0"/></row>'
    path = book(tmp_path / "far.xlsx", {SHEET: sheet(HEAD + far, "A1:XFD1048576")})
    assert read(path) == [(1, ("Name", "Note")), (1_048_576, ("Ada", ""))]


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({SHEET: "<!DOCTYPE x [<!ENTITY a 'b'>]>" + sheet(HEAD)}, "no Excel file"),
        ({SHEET: sheet("<a>" * 1000 + "</a>" * 1000)}, "no Excel file"),
        ({SHEET: sheet(f"<row {'x' * 3_000_000}")}, "no Excel file"),
        ({SHEET: sheet(HEAD)[:-30]}, "no Excel file"),
        ({SHEET: sheet(HEAD + HEAD)}, "no Excel file"),
        ({SHEET: sheet('<row r="1048577"/>')}, "no Excel file"),
        ({SHEET: sheet('<row r="1"><c r="XFE1"><v>1</v></c></row>')}, "no Excel file"),
        ({SHEET: sheet('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')}, "no Excel file"),
        (
            {SHEET: sheet(f'<row r="1">{text_cell("A1", "x" * 200_000)}</row>')},
            "131,072 characters",
        ),
        ({SHEET: b"\0" * 5000}, "no Excel file"),
        ({"xl/workbook.xml": "<workbook/>"}, "no Excel file"),
        ({"xl/media/x": b"0" * 20}, ""),
    ],
    ids=lambda each: each if isinstance(each, str) and len(each) < 50 else "file",
)
def test_a_damaged_or_hostile_sheet_is_refused(
    tmp_path: Path, parts: dict[str, str | bytes], says: str
) -> None:
    path = book(tmp_path / "people.xlsx", parts)
    if says:
        with pytest.raises(InvalidInputError, match=says):
            read(path)
    else:
        assert read(path) == [(1, ("Name", "Note"))]


def test_texts_and_cells_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_TEXT", 1000)
    strings = f'<sst xmlns="{MAIN}">{f"<si><t>{chr(120) * 100}</t></si>" * 11}</sst>'
    path = book(tmp_path / "bomb.xlsx", {STRINGS: strings})
    with pytest.raises(InvalidInputError, match="more than 1,000 characters of text"):
        read(path)
    monkeypatch.setattr(xlsx, "MAX_CELLS", 1000)
    path = book(tmp_path / "wide.xlsx", {SHEET: sheet(f'<row r="1">{"<c/>" * 1001}</row>')})
    with pytest.raises(InvalidInputError, match="more than 1,000 cells"):
        read(path)


def test_a_sheet_that_unfolds_ten_thousandfold_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open(SHEET, "w", force_zip64=True) as part,
    ):
        for _ in range(1001):
            part.write(b" " * 1_000_000)
    assert path.stat().st_size < 10_000_000
    with pytest.raises(InvalidInputError, match="unfolds to 1,001,000,000 bytes"):
        read(path)


def test_a_part_gives_no_more_than_its_directory_says(tmp_path: Path) -> None:
    path = book(tmp_path / "lies.xlsx", {SHEET: sheet(HEAD + " " * 5_000_000)})
    data = bytearray(path.read_bytes())
    entry = data.rindex(SHEET.encode()) - 46
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(InvalidInputError, match="no Excel file"):
        read(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_packed_as_no_office_program_does_is_refused(
    tmp_path: Path, compression: int
) -> None:
    path = book(tmp_path / "odd.xlsx", {}, compression=compression)
    with pytest.raises(InvalidInputError, match="no Excel file"):
        read(path)


def test_a_directory_of_a_million_parts_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    size = 100_000_000
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 9, 9, size, 0, 0))
    tracemalloc.start()
    with pytest.raises(InvalidInputError, match="no Excel file"):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_locked_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000))
    with pytest.raises(InvalidInputError, match="locked with a password"):
        read(path)


def test_prefixed_names_rich_texts_and_cells_without_a_place_are_read(tmp_path: Path) -> None:
    rows = (
        '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>b</x:v></x:c></x:row>'
        '<x:row><x:c/><x:c t="b"><x:v>1</x:v></x:c></x:row>'
        '<x:row><x:c t="e"><x:v>#N/A</x:v></x:c><x:c><x:v>1.1000000000000001</x:v></x:c></x:row>'
    )
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>山</t></r><r><t xml:space="preserve">田 </t></r>'
        '<rPh sb="0" eb="1"><t>ヤマ</t></rPh></si></sst>'
    )
    whole = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    path = book(tmp_path / "x.xlsx", {SHEET: whole, STRINGS: strings})
    assert read(path) == [(1, ("山田", "b")), (2, ("", "yes")), (3, ("#N/A", "1.1"))]


def test_days_and_times_are_read_as_another_reader_reads_them(tmp_path: Path) -> None:
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    moments = [
        date(1900, 1, 1), date(1900, 3, 1), date(2026, 6, 1),
        datetime.fromisoformat("2026-06-01 09:30"), datetime.fromisoformat("2026-12-31 23:59:59"),
        time(9, 30), date(9999, 12, 31),
    ]  # fmt: skip
    for from_1904 in (False, True):
        path = tmp_path / f"{from_1904}.xlsx"
        with xlsxwriter.Workbook(path, {"date_1904": from_1904}) as written:
            page = written.add_worksheet()
            formats = [written.add_format({"num_format": "yyyy-mm-dd hh:mm"})] * len(moments)
            formats[5] = written.add_format({"num_format": "hh:mm"})
            page.write_row(0, 0, [f"column {at}" for at in range(len(moments))])
            for at, moment in enumerate(moments[2:] if from_1904 else moments):
                page.write_datetime(1, at, moment, formats[2 + at if from_1904 else at])
            page.write_number(2, 0, 12.5, written.add_format({"num_format": '0.00 "days"'}))
        with CalamineWorkbook.from_path(path) as other:
            expected = other.get_sheet_by_index(0).to_python()[1]
        ours = open_table(path)
        rows = [cells for _, cells in ours.rows()]
        assert rows[1][0] == "12.5"
        for mine, theirs in zip(rows[0], expected, strict=True):
            assert mine == (_spelled(theirs))


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value)
    return str(value)
