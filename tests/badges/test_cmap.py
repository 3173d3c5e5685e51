"""Reading which characters a font has, also from files that are no fonts."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from badges.cmap import coverage


def font(number: int, encoding: int, subtable: bytes) -> bytes:
    cmap = struct.pack(">HHHHI", 0, 1, 3, encoding, 12) + subtable
    table = struct.pack(">4sIII", b"cmap", 0, 28, len(cmap))
    assert subtable[:2] == struct.pack(">H", number)
    return struct.pack(">4sHHHH", b"\0\1\0\0", 1, 0, 0, 0) + table + cmap


def test_reads_ranges_of_all_of_unicode() -> None:
    groups = struct.pack(">IIIIII", 0x41, 0x43, 1, 0x1F600, 0x1F601, 9)
    subtable = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, 2) + groups
    assert coverage(font(12, 10, subtable)) == {0x41, 0x42, 0x43, 0x1F600, 0x1F601}


def test_reads_segments_with_and_without_a_glyph_list() -> None:
    ends, starts = struct.pack(">3H", 0x42, 0x62, 0xFFFF), struct.pack(">3H", 0x41, 0x61, 0xFFFF)
    deltas, offsets = struct.pack(">3H", 10, 0, 1), struct.pack(">3H", 0, 4, 0)
    glyphs = struct.pack(">2H", 7, 0)
    head = struct.pack(">7H", 4, 0, 0, 6, 0, 0, 0)
    subtable = head + ends + b"\0\0" + starts + deltas + offsets + glyphs
    assert coverage(font(4, 1, subtable)) == {0x41, 0x42, 0x61}


def test_pillows_own_font_has_ascii() -> None:
    built_in = ImageFont.load_default(16)
    assert isinstance(built_in, ImageFont.FreeTypeFont)
    found = coverage(built_in.font_bytes)
    assert found.issuperset(range(0x20, 0x7F))
    assert ord("ł") not in found


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"ttcf", b"\0\1\0\0\0\1"]))
def test_a_file_that_is_no_font_has_no_characters(junk: bytes, head: bytes) -> None:
    assert coverage(head + junk) == set()


@settings(deadline=None)
@given(st.data())
def test_a_damaged_font_never_fails(data: st.DataObject) -> None:
    groups = struct.pack(">IIIIII", 0x41, 0x43, 1, 0x1F600, 0x1F601, 9)
    content = bytearray(font(12, 10, struct.pack(">HHIII", 12, 0, 40, 0, 2) + groups))
    for _ in range(3):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    assert all(code < 0x110000 for code in coverage(bytes(content[:cut])))


def test_a_range_beyond_unicode_is_damage() -> None:
    groups = struct.pack(">IIIIII", 0x41, 0x42, 1, 0x10FFFF, 0x110000, 9)
    subtable = struct.pack(">HHIII", 12, 0, 40, 0, 2) + groups
    assert coverage(font(12, 10, subtable)) == {0x41, 0x42}
