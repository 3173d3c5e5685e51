"""A folder of PDF files, and what printers that are paths say of themselves."""

import os
from pathlib import Path

import pytest

from badges.folder_printer import PdfPrinter
from badges.layout_file import find_layout
from badges.printers import open_printer
from eventdesk.core.printing import Health
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, hostile, pdf_pages


def test_a_pdf_is_written_whole_at_the_size_of_its_layout(tmp_path: Path) -> None:
    for name, size_mm in (("", (62, 100)), ("card-4x3", (101.6, 76.2)), ("a6", (105, 148))):
        printer = PdfPrinter(tmp_path / "pdf", find_layout(name, tmp_path))
        paper = printer.send(badge("Łucja"), job="j-1")
        assert paper.confirmed
        assert paper.where == str(tmp_path / "pdf" / "Łucja j-1.pdf")
        sides = pdf_pages(Path(paper.where).read_bytes())
        assert all(size == pytest.approx(size_mm, abs=0.01) for _page, size in sides)
        assert [code for page, _size in sides for code in codes_in(page)] == [TOKEN]
    assert os.listdir(tmp_path / "pdf") == ["Łucja j-1.pdf"]


@pytest.mark.parametrize("name", ATTACKS)
def test_no_name_leaves_the_folder_of_pdf_files(name: str, tmp_path: Path) -> None:
    paper = PdfPrinter(tmp_path / "pdf").send(hostile(name), job="j-1")
    assert Path(paper.where).parent == tmp_path / "pdf"
    assert os.listdir(tmp_path) == ["pdf"]


def test_a_printer_that_is_a_path_says_whether_it_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "lp0")

    def health_of(spec: str) -> Health:
        printer = open_printer(spec, badges_folder=tmp_path / "badges")
        assert printer is not None
        assert printer.follow("") is None
        return printer.status().health

    assert health_of("folder") is Health.READY
    assert health_of(f"pdf:{tmp_path}/pdf") is Health.READY
    assert health_of(f"folder:{tmp_path}/file") is Health.ERROR
    assert health_of(f"folder:{tmp_path}/file/below") is Health.ERROR
    assert health_of(f"file:{tmp_path}/out.txt") is Health.READY
    assert health_of(f"file:{tmp_path}") is Health.ERROR
    assert health_of(f"file:{tmp_path}/missing/out.txt") is Health.OFFLINE
    assert health_of(f"device:{tmp_path}/lp0") is Health.UNKNOWN
    assert health_of(f"device:{tmp_path}/lp9") is Health.OFFLINE
    assert not (tmp_path / "badges").exists()
