"""The staff menu of a kiosk, behind the staff PIN."""

from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, TypeVar
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label

from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import GUEST_LANGUAGES, _, reader
from eventdesk.core.plain_text import plain
from eventdesk.door import check_staff_pin, event_doors, list_gates
from eventdesk.printing import enable_printer, list_printers, print_test
from screens.core.station import Place, Tools
from screens.core.themes import next_theme
from screens.modals.questions import PickOne, TextQuestion
from screens.self_service.keyboard import DIGITS, Keyboard
from screens.self_service.touch import TouchButton
from screens.widgets.problem import Problem

if TYPE_CHECKING:
    from textual.app import App


Known = TypeVar("Known", UUID | None, str)


class StaffPin(ModalScreen[bool | None]):
    """Asks for the staff PIN of the event; dismissed with True when it was right."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Back")]
    ALLOW_SELECT = False

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__()
        self.tools, self.place = tools, place

    def compose(self) -> ComposeResult:
        """Lay out the field and its keys."""
        with Vertical(classes="dialog -narrow"):
            yield Label(_("Staff PIN"), classes="title")
            yield Input(password=True, id="staff-pin", max_length=40)
            yield Problem()
            yield Keyboard(DIGITS)
            yield TouchButton(_("Open the menu"), variant="primary", id="open")

    @on(Keyboard.Typed)
    def type_key(self, message: Keyboard.Typed) -> None:
        """Type what was touched."""
        Keyboard.type_into(self.query_one(Input), message.key)

    @on(Input.Submitted)
    @on(Button.Pressed, "#open")
    @work(exclusive=True)
    async def check(self) -> None:
        """Open the menu if the PIN is right."""
        field, problem = self.query_one(Input), self.query_one(Problem)
        try:
            await self.tools.desk.write(
                check_staff_pin, self.place.actor, self.place.event.id, field.value
            )
        except EventDeskError as error:
            problem.say(f"{error} {error.hint}".rstrip())
            field.clear()
            return
        if self in self.app.screen_stack:  # not given up meanwhile
            self.dismiss(True)

    def action_give_up(self) -> None:
        """Leave the kiosk locked."""
        self.dismiss(None)


class Entry(IntEnum):
    """The entries, in the order they are offered."""

    BACK, CAMERA, CHECK_IN_LIST, GATE, PRINTER, LANGUAGE, THEME, SOUNDS, CLOSE = range(9)


class TouchPick(PickOne):
    """A choice whose lines are large enough for a finger."""

    AROUND = "\n"


class KioskMenu:
    """Asks for the staff PIN and then what to do; changes nothing itself but theme and sounds."""

    def __init__(self, app: "App[object]", tools: Tools, place: Place) -> None:
        self._app, self._tools, self._place = app, tools, place

    async def ask(self) -> Entry:
        """Return what staff wants; `Entry.BACK` when the PIN was not given."""
        if not await self._app.push_screen_wait(StaffPin(self._tools, self._place)):
            return Entry.BACK
        sounds = _("Turn sounds off") if self._tools.sounds.on else _("Turn sounds on")
        names = [
            _("Back to the kiosk"),
            _("Choose the camera"),
            _("Choose the check-in list"),
            _("Choose the gate"),
            _("Look after a printer"),
            _("Choose the language guests are invited in"),
            _("Next theme"),
            sounds,
            _("Close the kiosk"),
        ]
        picked = await self._app.push_screen_wait(TouchPick(_("Staff menu"), names))
        entry = Entry(picked or 0)
        if entry is Entry.THEME:
            self._app.theme = next_theme(self._app.theme)
        elif entry is Entry.SOUNDS:
            self._tools.sounds.on = not self._tools.sounds.on
        return entry

    async def camera(self, now: str) -> str | None:
        """Ask which camera to use; None keeps the one there is."""
        return await self._app.push_screen_wait(
            TextQuestion(
                _("Which camera?"),
                _("A number such as 0, an http:// or rtsp:// address, a video or a folder."),
                value=now,
                confirm=_("Use it"),
            )
        )

    async def check_in_list(self) -> Place:
        """Ask for the check-in list; return the place with it."""
        place = self._place
        doors = await self._tools.desk.read(event_doors, place.actor)
        lists = [each for door in doors if door.event.id == place.event.id for each in door.lists]
        ids = [each.id for each in lists]
        marked = _place_of(self._place.check_in_list.id, ids)
        picked = await self._app.push_screen_wait(
            TouchPick(_("Which check-in list?"), [each.name for each in lists], marked=marked)
        )
        return self._place if picked is None else replace(self._place, check_in_list=lists[picked])

    async def gate(self) -> Place:
        """Ask for the gate; return the place with it."""
        place = self._place
        there = await self._tools.desk.read(list_gates, place.actor, place.event.id)
        gates = [None, *there]
        names = [gate.name if gate else _("No gate") for gate in gates]
        ids = [gate.id if gate else None for gate in gates]
        marked = _place_of(self._place.gate_id, ids)
        picked = await self._app.push_screen_wait(TouchPick(_("Which gate?"), names, marked=marked))
        return self._place if picked is None else replace(self._place, gate=gates[picked])

    async def language(self, now: str) -> str:
        """Ask for the language in which the next guest is invited; "" is the program's."""
        tags = list(GUEST_LANGUAGES)
        marked = _place_of(now or reader().language, tags)
        title = _("Which language to begin with?")
        picked = await self._app.push_screen_wait(
            TouchPick(title, list(GUEST_LANGUAGES.values()), marked=marked)
        )
        return now if picked is None else tags[picked]

    async def printer(self) -> None:
        """Ask for a printer, and print a test badge there or switch it on or off."""
        event_id, desk = self._place.event.id, self._tools.desk.of(self._place.actor)
        printers = await desk.read(list_printers, event_id=event_id)
        if not printers:
            self._app.notify(
                _("Badges go where this program was told with --printer."),
                title=_("No printer is set up in eventdesk"),
                markup=False,
            )
            return
        lines = [f"{plain(each.name)}  ·  {plain(each.words)}" for each in printers]
        picked = await self._app.push_screen_wait(TouchPick(_("Which printer?"), lines))
        if picked is None:
            return
        chosen = printers[picked]
        switch = _("Switch it off") if chosen.enabled else _("Switch it on")
        what = await self._app.push_screen_wait(
            TouchPick(plain(chosen.name), [_("Print a test badge"), switch])
        )
        if what == 0:
            trial = await desk.write(print_test, chosen.id, event_id=event_id)
            self._app.notify(plain(f"{trial.words} {trial.hint}".strip(), limit=400), markup=False)
        elif what == 1:
            await desk.write(
                enable_printer, chosen.id, enabled=not chosen.enabled, event_id=event_id
            )


def _place_of(now: Known, ids: Sequence[Known]) -> int:
    """The line of the present choice; the first one where it was removed meanwhile."""
    return ids.index(now) if now in ids else 0
