"""Fields that are typed: text, notes, numbers, money and percentages."""

import re
from collections.abc import Callable
from typing import Any, Unpack

from textual import on
from textual.widgets import Input, TextArea

from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message as Words
from eventdesk.core.messages import msg
from eventdesk.core.money import MAX_TYPED, Money, percent, read_money, read_percent
from eventdesk.core.plain_text import editable
from screens.widgets.form.field import MISSING, Field, Said


class LineField(Field[Input]):
    """A field of one line."""

    @property
    def raw(self) -> str:
        """The line as typed."""
        return self.editor.value

    @property
    def typed(self) -> str:
        """The line without spaces around it.

        Raises:
            InvalidInputError: It is empty and may not be.
        """
        line = self.raw.strip()
        if self.required and not line:
            raise InvalidInputError(MISSING)
        return line

    def put(self, value: Any) -> None:
        """Write a value into the line."""
        self.editor.value = "" if value is None else editable(str(value))
        self.note_change()

    @on(Input.Changed)
    def _hear(self, message: Input.Changed) -> None:
        message.stop()
        self.editor.value = editable(self.raw)  # what was pasted may hold anything
        self.note_change()


class TextField(LineField):
    """One line of text.

    Args:
        check: Raises an InvalidInputError where a text cannot be.
    """

    def __init__(
        self,
        name: str,
        label: str | Words,
        *,
        value: str = "",
        max_length: int = 200,
        password: bool = False,
        check: Callable[[str], object] | None = None,
        **said: Unpack[Said],
    ) -> None:
        line = Input(editable(value), password=password, max_length=max_length, compact=True)
        super().__init__(name, label, line, **said)
        self.password, self.check = password, check
        self.begin()

    def read(self) -> str:
        """The text without spaces around it; a password as it is."""
        text = self.typed
        if self.check is not None and text:
            self.check(text)
        return self.raw if self.password else text


class EmailField(TextField):
    """An e-mail address; letters that are none yet are not wrong while they are typed."""

    TOLD_WHEN_LEFT = True

    def __init__(
        self, name: str, label: str | Words, *, value: str = "", **said: Unpack[Said]
    ) -> None:
        super().__init__(name, label, value=value, max_length=254, check=typed_text.address, **said)


class NoteField(Field[TextArea]):
    """Several lines of text."""

    def __init__(
        self,
        name: str,
        label: str | Words,
        *,
        value: str = "",
        max_length: int = 20000,
        height: int = 6,
        **said: Unpack[Said],
    ) -> None:
        area = TextArea(editable(value, lines=True), compact=True, highlight_cursor_line=False)
        area.styles.height = height
        super().__init__(name, label, area, lines=height, **said)
        self.max_length = max_length
        self.begin()

    @property
    def raw(self) -> str:
        """The lines as typed."""
        return self.editor.text

    def read(self) -> str:
        """The lines, without empty ones around them."""
        text = self.raw.strip()
        if self.required and not text:
            raise InvalidInputError(MISSING)
        beyond = len(text) - self.max_length
        if beyond > 0:
            raise InvalidInputError(msg("This is {beyond:,} characters too long.", beyond=beyond))
        return text

    def put(self, value: Any) -> None:
        """Write lines."""
        self.editor.text = editable(str(value), lines=True)
        self.note_change()

    @on(TextArea.Changed)
    def _hear(self, message: TextArea.Changed) -> None:
        message.stop()
        harmless = editable(self.raw, lines=True)
        if harmless != self.raw:
            self.editor.text = harmless
        self.note_change()


class NumberField(LineField):
    """A whole number, or None when it is empty."""

    def __init__(
        self,
        name: str,
        label: str | Words,
        *,
        value: int | None = None,
        least: int = 0,
        most: int = 10**9,
        **said: Unpack[Said],
    ) -> None:
        line = Input("" if value is None else str(value), max_length=20, compact=True)
        super().__init__(name, label, line, **said)
        self.least, self.most = least, most
        self.add_class("-short")
        self.begin()

    def read(self) -> int | None:
        """The number."""
        text = self.typed
        if not text:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,19}", text):
            raise InvalidInputError(msg("Please type a whole number."))
        number = int(text)
        if number < self.least:
            raise InvalidInputError(msg("This is at least {least:,}.", least=self.least))
        if number > self.most:
            raise InvalidInputError(msg("This is at most {most:,}.", most=self.most))
        return number


class MoneyField(LineField):
    """An amount in one currency, in minor units; None when it is empty."""

    def __init__(
        self,
        name: str,
        label: str | Words,
        *,
        currency: str,
        exponent: int = 2,
        value: int | None = None,
        **said: Unpack[Said],
    ) -> None:
        self.currency, self.exponent = currency, exponent
        line = Input(self._written(value), max_length=MAX_TYPED, compact=True)
        super().__init__(name, label, line, **said)
        self.add_class("-short")
        self.begin()

    @property
    def beside(self) -> str:
        """The currency."""
        return self.currency

    def read(self) -> int | None:
        """The amount in minor units."""
        text = self.typed
        return read_money(text, self.currency, self.exponent).minor if text else None

    def put(self, value: Any) -> None:
        """Write an amount of minor units."""
        super().put(self._written(value))

    def _written(self, value: int | None) -> str:
        return "" if value is None else Money(value, self.currency, self.exponent).amount


class PercentField(LineField):
    """A percentage, in basis points; None when it is empty."""

    def __init__(
        self, name: str, label: str | Words, *, value: int | None = None, **said: Unpack[Said]
    ) -> None:
        text = "" if value is None else percent(value)
        line = Input(text, max_length=MAX_TYPED, compact=True)
        super().__init__(name, label, line, **said)
        self.add_class("-short")
        self.begin()

    @property
    def beside(self) -> str:
        """The unit."""
        return "%"

    def read(self) -> int | None:
        """The percentage in basis points."""
        text = self.typed
        return read_percent(text) if text else None

    def put(self, value: Any) -> None:
        """Write basis points."""
        super().put(None if value is None else percent(value))
