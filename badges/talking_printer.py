"""The printer driver for languages with answers: asked before a badge and until it is printed."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from badges.badge import Badge
from badges.channel import Channel
from badges.line import Line, reason
from badges.making import made
from badges.paper import PrintedBadge, Printer
from badges.raster import drawn
from eventdesk.core.errors import PrinterOfflineError
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status

if TYPE_CHECKING:
    from PIL.Image import Image

    from badges.layout_parts import Layout

NO_SENSE: Final = msg("its answers make no sense")
"""What is said of a printer that answers in no language known here."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Longest waits, in seconds."""

    connect_s: float = 3.0
    answer_s: float = 2.0
    """For one answer to a question."""

    take_s: float = 15.0
    """For the printer to take the whole badge; a full buffer is emptied at its printing speed."""

    print_s: float = 20.0
    """From then until the badge is on paper."""

    poll_s: float = 0.2
    """Between two questions."""

    goodbye_s: float = 1.0


PATIENT = Patience()


class Talk(Protocol):
    """A conversation with a printer over an open line."""

    def status(self) -> Status | None:
        """Ask for the status; None when no answer comes in time.

        Raises:
            OSError: The line broke.
        """
        ...

    def begin(self) -> None:
        """Forget what was answered: what follows is a badge."""
        ...

    @property
    def is_done(self) -> bool:
        """Whether the printer has said that everything since `begin` is on paper."""
        ...

    def take_back(self) -> None:
        """Ask the printer to forget what it has not printed yet."""
        ...


class Tongue(Protocol):
    """The language of a printer."""

    @property
    def kind(self) -> str:
        """Its name in the settings: "escpos", "zpl"."""
        ...

    @property
    def dpi(self) -> int:
        """Dots per inch of the printer."""
        ...

    @property
    def widest(self) -> int | None:
        """Dots across, where the paper sets the width."""
        ...

    def words(self, pages: "Sequence[Image]") -> bytes:
        """Return the bytes that print the pictures."""
        ...

    def talk(self, channel: Channel, patience: Patience) -> Talk:
        """Begin a conversation over an open line."""
        ...


def in_words(tongue: Tongue, badge: Badge, layout: "Layout | None") -> bytes:
    """Return the bytes that print a badge in this language."""
    return tongue.words(drawn(badge, layout, dpi=tongue.dpi, widest=tongue.widest))


@dataclass(frozen=True, slots=True)
class TalkingPrinter(Printer):
    """Prints a picture of the badge and has its paper confirmed.

    Before a badge the printer is asked how it is, and gets nothing when it cannot print. After it
    the printer is asked until it says that it is done, that it is in trouble, or until the
    patience ends; what it was still to print is then taken back as far as its language can, so
    that it does not come out later beside the copy of another printer.
    """

    line: Line
    tongue: Tongue
    layout: "Layout | None" = None
    asks: bool = True
    """Whether the printer answers; one that cannot gets its badges and none is confirmed."""

    patience: Patience = PATIENT

    @property
    def name(self) -> str:
        """Kind and address as the settings spell them."""
        return f"{self.tongue.kind}{self.line.address}"

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        """Print the badge; see `badges.paper.Printer.send`."""
        tongue = self.tongue
        content = made(in_words, tongue, badge, self.layout)
        channel, before = None, None
        try:
            channel = self.line.open(within_s=self.patience.connect_s)
            with contextlib.closing(channel):
                talk = tongue.talk(channel, self.patience)
                self._need_ready(talk)
                talk.begin()
                before = channel.taken
                channel.write(content, within_s=self.patience.take_s)
                confirmed = self._wait(channel, talk)
        except OSError as error:
            begun = channel is not None and before is not None and channel.taken > before
            raise PrinterOfflineError(self.name, reason(error), may_be_out=begun) from error
        return PrintedBadge(confirmed=confirmed, where=self.name)

    def status(self) -> Status:
        """Ask the printer how it is; see `badges.paper.Printer.status`."""
        try:
            with contextlib.closing(self.line.open(within_s=self.patience.connect_s)) as channel:
                if not self.asks:
                    return Status(Health.UNKNOWN, msg("it takes badges and cannot say how it is"))
                said = self.tongue.talk(channel, self.patience).status()
        except OSError as error:
            return Status(Health.OFFLINE, reason(error))
        return said or Status(Health.OFFLINE, msg("answers no question"))

    def _need_ready(self, talk: Talk) -> None:
        if not self.asks:
            return
        said = talk.status()
        if said is None:
            raise PrinterOfflineError(
                self.name,
                msg("It takes connections and answers no question; add ?status=0 if it never can"),
            )
        if not said.health.prints:
            raise PrinterOfflineError(self.name, said.text, answers=True)

    def _wait(self, channel: Channel, talk: Talk) -> bool:
        """Wait until the badge is on paper; False when the printer cannot say."""
        if not self.asks:
            channel.finish(within_s=self.patience.goodbye_s)
            return False
        deadline = time.monotonic() + self.patience.print_s
        while True:
            said = talk.status()
            if talk.is_done:
                return True
            if said is not None and not said.health.prints:
                with contextlib.suppress(OSError):
                    talk.take_back()
                raise PrinterOfflineError(self.name, said.text, may_be_out=True, answers=True)
            if time.monotonic() >= deadline and said is None:
                raise PrinterOfflineError(self.name, msg("it stopped answering"), may_be_out=True)
            if time.monotonic() >= deadline:
                return False
            channel.rest(self.patience.poll_s)
