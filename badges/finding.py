"""Discovery of printers: CUPS queues, USB devices and addresses in the network."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from badges.channel import Channel
from badges.cups_printer import run
from badges.escpos_printer import EscposTalk
from badges.line import TcpLine, reason
from badges.paper import FoundPrinter
from badges.spec import address
from badges.talking_printer import NO_SENSE, Talk
from badges.zpl_printer import ZplTalk
from eventdesk.core.errors import InvalidInputError, PrinterError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.core.printing import Health

MAX_HOSTS: Final = 32
"""Addresses that are asked at once."""

_CONNECT_S, _ANSWER_S = 1.5, 1.0
_CUPS_S: Final = 5.0
_DEVICES: Final = Path("/dev/usb")
_KNOWN: Final = Path("/sys/class/usbmisc")
_LANGUAGES: Final[dict[str, tuple[str, Callable[[Channel, float], Talk]]]] = {
    "escpos": ("ESC/POS", EscposTalk),
    "zpl": ("ZPL", ZplTalk),
}


def find_printers(*, hosts: Sequence[str] = ()) -> list[FoundPrinter]:
    """Look for printers: queues of CUPS, USB printers, and the network addresses named.

    An address is asked how it is in ESC/POS, whose question prints on no printer, and then in ZPL;
    a printer of plain text may print the three characters of that one.

    Args:
        hosts: "HOST" or "HOST:PORT", at most `MAX_HOSTS`.

    Raises:
        InvalidInputError: One of the hosts is no address, or there are too many.
    """
    if len(hosts) > MAX_HOSTS:
        raise InvalidInputError(
            msg("At most {most_hosts} addresses are asked at once.", most_hosts=MAX_HOSTS),
            hint=msg("Name fewer."),
        )
    lines = [address(host, f"//{host.strip()}")[0] for host in hosts]
    with ThreadPoolExecutor(max_workers=len(lines) + 1) as pool:
        queues = pool.submit(lambda: list(_queues()))
        answers = [pool.submit(_asked, line) for line in lines]
        return [*queues.result(), *_devices(), *(answer.result() for answer in answers)]


def _queues() -> Iterator[FoundPrinter]:
    try:
        code, said, _error = run(["lpstat", "-v"], within_s=_CUPS_S)
    except (PrinterError, OSError):
        return
    for line in said.splitlines() if code == 0 else ():
        name, found, uri = line.removeprefix("device for ").partition(": ")
        if found and line.startswith("device for "):
            kind = plain(uri.partition(":")[0], limit=20)  # the rest may hold a password
            yield FoundPrinter(
                f"cups:{name}", plain(name), msg("queue of CUPS over {kind}", kind=kind)
            )


def _devices() -> Iterator[FoundPrinter]:
    for device in sorted(_DEVICES.glob("lp*")):
        known = _identity(_KNOWN / device.name / "device" / "ieee1284_id")
        model = plain(known.get("MDL", known.get("MODEL", "")), limit=60)
        commands = known.get("CMD", known.get("COMMAND SET", "")).upper()
        kind = "device"
        if "ZPL" in commands:
            kind = "zpl"
        elif "ESC/POS" in commands or "EPSON" in known.get("MFG", "").upper():
            kind = "escpos"
        yield FoundPrinter(f"{kind}:{device}", model or device.name, msg("printer on a USB port"))


def _identity(path: Path) -> dict[str, str]:
    """Read how a printer describes itself (IEEE 1284, 7.6): "MFG:…;MDL:…;CMD:…;"."""
    with contextlib.suppress(OSError):
        fields = path.read_text("ascii", "replace").split(";")
        return {key.strip().upper(): value for key, _, value in map(_halves, fields)}
    return {}


def _halves(field: str) -> tuple[str, str, str]:
    return field.partition(":")


def _asked(line: TcpLine) -> FoundPrinter:
    """Find out which language the printer at an address speaks."""
    where = line.address.removeprefix("+tcp://")
    for kind, (language, talk) in _LANGUAGES.items():
        try:
            with contextlib.closing(line.open(within_s=_CONNECT_S)) as channel:
                said = talk(channel, _ANSWER_S).status()
        except OSError as error:
            return FoundPrinter(
                f"tcp://{where}", where, msg("no answer: {reason}", reason=reason(error))
            )
        if said is not None and said.text != NO_SENSE:
            state = msg("ready") if said.health is Health.READY else said.text
            return FoundPrinter(
                f"{kind}{line.address}",
                where,
                msg("speaks {language}, {state}", language=language, state=state),
            )
    return FoundPrinter(
        f"tcp://{where}", where, msg("takes a connection and tells nothing of itself")
    )
