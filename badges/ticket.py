"""A ticket, as the guest gets it: picture, plain QR code, SVG, and on a receipt."""

from html import escape

from badges import qr
from badges.badge import Badge
from badges.drawing import badge_png, pages
from badges.layout import lines
from badges.layout_file import ready_layout
from eventdesk.core.cells import cell_width
from eventdesk.core.plain_text import plain

__all__ = ["picture_png", "qr_png", "receipt", "receipt_escpos", "svg"]

DPI = 203
"""Resolution of pictures and of receipts: 8 dots a millimetre."""

RECEIPT_COLUMNS = 32
"""Characters of 12 dots in a line of 58 mm paper."""

_SVG_WIDTH, _SVG_HEIGHT = 600, 800
_SVG_QR_SIDE = 520
_LETTER_WIDTH = 0.6
"""Of the size, for a column of text in a sans-serif font."""

_RESET = b"\x1b@"
_FEED = b"\x1bd\x04"
_RASTER = b"\x1dv0\x00"


def picture_png(badge: Badge) -> bytes:
    """Return the ticket as a 1-bit PNG of 600 by 800 pixels: words, and the QR code below."""
    return badge_png(badge, ready_layout("_ticket"), dpi=DPI)


def qr_png(badge: Badge) -> bytes:
    """Return only the QR code as a PNG, 8 pixels a module.

    Raises:
        InvalidInputError: The token cannot be a QR code.
    """
    return qr.png(badge.token)


def svg(badge: Badge) -> str:
    """Return the ticket as an SVG with real text, so that it can be read aloud and searched.

    Raises:
        InvalidInputError: The token cannot be a QR code.
    """
    scale = _SVG_QR_SIDE / len(qr.matrix(badge.token))
    left = (_SVG_WIDTH - _SVG_QR_SIDE) / 2
    texts = (
        (badge.name, 48, 590),
        (badge.line_two, 28, 635),
        (badge.ticket_type, 28, 675),
        (badge.event, 24, 715),
        (" ".join((badge.ticket_code, badge.seat, badge.mark)), 24, 755),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SVG_WIDTH} {_SVG_HEIGHT}">'
        f'<path fill="#fff" d="M0 0h{_SVG_WIDTH}v{_SVG_HEIGHT}H0z"/>'
        f'<path shape-rendering="crispEdges" transform="translate({left:g} 24) '
        f'scale({scale:.4f})" d="{qr.svg_path(badge.token)}"/>'
        '<g font-family="sans-serif" text-anchor="middle">'
        f"{''.join(_svg_text(*text) for text in texts)}</g></svg>\n"
    )


def receipt(badge: Badge) -> list[str]:
    """Return the ticket as lines of `RECEIPT_COLUMNS` columns with the QR code in half blocks.

    The code of 29 columns has the paper's margins as its quiet zone. It scans only where the
    printer leaves no gap between lines; `receipt_escpos` does not depend on that.
    """
    return lines(badge, columns=RECEIPT_COLUMNS)


def receipt_escpos(badge: Badge) -> bytes:
    """Return the ticket for a 58 mm ESC/POS printer, drawn as one picture.

    Reset, one raster image of 384 dots (GS v 0 in Epson's ESC/POS command reference), four
    lines of feed. No text is sent, so every script prints and no name can be a command.
    """
    page = pages(badge, ready_layout("receipt-58"), dpi=DPI)[0]
    black = page.point(lambda white: 0 if white else 255, mode="1")
    row_bytes = page.width // 8
    size = row_bytes.to_bytes(2, "little") + page.height.to_bytes(2, "little")
    return _RESET + _RASTER + size + black.tobytes() + _FEED


def _svg_text(typed: str, size: int, baseline: int) -> str:
    """Return one centred line, smaller if it would be wider than the ticket."""
    text = plain(typed, limit=80)
    columns = max(1, cell_width(text))
    fitted = min(size, round(0.94 * _SVG_WIDTH / (_LETTER_WIDTH * columns)))
    where = f'x="{_SVG_WIDTH // 2}" y="{baseline}" font-size="{fitted}"'
    return f"<text {where}>{escape(text)}</text>" if text else ""
