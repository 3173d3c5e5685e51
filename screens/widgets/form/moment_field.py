"""A date and a time of day in the zone of an event: typed in words or figures, or picked."""

from datetime import datetime
from typing import Any, ClassVar, Unpack
from zoneinfo import ZoneInfo

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click, DescendantBlur
from textual.message import Message
from textual.widgets import Input

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message as Words
from eventdesk.core.messages import _
from eventdesk.core.wall_clock import moved, read_moment, typed_moment, understood
from screens.core.loading import load
from screens.widgets.form.field import Said
from screens.widgets.form.typed_fields import LineField

USUAL = len("2026-06-01 09:30")
"""Characters of a moment that needs no offset."""


class MomentInput(Input):
    """An input whose arrow keys move the moment that stands in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(1, 0)", "A day later", show=False),
        Binding("down", "move(-1, 0)", "A day earlier", show=False),
        Binding("shift+up", "move(0, 1)", "An hour later", show=False),
        Binding("shift+down", "move(0, -1)", "An hour earlier", show=False),
        Binding("f4", "pick", "Calendar", show=False),
    ]

    class Moved(Message):
        """A person asks for a later or earlier moment."""

        def __init__(self, days: int, hours: int) -> None:
            super().__init__()
            self.days, self.hours = days, hours

    class Picked(Message):
        """A person asks for the calendar."""

    def action_move(self, days: int, hours: int) -> None:
        """Ask for it."""
        self.post_message(self.Moved(days, hours))

    def action_pick(self) -> None:
        """Ask for the calendar."""
        self.post_message(self.Picked())


class MomentField(LineField):
    """An instant, aware UTC; None when it is empty.

    What was understood is said beside it while it is typed, and written out when it is left.

    Args:
        after: Name of the field of the same form that holds the beginning of which this is the end.
    """

    def __init__(
        self,
        name: str,
        label: str | Words,
        *,
        zone: str,
        value: datetime | None = None,
        after: str = "",
        **said: Unpack[Said],
    ) -> None:
        text = "" if value is None else typed_moment(value, zone)
        line = MomentInput(text, max_length=40, compact=True)
        super().__init__(name, label, line, **said)
        self.zone, self.after = zone, after
        self.since: MomentField | None = None
        """The beginning, where this is the end of something."""
        self.until: MomentField | None = None
        """The end, where this is the beginning of something."""
        self._stood = value
        self.add_class("-moment")
        self._widen()
        self.begin()

    def read(self) -> datetime | None:
        """The instant."""
        text = self.typed
        if not text:
            return None
        base = self.since.value if self.since is not None else None
        return read_moment(text, self.zone, base=base, day=self._stood)

    @property
    def problem(self) -> str:
        """What is wrong: it is no moment, or ends before it begins."""
        return super().problem or self._disorder()

    def _disorder(self) -> str:
        begin, end = self.since or self, self if self.since is not None else self.until
        if end is None or begin.value is None or end.value is None or begin.value < end.value:
            return ""
        if end is self:
            return _("This is not after the beginning. Type a later time, such as +90m.")
        return _("This is not before the end. Type an earlier time, or change the end.")

    @property
    def beside(self) -> str:
        """What was understood; while nothing stands here, the key of the calendar."""
        at = self.value
        if at is not None:
            return understood(at, self.zone, self.raw)
        return _("F4: calendar") if self.has_focus_within and not self.raw.strip() else ""

    def put(self, value: Any) -> None:
        """Write an instant."""
        self._stood = value
        super().put(None if value is None else typed_moment(value, self.zone))

    def note_change(self) -> None:
        """Check the other end, too."""
        super().note_change()
        self._widen()
        for other in (self.since, self.until):
            if other is not None and other.raw.strip():
                other.show_problem()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Write out what was understood, so that it stays what it is."""
        at = self.value
        if at is not None and typed_moment(at, self.zone) != self.raw.strip():
            self.put(at)
        super().on_descendant_blur(event)

    @on(MomentInput.Moved)
    def move(self, message: MomentInput.Moved) -> None:
        """Move the moment; an empty field begins at nine o'clock of today."""
        message.stop()
        at = self.value
        if at is not None:
            self.put(moved(at, self.zone, days=message.days, hours=message.hours))
        elif not self.raw.strip():
            self.put(self._usual())
        self.editor.cursor_position = len(self.editor.value)

    def on_click(self, event: Click) -> None:
        """Open the calendar by a touch on the words beside the editor."""
        super().on_click(event)
        if event.widget is self and event.x > self.editor.region.right - self.region.x:
            self.pick()

    @on(MomentInput.Picked)
    def pick(self) -> None:
        """Open the calendar."""
        calendar = load("screens.widgets.form.calendar:Calendar")
        at = self.value or (self.since.value if self.since is not None else None) or self._usual()
        self.app.push_screen(calendar(self.label, at, self.zone), self._take)

    def _take(self, at: datetime | None) -> None:
        if at is not None:
            self.put(at)
            self.editor.cursor_position = len(self.editor.value)

    def _usual(self) -> datetime:
        """Nine o'clock of the day that is meant, or of today."""
        near = (self.since.value if self.since is not None else None) or utc_now()
        try:
            return read_moment(f"{near.astimezone(ZoneInfo(self.zone)):%Y-%m-%d} 09:00", self.zone)
        except InvalidInputError:  # a zone whose clocks pass over it
            return near

    def _widen(self) -> None:
        """Show an offset behind the time whole."""
        self.set_class(len(self.raw.strip()) > USUAL, "-long")
