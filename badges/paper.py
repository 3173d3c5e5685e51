"""The protocol of all printers, and what one says of a badge it got."""

import errno
from dataclasses import dataclass
from typing import Protocol

from badges.badge import Badge
from eventdesk.core.messages import Message
from eventdesk.core.printing import Status

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a full disk: the badge waits until somebody made room."""


@dataclass(frozen=True, slots=True)
class PrintedBadge:
    """A badge after it went to the printer."""

    confirmed: bool
    """Whether it is known to be printed; False when it was only sent."""

    where: str
    """Path or address it went to."""

    job_ref: str = ""
    """How the printer's own queue names it, for `Printer.follow`; "" where it has none."""


@dataclass(frozen=True, slots=True)
class FoundPrinter:
    """A printer that was found and could be set up."""

    spec: str
    """As `open_printer` reads it."""

    name: str
    """What to call it: a queue's name, a model, an address."""

    text: Message
    """What is known of it, in words."""


class Printer(Protocol):
    """A printer driver: one call is one attempt, without queue or retry.

    Whatever the other side does, no call takes longer than the driver's time-outs.
    """

    @property
    def name(self) -> str:
        """The printer as the settings spell it."""
        ...

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        """Print one badge.

        Args:
            badge: What to print.
            job: Name of the delivery, the same when it is repeated: 1 to 64 of A-Z a-z 0-9 . - _.

        Raises:
            PrinterOfflineError: No answer, or it cannot print just now; repeating may help.
            PrinterRefusedError: It would not take the badge; someone has to act first.
        """
        ...

    def status(self) -> Status:
        """Ask the printer for its status; a printer that is not there is offline. Never raises."""
        ...

    def follow(self, job_ref: str) -> PrintedBadge | None:
        """Ask what became of a badge with this `Paper.job_ref`; most printers cannot be asked.

        Returns:
            The paper once it is known to be printed; None while nobody can say.

        Raises:
            PrinterRefusedError: The job failed or was cancelled; the badge did not come out whole.
        """
        return None
