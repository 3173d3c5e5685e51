"""What is wrong with a layout is named by line and field in each language."""

import pytest

from badges.layout_file import read_layout
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import reading
from tests.badges.test_layout_file import WHOLE


def test_what_is_wrong_is_named_by_its_line_in_german() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_layout(WHOLE.replace("width = 62", "width = 900"), name="mine")
    with reading("de"):
        assert str(caught.value) == (
            "mine.toml, Zeile 3: Das Layout, width ist 900; möglich ist 10 bis 320."
        )
