"""The smallest program of Textual that shows a word: the floor of every screen's start."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Hello(App[None]):
    """Shows one line."""

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        yield Static("Hello there")


if __name__ == "__main__":
    Hello().run()
