"""Code pages: told by the file, chosen, or guessed with the words that speak for it."""

from pathlib import Path

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.tables.encoding import Encoding, choices, encoding_of
from eventdesk.tables.files import open_table

PEOPLE = {
    "cp1252": "Jürgen Müller\nAndré Lefèvre\nSøren Ågård",
    "cp1250": "Łukasz Żółć\nJiří Dvořák\nÁgnes Szőke",
    "cp1251": "Иван Петров\nМария Иванова",
    "koi8-r": "Иван Петров\nМария Иванова",
    "cp932": "山田太郎\nスズキ イチロー",
    "euc-jp": "山田太郎\nさとう ゆき",
    "gb18030": "王小明\n李娜\n张伟",
    "big5": "王小明\n李娜\n張偉",
    "cp949": "김철수\n이영희",
    "cp1253": "Γιώργος Παπαδόπουλος",
    "cp1254": "Ayşe Yılmaz\nOğuz Şahin",
    "cp1255": "משה כהן\nשרה לוי",
    "cp1256": "محمد علي",
    "mac-roman": "José Núñez",
    "cp866": "Иван Петров\nМария Иванова",
}


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("code_page", "names"), PEOPLE.items())
def test_a_code_page_is_guessed_by_its_words_and_said(
    tmp_path: Path, code_page: str, names: str
) -> None:
    path = written(tmp_path, f"Name\n{names}\n".encode(code_page))
    found = encoding_of(path)
    assert (found.name, found.guessed) == (code_page, True)
    assert found.words == tuple(names.split())[: len(found.words)]
    assert found.words[0] in found.sentence
    assert found.others
    assert [cells[0] for _, cells in open_table(path).rows()] == names.split("\n")


def test_what_was_meant_is_among_the_choices_and_can_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, "Name\nИВАН\n".encode("koi8-r"))
    offered = dict(choices(encoding_of(path)))
    assert offered["koi8-r"] == "Cyrillic (KOI8-R): ИВАН"
    chosen = open_table(path, "KOI8_R")
    assert (chosen.encoding.name, chosen.encoding.guessed) == ("koi8-r", False)
    assert next(chosen.rows())[1] == ("ИВАН",)


@pytest.mark.parametrize(
    "encoding", ["ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]
)
def test_nothing_is_guessed_where_the_file_tells(tmp_path: Path, encoding: str) -> None:
    name = "Ada" if encoding == "ascii" else "Łukasz 山田"
    path = written(tmp_path, f"Name\n{name}\n".encode(encoding))
    assert not encoding_of(path).guessed
    assert next(open_table(path).rows())[1] == (name,)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xef\xbb\xbfName\nAda\nJ\xfcrgen\n", "line 3: this is no text in UTF-8"),
        ("Name\nAda\n".encode("utf-16")[:-1], "line 2: this is no text in UTF-16"),
    ],
)
def test_a_file_that_is_not_what_its_mark_says_is_refused_with_the_line(
    tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says):
        encoding_of(written(tmp_path, content))


@pytest.mark.parametrize(
    "chosen", ["klingon", "base64", "rot13", "utf-8", "utf-16", "punycode", "\0"]
)
def test_an_encoding_that_is_none_or_not_this_one_is_refused(tmp_path: Path, chosen: str) -> None:
    with pytest.raises(InvalidInputError, match=r"no encoding|this is no text in"):
        encoding_of(written(tmp_path, "Jürgen, Ada".encode("cp1252")), chosen)


def test_a_guess_is_shown_without_what_a_terminal_would_run(tmp_path: Path) -> None:
    hostile = Encoding("cp1252", True, ("\x1b[2Jé",))
    said = hostile.sentence + "".join(text for _, text in choices(hostile))
    assert "é" in said
    assert "\x1b" not in said


LINES = (
    "Jürgen Müller",
    "André Lefèvre",
    "Ada Lovelace",
    "Søren Ågård",
    "Zoë Brontë",
    "50 € für Zoë",
)


def mixed(tmp_path: Path, *in_utf8: int, code_page: str = "cp1252") -> Path:
    """A file with the lines of these numbers in UTF-8 and the others in a code page."""
    lines = [
        f"{line}\n".encode("utf-8" if number in in_utf8 else code_page, "replace")
        for number, line in enumerate(("Name", *LINES), 1)
    ]
    return written(tmp_path, b"".join(lines))


@pytest.mark.parametrize(
    ("in_utf8", "says"),
    [
        ((3,), "people.csv, line 3: it is UTF-8, the others are Western European (Windows)."),
        ((2, 7), "people.csv, lines 2, 7: they are UTF-8, the others are Western European"),
        (
            (2, 3, 5, 7),
            "people.csv, line 6: it is Western European (Windows), the others are UTF-8",
        ),
    ],
)
def test_lines_in_utf_8_among_others_are_named_and_nothing_is_guessed(
    tmp_path: Path, in_utf8: tuple[int, ...], says: str
) -> None:
    path = mixed(tmp_path, *in_utf8)
    with pytest.raises(InvalidInputError) as refused:
        encoding_of(path)
    assert str(refused.value).startswith(says)
    assert encoding_of(path, "cp1252").words, "who chooses it knows"


def test_many_lines_are_named_shortly(tmp_path: Path) -> None:
    lines = ["Jürgen\n".encode("utf-8" if number % 2 else "cp1252") for number in range(40)]
    with pytest.raises(InvalidInputError, match=r"lines .*, …: they are"):
        encoding_of(written(tmp_path, b"".join(lines)))


@pytest.mark.parametrize(
    ("code_page", "word"), [("gb18030", "小学"), ("gb18030", "学校"), ("cp1251", "Её")]
)
def test_short_words_that_are_utf_8_by_chance_are_no_contradiction(
    tmp_path: Path, code_page: str, word: str
) -> None:
    assert word.encode(code_page).decode("utf-8") != word
    names = f"{PEOPLE[code_page]}\n{word}\n"
    path = written(tmp_path, f"Name\n{names}".encode(code_page))
    assert encoding_of(path).name == code_page
    assert [cells[0] for _, cells in open_table(path).rows()][-1] == word
