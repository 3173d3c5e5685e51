"""Base of the screens: header, status line, keys, help, re-reading, errors."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import ClassVar, TypeVar
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingsMap, BindingType
from textual.dom import DOMNode
from textual.events import Key, Paste, Resize
from textual.screen import Screen

from eventdesk.acts import (
    ANYTHING,
    BEFORE_THE_DAY,
    NOTHING,
    SYSTEM,
    Actor,
    ActorKind,
    Topic,
    clock_now,
    unread_notices,
)
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message, _, translated
from eventdesk.keeping import gone_back, is_backing_up
from eventdesk.printing import badges_here
from screens.core.failures import ShowsErrors
from screens.core.loading import load
from screens.core.messages import FirstFrame, StoreChanged
from screens.core.slowness import mentioned_when_slow
from screens.core.station import Place, Tools
from screens.widgets.key_footer import KeyFooter, named_keys
from screens.widgets.role_header import RoleHeader
from screens.widgets.status_line import Health, StatusLine, printer_health

BACKUP_EVERY_S = 2.0
"""How often it is looked whether the store is being backed up, of which no change tells."""

CLOCK_EVERY_S = 5.0
"""How often the clock is compared with the store, where something changes all the time."""

Answer = TypeVar("Answer")


class RoleScreen(Screen[Answer], ShowsErrors):
    """Base of the screens people work at.

    A subclass lays out its own part in `compose_body`, re-reads the store in `re_read`, and
    says in `HELP` what it is for.
    """

    ROLE: ClassVar[Message | str] = ""
    HELP = ""
    LOCKS: ClassVar[bool] = False
    """Whether nothing leaves it but its own staff menu."""
    SOON: ClassVar[tuple[str, ...]] = ()
    """Modules that its acts need: loaded when it is on show, so that no act waits for them."""

    SHOWS: ClassVar[frozenset[Topic] | None] = None
    """What it reads again when it changes; None is everything."""

    THINGS: ClassVar[tuple[str, ...]] = ("store", "printer")
    """What the status line speaks of."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "Help", id="help", tooltip="Show this screen's keys"),
        Binding(
            "f9",
            "more_keys",
            "More",
            id="more",
            show=False,
            tooltip="Everything this screen can do, each with its key",
        ),
        Binding(
            "f12", "notices", "Notices", id="notices", show=False, tooltip="What you were told"
        ),
        Binding("f5", "re_read", "Re-read", id="re_read", show=False, tooltip="Read all again"),
        Binding("escape", "back", "Back", id="back", tooltip="Go back to where you came from"),
    ]

    def __init__(self, tools: Tools, place: Place | None = None) -> None:
        super().__init__()
        self.tools, self.place = tools, place
        self.heading = ""
        self.printer = self._store_found = Health(True, _("ready"))
        self._backs_up = False
        self._clock_asked_s = float("-inf")
        self._stale = asyncio.Event()
        self._changes = ANYTHING

    def compose(self) -> ComposeResult:
        """Lay out the frame around the screen's own part."""
        yield RoleHeader(str(self.ROLE), self.place, heading=self.heading)
        yield from self.compose_body()
        yield StatusLine(*self.THINGS, at_hub=bool(self.tools.desk.hub))
        yield KeyFooter()

    def compose_body(self) -> ComposeResult:
        """Lay out what is between header and status line."""
        yield from ()

    def on_mount(self) -> None:
        """Start the clock and follow the store."""
        self._show_time()
        self.set_interval(1.0, self._show_time)
        self._stale.set()
        self._follow_store()
        if not self.tools.desk.hub:  # a hub looks after its own files
            self._follow_backups()
        self.call_after_refresh(self.post_message, FirstFrame(self.SOON))

    def on_screen_suspend(self) -> None:
        """Name no keys below a dialog: they wait until it is closed."""
        self.query(KeyFooter).set(visible=False)

    def on_screen_resume(self) -> None:
        """Name the keys again, and fit into a terminal that was resized meanwhile."""
        if self.size and self.size != self.app.size:
            self.post_message(Resize(self.app.size, self.app.size))
        self.query(KeyFooter).set(visible=True)

    @on(StoreChanged)
    def _note_change(self, message: StoreChanged) -> None:
        self._changes = self._changes.and_(message.changes)
        if self._changes.about(self.shows, self.shown_event) or self._changes.about(BEFORE_THE_DAY):
            self._stale.set()

    def read_soon(self) -> None:
        """Read everything on show again, after what is being read."""
        self._changes = ANYTHING
        self._stale.set()

    @property
    def shows(self) -> frozenset[Topic] | None:
        """What is on show now; None is everything."""
        return self.SHOWS

    @property
    def shown_event(self) -> UUID | None:
        """The only event this screen shows; None for several."""
        return None if self.place is None else self.place.event.id

    @work(group="feed", exit_on_error=False)
    async def _follow_store(self) -> None:
        """Re-read after changes, many at once where they come faster than reading goes."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            changes, self._changes = self._changes, NOTHING
            try:
                if changes.about(self.shows, self.shown_event):
                    await self.re_read()
                if changes.about(BEFORE_THE_DAY):
                    await self._count_notices()
                await self._look_at_store()
            except EventDeskError as error:
                self._changes = changes.and_(self._changes)  # they are still to be read
                self.tell("store", Health(False, str(error)))
            else:
                self.tell("store", self.store_health)

    @property
    def store_health(self) -> Health:
        """How the store is, and what is done to it."""
        if self._backs_up and self._store_found.well and not self._store_found.care:
            return Health(True, _("is being backed up…"))
        return self._store_found

    @work(group="backups", exit_on_error=False)
    async def _follow_backups(self) -> None:
        """Say while the store is being backed up, by whichever program."""
        while True:
            try:
                backs_up = await self.tools.desk.read(is_backing_up, SYSTEM)
            except EventDeskError:
                backs_up = False  # what is wrong with the store is said where it is read
            if backs_up != self._backs_up:
                self._backs_up = backs_up
                self.tell("store", self.store_health)
            await asyncio.sleep(BACKUP_EVERY_S)

    async def _look_at_store(self) -> None:
        """Ask now and then whether the clock can be believed, and whether the store went back."""
        now_s = time.monotonic()
        if now_s - self._clock_asked_s >= CLOCK_EVERY_S:
            self._clock_asked_s = now_s
            look = await self.tools.desk.read(clock_now, SYSTEM)
            here = not self.tools.desk.hub  # a hub looks after its own files
            lost = await self.tools.desk.read(gone_back, SYSTEM) if here else None
            self._store_found = Health(True, _("ready"))
            if look.sentence:
                self._store_found = Health(
                    True, _("The clock is wrong: {sentence}", sentence=look.sentence), care=True
                )
            if lost is not None:
                self._store_found = Health(
                    False, _("The store went back: {sentence}", sentence=lost.sentence)
                )

    async def re_read(self) -> None:
        """Read again what is on show; a subclass adds its own part."""
        if self.place is not None:
            queue = await self.tools.desk.read(
                badges_here, self.place.actor, self.place.event.id, gate_id=self.place.gate_id
            )
            self.printer = printer_health(queue)
            self.tell("printer", self.printer)

    @property
    def reader(self) -> Actor | None:
        """Who is signed in and may read notices here; nobody at a kiosk."""
        actor = getattr(self.app, "actor", None)
        if not isinstance(actor, Actor) or actor.kind is not ActorKind.ACCOUNT:
            return None
        return None if getattr(self.app, "locked", False) else actor

    async def _count_notices(self) -> None:
        """Show in the header how many notices are unread."""
        reader = self.reader
        unread = await self.tools.desk.read(unread_notices, reader) if reader else 0
        for header in self.query(RoleHeader):
            header.unread = unread

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without somebody who is signed in there are no notices."""
        return action != "notices" or self.reader is not None

    def action_notices(self) -> None:
        """Show what whoever is signed in was told."""
        reader = self.reader
        if reader is not None:
            screen = load("screens.accounts.notices_screen:NoticesScreen")
            if not isinstance(self, screen):
                self.app.push_screen(screen(self.tools, reader))

    takes_tickets: ClassVar[bool] = False
    """Whether `show_ticket` shows a ticket here."""

    def show_ticket(self, code: str) -> None:
        """Show the ticket with a code, where that is what this screen is for."""

    def overhears(self, event: Key | Paste) -> bool:
        """Whether it takes for itself what is typed into a screen over it."""
        del event
        return False

    def tell(self, thing: str, health: Health) -> None:
        """Show in the status line how something is."""
        for line in self.query(StatusLine):
            line.tell(thing, health)

    def waiting(self) -> AbstractContextManager[None]:
        """Mention in the header that the block takes long, if it does."""
        return mentioned_when_slow(self, self._show_working)

    @property
    def within_reach(self) -> Iterable[DOMNode]:
        """Nodes whose keys work wherever the keyboard is; the first that has a key counts."""
        return ()

    def acted(self, node: DOMNode) -> None:
        """Hear that a node did what a key, the footer or a menu asked for."""

    @property
    def _binding_chain(self) -> list[tuple[DOMNode, BindingsMap]]:
        """Who is asked for a key: before the screen also what is within reach."""
        chain = super()._binding_chain
        asked = [node for node, _bindings in chain]
        place = asked.index(self)
        near = [node for node in self.within_reach if node not in asked]
        chain[place:place] = [(node, named_keys(node, self.focused)) for node in near]
        return chain

    def would_be_lost(self) -> str:
        """What quitting now would lose, as a sentence; "" when nothing."""
        return ""

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from screens.modals.help_screen import HelpScreen

        self.app.push_screen(
            HelpScreen.of(self.app, translated(self.HELP or ""), self.active_bindings)
        )

    def action_more_keys(self) -> None:
        """Show what else this screen can do."""
        from screens.modals.key_menu import KeyMenu

        keys = self.query_one(KeyFooter).left_out
        self.app.push_screen(KeyMenu(keys), self._do_chosen)

    async def _do_chosen(self, chosen: ActiveBinding | None) -> None:
        if chosen is not None:
            await self.app.run_action(chosen.binding.action, chosen.node)

    def action_re_read(self) -> None:
        """Read everything on show again."""
        self.read_soon()

    def action_back(self) -> None:
        """Leave this screen."""
        self.dismiss(None)

    def clock(self) -> str:
        """The time of day where this is, HH:MM; "" where no event is chosen yet."""
        return "" if self.place is None else self.place.clock(self.tools.now())

    def _show_time(self) -> None:
        for header in self.query(RoleHeader):
            header.clock = self.clock()

    def _show_working(self, working: bool) -> None:
        for header in self.query(RoleHeader):
            header.working = working
