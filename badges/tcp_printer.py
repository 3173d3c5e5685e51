"""A network printer that takes plain text on a port of its own."""

import contextlib
import socket
from dataclasses import dataclass

from badges.badge import Badge
from badges.paper import Paper
from badges.text_stream import USUAL, TextStyle, stream
from eventdesk.errors import PrinterOfflineError

__all__ = ["RAW_PORT", "TcpPrinter"]

RAW_PORT = 9100
"""Port on which network printers take raw data."""


@dataclass(frozen=True, slots=True)
class TcpPrinter:
    """Opens a connection a badge. The protocol has no answer, so a badge is sent, not printed."""

    host: str
    port: int = RAW_PORT
    style: TextStyle = USUAL
    timeout_s: float = 5.0
    """Longest wait for the connection, and again for the printer to take the whole badge."""

    goodbye_s: float = 1.0
    """Longest wait for the printer to close its side, which shows a connection it dropped."""

    @property
    def name(self) -> str:
        """Address as the settings spell it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"

    def send(self, badge: Badge, *, job: str) -> Paper:
        """Send the badge; see `badges.paper.Printer.send`."""
        content = stream(badge, self.style)
        connected = False
        try:
            address = (self.host, self.port)
            with socket.create_connection(address, timeout=self.timeout_s) as printer:
                connected = True
                printer.sendall(content)
                printer.shutdown(socket.SHUT_WR)
                _wait_for_goodbye(printer, self.goodbye_s)
        except TimeoutError as error:
            raise PrinterOfflineError(
                self.name, f"nothing happened for {self.timeout_s:g} s.", may_be_out=connected
            ) from error
        except (OSError, UnicodeError) as error:
            raise PrinterOfflineError(
                self.name, f"{_reason(error)}.", may_be_out=connected
            ) from error
        return Paper(confirmed=False, where=self.name)


def _wait_for_goodbye(printer: socket.socket, goodbye_s: float) -> None:
    """Read until the printer closes: a reset here means that it did not take everything."""
    printer.settimeout(goodbye_s)
    with contextlib.suppress(TimeoutError):
        while printer.recv(4096):
            pass


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "its address makes no sense"
