"""A date and a time of day in the zone of an event, typed or moved by keys."""

from datetime import datetime
from typing import Any, ClassVar, Unpack
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Label

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message as Words
from eventdesk.core.wall_clock import moved, read_moment, remark_on, typed_moment
from screens.widgets.form.field import Said
from screens.widgets.form.typed_fields import LineField


class MomentInput(Input):
    """An input whose arrow keys move the moment that stands in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(1, 0)", "A day later", show=False),
        Binding("down", "move(-1, 0)", "A day earlier", show=False),
        Binding("shift+up", "move(0, 1)", "An hour later", show=False),
        Binding("shift+down", "move(0, -1)", "An hour earlier", show=False),
    ]

    class Moved(Message):
        """A person asks for a later or earlier moment."""

        def __init__(self, days: int, hours: int) -> None:
            super().__init__()
            self.days, self.hours = days, hours

    def action_move(self, days: int, hours: int) -> None:
        """Ask for it."""
        self.post_message(self.Moved(days, hours))


class MomentField(LineField):
    """An instant, aware UTC; None when it is empty."""

    def __init__(
        self,
        name: str,
        label: str | Words,
        *,
        zone: str,
        value: datetime | None = None,
        **said: Unpack[Said],
    ) -> None:
        text = "" if value is None else typed_moment(value, zone)
        line = MomentInput(text, placeholder="2026-06-01 09:30", max_length=40, compact=True)
        super().__init__(name, label, line, **said)
        self.zone = zone
        self.remark = Label("", classes="field-unit", markup=False)
        self.add_class("-moment")
        self.begin()

    def compose_editor(self) -> ComposeResult:
        """Say the weekday beside the date."""
        yield self.editor
        yield self.remark

    def on_mount(self) -> None:
        """Say the weekday of what stands there at first."""
        self._show_remark()

    def read(self) -> datetime | None:
        """The instant."""
        text = self.typed
        return read_moment(text, self.zone) if text else None

    def put(self, value: Any) -> None:
        """Write an instant."""
        super().put(None if value is None else typed_moment(value, self.zone))

    def note_change(self) -> None:
        """Say the weekday, too."""
        super().note_change()
        self._show_remark()

    @on(MomentInput.Moved)
    def move(self, message: MomentInput.Moved) -> None:
        """Move the moment; an empty field begins at nine o'clock of today."""
        message.stop()
        at = self.value
        if at is not None:
            self.put(moved(at, self.zone, days=message.days, hours=message.hours))
        elif not self.raw.strip():
            today = utc_now().astimezone(ZoneInfo(self.zone))
            self.put(read_moment(f"{today:%Y-%m-%d} 09:00", self.zone))
        self.editor.cursor_position = len(self.editor.value)

    def _show_remark(self) -> None:
        try:
            at = self.read()
        except InvalidInputError:
            at = None
        self.remark.update(remark_on(at, self.zone) if at else "")
