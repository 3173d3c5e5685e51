"""Badges as files in a folder: each whole or not at all."""

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from badges.line import reason
from badges.paper import NO_ROOM
from eventdesk.core.errors import InvalidInputError, PrinterOfflineError, PrinterRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import file_name
from eventdesk.core.printing import Health, Status
from eventdesk.core.private_file import make_folders, mode_in, sync_folder

__all__ = ["folder_status", "write_badge"]

_JOB: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_LITTLE_ROOM: Final = 20_000_000
"""Bytes free from which on a folder says that its room ends."""


def write_badge(
    folder: Path, guest: str, job: str, files: Mapping[str, bytes], *, printer: str
) -> Path:
    """Write the files of one badge, named for the guest and the job, and return the last.

    Repeating a job replaces its files, so a delivery interrupted by a crash leaves one badge.

    Args:
        folder: Where they go; it is made if need be. What lies in a private folder is private.
        guest: Name on the badge, as typed.
        job: Name of the delivery.
        files: Content by suffix.
        printer: How the settings spell the folder, for messages.

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
    return path


def folder_status(folder: Path) -> Status:
    """Say whether badges can be written to a folder, or to where it will be made."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        room = os.statvfs(there)
    except OSError as error:
        return Status(
            Health.ERROR,
            msg("{folder} cannot be used: {reason}", folder=folder, reason=reason(error)),
        )
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Status(Health.ERROR, msg("{there} cannot be written", there=there))
    free = room.f_bavail * room.f_frsize
    if free < _LITTLE_ROOM:
        return Status(
            Health.PAPER_LOW if free else Health.PAPER_OUT, msg("the room on its disk ends")
        )
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
