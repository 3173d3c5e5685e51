"""How a mail looks: its words as HTML, with the codes of the tickets below."""

import html
import re
from collections.abc import Sequence
from typing import Final

from eventdesk.booking import MyTicket
from eventdesk.core.messages import _

MAX_SHOWN: Final = 10
"""Most codes in the text of a mail; the PDF holds all."""

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")

_PAGE: Final = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"></head>'
    '<body style="margin:0;padding:24px;background:#ffffff;color:#1b1b1b;'
    'font:16px/1.5 system-ui,sans-serif"><div style="max-width:36em;margin:0 auto">'
    "{body}</div></body></html>"
)
_CODE: Final = (
    '<div style="margin:24px 0;padding:16px;border:1px solid #767676;border-radius:8px;'
    'text-align:center"><p dir="auto" style="margin:0 0 8px"><strong>{name}</strong><br>{facts}</p>'
    '<img src="cid:{cid}" alt="{alt}" width="232" height="232"><p style="margin:8px 0 0">'
    "<strong>{code}</strong></p></div>"
)


def as_html(text: str, tickets: Sequence[MyTicket], language: str, *, footer: str = "") -> str:
    """The words of a mail as a page: paragraphs, addresses to click, the codes of tickets.

    Everything that people typed is escaped.
    """
    body = "".join(f'<p dir="auto">{_paragraph(each)}</p>' for each in text.split("\n\n"))
    body += "".join(map(_code, tickets[:MAX_SHOWN]))
    if footer:
        body += f'<p dir="auto" style="color:#595959;font-size:14px">{_paragraph(footer)}</p>'
    return _PAGE.format(language=html.escape(language), body=body)


def _paragraph(text: str) -> str:
    pieces, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = html.escape(found.group())
        pieces += [html.escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    pieces.append(html.escape(text[end:]))
    return "".join(pieces).replace("\n", "<br>")


def _code(ticket: MyTicket) -> str:
    facts = " · ".join(each for each in (ticket.ticket_type, ticket.seat) if each)
    return _CODE.format(
        name=html.escape(ticket.name),
        facts=html.escape(facts),
        cid=cid_of(ticket),
        alt=html.escape(_("QR code of ticket {code}", code=ticket.code)),
        code=html.escape(ticket.code),
    )


def cid_of(ticket: MyTicket) -> str:
    """What the picture of a ticket's code is called within a mail."""
    return f"{ticket.id.hex}@ticket"
