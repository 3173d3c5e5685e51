"""Pictures drawn in a child are those drawn here."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from badges.cups_printer import CupsPrinter
from badges.escpos_printer import Escpos
from badges.folder_printer import FolderPrinter, PdfPrinter
from badges.layout_file import gallery, read_layout, write_layout
from badges.making import child_pid, draw_here, draw_in_child, made
from badges.raster import badge_pdf
from badges.talking_printer import Tongue, in_words
from badges.zpl_printer import Zpl
from tests.badges.reading import badge

OWN = 'width = 60\nheight = 40\n[words.de]\nseat = "Sitz"\n[[front]]\nkind = "text"\nwidth = 60\n'


@pytest.fixture
def in_child() -> Iterator[None]:
    draw_in_child()
    yield
    draw_here()


@pytest.mark.parametrize("name", ["Ada Lovelace", "李小龍", "محمد", "\x1b]0;x\x07'; DROP"])
@pytest.mark.parametrize("tongue", [Zpl(203), Escpos(width=384)])
def test_a_printer_of_pictures_gets_the_same_bytes(
    in_child: None, tongue: Tongue, name: str
) -> None:
    guest = replace(badge(name), extra={"Diet?": "vegan"})
    for layout in (None, gallery()[-1]):
        assert made(in_words, tongue, guest, layout) == in_words(tongue, guest, layout)
    assert child_pid() is not None


def test_a_layout_of_ones_own_goes_along_with_its_words_and_folder(
    in_child: None, tmp_path: Path
) -> None:
    text = OWN + 'height = 20\ntext = "{word.seat} {seat}"\n'
    layout = read_layout(text, name="own", folder=tmp_path)
    guest = replace(badge("Ada"), seat="A-7", language="de")
    there = made(in_words, Zpl(203), guest, layout)
    assert there == in_words(Zpl(203), guest, layout)
    assert there != in_words(Zpl(203), guest, replace(layout, words={}))
    assert read_layout(write_layout(layout), name="own") == layout


def test_a_logo_is_read_by_a_child_of_the_child(in_child: None, tmp_path: Path) -> None:
    Image.new("L", (40, 40), 0).save(tmp_path / "black.png")
    logo = '[[front]]\nkind = "logo"\nfile = "black.png"\nwidth = 60\nheight = 40\n'
    layout = read_layout(f"width = 60\nheight = 40\n{logo}", name="own", folder=tmp_path)
    there = made(in_words, Zpl(203), badge("Ada"), layout)
    assert there == in_words(Zpl(203), badge("Ada"), layout)
    assert there != in_words(Zpl(203), badge("Ada"), replace(layout, folder=None))


def test_files_are_drawn_in_the_child_and_written_here(in_child: None, tmp_path: Path) -> None:
    guest = badge("Ada")
    papers = [
        PdfPrinter(tmp_path / "pdf").send(guest, job="1"),
        FolderPrinter(tmp_path / "png", with_picture=True).send(guest, job="1"),
    ]
    assert all(Path(paper.where).is_file() for paper in papers)
    assert Path(papers[0].where).read_bytes()[:5] == b"%PDF-"
    assert child_pid() is not None


def test_text_needs_no_child(in_child: None, tmp_path: Path) -> None:
    FolderPrinter(tmp_path).send(badge("Ada"), job="1")
    assert child_pid() is None


def test_without_a_spooler_it_is_drawn_here_and_the_last_to_leave_ends_the_child() -> None:
    layout = gallery()[0]
    assert made(badge_pdf, badge("Ada"), layout, dpi=72)[:5] == b"%PDF-"
    assert child_pid() is None
    draw_in_child()
    draw_in_child()
    made(badge_pdf, badge("Ada"), layout, dpi=72)
    draw_here()
    assert child_pid() is not None
    draw_here()
    assert child_pid() is None


def test_the_queue_of_cups_is_told_of_both_sides() -> None:
    layout = next(each for each in gallery() if len(each.sides) == 2)
    command, content = CupsPrinter("labels", layout)._order(badge("Ada"), "1")
    assert "sides=two-sided-long-edge" in command
    assert content[:5] == b"%PDF-"
