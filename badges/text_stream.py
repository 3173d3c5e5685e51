"""A badge as bytes for a printer that takes plain text."""

import unicodedata
from dataclasses import dataclass

from badges.badge import Badge
from badges.layout import lines
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import unaccented
from eventdesk.core.messages import msg

_CUT = b"\x1dVB\x00"
_FORM_FEED = b"\x0c"
_LINE_END = b"\r\n"
_HARMLESS = str.maketrans({"^": "'", "~": "-"})

# Controls, and the two signs that begin a command where a ZPL printer listens (Zebra ZPL II
# guide, "^CC" and "^CT").
_COMMAND_BYTES = bytes([*range(0x20), 0x7F, *b"^~"])


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text printer wants its badges."""

    encoding: str = "utf-8"
    """Code page; single-byte ones and UTF-8 are sensible."""

    columns: int = 32
    """Characters in a line."""

    feed: int = 5
    """Blank lines behind a badge, so that it can be torn off."""

    form_feed: bool = False
    """Whether the page is thrown out behind a badge."""

    cut: bool = False
    """Whether the paper is cut: ESC/POS GS V, function B."""

    qr: bool = True
    """Whether to draw the QR code; needs █▀▄ in the code page and no gap between lines."""

    def __post_init__(self) -> None:
        try:
            usable = "Az09".encode(self.encoding) == b"Az09"
        except (LookupError, UnicodeError):
            usable = False
        if not usable:
            raise InvalidInputError(
                msg(
                    "There is no code page {encoding!r} for a text printer.", encoding=self.encoding
                ),
                hint=msg("Use utf-8, cp437, cp850, cp852, cp866, cp1252 or the like."),
            )


USUAL = TextStyle()
"""UTF-8 on 58 mm paper, torn off by hand."""


def stream(badge: Badge, style: TextStyle) -> bytes:
    """Return the bytes that print `badge`: text only, then feed and cut as `style` says.

    What the code page lacks is spelled in plainer letters, and only then becomes "?". No
    control character, caret or tilde can come from the badge's own words: they are removed
    once as text and once more as bytes.
    """
    blocks = _encodes("█▀▄", style.encoding)
    drawn = lines(badge, columns=style.columns, with_qr=style.qr and blocks)
    text = _LINE_END.join(_line(line, style.encoding) for line in drawn) + _LINE_END
    return text + _LINE_END * style.feed + _FORM_FEED * style.form_feed + _CUT * style.cut


def _line(line: str, encoding: str) -> bytes:
    spelled = line.translate(_HARMLESS)
    if not _encodes(spelled, encoding):
        spelled = "".join(_spelled(char, encoding) for char in spelled)
    return spelled.encode(encoding, "ignore").translate(None, _COMMAND_BYTES)


def _spelled(char: str, encoding: str) -> str:
    if _encodes(char, encoding):
        return char
    plainer = unaccented(char).translate(_HARMLESS)
    if _encodes(plainer, encoding):
        return plainer
    return "" if unicodedata.category(char) in {"Mn", "Me", "Cf"} else "?"


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True
