"""Dialogs of one ticket: its answers, its name, handing it on, another type."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventdesk.acts import Actor
from eventdesk.booking import (
    AnswerView,
    BookingDetail,
    TicketLine,
    Upgraded,
    answers_of,
    choice_words,
    correct_answers,
    rename,
    transfer_ticket,
    upgrade_choices,
    upgrade_ticket,
)
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.sales import NO, YES, Question, QuestionKind
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.seat_picker import SeatPicker
from screens.widgets.form import ChoiceField, Field, NoteField, TextField

YES_OR_NO = ((YES, msg("yes")), (NO, msg("no")))


def answer_fields(asked: Sequence[AnswerView], *, complete: bool = False) -> list[Field[Any]]:
    """The fields of questions, filled with the answers; `complete` needs the required ones."""
    by_id = {each.question.id: each.question for each in asked}
    return [_field(each.question, each.value, by_id, complete=complete) for each in asked]


def given_answers(values: dict[str, Any], asked: Sequence[AnswerView]) -> dict[UUID, str]:
    """The answers in the fields, by question."""
    return {each.question.id: values[_name(each.question)] or "" for each in asked}


def _name(question: Question) -> str:
    return f"question-{question.id.hex}"


def _field(
    question: Question, value: str, by_id: dict[UUID, Question], *, complete: bool
) -> Field[Any]:
    name, label = _name(question), question.text
    earlier = by_id.get(question.depends_on) if question.depends_on else None
    after = (
        _("Only where “{text}” is {value}.", text=earlier.text, value=question.depends_value)
        if earlier
        else ""
    )
    required = complete and question.required and earlier is None
    if question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
        options: list[tuple[Any, str]] = [(each, each) for each in question.choices]
        options = options or [(each, str(words)) for each, words in YES_OR_NO]
        if not required:
            options.insert(0, (None, "–"))
        return ChoiceField(name, label, options, value=value or None, help=after)
    if question.kind is QuestionKind.TEXT and "\n" in value:
        return NoteField(name, label, value=value, height=3, help=after)
    hint = after or (_("A number.") if question.kind is QuestionKind.NUMBER else "")
    return TextField(name, label, value=value, required=required, max_length=1000, help=hint)


async def answers_dialog(
    tools: Tools, actor: Actor, ticket_id: UUID, holder: str
) -> FormDialog[bool] | None:
    """Make the dialog of a ticket's answers; None where nothing is asked."""
    asked = await tools.desk.read(answers_of, actor, ticket_id)
    if not asked:
        return None

    async def submit(values: dict[str, Any]) -> bool:
        given = given_answers(values, asked)
        await tools.desk.write(correct_answers, actor, ticket_id, given)
        return True

    return FormDialog(_("Answers of {holder}", holder=holder), answer_fields(asked), submit)


def name_dialog(
    tools: Tools, actor: Actor, ticket_id: UUID, *, name: str, line_two: str
) -> FormDialog[bool]:
    """Make the dialog that corrects a holder's name."""

    async def submit(values: dict[str, Any]) -> bool:
        await tools.desk.write(
            rename, actor, ticket_id, name=values["name"], line_two=values["line_two"]
        )
        return True

    fields: list[Field[Any]] = [
        TextField("name", _("Name"), value=name, required=True, max_length=4000),
        TextField("line_two", _("Line below it"), value=line_two, help=_("Such as a company.")),
    ]
    return FormDialog(
        _("Change the name"), fields, submit, explanation=_("The code of the ticket stays valid.")
    )


def hand_on_dialog(
    tools: Tools, actor: Actor, ticket_id: UUID, code: str
) -> FormDialog[tuple[str, str]]:
    """Make the dialog that hands a ticket on; it gives the new holder's name and the new token."""

    async def submit(values: dict[str, Any]) -> tuple[str, str]:
        token = await tools.desk.write(
            transfer_ticket, actor, ticket_id, name=values["name"], email=values["email"]
        )
        return values["name"], token

    fields: list[Field[Any]] = [
        TextField("name", _("New holder"), required=True, max_length=4000),
        TextField(
            "email", _("E-mail"), max_length=254, help=_("With an account it is found there.")
        ),
    ]
    return FormDialog(
        _("Hand ticket {code} on", code=code),
        fields,
        submit,
        explanation=_(
            "Its code is made anew: the old one lets nobody in any more. Answers and the "
            "line below the name do not go along."
        ),
        confirm=_("Hand on"),
    )


async def upgrade_dialog(
    tools: Tools, actor: Actor, booking: BookingDetail, ticket: TicketLine
) -> FormDialog[Upgraded] | None:
    """Make the dialog of another type for a ticket; None where there is none to choose.

    Where the new type has seats, one is picked before the ticket changes.
    """
    choices = await tools.desk.read(upgrade_choices, actor, ticket.id)
    if not choices:
        return None

    async def submit(values: dict[str, Any]) -> Upgraded:
        choice = next(each for each in choices if each.ticket_type_id == values["type"])
        seat_id = None
        if choice.section_id is not None:
            picker = SeatPicker(
                tools,
                actor,
                booking.line.event_id,
                booking.time_zone,
                choice.section_id,
                1,
                what=choice.name,
            )
            picked = await dialog.app.push_screen_wait(picker)
            if picked is None:
                raise InvalidInputError(
                    msg("No seat was chosen, so the ticket is as it was."),
                    hint=msg("Press Change again to choose one, or Cancel."),
                )
            seat_id = picked[0].id
        return await tools.desk.write(
            upgrade_ticket, actor, ticket.id, choice.ticket_type_id, seat_id=seat_id
        )

    options = [(each.ticket_type_id, choice_words(each)) for each in choices]
    only = options[0][0] if len(options) == 1 else None
    dialog = FormDialog(
        _("Another type for ticket {code}", code=ticket.code),
        [ChoiceField("type", _("It becomes"), options, value=only)],
        submit,
        explanation=_(
            "What it costs more is due by a deadline; what was paid too much goes back. The "
            "code stays as it is."
        ),
        confirm=_("Change"),
    )
    return dialog
