"""The smallest program of Textual: the floor of every screen's start, and of every key."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class Hello(App[None]):
    """Shows one line, and how many keys were pressed."""

    keys = 0

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static("Hello there")

    def on_key(self, _event: events.Key) -> None:
        """Answer a key with the least there is to paint."""
        self.keys += 1
        self.query_one(Static).update(f"Key number {self.keys}.")


if __name__ == "__main__":
    Hello().run()
