"""What a printer is to the rest of the desk."""

import errno
from dataclasses import dataclass
from typing import Protocol

from badges.badge import Badge

__all__ = ["NO_ROOM", "Paper", "Printer"]


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a full disk: the badge waits until somebody made room."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of one badge after it went to the printer."""

    confirmed: bool
    """Whether it is known to be printed; False when it was only sent."""

    where: str
    """Path or address it went to."""


class Printer(Protocol):
    """A place badges go to. Knows nothing of queues: one call, one attempt, no retry.

    A driver of a label printer draws `badges.picture.picture(badge, …)` and sends the bitmap in
    its printer's language.
    """

    @property
    def name(self) -> str:
        """The printer as the settings spell it, for messages."""
        ...

    def send(self, badge: Badge, *, job: str) -> Paper:
        """Print one badge.

        Args:
            badge: What to print.
            job: Name of the delivery, the same when it is repeated: 1 to 64 letters, digits,
                dots, dashes and underscores.

        Raises:
            PrinterOfflineError: No answer; repeating later may help.
            PrinterRefusedError: It would not take the badge; someone has to act first.
        """
        ...
