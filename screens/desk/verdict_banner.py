"""The desk's one big answer: the verdict in block letters, with whom it is about and what to do."""

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Label

from eventdesk.door import Tone
from screens.desk.on_show import Verdict
from screens.widgets.block_letters import HIGH, WIDE, BlockLetters

LEAST_WIDE, LEAST_HIGH = 72, 24
"""A terminal of at least so many columns and rows has room for the word in block letters."""

ROWS: Final = 4
"""Rows of the word on a small terminal; on one with room for large letters it takes more."""

LARGE_ROWS: Final = 7


class VerdictWord(BlockLetters):
    """The verdict's word, in block letters on a small terminal too.

    Attributes:
        sign: Stands before the word where that is not drawn; no font has it.
    """

    CAPITALS = True
    NARROWEST = 0.68
    sign = ""

    def show_words(self) -> None:
        """Show the word as it is, behind its sign."""
        super().show_words()
        self.update(Content(f"{self.sign} {self.text.upper()}".strip()))

    @property
    def has_room(self) -> bool:
        """Whether the terminal is large enough."""
        return self.app.size.width >= LEAST_WIDE and self.app.size.height >= LEAST_HIGH


class VerdictBanner(Vertical):
    """Shows a verdict in its tone; its place is the same whatever it says."""

    DEFAULT_CSS = """
    VerdictBanner {
        height: auto;
        padding: 0 1;
        background: $panel;
        color: $foreground;
        &.-good { background: $good-background; color: $good-foreground; }
        &.-care { background: $care-background; color: $care-foreground; }
        &.-stop { background: $stop-background; color: $stop-foreground; }
        & #verdict-top { height: 4; }
        & #verdict-word { width: 2fr; height: 100%; }
        & #verdict-who { width: 1fr; height: 100%; padding-left: 1; }
        & Label { width: 100%; text-overflow: ellipsis; }
        & #verdict-name { max-height: 2; text-overflow: ellipsis; }
        & #verdict-details { height: 2; }
        & #verdict-next { height: 1; text-wrap: nowrap; text-style: bold; }
        &.-alone #verdict-who { display: none; }
        &.-large {
            & #verdict-top { height: 11; }
            & #verdict-word { width: 1fr; }
            & #verdict-name { max-height: 9; }
        }
        &.-small {
            & #verdict-top { layout: vertical; height: 3; }
            & #verdict-word, & #verdict-who { width: 100%; height: 1; padding: 0; }
            & #verdict-who { height: 2; }
            & #verdict-name { max-height: 1; }
        }
    }
    """

    verdict: reactive[Verdict] = reactive(Verdict(), init=False)
    """What is on show."""

    def compose(self) -> ComposeResult:
        """Lay out the word beside whom it is about, and below them why and the next key."""
        with Horizontal(id="verdict-top"):
            yield VerdictWord(rows=ROWS, lines=1, id="verdict-word")
            with Vertical(id="verdict-who"):
                yield BlockLetters(rows=4, lines=2, id="verdict-name")
                yield Label("", id="verdict-about", markup=False)
        yield Label("", id="verdict-details", markup=False)
        yield Label("", id="verdict-next", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Take the room there is."""
        del event
        size = self.app.size
        large = size.width >= WIDE and size.height >= HIGH
        self.set_class(large, "-large")
        self.set_class(size.width < LEAST_WIDE or size.height < LEAST_HIGH, "-small")
        self.query_one("#verdict-word", BlockLetters).rows = LARGE_ROWS if large else ROWS

    def watch_verdict(self, verdict: Verdict) -> None:
        """Show a verdict: its colour, its sign and its word, the name, and the next key."""
        for tone in Tone:
            self.set_class(verdict.tone is tone, f"-{tone}")
        self.set_class(not (verdict.name or verdict.about), "-alone")
        word = self.query_one("#verdict-word", VerdictWord)
        word.sign = verdict.sign if verdict.word else ""
        word.text = verdict.word
        self.query_one("#verdict-name", BlockLetters).text = verdict.name
        self._say("about", f"{verdict.sign} {verdict.about}" if verdict.about else "")
        self._say("details", " · ".join(verdict.details))
        self._say("next", f"→ {verdict.next}" if verdict.next else "")

    def _say(self, part: str, words: str) -> None:
        label = self.query_one(f"#verdict-{part}", Label)
        label.update(words)
        label.tooltip = Content(words) if words else None
