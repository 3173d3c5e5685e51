"""Reads QR codes back off pictures, lines and printer bytes, as a camera would."""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image

from badges.badge import Badge

TOKEN = "A7ZQ3K5MXW2PJ4RTBN6VHYC2DFGLESUIO7ZQ3K5MXW2PJ4RTBN6VHYC2DFGLE"
"""As long as a ticket's token gets: 61 characters of base32."""

ATTACKS = [
    "Ada\x1b@\x1dV\x00\x10\x04\x01Lovelace",
    "^XA^FO50,50^A0N,50^FDpwn^FS^XZ",
    "~JA~JR~HS",
    "\uff3eXA\uff5eJA",
    "\x1b[2J\x1b]0;pwn\x07\x9b31mRed",
    "[bold red]Ada[/] [/b] [link=file:///etc]x[/link]",
    "Ada\u202ecalevoL\u2066x\u2069",
    "../../../etc/passwd",
    "C:\\Windows\\con.txt",
    "Ada\nLove\r\nlace\f\v\x85\u2028",
    "H\u0335\u0321" + "\u0336" * 500,
    "W" * 4000,
    "word " * 800,
    "漢" * 4000,
    "👩\u200d💻🇩🇪👍🏽🎉",
    "محمّد أحمد",
    "สวัสดี ภูริพัฒน์",
    "प्रेमचंद शर्मा",
    "タミー",  # its bytes in Shift-JIS contain ^ and ~
    "half \ud83d \ue000 \uffff",
    "</text><script>alert(1)</script>&\"'",
    "-- ; DROP TABLE ticket",
    "\x00",
    "",
]
"""Names that try to be something else, and names that are only unusual."""


def badge(name: str = "Ada Lovelace", **changes: Any) -> Badge:
    """Make a badge of an ordinary guest, but for what is given."""
    said: dict[str, Any] = {
        "line_two": "Analytical Engines Ltd",
        "ticket_type": "VIP",
        "event": "Night of the Engines",
        "token": TOKEN,
        "ticket_code": "K7QM-2X9P",
    }
    return Badge(name=name, **(said | changes))


def hostile(name: str) -> Badge:
    """Make a badge that says `name` in every field but the token."""
    said = Badge(name, name, name, name, TOKEN, name, name, name, name, name, name, name)
    return replace(said, sessions=f"{name}\n{name}", extra={"Diet": name})


def codes_in(picture: Image.Image) -> list[str]:
    """Return the texts of the QR codes in a picture; an inverted one is not read."""
    pixels = np.asarray(picture.convert("L"))
    return [code.text for code in zxingcpp.read_barcodes(pixels, try_invert=False)]


def opened(png: bytes) -> Image.Image:
    """Open a PNG."""
    return Image.open(io.BytesIO(png))


def drawn_blocks(lines: list[str], *, ink: int, paper: int, margin: int) -> Image.Image:
    """Paint half blocks as a terminal or a text printer does, 6 by 12 pixels a cell."""
    inked = {" ": (paper, paper), "▀": (ink, paper), "▄": (paper, ink), "█": (ink, ink)}
    width = max(map(len, lines))
    rows = [[inked[char][half] for char in line.ljust(width)] for line in lines for half in (0, 1)]
    dots = np.kron(np.array(rows, dtype=np.uint8), np.ones((6, 6), dtype=np.uint8))
    return Image.fromarray(np.pad(dots, margin, constant_values=paper))


def pdf_pages(document: bytes) -> list[tuple[Image.Image, tuple[float, float]]]:
    """Return the pictures on the pages of a PDF of ours, and the pages' sizes in millimetres."""
    boxes = re.findall(rb"/MediaBox \[ *0 0 ([\d.]+) ([\d.]+) *\]", document)
    sizes = [(float(width) / 72 * 25.4, float(height) / 72 * 25.4) for width, height in boxes]
    return list(zip(_facsimiles(document), sizes, strict=True))


def sheet_pages(document: bytes) -> list[tuple[Image.Image, tuple[float, float]]]:
    """As `pdf_pages`, of a PDF of sheets: pictures of one bit a dot, packed by zlib."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", document)
    sizes = [(float(width) / 72 * 25.4, float(height) / 72 * 25.4) for width, height in boxes]
    found = re.findall(
        rb"/Width (\d+) /Height (\d+) /Filter /FlateDecode /Length (\d+) >>\nstream\n()", document
    )
    places = [hit.end() for hit in re.finditer(rb"/FlateDecode /Length \d+ >>\nstream\n", document)]
    pages = []
    for (width, height, length, _end), at in zip(found, places, strict=True):
        packed = document[at : at + int(length)]
        dots = zlib.decompress(packed)
        pages.append(Image.frombytes("1", (int(width), int(height)), dots))
    return list(zip(pages, sizes, strict=True))


def _facsimiles(document: bytes) -> Iterator[Image.Image]:
    """Read the pictures: CCITT group 4, put into the least TIFF that says so."""
    for found in re.finditer(rb"/Subtype /Image.*?stream\r?\n(.*?)\r?\nendstream", document, re.S):
        width, height = (
            int(re.search(rb"/" + name + rb" (\d+)", found[0])[1])  # type: ignore[index]
            for name in (b"Width", b"Height")
        )
        tags = ((256, width), (257, height), (258, 1), (259, 4), (262, 1), (273, 122),
                (277, 1), (278, height), (279, len(found[1])))  # fmt: skip
        fields = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + fields + struct.pack("<I", 0)
        yield Image.open(io.BytesIO(head + found[1])).convert("1")
