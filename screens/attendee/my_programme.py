"""The part with one's own programme of an event: sessions by day, to sign up for and to leave."""

from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label, Static

from eventdesk.core.folding import fold
from eventdesk.core.formats import when
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_period
from eventdesk.waiting import (
    Going,
    OwnProgramme,
    ProgrammeEvent,
    ProgrammeItem,
    leave_session,
    my_calendar_link,
    my_programme,
    programmes_of,
    sign_up_for_session,
    standing_in_words,
)
from screens.attendee.calendar_dialog import CalendarDialog
from screens.core.part import Part
from screens.core.station import served_at
from screens.modals.questions import PickOne, YesNo
from screens.widgets.detail import Block
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


class ProgrammePart(Part):
    """Lists the sessions of an event, and whether this person goes there."""

    HELP = (
        "Enter signs you up for the marked session, or leaves it again. A full session puts you on "
        "its waitlist; a freed place is yours at once. “!” marks what is at the same time."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", "Sign up/leave", show=True, tooltip="Sign up, or leave"),
        Binding("m", "turn", "Mine/all", tooltip="Only what is in your programme, or all sessions"),
        Binding("c", "calendar", "Calendar", tooltip="Your events and sessions in your calendar"),
        Binding("e", "pick", "Other event", tooltip="The programme of another event"),
    ]
    ON_A_LINE = frozenset({"choose"})
    DEFAULT_CSS = """
    ProgrammePart {
        & #programme-of { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
        & #session { height: auto; max-height: 3; padding: 0 2; color: $faint; }
    }
    """

    table = getters.query_one(PagedTable)
    programme: OwnProgramme | None = None
    events: tuple[ProgrammeEvent, ...] = ()
    event_id: UUID | None = None
    only_mine = False

    def compose(self) -> ComposeResult:
        """Lay out the name of the event and its sessions."""
        yield Label("", id="programme-of", markup=False)
        yield PagedTable(
            self._read,
            Column(_("Day"), 10),
            Column(_("Time"), 11),
            Column(_("Session")),
            Column(_("Room"), 14, least=84),
            Column(_("Speakers"), 22, least=112),
            Column(_("You"), 19),
            detail=self._detail,
            enter="",
            empty=_(
                "No sessions here yet. When an event that you have a ticket for has a "
                "programme, you find it here."
            ),
        )
        yield Static("", id="session", classes=SAID_BELOW, markup=False)

    async def re_read(self) -> None:
        """Read the events with a ticket of this person, and the programme of the chosen one."""
        desk = self.tools.desk
        self.events = tuple(await desk.read(programmes_of, self.actor))
        known = [each.event_id for each in self.events]
        if self.event_id not in known:
            self.event_id = known[0] if known else None
        self.programme = None
        if self.event_id is not None:
            self.programme = await desk.read(my_programme, self.actor, self.event_id)
        self.query_one("#programme-of", Label).update(self._title())
        self.refresh_bindings()
        await self.table.re_read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a programme none of it is one's own; without a server no calendar asks."""
        if action == "calendar" and not served_at(self.tools):
            return False
        if action == "turn" and self.programme is None:
            return None
        return super().check_action(action, parameters)

    def _title(self) -> str:
        if self.programme is None:
            return _("My programme")
        event = plain(self.programme.event_name, limit=60)
        if self.only_mine:
            return _("{event}: my programme", event=event)
        return _("{event}: all sessions", event=event)

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        own = self.programme
        if own is None:
            return Window((), 0)
        wanted = fold(search)
        items = [
            item
            for item in own.items
            if (item.going.in_programme or not self.only_mine)
            and wanted in fold(" ".join((item.title, item.room, *item.speakers, *item.tags)))
        ]
        zone = ZoneInfo(own.time_zone)
        lines, day = [], ""
        for item in items:
            begin, end = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
            today = when(begin, "%a %d %b")
            shown, day = ("" if today == day else today), today
            standing, tone = standing_in_words(item, zone)
            cells = (
                shown,
                f"{begin:%H:%M}–{end:%H:%M}",
                item.title,
                item.room,
                ", ".join(item.speakers),
                standing,
            )
            lines.append(Line(item.session_id, cells, tone))
        return window_of(lines, offset, limit)

    async def _detail(self, line: Line) -> list[Block]:
        items = self.programme.items if self.programme else ()
        item = next((each for each in items if each.session_id == line.key), None)
        if item is None or self.programme is None:
            return []
        when = spoken_period(item.starts_at, item.ends_at, self.programme.time_zone)
        clashes = [("", f"! {each}") for each in item.clashes]
        return [
            Block([(_("When"), when), (_("Tags"), ", ".join(item.tags))]),
            Block(clashes, _("At the same time")),
        ]

    @on(PagedTable.Marked)
    def _show_marked(self) -> None:
        """Show in full what the list of a small screen has no room for."""
        marked = self.table.marked
        items = self.programme.items if self.programme else ()
        item = next((each for each in items if marked and each.session_id == marked.key), None)
        facts = (item.title, item.room, ", ".join(item.speakers)) if item else ()
        words = plain(" · ".join(filter(None, facts)), limit=300)
        self.query_one("#session", Static).update(words)

    # Acting

    @work(exclusive=True, group="pick", exit_on_error=False)
    async def action_calendar(self) -> None:
        """Show the address of one's calendar."""
        link = await self.desk.read(my_calendar_link)
        self.app.push_screen(CalendarDialog(self.tools, self.actor, link))

    @on(PagedTable.Chosen)
    def _choose(self, message: PagedTable.Chosen) -> None:
        self._turn_marked(message.line.key)

    def action_choose(self) -> None:
        """Sign up for the marked session, or leave it."""
        marked = self.table.marked
        if marked is not None:
            self._turn_marked(marked.key)

    @work(exclusive=True, group="sign-up", exit_on_error=False)
    async def _turn_marked(self, session_id: UUID) -> None:
        items = self.programme.items if self.programme else ()
        item = next((each for each in items if each.session_id == session_id), None)
        if item is None:
            return
        if item.going is Going.OPEN:
            self.notify(_("This session needs no sign-up: just go there."), markup=False)
        elif item.going in (Going.SIGNED_UP, Going.WAITING):
            await self._leave(item)
        else:
            await self._sign_up(item)
        await self.re_read()

    async def _sign_up(self, item: ProgrammeItem) -> None:
        desk = self.tools.desk
        result = await desk.write(sign_up_for_session, self.actor, item.session_id)
        if result.going is Going.FREE:
            others = ", ".join(plain(clash.title, limit=40) for clash in result.clashes)
            words = _(
                "You are signed up for {others}. Sign up for this one all the same?", others=others
            )
            question = YesNo(_("At the same time"), words, yes=_("Sign up"))
            if not await self.app.push_screen_wait(question):
                return
            result = await desk.write(
                sign_up_for_session, self.actor, item.session_id, despite_conflict=True
            )
        title = plain(item.title, limit=60)
        if result.going is Going.WAITING:
            said = _(
                "… {title} is full: you are number {place} on its waitlist.",
                title=title,
                place=result.place,
            )
        else:
            said = _("✓ You have a place in {title}.", title=title)
        self.notify(said, markup=False)

    async def _leave(self, item: ProgrammeItem) -> None:
        lost = _("Your place on the waitlist is lost then.")
        if item.going is Going.SIGNED_UP:
            lost = _("Your place goes to the next who waits.") if item.left == 0 else ""
        question = YesNo(
            _("Leave {title}?", title=plain(item.title, limit=60)), lost, yes=_("Leave")
        )
        # A place that can be had again needs no question.
        if lost and not await self.app.push_screen_wait(question):
            return
        await self.desk.write(leave_session, item.session_id)
        self.notify(_("You left {title}.", title=plain(item.title, limit=60)), markup=False)

    @work(exclusive=True, group="pick", exit_on_error=False)
    async def action_pick(self) -> None:
        """Choose the event whose programme is shown."""
        if len(self.events) < 2:
            self.notify(_("There is no other event that you have a ticket for."), markup=False)
            return
        known = [each.event_id for each in self.events]
        names = [each.name for each in self.events]
        marked = known.index(self.event_id) if self.event_id in known else 0
        picked = await self.app.push_screen_wait(PickOne(_("Which event?"), names, marked=marked))
        if picked is not None:
            self.event_id = known[picked]
            await self.re_read()

    @work(exclusive=True, group="pick", exit_on_error=False)
    async def action_turn(self) -> None:
        """Show only the own programme, or all sessions."""
        self.only_mine = not self.only_mine
        await self.re_read()
