"""Fields in which something is chosen: one of several, several of them, yes or no."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Unpack

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message as Words
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.widgets.form.field import Field, Said
from screens.widgets.form.making import Making
from screens.widgets.picker import Picker

YES, NO = "[✓] ", "[ ] "
MAX_LINES: Final = 8


class ChoiceField(Field[Picker]):
    """One of several values.

    An option of the value None may stand for "none of them"; without one, and without a value,
    something has to be chosen.

    Args:
        making: How one more is made; without it there is what there is.
    """

    def __init__(
        self,
        name: str,
        label: str | Words,
        options: Sequence[tuple[Any, str | Words]],
        *,
        value: Any = None,
        making: Making | None = None,
        **said: Unpack[Said],
    ) -> None:
        self.options = [(each, plain(str(words))) for each, words in options]
        self.making = making
        meant = [each for each, _words in options]
        self._place = meant.index(value) if value in meant else None
        super().__init__(name, label, Picker(()), **said)
        self._offer()
        self.begin()

    @property
    def raw(self) -> int | None:
        """The place of the chosen one."""
        return self._place

    def read(self) -> Any:
        """The chosen value."""
        if self._place is None:
            raise InvalidInputError(msg("Please choose one."))
        return self.options[self._place][0]

    def put(self, value: Any) -> None:
        """Choose this value."""
        self._place = [each for each, _words in self.options].index(value)
        self.editor.place = self._place
        self.note_change()

    def add(self, value: Any, words: str) -> None:
        """Offer one more value, and choose it."""
        self.options.append((value, plain(words)))
        self._offer()
        self.put(value)

    def _offer(self) -> None:
        """Show what there is, and below it how one more is made."""
        choice, making = self.editor, self.making
        choice.names = [Content(words) for _each, words in self.options]
        choice.place, choice.at_once = self._place, None
        if making is not None:
            choice.names.append(making.line)
            if all(each is None for each, _words in self.options):
                choice.at_once = len(self.options)
                choice.names = [making.first] * len(choice.names)
                choice.prompt = making.first

    @on(Picker.Chosen)
    def _hear(self, message: Picker.Chosen) -> None:
        message.stop()
        if message.place < len(self.options):
            self.put(self.options[message.place][0])
        elif self.making is not None:
            # Run by the screen, which shows its errors.
            self.screen.run_worker(self._make(self.making), exit_on_error=False)

    async def _make(self, making: Making) -> None:
        made = await making.make()
        if made is not None:
            self.add(*made)


class Ticks(OptionList):
    """A list whose lines are ticked and unticked."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", "Tick", show=False)]


class SeveralField(Field[Ticks]):
    """Any of several values.

    Args:
        making: How one more is made; without it there is what there is.
    """

    def __init__(
        self,
        name: str,
        label: str | Words,
        options: Sequence[tuple[Any, str | Words]],
        *,
        value: Sequence[Any] = (),
        making: Making | None = None,
        **said: Unpack[Said],
    ) -> None:
        self.options = [(each, plain(str(words))) for each, words in options]
        self.making = making
        self._ticked = {place for place, (each, _words) in enumerate(options) if each in value}
        lines = [Option(each) for each in self._lines()]
        super().__init__(name, label, Ticks(*lines, markup=False, compact=True), **said)
        self._stretch()
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

    def add(self, value: Any, words: str) -> None:
        """Offer one more value, and tick it."""
        place = len(self.options)
        self.options.append((value, plain(words)))
        self._ticked.add(place)
        self.editor.clear_options()
        self.editor.add_options([Option(each) for each in self._lines()])
        self.editor.highlighted = place
        self._stretch()
        self.note_change()

    @on(OptionList.OptionSelected)
    def _tick(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        place = message.option_index
        if place >= len(self.options):
            if self.making is not None:
                # Run by the screen, which shows its errors.
                self.screen.run_worker(self._make(self.making), exit_on_error=False)
            return
        self._ticked ^= {place}
        self.editor.replace_option_prompt_at_index(place, self._line(place))
        self.note_change()

    @on(OptionList.OptionHighlighted)
    def _mark(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()

    async def _make(self, making: Making) -> None:
        made = await making.make()
        if made is not None:
            self.add(*made)

    def _stretch(self) -> None:
        self.lines = max(1, min(MAX_LINES, self.editor.option_count))
        self.editor.styles.height = self.lines

    def _lines(self) -> list[Content]:
        lines = [self._line(place) for place in range(len(self.options))]
        if self.making is not None:
            lines.append(self.making.line if lines else self.making.first)
        return lines

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
