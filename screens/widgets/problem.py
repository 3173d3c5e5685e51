"""Line of a problem with typed input; hidden while there is none."""

from textual.widgets import Label


class Problem(Label):
    """Shows ✗ and a sentence, or nothing."""

    DEFAULT_CSS = """
    Problem {
        width: 100%;
        height: auto;
        color: $error;
        display: none;
        &.-shown { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def say(self, sentence: str) -> None:
        """Show the sentence; an empty one hides the line."""
        self.update(f"✗ {sentence}" if sentence else "")
        self.set_class(bool(sentence), "-shown")
