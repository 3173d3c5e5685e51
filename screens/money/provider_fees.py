"""Importing what providers keep and pay out: ask for the file, show what it would do, post it."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from eventdesk.core.formats import money, without_currency
from eventdesk.core.messages import _, _p
from eventdesk.core.tone import Tone
from eventdesk.money import (
    OUTCOME_WORDS,
    PROVIDERS_OF_FEES,
    FeeLine,
    FeeOutcome,
    FeeReport,
    NotPaidOut,
    Payout,
    import_provider_fees,
    preview_provider_fees,
)
from screens.core.part import Part
from screens.modals.form_dialog import FormDialog
from screens.money.import_preview import ImportPreview
from screens.widgets.form import ChoiceField, Field, TextField
from screens.widgets.paged_table import Column, Line

_SIGNS: Final[dict[FeeOutcome, tuple[str, Tone]]] = {
    FeeOutcome.POSTED: ("✓", "good"),
    FeeOutcome.BOTH: ("✓", "good"),
    FeeOutcome.PAID_OUT: ("✓", "good"),
    FeeOutcome.KNOWN: ("–", "faint"),
    FeeOutcome.FREE: ("–", "faint"),
    FeeOutcome.WAITS: ("◌", "faint"),
    FeeOutcome.PAYOUT: ("–", "faint"),
    FeeOutcome.REST: ("!", "warning"),
    FeeOutcome.STRANGE: ("!", "warning"),
    FeeOutcome.WRONG: ("✗", "bad"),
}
"""The sign of what becomes of a line, and its tone."""


async def import_fees(part: Part) -> FeeReport | None:
    """Import a provider's file after a yes; None is given up. Called in a worker of the part."""
    fields: list[Field[Any]] = [
        ChoiceField("provider", _("Provider"), list(PROVIDERS_OF_FEES.items()), value="stripe"),
        TextField("path", _("File"), required=True, help=_("Its CSV; docs/services/payments.md.")),
    ]

    async def look(values: dict[str, Any]) -> tuple[Path, str, FeeReport]:
        path, provider = Path(values["path"]).expanduser(), values["provider"]
        report = await part.desk.read(preview_provider_fees, path, provider=provider)
        return path, provider, report

    dialog = FormDialog(
        _("Fees and payouts of providers"),
        fields,
        look,
        explanation=_(
            "What they keep becomes a cost of the events whose payments it is of; what they paid "
            "out goes to the bank."
        ),
        confirm=_("Look at it"),
    )
    looked = await part.app.push_screen_wait(dialog)
    if looked is None or not await part.app.push_screen_wait(_preview(looked[2])):
        return None
    path, provider, _report = looked
    return await part.do(import_provider_fees, path, provider=provider)


def _preview(report: FeeReport) -> ImportPreview:
    columns = (
        Column(_p("file", "Row"), 5, right=True),
        Column(_("Fee"), 10, right=True),
        Column(_p("payout", "Net"), 13, right=True),
        Column("", 23),
        Column(_("What")),
        Column(_("Name"), 30, least=110),
        Column(_("Payout"), 30, least=130),
    )
    lines = [
        *map(_payout, range(1, 1 + len(report.payouts)), report.payouts),
        *map(_line, report.lines),
        *map(_waiting, range(1, 1 + len(report.waiting)), report.waiting),
    ]
    return ImportPreview(
        report.sentence,
        columns,
        lines,
        confirm=_("Post them"),
        empty=_("The file has no lines."),
        can_book=report.changes,
    )


def _payout(no: int, payout: Payout) -> Line:
    """A payout, before the lines of the file."""
    tone: Tone
    sign, tone = ("✓", "good") if payout.is_new else ("–", "faint")
    words = f"{sign} {_('a payout')}"
    if payout.strange.minor:
        sign, tone = "!", "warning"
        words = f"{sign} {_('{amount} of others', amount=without_currency(payout.strange))}"
    cells = ("", "", money(payout.total), words, payout.name, payout.name, payout.on)
    return Line(UUID(int=no, version=1), cells, tone)


def _line(line: FeeLine) -> Line:
    sign, tone = _SIGNS[line.outcome]
    words = f"{sign} {OUTCOME_WORDS[line.outcome]}"
    fee, net = money(line.fee) if line.fee else "?", money(line.net) if line.net else ""
    what = line.booking_code or line.name
    cells = str(line.row), fee, net, words, what, line.name, line.payout
    return Line(UUID(int=line.row), cells, tone)


def _waiting(no: int, each: NotPaidOut) -> Line:
    """A booking of which the provider has something, behind the lines of the file."""
    words = f"◌ {_('in no payout yet')}"
    cells = "", "", money(each.left), words, each.booking_code, "", ""
    return Line(UUID(int=no, version=4), cells, "faint")
