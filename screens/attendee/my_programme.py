"""The part with one's own programme of an event: sessions by day, to sign up for and to leave."""

from typing import ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label, Static

from eventdesk.core.folding import fold
from eventdesk.core.formats import when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.waiting import (
    Going,
    OwnProgramme,
    ProgrammeItem,
    leave_session,
    my_programme,
    programmes_of,
    sign_up,
)
from screens.core.part import Part
from screens.modals.questions import PickOne, YesNo
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of

TONES: Final = {
    Going.SIGNED_UP: "good",
    Going.WAITING: "warning",
    Going.OFFERED: "warning",
    Going.FULL: "faint",
    Going.NOT_FOR_TICKET: "faint",
}

_STANDING: Final = {
    Going.OPEN: msg("· no sign-up"),
    Going.FREE: msg("○ free"),
    Going.SIGNED_UP: msg("✓ signed up"),
    Going.FULL: msg("✗ full: waitlist"),
    Going.NOT_FOR_TICKET: msg("– not your ticket"),
}


class ProgrammePart(Part):
    """Lists the sessions of an event, and whether this person goes there."""

    HELP = (
        "Enter signs you up for the marked session, or leaves it again. A full session puts you on "
        "its waitlist; a freed place is yours at once. “!” marks what is at the same time."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", "Sign up/leave", show=True, tooltip="Sign up, or leave"),
        Binding("m", "turn", "Mine/all", tooltip="Only what is in your programme, or all sessions"),
        Binding("e", "pick", "Other event", tooltip="The programme of another event"),
    ]
    DEFAULT_CSS = """
    ProgrammePart {
        & #programme-of { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
        & #session { height: auto; max-height: 3; padding: 0 2; color: $faint; }
    }
    """

    table = getters.query_one(PagedTable)
    programme: OwnProgramme | None = None
    events: tuple[tuple[UUID, str], ...] = ()
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
            empty=_(
                "No sessions here yet. When an event that you have a ticket for has a "
                "programme, you find it here."
            ),
        )
        yield Static("", id="session", markup=False)

    async def re_read(self) -> None:
        """Read the events with a ticket of this person, and the programme of the chosen one."""
        desk = self.tools.desk
        self.events = tuple(await desk.read(programmes_of, self.actor))
        known = [event_id for event_id, _name in self.events]
        if self.event_id not in known:
            self.event_id = known[0] if known else None
        self.programme = None
        if self.event_id is not None:
            self.programme = await desk.read(my_programme, self.actor, self.event_id)
        self.query_one("#programme-of", Label).update(self._title())
        await self.table.re_read()

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
            cells = (
                shown,
                f"{begin:%H:%M}–{end:%H:%M}",
                item.title,
                item.room,
                ", ".join(item.speakers),
                _standing(item, zone),
            )
            tone = "warning" if _clashes(item) else TONES.get(item.going, "")
            lines.append(Line(item.session_id, cells, tone))
        return window_of(lines, offset, limit)

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
        result = await desk.write(sign_up, self.actor, item.session_id)
        if result.going is Going.FREE:
            others = ", ".join(plain(clash.title, limit=40) for clash in result.clashes)
            words = _(
                "You are signed up for {others}. Sign up for this one all the same?", others=others
            )
            question = YesNo(_("At the same time"), words, yes=_("Sign up"))
            if not await self.app.push_screen_wait(question):
                return
            result = await desk.write(sign_up, self.actor, item.session_id, despite_conflict=True)
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
        known = [event_id for event_id, _name in self.events]
        names = [name for _event_id, name in self.events]
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


def _clashes(item: ProgrammeItem) -> bool:
    return item.going is Going.SIGNED_UP and bool(item.clashes)


def _standing(item: ProgrammeItem, zone: ZoneInfo) -> str:
    """Whether the person goes to a session, with a sign and a word."""
    if _clashes(item):
        return _("✓ signed up ! clash")
    if item.going is Going.OFFERED and item.offer_until is not None:
        return _("! take it by {time:%H:%M}", time=item.offer_until.astimezone(zone))
    if item.going is Going.FREE and item.left is not None:
        return _("○ {left:,} left", left=item.left)
    if item.going is Going.WAITING:
        return _("… waiting, no. {place}", place=item.place)
    return str(_STANDING[item.going])
