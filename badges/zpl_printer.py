r"""Label printers that speak ZPL.

Commands and the host status: Zebra, Programming Guide for ZPL II, "^GF", "^PQ" and "~HS".

The dots of a picture are written as `^GFA` wants them, in hexadecimal and shortened: G to Y and
g to z repeat the digit behind them 1 to 19 and 20 to 400 times, "," and "!" fill the rest of a
row with zeros or ones, ":" repeats the row above.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from badges.channel import Channel
from badges.raster import ink
from badges.talking_printer import NO_SENSE, Patience
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status

if TYPE_CHECKING:
    from PIL.Image import Image

_ASK: Final = b"~HS"
_FORGET: Final = b"~JA"
_RUN: Final = re.compile(r"([0-9A-F])\1{2,}")
_STRING: Final = re.compile(rb"\x02([0-9A-Za-z, ]{0,120})\x03")
_FIELDS: Final = (12, 11, 2)
"""Fields in the three strings of a host status."""

_QUIET_ANSWERS: Final = 2
"""Answers in a row without anything to print: between two stages of work one may be empty."""


@dataclass(frozen=True, slots=True)
class Zpl:
    """ZPL, spoken with pictures only: every script prints and no name can be a command."""

    dpi: int = 203
    kind = "zpl"
    widest = None

    def words(self, pages: "Sequence[Image]") -> bytes:
        """Return one label a side, each printed once."""
        return b"".join(map(_label, pages))

    def talk(self, channel: Channel, patience: Patience) -> "ZplTalk":
        """Begin a conversation."""
        return ZplTalk(channel, patience.answer_s)


def _label(page: "Image") -> bytes:
    size = f"^PW{page.width}^LL{page.height}^LH0,0"
    return f"^XA{size}^FO0,0{graphic(page)}^FS^PQ1,0,0,N^XZ\n".encode("ascii")


def graphic(page: "Image") -> str:
    """Return the picture as a `^GFA` field."""
    dots, row_bytes = ink(page), (page.width + 7) // 8
    rows = [dots[start : start + row_bytes] for start in range(0, len(dots), row_bytes)]
    written, above = [], None
    for row in rows:
        written.append(":" if row == above else _row(row))
        above = row
    return f"^GFA,{len(dots)},{len(dots)},{row_bytes},{''.join(written)}"


def _row(row: bytes) -> str:
    digits = row.hex().upper()
    for filler, sign in (("0", ","), ("F", "!")):
        kept = digits.rstrip(filler)
        if len(kept) < len(digits):
            return _RUN.sub(_shortened, kept) + sign
    return _RUN.sub(_shortened, digits)


def _shortened(run: re.Match[str]) -> str:
    count, signs = len(run[0]), ""
    while count >= 400:
        signs, count = signs + "z", count - 400
    if count >= 20:
        signs, count = signs + chr(ord("g") + count // 20 - 1), count % 20
    if count:
        signs += chr(ord("G") + count - 1)
    return signs + run[1]


class ZplTalk:
    """Questions and answers of ZPL.

    A badge is on paper when the printer has no format and no label left to print, twice in a row.
    """

    def __init__(self, channel: Channel, answer_s: float) -> None:
        self._channel = channel
        self._answer_s = answer_s
        self._quiet = 0

    def begin(self) -> None:
        """Forget what was said before the badge."""
        self._quiet = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to print."""
        return self._quiet >= _QUIET_ANSWERS

    def take_back(self) -> None:
        """Cancel what waits in the printer."""
        self._channel.write(_FORGET, within_s=self._answer_s)

    def status(self) -> Status | None:
        """Ask with ~HS, which is answered at once and even without labels."""
        heard = self._answer()
        strings = [found.split(b",") for found in _STRING.findall(heard)]
        if tuple(map(len, strings)) != _FIELDS:
            self._quiet = 0
            return Status(Health.OFFLINE, NO_SENSE) if heard else None
        host, head, _memory = strings
        try:
            waiting = int(host[4]) + int(host[7]) + int(head[8])
        except ValueError:
            self._quiet = 0
            return Status(Health.OFFLINE, NO_SENSE)
        status = _read(host, head)
        self._quiet = self._quiet + 1 if not waiting and status.health.prints else 0
        return status

    def _answer(self) -> bytes:
        """Return what it says to one question, whole or as far as it comes in time."""
        self._channel.read(within_s=0.0)
        self._channel.write(_ASK, within_s=self._answer_s)
        heard, deadline = b"", time.monotonic() + self._answer_s
        while heard.count(b"\x03") < len(_FIELDS) and len(heard) < 4096:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                break
            heard += self._channel.read(within_s=left_s)
        return heard


def _read(host: list[bytes], head: list[bytes]) -> Status:
    """Say what the flags of a host status mean, the one to see to first."""
    troubles = (
        (head[2], Health.COVER_OPEN, msg("its head is open")),
        (host[1], Health.PAPER_OUT, msg("it is out of labels")),
        (head[3], Health.ERROR, msg("it is out of ribbon")),
        (host[11], Health.ERROR, msg("its head is too hot")),
        (host[9], Health.ERROR, msg("its memory was lost; set it up again")),
        (host[2], Health.ERROR, msg("it is paused")),
    )
    for flag, health, text in troubles:
        if flag.strip() == b"1":
            return Status(health, text)
    return Status(Health.READY)
