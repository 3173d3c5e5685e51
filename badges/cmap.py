"""Character coverage of a TrueType or OpenType font, read from its `cmap` table.

After the OpenType specification, chapters "Font file" and "cmap"; Pillow draws a hollow box
for a missing glyph and does not say so.
"""

import struct
from collections.abc import Iterator
from itertools import islice

_NOTHING: frozenset[int] = frozenset()
_MAX_POINTS = 0x110000
"""More than there are characters: a damaged table may name them again and again."""

_UNICODE_FULL = {(3, 10), (0, 4), (0, 6)}
_UNICODE_BASIC = {(3, 1), (0, 3), (0, 2), (0, 1), (0, 0)}


def coverage(content: bytes) -> frozenset[int]:
    """Return the code points that the first font in a .ttf, .otf or .ttc file can draw.

    None for a file that is damaged, no font, or has only old formats.
    """
    try:
        table = _cmap(content)
        found = frozenset(islice(_code_points(table), _MAX_POINTS)) if table else _NOTHING
    except (struct.error, IndexError, OverflowError):
        return _NOTHING
    return found


def _cmap(content: bytes) -> bytes:
    start = struct.unpack_from(">I", content, 12)[0] if content[:4] == b"ttcf" else 0
    (tables,) = struct.unpack_from(">H", content, start + 4)
    for place in range(min(tables, 512)):
        tag, _, offset, length = struct.unpack_from(">4sIII", content, start + 12 + 16 * place)
        if tag == b"cmap":
            return content[offset : offset + length]
    return b""


def _code_points(table: bytes) -> Iterator[int]:
    """Read the best subtable: the one that knows all of Unicode before the one of 16 bits."""
    (count,) = struct.unpack_from(">H", table, 2)
    records = [struct.unpack_from(">HHI", table, 4 + 8 * place) for place in range(count)]
    for wanted, number, read in (
        (_UNICODE_FULL, 12, _segmented_coverage),
        (_UNICODE_BASIC, 4, _segment_mapping),
    ):
        for platform, encoding, offset in records:
            subtable = table[offset:]
            if (platform, encoding) in wanted and subtable[:2] == struct.pack(">H", number):
                return read(subtable)
    return iter(())


def _segmented_coverage(subtable: bytes) -> Iterator[int]:
    """Format 12: ranges of code points, each with consecutive glyphs."""
    (groups,) = struct.unpack_from(">I", subtable, 12)
    for place in range(groups):
        first, last, glyph = struct.unpack_from(">III", subtable, 16 + 12 * place)
        if last > 0x10FFFF:
            return
        yield from range(first + (glyph == 0), last + 1)


def _segment_mapping(subtable: bytes) -> Iterator[int]:
    """Format 4: segments of the Basic Multilingual Plane, some with a list of glyphs."""
    count = struct.unpack_from(">H", subtable, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", subtable, 14)
    starts = struct.unpack_from(f">{count}H", subtable, 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", subtable, 16 + 4 * count)
    offsets = struct.unpack_from(f">{count}H", subtable, 16 + 6 * count)
    for place, (first, last) in enumerate(zip(starts, ends, strict=True)):
        list_at = 16 + 6 * count + 2 * place + offsets[place]
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[place]:
                (glyph,) = struct.unpack_from(">H", subtable, list_at + 2 * (code - first))
            if glyph and (glyph + deltas[place]) & 0xFFFF:
                yield code
