"""The badge as lines of text, for printers that print nothing else."""

from badges import qr
from badges.badge import Badge
from badges.values import MAX_NAME
from eventdesk.core.cells import cut_cells, wrap_cells
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, reading
from eventdesk.core.plain_text import plain


def lines(badge: Badge, *, columns: int = 32, with_qr: bool = True) -> list[str]:
    """Return the badge as lines of text, each at most `columns` cells wide, none of them a command.

    Name (at most two lines), line two, ticket type, QR code, seat, code, event, sponsors and mark;
    what is empty is left out, and the QR code where it is too wide or the token cannot be one. In
    place of a QR code of a booking's link that is left out stands its address.

    Args:
        badge: What to say, as typed.
        columns: 32 on 58 mm paper, 48 on 80 mm.
        with_qr: Whether to draw the QR code in half blocks, ink on paper.
    """
    said = [plain(badge.line_two), plain(badge.ticket_type)]
    told = map(plain, (badge.seat, badge.ticket_code, badge.event, badge.sponsors, badge.mark))
    code = _code(badge.token, columns) if with_qr else []
    if not code and badge.is_link:
        code = _typed(badge, columns)
    return [
        *_name(badge.name, columns),
        *(cut_cells(line, columns) for line in said if line),
        *(["", *code, ""] if code else []),
        *(cut_cells(line, columns) for line in told if line),
    ]


def _name(name: str, columns: int) -> list[str]:
    """Return one or two lines; "-" for somebody without a name."""
    wrapped = wrap_cells(plain(name, limit=MAX_NAME) or "-", columns)
    rest = " ".join(wrapped[1:])
    return [wrapped[0], cut_cells(rest, columns)] if rest else wrapped


def _code(token: str, columns: int) -> list[str]:
    """Return the code in the middle of the paper, of weaker error correction where it must."""
    for small in (False, True):
        try:
            drawn = qr.half_blocks(token, on_paper=True, small=small) if token else []
        except InvalidInputError:
            return []
        margin = (columns - max(map(len, drawn), default=0)) // 2
        if margin >= 0:
            return [" " * margin + line.rstrip() for line in drawn]
    return []


def _typed(badge: Badge, columns: int) -> list[str]:
    """Return the address of a link to be typed, and why it has to be."""
    with reading(badge.language):
        why = _("No QR code fits on this paper. Open this address:")
    return [*wrap_cells(why, columns), "", *wrap_cells(plain(badge.token, limit=400), columns)]
