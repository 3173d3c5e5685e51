"""One panel of the wall: its name in block letters where there is room, above its chart."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from eventdesk.figures import Panel
from screens.wall.painting import panel_content
from screens.widgets.block_letters import BlockLetters

NAME_ROWS: Final = 5
"""Rows of the name in block letters, on a terminal of `USUAL_HIGH` rows."""

AROUND_NAME: Final = 2


class WallPanel(Vertical):
    """Shows a panel; on a large screen its name can be read from across the room."""

    DEFAULT_CSS = """
    WallPanel {
        & .panel-name { display: none; margin: 1 0; color: $primary; }
        & .panel-name.-large { display: block; }
        & .panel-chart { height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the name above the chart."""
        yield BlockLetters(rows=NAME_ROWS, lines=1, classes="panel-name")
        yield Static("", classes="panel-chart", markup=False)

    def show(self, panel: Panel, width: int, height: int) -> None:
        """Draw a panel into so many cells."""
        name = self.query_one(".panel-name", BlockLetters)
        name.set_class(name.has_room, "-large")
        name.styles.height = name.line_rows
        name.text = panel.title
        if name.has_room:
            above = name.line_rows + AROUND_NAME
            self.say(panel_content(panel, width, height - above, named=True))
        else:
            self.say(panel_content(panel, width, height))

    def say(self, words: Content) -> None:
        """Show words in place of the chart."""
        self.query_one(".panel-chart", Static).update(words, layout=False)
