"""Fields in which something is chosen: one of several, several of them, yes or no."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Unpack

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Select, Static
from textual.widgets.option_list import Option

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message as Words
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.widgets.form.field import Field, Said

YES, NO = "[✓] ", "[ ] "
MAX_LINES: Final = 8


class ChoiceField(Field[Select[int]]):
    """One of several values.

    An option of the value None may stand for "none of them"; without one, and without a value,
    something has to be chosen.
    """

    def __init__(
        self,
        name: str,
        label: str | Words,
        options: Sequence[tuple[Any, str | Words]],
        *,
        value: Any = None,
        **said: Unpack[Said],
    ) -> None:
        self.meant = [each for each, _words in options]
        names = [(Text(plain(str(words))), place) for place, (_value, words) in enumerate(options)]
        at_first = self.meant.index(value) if value in self.meant else None
        select: Select[int] = Select(
            names,
            prompt=_("Please choose"),
            value=Select.NULL if at_first is None else at_first,
            allow_blank=at_first is None,
            compact=True,
        )
        self._place = at_first
        super().__init__(name, label, select, **said)
        self.begin()

    @property
    def raw(self) -> int | None:
        """The place of the chosen one."""
        return self._place

    def read(self) -> Any:
        """The chosen value."""
        if self._place is None:
            raise InvalidInputError(msg("Please choose one."))
        return self.meant[self._place]

    def put(self, value: Any) -> None:
        """Choose this value."""
        self.editor.value = self._place = self.meant.index(value)
        self.note_change()

    @on(Select.Changed)
    def _hear(self, message: Select.Changed) -> None:
        message.stop()
        self._place = message.value if isinstance(message.value, int) else None
        self.note_change()


class Ticks(OptionList):
    """A list whose lines are ticked and unticked."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", "Tick", show=False)]


class SeveralField(Field[Ticks]):
    """Any of several values."""

    def __init__(
        self,
        name: str,
        label: str | Words,
        options: Sequence[tuple[Any, str | Words]],
        *,
        value: Sequence[Any] = (),
        **said: Unpack[Said],
    ) -> None:
        self.options = [(each, plain(str(words))) for each, words in options]
        self._ticked = {place for place, (each, _words) in enumerate(options) if each in value}
        lines = [Option(self._line(place)) for place in range(len(options))]
        super().__init__(name, label, Ticks(*lines, markup=False, compact=True), **said)
        self.editor.styles.height = max(1, min(MAX_LINES, len(options)))
        self.begin()

    @property
    def raw(self) -> frozenset[int]:
        """The places of the ticked ones."""
        return frozenset(self._ticked)

    def read(self) -> tuple[Any, ...]:
        """The ticked values, in the order in which they are offered."""
        return tuple(self.options[place][0] for place in sorted(self._ticked))

    def put(self, value: Any) -> None:
        """Tick exactly these values."""
        self._ticked = {place for place, (each, _words) in enumerate(self.options) if each in value}
        for place in range(len(self.options)):
            self.editor.replace_option_prompt_at_index(place, self._line(place))
        self.note_change()

    @on(OptionList.OptionSelected)
    def _tick(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        place = message.option_index
        self._ticked ^= {place}
        self.editor.replace_option_prompt_at_index(place, self._line(place))
        self.note_change()

    @on(OptionList.OptionHighlighted)
    def _mark(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()

    def _line(self, place: int) -> Content:
        return Content((YES if place in self._ticked else NO) + self.options[place][1])


class Tick(Static, can_focus=True):
    """One thing that is or is not."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "turn", "Tick", show=False)]

    class Turned(Message):
        """A person turned it."""

    def __init__(self, on: bool) -> None:
        super().__init__(self._words(on), markup=False)
        self.is_on = on

    def turn(self, on: bool) -> None:
        """Show it as it is now."""
        self.is_on = on
        self.update(self._words(on))

    def action_turn(self) -> None:
        """Turn it."""
        self.turn(not self.is_on)
        self.post_message(self.Turned())

    def on_click(self) -> None:
        """Turn it by a touch."""
        self.action_turn()

    def _words(self, on: bool) -> str:
        return YES + _("Yes") if on else NO + _("No")


class YesNoField(Field[Tick]):
    """Yes or no."""

    def __init__(
        self, name: str, label: str | Words, *, value: bool = False, **said: Unpack[Said]
    ) -> None:
        super().__init__(name, label, Tick(value), **said)
        self.begin()

    @property
    def raw(self) -> bool:
        """Whether it is ticked."""
        return self.editor.is_on

    def read(self) -> bool:
        """Whether it is ticked."""
        return self.raw

    def put(self, value: Any) -> None:
        """Tick it or not."""
        self.editor.turn(bool(value))
        self.note_change()

    @on(Tick.Turned)
    def _hear(self, message: Tick.Turned) -> None:
        message.stop()
        self.note_change()
