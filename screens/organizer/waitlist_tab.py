"""Waitlists of an event: entries, offers, order."""

from collections.abc import Callable
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.acts import Permission
from eventdesk.core.formats import number
from eventdesk.core.messages import Message, _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.exchange import Listing
from eventdesk.waiting import (
    EntryState,
    EntryView,
    WaitingList,
    fill_now,
    join,
    leave,
    list_waitlist,
    move_up,
    offer_by_hand,
    sold_out_types,
    waiting_lists,
)
from screens.booking.party_fields import party_fields
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion
from screens.organizer.tab import EventPart
from screens.widgets.form import ChoiceField, EmailField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of

ALL: Final = UUID(int=0)
"""The line that stands for all waitlists of the event."""

STATES: Final[dict[EntryState, tuple[Message, Tone]]] = {
    EntryState.WAITING: (msg("… waits"), ""),
    EntryState.OFFERED: (msg("! offered"), "warning"),
    EntryState.TAKEN: (msg("✓ taken"), "good"),
    EntryState.EXPIRED: (msg("✗ lapsed"), "faint"),
    EntryState.LEFT: (msg("– left"), "faint"),
}

NOBODY_WAITS: Final = msg("Nobody is here. Press N to write down somebody who asks for a place.")
NOBODY_ENDED: Final = msg("Nobody's wait has ended. Press H to show those who wait.")


class WaitlistTab(EventPart):
    """Shows the waitlists above and those who wait for the marked one below."""

    NEEDS = Permission.TICKETS
    EXPORTS = Listing.WAITLIST
    HELP = (
        "Freed places are given by themselves: VIP first, then by time; who waits for several gets "
        "them together. Mark a waitlist above to see who waits; O offers by hand, U moves to the "
        "front."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "Add", tooltip="Write down somebody who asks for a place"),
        Binding("o", "offer", "Offer", tooltip="Offer the marked one a free place"),
        Binding("u", "move_up", "Up", tooltip="Put the marked one before all others"),
        Binding("delete", "remove", "Remove", tooltip="Take the marked one off the waitlist"),
        Binding("g", "fill", "Give", tooltip="Give all free places now"),
        Binding("h", "turn", "Ended", tooltip="Those whose wait has ended, or the open ones"),
    ]
    ON_A_LINE = frozenset({"offer", "move_up", "remove"})
    DEFAULT_CSS = """
    WaitlistTab {
        & #waitlists { height: 1fr; min-height: 4; max-height: 12; }
        & #waiting { height: 3fr; border-top: hkey $line; }
    }
    """

    lists = getters.query_one("#waitlists", PagedTable)
    table = getters.query_one("#waiting", PagedTable)
    waiting: tuple[WaitingList, ...] = ()
    chosen: WaitingList | None = None
    ended = False

    def compose(self) -> ComposeResult:
        """Lay out the waitlists, and the people below."""
        yield PagedTable(
            self._lists,
            Column(_("Waitlist")),
            Column(_("Waiting"), 7, right=True),
            Column(_("Places"), 6, right=True),
            Column(_p("column", "Offered"), 7, right=True),
            Column(_("Free now"), 8, right=True),
            empty=_("Nobody waits. When something is sold out, people can join its waitlist."),
            searchable=False,
            id="waitlists",
        )
        yield PagedTable(
            self.source(
                list_waitlist,
                self._line,
                ticket_type_id=lambda: self.chosen.ticket_type_id if self.chosen else None,
                session_id=lambda: self.chosen.session_id if self.chosen else None,
                closed=lambda: self.ended,
            ),
            Column(_p("in the order", "Place"), 5, right=True),
            Column(_("Name")),
            Column(_("For"), 16),
            Column("", 8, least=56),
            Column(_("State"), 9),
            Column(_("Until"), 12, least=64),
            Column(_("E-mail"), 26, least=110),
            empty=NOBODY_WAITS,
            id="waiting",
        )

    async def re_read(self) -> None:
        """Read the waitlists and who waits for the marked one."""
        self.waiting = tuple(await self.desk.read(waiting_lists, self.event.id))
        await super().re_read()

    @property
    def has_no_line(self) -> bool:
        """Also where the marked one waits no more."""
        return self.ended or super().has_no_line

    # Showing

    async def _lists(self, text: str, offset: int, limit: int) -> Window:
        if not self.waiting:
            return Window((), 0)
        waiting = sum(each.waiting for each in self.waiting)
        offered = sum(each.offered for each in self.waiting)
        wanted = sum(each.wanted for each in self.waiting)
        first = Line(ALL, (_("All"), number(waiting), number(wanted), number(offered), ""))
        lines = [first, *(_list_line(each) for each in self.waiting)]
        return window_of(lines, offset, limit)

    def _line(self, entry: EntryView) -> Line:
        word, tone = STATES[entry.state]
        place = "" if entry.place is None else number(entry.place)
        cells = (
            place,
            entry.name,
            _wanted(entry),
            entry.rank,
            str(word),
            self.at(entry.offer_until),
            entry.email,
        )
        return Line(entry.id, cells, tone)

    @on(PagedTable.Marked, "#waitlists")
    @work(exclusive=True, group="choose", exit_on_error=False)
    async def _show_list(self, message: PagedTable.Marked) -> None:
        key = message.line.key if message.line else ALL
        chosen = next((each for each in self.waiting if _key(each) == key), None)
        if _key(chosen) != _key(self.chosen):
            self.chosen = chosen
            await self.table.re_read()

    @on(PagedTable.Chosen, "#waitlists")
    def _go_to_people(self) -> None:
        self.table.focus()

    # Acting

    @act
    async def action_offer(self) -> None:
        """Offer the marked one a free place."""
        await self._offer(offer_by_hand, lambda name: _("✓ Offered to {name}.", name=name))

    @act
    async def action_move_up(self) -> None:
        """Put the marked one before all who wait for the same."""
        await self._offer(move_up, lambda name: _("✓ Next is {name}.", name=name))

    @on(PagedTable.Chosen, "#waiting")
    def _offer_chosen(self) -> None:
        self.action_offer()

    @act
    async def action_remove(self) -> None:
        """Take the marked one off the waitlist, after a reason."""
        line = self.table.marked
        if line is None or self.ended:
            return
        question = TextQuestion(
            _("Take {name} off the waitlist?", name=plain(line.cells[1], limit=60)),
            _("The place in the order is lost. Why? The person reads it."),
            confirm=_("Remove"),
        )
        reason = await self.app.push_screen_wait(question)
        if reason is not None:
            await self.do(leave, line.key, reason=reason)

    @act
    async def action_fill(self) -> None:
        """Give all free places to those who wait."""
        given = await self.do(fill_now, self.event.id)
        said = _("No place is free, or what they wait for has begun.")
        if given:
            said = _("✓ {total} places were given or offered.", total=len(given))
        self.say(said)

    @act
    async def action_turn(self) -> None:
        """Show those whose wait has ended, or the open ones again."""
        self.ended = not self.ended
        self.table.empty = NOBODY_ENDED if self.ended else NOBODY_WAITS
        self.refresh_bindings()
        await self.table.re_read()

    @act
    async def action_add(self) -> None:
        """Ask whom to write down for what is sold out."""
        types = await self.desk.read(sold_out_types, self.event.id)
        if not types:
            said = _("Sell a ticket instead; a waitlist begins when a type is sold out.")
            self.say(said, title=_("Nothing is sold out"))
            return
        dialog = FormDialog(
            _("Write somebody down"),
            [
                ChoiceField("type", _("Waits for"), types, value=types[0][0]),
                TextField("name", _("Name"), required=True, max_length=200),
                EmailField("email", _("E-mail"), required=True),
                *party_fields(),
            ],
            self._submit,
            explanation=_(
                "Who has an account with this address sees the place and the offer there."
            ),
            confirm=_("Write down"),
        )
        entry = await self.ask(dialog)
        if entry is not None:
            name = plain(entry.name)
            self.say(_("✓ {name} is at place {place}.", name=name, place=entry.place))

    async def _submit(self, values: dict[str, Any]) -> EntryView:
        return await self.desk.write(
            join,
            self.event.id,
            ticket_type_id=values["type"],
            name=values["name"],
            email=values["email"],
            places=values["places"],
            fewer=values["fewer"],
        )

    async def _offer(self, use_case: Callable[..., EntryView], said: Callable[[str], str]) -> None:
        line = self.table.marked
        if line is None or self.ended:
            return
        entry = await self.do(use_case, line.key)
        self.say(said(plain(entry.name, limit=60)))


def _wanted(entry: EntryView) -> str:
    """What somebody waits for, the number first: the column may be too narrow for all of it."""
    if entry.places == 1:
        return entry.what
    fewer = entry.state is EntryState.WAITING and entry.least < entry.places
    least = f"{number(entry.least)}–" if fewer else ""
    return f"{least}{number(entry.places)} × {entry.what}"


def _key(listed: WaitingList | None) -> UUID:
    return ALL if listed is None else listed.ticket_type_id or listed.session_id or ALL


def _list_line(listed: WaitingList) -> Line:
    free = _p("column", "no limit") if listed.free is None else number(listed.free)
    cells = (
        listed.what,
        number(listed.waiting),
        number(listed.wanted),
        number(listed.offered),
        free,
    )
    return Line(_key(listed), cells, "warning" if listed.free and listed.waiting else "")
