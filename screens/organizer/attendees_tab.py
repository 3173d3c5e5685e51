"""The attendees of an event: every ticket with its holder."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.acts import Permission
from eventdesk.booking import (
    BOOKING_STATES,
    AttendeeLine,
    block,
    booking_detail,
    list_attendees,
    unblock,
)
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.exchange import Listing
from eventdesk.keeping import export_guest
from eventdesk.mailing import last_mail
from screens.accounts.erasing import erase_dialog
from screens.booking.booking_blocks import ticket_blocks
from screens.booking.booking_screen import BookingScreen
from screens.booking.ticket_dialogs import answers_dialog, name_dialog
from screens.core.parts_screen import PartsScreen
from screens.modals.questions import TextQuestion
from screens.organizer.mails_screen import mail_block
from screens.organizer.tab import EventPart, act_on
from screens.widgets.detail import Block
from screens.widgets.paged_table import Column, Line, PagedTable, view_of

BLOCKED: Final[tuple[Message, Tone]] = (msg("✗ blocked"), "warning")
"""How a blocked ticket is shown, and its tone."""


class AttendeesTab(EventPart):
    """Lists everybody who has a ticket."""

    NEEDS = Permission.TICKETS
    EXPORTS = Listing.ATTENDEES
    HELP = (
        "Type / to search by name, also with typos, e-mail, code or seat. Enter opens the booking "
        "of the marked one. B blocks a ticket at every door, with a note for staff, or takes it "
        "again. D saves all that is held about a guest without an account, and Delete erases one "
        "when the event is over."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "to_bookings", "Bookings", show=False, tooltip="Go where people register"),
        Binding("e", "rename", "Name", tooltip="Correct the name and the line below it"),
        Binding("a", "answers", "Answers", tooltip="Show and correct the answers"),
        Binding("b", "block", "Block", tooltip="Refuse the ticket at every door, or take it again"),
        Binding("d", "take_data", "Data", tooltip="Save all that is held about the guest"),
        Binding("delete", "erase", "Erase", tooltip="Erase a guest who has no account"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self.source(list_attendees, _line),
            Column(_("Name")),
            Column(_("Ticket"), width=14),
            Column(_("Seat"), width=8, least=66),
            Column(_("State"), width=12),
            Column(_("Code"), width=8, least=76),
            Column(_("E-mail"), width=32, least=120),
            detail=self._detail,
            empty=_(
                "Nobody has a ticket yet. Press N to go to the bookings and register people, "
                "or publish the event so that they book themselves."
            ),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is held about a guest is for who runs the event."""
        if action in ("take_data", "erase"):
            return self.actor.may(Permission.EVENT)
        return super().check_action(action, parameters)

    def action_to_bookings(self) -> None:
        """Go to the bookings of the event."""
        assert isinstance(self.screen, PartsScreen)
        self.screen.open_part("bookings", enter=True)

    async def _detail(self, line: Line) -> list[Block]:
        one = view_of(line, AttendeeLine)
        if one is None:
            return []
        detail = await self.desk.read(booking_detail, one.booking_id)
        blocked = Block([("", f"✗ {one.blocked_note}" if one.blocked_note else "")], _("Blocked"))
        ticket = next((each for each in detail.tickets if each.id == one.ticket_id), None)
        known = [] if ticket is None else ticket_blocks(detail, ticket, self.tools.now())
        mail = await self.desk.read(last_mail, one.ticket_id)
        return [blocked, *known, *([] if mail is None else [mail_block(mail, self.at)])]

    @on(PagedTable.Chosen)
    def open_booking(self, message: PagedTable.Chosen) -> None:
        """Show the booking of an attendee."""
        attendee = view_of(message.line, AttendeeLine)
        if attendee is not None:
            self.app.push_screen(BookingScreen(self.tools, self.actor, attendee.booking_id))

    @act_on(AttendeeLine)
    async def action_rename(self, one: AttendeeLine) -> None:
        """Correct a name."""
        said = {"name": one.name, "line_two": one.line_two}
        await self.ask(name_dialog(self.tools, self.actor, one.ticket_id, **said))

    @act_on(AttendeeLine)
    async def action_answers(self, one: AttendeeLine) -> None:
        """Show and correct answers."""
        dialog = await answers_dialog(self.tools, self.actor, one.ticket_id, one.name)
        if dialog is not None:
            await self.app.push_screen_wait(dialog)
            return
        words = _("Add questions in the part Questions.")
        self.say(words, title=_("This event asks nothing"), warns=True)

    @act_on(AttendeeLine)
    async def action_block(self, one: AttendeeLine) -> None:
        """Block a ticket with a note, or take it again."""
        name = plain(one.name, limit=60)
        if one.blocked_note is None:
            question = TextQuestion(
                _("Block the ticket of {name}?", name=name),
                _("It is refused at every door. Why? Staff see it, the guest does not."),
                confirm=_("Block"),
            )
            if note := await self.app.push_screen_wait(question):
                await self.do(block, one.ticket_id, note=note)
        elif await self.sure(
            _("Take the ticket of {name} again?", name=name),
            _("Blocked: {why}", why=plain(one.blocked_note, limit=200)),
            yes=_("Take it"),
        ):
            await self.do(unblock, one.ticket_id)

    @act_on(AttendeeLine)
    async def action_take_data(self, one: AttendeeLine) -> None:
        """Save everything held about a guest in a file."""
        path = await self.desk.write(export_guest, self.event.id, one.code)
        self.say(plain(_("✓ Saved: {path}", path=path), limit=400))

    @act_on(AttendeeLine)
    async def action_erase(self, one: AttendeeLine) -> None:
        """Erase a guest, who has no account."""
        dialog = await erase_dialog(
            self.tools, self.actor, self.event.id, code=one.code, name=one.name
        )
        if await self.ask(dialog):
            self.say(_("✓ Erased"))


def _line(attendee: AttendeeLine) -> Line:
    said, tone = BOOKING_STATES[attendee.state]
    if attendee.blocked_note is not None and tone != "faint":
        said, tone = BLOCKED
    return Line(
        attendee.ticket_id,
        (
            attendee.name,
            attendee.ticket_type,
            attendee.seat,
            str(said),
            attendee.code,
            attendee.email,
        ),
        "" if tone == "good" else tone,
    )
