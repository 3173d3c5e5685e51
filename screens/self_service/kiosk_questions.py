"""A list's questions at the kiosk: one at a time, with buttons large enough for a thumb."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import DoorQuestion
from eventdesk.sales import NO, YES, QuestionKind
from screens.self_service.guest_words import SaysWords
from screens.self_service.keyboard import DIGITS, WORDS, Keyboard
from screens.self_service.touch import TouchButton
from screens.widgets.problem import Problem
from screens.widgets.sentence import Sentence, in_cells

MAX_TYPED: Final = 200


class KioskQuestions(Vertical, SaysWords):
    """Asks the questions of a check-in list, one after the other."""

    WORDS: ClassVar = {
        "#question-next": msg("Next"),
        "#question-skip": msg("Skip"),
        "#questions-back": msg("Start over"),
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"pick({number - 1})", show=False) for number in range(1, 10)
    ]
    DEFAULT_CSS = """
    KioskQuestions {
        padding: 1 4;
        max-width: 110;
        & #question-progress { color: $faint; }
        & #question-text { text-style: bold; width: 100%; margin-bottom: 1; }
        & #question-answer { height: 1fr; scrollbar-size-vertical: 1; }
        & #question-answer .choice { width: 100%; margin-bottom: 1; }
        & .buttons { height: 3; }
        & .buttons Button { margin-right: 2; }
    }
    """

    @dataclass
    class Answered(Message):
        """All questions were answered, or skipped where they may be."""

        answers: Mapping[str, str]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._questions: Sequence[DoorQuestion] = ()
        self._answers: dict[str, str] = {}
        self._place = 0

    def compose(self) -> ComposeResult:
        """Lay out the question above its answers."""
        yield Sentence(id="question-progress")
        yield Sentence(id="question-text")
        yield VerticalScroll(id="question-answer", can_focus=False)
        yield Problem(id="question-problem")
        with Horizontal(classes="buttons"):
            yield TouchButton("", variant="primary", id="question-next")
            yield TouchButton("", id="question-skip")
            yield TouchButton("", id="questions-back")

    def ask(self, questions: Sequence[DoorQuestion]) -> None:
        """Begin with the first of these questions."""
        self._questions, self._answers, self._place = questions, {}, 0
        self._show()

    def forget(self) -> None:
        """Forget what was asked and answered."""
        self._questions, self._answers, self._place = (), {}, 0
        self.query_one("#question-answer").remove_children()
        self.query_one("#question-text", Sentence).text = ""

    @property
    def _now(self) -> DoorQuestion | None:
        return self._questions[self._place] if self._place < len(self._questions) else None

    @work(exclusive=True, group="question")
    async def _show(self) -> None:
        question = self._now
        if question is None:
            return
        progress = _(
            "Question {place} of {total}", place=self._place + 1, total=len(self._questions)
        )
        self.query_one("#question-progress", Sentence).text = progress
        self.query_one("#question-text", Sentence).text = plain(question.text, limit=400)
        self.query_one(Problem).say("")
        typed = question.kind in (QuestionKind.TEXT, QuestionKind.NUMBER)
        self.query_one("#question-next").display = typed
        self.query_one("#question-skip").display = not question.required
        answer = self.query_one("#question-answer")
        await answer.remove_children()
        await answer.mount(*_ways_to_answer(question))
        first = next(iter(answer.query("Input, Button")), None)
        if first is not None:
            first.focus()

    @on(Button.Pressed, ".choice")
    def _choose(self, message: Button.Pressed) -> None:
        message.stop()
        self._pick(int((message.button.id or "choice-0").removeprefix("choice-")))

    def action_pick(self, place: int) -> None:
        """Press a button by its number."""
        self._pick(place)

    def _pick(self, place: int) -> None:
        question = self._now
        choices = _choices(question) if question is not None else []
        if place < len(choices):
            self._take(choices[place][0])

    @on(Button.Pressed, "#question-next")
    @on(Input.Submitted)
    def _next(self, message: Message) -> None:
        message.stop()
        self._take(self.query_one("#question-typed", Input).value)

    @on(Button.Pressed, "#question-skip")
    def _skip(self, message: Button.Pressed) -> None:
        message.stop()
        self._take("")

    def _take(self, typed: str) -> None:
        question = self._now
        if question is None:
            return
        try:
            answer = question.clean(typed)
        except InvalidInputError as error:
            self.query_one(Problem).say(f"{error} {error.hint}".rstrip())
            return
        if question.required and not answer:
            self.query_one(Problem).say(_("Please answer, or ask at the desk."))
            return
        self._answers[question.id] = answer
        self._place += 1
        if self._now is None:
            self.post_message(self.Answered(dict(self._answers)))
        else:
            self._show()

    @on(Keyboard.Typed)
    def _type_key(self, message: Keyboard.Typed) -> None:
        message.stop()
        for line in self.query("#question-typed").results(Input):
            line.focus()
            Keyboard.type_into(line, message.key)


def _choices(question: DoorQuestion) -> list[tuple[str, str]]:
    """The choices: each answer with the word on its button."""
    if question.kind is QuestionKind.YES_NO:
        return [(YES, _("Yes")), (NO, _("No"))]
    if question.kind is QuestionKind.CHOICE:
        return [(choice, plain(choice, limit=80)) for choice in question.choices]
    return []


def _ways_to_answer(question: DoorQuestion) -> Iterator[Widget]:
    for place, (_answer, word) in enumerate(_choices(question)):
        number = f"{place + 1}  " if place < 9 else ""
        yield TouchButton(
            Content(f"{number}{in_cells(word)}"), id=f"choice-{place}", classes="choice"
        )
    if question.kind is QuestionKind.TEXT:
        yield Input(id="question-typed", max_length=MAX_TYPED)
        yield Keyboard(WORDS)
    if question.kind is QuestionKind.NUMBER:
        yield Input(id="question-typed", max_length=20)
        yield Keyboard(DIGITS)
