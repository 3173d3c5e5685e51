"""From settings to paper: which printer a text names, and what each does with a badge."""

import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from badges.cups_printer import CupsPrinter
from badges.escpos_printer import Escpos
from badges.folder_printer import FolderPrinter, PdfPrinter
from badges.layout_file import find_layout
from badges.line import DeviceLine, TcpLine
from badges.path_printer import PathPrinter
from badges.printers import open_printer
from badges.talking_printer import TalkingPrinter
from badges.tcp_printer import TcpPrinter
from badges.text_stream import TextStyle, stream
from badges.zpl_printer import Zpl
from eventdesk.core.errors import InvalidInputError, PrinterOfflineError, PrinterRefusedError
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, hostile, opened


def test_each_kind_of_printer_is_opened_by_its_name(tmp_path: Path) -> None:
    def opened_as(spec: str) -> object:
        return open_printer(spec, badges_folder=tmp_path)

    assert opened_as("none") is None
    assert opened_as("folder") == FolderPrinter(tmp_path)
    assert opened_as("folder+png:/x/y") == FolderPrinter(Path("/x/y"), with_picture=True)
    assert opened_as("file:/x/out.txt") == PathPrinter(Path("/x/out.txt"), create=True)
    assert opened_as("device:/dev/usb/lp0") == PathPrinter(Path("/dev/usb/lp0"))
    assert opened_as("tcp://printer.local") == TcpPrinter(TcpLine("printer.local"))
    assert opened_as("tcp://[::1]:9101?encoding=cp437&columns=48&feed=2&cut=1&qr=0") == TcpPrinter(
        TcpLine("::1", 9101), TextStyle("cp437", columns=48, feed=2, cut=True, qr=False)
    )
    assert opened_as("pdf:/x/y") == PdfPrinter(Path("/x/y"))
    assert opened_as("escpos+tcp://printer.local") == TalkingPrinter(
        TcpLine("printer.local"), Escpos()
    )
    assert opened_as("escpos:/dev/usb/lp0?width=384&cut=0&feed=2&status=0") == TalkingPrinter(
        DeviceLine(Path("/dev/usb/lp0")), Escpos(width=384, cut=False, feed=2), asks=False
    )
    assert opened_as("zpl+tcp://[fe80::1]:9101?dpi=300") == TalkingPrinter(
        TcpLine("fe80::1", 9101), Zpl(300)
    )
    assert opened_as("zpl:/dev/ttyUSB0?baud=9600") == TalkingPrinter(
        DeviceLine(Path("/dev/ttyUSB0"), 9600), Zpl()
    )
    assert opened_as("cups:badge") == CupsPrinter("badge")
    assert opened_as("cups:badge?media=62x100mm&dpi=600") == CupsPrinter(
        "badge", media="62x100mm", dpi=600
    )
    assert opened_as("cups:badge?format=raw") == CupsPrinter("badge", raw=Zpl())
    assert opened_as("cups:badge?format=raw&language=escpos&width=384") == CupsPrinter(
        "badge", raw=Escpos(width=384)
    )
    assert opened_as("cups:badge?format=raw&language=text&cut=1") == CupsPrinter(
        "badge", raw=TextStyle(cut=True)
    )


def test_a_layout_goes_to_every_printer_of_pictures(tmp_path: Path) -> None:
    layout = find_layout("card-4x3", tmp_path)
    for spec in ("folder+png", "pdf:/x", "escpos+tcp://host", "zpl:/dev/usb/lp0", "cups:badge"):
        printer = open_printer(spec, badges_folder=tmp_path, layout=layout)
        assert getattr(printer, "layout", None) == layout


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("escpos+tcp://host?width=x", "width is a number from 64 to 4096, not 'x'"),
        ("zpl+tcp://host?colour=1", "no option 'colour'; it takes dpi, status"),
        ("zpl:/dev/ttyUSB0?baud=77", "baud is one of"),
        ("cups:-o", "a queue's name"),
        ("cups:badge?format=raw&language=pcl", "language is zpl, escpos or text"),
        ("cups:badge?media=A4 landscape", "media is a name"),
    ],
)
def test_an_error_in_a_printers_line_says_what_would_be_right(
    spec: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        open_printer(spec, badges_folder=tmp_path)


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "printer",
        "none:1",
        "file:",
        "device:",
        "device:?cut=1",
        "tcp:",
        "tcp:host",
        "tcp://",
        "tcp://:9100",
        "tcp://host:0",
        "tcp://host:99999",
        "tcp://host:abc",
        "tcp://[::1",
        "tcp://host/queue",
        "tcp://host?encoding=klingon",
        "tcp://host?encoding=utf-16",
        "tcp://host?encoding=rot13",
        "tcp://host?feed=-1",
        "tcp://host?columns=x",
        "tcp://host?cut=yes",
        "tcp://host?colour=red",
        "file:/x?cut",
        "http://host",
        "escpos:",
        "escpos+tcp:host",
        "escpos+tcp://host?width=9",
        "zpl+tcp://",
        "zpl://host",
        "zpl+tcp://host?baud=9600",
        "cups:",
        "cups:a b",
        "cups:a/b",
        "cups:badge?format=png",
        "pdf:",
        "pdf:/x?dpi=0",
    ],
)
def test_a_text_that_names_no_printer_is_a_clear_error(spec: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as caught:
        open_printer(spec, badges_folder=tmp_path)
    assert caught.value.hint


def test_a_folder_gets_one_readable_file_a_badge(tmp_path: Path) -> None:
    paper = FolderPrinter(tmp_path / "deep" / "badges").send(badge("Zoë"), job="j-1")
    assert paper.confirmed
    assert Path(paper.where) == tmp_path / "deep" / "badges" / "Zoë j-1.txt"
    assert Path(paper.where).read_text(encoding="utf-8").startswith("Zoë\nAnalytical")


def test_a_repeated_job_leaves_one_file_and_shows_the_repetition(tmp_path: Path) -> None:
    printer = FolderPrinter(tmp_path, with_picture=True)
    (tmp_path / ".j-1.txt.part").write_text("torn by a crash")
    printer.send(badge(), job="j-1")
    printer.send(badge(mark="COPY?"), job="j-1")
    assert sorted(os.listdir(tmp_path)) == ["Ada Lovelace j-1.png", "Ada Lovelace j-1.txt"]
    assert "COPY?" in (tmp_path / "Ada Lovelace j-1.txt").read_text(encoding="utf-8")
    assert codes_in(opened((tmp_path / "Ada Lovelace j-1.png").read_bytes())) == [TOKEN]


def test_two_guests_of_one_name_get_two_files(tmp_path: Path) -> None:
    for job in ("j-1", "j-2"):
        FolderPrinter(tmp_path).send(badge(), job=job)
    assert len(os.listdir(tmp_path)) == 2


@pytest.mark.parametrize("name", ATTACKS)
def test_no_name_leaves_the_folder_or_hides_its_file(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "badges"
    paper = FolderPrinter(folder).send(hostile(name), job="j-1")
    assert Path(paper.where).parent == folder
    assert os.listdir(tmp_path) == ["badges"]
    assert [not part.startswith((".", "-")) for part in os.listdir(folder)] == [True]


@pytest.mark.parametrize("job", ["", "../x", "a/b", ".hidden", "x" * 65, "a b", "a\0"])
def test_a_job_is_no_path(job: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="print job"):
        FolderPrinter(tmp_path).send(badge(), job=job)


def test_a_folder_that_cannot_be_made_refuses(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(PrinterRefusedError, match="The badge folder") as caught:
            FolderPrinter(folder).send(badge(), job="j-1")
        assert "folder" in caught.value.hint


def test_a_file_collects_the_badges_as_they_come(tmp_path: Path) -> None:
    printer = PathPrinter(tmp_path / "out", create=True)
    assert printer.send(badge("Ada"), job="1").confirmed
    assert printer.send(badge("Grace"), job="2").confirmed
    printed = (tmp_path / "out").read_bytes()
    assert printed == stream(badge("Ada"), TextStyle()) + stream(badge("Grace"), TextStyle())


def test_a_badge_waits_while_the_disk_is_full() -> None:
    for printer in (PathPrinter(Path("/dev/full")), PathPrinter(Path("/dev/full"), create=True)):
        with pytest.raises(PrinterOfflineError, match="no room left"):
            printer.send(badge(), job="1")


FILL_UP = """
import pathlib, resource, sys
from badges.printers import open_printer
from eventdesk.core.errors import PrinterOfflineError
from tests.badges.reading import badge
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
printer = open_printer(sys.argv[1], badges_folder=pathlib.Path("."))
try:
    for job in range(9):
        printer.send(badge("Ada " * 20 + str(job)), job=str(job))
except PrinterOfflineError:
    print(job)
"""


def test_a_file_holds_only_whole_badges_when_the_room_ends(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    out = tmp_path / "out"
    command = [sys.executable, "-c", FILL_UP, f"file:{out}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) < 9
    assert out.read_bytes().count(b"K7QM-2X9P") == int(done.stdout)
    assert out.read_bytes().endswith(b"Night of the Engines" + b"\r\n" * 6)


def test_a_missing_device_is_a_printer_that_is_off(tmp_path: Path) -> None:
    with pytest.raises(PrinterOfflineError):
        PathPrinter(tmp_path / "lp0").send(badge(), job="1")
    assert not (tmp_path / "lp0").exists()


def test_a_path_that_is_a_folder_refuses(tmp_path: Path) -> None:
    with pytest.raises(PrinterRefusedError, match="/test_a_path_that_is_a_folder_r0' cannot be"):
        PathPrinter(tmp_path).send(badge(), job="1")


def fill(device: PathPrinter) -> None:
    for job in range(1000):
        device.send(badge(), job=str(job))


def test_a_device_that_takes_no_more_data_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    printer = PathPrinter(tmp_path / "lp0", timeout_s=0.05)
    with pytest.raises(PrinterOfflineError):
        printer.send(badge(), job="nobody reads")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert not printer.send(badge(), job="1").confirmed
        with pytest.raises(PrinterOfflineError, match="no more data"):
            fill(printer)
    finally:
        os.close(reader)


def test_a_device_that_is_slow_gets_everything(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    held = os.open(tmp_path / "lp0", os.O_WRONLY)  # before the sender comes nothing has ended
    style = TextStyle(feed=40_000)
    received: list[bytes] = []

    def drain() -> None:
        while chunk := os.read(reader, 4096):
            received.append(chunk)

    printer = threading.Thread(target=drain)
    try:
        sender = threading.Thread(
            target=lambda: PathPrinter(tmp_path / "lp0", style).send(badge(), job="1")
        )
        sender.start()
        printer.start()
        sender.join()
        os.close(held)
        printer.join()
    finally:
        os.close(reader)
    assert b"".join(received) == stream(badge(), style)
