"""A CSV file in which rows hang together or are cut off is refused with its line."""

from pathlib import Path

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.tables.files import open_table


def rows_of(tmp_path: Path, text: str) -> list[tuple[int, tuple[str, ...]]]:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode())
    return list(open_table(path).rows())


HEAD = "name,mail,note\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + 'Ada,a@b.org,x\n"Bob,b@b.org,y\nCem,c@b.org,z\n', "row 3, which begins in line 3"),
        (
            HEAD + '"Ada,a@b.org,x\nBob,b@b.org,"y"\n',
            "row 2, .* in line 3: something stands behind",
        ),
        (HEAD + 'Ada,a@b.org,x\n"Bob,b@b.org,y\nCem,c@b.org,z"\n', r"row 3: .* \(1 cells of 3"),
        (HEAD + '"Bob,b@b.org",y\n', r"row 2: .* \(2 cells of 3"),
        (HEAD + 'Ada,"a@b.org,x\nBob,b@b.org",y\n', "row 2: a quotation mark holds together"),
        (HEAD + 'Ada,a@b.org,"x\nBob,b@b.org,y"\nCem,c@b.org,z\n', "row 2: a quotation mark"),
        (HEAD + "Ada,a@b.org,x\nBob,b@b.o", "ends in the middle of row 3: 2 cells of 3"),
    ],
)
def test_rows_that_hang_together_are_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        rows_of(tmp_path, text)


def test_a_row_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="more than 4,000,000 characters"):
        rows_of(tmp_path, "name\n" + "x," * 2_000_001 + "\n")


def test_a_note_may_have_several_lines_with_signs_in_them(tmp_path: Path) -> None:
    note = "Dear desk, two things:\r\n1, a seat, please\r\n2, no nuts"
    assert rows_of(tmp_path, HEAD + f'Ada,a@b.org,"{note}"\n') == [(2, ("Ada", "a@b.org", note))]


def test_short_rows_are_filled_up_and_line_ends_may_be_mixed(tmp_path: Path) -> None:
    found = rows_of(tmp_path, "name,mail,note\r\nAda\rBob,b@b.org\nCem,c@b.org,z")
    assert [cells for _, cells in found] == [
        ("Ada", "", ""),
        ("Bob", "b@b.org", ""),
        ("Cem", "c@b.org", "z"),
    ]


def test_a_space_before_a_quotation_mark_is_no_part_of_the_cell(tmp_path: Path) -> None:
    found = rows_of(tmp_path, HEAD + '"Lovelace, Ada", "a@b.org", "x, y"\n')
    assert found == [(2, ("Lovelace, Ada", "a@b.org", "x, y"))]


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Mail,Name\nAda,a@b.org,Grace\n")
    assert open_table(path).heading == ("Name", "Mail", "Name (2)")
