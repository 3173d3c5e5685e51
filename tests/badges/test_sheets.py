"""Badges on sheets of paper: as many as fit, where they are cut, and a PDF that others read."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from badges.layout_file import ready_layout
from badges.sheet_pdf import write_pages
from badges.sheets import SIZES_MM, Grid, PaperSize, Sheet, draw_sheet, grid_of, packed_sheet
from eventdesk.core.collation import sort_key
from eventdesk.core.errors import InvalidInputError
from tests.badges.reading import TOKEN, badge, codes_in, sheet_pages

LABEL = ready_layout("label-62")
DOT_MM = 25.4 / 300


@pytest.mark.parametrize(
    ("size", "sheet", "grid"),
    [
        ((62, 100), Sheet(), (3, 2)),
        ((62, 100), Sheet(gap_mm=10), (2, 2)),
        ((105, 148), Sheet(margin_mm=0), (2, 2)),
        ((105, 148), Sheet(), (1, 1)),
        ((62, 100), Sheet(paper=PaperSize.LETTER), (3, 2)),
    ],
)
def test_as_many_badges_lie_on_a_sheet_as_fit(
    size: tuple[float, float], sheet: Sheet, grid: tuple[int, int]
) -> None:
    found = grid_of(*size, sheet)
    assert (found.columns, found.rows) == grid
    assert found.left_mm >= sheet.margin_mm
    assert found.top_mm >= sheet.margin_mm


def test_a_badge_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="does not fit"):
        grid_of(220, 100, Sheet())
    with pytest.raises(InvalidInputError, match="0 to 50"):
        grid_of(62, 100, Sheet(margin_mm=-1))


def test_every_badge_of_a_sheet_reads_and_an_empty_place_stays_white() -> None:
    badges = [replace(badge(name), token=f"{TOKEN}{name}") for name in ("ADA", "BEN", "CLEO")]
    page = draw_sheet([badges[0], None, *badges[1:]], LABEL, Sheet())
    assert sorted(codes_in(page)) == [f"{TOKEN}{name}" for name in ("ADA", "BEN", "CLEO")]
    second = page.crop(box(grid_of(62, 100, Sheet()), 1))
    assert is_white(second)


def test_crop_marks_stand_at_the_edges_and_touch_no_badge() -> None:
    sheet = Sheet(gap_mm=6)
    grid = grid_of(62, 100, sheet)
    page = draw_sheet([], LABEL, sheet)
    bare = draw_sheet([], LABEL, replace(sheet, crop_marks=False))
    assert not is_white(page)
    assert is_white(bare)
    for place in range(grid.places):
        assert is_white(page.crop(box(grid, place, gap=6)))
    x, y = round(grid.left_mm / DOT_MM), round((grid.top_mm - 3) / DOT_MM)
    assert page.getpixel((x, y)) == 0


def test_the_back_lies_behind_its_front() -> None:
    layout = ready_layout("a6")
    sheet, one = Sheet(margin_mm=0, crop_marks=False), badge("Ada")
    half = round(105 / DOT_MM)
    front, back = (draw_sheet([one], layout, sheet, side=side) for side in (0, 1))
    assert is_white(front.crop((half + 9, 0, front.width, front.height)))
    assert is_white(back.crop((0, 0, half - 9, back.height)))


def test_the_pdf_has_each_sheet_in_its_size() -> None:
    pages = [packed_sheet([badge("Ada")], LABEL, Sheet(), side=0)] * 2
    file = io.BytesIO()
    size = draw_sheet([], LABEL, Sheet()).size
    assert write_pages(file, pages, size_mm=SIZES_MM[PaperSize.A4], size_dots=size) == 2
    for page, size_mm in (read := sheet_pages(file.getvalue())):
        assert size_mm == pytest.approx((210, 297), abs=0.1)
        assert codes_in(page) == [TOKEN]
    assert len(read) == 2


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("de", ["Anna", "Ärne", "Öz", "Zoe"]),
        ("sv", ["Anna", "Zoe", "Åsa", "Ärne", "Öz"]),
        ("da", ["Anna", "Zoe", "Ærø", "Øst", "Åse"]),
        ("es", ["Nuria", "Nz", "Ñandú", "Oli"]),
        ("pl", ["Lz", "Łukasz", "Maja", "Zz", "Żuk"]),
        ("tr", ["Hz", "Ilgaz", "İnci", "Jale"]),
        ("en", ["ada", "Ben", "Łukasz", "Mia", "山田"]),
    ],
)
def test_names_are_sorted_as_readers_of_the_language_look_them_up(
    language: str, names: list[str]
) -> None:
    mixed = [*names[1:], names[0]]
    mixed.sort(key=lambda name: sort_key(name, language))
    assert mixed == names


def is_white(page: Image.Image) -> bool:
    return page.convert("L").getextrema() == (255, 255)


def box(grid: Grid, place: int, *, gap: float = 0.0) -> tuple[int, int, int, int]:
    """The dots of a place, without its edge."""
    row, column = divmod(place, grid.columns)
    left = grid.left_mm + column * (62 + gap)
    top = grid.top_mm + row * (100 + gap)
    corners = (left + 0.5, top + 0.5, left + 61.5, top + 99.5)
    return tuple(round(each / DOT_MM) for each in corners)  # type: ignore[return-value]
