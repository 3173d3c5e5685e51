"""One chart, drawn in a terminal and in files: the same figures, and no harm from any name."""

import io
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from eventdesk.charts import Bar, Bars, Curve, Mark, Series, table_of
from eventdesk.charts.big import big
from eventdesk.charts.cells import chart_lines, text_of
from eventdesk.charts.pictures import PictureForm, picture
from eventdesk.charts.ticks import round_ticks, time_ticks
from eventdesk.core.cells import cell_width
from tests.histories import tries

BEGIN = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
HOSTILE = "</text><script>alert(1)</script>\x1b[31m &\u202eevil"

CURVE = Curve(
    "People let in",
    "people a minute",
    BEGIN,
    60,
    "Europe/Berlin",
    (
        Series("let in", (1.0, 4.0, 9.0, 2.0)),
        Series("expected", (None, None, None, 5.0, 3.5), dotted=True),
    ),
    (Mark(BEGIN + timedelta(minutes=1), "doors 09:01"),),
    "A note.",
)
BARS = Bars(
    "Types",
    "tickets",
    ("inside", "out"),
    (Bar("Regular", (6, 2)), Bar("VIP", (1, 0)), Bar("漢字", (0, 3), "three")),
)


def test_axes_have_their_unit_and_round_signs() -> None:
    text = text_of(chart_lines(CURVE, 60, 14))
    for sign in ("people a minute", "10┤", " 0┤", "09:00", "let in", "expected", "A note."):
        assert sign in text


def test_what_is_counted_and_what_is_expected_differ_without_colour() -> None:
    legend = text_of(chart_lines(CURVE, 60, 14)).splitlines()[0]
    assert "━━━ let in" in legend
    assert "⠄⠄⠄ expected" in legend
    assert "██ inside   ▓▓ out" in text_of(chart_lines(BARS, 60, 8))


@settings(max_examples=tries(40))
@given(
    width=st.integers(1, 200),
    height=st.integers(1, 60),
    values=st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=300),
    name=st.text(max_size=30),
)
def test_fits_into_any_room(width: int, height: int, values: list[float | None], name: str) -> None:
    curve = Curve(name, name, BEGIN, 60, "UTC", (Series(name, tuple(values)),))
    bars = Bars(name, "x", ("a", "b"), tuple(Bar(name, (each or 0, 1)) for each in values))
    for chart in (curve, bars):
        lines = text_of(chart_lines(chart, width, height)).splitlines()
        assert len(lines) <= max(5, height)
        assert all(cell_width(line) <= max(24, width) + 12 for line in lines)


def test_many_bars_are_put_together_and_none_is_lost() -> None:
    many = Bars("Many", "x", ("x",), tuple(Bar(f"Name {each}", (1,)) for each in range(30)))
    text = text_of(chart_lines(many, 60, 10))
    assert "22 others" in text
    assert text.rstrip().endswith("x")


def test_nothing_yet_is_said() -> None:
    empty = Curve("Title", "x", BEGIN, 60, "UTC", (), empty="Nobody yet.")
    assert text_of(chart_lines(empty, 60, 10)) == "Nobody yet."
    assert b"Nobody yet." in picture(empty, PictureForm.SVG)


@pytest.mark.parametrize("chart", [CURVE, BARS], ids=["curve", "bars"])
def test_is_drawn_as_svg_png_and_pdf(chart: Curve | Bars) -> None:
    root = ElementTree.fromstring(picture(chart, PictureForm.SVG, heading="Fair"))
    words = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert chart.title in words
    assert "Fair" in words
    assert chart.unit in words
    image = Image.open(io.BytesIO(picture(chart, PictureForm.PNG, heading="Fair")))
    assert image.size == (1920, 1080)
    assert len(image.getcolors(maxcolors=1 << 20) or ()) > 4
    pdf = picture(chart, PictureForm.PDF, heading="Fair")
    assert pdf.startswith(b"%PDF")
    assert pdf.rstrip().endswith(b"%%EOF")


def test_a_hostile_name_is_only_text() -> None:
    bars = Bars(HOSTILE, HOSTILE, (HOSTILE, "b"), (Bar(HOSTILE, (1, 1), HOSTILE),), HOSTILE)
    svg = picture(bars, PictureForm.SVG, heading=HOSTILE).decode()
    root = ElementTree.fromstring(svg)
    assert not [each for each in root.iter() if each.tag.endswith("script")]
    assert "\x1b" not in svg
    assert "\u202e" not in svg
    assert "\x1b" not in text_of(chart_lines(bars, 80, 20))
    assert picture(bars, PictureForm.PDF, heading=HOSTILE).startswith(b"%PDF")
    assert picture(bars, PictureForm.PNG, heading=HOSTILE)[1:4] == b"PNG"


def test_the_table_holds_the_figures_of_the_picture() -> None:
    heading, rows = table_of(CURVE)
    assert heading[2:] == ("let in (people a minute)", "expected (people a minute)")
    assert rows[3] == ("2026-06-01 09:03", "2026-06-01 07:03", 2, 5)
    assert rows[4][2:] == (None, "3.50")
    assert table_of(BARS)[1][0] == ("Regular", 6, 2)


def test_ticks_are_round_also_where_the_clocks_change() -> None:
    assert round_ticks(0, 4) == [0.0, 1.0]
    assert round_ticks(3, 10) == [0.0, 1.0, 2.0, 3.0]
    night = datetime(2026, 3, 28, 23, 10, tzinfo=UTC)
    signs = [text for _, text in time_ticks(night, night + timedelta(hours=5), "Europe/Berlin", 6)]
    assert all(sign.endswith(":00") for sign in signs)


def test_big_figures_grow_with_the_room() -> None:
    assert [len(big("842", width, 8)) for width in (5, 20, 40)] == [1, 4, 7]
    assert big("no digits", 99, 9) == ["no digits"]
