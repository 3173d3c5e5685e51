"""A CUPS in miniature: `lp`, `lpstat` and `cancel` on a path, and the server they talk to.

What it says was recorded from CUPS 2.4.2 of Debian 12 with its PDF printer and a raw queue, on
2026-11-21: the words of the programs, and the attributes with their tags, the odd reason of a
finished job included. tests/counterparts holds the same driver against the real one.
"""

import contextlib
import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

LP = """#!/bin/sh
# The words of lp of CUPS 2.4.2.
printf '%s\\n' "$@" > "$FAKE_CUPS/arguments"
if [ -e "$FAKE_CUPS/hang" ]; then cat > /dev/null; exec sleep 60; fi
if [ -e "$FAKE_CUPS/refuse" ]; then cat "$FAKE_CUPS/refuse" >&2; exit 1; fi
number=$(ls "$FAKE_CUPS/jobs" | wc -l)
number=$((number + 1))
cat > "$FAKE_CUPS/jobs/$number"
echo "request id is $2-$number (0 file(s))"
"""

LPSTAT = """#!/bin/sh
# The words of lpstat of CUPS 2.4.2.
case $1 in
-H) echo "$FAKE_CUPS/cups.sock" ;;
-v) echo "device for paper: cups-pdf:/"; echo "device for label: usb://Brother/QL-820NWB" ;;
esac
"""

CANCEL = """#!/bin/sh
# cancel of CUPS 2.4.2 says nothing where it succeeds.
echo "$1" >> "$FAKE_CUPS/cancelled"
"""

_INTEGER, _BOOLEAN, _ENUM, _NO_VALUE = b"!", b'"', b"#", b"\x13"
_TEXT, _KEYWORD = b"A", b"D"
IDLE, WORKING, STOPPED = 3, 4, 5


@dataclass
class Cups:
    """A queue named "paper" and its jobs.

    Attributes:
        states: What each question about a job finds, in turn; the last stays.
        on_cancel: State of a job once it is cancelled.
    """

    folder: Path
    queue_state: int = IDLE
    reasons: tuple[str, ...] = ("none",)
    message: str = ""
    accepts: bool = True
    states: list[int] = field(default_factory=lambda: [9])
    on_cancel: int = 7
    job_message: str = ""
    job_reason: str = "processing-to-stop-point"
    begun: bool = True
    answer: bytes | None = None
    """Said instead of the truth."""

    silent: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def arguments(self) -> list[str]:
        """What `lp` was last called with."""
        return (self.folder / "arguments").read_text().splitlines()

    @property
    def cancelled(self) -> list[str]:
        """The jobs that were cancelled."""
        named = self.folder / "cancelled"
        return named.read_text().split() if named.exists() else []

    def job(self, number: int) -> bytes:
        """What the job consists of."""
        return (self.folder / "jobs" / str(number)).read_bytes()

    def refuse(self, words: str) -> None:
        """Have `lp` fail with these words."""
        (self.folder / "refuse").write_text(words)

    def hang(self) -> None:
        """Have `lp` take everything and never end."""
        (self.folder / "hang").touch()

    @contextlib.contextmanager
    def serving(self) -> Iterator["Cups"]:
        """Answer questions on the local socket."""
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self.folder / "cups.sock"))
            server.listen()
            thread = threading.Thread(target=self._serve, args=(server,))
            thread.start()
            try:
                yield self
            finally:
                self.ended.set()
                server.shutdown(socket.SHUT_RDWR)
                thread.join()

    def _serve(self, server: socket.socket) -> None:
        while not self.ended.is_set():
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                request = connection.recv(65536)
                if self.silent:
                    self.ended.wait()
                connection.sendall(self.answer if self.answer is not None else self._said(request))

    def _said(self, request: bytes) -> bytes:
        body = request.partition(b"\r\n\r\n")[2]
        if body[2:4] == b"\x00\x09":
            return answered(b"\x02" + self._job(body))
        if b"/printers/paper" in body:
            return answered(b"\x04" + self._queue())
        return answered(text("status-message", "The printer or class does not exist."), 0x0406)

    def _job(self, body: bytes) -> bytes:
        number = body.partition(b"/jobs/")[2].split(b"D", 1)[0].decode()
        if f"paper-{number}" in self.cancelled:
            self.states = [self.on_cancel]
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        began = attribute(_INTEGER, "time-at-processing", struct.pack(">I", 1795256450))
        return (
            (began if self.begun else attribute(_NO_VALUE, "time-at-processing", b""))
            + attribute(_ENUM, "job-state", struct.pack(">I", state))
            + attribute(_KEYWORD, "job-state-reasons", self.job_reason.encode())
            + text("job-printer-state-message", self.job_message)
        )

    def _queue(self) -> bytes:
        first, *others = self.reasons
        return (
            attribute(_BOOLEAN, "printer-is-accepting-jobs", bytes([self.accepts]))
            + attribute(_ENUM, "printer-state", struct.pack(">I", self.queue_state))
            + text("printer-state-message", self.message)
            + attribute(_KEYWORD, "printer-state-reasons", first.encode())
            + b"".join(attribute(_KEYWORD, "", reason.encode()) for reason in others)
        )


def answered(groups: bytes, code: int = 0) -> bytes:
    """Return an answer as the server sends it."""
    head = attribute(b"G", "attributes-charset", b"utf-8")
    head += attribute(b"H", "attributes-natural-language", b"en")
    body = struct.pack(">BBHIB", 2, 0, code, 1, 1) + head + groups + b"\x03"
    return (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Language: en\r\n"
        b"Content-Length: %d\r\nContent-Type: application/ipp\r\n"
        b"Server: CUPS/2.4 IPP/2.1\r\n\r\n" % len(body)
    ) + body


def text(name: str, value: str) -> bytes:
    return attribute(_TEXT, name, value.encode())


def attribute(tag: bytes, name: str, value: bytes) -> bytes:
    return (
        tag + struct.pack(">H", len(name)) + name.encode() + struct.pack(">H", len(value)) + value
    )


@contextlib.contextmanager
def cups_on_the_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cups]:
    """Put the programs in front of the path and serve what they ask for."""
    programs = folder / "bin"
    (folder / "jobs").mkdir()
    programs.mkdir()
    for name, script in (("lp", LP), ("lpstat", LPSTAT), ("cancel", CANCEL)):
        (programs / name).write_text(script)
        (programs / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_CUPS", str(folder))
    with Cups(folder).serving() as cups:
        yield cups
