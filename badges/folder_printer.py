"""Printers that are a folder: a text file a badge, with its picture if asked, or a PDF."""

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from badges.badge import Badge
from badges.layout import lines
from badges.line import reason
from badges.making import made
from badges.paper import NO_ROOM, PrintedBadge, Printer
from badges.raster import badge_pdf, the_layout
from eventdesk.core.errors import InvalidInputError, PrinterOfflineError, PrinterRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import file_name
from eventdesk.core.printing import Health, Status
from eventdesk.core.private_file import make_folders, mode_in, sync_folder

if TYPE_CHECKING:
    from badges.layout_parts import Layout

_JOB: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_COLUMNS, _COLUMNS_OF_LINK = 32, 48
"""Of a file; the longer code of a booking's link needs more, and no paper is too narrow for it."""

_LITTLE_ROOM: Final = 20_000_000
"""Bytes free from which on a folder says that its room ends."""


@dataclass(frozen=True, slots=True)
class FolderPrinter(Printer):
    """Writes each badge whole or not at all, under a name made of the guest's and the job's.

    Repeating a job replaces its file, so a delivery interrupted by a crash leaves one file a
    badge. The badge counts as printed when the file is on the disk.
    """

    folder: Path
    with_picture: bool = False
    layout: "Layout | None" = None
    """How the picture looks."""

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        """Write the badge's files; see `badges.paper.Printer.send`."""
        picture = {".png": made(drawn_png, badge, self.layout)} if self.with_picture else {}
        columns = _COLUMNS_OF_LINK if badge.is_link else _COLUMNS
        text = "\n".join([*lines(badge, columns=columns), ""]).encode()
        return _written(self.folder, badge.name, job, {**picture, ".txt": text}, self.name)

    def status(self) -> Status:
        """Say whether the folder can be written."""
        return _folder_status(self.folder)


@dataclass(frozen=True, slots=True)
class PdfPrinter(Printer):
    """Writes a PDF a badge of exactly its size, a page a side, as `FolderPrinter` does."""

    folder: Path
    layout: "Layout | None" = None
    dpi: int = 300
    """Dots per inch of the picture on its pages."""

    @property
    def name(self) -> str:
        """The folder behind its kind."""
        return f"pdf:{self.folder}"

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        """Write the badge's file; see `badges.paper.Printer.send`."""
        content = made(badge_pdf, badge, the_layout(badge, self.layout), dpi=self.dpi)
        return _written(self.folder, badge.name, job, {".pdf": content}, self.name)

    def status(self) -> Status:
        """Say whether the folder can be written."""
        return _folder_status(self.folder)


def drawn_png(badge: Badge, layout: "Layout | None") -> bytes:
    """Return the front of a badge as a PNG; the picture library is loaded where it is drawn."""
    from badges.drawing import badge_png

    return badge_png(badge, layout)


def _written(
    folder: Path, guest: str, job: str, files: Mapping[str, bytes], printer: str
) -> PrintedBadge:
    """Write the files of one badge, by suffix; `where` of the paper is the last of them.

    Raises:
        InvalidInputError: `job` cannot name a file.
        PrinterOfflineError: The disk is full.
        PrinterRefusedError: The folder cannot be written.
    """
    if not _JOB.fullmatch(job):
        raise InvalidInputError(msg("{job!r} cannot name a print job.", job=job))
    path = folder / f"{file_name(guest, fallback='badge')} {job}.txt"
    try:
        make_folders(folder)
        for suffix, content in files.items():
            path = path.with_suffix(suffix)
            _write_whole(path, content, job)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise PrinterOfflineError(printer, msg("there is no room left on its disk")) from error
        raise PrinterRefusedError(
            msg(
                "The badge folder {folder} cannot be written: {reason}.",
                folder=folder,
                reason=reason(error),
            ),
            hint=msg("Give the folder room and write permission, or choose another printer."),
        ) from error
    return PrintedBadge(confirmed=True, where=str(path))


def _folder_status(folder: Path) -> Status:
    """Say whether badges can be written to a folder, or to where it will be made."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        room = os.statvfs(there)
    except OSError as error:
        why = msg("{folder} cannot be used: {reason}", folder=folder, reason=reason(error))
        return Status(Health.ERROR, why)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Status(Health.ERROR, msg("{there} cannot be written", there=there))
    free = room.f_bavail * room.f_frsize
    if free < _LITTLE_ROOM:
        health = Health.PAPER_LOW if free else Health.PAPER_OUT
        return Status(health, msg("the room on its disk ends"))
    return Status(Health.READY)


def _write_whole(path: Path, content: bytes, job: str) -> None:
    """Put a file in place so that a power cut leaves the old one, the new one or none."""
    unfinished = path.with_name(f".{job}{path.suffix}.part")
    try:
        mode = mode_in(path.parent)
        with open(unfinished, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
