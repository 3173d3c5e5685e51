"""ESC/POS against emupos, an emulator of receipt printers by others, and our simulation too.

Run by `make printers`, not by the suite: emupos needs Python 3.13, and tools/counterparts.sh puts
it into a folder of its own. Its program is $EMUPOS_PROGRAM or `emupos` on the path.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageOps

from badges.escpos_printer import Escpos
from badges.finding import find_printers
from badges.line import TcpLine
from badges.talking_printer import Patience, TalkingPrinter
from eventdesk.core.errors import PrinterOfflineError
from eventdesk.core.printing import Health
from tests.badges.reading import TOKEN, badge, codes_in, hostile, opened
from tests.badges.simulated_printers import EscposSimulated

NAMES = ["محمّد أحمد", "สวัสดี ภูริพัฒน์", "山田 太郎", "Łucja Żółć", "Ada\x1b@\x1dV\x00Lovelace"]
FAULTS = {
    "paper_out": ("paper-out", Health.PAPER_OUT),
    "cover_open": ("cover-open", Health.COVER_OPEN),
    "offline": ("offline", Health.OFFLINE),
    "paper_low": ("paper-near-end", Health.PAPER_LOW),
}
PATIENCE = Patience(answer_s=1.0, print_s=2.0, poll_s=0.05)
CONFIGURATION = """
schema: 1
api: {{ host: 127.0.0.1, port: {api} }}
devices:
  - id: front
    type: printer
    profile: epson-tm-t20iii
    connections: [{{ tcp: {{ port: {port} }} }}]
    receipts_dir: {folder}
"""


@dataclass
class Emupos:
    """The running emulator."""

    port: int
    api: int

    @property
    def printer(self) -> TalkingPrinter:
        return TalkingPrinter(TcpLine("127.0.0.1", self.port), Escpos(), patience=PATIENCE)

    def ask(self, path: str, method: str = "GET") -> bytes:
        url = f"http://127.0.0.1:{self.api}/api/v1/devices/front{path}"
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            content: bytes = answer.read()
            return content

    def receipts(self) -> list[Any]:
        receipts: list[Any] = json.loads(self.ask("/receipts"))
        return receipts

    def picture(self) -> Image.Image:
        return opened(self.ask("/receipts/latest/image")).convert("1")

    @contextlib.contextmanager
    def fault(self, name: str) -> Iterator[None]:
        self.ask(f"/faults/{name}", "PUT")
        try:
            yield
        finally:
            self.ask(f"/faults/{name}", "DELETE")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def emupos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    program = os.environ.get("EMUPOS_PROGRAM") or shutil.which("emupos")
    if program is None:
        pytest.fail("emupos is not here: run `make printers`, or set EMUPOS_PROGRAM to it.")
    folder = tmp_path_factory.mktemp("emupos")
    running = Emupos(free_port(), free_port())
    configuration = CONFIGURATION.format(api=running.api, port=running.port, folder=folder / "out")
    (folder / "emupos.yaml").write_text(configuration)
    command = [program, "run", "--config", str(folder / "emupos.yaml")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            _until_it_answers(running, process)
            yield running
        finally:
            process.terminate()
            process.wait()


def _until_it_answers(running: Emupos, process: "subprocess.Popen[bytes]") -> None:
    waiting, deadline = threading.Event(), time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            running.ask("/receipts")
        except (urllib.error.URLError, OSError):
            waiting.wait(0.1)
        else:
            return
    pytest.fail("emupos did not start.")


def inked(picture: Image.Image) -> Image.Image:
    """Return the part of a picture with ink on it."""
    box = ImageOps.invert(picture.convert("L")).getbbox()
    return picture.crop(box)


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_the_picture_and_confirms_it(emupos: Emupos, name: str) -> None:
    before = len(emupos.receipts())
    assert emupos.printer.send(hostile(name), job="1").confirmed
    assert len(emupos.receipts()) == before + 1
    seen = emupos.picture()
    assert codes_in(seen) == [TOKEN]
    with EscposSimulated().switched_on() as simulated:
        line = TcpLine("127.0.0.1", simulated.port)
        paper = TalkingPrinter(line, Escpos(), patience=PATIENCE).send(hostile(name), job="1")
    assert paper.confirmed
    [ours], theirs = map(inked, simulated.printed), inked(seen)
    assert ours.size == theirs.size
    assert ImageChops.logical_xor(ours, theirs).getbbox() is None


@pytest.mark.parametrize("fault", FAULTS)
def test_our_simulation_says_what_it_says(emupos: Emupos, fault: str) -> None:
    name, health = FAULTS[fault]
    questions = b"".join(bytes((0x10, 0x04, number)) for number in (1, 2, 3, 4))
    with emupos.fault(name):
        assert emupos.printer.status().health is health
        with socket.create_connection(("127.0.0.1", emupos.port)) as line:
            line.sendall(questions)
            said = b""
            while len(said) < 4:
                said += line.recv(4)
    simulated = EscposSimulated({fault}).feed(questions)
    paper = said[3:4] if fault != "paper_out" else bytes([said[3] & ~0x0C])
    assert simulated == said[:3] + paper  # an empty roll is also one that ends soon


@pytest.mark.parametrize("fault", ["paper_out", "cover_open", "offline"])
def test_it_gets_nothing_while_it_cannot_print(emupos: Emupos, fault: str) -> None:
    before = len(emupos.receipts())
    with emupos.fault(FAULTS[fault][0]), pytest.raises(PrinterOfflineError) as caught:
        emupos.printer.send(badge(), job="1")
    assert not caught.value.may_be_out
    assert emupos.printer.send(badge(), job="1").confirmed
    assert len(emupos.receipts()) == before + 1


def test_a_roll_that_ends_behind_the_question_is_noticed(emupos: Emupos) -> None:
    with contextlib.ExitStack() as faults:
        printer = TalkingPrinter(
            TcpLine("127.0.0.1", emupos.port), EndingRoll(emupos, faults), patience=PATIENCE
        )
        with pytest.raises(PrinterOfflineError, match="out of paper") as caught:
            printer.send(badge(), job="1")
    assert caught.value.may_be_out


class EndingRoll(Escpos):
    """ESC/POS in which the paper ends between the first question and the badge."""

    def __init__(self, emupos: Emupos, faults: contextlib.ExitStack) -> None:
        super().__init__()
        object.__setattr__(self, "emupos", emupos)
        object.__setattr__(self, "faults", faults)

    def talk(self, channel: Any, patience: Patience) -> Any:
        talk = super().talk(channel, patience)
        begin = talk.begin

        def end_the_roll() -> None:
            begin()
            self.faults.enter_context(self.emupos.fault("paper-out"))  # type: ignore[attr-defined]

        talk.begin = end_the_roll  # type: ignore[method-assign]
        return talk


def test_it_is_found(emupos: Emupos, tmp_path: Path) -> None:
    [found] = [each for each in find_printers(hosts=[f"127.0.0.1:{emupos.port}"])
               if "ESC/POS" in str(each.text)]  # fmt: skip
    assert found.spec == f"escpos+tcp://127.0.0.1:{emupos.port}"
