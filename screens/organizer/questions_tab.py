"""Questions to guests: list, add, change, order, remove."""

from typing import Any, ClassVar, Final
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.acts import Permission, Topic
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import doors_of_event
from eventdesk.sales import (
    NewQuestion,
    Question,
    QuestionKind,
    QuestionView,
    add_question,
    ask_again,
    change_question,
    list_questions,
    move_question,
    remove_question,
)
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.tab import EventPart, act_on
from screens.widgets.detail import Block
from screens.widgets.form import ChoiceField, Field, NoteField, SeveralField, TextField, YesNoField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

KINDS: Final = {
    QuestionKind.TEXT: msg("text"),
    QuestionKind.CHOICE: msg("one of several"),
    QuestionKind.NUMBER: msg("a number"),
    QuestionKind.YES_NO: msg("yes or no"),
}


class QuestionsTab(EventPart):
    """Shows the questions of an event in their order, and changes them."""

    SHOWS = frozenset({Topic.SALES, Topic.EVENTS, Topic.BOOKING})
    NEEDS = Permission.TICKETS
    HELP = (
        "Everybody who books is asked these, for each ticket, from top to bottom. A question may "
        "depend on an answer above it, and be for some ticket types only."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New", tooltip="Ask one thing more"),
        Binding("delete", "remove", "Remove", tooltip="Ask this no longer"),
        Binding("o", "again", "Ask again", tooltip="Ask what was removed after it was answered"),
        Binding("shift+up", "shift(-1)", "Earlier", tooltip="Ask the marked one earlier"),
        Binding("shift+down", "shift(1)", "Later", tooltip="Ask the marked one later"),
    ]
    ON_A_LINE = frozenset({"shift"})

    views: tuple[QuestionView, ...] = ()
    types: tuple[tuple[UUID, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Question")),
            Column(_("Answer"), width=14),
            Column(_("Must"), width=4),
            Column(_("Only after"), width=24, least=96),
            Column(_("For"), width=18, least=112),
            Column(_("Answered"), width=8, right=True),
            detail=self._detail,
            enter=_("Change"),
            empty=_("No questions yet. Press N to ask the first, such as: Any allergies?"),
            searchable=False,
        )

    async def re_read(self) -> None:
        """Read questions and ticket types."""
        self.views = tuple(await self.desk.read(list_questions, self.event.id))
        self.types = (await self.desk.read(doors_of_event, self.event.id)).ticket_types
        await super().re_read()

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.views, offset, limit, self._line)

    def _line(self, view: QuestionView) -> Line:
        question = view.question
        after = f"{question.depends_value}: {view.depends_text}" if view.depends_text else "–"
        names = [name for type_id, name in self.types if type_id in question.ticket_type_ids]
        return Line(
            question.id,
            (
                question.text if question.active else _("– not asked: {text}", text=question.text),
                str(KINDS[question.kind]),
                "✓" if question.required else "",
                after,
                ", ".join(names) or _("all tickets"),
                str(view.answers),
            ),
            "" if question.active else "faint",
        )

    async def _detail(self, line: Line) -> list[Block]:
        view = view_of(line, QuestionView)
        if view is None:
            return []
        return [Block([("", each) for each in view.question.choices], _("To choose from"))]

    @act
    async def action_add(self) -> None:
        """Ask for a question and add it."""

        async def submit(values: dict[str, Any]) -> UUID:
            return await self.desk.write(add_question, self.event.id, _new(values))

        fields = self._fields(None)
        await self.ask(FormDialog(_("A new question"), fields, submit, confirm=_("Add")))

    @on(PagedTable.Chosen)
    @act
    async def change(self, message: PagedTable.Chosen) -> None:
        """Change the chosen question."""
        view = view_of(message.line, QuestionView)
        assert view is not None

        async def submit(values: dict[str, Any]) -> bool:
            await self.desk.write(change_question, view.question.id, _new(values))
            return True

        await self.ask(FormDialog(_("Change the question"), self._fields(view.question), submit))

    @act_on(QuestionView)
    async def action_remove(self, view: QuestionView) -> None:
        """Remove a question after a yes."""
        kept = _("It was not answered yet and disappears.")
        if view.answers:
            kept = _("Its {answers} answers are kept; it can be asked again.", answers=view.answers)
        title = _("Remove “{text}”?", text=plain(view.question.text, limit=60))
        if await self.sure(title, kept, yes=_("Remove")):
            await self.do(remove_question, view.question.id)

    @act_on(QuestionView)
    async def action_again(self, view: QuestionView) -> None:
        """Ask a removed question again."""
        if view.question.active:
            self.say(_("This question is asked already."), warns=True)
        else:
            await self.do(ask_again, view.question.id)

    @work(group="shift", exit_on_error=False)
    async def action_shift(self, places: int) -> None:
        """Ask the marked question earlier or later."""
        view = self.under_cursor(QuestionView)
        if view is not None:
            await self.do(move_question, view.question.id, places)

    def _fields(self, old: Question | None) -> list[Field[Any]]:
        about = old or Question(UUID(int=0), "")
        earlier: list[tuple[Any, str]] = [
            (each.question.id, each.question.text)
            for each in self.views
            if old is None or each.question.position < old.position
        ]
        fields: list[Field[Any]] = [
            TextField("text", _("Question"), value=about.text, required=True, max_length=1000),
            ChoiceField("kind", _("The answer is"), [*KINDS.items()], value=about.kind),
            NoteField(
                "choices",
                _("To choose from"),
                value="\n".join(about.choices),
                height=3,
                help=_("One a line; only for “one of several”."),
            ),
            YesNoField("required", _("Must be answered"), value=about.required),
        ]
        if earlier:
            options = [(None, _("always")), *earlier]
            fields += [
                ChoiceField("depends_on", _("Asked after"), options, value=about.depends_on),
                TextField(
                    "depends_value",
                    _("when the answer is"),
                    value=about.depends_value,
                    help=_("Such as: yes."),
                ),
            ]
        if len(self.types) > 1:
            chosen = [type_id for type_id, _name in self.types if type_id in about.ticket_type_ids]
            fields.append(
                SeveralField(
                    "types",
                    _("Only for"),
                    self.types,
                    value=chosen,
                    help=_("None: for all tickets."),
                )
            )
        return fields


def _new(values: dict[str, Any]) -> NewQuestion:
    return NewQuestion(
        values["text"],
        values["kind"],
        values["required"],
        tuple(filter(None, map(str.strip, values["choices"].split("\n")))),
        values.get("depends_on"),
        values.get("depends_value") or "" if values.get("depends_on") else "",
        frozenset(values.get("types") or ()),
    )
