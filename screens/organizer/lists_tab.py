"""The check-in lists and gates of an event."""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Permission
from eventdesk.core.fields import Offers, filled
from eventdesk.core.messages import _, _n, _p, msg_p
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    CHECK_IN_LIST,
    ENTRY,
    QUESTIONS_HELP,
    UNPAID,
    CheckInList,
    Direction,
    DoorSetup,
    GateView,
    ListKind,
    ListView,
    NewCheckInList,
    add_check_in_list,
    add_gate,
    as_new,
    change_check_in_list,
    doors_of_event,
    offline_conflicts,
    question_line,
    read_question_lines,
    remove_check_in_list,
    remove_gate,
    rename_gate,
)
from eventdesk.exchange import Listing
from screens.core.loading import load
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.making import Maker
from screens.organizer.rule_editor import RuleEditor
from screens.organizer.tab import EventPart
from screens.widgets.detail import Block
from screens.widgets.entity_facts import entity_facts
from screens.widgets.form import Field, NoteField, TextField
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

_A, _R, _C, _L = ListKind.ARRIVE, ListKind.ROOM, ListKind.COLLECT, ListKind.LEAVE
_B = ListKind.BADGE
KINDS: Final = {
    _A: msg_p("list", "arrive"),
    _R: msg_p("list", "room"),
    _C: msg_p("list", "collect"),
    _L: msg_p("list", "leave"),
    _B: msg_p("list", "badge"),
}
ONLY_FOR: Final = {
    "session_id": (_A, _R),
    "room_id": (_R, _L),
    "capacity": (_A, _R),
    "item": (_C,),
    "item_question_id": (_C,),
    "entry_policy": (_A, _R, _C, _B),
    "max_entries": (_A, _R, _C, _B),
    "min_minutes_between": (_A, _R, _C, _B),
    "direction": (_A, _R),
    "exit_needs_entry": (_A, _R, _L),
    "unpaid_policy": (_A, _R, _C, _B),
    "print_policy": (_A,),
    "auto_exit": (_A, _R, _L),
    "ends_stays": (_R,),
    "questions": (_A, _R, _C, _B),
}
"""Fields that only some kinds of lists have."""


def list_fields(
    setup: DoorSetup, zone: str, listed: CheckInList | None, maker: Maker
) -> list[Field[Any]]:
    """The fields of a new check-in list, or of one that is there."""
    one = NewCheckInList("") if listed is None else as_new(listed)
    makings = {
        "ticket_type_ids": maker.ticket_type(),
        "room_id": maker.room(),
        "session_id": maker.session(),
    }
    asked = "\n".join(map(question_line, one.questions))
    return [
        *entity_fields(CHECK_IN_LIST, one, zone=zone, offers=_offers(setup), makings=makings),
        NoteField("questions", _("Ask guests"), value=asked, height=3, help=str(QUESTIONS_HELP)),
    ]


def _offers(setup: DoorSetup) -> Offers:
    return {
        "ticket_type_ids": setup.ticket_types,
        "room_id": setup.rooms,
        "session_id": setup.sessions,
        "item_question_id": setup.questions,
        "tell_answers": setup.questions,
        "tell_age": setup.questions,
    }


def list_of(values: dict[str, Any], listed: CheckInList | None) -> NewCheckInList:
    """The check-in list of the form's values; kept questions keep their ids, rules stay."""
    old = NewCheckInList("") if listed is None else as_new(listed)
    return replace(
        filled(CHECK_IN_LIST, old, values),
        direction=_way(values),
        questions=read_question_lines(values["questions"], old.questions),
    )


def _way(values: dict[str, Any]) -> Direction:
    """The direction: out for a list of leaving, else what the form says or in."""
    if values["kind"] is ListKind.LEAVE:
        return Direction.EXIT
    is_arriving = values["kind"] in (ListKind.ARRIVE, ListKind.ROOM)
    return values["direction"] if is_arriving else Direction.ENTRY


class ListsTab(EventPart):
    """Shows check-in lists and gates; adds, changes and removes them."""

    NEEDS = Permission.EVENT
    EXPORTS = Listing.SCANS
    HELP = (
        "A check-in list says for which tickets a door is; a gate is where one stands. "
        "Tab goes from one to the other, Enter changes the marked line, Delete removes it. "
        "R changes the rules of the marked list and tries them, P plans how many lanes it needs."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add_list", "New list", tooltip="Add a check-in list"),
        Binding("r", "rules", "Rules", tooltip="Change and try the rules of the marked list"),
        Binding("p", "plan", "Plan", tooltip="How long guests will wait at the marked list's door"),
        Binding("g", "add_gate", "New gate", tooltip="Add a gate"),
        Binding("s", "settle", "Settle", tooltip="What phones let in alone and does not fit"),
        Binding("delete", "remove", "Remove", tooltip="Remove the marked list or gate"),
    ]
    DEFAULT_CSS = """
    ListsTab {
        & #lists { height: 2fr; }
        & #gates { height: 1fr; }
        & #unsettled { display: none; width: 100%; padding: 0 2; color: $warning; }
        &.-unsettled #unsettled { display: block; }
        & .part-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
    }
    """

    setup: DoorSetup = DoorSetup((), (), ())

    def compose(self) -> ComposeResult:
        """Lay out both tables below each other."""
        yield Label(_("Check-in lists"), classes="part-title")
        yield PagedTable(
            self._lists,
            Column(_("Name")),
            Column(_("For"), 8),
            Column(_("How often"), 19, least=72),
            Column(_("Open"), 27, least=44),
            Column(_p("column", "Rules"), 5, least=60),
            Column(_("Unpaid tickets"), 19, least=100),
            Column(_("Tickets"), least=120),
            detail=self._detail,
            enter=_("Change"),
            empty=_(
                "No check-in list yet. Press N to add the first: without one nobody is let in."
            ),
            searchable=False,
            id="lists",
        )
        yield Label("", id="unsettled", markup=False)
        yield Label(_("Gates"), classes="part-title")
        yield PagedTable(
            self._gates,
            Column(_("Name")),
            enter=_("Change"),
            empty=_("No gate yet. Press G to add one; a place without gates works as well."),
            searchable=False,
            id="gates",
        )

    async def re_read(self) -> None:
        """Read lists, gates and ticket types."""
        self.setup = await self.desk.read(doors_of_event, self.event.id)
        _some, unsettled = await self.desk.read(offline_conflicts, self.event.id, limit=1)
        self._show_unsettled(unsettled)
        await super().re_read()

    def _show_unsettled(self, count: int) -> None:
        words = _n(
            "! {count} admission without the network does not fit: S settles it",
            "! {count} admissions without the network do not fit: S settles them",
            count,
        )
        self.query_one("#unsettled", Label).update(words if count else "")
        self.set_class(bool(count), "-unsettled")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to settle only where phones may go on alone, or something is to be settled."""
        if action == "settle":
            allowed = any(each.offline for each in self.setup.lists)
            return allowed or self.has_class("-unsettled")
        return super().check_action(action, parameters)

    async def _lists(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.setup.lists, offset, limit, self._line)

    async def _gates(self, text: str, offset: int, limit: int) -> Window:
        gates = self.setup.gates
        return rows_of(gates, offset, limit, lambda gate: Line(gate.id, (gate.name,)))

    def _line(self, listed: CheckInList) -> Line:
        names = dict(self.setup.ticket_types)
        taken = sorted(names.get(each, "?") for each in listed.ticket_type_ids)
        return Line(
            listed.id,
            (
                listed.name,
                str(KINDS[listed.kind]),
                str(ENTRY[listed.entry_policy]),
                self._open(listed.opens_at, listed.closes_at),
                str(len(listed.all_rules) or ""),
                str(UNPAID[listed.unpaid_policy]),
                ", ".join(taken) or _("all tickets"),
            ),
        )

    async def _detail(self, line: Line) -> list[Block]:
        listed = view_of(line, CheckInList)
        if listed is None:
            return []
        one, gates = as_new(listed), {gate.id: gate.name for gate in self.setup.gates}
        facts = entity_facts(
            CHECK_IN_LIST, one, zone=self.event.time_zone, offers=_offers(self.setup)
        )
        rules = [("", str(rule.told(gates))) for rule in listed.all_rules]
        asked = [("", question_line(each)) for each in one.questions]
        return [
            Block(rules, _("Rules")),
            Block(asked, _("Ask guests")),
            Block(facts, _("As it is set up")),
        ]

    def _open(self, opens_at: datetime | None, closes_at: datetime | None) -> str:
        if opens_at is None and closes_at is None:
            return _("always")
        if closes_at is None:
            return _("from {at}", at=self.at(opens_at))
        if opens_at is None:
            return _("until {at}", at=self.at(closes_at))
        zone = ZoneInfo(self.event.time_zone)
        opens, closes = opens_at.astimezone(zone), closes_at.astimezone(zone)
        end = f"{closes:%H:%M}" if opens.date() == closes.date() else self.at(closes_at)
        return f"{self.at(opens_at)} – {end}"

    # Adding and changing

    @act
    async def action_add_list(self) -> None:
        """Ask for a check-in list and add it."""
        await self._ask_list(None)

    @act
    async def action_add_gate(self) -> None:
        """Ask for a gate and add it."""
        await self._ask_gate(None)

    @on(PagedTable.Chosen)
    @act
    async def _change(self, message: PagedTable.Chosen) -> None:
        listed = view_of(message.line, CheckInList)
        gate = view_of(message.line, GateView)
        await (self._ask_list(listed) if gate is None else self._ask_gate(gate))

    @act
    async def action_rules(self) -> None:
        """Change and try the rules of the marked list."""
        listed = self._marked_list()
        if listed is not None:
            editor = RuleEditor(self.tools, self.actor, self.event, self.setup, listed)
            await self.ask(editor)

    @act
    async def action_plan(self) -> None:
        """Plan the door of the marked list."""
        listed = self._marked_list()
        if listed is not None:
            planner = load("screens.door.planner_screen:PlannerScreen")
            await self.app.push_screen_wait(planner(self.tools, self.actor, listed.id))

    @act
    async def action_settle(self) -> None:
        """List what phones decided without the network and does not fit."""
        screen = load("screens.door.conflicts_screen:ConflictsScreen")
        await self.app.push_screen_wait(screen(self.tools, self.actor, self.event))

    def _marked_list(self) -> CheckInList | None:
        """The marked check-in list; without one a notice says how to add it."""
        listed = view_of(self.query_one("#lists", PagedTable).marked, CheckInList)
        if listed is None:
            self.say(_("Press N to add a check-in list first."), title=_("No list"))
        return listed

    @act
    async def action_remove(self) -> None:
        """Remove the marked list or gate, after a question."""
        marked = self.under_cursor(GateView) or self.under_cursor(CheckInList)
        if marked is None:
            return
        loss = _("Nobody is let in by it any more.")
        if isinstance(marked, GateView):
            loss = _("It is not offered at the door any more.")
        elif len(self.setup.lists) == 1:
            loss = _("It is the only list: nobody can be let in until there is another one.")
        name = plain(marked.name, limit=60)
        if await self.sure(_("Remove {name}?", name=name), loss, yes=_("Remove")):
            remove = remove_gate if isinstance(marked, GateView) else remove_check_in_list
            await self.do(remove, marked.id)

    async def _ask_list(self, listed: CheckInList | None) -> None:
        async def save(values: dict[str, Any]) -> ListView:
            new = list_of(values, listed)
            if listed is None:
                return await self.desk.write(add_check_in_list, self.event.id, new)
            return await self.desk.write(change_check_in_list, listed.id, new)

        dialog = FormDialog(
            _("Add a check-in list") if listed is None else _("Change a check-in list"),
            list_fields(
                self.setup, self.event.time_zone, listed, Maker(self.desk, self.app, self.event)
            ),
            save,
            explanation=_(
                "Times are those on the wall of the event; without any it is always open."
            ),
            confirm=_("Add") if listed is None else _("Save"),
            only_for=ONLY_FOR,
        )
        await self.ask(dialog)

    async def _ask_gate(self, gate: GateView | None) -> None:
        async def save(values: dict[str, Any]) -> GateView:
            name = values["name"]
            if gate is None:
                return await self.desk.write(add_gate, self.event.id, name)
            return await self.desk.write(rename_gate, gate.id, name)

        name = TextField(
            "name",
            _("Name"),
            value=gate.name if gate else "",
            required=True,
            help=_("Such as: North gate."),
        )
        title, confirm = (_("Rename a gate"), _("Save")) if gate else (_("Add a gate"), _("Add"))
        await self.ask(FormDialog(title, [name], save, confirm=confirm))
