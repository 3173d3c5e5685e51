"""A line of a dialog at the desk, into which a scanner may type at any moment."""

from dataclasses import dataclass

from textual.events import Key
from textual.message import Message
from textual.widgets import Input

from screens.widgets.scan_input import LINE_ENDS, token_in


class LineInput(Input):
    """Tells of its line when it is ended, and apart from that of a ticket that was scanned."""

    @dataclass
    class Ended(Message):
        """The line was ended; it stays to be corrected."""

        text: str

    @dataclass
    class Scanned(Message):
        """A ticket was scanned into the line, which is empty again."""

        token: str

    def on_key(self, event: Key) -> None:
        """Cut the line at its end, before the next key is looked at."""
        if event.key not in LINE_ENDS and not (event.key == "tab" and token_in(self.value)):
            return
        event.stop()
        event.prevent_default()
        token = token_in(self.value)
        if token:
            self.value = ""
            self.post_message(self.Scanned(token))
        else:
            self.post_message(self.Ended(self.value.strip()))
