"""A printer that is a folder: one text file a badge, and its picture beside it if asked."""

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from badges.badge import Badge
from badges.layout import lines
from badges.paper import NO_ROOM, Paper
from eventdesk.errors import InvalidInputError, PrinterOfflineError, PrinterRefusedError
from eventdesk.model.plain_text import file_name

__all__ = ["FolderPrinter"]

_JOB = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class FolderPrinter:
    """Writes each badge whole or not at all, under a name made of the guest's and the job's.

    Repeating a job replaces its file, so a delivery interrupted by a crash leaves one file a
    badge. The badge counts as printed when the file is on the disk.
    """

    folder: Path
    with_picture: bool = False

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def send(self, badge: Badge, *, job: str) -> Paper:
        """Write the badge's files; see `badges.paper.Printer.send`."""
        if not _JOB.fullmatch(job):
            raise InvalidInputError(f"{job!r} cannot name a print job.")
        path = self.folder / f"{file_name(badge.name, fallback='badge')} {job}.txt"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.with_picture:
                _write_whole(path.with_suffix(".png"), _drawn(badge), job)
            _write_whole(path, "\n".join([*lines(badge), ""]).encode(), job)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise PrinterOfflineError(
                    self.name, "there is no room left on its disk."
                ) from error
            raise PrinterRefusedError(
                f"The badge folder {self.folder} cannot be written: {error.strerror}.",
                hint="Give the folder room and write permission, or choose another printer.",
            ) from error
        return Paper(confirmed=True, where=str(path))


def _drawn(badge: Badge) -> bytes:
    """Draw the badge; the picture library is loaded only where pictures are asked for."""
    from badges.drawing import badge_png

    return badge_png(badge)


def _write_whole(path: Path, content: bytes, job: str) -> None:
    """Put a file in place so that a power cut leaves the old one, the new one or none."""
    unfinished = path.with_name(f".{job}{path.suffix}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
