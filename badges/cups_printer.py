"""The printer driver for queues of CUPS: label printers, Brother QL, the printer of the office.

Badges go in with `lp`. What became of them is asked of the server itself (`badges.ipp`), because
`lpstat` shows a job that was printed and one that was cancelled alike.
"""

import os
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from badges import ipp
from badges.badge import Badge
from badges.cups_states import JOB_WANTED, QUEUE_WANTED, Job, is_unreachable, job_of, queue_status
from badges.line import Line, LocalLine, TcpLine, reason
from badges.making import made
from badges.paper import PrintedBadge, Printer
from badges.raster import badge_pdf, the_layout
from badges.talking_printer import Tongue, in_words
from badges.text_stream import TextStyle, stream
from eventdesk.core.errors import PrinterOfflineError, PrinterRefusedError
from eventdesk.core.messages import Message, msg, msg_p
from eventdesk.core.plain_text import plain
from eventdesk.core.printing import Health, Status

if TYPE_CHECKING:
    from badges.layout_parts import Layout

_REQUEST: Final = re.compile(r"request id is (\S+-\d{1,10})")
_PORT: Final = 631


def run(command: Sequence[str], *, within_s: float, content: bytes = b"") -> tuple[int, str, str]:
    """Run a program of CUPS in plain English; returns its exit status and what it said.

    Raises:
        PrinterRefusedError: There is no such program.
        TimeoutError: It did not end in time, and was ended.
    """
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=within_s,
            check=False,
            env={**os.environ, "LC_ALL": "C", "LANGUAGE": "C"},
        )
    except FileNotFoundError as error:
        raise PrinterRefusedError(
            msg("CUPS is not installed on this machine."),
            hint=msg("Install it (apt-get install cups-client cups), or choose another printer."),
        ) from error
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(None, msg("{program} does not end", program=command[0])) from error
    said, problem = (each.decode("utf-8", "replace") for each in (done.stdout, done.stderr))
    return done.returncode, said, plain(problem, limit=200)


@dataclass(frozen=True, slots=True)
class CupsPrinter(Printer):
    """A queue of CUPS.

    A badge counts as printed when CUPS completed its job. While it waits the queue is watched: a
    printer in trouble has the job cancelled, so that it does not come out there later, beside the
    copy of another printer.
    """

    queue: str
    layout: "Layout | None" = None
    raw: Tongue | TextStyle | None = None
    """The printer's own language, for a raw queue; None sends a PDF."""

    media: str = ""
    """Name of the paper as the queue's driver knows it; "" is the exact size of the layout."""

    dpi: int = 300
    """Dots per inch of the picture in the PDF."""

    answer_s: float = 5.0
    """Longest wait for one answer or program of CUPS."""

    print_s: float = 10.0
    """Longest wait for a job; what takes longer is followed."""

    poll_s: float = 0.2

    @property
    def name(self) -> str:
        """The queue as the settings spell it."""
        return f"cups:{self.queue}"

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        """Print the badge; see `badges.paper.Printer.send`."""
        return self._send(*self._order(badge, job))

    def send_sheets(self, content: bytes, *, job: str, media: str, two_sided: bool) -> PrintedBadge:
        """Print a PDF of sheets of paper.

        Args:
            content: The PDF.
            job: What the queue calls it.
            media: The paper as CUPS calls it.
            two_sided: Whether each second page is the back of the one before.

        Raises:
            PrinterOfflineError, PrinterRefusedError: As `send`.
        """
        sides = "two-sided-long-edge" if two_sided else "one-sided"
        options = ["-o", f"media={self.media or media}", "-o", f"sides={sides}"]
        options += ["-o", "print-scaling=none", "-o", "job-sheets=none,none"]
        return self._send(["lp", "-d", self.queue, "-t", job, "-n", "1", *options, "-"], content)

    def _send(self, command: list[str], content: bytes) -> PrintedBadge:
        submitted = False
        try:
            server = self._server()
            self._need_ready(server)
            submitted = True
            reference = self._submit(command, content)
            return self._wait(server, reference)
        except OSError as error:
            raise PrinterOfflineError(self.name, reason(error), may_be_out=submitted) from error

    def status(self) -> Status:
        """Ask CUPS how the queue is; see `badges.paper.Printer.status`."""
        try:
            said = self._queue_status(self._server())
        except PrinterRefusedError as error:
            return Status(Health.OFFLINE, error.message)
        except OSError as error:
            return Status(Health.OFFLINE, reason(error))
        return said or Status(Health.ERROR, msg("CUPS has no queue of that name"))

    def follow(self, job_ref: str) -> PrintedBadge | None:
        """Ask CUPS about the job; see `badges.paper.Printer.follow`."""
        try:
            job = self._job(self._server(), job_ref)
        except OSError:
            return None
        return self._paper(job, job_ref)

    def _order(self, badge: Badge, job: str) -> tuple[list[str], bytes]:
        """Return the command that submits a badge, and its input."""
        command = ["lp", "-d", self.queue, "-t", f"badge {job}", "-n", "1"]
        command += ["-o", "job-sheets=none,none"]
        if isinstance(self.raw, TextStyle):
            return [*command, "-o", "raw", "-"], stream(badge, self.raw)
        if self.raw is not None:
            return [*command, "-o", "raw", "-"], made(in_words, self.raw, badge, self.layout)
        layout = the_layout(badge, self.layout)
        media = self.media or f"Custom.{layout.width_mm:g}x{layout.height_mm:g}mm"
        sides = "one-sided" if len(layout.sides) == 1 else "two-sided-long-edge"
        options = ["-o", f"media={media}", "-o", f"sides={sides}", "-o", "print-scaling=none"]
        return [*command, *options, "-"], made(badge_pdf, badge, layout, dpi=self.dpi)

    def _server(self) -> Line:
        """Return the server that `lp` itself uses."""
        code, said, _error = run(["lpstat", "-H"], within_s=self.answer_s)
        address = said.strip().partition("/version=")[0]
        if code or not address:
            raise OSError(None, msg("CUPS names no server"))
        if address.startswith("/"):
            return LocalLine(address)
        host, _, port = address.rpartition(":")
        if port.isdigit() and host:
            return TcpLine(host.strip("[]"), int(port))
        return TcpLine(address.strip("[]"), _PORT)

    def _need_ready(self, server: Line) -> None:
        said = self._queue_status(server)
        if said is None:
            raise PrinterRefusedError(
                msg("CUPS has no queue {queue!r}.", queue=self.queue),
                hint=msg("Choose a queue that `lpstat -e` shows, or add it with lpadmin."),
            )
        if not said.health.prints:
            raise PrinterOfflineError(self.name, said.text, answers=True)

    def _queue_status(self, server: Line) -> Status | None:
        """Return the status of the queue; None when there is none of that name."""
        answer = ipp.ask(
            server, ipp.Operation.QUEUE, self.queue, QUEUE_WANTED, within_s=self.answer_s
        )
        return None if answer.code == ipp.NOT_FOUND else queue_status(answer.attributes)

    def _job(self, server: Line, reference: str) -> Job:
        number = reference.rpartition("-")[2]
        answer = ipp.ask(server, ipp.Operation.JOB, number, JOB_WANTED, within_s=self.answer_s)
        return job_of(answer.attributes)

    def _submit(self, command: list[str], content: bytes) -> str:
        code, said, error = run(command, within_s=self.answer_s, content=content)
        request = _REQUEST.search(said)
        if code or request is None:
            raise PrinterOfflineError(
                self.name, Message(error.rstrip(".")) or msg("lp did not take the badge")
            )
        return request[1]

    def _wait(self, server: Line, reference: str) -> PrintedBadge:
        """Watch a job until it is done, in trouble, or has taken longer than a badge should."""
        deadline = time.monotonic() + self.print_s
        while True:
            job = self._job(server, reference)
            paper = self._paper(job, reference)
            if paper is not None:
                return paper
            queue = self._queue_status(server) or Status(Health.ERROR, msg("its queue was removed"))
            if job.is_stopped or is_unreachable(job.message) or not queue.health.prints:
                return self._take_back(server, reference, job, queue)
            if time.monotonic() >= deadline:
                return PrintedBadge(confirmed=False, where=self.name, job_ref=reference)
            time.sleep(self.poll_s)

    def _paper(self, job: Job, reference: str) -> PrintedBadge | None:
        """Return the paper of a job that is done, None while it is not.

        Raises:
            PrinterRefusedError: It came to nothing.
        """
        if job.is_lost:
            why = (job.message or job.reasons).rstrip(".") or msg_p("print job", "it was cancelled")
            raise PrinterRefusedError(
                msg("CUPS gave job {reference} up: {why}.", reference=reference, why=why),
                hint=msg("Look at the queue (lpstat -p) and at the log of CUPS; then print again."),
            )
        if not job.is_complete:
            return None
        return PrintedBadge(confirmed=True, where=self.name, job_ref=reference)

    def _take_back(self, server: Line, reference: str, job: Job, queue: Status) -> PrintedBadge:
        """Cancel a job that cannot be printed now; it may have been done just before."""
        run(["cancel", reference], within_s=self.answer_s)
        if self._job(server, reference).is_complete:
            return PrintedBadge(confirmed=True, where=self.name, job_ref=reference)
        away = is_unreachable(job.message)
        text = queue.text if not queue.health.prints else Message(job.message.rstrip("."))
        raise PrinterOfflineError(
            self.name,
            text or msg("its job was stopped"),
            may_be_out=job.has_begun and not away,
            answers=not away,
        )
