"""The full-screen program: who works, where, and on which screen.

A screen is imported by what opens it: the program starts with one of them.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload
from uuid import UUID

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.events import Event, Key, MouseDown, Paste
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from eventdesk.acts import Actor, Topic
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EventDeskError, NotAllowedError, StoreError
from eventdesk.core.messages import translated
from eventdesk.core.remedies import use_phrase
from eventdesk.core.settings import Settings
from eventdesk.desk import AnyDesk
from screens.core.key_names import key_name
from screens.core.loading import load
from screens.core.memory import QuietCollector
from screens.core.messages import FirstFrame, StoreChanged, Touched
from screens.core.remedy_words import on_screens
from screens.core.role_screen import RoleScreen
from screens.core.sounds import Sounds
from screens.core.station import Choice, Tools, Workplace, find_place
from screens.core.stylesheet import KeptStylesheet
from screens.core.themes import DARK, THEMES, next_theme
from screens.core.type_ahead import TypeAhead
from screens.desk.desk_habits import DeskHabits

if TYPE_CHECKING:
    from kiosk.scanner import Scanner
    from screens.accounts.home_screen import Opening
    from screens.core.terminal_pictures import TerminalPictures

T = TypeVar("T")

EXIT_HANGUP = 129
"""Exit status when the terminal is gone, as of a program that SIGHUP ended."""

ALLOWED_WHEN_LOCKED = frozenset({"focus_next", "focus_previous"})
"""All that the app itself does for a key or click while a kiosk is open."""

STYLES = Path(__file__).parent / "styles"


class EventDeskApp(App[None]):
    """The desk of an event in a terminal.

    Args:
        desk: The use cases and the news of changes.
        settings: Paths and options.
        start: The first screen; with kiosk and desk nobody signs in, and leaving it ends the
            program unless an `actor` is given.
        event_id: Event to work for; may be left out when there is only one.
        list_id: Check-in list to work at; may be left out when there is only one.
        gate_id: Gate to work at.
        actor: Who works, if known already.
        scanner_factory: Makes the kiosk's camera; None makes it from the settings.
        after_first_frame: Called once in a thread, when the first screen is painted.
        now: The clock, aware UTC.
    """

    TITLE = "eventdesk"
    # Whole paths: Textual looks for others beside the file of a subclass.
    CSS_PATH = [STYLES / "base.tcss", STYLES / "widgets.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+q",
            "leave",
            "Quit",
            id="quit",
            show=False,
            priority=True,
            tooltip="End the program",
        ),
        Binding(
            "f2,ctrl+f2",
            "next_theme",
            "Theme",
            id="theme",
            show=False,
            tooltip="Dark, light, high contrast",
        ),
        Binding(
            "ctrl+p",
            "command_palette",
            "Find",
            id="find_anything",
            show=False,
            priority=True,
            tooltip="People, bookings, events, screens, acts",
        ),
    ]

    def __init__(
        self,
        desk: AnyDesk,
        settings: Settings,
        *,
        start: Literal["sign-in", "kiosk", "desk"] = "sign-in",
        event_id: UUID | None = None,
        list_id: UUID | None = None,
        gate_id: UUID | None = None,
        actor: Actor | None = None,
        scanner_factory: "Callable[[], Scanner] | None" = None,
        after_first_frame: Callable[[], None] | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__()
        use_phrase(on_screens)
        self._after_first_frame = after_first_frame
        self.type_ahead = TypeAhead(self, self._pass_on)
        self._first_frame = False
        self.at_leisure = asyncio.Event()
        """Set once the first picture and what follows it at once are done."""
        self.desk, self.settings = desk, settings
        self.start, self.actor = start, actor
        self.collector = QuietCollector(self)
        self._asked_for = (event_id, list_id, gate_id)
        self.desk_habits = DeskHabits()
        self._scanner_factory = scanner_factory
        sounds = Sounds(
            self.bell, self.set_timer, on=settings.sounds, command=settings.sound_command
        )
        self.tools = Tools(desk, settings, sounds, now)
        if now is not utc_now:
            desk.use_clock(now)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES[settings.theme].name
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())

    @cached_property
    def pictures(self) -> "TerminalPictures | None":
        """What sends pictures to the terminal; None where that draws none itself."""
        # Most screens show no picture.
        from screens.core.terminal_pictures import TerminalPictures, draws_pictures

        driver, setting = self._driver, self.settings.graphics
        if driver is None or (setting == "auto" and (driver.is_headless or driver.is_web)):
            return None
        return TerminalPictures(driver.write) if draws_pictures(setting, os.environ) else None

    @property
    def locked(self) -> bool:
        """Whether a kiosk is open, so that nothing but its staff menu leaves it."""
        return any(isinstance(each, RoleScreen) and each.LOCKS for each in self.screen_stack)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse whatever the app itself could do by a key, a click or the palette when locked."""
        return not self.locked or action in ALLOWED_WHEN_LOCKED

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Name the colours of our own for themes that do not have them."""
        return DARK.variables

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Work the styles of a node out; those of a widget being made come when it is mounted."""
        if isinstance(node, App) or node.is_attached:
            super().update_styles(node, animate=animate)

    def get_key_display(self, binding: Binding) -> str:
        """Spell a key as it is printed on the keyboard."""
        return binding.key_display or key_name(binding.key)

    async def run_action(
        self,
        action: str | tuple[str, str, tuple[object, ...]],
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key, a click or a menu asks for, and tell the screen whose act it was."""
        done = await super().run_action(action, default_namespace, namespaces)
        if done and default_namespace is not None and default_namespace.is_attached:
            screen = default_namespace.screen
            if isinstance(screen, RoleScreen):
                screen.acted(default_namespace)
        return done

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer what the screen's keys do, by their names."""
        offered: set[tuple[object, str]] = set()
        for active in screen.active_bindings.values():
            binding, act = active.binding, (active.node, active.binding.action)
            if act in offered or binding.action == "command_palette":
                continue  # another key of the same, or what is open already
            offered.add(act)
            if binding.description and active.enabled and active.tooltip:
                yield SystemCommand(
                    translated(binding.description),
                    translated(active.tooltip),
                    self._runs(binding.action, active.node),
                )

    def action_command_palette(self) -> None:
        """Find anything: people, bookings, events, screens, and what the keys do."""
        self._find_anything()

    @work(exclusive=True, group="find")
    async def _find_anything(self) -> None:
        below, signed_in = self.screen, self.actor
        if not isinstance(below, RoleScreen):
            return  # a dialog waits for its answer
        from screens.find.find_screen import FindScreen

        found = await self.push_screen_wait(FindScreen(self.tools, below, signed_in))
        if found is not None:
            below.run_worker(found.go(), group="go", exit_on_error=False)

    @work(group="door", exit_on_error=False)
    async def action_check_people_in(self) -> None:
        """Choose a place at the door, on top of what is open."""
        if self.actor is not None:
            await self._work_at_the_door(self.actor)

    async def on_event(self, event: Event) -> None:
        """Tell the screens that somebody is there, before the event goes its way.

        What is typed before a screen is there waits for it: a scanner does not look.
        """
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            await self.type_ahead.take(event)
        else:
            await self._pass_on(event)

    if TYPE_CHECKING:

        @overload
        async def push_screen_wait(self, screen: Screen[T], *, mode: str | None = None) -> T: ...

        @overload
        async def push_screen_wait(self, screen: str, *, mode: str | None = None) -> object: ...

    async def push_screen_wait(
        self, screen: Screen[T] | str, *, mode: str | None = None
    ) -> T | object:
        """Show a screen and wait for its answer; keys wait for what then goes on with it."""
        if isinstance(screen, Screen):
            self.type_ahead.is_awaited(screen, by=get_current_worker())
        return await super().push_screen_wait(screen, mode=mode)

    async def _pass_on(self, event: Event) -> None:
        if isinstance(event, Key | MouseDown | Paste) and not event.is_forwarded:
            self._tell_screens(Touched)
            self.collector.touched()
            if isinstance(event, Key | Paste) and self._is_overheard(event):
                return
        await super().on_event(event)

    def _is_overheard(self, event: Key | Paste) -> bool:
        """Whether a screen takes for itself what is typed into another one over it."""
        below = self.screen_stack[:-1]
        return any(each.overhears(event) for each in below if isinstance(each, RoleScreen))

    def on_mount(self) -> None:
        """Follow the store and begin."""
        self.follow_changes()
        self.work_a_shift()

    @on(FirstFrame)
    async def begin(self, message: FirstFrame) -> None:
        """Type what was typed early, and do what the first picture did not wait for."""
        if not self._first_frame:
            self.run_worker(self.type_ahead.type_on(), group="typing")
        self._first_frame = True
        self.collector.first_frame()
        after, self._after_first_frame = self._after_first_frame, None
        self._load_behind(after, message.soon)

    @work(group="loading")
    async def _load_behind(self, after: Callable[[], None] | None, modules: Sequence[str]) -> None:
        if after is not None:
            await asyncio.to_thread(after)
        self.at_leisure.set()
        for name in modules:
            if name not in sys.modules:
                await asyncio.to_thread(import_module, name)

    @work(group="feed")
    async def follow_changes(self) -> None:
        """Tell the screens whenever some process changed the store, and who works here now."""
        async for changes in self.desk.changes():
            self._tell_screens(partial(StoreChanged, changes))
            if changes.about({Topic.ACCOUNTS, Topic.EVENTS}):  # events bring and take roles
                await self._ask_standing()

    async def _ask_standing(self) -> None:
        """Ask what the signed-in person may do now; who was banned is out at once."""
        asked = self.actor
        if asked is None:
            return
        from eventdesk.accounts import who_am_i

        try:
            now = await self.desk.read(who_am_i, asked)
        except NotAllowedError as closed:
            if self.actor is asked:
                self._put_out(closed)
        except StoreError:
            return  # The status line says so; the next change asks again.
        else:
            if self.actor is asked:
                self.actor = now

    def _put_out(self, closed: NotAllowedError) -> None:
        """Leave every screen, whatever is open, and begin again at the sign-in."""
        self.actor, self.start = None, "sign-in"
        self.workers.cancel_group(self, "shift")
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.work_a_shift(f"{closed} {closed.hint}".rstrip())

    @work(group="shift")
    async def work_a_shift(self, told: str = "") -> None:
        """Go from sign-in to what a person does here, and back to sign-in.

        Args:
            told: What the sign-in says at first: why somebody was put out.
        """
        choice = await self._first_choice()
        if choice is not None:
            await self._work_at(choice)
            if self.actor is None:
                self.exit()
                return
            from screens.accounts.home_screen import entries_for

            await self._work_at_the_door(self.actor)
            if len(entries_for(self.actor)) == 1:
                self.actor = None
        while True:
            if self.actor is None:
                from screens.accounts.sign_in_screen import SignInScreen

                self.actor = await self.push_screen_wait(SignInScreen(self.tools, told))
                told = ""
            if self.actor is not None:
                await self._serve(self.actor)
                self.actor = None

    async def _serve(self, actor: Actor) -> None:
        """Let a signed-in person do one thing after the other until they sign out."""
        from screens.accounts.home_screen import HomeScreen, entries_for, read_today

        entries = entries_for(actor)
        if len(entries) == 1:
            await self._open(actor, entries[0])
            return
        while True:
            today = None
            with suppress(EventDeskError):  # the screen reads it again, and says what is wrong
                today = await read_today(self.tools, actor)
            opening = await self.push_screen_wait(HomeScreen(self.tools, actor, today))
            if opening is None:
                return
            actor = self.actor or actor  # a role may have come or gone meanwhile
            await self._open(actor, opening)

    async def _open(self, actor: Actor, opening: "Opening") -> None:
        """Open what was chosen at home, until it is left."""
        from screens.accounts.home_screen import DOOR, Prepares

        self.collector.begin()
        if opening is DOOR:
            await self._work_at_the_door(actor)
        elif isinstance(opening, Choice):
            await self._work_at(opening)
        elif isinstance(opening, Prepares):
            from screens.organizer.event_screen import EventScreen

            await self.push_screen_wait(EventScreen(self.tools, opening.actor, opening.event))
        else:
            await self.push_screen_wait(load(opening.target)(self.tools, actor))

    async def _work_at_the_door(self, actor: Actor) -> None:
        """Let a person choose one place after the other."""
        from screens.door.choose_screen import ChooseScreen

        while choice := await self.push_screen_wait(ChooseScreen(self.tools, actor)):
            await self._work_at(choice)

    async def _work_at(self, choice: Choice) -> None:
        """Open a desk or a kiosk, and keep that this machine is there now."""
        workplace = self._workplace(choice)
        self._keep(choice)
        await self.push_screen_wait(workplace)
        if workplace.place in (None, choice.place):
            return
        choice = replace(choice, place=workplace.place)  # staff moved the kiosk, or the desk
        self._keep(choice)
        if choice.workplace is Workplace.DESK:
            await self._work_at(choice)

    @work(group="place", exit_on_error=False)
    async def _keep(self, choice: Choice) -> None:
        from screens.door.last_choice import keep_choice

        await keep_choice(self.settings.home, choice)

    async def _first_choice(self) -> Choice | None:
        if self.start == "sign-in":
            return None
        event_id, list_id, gate_id = self._asked_for
        works = self.actor or self.desk.works
        place = await find_place(
            self.desk, works, event_id=event_id, list_id=list_id, gate_id=gate_id
        )
        if place is not None:
            from screens.door.last_choice import at_known_gate

            place = await at_known_gate(self.desk, self.settings.home, place)
            return Choice(place, Workplace(self.start))
        from screens.door.choose_screen import ChooseScreen

        screen = ChooseScreen(self.tools, works, Workplace(self.start))
        return await self.push_screen_wait(screen)

    def _workplace(self, choice: Choice) -> RoleScreen[None]:
        self.collector.begin()
        if choice.workplace is Workplace.DESK:
            from screens.desk.desk_screen import DeskScreen

            return DeskScreen(self.tools, choice.place)
        from screens.self_service.kiosk_screen import KioskScreen

        return KioskScreen(self.tools, choice.place, self._scanner_factory)

    def action_next_theme(self) -> None:
        """Change to the next theme."""
        self.theme = next_theme(self.theme)

    @work
    async def action_leave(self) -> None:
        """End the program; ask first where something would be lost."""
        from screens.modals.form_dialog import FormDialog
        from screens.modals.questions import YesNo

        keeping = [each for each in self.screen_stack if isinstance(each, RoleScreen | FormDialog)]
        lost = next(filter(None, (screen.would_be_lost() for screen in keeping)), "")
        if not lost or await self.push_screen_wait(YesNo("Quit?", lost, yes="Quit")):
            self.exit()

    def end(self, status: int) -> None:
        """End at once with an exit status, whatever is open: a signal or a lost terminal asks.

        What was begun in the store is finished; what was only typed is lost.
        """
        self.exit(return_code=status)

    def lose_terminal(self) -> None:
        """End because nobody can see or type anything any more."""
        if self.return_code is None:
            self.end(EXIT_HANGUP)

    def get_driver_class(self) -> type[Driver]:
        """Choose what drives the terminal: where it can be closed meanwhile, our own."""
        usual = super().get_driver_class()
        if sys.platform == "win32" or usual.__name__ != "LinuxDriver":
            return usual
        from screens.core.terminal_driver import TerminalDriver

        return TerminalDriver

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """The screens that are seen through the one on top.

        Textual counts the next one below also where nothing is seen of it. That one then paints the
        whole terminal anew at each message it gets.
        """
        return super()._background_screens if self.screen.styles.background.a < 1 else []

    def _tell_screens(self, message: Callable[[], Message]) -> None:
        for screen in self.screen_stack:
            screen.post_message(message())

    def _runs(self, action: str, node: DOMNode) -> Callable[[], Awaitable[bool]]:
        return lambda: self.run_action(action, node)
