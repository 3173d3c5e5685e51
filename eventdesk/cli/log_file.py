"""The log of a program that has no terminal for it: a file that turns over, for its owner only."""

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from eventdesk.core.errors import StoreReadOnlyError
from eventdesk.core.messages import ENGLISH, msg, reading
from eventdesk.core.plain_text import harmless
from eventdesk.core.private_file import open_private
from eventdesk.core.settings import Settings

LOOKED_AT: Final = 20
"""Lines between two looks at how long a log is."""


class LogFile(RotatingFileHandler):
    """A log that only its owner reads; one that cannot be written is no reason to say so here."""

    _unseen = 0

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - logging's
        """Whether the file is full, for which the library would format each record twice."""
        if self.stream is None:
            self.stream = self._open()
        elif self._unseen:
            self._unseen -= 1
            return False
        self._unseen = LOOKED_AT - 1
        return os.fstat(self.stream.fileno()).st_size >= self.maxBytes

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Do nothing: what it would print runs over the screen."""


class PlainFormatter(logging.Formatter):
    """Writes lines of a log, in English, that command no terminal which shows them."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as usual."""
        with reading(ENGLISH):
            return harmless(super().format(record))


def log_to_file(settings: Settings) -> None:
    """Write the log to a file that turns over; a terminal with a screen on it takes no lines."""
    handler = opened(settings.home, "eventdesk.log")
    handler.setFormatter(
        PlainFormatter("%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def log_requests(settings: Settings) -> None:
    """Write what was asked of the server to a file of its own, a line a request."""
    handler = opened(settings.home, "access.log")
    handler.setFormatter(PlainFormatter("%(asctime)s %(message)s"))
    access = logging.getLogger("eventdesk.web.requests")
    access.setLevel(logging.INFO)
    access.propagate = False
    access.addHandler(handler)


def opened(home: Path, name: str) -> LogFile:
    """Open a file among the logs of a home, which turns over.

    Raises:
        StoreReadOnlyError: It cannot be written.
    """
    folder = home / "logs"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return LogFile(folder / name, maxBytes=2_000_000, backupCount=5, encoding="utf-8")
    except OSError as error:
        raise StoreReadOnlyError(
            msg(
                "The log cannot be written to {folder}: {strerror}.",
                folder=folder,
                strerror=error.strerror,
            ),
            hint=msg("Move what is in the way, or check who owns the folder."),
        ) from error
