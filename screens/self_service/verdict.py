"""The verdict on a scan, over the whole screen: a large sign, a word, a sentence."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Center, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Static

from eventdesk.door import Tone
from screens.door.answers import Answer
from screens.self_service.touch import TouchButton
from screens.widgets.block_letters import BlockLetters
from screens.widgets.sentence import Sentence, in_cells

SIGNS = {
    Tone.GOOD: (
        "            ▄██\n"
        "          ▄███▀\n"
        "▄██▄    ▄███▀  \n"
        " ▀███▄▄███▀    \n"
        "   ▀████▀      \n"
        "     ▀▀        "
    ),
    Tone.CARE: "▄████▄\n██████\n▀████▀\n ▀██▀ \n  ▄▄  \n ▀██▀ ",
    Tone.STOP: (
        "▄██▄    ▄██▄\n ▀███▄▄███▀ \n   ▀████▀   \n  ▄██████▄  \n▄███▀  ▀███▄\n ▀▀      ▀▀ "
    ),
}
"""Each tone's sign, large enough to be told from the others across a hall."""

ROOMY_WIDTH, ROOMY_HEIGHT = 120, 36
"""A screen of at least so many cells shows the sign twice as large."""

_TWICE = {" ": ("  ", "  "), "█": ("██", "██"), "▀": ("██", "  "), "▄": ("  ", "██")}


def twice(sign: str) -> str:
    r"""Return a sign of half blocks twice as wide and high.

    >>> twice("▄█")
    '  ██\n████'
    """
    return "\n".join(
        "".join(_TWICE[half][part] for half in line)
        for line in sign.splitlines()
        for part in (0, 1)
    )


class Verdict(Vertical):
    """Shows an `Answer` above everything else; hidden while there is none."""

    DEFAULT_CSS = """
    Verdict {
        display: none;
        layer: verdict;
        width: 100%;
        height: 100%;
        align: center middle;
        padding: 1 4;
        &.-good { display: block; background: $good-background; color: $good-foreground; }
        &.-care { display: block; background: $care-background; color: $care-foreground; }
        &.-stop { display: block; background: $stop-background; color: $stop-foreground; }
        & Center { height: auto; }
        & #verdict-sign { width: auto; height: auto; background: transparent; }
        & Sentence { text-align: center; }
        & #verdict-word { margin: 1 0; }
        & #verdict-session { margin-top: 1; }
        & #verdict-details { margin-top: 1; }
        & .-nothing { display: none; }
        & #verdict-more { display: none; height: 3; min-width: 30; margin-top: 1; }
        & #verdict-more.-shown { display: block; }
    }
    """

    answer: reactive[Answer | None] = reactive(None, init=False)
    """The answer on show; None shows what is below."""

    @dataclass
    class Dismissed(Message):
        """Somebody touched the answer away."""

    @dataclass
    class MoreAsked(Message):
        """Somebody pressed the button below the answer."""

    def compose(self) -> ComposeResult:
        """Lay out sign, word, sentence and details."""
        with Center():
            yield Static("", id="verdict-sign", markup=False)
        yield BlockLetters(rows=5, lines=1, id="verdict-word")
        yield BlockLetters(id="verdict-headline")
        yield BlockLetters(rows=5, lines=1, id="verdict-session")
        yield Sentence(id="verdict-details")
        with Center():
            more = TouchButton("", id="verdict-more", variant="primary")
            more.can_focus = False
            yield more

    def offer(self, words: str) -> None:
        """Show a button with these words below the answer.

        It never takes the keyboard: a scanner may type the next code and end it with Enter.
        """
        button = self.query_one("#verdict-more", Button)
        button.label = Content(in_cells(words))
        button.add_class("-shown")

    @on(Button.Pressed, "#verdict-more")
    def ask_more(self, event: Button.Pressed) -> None:
        """Tell that the button was pressed."""
        event.stop()
        self.post_message(self.MoreAsked())

    def watch_answer(self, answer: Answer | None) -> None:
        """Show the new answer in its colour."""
        for tone in Tone:
            self.set_class(answer is not None and answer.tone is tone, f"-{tone}")
        self.query_one("#verdict-more", Button).remove_class("-shown")
        if answer is None:
            return
        self._draw_sign(answer.tone)
        self._say_word(answer)
        self._say("headline", answer.headline)
        self._say("session", answer.session)
        self._say("details", "\n\n".join(answer.details))

    def _say_word(self, answer: Answer) -> None:
        """The word, behind its sign; in block letters that stands above it, larger still."""
        word = answer.word.upper()
        drawn = self.query_one("#verdict-word", BlockLetters).has_room
        self._say("word", word if drawn else f"{answer.tone.sign}  {word}")

    def _say(self, part: str, words: str) -> None:
        sentence = self.query_one(f"#verdict-{part}", Sentence)
        sentence.text = words
        sentence.set_class(not words, "-nothing")

    def on_resize(self) -> None:
        """Draw the sign in the size that fits."""
        if self.answer is not None:
            self._say_word(self.answer)
            self._draw_sign(self.answer.tone)

    def _draw_sign(self, tone: Tone) -> None:
        is_roomy = self.app.size.width >= ROOMY_WIDTH and self.app.size.height >= ROOMY_HEIGHT
        sign = SIGNS[tone]
        self.query_one("#verdict-sign", Static).update(twice(sign) if is_roomy else sign)

    def on_click(self, event: Click) -> None:
        """Touch it away."""
        event.stop()
        self.post_message(self.Dismissed())
