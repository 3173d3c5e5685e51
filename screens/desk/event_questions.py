"""The dialog for an event's questions, asked by staff of who stands there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from textual import on

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.sales import NO, YES, Question, QuestionKind, asked
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import ChoiceField, Field, Form, TextField


class EventQuestions(FormDialog[dict[UUID, str]]):
    """Asks only what applies after the other answers; dismissed with what was answered."""

    def __init__(self, questions: Sequence[Question], name: str, given: Mapping[UUID, str]) -> None:
        self.questions = {_key(each): each for each in questions}
        super().__init__(
            _("Questions for {name}", name=plain(name, limit=50)),
            [_field(each, given.get(each.id, "")) for each in questions],
            self._done,
            explanation=_("Those with a * are needed."),
            confirm=_("Go on"),
            give_up=_("Back"),
        )

    def on_mount(self) -> None:
        """Show what everybody is asked."""
        self._show_applying()

    @on(Form.Changed)
    def _show_applying(self) -> None:
        applying = {
            each.id for each in asked(list(self.questions.values()), self._given(self.form.values))
        }
        for key, question in self.questions.items():
            self.form.fields[key].display = question.id in applying

    def would_be_lost(self) -> str:
        """Nothing: what was answered here is asked again."""
        return ""

    def _given(self, values: Mapping[str, Any]) -> dict[UUID, str]:
        return {self.questions[key].id: value for key, value in values.items() if value}

    async def _done(self, values: dict[str, Any]) -> dict[UUID, str]:
        return self._given(values)


def _field(question: Question, value: str) -> Field[Any]:
    label = plain(question.text, limit=120)
    key = _key(question)
    if question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
        choices = [(each, each) for each in question.choices] or [(YES, _("Yes")), (NO, _("No"))]
        if question.required:
            return ChoiceField(key, f"{label} *", choices, value=value or None)
        return ChoiceField(key, label, [("", _("(no answer)")), *choices], value=value)

    return TextField(
        key, label, value=value, required=question.required, max_length=1000, check=question.clean
    )


def _key(question: Question) -> str:
    return f"question-{question.id.hex}"
