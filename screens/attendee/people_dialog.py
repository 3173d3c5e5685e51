"""Who comes with each ticket, and what the event asks of them."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from textual import on

from eventdesk.booking.booking import Booked, NewBooking, NewTicket
from eventdesk.booking.registration import order
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.plain_text import plain
from eventdesk.sales.pricing import Quote
from eventdesk.sales.question import NO, YES, Question, QuestionKind, asked
from eventdesk.sales.questions import asked_questions
from eventdesk.seating.seat import SeatView
from screens.attendee.prices import total_in_words
from screens.modals.form_dialog import FormDialog
from screens.modals.seat_picker import SeatPicker
from screens.widgets.form import ChoiceField, Field, Form, TextField

if TYPE_CHECKING:
    from screens.attendee.book_screen import BookScreen

T = TypeVar("T")

UNANSWERED = ""


class PeopleDialog(FormDialog[T], Generic[T]):
    """Asks for a name with each ticket, and only those questions that apply.

    Args:
        title: What is booked.
        people: For each ticket its ticket type and the questions of that type.
        given: See `FormDialog`.
    """

    def __init__(
        self,
        title: str,
        people: Sequence[tuple[UUID, Sequence[Question]]],
        *given: Any,
        **more: Any,
    ) -> None:
        super().__init__(title, *given, **more)
        self.people = people

    def on_mount(self) -> None:
        """Begin with the questions that everybody is asked."""
        self.show_asked()

    @on(Form.Changed)
    def show_asked(self) -> None:
        """Show the questions that apply after what was answered so far."""
        values = self.form.values
        for number, (_, questions) in enumerate(self.people):
            applying = {each.id for each in asked(questions, answers(values, number, questions))}
            for question in questions:
                self.form.fields[_key(number, question)].display = question.id in applying


async def ask_people(screen: "BookScreen", quote: Quote) -> Booked | None:
    """Ask who comes and book; None when it was given up."""
    seats = await _pick_seats(screen, quote)
    if seats is None:
        return None

    async def book(booking: NewBooking, values: dict[str, Any]) -> Booked:
        return await screen.tools.desk.write(
            order,
            screen.actor,
            screen.event.id,
            booking,
            access_code=screen.access_code,
        )

    total = f"{plain(screen.event.name)}: {total_in_words(quote)}. Ctrl+S books it."
    return await ask_who_comes(screen, quote, seats, book, explanation=total, confirm="Book")


async def ask_who_comes(
    screen: "BookScreen",
    quote: Quote,
    seats: Sequence[UUID | None],
    send: Callable[[NewBooking, dict[str, Any]], Awaitable[T]],
    *,
    explanation: str,
    confirm: str,
    more: Sequence[Field[Any]] = (),
) -> T | None:
    """Ask who comes with each ticket, and send what comes of it; None when it was given up.

    Args:
        screen: Where tickets were chosen.
        quote: The tickets.
        seats: Of each ticket.
        send: Does it, with the booking and all values of the form.
        explanation: A sentence above the form.
        confirm: The word on the button.
        more: What else is asked, below the people.
    """
    desk, event = screen.tools.desk, screen.event
    kinds = [line for line in quote.lines for _ in range(line.count)]
    questions = {
        line.ticket_type_id: await desk.read(asked_questions, event.id, line.ticket_type_id)
        for line in quote.lines
    }
    people = [(line.ticket_type_id, questions[line.ticket_type_id]) for line in kinds]

    async def submit(values: dict[str, Any]) -> T:
        booking = NewBooking(
            name=screen.actor.name,
            email="",
            tickets=tuple(
                NewTicket(
                    kind,
                    values[f"name-{number}"],
                    email=values[f"email-{number}"],
                    answers=answers(values, number, asked_of),
                    seat_id=seats[number],
                )
                for number, (kind, asked_of) in enumerate(people)
            ),
            account_id=screen.actor.id,
            code=quote.discount_code,
            source="attendee",
            hold_id=screen.actor.id,
        )
        return await send(booking, values)

    fields = [
        field
        for number, line in enumerate(kinds)
        for field in _fields(
            number,
            line.name,
            questions[line.ticket_type_id],
            screen.actor.name if not number else "",
        )
    ]
    return await screen.app.push_screen_wait(
        PeopleDialog(
            "Who comes?",
            people,
            [*fields, *more],
            submit,
            explanation=explanation,
            confirm=confirm,
        )
    )


async def _pick_seats(screen: "BookScreen", quote: Quote) -> list[UUID | None] | None:
    """The seats of the tickets in the order of the quote; None when picking was given up."""
    sections = {each.ticket_type_id: each.section_id for each in screen.offers}
    picked: dict[UUID, Iterator[SeatView]] = {}
    for section_id in filter(
        None, dict.fromkeys(sections[each.ticket_type_id] for each in quote.lines)
    ):
        lines = [each for each in quote.lines if sections[each.ticket_type_id] == section_id]
        picker = SeatPicker(
            screen.tools,
            screen.actor,
            screen.event.id,
            screen.event.time_zone,
            section_id,
            sum(each.count for each in lines),
            what=", ".join(each.name for each in lines),
        )
        chosen = await screen.app.push_screen_wait(picker)
        if chosen is None:
            return None
        picked[section_id] = iter(chosen)
    seats: list[UUID | None] = []
    for line in quote.lines:
        section = sections[line.ticket_type_id]
        for _ in range(line.count):
            seats.append(None if section is None else next(picked[section]).id)
    return seats


def answers(
    values: Mapping[str, Any], number: int, questions: Sequence[Question]
) -> dict[UUID, str]:
    """What was answered for one ticket."""
    given = {each.id: values.get(_key(number, each)) or UNANSWERED for each in questions}
    return {question: answer for question, answer in given.items() if answer}


def _fields(
    number: int, kind: str, questions: Sequence[Question], name: str
) -> Iterator[Field[Any]]:
    which = f"{number + 1}. {plain(kind, limit=24)}"
    yield TextField(f"name-{number}", f"{which}: name", value=name, required=True)
    yield TextField(f"email-{number}", "E-mail", help="Where changes are told; may stay empty")
    for question in questions:
        yield _field(_key(number, question), question)


def _field(key: str, question: Question) -> Field[Any]:
    label = plain(question.text, limit=120) + (" *" if question.required else "")
    if question.kind is QuestionKind.CHOICE:
        return ChoiceField(key, label, [(each, each) for each in question.choices])
    if question.kind is QuestionKind.YES_NO:
        return ChoiceField(key, label, [(YES, "Yes"), (NO, "No")])

    def check(typed: str) -> str:
        try:
            question.clean(typed)
        except InvalidInputError as error:
            return f"{error} {error.hint}"
        return ""

    return TextField(key, label, required=question.required, max_length=1000, check=check)


def _key(number: int, question: Question) -> str:
    return f"answer-{number}-{question.id.hex}"
