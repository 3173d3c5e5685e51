"""The dialog for a list's questions, one after the other, each answered with a few keys."""

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.widgets import Label

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import DoorQuestion
from eventdesk.sales import NO, YES, QuestionKind
from screens.desk.desk_dialog import DeskDialog

HINTS = {
    QuestionKind.TEXT: msg("Type the answer"),
    QuestionKind.NUMBER: msg("Type the number"),
    QuestionKind.CHOICE: msg("Number or beginning of one below"),
    QuestionKind.YES_NO: msg("Y or N"),
}
SKIP = msg("Enter alone leaves it open")


class ListQuestions(DeskDialog[dict[str, str]]):
    """Asks the questions of a list; dismissed with the answers by the questions' ids.

    Choices are picked by their number, by the arrow keys or with the mouse. Esc goes back to the
    question before, and from the first one gives up; what was answered stays in `given`.
    """

    KEYS = msg("Enter goes on · ↑↓ choose · Esc back")

    def __init__(
        self,
        questions: Sequence[DoorQuestion],
        name: str,
        *,
        given: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(_("Before the guest goes in"))
        self.questions, self.guest = tuple(questions), name
        self.given = dict(given or {})
        self.at = 0

    def compose_above(self) -> ComposeResult:
        """Lay out the question."""
        yield Label("", id="asked", markup=False)

    def on_mount(self) -> None:
        """Ask the first question."""
        self._ask()

    @property
    def question(self) -> DoorQuestion:
        """The question that is asked now."""
        return self.questions[self.at]

    @property
    def options(self) -> tuple[str, ...]:
        """The options of this question; empty where something is typed."""
        if self.question.kind is QuestionKind.YES_NO:
            return (YES, NO)
        return self.question.choices if self.question.kind is QuestionKind.CHOICE else ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The options as they are read."""
        if self.question.kind is QuestionKind.YES_NO:
            return (_("yes"), _("no"))
        return self.options

    def end(self, text: str) -> object:
        """Keep the answer and ask the next question, or be done."""
        try:
            answer = self._answer(text)
        except InvalidInputError as error:
            self.say_error(error)
            self.line.select_all()
            return None
        if not answer and self.question.required:
            self.say(_("Choose one of these.") if self.options else _("Please answer this first."))
            return None
        self.given[self.question.id] = answer
        if self.at + 1 < len(self.questions):
            self.at += 1
            self._ask()
        else:
            self.dismiss({key: value for key, value in self.given.items() if value})
        return None

    def action_give_up(self) -> None:
        """Go back to the question before, or leave the guest as they are."""
        if self.at:
            self.at -= 1
            self._ask()
        else:
            self.dismiss(None)

    def _answer(self, text: str) -> str:
        """The answer that a line means: a number of a choice, its beginning, or the marked one."""
        options = self.options
        if options and not text:
            return options[self.marked] if self.marked is not None else ""
        if options and text.isdecimal() and 0 < int(text) <= len(options):
            return options[int(text) - 1]
        begun = [
            option
            for option, label in zip(options, self.labels, strict=True)
            if text and label.casefold().startswith(text.casefold())
        ]
        if len(begun) == 1:
            return begun[0]
        return self.question.clean(text)

    def _ask(self) -> None:
        before = self.given.get(self.question.id, "")
        heading = _("{guest}: before going in", guest=plain(self.guest, limit=60))
        if len(self.questions) > 1:
            heading = _(
                "{guest}: before going in ({at} of {total})",
                guest=plain(self.guest, limit=60),
                at=self.at + 1,
                total=len(self.questions),
            )
        self.query_one(".title", Label).update(heading)
        self.query_one("#asked", Label).update(plain(self.question.text, limit=300))
        hint = str(HINTS[self.question.kind])
        self.line.placeholder = hint if self.question.required else f"{hint}. {SKIP}"
        self.line.value = "" if self.options else before
        self.line.cursor_position = len(self.line.value)
        marked = self.options.index(before) if before in self.options else None
        lines = [f"{place}  {plain(each, limit=80)}" for place, each in enumerate(self.labels, 1)]
        self.offer(lines, marked=marked)
        self.say("")
        self.line.focus()
