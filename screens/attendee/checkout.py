"""The checkout: picks seats, asks who comes and the event's questions, and books or requests."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from textual import on
from textual.screen import Screen

from eventdesk.acts import Actor
from eventdesk.booking import Booked, NewBooking, NewTicket, order
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.events import EventDetail, RequestView
from eventdesk.sales import (
    NO,
    YES,
    Offer,
    Question,
    QuestionKind,
    Quote,
    asked,
    asked_questions,
    total_in_words,
)
from eventdesk.seating import SeatView
from eventdesk.waiting import ask
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.modals.seat_picker import SeatPicker
from screens.widgets.form import ChoiceField, Field, Form, TextField, YesNoField

T = TypeVar("T")


class Checkout:
    """Books for one person at one event; the host is the screen that shows the dialogs."""

    def __init__(
        self, host: Screen[Any], tools: Tools, actor: Actor, event: EventDetail, *, access_code: str
    ) -> None:
        self._host, self._tools, self._actor, self._event = host, tools, actor, event
        self._access_code = access_code

    @property
    def collects(self) -> bool:
        """Whether the event collects requests now instead of selling."""
        rules = self._event.rules
        if rules.queue_from is None or rules.queue_until is None:
            return False
        return rules.queue_from <= self._tools.now() < rules.queue_until

    async def book(self, quote: Quote, offers: Sequence[Offer]) -> Booked | None:
        """Ask for seats and who comes, and book; None when it was given up."""
        seats = await self._pick_seats(quote, offers)
        if seats is None:
            return None

        async def send(booking: NewBooking, _values: dict[str, Any]) -> Booked:
            return await self._tools.desk.write(
                order, self._actor, self._event.id, booking, access_code=self._access_code
            )

        event, price = plain(self._event.name), total_in_words(quote)
        total = _("{event}: {price}. Ctrl+S books it.", event=event, price=price)
        return await self._ask_who_comes(quote, seats, send, explanation=total, confirm=_("Book"))

    async def request(self, quote: Quote) -> RequestView | None:
        """Ask who comes and make the request; None when it was given up."""
        rules = self._event.rules
        assert rules.queue_until is not None
        tickets = sum(line.tickets for line in quote.lines if line.admits)

        async def send(booking: NewBooking, values: dict[str, Any]) -> RequestView:
            return await self._tools.desk.write(
                ask,
                self._actor,
                self._event.id,
                booking,
                partly=bool(values.get("partly")),
                access_code=self._access_code,
            )

        when = spoken(rules.queue_until, self._event.time_zone)
        event, price = plain(self._event.name), total_in_words(quote)
        explanation = _(
            "{event}: {price}. Requests are collected until {when} and then taken in the order in "
            "which they came.",
            event=event,
            price=price,
            when=when,
        )
        if rules.queue_by_lot:
            explanation = _(
                "{event}: {price}. Requests are collected until {when} and then drawn by lot; "
                "being first is no advantage.",
                event=event,
                price=price,
                when=when,
            )
        more = [YesNoField("partly", _("Fewer tickets are welcome too"))] if tickets > 1 else []
        view = await self._ask_who_comes(
            quote,
            [None] * tickets,
            send,
            explanation=explanation,
            confirm=_("Ask for them"),
            more=more,
        )
        if view is not None:
            words = _(
                "✓ Your request is in. After {when} a notice tells you what came of it.", when=when
            )
            self._host.notify(words, markup=False)
        return view

    async def _ask_who_comes(
        self,
        quote: Quote,
        seats: Sequence[UUID | None],
        send: Callable[[NewBooking, dict[str, Any]], Awaitable[T]],
        *,
        explanation: str,
        confirm: str,
        more: Sequence[Field[Any]] = (),
    ) -> T | None:
        """Ask who comes with each ticket, and send the booking; None when it was given up.

        Args:
            quote: The tickets; a donation among them has no holder.
            seats: The seat of each ticket that lets somebody in.
            send: Takes the booking and all values of the form.
            explanation: A sentence above the form.
            confirm: The word on the button.
            more: Fields below the people.
        """
        actor, read = self._actor, self._tools.desk.read
        lines = [line for line in quote.lines if line.admits]
        kinds = [line for line in lines for _ticket in range(line.tickets)]
        questions = {
            line.ticket_type_id: await read(
                asked_questions,
                actor,
                self._event.id,
                ticket_type_id=line.ticket_type_id,
                access_code=self._access_code,
            )
            for line in lines
        }
        gifts = tuple(
            NewTicket(line.ticket_type_id, actor.name, chosen_minor=line.chosen_minor)
            for line in quote.lines
            if not line.admits
            for _gift in range(line.count)
        )
        people = [(line.ticket_type_id, questions[line.ticket_type_id]) for line in kinds]
        amounts = [line.chosen_minor for line in kinds]

        async def submit(values: dict[str, Any]) -> T:
            booking = NewBooking(
                name=actor.name,
                email="",
                tickets=tuple(
                    NewTicket(
                        kind,
                        values[f"name-{number}"],
                        email=values[f"email-{number}"],
                        answers=answers(values, number, asked_of),
                        seat_id=seats[number],
                        chosen_minor=amounts[number],
                    )
                    for number, (kind, asked_of) in enumerate(people)
                )
                + gifts,
                account_id=actor.id,
                code=quote.discount_code,
                source="attendee",
                hold_id=actor.id,
            )
            return await send(booking, values)

        if not kinds:
            sure = YesNo(_("Give it?"), total_in_words(quote), yes=confirm)
            return await submit({}) if await self._host.app.push_screen_wait(sure) else None
        fields = [
            field
            for number, line in enumerate(kinds)
            for field in _fields(
                number, line.name, questions[line.ticket_type_id], actor.name if not number else ""
            )
        ]
        dialog: PeopleDialog[T] = PeopleDialog(
            _("Who comes?"),
            people,
            [*fields, *more],
            submit,
            explanation=explanation,
            confirm=confirm,
        )
        return await self._host.app.push_screen_wait(dialog)

    async def _pick_seats(self, quote: Quote, offers: Sequence[Offer]) -> list[UUID | None] | None:
        """The seats of the tickets in the order of the quote; None when picking was given up."""
        sections = {each.ticket_type_id: each.section_id for each in offers}
        picked: dict[UUID, Iterator[SeatView]] = {}
        for section_id in filter(
            None, dict.fromkeys(sections[each.ticket_type_id] for each in quote.lines)
        ):
            lines = [each for each in quote.lines if sections[each.ticket_type_id] == section_id]
            picker = SeatPicker(
                self._tools,
                self._actor,
                self._event.id,
                self._event.time_zone,
                section_id,
                sum(each.tickets for each in lines),
                what=", ".join(each.name for each in lines),
            )
            chosen = await self._host.app.push_screen_wait(picker)
            if chosen is None:
                return None
            picked[section_id] = iter(chosen)
        seats: list[UUID | None] = []
        for line in quote.lines:
            if not line.admits:
                continue
            section = sections[line.ticket_type_id]
            for _ticket in range(line.tickets):
                seats.append(None if section is None else next(picked[section]).id)
        return seats


class PeopleDialog(FormDialog[T], Generic[T]):
    """Asks for a name with each ticket, and only those questions that apply.

    Args:
        people: For each ticket its ticket type and the questions of that type.
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
        for number, (_type_id, questions) in enumerate(self.people):
            applying = {each.id for each in asked(questions, answers(values, number, questions))}
            for question in questions:
                self.form.fields[_key(number, question)].display = question.id in applying


def answers(
    values: Mapping[str, Any], number: int, questions: Sequence[Question]
) -> dict[UUID, str]:
    """The answers that were given for one ticket."""
    given = {each.id: values.get(_key(number, each)) for each in questions}
    return {question: answer for question, answer in given.items() if answer}


def _fields(
    number: int, kind: str, questions: Sequence[Question], name: str
) -> Iterator[Field[Any]]:
    label = _("{number}. {ticket}: name", number=number + 1, ticket=plain(kind, limit=24))
    yield TextField(f"name-{number}", label, value=name, required=True)
    told = _("Where changes are told; may stay empty")
    yield TextField(f"email-{number}", _("E-mail"), help=told)
    for question in questions:
        yield _field(_key(number, question), question)


def _field(key: str, question: Question) -> Field[Any]:
    label = plain(question.text, limit=120) + (" *" if question.required else "")
    if question.kind is QuestionKind.CHOICE:
        return ChoiceField(key, label, [(each, each) for each in question.choices])
    if question.kind is QuestionKind.YES_NO:
        return ChoiceField(key, label, [(YES, _("Yes")), (NO, _("No"))])

    return TextField(key, label, required=question.required, max_length=1000, check=question.clean)


def _key(number: int, question: Question) -> str:
    return f"answer-{number}-{question.id.hex}"
