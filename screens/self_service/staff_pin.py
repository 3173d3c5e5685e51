"""The staff PIN, which opens the menu of a kiosk."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _
from eventdesk.door import check_staff_pin
from screens.core.station import Place, Tools
from screens.self_service.keyboard import DIGITS, Keyboard
from screens.widgets.problem import Problem


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
            yield Button(_("Open the menu"), variant="primary", id="open")

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
            await self.tools.desk.write(check_staff_pin, SYSTEM, self.place.event.id, field.value)
        except EventDeskError as error:
            problem.say(f"{error} {error.hint}".rstrip())
            field.clear()
            return
        if self in self.app.screen_stack:  # not given up meanwhile
            self.dismiss(True)

    def action_give_up(self) -> None:
        """Leave the kiosk locked."""
        self.dismiss(None)
