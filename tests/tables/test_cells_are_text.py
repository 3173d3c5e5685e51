"""What a spreadsheet would run is never live, and every text comes back as it was."""

import csv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.core.money import Money
from eventdesk.tables.cells import guarded, keepable, unguarded
from eventdesk.tables.files import Form, open_table, save_table
from tests.histories import tries

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HOSTILE = [
    '=HYPERLINK("http://evil.example";"x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "＝1+1", "'=1", "''+1", "'t Veen", 'a","=1+1', "a;=1+1", "\x00\x01\x1b[31m", "_x0041_", " ",
    "line\nline\r\nline", "<b>&amp;", "O'Neil", "é😀\u202e", '"', "0123", "1e5", "sep=;",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.builds(lambda sign, rest: sign + rest, st.sampled_from(LIVE), st.text(max_size=5)),
)


def spreadsheet_cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@settings(max_examples=tries(50))
@given(text=st.text())
def test_the_apostrophe_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(LIVE)


@pytest.mark.parametrize("form", list(Form))
@settings(max_examples=tries(25))
@given(rows=st.lists(st.tuples(texts, texts), min_size=1, max_size=6))
def test_every_text_comes_back_as_it_was(form: Form, rows: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{form}"
        # The first cell keeps a row from being an empty one.
        save_table(path, form, ("no", "a", "b"), [(1, *row) for row in rows])
        read = [cells for _number, cells in open_table(path).rows()]
    assert read == [("1", *map(keepable, row)) for row in rows]


def test_no_cell_of_a_csv_file_begins_with_a_sign_that_is_run(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    save_table(path, Form.CSV, ("=head", "b"), [(text, text) for text in HOSTILE])
    for row in spreadsheet_cells(path):
        assert not any(cell.startswith(LIVE) for cell in row)


def test_a_text_with_semicolons_stays_one_cell_where_cells_are_parted_by_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.csv"
    save_table(path, Form.CSV, ("name",), [("a;=1+1",)])
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";")) == [["name"], ["a;=1+1"]]


def test_no_sheet_holds_a_formula_or_a_link(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    rows = [(text, "http://evil.example/=1") for text in HOSTILE]
    save_table(path, Form.XLSX, ("=head", "b"), rows)
    with zipfile.ZipFile(path) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert not any("rels/sheet" in name for name in packed.namelist())


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    row = (7, Money(-1250, "EUR"), Money(900, "JPY", 0))
    save_table(tmp_path / "t.csv", Form.CSV, ("n", "eur", "jpy"), [row])
    assert (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1] == "7,-12.50,900"
    save_table(tmp_path / "t.xlsx", Form.XLSX, ("n", "eur", "jpy"), [row])
    with CalamineWorkbook.from_path(tmp_path / "t.xlsx") as book:
        assert book.get_sheet_by_index(0).to_python()[1] == [7.0, -12.5, 900.0]
