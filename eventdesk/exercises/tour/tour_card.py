"""The card of the tour: what to look at, and how to go on."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Label

from eventdesk.core.messages import _, _n

CARD_ROWS: Final = 4


class TourCard(Vertical):
    """Stands above the keys of a screen, which gives up these rows, so that it covers nothing."""

    DEFAULT_CSS = f"""
    TourCard {{
        height: {CARD_ROWS};
        padding: 0 2;
        border-top: heavy $warning;
        background: $surface;
        color: $foreground;
        & #tour-words {{ height: 2; width: 100%; text-style: bold; }}
        & #tour-foot {{ height: 1; width: 100%; color: $faint; }}
    }}
    """

    left_s: reactive[int] = reactive(0, init=False)
    """Seconds until it goes on by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._at = self._of = 0

    def compose(self) -> ComposeResult:
        """Lay out the words and the foot."""
        yield Label("", id="tour-words", markup=False)
        yield Label("", id="tour-foot", markup=False)

    def show(self, words: str, *, at: int, of: int) -> None:
        """Show the words of a step: number `at` of so many."""
        self._at, self._of = at, of
        self.query_one("#tour-words", Label).update(words)

    def watch_left_s(self, left_s: int) -> None:
        """Count down."""
        self.query_one("#tour-foot", Label).update(
            _(
                "Tour {at} of {of} · Ctrl+G goes on · {seconds}",
                at=self._at,
                of=self._of,
                seconds=_n("by itself in {count} second", "by itself in {count} seconds", left_s),
            )
        )
