"""The printer driver for plain text over a TCP connection."""

import contextlib
from dataclasses import dataclass

from badges.badge import Badge
from badges.line import TcpLine, reason
from badges.paper import PrintedBadge, Printer
from badges.text_stream import USUAL, TextStyle, stream
from eventdesk.core.errors import PrinterOfflineError
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status


@dataclass(frozen=True, slots=True)
class TcpPrinter(Printer):
    """Opens a connection a badge. The protocol has no answer, so a badge is sent, not printed."""

    line: TcpLine
    style: TextStyle = USUAL
    timeout_s: float = 5.0
    """Longest wait for the connection, and again for the printer to take the whole badge."""

    goodbye_s: float = 1.0
    """Longest wait for the printer to close its side, which shows a connection it dropped."""

    @property
    def name(self) -> str:
        """Address as the settings spell it."""
        return self.line.address.removeprefix("+")

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        """Send the badge; see `badges.paper.Printer.send`."""
        content = stream(badge, self.style)
        connected = False
        try:
            with contextlib.closing(self.line.open(within_s=self.timeout_s)) as channel:
                connected = True
                channel.write(content, within_s=self.timeout_s)
                channel.finish(within_s=self.goodbye_s)
        except TimeoutError as error:
            raise PrinterOfflineError(
                self.name,
                msg("nothing happened for {timeout_s:g} s", timeout_s=self.timeout_s),
                may_be_out=connected,
            ) from error
        except OSError as error:
            raise PrinterOfflineError(self.name, reason(error), may_be_out=connected) from error
        return PrintedBadge(confirmed=False, where=self.name)

    def status(self) -> Status:
        """Say whether somebody listens there; more the protocol does not tell."""
        try:
            self.line.open(within_s=self.timeout_s).close()
        except OSError as error:
            return Status(Health.OFFLINE, reason(error))
        return Status(Health.UNKNOWN, msg("it takes badges and cannot say how it is"))
