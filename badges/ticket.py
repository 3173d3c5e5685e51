"""Tickets for guests: as a picture, as SVG, and as lines of a receipt."""

from html import escape

from badges import qr
from badges.badge import Badge
from badges.drawing import badge_png
from badges.layout import lines
from badges.layout_file import ready_layout
from eventdesk.core.cells import cell_width
from eventdesk.core.plain_text import plain

DPI = 203
"""Resolution of pictures and of receipts: 8 dots a millimetre."""

RECEIPT_COLUMNS = 32
"""Characters of 12 dots in a line of 58 mm paper."""

_SVG_WIDTH, _SVG_HEIGHT = 600, 800
_SVG_QR_SIDE = 520
_LETTER_WIDTH = 0.6
"""Of the size, for a column of text in a sans-serif font."""


def picture_png(badge: Badge) -> bytes:
    """Return the ticket as a 1-bit PNG of 600 by 800 pixels: words, and the QR code below."""
    return badge_png(badge, ready_layout("_ticket"), dpi=DPI)


def svg(badge: Badge) -> str:
    """Return the ticket as an SVG with real text, so that it can be read aloud and searched."""
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
    printer leaves no gap between lines.
    """
    return lines(badge, columns=RECEIPT_COLUMNS)


def _svg_text(typed: str, size: int, baseline: int) -> str:
    """Return one centred line, smaller if it would be wider than the ticket."""
    text = plain(typed, limit=80)
    columns = max(1, cell_width(text))
    fitted = min(size, round(0.94 * _SVG_WIDTH / (_LETTER_WIDTH * columns)))
    where = f'x="{_SVG_WIDTH // 2}" y="{baseline}" font-size="{fitted}"'
    return f"<text {where}>{escape(text)}</text>" if text else ""
