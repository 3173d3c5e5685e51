"""The printer driver for files and devices that take a stream of text."""

import errno
import os
import select
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from badges.badge import Badge
from badges.line import reason
from badges.paper import NO_ROOM, PrintedBadge, Printer
from badges.text_stream import USUAL, TextStyle, stream
from eventdesk.core.errors import PrinterError, PrinterOfflineError, PrinterRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status

_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR}


@dataclass(frozen=True, slots=True)
class PathPrinter(Printer):
    """Appends each badge to a file, or writes it to a device such as /dev/usb/lp0.

    A regular file holds a badge whole or not at all, and the badge counts as printed once it
    is on the disk. A device never says what became of it: there a badge is sent.
    """

    path: Path
    style: TextStyle = USUAL
    create: bool = False
    """Whether a missing file is made; a missing device is a printer that is off."""

    timeout_s: float = 5.0
    """Longest wait for a device to take the whole badge."""

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        """Write the badge; see `badges.paper.Printer.send`."""
        create = os.O_CREAT if self.create else 0
        way = os.O_WRONLY | os.O_APPEND | os.O_NOCTTY | os.O_NONBLOCK | create
        opened = False
        try:
            handle = os.open(self.path, way, 0o644)
            opened = not self.path.is_file()
            try:
                on_disk = _append(handle, stream(badge, self.style), self.timeout_s)
            finally:
                os.close(handle)
        except OSError as error:
            raise _not_written(self.name, error, may_be_out=opened) from error
        return PrintedBadge(confirmed=on_disk, where=self.name)

    def status(self) -> Status:
        """Say whether the path is there and may be written; a device tells no more."""
        there = self.path if self.path.exists() or not self.create else self.path.parent
        if not there.exists():
            return Status(Health.OFFLINE, msg("there is no {there}", there=there))
        if self.path.is_dir() or not os.access(there, os.W_OK):
            return Status(Health.ERROR, msg("{there} cannot be written", there=there))
        if self.path.is_file() or self.create:
            return Status(Health.READY)
        return Status(Health.UNKNOWN, msg("it takes badges and cannot say how it is"))


def _append(handle: int, content: bytes, timeout_s: float) -> bool:
    """Write all of `content`; returns whether it is known to be on a disk."""
    before = os.fstat(handle)
    if stat.S_ISREG(before.st_mode) and before.st_nlink > 1:
        raise OSError(errno.EPERM, msg("it is the same file as another one (a hard link)"))
    if not stat.S_ISREG(before.st_mode):
        _write(handle, content, timeout_s)
        return False
    try:
        _write(handle, content, timeout_s)
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, before.st_size)
        raise
    return True


def _write(handle: int, content: bytes, timeout_s: float) -> None:
    """Write without blocking longer than `timeout_s` in all."""
    deadline = time.monotonic() + timeout_s
    while content:
        left_s = max(0.0, deadline - time.monotonic())
        if not select.select([], [handle], [], left_s)[1]:
            raise TimeoutError(errno.ETIMEDOUT, msg("It takes no more data"))
        try:
            content = content[os.write(handle, content) :]
        except BlockingIOError:
            continue


def _not_written(name: str, error: OSError, *, may_be_out: bool) -> PrinterError:
    if error.errno in NO_ROOM:
        full = msg("there is no room left on its disk")
        return PrinterOfflineError(name, full, may_be_out=may_be_out)
    if error.errno in _NOT_ALLOWED:
        return PrinterRefusedError(
            msg("{name!r} cannot be printed to: {reason}.", name=name, reason=reason(error)),
            hint=msg("Give eventdesk write permission, or choose another printer."),
        )
    return PrinterOfflineError(name, reason(error), may_be_out=may_be_out)
