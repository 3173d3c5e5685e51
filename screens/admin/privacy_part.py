"""The part of personal data: which events still hold any, since when, and when it goes."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.core.formats import number, when
from eventdesk.core.messages import _
from eventdesk.keeping import PersonalDataHeld, events_holding_data
from screens.accounts.event_data import days_dialog, erase_event_dialog
from screens.core.part import Part, act
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of


class PrivacyPart(Part):
    """Lists the events that still name people; Enter says when that ends."""

    HELP = (
        "These events still name people who booked, came or wait. Enter says how many days after "
        "the end they go, or puts it off; X erases the marked one now."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "erase", "Erase", tooltip="Erase the personal data of the marked event")
    ]
    ON_A_LINE = frozenset({"erase"})

    table = getters.query_one(PagedTable)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Event")),
            Column(_("Tickets"), 8, right=True),
            Column(_("Since"), 10, least=70),
            Column(_("Goes"), 24),
            enter=_("When"),
            empty=_("No event holds personal data of people who booked, came or wait."),
            searchable=False,
        )

    async def re_read(self) -> None:
        """Read which events hold any."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        held, total = await self.desk.read(events_holding_data, offset=offset, limit=limit)
        return page_of(held, total, _line)

    @on(PagedTable.Chosen)
    def _choose(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self._ask_days()

    @act
    async def _ask_days(self) -> None:
        marked = view_of(self.table.marked, PersonalDataHeld)
        if marked is not None:
            await self.ask(await days_dialog(self.tools, self.actor, marked.event_id))

    @act
    async def action_erase(self) -> None:
        """Erase the personal data of the marked event, after its name was typed."""
        marked = view_of(self.table.marked, PersonalDataHeld)
        if marked is None:
            return
        done = await self.ask(await erase_event_dialog(self.tools, self.actor, marked.event_id))
        if done is not None:
            self.say(_("✓ Nobody who booked or came is named any more."))


def _line(held: PersonalDataHeld) -> Line:
    since = "" if held.since is None else when(held.since, "%Y-%m-%d")
    cells = (held.name, number(held.tickets), since, held.when)
    late = held.is_over and held.goes_at is None
    return Line(held.event_id, cells, "warning" if late else "")
