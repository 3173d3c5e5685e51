"""JSON tables, read object by object."""

import tracemalloc
from pathlib import Path

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.tables.files import open_table


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "people.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"name": "Ada"}, {"name": "B", "name": "C"}]', "row 3: a name is there twice"),
        ('[{"name": "Ada", "price": NaN}]', "row 2: NaN is no number"),
        ('[{"name": "Ada", "price": 1e999}]', "row 2: 1e999 is no number"),
        ('[{"name": "Ada"}, {"name": "Bo', "row 3: Unterminated string"),
        ('[{"name": "Ada"}, {"name": "Bob"}', "row 3: the list has no end"),
        ('[{"name": "Ada"}] x', "row 2: something stands behind the list"),
        ('[{"name": "Ada"}, 7]', "no table in JSON"),
        ('[{"name": ' + "[" * 100_000, "row 2: .*recursion"),
        ('[{"name": "' + "x" * 1_500_000 + '"}]', "row 2: it has more than 1,000,000 characters"),
        ('[{"name": "J\xfcrgen"}]'.encode("latin-1"), "no text in UTF-8"),
        ("[" + ",".join(f'{{"n{n}": 1}}' for n in range(1100)) + "]", "more than 1000 names"),
        ("[]", "is empty"),
        ("", "no table in JSON"),
    ],
    ids=lambda each: each if isinstance(each, str) and len(each) < 50 else "file",
)
def test_what_is_no_whole_table_is_refused_with_its_row(
    tmp_path: Path, content: str | bytes, says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says):
        list(open_table(written(tmp_path, content)).rows())


def test_huge_numbers_stay_as_their_digits_and_every_encoding_of_json_is_read(
    tmp_path: Path,
) -> None:
    content = '[{"name": "山", "n": ' + "9" * 5000 + '}, {"more": [1, "a"], "name": "b"}]'
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        table = open_table(written(tmp_path, content.encode(encoding)))
        assert table.heading == ("name", "n", "more")
        assert [cells for _, cells in table.rows()] == [
            ("山", "9" * 5000, ""),
            ("b", "", '[1, "a"]'),
        ]


def test_a_long_list_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "[" + ",".join(['{"a":"%s"}' % ("x" * 2000)] * 10_000) + "]")
    tracemalloc.start()
    assert sum(1 for _ in open_table(path).rows()) == 10_000
    assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 4
    tracemalloc.stop()
