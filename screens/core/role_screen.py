"""Base of the screens: header, status line, keys, help, re-reading, errors."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, TypeVar
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
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
from eventdesk.keeping import gone_back
from eventdesk.printing import badge_queue
from screens.core.failures import ShowsErrors
from screens.core.loading import load
from screens.core.messages import FirstFrame, StoreChanged
from screens.core.station import Place, Tools
from screens.widgets.key_footer import KeyFooter
from screens.widgets.role_header import RoleHeader
from screens.widgets.status_line import Health, StatusLine, printer_health

SLOW_S = 0.2
"""Waiting longer than this is mentioned in the header."""

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
        Binding("f1", "help", "Help", id="help", tooltip="Show this screen's keys"),
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
        self.printer = self.store_health = Health(True, _("ready"))
        self._clock_asked_s = float("-inf")
        self._stale = asyncio.Event()
        self._changes = ANYTHING

    def compose(self) -> ComposeResult:
        """Lay out the frame around the screen's own part."""
        yield RoleHeader(str(self.ROLE), self.place, heading=self.heading)
        yield from self.compose_body()
        yield StatusLine(*self.THINGS)
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
        self.call_after_refresh(self.post_message, FirstFrame(self.SOON))

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

    async def _look_at_store(self) -> None:
        """Ask now and then whether the clock can be believed, and whether the store went back."""
        now_s = time.monotonic()
        if now_s - self._clock_asked_s >= CLOCK_EVERY_S:
            self._clock_asked_s = now_s
            look = await self.tools.desk.read(clock_now, SYSTEM)
            lost = await self.tools.desk.read(gone_back)
            self.store_health = Health(True, _("ready"))
            if look.sentence:
                self.store_health = Health(
                    True, _("The clock is wrong: {sentence}", sentence=look.sentence), care=True
                )
            if lost is not None:
                self.store_health = Health(
                    False, _("The store went back: {sentence}", sentence=lost.sentence)
                )

    async def re_read(self) -> None:
        """Read again what is on show; a subclass adds its own part."""
        if self.place is not None:
            queue = await self.tools.desk.read(
                badge_queue, self.place.event.id, gate_id=self.place.gate_id, now=self.tools.now()
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

    def tell(self, thing: str, health: Health) -> None:
        """Show in the status line how something is."""
        for line in self.query(StatusLine):
            line.tell(thing, health)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Mention in the header that the block takes long, if it does."""
        slow = self.set_timer(SLOW_S, lambda: self._show_working(True))
        try:
            yield
        finally:
            slow.stop()
            self._show_working(False)

    def would_be_lost(self) -> str:
        """What quitting now would lose, as a sentence; "" when nothing."""
        return ""

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from screens.modals.help_screen import HelpScreen

        self.app.push_screen(
            HelpScreen.of(self.app, translated(self.HELP or ""), self.active_bindings)
        )

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
