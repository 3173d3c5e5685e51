"""The part of commission: the usual share, and that of each organizer."""

from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.accounts import Person, find_people, person
from eventdesk.core.messages import _
from eventdesk.core.money import percent
from eventdesk.core.plain_text import plain
from eventdesk.money import set_commission, set_usual_commission, usual_commission
from screens.core.part import Part
from screens.modals.form_dialog import FormDialog
from screens.widgets.detail import Block
from screens.widgets.form import PercentField
from screens.widgets.paged_table import Column, Line, PagedTable, Window


class CommissionPart(Part):
    """Shows the usual share, and lists that of each organizer."""

    HELP = "U changes the usual share, Enter what was agreed with one organizer."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "change_usual", "Usual share", tooltip="Change what is kept usually")
    ]
    DEFAULT_CSS = """
    CommissionPart > #usual { height: auto; padding: 0 2 1 2; }
    """

    table = getters.query_one(PagedTable)
    usual = 0

    def compose(self) -> ComposeResult:
        """Lay out the usual share and the people."""
        yield Label("", id="usual", markup=False)
        yield PagedTable(
            self._read,
            Column(_("Organizer")),
            Column(_("E-mail")),
            Column(_("Share"), 14, right=True),
            detail=self._detail,
            enter=_("Change"),
            empty=_("Nobody has an account yet."),
        )

    async def re_read(self) -> None:
        """Read the usual share and the people."""
        self.usual = await self.desk.read(usual_commission)
        words = _(
            "The usual share is {percent} % of what organizers earn without tax.",
            percent=percent(self.usual),
        )
        self.query_one("#usual", Label).update(words)
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        people, total = await self.desk.read(find_people, search=search, offset=offset, limit=limit)
        return Window(tuple(map(_line, people)), total)

    async def _detail(self, line: Line) -> list[Block]:
        whom = await self.desk.read(person, line.key)
        share = self.usual if whom.commission_bp is None else whom.commission_bp
        return [Block([(_("Is kept"), f"{percent(share)} %")])]

    @work(exclusive=True, group="change", exit_on_error=False)
    async def action_change_usual(self) -> None:
        """Ask for the usual share."""
        dialog = FormDialog(
            _("The usual share"),
            [PercentField("share", _("Share"), value=self.usual, required=True)],
            self._submit_usual,
            explanation=_("It holds for tickets sold from now on, where no other terms do."),
        )
        await self.app.push_screen_wait(dialog)
        await self.re_read()

    async def _submit_usual(self, values: dict[str, Any]) -> None:
        await self.desk.write(set_usual_commission, values["share"])

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="change", exit_on_error=False)
    async def change_one(self, message: PagedTable.Chosen) -> None:
        """Ask for what was agreed with one organizer."""
        whom = await self.desk.read(person, message.line.key)

        async def submit(values: dict[str, Any]) -> None:
            await self.desk.write(set_commission, whom.id, values["share"])

        dialog = FormDialog(
            _("What is kept of {name}'s sales", name=plain(whom.name, limit=60)),
            [
                PercentField(
                    "share",
                    _("Share"),
                    value=whom.commission_bp,
                    help=_("Empty is the usual {percent} %.", percent=percent(self.usual)),
                )
            ],
            submit,
            explanation=_("An event may have terms of its own, in its settings."),
        )
        await self.app.push_screen_wait(dialog)
        await self.re_read()


def _line(one: Person) -> Line:
    if one.commission_bp is None:
        return Line(one.id, (one.name, one.email, _("usual")))
    return Line(one.id, (one.name, one.email, f"{percent(one.commission_bp)} %"), "good")
