"""The ticket in every form a guest gets it reads back as its token."""

from xml.etree import ElementTree

import pytest

from badges import ticket
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, drawn_blocks, hostile, opened

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("shrunk_to", [(600, 800), (300, 400), (180, 240)])
def test_the_picture_reads_back_at_the_size_of_a_phone_in_a_camera(
    shrunk_to: tuple[int, int],
) -> None:
    page = opened(ticket.picture_png(badge()))
    assert page.size == (600, 800)
    assert codes_in(page.convert("L").resize(shrunk_to)) == [TOKEN]


def test_the_svg_says_the_ticket_in_words() -> None:
    root = ElementTree.fromstring(ticket.svg(badge()))
    assert [text.text for text in root.iter(f"{SVG}text")] == [
        "Ada Lovelace",
        "Analytical Engines Ltd",
        "VIP",
        "Night of the Engines",
        "K7QM-2X9P",
    ]


@pytest.mark.parametrize("name", ATTACKS)
def test_no_name_breaks_the_svg(name: str) -> None:
    root = ElementTree.fromstring(ticket.svg(hostile(name)))
    tags = {element.tag for element in root.iter()}
    assert tags <= {f"{SVG}{tag}" for tag in ("svg", "path", "g", "text")}


def test_the_lines_of_a_receipt_fit_58_mm_paper_and_read_back() -> None:
    lines = ticket.receipt(badge())
    assert all(len(line) <= 32 for line in lines)
    assert codes_in(drawn_blocks(lines[4:20], ink=0, paper=255, margin=24)) == [TOKEN]
