"""What phones decided without the network and does not fit: a list to settle."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Actor, Topic
from eventdesk.core.errors import SupervisorNeededError
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.door import (
    USUAL_FINDINGS,
    OfflineConflict,
    Passing,
    offline_conflicts,
    said,
    settle_conflict,
)
from eventdesk.events import EventView
from screens.core.part import act
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Place, Tools
from screens.desk.reason_dialog import ReasonDialog
from screens.organizer.tab import event_time
from screens.widgets.detail import Block
from screens.widgets.detail_pane import ListAndDetail
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of


class ConflictsScreen(RoleScreen[None], AsActor):
    """Lists the conflicts of an event, and settles them with a word.

    Args:
        at: The desk at which a supervisor may type a PIN; None where only one gets here.
    """

    ROLE = msg("To settle")
    SHOWS = frozenset({Topic.DOOR})
    THINGS = ("store",)
    HELP = (
        "While the network was gone, phones let in by lists of their own. Here is what does not "
        "fit: a ticket that two let in, or one that was blocked, replaced or cancelled meanwhile. "
        "Find out what happened, then note it with Enter; it takes a supervisor, or the PIN of "
        "one. Each guest is counted once."
    )
    AUTO_FOCUS = "PagedLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "settled", "Settled", tooltip="Show what was settled, or what is open")
    ]
    DEFAULT_CSS = """
    ConflictsScreen {
        & #conflicts-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
        & PagedTable { padding: 0 2; }
    }
    """

    def __init__(
        self, tools: Tools, actor: Actor, event: EventView, *, at: Place | None = None
    ) -> None:
        super().__init__(tools)
        self.actor, self.event, self.desk_place = actor, event, at
        self.heading = event.name
        self.settled = False

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield Label("", id="conflicts-title", markup=False)
        table = PagedTable(
            self._page,
            Column(_p("column", "When"), 12),
            Column(_("Name")),
            Column(_("What happened"), 34),
            detail=self._detail,
            enter=_("Settle"),
            empty=_("Nothing is to be settled."),
            searchable=False,
        )
        yield ListAndDetail(table, owner=self)

    def on_mount(self) -> None:
        """Say which are listed."""
        self._show_title()

    def _show_title(self) -> None:
        open_yet = _("Without the network, not settled: Enter notes what was found")
        self.query_one("#conflicts-title", Label).update(_("Settled") if self.settled else open_yet)

    async def re_read(self) -> None:
        """Read the list again."""
        await super().re_read()
        await self.query_one(PagedTable).re_read()

    async def _page(self, text: str, offset: int, limit: int) -> Window:
        found, total = await self.desk.read(
            offline_conflicts, self.event.id, settled=self.settled, offset=offset, limit=limit
        )
        return page_of(found, total, self._line)

    def _line(self, view: OfflineConflict) -> Line:
        tone: Tone
        sign, tone = ("✓", "good") if view.settled_at else ("!", "warning")
        what = f"{sign} {view.word or view.told}"
        at = event_time(self.event, view.here.at)
        cells = (at, view.name or _("no ticket"), what)
        return Line(view.scan_id, cells, tone, view)

    def _passing(self, passing: Passing) -> str:
        """When, where and by whom, in one line."""
        where = (passing.gate, passing.operator)
        return " · ".join((event_time(self.event, passing.at), *filter(None, where)))

    async def _detail(self, line: Line) -> Sequence[Block]:
        view = view_of(line, OfflineConflict)
        if view is None:
            return []
        titles = (_("First"), _("Then"))
        passings = [
            (title, " · ".join(filter(None, (self._passing(each), each.device))))
            for title, each in zip(titles, view.scans, strict=False)
        ]
        blocks = [Block(self._facts(view)), Block(passings, _("Let in"))]
        if view.settled_at is not None:
            when = (_p("fact", "When"), event_time(self.event, view.settled_at))
            facts = [when, (_("Who"), view.settled_by), (_("Found"), view.word)]
            blocks.append(Block(facts, _("Settled")))
        return blocks

    def _facts(self, view: OfflineConflict) -> list[tuple[str, str]]:
        facts = [
            (_("Shown"), str(said(view.shown).word)),
            (_("List"), view.list),
            (_("Ticket"), " ".join(filter(None, (view.ticket_type, view.ticket_code)))),
            (_("Heard of"), event_time(self.event, view.delivered_at)),
        ]
        return [(name, value) for name, value in facts if value]

    @act
    async def action_settled(self) -> None:
        """Show what was settled, or what is open."""
        self.settled = not self.settled
        self._show_title()
        await self.re_read()

    @on(PagedTable.Chosen)
    @act
    async def settle(self, message: PagedTable.Chosen) -> None:
        """Ask what was found out, and note it."""
        view = view_of(message.line, OfflineConflict)
        if view is None or view.settled_at is not None:
            return
        told = "\n".join([str(view.told), *map(self._passing, view.scans)])
        title = plain(view.name) or _("no ticket")
        dialog = ReasonDialog(title, told, USUAL_FINDINGS, confirm=_("settle it"), marks=False)
        word = await self.app.push_screen_wait(dialog)
        if word is not None and await self._settle(view, word):
            await self.re_read()

    async def _settle(self, view: OfflineConflict, word: str) -> bool:
        """Settle it; where that takes a supervisor, one is asked for the PIN. Whether it is."""
        try:
            await self.desk.write(settle_conflict, view.scan_id, word=word)
        except SupervisorNeededError as error:
            if self.desk_place is None:
                raise
            words = _("Settle: {name}, {what}", name=plain(view.name), what=view.told)
            return await self._approved(view, word, f"{words}\n{error}")
        return True

    async def _approved(self, view: OfflineConflict, word: str, words: str) -> bool:
        from screens.desk.supervisor_pin import approval_for

        assert self.desk_place is not None
        approval = await approval_for(
            self.app, self.tools, self.desk_place, act="settle", words=words
        )
        if approval is None:
            return False
        asked = self.actor.with_approval(approval)
        await self.tools.desk.write(settle_conflict, asked, view.scan_id, word=word)
        return True
