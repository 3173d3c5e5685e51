"""Libraries that read QR codes, each behind the same call; any of them may be missing."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import string_at
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Literal, TypeAlias

from eventdesk.core.messages import _
from kiosk.frames import Image
from kiosk.sightings import Outline, Point

MAX_TEXT = 4_096
"""Characters kept of what a code says; a ticket has 61, the largest QR code 7,089 digits."""

Effort: TypeAlias = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One code found in a picture."""

    text: str
    """What it says, in whatever characters; at most `MAX_TEXT` of them."""

    outline: Outline
    """Its corners, in pixels of the picture."""


Reader: TypeAlias = Callable[[Image], list[Reading]]
"""Finds all codes in a gray picture (height, width)."""


@dataclass(frozen=True, slots=True)
class Library:
    """A library that reads codes, and whether it is there."""

    name: str
    version: str | None
    """None when it cannot be used."""

    missing: str = ""
    """What is missing, and what that costs, in words for people."""

    optional: bool = False
    """Whether it is no fault to do without it."""


def zxing_reader(*, fast: bool = False) -> Reader | None:
    """Return a reader by zxing-cpp, or None where it is missing.

    Args:
        fast: Look once, for dark codes on light ground only; a third of the time.
    """
    zxing = _load("zxingcpp")
    if zxing is None:
        return None

    def read(gray: Image) -> list[Reading]:
        codes = zxing.read_barcodes(
            gray,
            formats=zxing.BarcodeFormat.QRCodeModel2,
            try_rotate=not fast,
            try_downscale=not fast,
            try_invert=not fast,
        )
        # `.text` guesses a character set and spells control characters out; `.bytes` is the code.
        return _readings((code.bytes, _zxing_outline(code.position)) for code in codes)

    return read


def tapir_reader(effort: Effort) -> Reader | None:
    """Return a reader by tapirscan, or None where it is missing."""
    tapir = _load("tapirscan")
    if tapir is None:
        return None
    scanner = tapir.Scanner(effort, formats=["QRCode"], parallel=False)

    def read(gray: Image) -> list[Reading]:
        if min(gray.shape) < _TAPIR_LEAST_PX:
            return []
        codes = scanner.scan(gray).barcodes
        return _readings(
            (code.payload_bytes, outline_of([(corner.x, corner.y) for corner in code.polygon]))
            for code in codes
        )

    return read


_TAPIR_LEAST_PX = 3


def zbar_reader() -> Reader | None:
    """Return a reader by pyzbar, or None where it or the system's libzbar is missing.

    Bytes come as they are in the code, save where the code itself names their character set:
    those arrive as UTF-8. A libzbar before 0.23.1 guesses the character set of all others too;
    of what it reads only ASCII is kept.
    """
    zbar = _load("pyzbar.wrapper")
    return None if zbar is None else lambda gray: _readings(_zbar_codes(zbar, gray))


def _zbar_codes(zbar: Any, gray: Image) -> Iterator[tuple[bytes, Outline]]:
    """Yield what zbar reads.

    `pyzbar.decode` is not used: it lets zbar recode bytes, and raises ValueError over a part of
    a message that is spread over several codes.
    """
    qr_code = int(zbar.ZBarSymbol.QRCODE)
    with _made(zbar.zbar_image_scanner_create, zbar.zbar_image_scanner_destroy) as scanner:
        enable = int(zbar.ZBarConfig.CFG_ENABLE)
        # Other symbologies double the time and make zbar print to the terminal.
        zbar.zbar_image_scanner_set_config(scanner, 0, enable, 0)
        zbar.zbar_image_scanner_set_config(scanner, qr_code, enable, 1)
        recodes = zbar.zbar_image_scanner_set_config(scanner, qr_code, _ZBAR_CFG_BINARY, 1) != 0
        with _made(zbar.zbar_image_create, zbar.zbar_image_destroy) as image:
            height, width = gray.shape
            pixels = gray.tobytes()
            zbar.zbar_image_set_format(image, _ZBAR_GRAY)
            zbar.zbar_image_set_size(image, width, height)
            zbar.zbar_image_set_data(image, pixels, len(pixels), None)
            zbar.zbar_scan_image(scanner, image)
            symbol = zbar.zbar_image_first_symbol(image)
            while symbol:
                length = zbar.zbar_symbol_get_data_length(symbol)
                data = string_at(zbar.zbar_symbol_get_data(symbol), length)
                if symbol.contents.type == qr_code and (data.isascii() or not recodes):
                    yield data, _zbar_outline(zbar, symbol)
                symbol = zbar.zbar_symbol_next(symbol)


_ZBAR_CFG_BINARY = 4
"""Since libzbar 0.23.1; pyzbar has no name for it."""

_ZBAR_GRAY = int.from_bytes(b"Y800", "little")


@contextmanager
def _made(create: Callable[[], Any], destroy: Callable[[Any], None]) -> Iterator[Any]:
    thing = create()
    if not thing:
        raise MemoryError
    try:
        yield thing
    finally:
        destroy(thing)


def available_decoders() -> list[Library]:
    """List the libraries, with what is missing of each; for `eventdesk doctor`."""
    return [
        _library(
            "zxing-cpp",
            "zxingcpp",
            _(
                "zxing-cpp is missing: codes are read by pyzbar alone, ten times slower and "
                "hardly in the dark. Install it with: pip install zxing-cpp"
            ),
        ),
        _library(
            "pyzbar",
            "pyzbar.wrapper",
            _(
                "pyzbar or the system's libzbar is missing: steeply tilted codes are read less "
                "often. Install it with: pip install pyzbar, and on Debian: apt-get install "
                "libzbar0"
            ),
        ),
        _library(
            "tapirscan",
            "tapirscan",
            _(
                "tapirscan is not installed: of codes that one look misses, under glare, "
                "scratched or bent around a cup, every second is read; with it two of three. "
                "To have it: pip install 'eventdesk[tapir]'"
            ),
            optional=True,
        ),
    ]


def _library(name: str, module: str, missing: str, *, optional: bool = False) -> Library:
    if _load(module) is None:
        return Library(name, None, missing, optional)
    return Library(name, metadata.version(name), optional=optional)


def _load(module: str) -> Any | None:
    try:
        return importlib.import_module(module)
    except (ImportError, OSError):  # pyzbar lets the loader's errors about libzbar through.
        return None


def _readings(codes: Any) -> list[Reading]:
    return [Reading(_text(data)[:MAX_TEXT], outline) for data, outline in codes if data]


def _text(data: bytes) -> str:
    """Write bytes as text of which the bytes can be told again.

    UTF-8 where they are that, else Latin-1, which ISO/IEC 18004 says and which leaves no byte out.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _zxing_outline(position: Any) -> Outline:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return outline_of([(float(corner.x), float(corner.y)) for corner in corners])


def _zbar_outline(zbar: Any, symbol: Any) -> Outline:
    points = [
        (
            float(zbar.zbar_symbol_get_loc_x(symbol, index)),
            float(zbar.zbar_symbol_get_loc_y(symbol, index)),
        )
        for index in range(zbar.zbar_symbol_get_loc_size(symbol))
    ]
    if len(points) == 4:
        return outline_of(points)
    xs, ys = zip(*(points or [(0.0, 0.0)]), strict=True)
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    return outline_of([(left, top), (right, top), (right, bottom), (left, bottom)])


def outline_of(points: Sequence[Point]) -> Outline:
    """Make an outline of exactly four points."""
    first, second, third, fourth = points
    return first, second, third, fourth
