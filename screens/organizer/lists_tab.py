"""The check-in lists and gates of an event."""

from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.model.door import (
    CheckInList,
    Direction,
    EntryPolicy,
    PrintPolicy,
    Question,
    UnpaidPolicy,
)
from eventdesk.model.people import Permission
from eventdesk.model.views import GateView, ListView
from eventdesk.usecases.door_setup import DoorSetup, door_setup
from eventdesk.usecases.events import add_gate
from eventdesk.usecases.exports import Listing
from eventdesk.usecases.lists import NewCheckInList, add_check_in_list
from screens.modals.form_dialog import FormDialog
from screens.organizer.tab import Tab
from screens.widgets.form import (
    ChoiceField,
    Field,
    MomentField,
    NoteField,
    NumberField,
    SeveralField,
    TextField,
    YesNoField,
)
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of

ENTRY: Final = {
    EntryPolicy.ONCE: "once",
    EntryPolicy.ONCE_PER_DAY: "once a day",
    EntryPolicy.AFTER_EXIT: "again after leaving",
    EntryPolicy.ANY: "any number of times",
}
DIRECTION: Final = {Direction.ENTRY: "in", Direction.EXIT: "out"}
UNPAID: Final = {
    UnpaidPolicy.REFUSE: "refused",
    UnpaidPolicy.SETTLE: "may pay at the desk",
    UnpaidPolicy.ADMIT: "let in",
}
PRINT: Final = {
    PrintPolicy.FIRST_ENTRY: "at the first entry",
    PrintPolicy.EVERY_ENTRY: "at every entry",
    PrintPolicy.NEVER: "never",
}
MOST_ENTRIES: Final = 10_000
MOST_MINUTES: Final = 7 * 24 * 60


class ListsTab(Tab):
    """Shows check-in lists and gates, and adds more of them."""

    NEEDS = Permission.EVENT
    EXPORTS = Listing.SCANS
    HELP = "A check-in list says for which tickets a door is; a gate is where one stands."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add_list", "New list", tooltip="Add a check-in list"),
        Binding("g", "add_gate", "New gate", tooltip="Add a gate"),
    ]
    DEFAULT_CSS = """
    ListsTab {
        & #lists { height: 2fr; }
        & #gates { height: 1fr; }
        & .part-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
    }
    """

    setup: DoorSetup = DoorSetup((), (), ())

    def compose(self) -> ComposeResult:
        """Lay out both tables below each other."""
        yield Label("Check-in lists", classes="part-title")
        yield PagedTable(
            self._lists,
            Column("Name"),
            Column("Way", 3),
            Column("How often", 19, least=72),
            Column("Open", 27, least=44),
            Column("Unpaid tickets", 19, least=90),
            Column("Tickets", least=110),
            empty="No check-in list yet. Press N to add the first: without one nobody is let in.",
            searchable=False,
            id="lists",
        )
        yield Label("Gates", classes="part-title")
        yield PagedTable(
            self._gates,
            Column("Name"),
            empty="No gate yet. Press G to add one; a place without gates works as well.",
            searchable=False,
            id="gates",
        )

    async def re_read(self) -> None:
        """Read lists, gates and ticket types."""
        self.setup = await self.tools.desk.read(door_setup, self.event.id)
        for table in self.query(PagedTable):
            await table.re_read()

    async def _lists(self, text: str, offset: int, limit: int) -> Window:
        return window_of([self._line(each) for each in self.setup.lists], offset, limit)

    async def _gates(self, text: str, offset: int, limit: int) -> Window:
        lines = [Line(gate.id, (gate.name,)) for gate in self.setup.gates]
        return window_of(lines, offset, limit)

    def _line(self, listed: CheckInList) -> Line:
        names = dict(self.setup.ticket_types)
        taken = sorted(names.get(each, "?") for each in listed.ticket_type_ids)
        return Line(
            listed.id,
            (
                listed.name,
                DIRECTION[listed.direction],
                ENTRY[listed.entry_policy],
                self._open(listed.opens_at, listed.closes_at),
                UNPAID[listed.unpaid_policy],
                ", ".join(taken) or "all tickets",
            ),
        )

    def _open(self, opens_at: datetime | None, closes_at: datetime | None) -> str:
        if opens_at is None and closes_at is None:
            return "always"
        if closes_at is None:
            return f"from {self._at(opens_at)}"
        if opens_at is None:
            return f"until {self._at(closes_at)}"
        opens, closes = self._at(opens_at), self._at(closes_at)
        is_one_day = opens[:6] == closes[:6]
        return f"{opens} – {closes[7:] if is_one_day else closes}"

    def _at(self, at: datetime | None) -> str:
        """Day and time on the wall of the event, 12 characters."""
        zone = ZoneInfo(self.event.time_zone)
        return "" if at is None else at.astimezone(zone).strftime("%d %b %H:%M")

    # Adding

    @work(exclusive=True, group="add", exit_on_error=False)
    async def action_add_list(self) -> None:
        """Ask for a check-in list and add it."""
        dialog = FormDialog(
            "Add a check-in list",
            self._fields(),
            self._submit_list,
            explanation="Times are those on the wall of the event; without any it is always open.",
            confirm="Add",
        )
        if await self.app.push_screen_wait(dialog):
            await self.re_read()

    def _fields(self) -> list[Field[Any]]:
        zone = self.event.time_zone
        fields: list[Field[Any]] = [
            TextField("name", "Name", required=True, help="Such as: Main entrance."),
            SeveralField("types", "Only for these tickets", self.setup.ticket_types),
            MomentField("opens", "Opens", zone=zone),
            MomentField("closes", "Closes", zone=zone),
            ChoiceField("entry", "A ticket enters", [*ENTRY.items()], value=EntryPolicy.ONCE),
            NumberField("most", "At most so many times", least=1, most=MOST_ENTRIES),
            NumberField("minutes", "Minutes between two", value=0, most=MOST_MINUTES),
            ChoiceField("way", "People go", [*DIRECTION.items()], value=Direction.ENTRY),
            YesNoField("checked", "Leaving needs an entry", value=True),
            ChoiceField("unpaid", "Unpaid tickets", [*UNPAID.items()], value=UnpaidPolicy.REFUSE),
            ChoiceField("print", "Badges print", [*PRINT.items()], value=PrintPolicy.FIRST_ENTRY),
            TextField("attention", "Staff reads", help="Shown with every admission."),
            NoteField("questions", "Ask guests", height=3, help="One question a line."),
        ]
        return fields if self.setup.ticket_types else [fields[0], *fields[2:]]

    async def _submit_list(self, values: dict[str, Any]) -> ListView:
        asked = filter(None, map(str.strip, values["questions"].split("\n")))
        new = NewCheckInList(
            values["name"],
            ticket_type_ids=frozenset(values.get("types", ())),
            opens_at=values["opens"],
            closes_at=values["closes"],
            entry_policy=values["entry"],
            direction=values["way"],
            unpaid_policy=values["unpaid"],
            print_policy=values["print"],
            exit_needs_entry=values["checked"],
            min_minutes_between=values["minutes"] or 0,
            max_entries=values["most"],
            attention=values["attention"],
            questions=tuple(Question(f"q{place}", text) for place, text in enumerate(asked, 1)),
        )
        return await self.tools.desk.write(
            add_check_in_list, self.actor, self.event.id, new, now=self.tools.now()
        )

    @work(exclusive=True, group="add", exit_on_error=False)
    async def action_add_gate(self) -> None:
        """Ask for a gate and add it."""
        name = TextField("name", "Name", required=True, help="Such as: North gate.")
        dialog = FormDialog("Add a gate", [name], self._submit_gate, confirm="Add")
        if await self.app.push_screen_wait(dialog):
            await self.re_read()

    async def _submit_gate(self, values: dict[str, Any]) -> GateView:
        return await self.tools.desk.write(
            add_gate, self.actor, self.event.id, values["name"], now=self.tools.now()
        )
