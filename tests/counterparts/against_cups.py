"""The driver of CUPS against CUPS itself: its PDF printer, and a raw queue to a listener of ours.

Run by `make printers`, not by the suite: a scheduler of its own is started from a folder, and the
PDF printer works only for root. Needs `apt-get install cups cups-client printer-driver-cups-pdf
poppler-utils`. What the CUPS of tests/badges/simulated_cups.py says was recorded here.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import pytest

from badges.cups_printer import CupsPrinter
from badges.finding import find_printers
from badges.raster import drawn
from badges.zpl_printer import Zpl
from eventdesk.core.errors import PrinterOfflineError, PrinterRefusedError
from eventdesk.core.ids import new_id
from eventdesk.core.printing import Health
from tests.badges.reading import TOKEN, badge, codes_in
from tests.counterparts.against_emupos import free_port

NAMES = ["محمّد أحمد", "สวัสดี ภูริพัฒน์", "山田 太郎", "Łucja Żółć"]
PROGRAMS = ("cupsd", "lp", "lpstat", "lpadmin", "cupsdisable", "pdftoppm", "pdfinfo")
PPD = Path("/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd")

CUPSD = """
LogLevel info
Listen {folder}/run/cups.sock
Browsing No
WebInterface No
DefaultAuthType None
ErrorPolicy retry-job
<Location />
  Allow all
</Location>
<Location /admin>
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """
ServerRoot {folder}/etc
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/run
TempDir {folder}/tmp
ErrorLog {folder}/log/error_log
AccessLog {folder}/log/access_log
PageLog {folder}/log/page_log
Sandboxing relaxed
SystemGroup root
User lp
Group lp
"""


@dataclass
class Listener:
    """What the raw queue prints to: port 9100 of a printer."""

    port: int = field(default_factory=free_port)
    received: list[bytes] = field(default_factory=list)

    @contextlib.contextmanager
    def switched_on(self) -> Iterator[None]:
        with socket.create_server(("127.0.0.1", self.port)) as server:
            thread = threading.Thread(target=self._serve, args=(server,))
            thread.start()
            try:
                yield
            finally:
                server.shutdown(socket.SHUT_RDWR)
                thread.join()

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self.received.append(stream.read())


def until(condition: Callable[[], bool], *, within_s: float = 30) -> None:
    waiting, deadline = threading.Event(), time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        waiting.wait(0.1)


def told(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module", autouse=True)
def cups(listener: Listener) -> Iterator[None]:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing or not PPD.exists() or os.geteuid() != 0:
        pytest.fail(
            f"CUPS is not whole here ({', '.join(missing) or 'its PDF printer, or root'}): apt-get "
            "install cups cups-client printer-driver-cups-pdf poppler-utils, and run as root."
        )
    folder = Path(mkdtemp(prefix="eventdesk-"))  # short: a socket lies in it
    folder.chmod(0o755)  # the scheduler works as another user
    for name in ("etc", "spool", "cache", "run", "tmp", "log"):
        (folder / name).mkdir(parents=True)
        shutil.chown(folder / name, "lp")
    (folder / "etc/cupsd.conf").write_text(CUPSD.format(folder=folder))
    (folder / "etc/cups-files.conf").write_text(FILES.format(folder=folder))
    command = ["cupsd", "-f", "-c", f"{folder}/etc/cupsd.conf"]
    process = subprocess.Popen([*command, "-s", f"{folder}/etc/cups-files.conf"])
    os.environ["CUPS_SERVER"] = f"{folder}/run/cups.sock"
    try:
        until(lambda: "is running" in told("lpstat", "-r"))
        told("lpadmin", "-p", "paper", "-v", "cups-pdf:/", "-P", str(PPD), "-E")
        told("lpadmin", "-p", "label", "-v", f"socket://127.0.0.1:{listener.port}", "-E")
        yield
    finally:
        process.terminate()
        process.wait()
        del os.environ["CUPS_SERVER"]
        shutil.rmtree(folder)


def printed_pdf(job: str) -> Path:
    """Return the file the PDF printer made of a job."""
    folder = Path.home() / "PDF"
    name = f"badge_{job}".replace("-", "_")
    until(lambda: any(name in path.name.replace("-", "_") for path in folder.glob("*.pdf")))
    [found] = [path for path in folder.glob("*.pdf") if name in path.name.replace("-", "_")]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_pdf_printer_makes_a_page_of_the_labels_size_with_a_code_that_reads(
    name: str, tmp_path: Path
) -> None:
    from PIL import Image

    job = str(new_id())
    paper = CupsPrinter("paper").send(badge(name), job=job)
    assert paper.confirmed
    document = printed_pdf(job)
    try:
        assert "175 x 283 pts" in told("pdfinfo", str(document))
        subprocess.run(
            ["pdftoppm", "-r", "300", "-png", str(document), str(tmp_path / "p")], check=True
        )
        [page] = tmp_path.glob("p*.png")
        assert codes_in(Image.open(page)) == [TOKEN]
    finally:
        document.unlink()


def test_a_raw_queue_delivers_every_byte(listener: Listener) -> None:
    with listener.switched_on():
        paper = CupsPrinter("label", raw=Zpl()).send(badge(), job="1")
        assert paper.confirmed
    assert listener.received[-1] == Zpl().words(drawn(badge(), None, dpi=203))


def test_a_printer_that_refuses_has_its_job_taken_back(listener: Listener) -> None:
    received = len(listener.received)
    with pytest.raises(PrinterOfflineError) as caught:
        CupsPrinter("label", raw=Zpl()).send(badge(), job="1")
    assert not caught.value.may_be_out
    assert told("lpstat", "-o", "label") == ""
    with listener.switched_on():
        until(lambda: CupsPrinter("label").status().health is Health.READY)
        assert CupsPrinter("label", raw=Zpl()).send(badge("Grace"), job="2").confirmed
    assert len(listener.received) == received + 1


def test_a_printer_that_stalls_leaves_the_job_to_be_followed(listener: Listener) -> None:
    with socket.create_server(("127.0.0.1", listener.port)) as server:
        printer = CupsPrinter("label", raw=Zpl(), print_s=1.0)
        paper = printer.send(badge(), job="1")
        assert not paper.confirmed
        assert printer.follow(paper.job_ref) is None
        connection, _address = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read().endswith(b"^XZ\n")
    until(lambda: printer.follow(paper.job_ref) is not None)


def test_a_job_somebody_cancels_is_a_refusal(listener: Listener) -> None:
    with socket.create_server(("127.0.0.1", listener.port)):
        printer = CupsPrinter("label", raw=Zpl(), print_s=0.5)
        paper = printer.send(badge(), job="1")
        told("cancel", paper.job_ref)
        until(lambda: "label-" not in told("lpstat", "-o", "label"))
    with pytest.raises(PrinterRefusedError, match=paper.job_ref):
        printer.follow(paper.job_ref)


def test_a_stopped_queue_and_one_that_takes_no_jobs_get_nothing() -> None:
    printer = CupsPrinter("paper")
    told("cupsdisable", "-r", "out of labels", "paper")
    try:
        assert str(printer.status().text) == "its queue is stopped (out of labels)"
        with pytest.raises(PrinterOfflineError, match="out of labels"):
            printer.send(badge(), job="1")
    finally:
        told("cupsenable", "paper")
    told("cupsreject", "-r", "closed for lunch", "paper")
    try:
        with pytest.raises(PrinterOfflineError, match="takes no jobs"):
            printer.send(badge(), job="1")
    finally:
        told("cupsaccept", "paper")
    assert printer.status().health is Health.READY
    with pytest.raises(PrinterRefusedError, match="no queue 'nosuch'"):
        CupsPrinter("nosuch").send(badge(), job="1")


def test_its_queues_are_found() -> None:
    found = {each.spec: str(each.text) for each in find_printers()}
    assert found["cups:paper"] == "queue of CUPS over cups-pdf"
    assert found["cups:label"] == "queue of CUPS over socket"
