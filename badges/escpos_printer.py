"""Receipt printers that speak ESC/POS.

Commands and status bits: Epson, ESC/POS Command Reference for TM Printers (ESC @, GS v 0, GS V,
GS r, DLE EOT, DLE DC4, GS a).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from badges.channel import Channel
from badges.raster import on_width
from badges.talking_printer import NO_SENSE, Patience
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.core.printing import Health, Status

if TYPE_CHECKING:
    from PIL.Image import Image

_BAND: Final = 256
"""Rows of dots in one command; little memory is enough to print them."""

_PAPER_IN_ORDER: Final = b"\x1dr\x01"
"""GS r 1: answered when everything before it has been printed."""

_SILENCE: Final = b"\x1da\x00"
"""GS a 0: tell nothing unasked."""

_FORGET: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4, function 8: clear the buffers."""

_IN_ORDER: Final = frozenset({0x00, 0x03, 0x0C, 0x0F})
"""What GS r 1 can be answered with: paper ends soon (bits 0, 1), is out (bits 2, 3)."""

_MAX_UNASKED: Final = 400
"""Bytes beside the answers: a hundred changes of status told unasked."""

_XON_XOFF: Final = frozenset({0x11, 0x13})

_OFFLINE: Final = 0x08
_COVER: Final = 0x04
_STOPPED_WITHOUT_PAPER: Final = 0x20
_ERROR: Final = 0x40
_CUTTER: Final = 0x08
_HOT: Final = 0x40
_NO_PAPER: Final = 0x60
_LITTLE_PAPER: Final = 0x0C


@dataclass(frozen=True, slots=True)
class Escpos:
    """The language ESC/POS, with pictures only: every script prints and no name can be a command.

    Raises:
        InvalidInputError: python-escpos is not installed.
    """

    width: int = 576
    """Dots across: 576 on 80 mm paper, 384 on 58 mm."""

    dpi: int = 203
    cut: bool = True
    feed: int = 4
    """Lines fed where nothing is cut, so that the badge can be torn off."""

    kind = "escpos"

    def __post_init__(self) -> None:
        if find_spec("escpos") is None:
            raise InvalidInputError(
                msg("A printer that speaks ESC/POS needs one package more."),
                hint=msg('Install it: pip install "eventdesk[printers]"'),
            )

    @property
    def widest(self) -> int:
        """Dots across."""
        return self.width

    def words(self, pages: "Sequence[Image]") -> bytes:
        """Return what prints the pictures one below the other and asks when it is done."""
        sides = b"".join(self._side(page) for page in pages)
        return _commands()["reset"] + _SILENCE + sides + _PAPER_IN_ORDER

    def talk(self, channel: Channel, patience: Patience) -> "EscposTalk":
        """Begin a conversation over an open line."""
        return EscposTalk(channel, patience.answer_s)

    def _side(self, page: "Image") -> bytes:
        paper = on_width(page, self.width)
        bands = (
            paper.crop((0, top, paper.width, min(top + _BAND, paper.height)))
            for top in range(0, paper.height, _BAND)
        )
        end = b"\x1dVB\x00" if self.cut else bytes([*b"\x1bd", self.feed])
        return b"".join(map(_band, bands)) + end


def _band(picture: "Image") -> bytes:
    from escpos.image import EscposImage  # type: ignore[import-untyped]

    image: Any = EscposImage(picture)
    size: bytes = image.width_bytes.to_bytes(2, "little") + image.height.to_bytes(2, "little")
    raster: bytes = image.to_raster_format()
    command = _commands()["raster"]
    return command + size + raster


def _commands() -> dict[str, bytes]:
    """Return the commands python-escpos knows.

    Only its tables and its picture are used: its printers write to a terminal, set up logging
    when they are imported, and wait without end.
    """
    from escpos import constants  # type: ignore[import-untyped]

    return {"reset": bytes(constants.HW_INIT), "raster": bytes(constants.S_RASTER_N)}


class EscposTalk:
    """Questions and answers of ESC/POS.

    An answer is one byte whose fixed bits tell what it answers. Anything else means that nothing
    this printer says can be relied on, so it confirms no badge.
    """

    def __init__(self, channel: Channel, answer_s: float) -> None:
        self._channel = channel
        self._answer_s = answer_s
        self._answers: list[int] = []
        self._in_order = 0
        self._to_skip = 0
        self._babbles = False
        self._unasked = 0

    def begin(self) -> None:
        """Forget the answers from before the badge."""
        self._in_order = 0

    @property
    def is_done(self) -> bool:
        """Whether the one question behind the badge was answered once."""
        return self._in_order == 1 and not self._babbles

    def take_back(self) -> None:
        """Clear the printer's buffers."""
        self._channel.write(_FORGET, within_s=self._answer_s)

    def status(self) -> Status | None:
        """Ask with DLE EOT, which is answered at once and even without paper."""
        printer = self._ask(1)
        if self._babbles:
            return Status(Health.OFFLINE, NO_SENSE)
        if printer is None:
            return None
        paper, cause = self._ask(4) or 0, self._ask(2) or 0
        if cause & _COVER:
            return Status(Health.COVER_OPEN, msg("its cover is open"))
        if paper & _NO_PAPER or cause & _STOPPED_WITHOUT_PAPER:
            return Status(Health.PAPER_OUT, msg("it is out of paper"))
        if cause & _ERROR:
            return Status(Health.ERROR, self._error())
        if printer & _OFFLINE:
            return Status(Health.OFFLINE, msg("it is switched off line"))
        if paper & _LITTLE_PAPER:
            return Status(Health.PAPER_LOW, msg("little paper is left"))
        return Status(Health.READY)

    def _error(self) -> Message:
        cause = self._ask(3) or 0
        if cause & _CUTTER:
            return msg("its cutter is stuck")
        return msg("its head is too hot") if cause & _HOT else msg("it reports an error")

    def _ask(self, number: int) -> int | None:
        """Return the byte that answers DLE EOT `number`; None when none comes in time."""
        self._hear(0.0)
        self._answers.clear()
        self._channel.write(bytes((0x10, 0x04, number)), within_s=self._answer_s)
        deadline = time.monotonic() + self._answer_s
        while not self._answers:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return None
            self._hear(left_s)
        return self._answers[0]

    def _hear(self, within_s: float) -> None:
        heard = self._channel.read(within_s=within_s)
        self._unasked += max(0, len(heard) - 1)
        self._babbles = self._babbles or self._unasked > _MAX_UNASKED
        for byte in heard:
            if self._to_skip:
                self._to_skip -= 1
            elif byte & 0x93 == 0x12:
                self._answers.append(byte)
            elif byte in _IN_ORDER:
                self._in_order += 1
            elif byte & 0x93 == 0x10:
                self._to_skip = 3  # a status told unasked has four bytes
            elif byte not in _XON_XOFF:
                self._babbles = True
