"""The part with one's own waitlists, offered places, and requests of opening hours."""

from typing import Any, ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.acts import BEFORE_THE_DAY, Actor
from eventdesk.booking import AnswerView, Booked
from eventdesk.core.booking_states import PENDING
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.events import RequestState, RequestView
from eventdesk.sales import asked_questions
from eventdesk.waiting import (
    EntryState,
    EntryView,
    Going,
    accept,
    leave,
    my_entries,
    my_requests,
    sign_up_for_session,
    withdraw,
)
from screens.booking.booking_screen import BookingScreen
from screens.booking.ticket_dialogs import answer_fields, given_answers
from screens.core.part import Part
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


class WaitingScreen(RoleScreen[None]):
    """Shows the part with one's own waitlists."""

    SHOWS = BEFORE_THE_DAY
    ROLE = msg("Waitlist")
    THINGS = ("store",)
    HELP = "Enter takes an offered place; Del leaves the marked waitlist."
    AUTO_FOCUS = "PagedLines"

    def __init__(self, tools: Tools, actor: Actor, entry_id: UUID) -> None:
        super().__init__(tools)
        self.actor, self.heading, self.entry_id = actor, actor.name, entry_id

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield WaitingPart(self.tools, self.actor)

    async def re_read(self) -> None:
        """Read what the person waits for."""
        await super().re_read()
        await self.query_one(WaitingPart).re_read()


class WaitingPart(Part):
    """Lists the waitlists a person is on, what is offered first, and requests not yet taken."""

    HELP = (
        "A freed place is offered to the first in line until a deadline: Enter takes it. Del "
        "takes you off the marked waitlist, or takes a request back."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "leave", "Wait no more", tooltip="Leave the marked waitlist")
    ]

    table = getters.query_one(PagedTable)
    entries: tuple[EntryView, ...] = ()
    requests: tuple[RequestView, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("For")),
            Column(_("Event"), least=60),
            Column(_("You"), 13),
            Column(_("Until"), 22, least=72),
            empty=_(
                "You wait for nothing. When something is sold out, you can join its waitlist "
                "where you book."
            ),
            searchable=False,
        )

    async def re_read(self) -> None:
        """Read what the person waits for."""
        self.entries = tuple(await self.desk.read(my_entries))
        made = await self.desk.read(my_requests)
        self.requests = tuple(each for each in made if each.state is RequestState.WAITING)
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        lines = [_line(entry) for entry in self.entries]
        lines += [_request_line(request) for request in self.requests]
        return window_of(lines, offset, limit)

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="waiting", exit_on_error=False)
    async def take(self, message: PagedTable.Chosen) -> None:
        """Take the offered place."""
        entry = self._entry(message.line.key)
        if entry is None:
            return
        if entry.state is not EntryState.OFFERED:
            words = _(
                "You are number {place}. A notice tells you when a place is free.",
                place=entry.place,
            )
            self.notify(words, title=_("Nothing is offered yet"), markup=False)
        elif entry.session_id is not None:
            await self._take_session(entry.session_id)
        else:
            await self._take_ticket(entry)
        await self.re_read()

    async def _take_session(self, session_id: UUID) -> None:
        result = await self.desk.write(sign_up_for_session, session_id)
        if result.going is Going.FREE:
            others = ", ".join(plain(clash.title, limit=40) for clash in result.clashes)
            question = YesNo(
                _("At the same time"),
                _("You are signed up for {others}. Take it?", others=others),
                yes=_("Take it"),
            )
            if not await self.app.push_screen_wait(question):
                return
            await self.desk.write(sign_up_for_session, session_id, despite_conflict=True)
        self.notify(_("✓ The place is yours; it is in your programme."), markup=False)

    async def _take_ticket(self, entry: EntryView) -> None:
        questions = await self.desk.read(
            asked_questions, entry.event_id, ticket_type_id=entry.ticket_type_id
        )
        asked = [AnswerView(question, "") for question in questions]

        async def submit(values: dict[str, Any]) -> Booked:
            answers = {key: value for key, value in given_answers(values, asked).items() if value}
            return await self.desk.write(accept, entry.id, answers=answers)

        parts = (plain(entry.what, limit=60), entry.party, plain(entry.event_name, limit=60))
        what = ", ".join(filter(None, parts))
        title, yes = _("Take {what}?", what=what), _("Take it")
        if asked:
            fields = answer_fields(asked, complete=True)
            dialog = FormDialog(title, fields, submit, confirm=yes)
            booked = await self.app.push_screen_wait(dialog)
        else:
            words = _("It is booked in your name then.")
            if entry.places > 1:
                words = _("They are booked in your name then; other names go into the booking.")
            question = YesNo(title, words, yes=yes)
            agreed = await self.app.push_screen_wait(question)
            booked = await submit({}) if agreed else None
        if booked is not None:
            self.notify(_("✓ Booking {code} is made.", code=booked.code), markup=False)
            if booked.state == PENDING:
                self.app.push_screen(
                    BookingScreen(self.tools, self.actor, booked.booking_id, pay_first=True)
                )

    @work(exclusive=True, group="waiting", exit_on_error=False)
    async def action_leave(self) -> None:
        """Leave the marked waitlist, after a yes."""
        line = self.table.marked
        if line is None:
            return
        entry = self._entry(line.key)
        if entry is None:
            question = YesNo(
                _("Take the request back?"),
                _("You may make another one as long as they are collected."),
                yes=_("Take it back"),
            )
        else:
            question = YesNo(
                _("Wait no more for {what}?", what=plain(entry.what, limit=60)),
                _("Your place in the order is lost then."),
                yes=_("Wait no more"),
            )
        if not await self.app.push_screen_wait(question):
            return
        if entry is None:
            await self.desk.write(withdraw, line.key)
        else:
            await self.desk.write(leave, entry.id)
        await self.re_read()

    def _entry(self, entry_id: UUID) -> EntryView | None:
        return next((entry for entry in self.entries if entry.id == entry_id), None)


def _line(entry: EntryView) -> Line:
    what = ", ".join(filter(None, (entry.what, entry.party)))
    if entry.state is EntryState.OFFERED and entry.offer_until is not None:
        until = spoken(entry.offer_until, entry.time_zone)
        return Line(entry.id, (what, entry.event_name, _("! take it"), until), "warning")
    place = _("… number {place}", place=entry.place)
    return Line(entry.id, (what, entry.event_name, place, ""))


def _request_line(request: RequestView) -> Line:
    what = _n("Request: {count} ticket", "Request: {count} tickets", request.tickets)
    return Line(request.id, (what, request.event_name, _("… to be drawn"), ""))
