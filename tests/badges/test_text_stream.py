"""What a text printer receives: words, and never a command that came from a name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.text_stream import TextStyle, stream
from tests.badges.reading import ATTACKS, badge, hostile

ENCODINGS = ["utf-8", "cp437", "cp850", "cp1252", "cp866", "iso8859-15", "ascii", "shift_jis"]


def words(printed: bytes) -> bytes:
    """Return the stream without its own line ends."""
    return printed.replace(b"\r\n", b"")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ATTACKS)
def test_no_command_reaches_the_printer(name: str, encoding: str) -> None:
    printed = words(stream(hostile(name), TextStyle(encoding)))
    assert not set(printed) & {*range(0x20), 0x7F, *b"^~"}


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(ENCODINGS))
def test_no_text_at_all_becomes_a_command(name: str, encoding: str) -> None:
    printed = words(stream(hostile(name), TextStyle(encoding, qr=False)))
    assert not set(printed) & {*range(0x20), 0x7F, *b"^~"}


@pytest.mark.parametrize(
    ("name", "encoding", "printed"),
    [
        ("Łódź Žižek", "cp437", "Lódz Zizek"),
        ("Zoë “Z” – Ærø…", "cp437", 'Zoë "Z" - Æro...'),
        ("Đorđe O’Neil", "ascii", "Dorde O'Neil"),
        ("Александра", "cp866", "Александра"),
        ("q\u0301x", "cp1252", "qx"),
        ("漢 Ada", "cp437", "? Ada"),
        ("山田 محمد สวัสดี", "utf-8", "山田 محمد สวัสดี"),
        ("^XA ~JA ＾ＸＡ", "cp437", "'XA -JA 'XA"),
    ],
)
def test_a_name_is_spelled_as_well_as_the_code_page_can(
    name: str, encoding: str, printed: str
) -> None:
    first = stream(badge(name), TextStyle(encoding)).split(b"\r\n")[0]
    assert first.decode(encoding) == printed


def test_the_badge_ends_with_feed_and_cut_as_wished() -> None:
    def end(style: TextStyle) -> bytes:
        return stream(badge(), style).split(b"Engines")[-1]

    assert end(TextStyle(feed=2)) == b"\r\n\r\n\r\n"
    assert end(TextStyle(feed=0, form_feed=True)) == b"\r\n\x0c"
    assert end(TextStyle(feed=0, cut=True)) == b"\r\n\x1dVB\x00"


def test_the_code_is_drawn_only_in_a_code_page_that_has_blocks() -> None:
    assert "█".encode("cp437") in stream(badge(), TextStyle("cp437"))
    assert stream(badge(), TextStyle("cp1252")) == stream(badge(), TextStyle("cp1252", qr=False))
