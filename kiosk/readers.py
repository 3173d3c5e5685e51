"""The two libraries that read QR codes, each behind the same call; either may be missing."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, TypeAlias

from kiosk.frames import Image
from kiosk.sightings import Outline, Point

LONGEST_TEXT = 4_096
"""Characters kept of what a code says; a ticket has 61, the largest QR code 7,089 digits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One code found in a picture."""

    text: str
    """What it says, in whatever characters; at most `LONGEST_TEXT` of them."""

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


def zbar_reader() -> Reader | None:
    """Return a reader by pyzbar, or None where it or the system's libzbar is missing."""
    zbar = _load("pyzbar.pyzbar")
    if zbar is None:
        return None

    def read(gray: Image) -> list[Reading]:
        # Other symbologies double the time and make zbar print to the terminal.
        codes = zbar.decode(gray, symbols=[zbar.ZBarSymbol.QRCODE])
        return _readings((code.data, _zbar_outline(code)) for code in codes)

    return read


def available_decoders() -> list[Library]:
    """List the libraries, with what is missing of each; for `eventdesk doctor`."""
    return [
        _library(
            "zxing-cpp",
            "zxingcpp",
            "zxing-cpp is missing: codes are read by pyzbar alone, ten times slower and "
            "hardly in the dark. Install it with: pip install zxing-cpp",
        ),
        _library(
            "pyzbar",
            "pyzbar.pyzbar",
            "pyzbar or the system's libzbar is missing: steeply tilted codes are read less often. "
            "Install it with: pip install pyzbar, and on Debian: apt-get install libzbar0",
        ),
    ]


def _library(name: str, module: str, missing: str) -> Library:
    if _load(module) is None:
        return Library(name, None, missing)
    return Library(name, metadata.version(name))


def _load(module: str) -> Any | None:
    try:
        return importlib.import_module(module)
    except (ImportError, OSError):  # pyzbar lets the loader's errors about libzbar through.
        return None


def _readings(codes: Any) -> list[Reading]:
    return [
        Reading(data.decode("utf-8", "replace")[:LONGEST_TEXT], outline)
        for data, outline in codes
        if data
    ]


def _zxing_outline(position: Any) -> Outline:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return outline_of([(float(corner.x), float(corner.y)) for corner in corners])


def _zbar_outline(code: Any) -> Outline:
    if len(code.polygon) == 4:
        return outline_of([(float(point.x), float(point.y)) for point in code.polygon])
    left, top, width, height = code.rect  # The hull of a bent code may have other than 4 corners.
    right, bottom = left + width, top + height
    return outline_of([(left, top), (right, top), (right, bottom), (left, bottom)])


def outline_of(points: Sequence[Point]) -> Outline:
    """Make an outline of exactly four points."""
    first, second, third, fourth = points
    return first, second, third, fourth
