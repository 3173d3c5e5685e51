"""Line of a problem with typed input; hidden while there is none."""

from screens.widgets.sentence import Sentence


class Problem(Sentence):
    """Shows ✗ and a sentence, or nothing."""

    DEFAULT_CSS = """
    Problem {
        color: $error;
        display: none;
        &.-shown { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)

    def say(self, sentence: str) -> None:
        """Show the sentence; an empty one hides the line."""
        self.text = f"✗ {sentence}" if sentence else ""
        self.set_class(bool(sentence), "-shown")
