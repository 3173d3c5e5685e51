"""Issuing the invoice of a booking: ask for the recipient, show it, export it as PDF."""

from typing import Any
from uuid import UUID

from textual.screen import Screen

from eventdesk.acts import Actor
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.vat_ids import MAX_TYPED
from eventdesk.documents.document import DocumentSeries
from eventdesk.documents.text import as_text
from eventdesk.money import (
    DocumentView,
    documents_of,
    export_document,
    issue_invoice,
    read_document,
)
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.money.paper_screen import PaperScreen
from screens.widgets.form import NoteField, TextField

MAX_RECIPIENT = 1000


async def invoice(
    screen: Screen[Any], tools: Tools, actor: Actor, booking_id: UUID, *, name: str, reverse: bool
) -> DocumentView | None:
    """Ask for the recipient of an invoice, issue it, show it, and export it where asked.

    Called in a worker of the screen; `name` is the usual recipient, `reverse` whether companies
    elsewhere in the EU owe the tax. None is given up.
    """
    issued = await tools.desk.read(documents_of, actor, booking_id)
    before = next((each for each in issued if each.series is DocumentSeries.INVOICE), None)
    recipient = NoteField(
        "recipient",
        _("For"),
        value="\n".join((await _paper(tools, actor, before)).recipient) if before else name,
        height=5,
        max_length=MAX_RECIPIENT,
        help=_("Name and address, in at most 8 lines."),
    )

    async def submit(values: dict[str, Any]) -> DocumentView:
        return await tools.desk.write(
            issue_invoice, actor, booking_id, recipient=values["recipient"], vat_id=values["vat_id"]
        )

    vat_id = TextField(
        "vat_id",
        _("VAT ID"),
        value=before.vat_id if before else "",
        max_length=MAX_TYPED,
        help=_("Of a company. Elsewhere in the EU it owes the tax itself and pays without it.")
        if reverse
        else _("Only of a company that has one."),
    )
    words = _("It gets the next number. Issued again with nothing changed, it is the same one.")
    if before is not None:
        words = _(
            "{name} is issued. Where something changed, a credit note takes it back and "
            "a new one is issued.",
            name=before.name,
        )
    dialog = FormDialog(
        _("Issue an invoice"), [recipient, vat_id], submit, explanation=words, confirm=_("Issue it")
    )
    view = await screen.app.push_screen_wait(dialog)
    if view is None:
        return None
    text = as_text(await _paper(tools, actor, view))
    if await screen.app.push_screen_wait(PaperScreen(text)):
        path = await tools.desk.read(export_document, actor, view.id, form="pdf")
        screen.notify(plain(str(path), limit=400), title=_("Written"), markup=False)
    return view


async def _paper(tools: Tools, actor: Actor, view: DocumentView) -> Any:
    return await tools.desk.read(read_document, actor, view.id)
