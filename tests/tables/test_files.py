"""Reading what people send, and writing whole files or none."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.tables import files
from eventdesk.tables.files import Form, free_path, open_table, save_table
from eventdesk.tables.xlsx import write_sheets

ROWS = [("Jürgen Müller", "jm@example.org", "a; b")]


def read(path: Path) -> list[tuple[str, ...]]:
    table = open_table(path)
    return [table.heading, *(cells for _number, cells in table.rows())]


@pytest.mark.parametrize("sign", list(",;\t|"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le"])
def test_finds_out_encoding_and_sign(tmp_path: Path, encoding: str, sign: str) -> None:
    path = tmp_path / "people.csv"
    lines = [("Name", "E-Mail", "Stadt"), ("Jürgen", "j@example.org", "Köln"), ("Ada", "", "x, y")]
    text = "".join(
        sign.join(f'"{cell}"' if "," in cell else cell for cell in line) + "\r\n" for line in lines
    )
    path.write_bytes(text.encode(encoding))
    assert read(path) == lines


def test_reads_quoted_line_ends_and_counts_rows_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('name,note\nAda,"one\ntwo"\n\nGrace,"say ""hi"""\n')
    assert list(open_table(path).rows()) == [(2, ("Ada", "one\ntwo")), (4, ("Grace", 'say "hi"'))]


def test_fills_short_rows_up_and_keeps_long_ones(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,mail\nAda\nGrace,g@example.org,more\n")
    assert [cells for _, cells in open_table(path).rows()] == [
        ("Ada", ""),
        ("Grace", "g@example.org", "more"),
    ]


def test_heeds_the_sign_that_the_first_line_names(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("sep=;\nname;a,b\nAda;1,2\n")
    assert read(path) == [("name", "a,b"), ("Ada", "1,2")]
    assert next(open_table(path).rows())[0] == 3


def test_a_single_column_is_a_table_too(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name\nAda Lovelace\nGrace Hopper\n")
    assert read(path) == [("name",), ("Ada Lovelace",), ("Grace Hopper",)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n\n ,\n", "is empty"),
        ("a.xlsx", b"no zip", "no Excel file"),
        ("a.json", b'{"a": 1}', "no table in JSON"),
        ("a.json", b"[" * 100_000, "no table in JSON"),
        ("a.pdf", b"%PDF", "not of a form"),
        ("a.csv", b'name\n"' + b"x" * 200_000, "row 2, which begins in line 2"),
    ],
)
def test_says_what_is_wrong_with_a_file(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=says):
        read(path)


def test_refuses_a_file_that_is_too_large_and_says_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(InvalidInputError, match="200,000,000"):
        open_table(path)


def test_refuses_a_workbook_that_unfolds_to_too_much(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0")
        packed.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (3_000_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(InvalidInputError, match="unfolds to 3,000,000,000"):
        open_table(path)


def test_a_file_that_fails_on_the_way_leaves_the_old_one(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[str]]:
        yield ("new",)
        raise InvalidInputError("the store went away")

    for form in Form:
        path = tmp_path / f"list.{form}"
        save_table(path, form, ("name",), [("old",)])
        before = path.read_bytes()
        with pytest.raises(InvalidInputError, match="went away"):
            save_table(path, form, ("name",), rows(), overwrite=True)
        assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == [f"list.{f}" for f in sorted(Form)]


def test_only_the_owner_can_read_what_was_exported(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    save_table(path, Form.CSV, ("name",), [("Ada",)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[int] = []
    count = files.STEP * 2 + 1
    written = save_table(
        tmp_path / "l.csv", Form.CSV, ("n",), ((n,) for n in range(count)), on_progress=told.append
    )
    assert written == count
    assert told == [files.STEP, files.STEP * 2, count]


def test_says_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InvalidInputError, match="cannot be written"):
        save_table(tmp_path / "file" / "list.csv", Form.CSV, ("n",), [])


def test_names_of_exports_are_safe_and_new(tmp_path: Path) -> None:
    first = free_path(tmp_path, "../../etc/Fête 2026", "csv")
    assert first == tmp_path / "exports" / "etc-Fête 2026.csv"
    save_table(first, Form.CSV, ("n",), [])
    assert free_path(tmp_path, "../../etc/Fête 2026", "csv").name == "etc-Fête 2026-2.csv"


def test_sheets_get_names_excel_takes(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    names = ["a/b:c", "A b c", "x" * 40, "x" * 50, "History", ""]
    write_sheets(path, [(name, ("n",), [(1,)]) for name in names])
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        assert len(set(map(str.casefold, book.sheet_names))) == len(names)
        assert all(len(name) <= 31 for name in book.sheet_names)
