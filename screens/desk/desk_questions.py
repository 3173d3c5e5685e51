"""Questions and forms that keep a ticket scanned into them, at the desk."""

from collections import deque
from typing import Any

from textual import on
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input

from eventdesk.core.messages import _
from eventdesk.core.token import TOKEN_LENGTH
from screens.booking.new_code import NewCode
from screens.desk.scan_input import LINE_ENDS, LineInput, token_in
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import NameQuestion, TextQuestion, YesNo


class KeptLine(Input):
    """A line to be typed into that is as it was before when a ticket was scanned into it."""

    def __init__(self, value: str, **given: Any) -> None:
        given["max_length"] = given.get("max_length", 0) + TOKEN_LENGTH
        self.before = deque([value], TOKEN_LENGTH + 1)
        super().__init__(value, **given)

    def watch_value(self, value: str) -> None:
        """Remember what stood here, a character at a time."""
        if value != self.before[-1]:
            self.before.append(value)

    def on_key(self, event: Key) -> None:
        """Cut a ticket out before the next key is looked at."""
        token = token_in(self.value) if event.key in LINE_ENDS else ""
        if token:
            event.stop()
            event.prevent_default()
            self.value = self._without(token)
            self.cursor_position = len(self.value)
            self.post_message(LineInput.Scanned(token))

    def _without(self, token: str) -> str:
        """What stood here before the ticket; its first character may have replaced all of it."""
        first = self.before[1] if len(self.before) > TOKEN_LENGTH else ""
        typed = f"{first[:-1]}{token}"
        if first and typed.upper() == self.value.upper():
            return self.before[0]
        return self.value[:-TOKEN_LENGTH]


class KeepsScans(ModalScreen[Any]):
    """A dialog whose buttons are not pressed, and whose fields not left, by a scanner's Enter.

    Attributes:
        scanned: The tickets that were scanned into it, for the desk to take afterwards.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.scanned: list[str] = []
        self._typed = ""

    def on_key(self, event: Key) -> None:
        """Look at the keys that nothing on the dialog took."""
        if event.is_printable and event.character:
            self._typed = (self._typed + event.character)[-TOKEN_LENGTH:]
            return
        if event.key not in LINE_ENDS:
            return
        field, typed, self._typed = self.focused, self._typed, ""
        token = token_in(field.value if isinstance(field, Input) else typed)
        if token:
            event.stop()
            event.prevent_default()
            if isinstance(field, Input):
                field.value = field.value.strip()[:-TOKEN_LENGTH]
            self._keep(token)

    @on(LineInput.Scanned)
    def heed_scan(self, message: LineInput.Scanned) -> None:
        """Keep a ticket that a line was cut at."""
        message.stop()
        self._keep(message.token)

    def _keep(self, token: str) -> None:
        self.scanned.append(token)
        self.notify(
            _("It is taken as soon as this is done."),
            title=_("! A ticket was scanned"),
            severity="warning",
            markup=False,
        )


class DeskYesNo(YesNo, KeepsScans):
    """A yes or no that no scanner gives."""


class DeskText(TextQuestion, KeepsScans):
    """A line of text that no scanner writes."""

    LINE = KeptLine


class DeskName(NameQuestion, KeepsScans):
    """A name that no scanner changes."""

    LINE = KeptLine


class DeskForm(FormDialog[str], KeepsScans):
    """A form that no scanner fills in."""


class DeskCode(NewCode, KeepsScans):
    """A new code that stays on show while others are scanned."""
