"""The dialog for a ticket's seat: by its label, or on the plan; a taken one is swapped."""

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding

from eventdesk.booking import TicketView
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.seating import SeatView, SectionPlan, move_seat, plan_with_names, swap_seats
from screens.core.messages import StoreChanged
from screens.core.station import Place, Tools
from screens.desk.desk_dialog import DeskDialog
from screens.desk.scan_input import LineInput
from screens.modals.questions import YesNo
from screens.widgets.seat_plan import SeatPlan

NONE_WORDS = frozenset({"-", "none"})
"""What takes a seat away."""


class SeatDialog(DeskDialog[str]):
    """Asks which seat a ticket gets; dismissed with a sentence about it."""

    HOLDS_FOCUS = False
    KEYS = msg("Enter gives the seat, or swaps · - takes it away · Tab: the plan · Esc back")
    BINDINGS = [
        # On the plan the arrows go from seat to seat, so they are no keys of the dialog's list.
        Binding("tab", "turn", "Plan", priority=True, show=False)
    ]

    def __init__(
        self, tools: Tools, place: Place, ticket: TicketView, sections: list[SectionPlan]
    ) -> None:
        name = plain(ticket.name, limit=60)
        words = _("{name} has no seat yet.", name=name)
        if ticket.seat:
            words = _("{name} sits on {seat}.", name=name, seat=plain(ticket.seat))
        super().__init__(_("Another seat"), words)
        self.tools, self.place, self.ticket = tools, place, ticket
        self.sections = sections

    def compose_below(self) -> ComposeResult:
        """Lay out the plan."""
        yield SeatPlan(self.sections, pickable=("free", "taken"), most=1)

    def make_line(self) -> LineInput:
        """Make the line for the seat's label."""
        return LineInput(max_length=300, placeholder=_("Such as A-12"))

    @property
    def seats(self) -> list[SeatView]:
        """All seats of the event."""
        return [seat for section in self.sections for seat in section.seats]

    def action_turn(self) -> None:
        """Give the keyboard to the plan, or back to the line."""
        if self.line.has_focus:
            self.query_one(SeatPlan).focus()
        else:
            self.line.focus()

    @on(SeatPlan.Toggled)
    def choose(self, message: SeatPlan.Toggled) -> None:
        """Take the seat that was chosen on the plan."""
        message.stop()
        self.query_one(SeatPlan).clear()
        self.give(message.seat)

    def end(self, text: str) -> object:
        """Take the seat that is called so."""
        if text.casefold() in NONE_WORDS:
            self.give(None)
            return None
        wanted = _spelled(text)
        seat = next((each for each in self.seats if _spelled(each.label) == wanted), None)
        if seat is not None:
            self.give(seat)
        elif text:
            self.say(_("There is no seat {text}.", text=text))
        else:
            self.say(_("Type a seat, such as A-12, or press Tab to choose one on the plan."))
        return None

    @work(exclusive=True, group="seat", exit_on_error=False)
    async def give(self, seat: SeatView | None) -> None:
        """Move the ticket to a seat, swap it with who sits there, or take the seat away."""
        try:
            if seat is not None and seat.ticket_id not in (None, self.ticket.id):
                said = await self._swap(seat)
            else:
                label = await self.tools.desk.write(
                    move_seat, self.place.actor, self.ticket.id, None if seat is None else seat.id
                )
                said = (
                    _("{name} sits on {label}", name=self.ticket.name, label=label)
                    if label
                    else _("The seat is free again")
                )
        except EventDeskError as error:
            self.say_error(error)
            return
        if said:
            self.dismiss(said)

    async def _swap(self, seat: SeatView) -> str:
        assert seat.ticket_id is not None
        other = plain(seat.holder_name, limit=60)
        if not self.ticket.seat:
            self.say(_("{other} sits there. Choose a free seat.", other=other))
            return ""
        question = YesNo(
            _("Swap the seats?"),
            _(
                "{other} moves to {seat}, {name} to {label}.",
                other=other,
                seat=plain(self.ticket.seat),
                name=plain(self.ticket.name, limit=60),
                label=plain(seat.label),
            ),
            yes=_("Swap"),
        )
        if not await self.app.push_screen_wait(question):
            return ""
        mine, theirs = await self.tools.desk.write(
            swap_seats, self.place.actor, self.ticket.id, seat.ticket_id
        )
        return _(
            "{name} sits on {mine}, {holder_name} on {theirs}",
            name=self.ticket.name,
            mine=mine,
            holder_name=seat.holder_name,
            theirs=theirs,
        )

    @on(StoreChanged)
    async def show_plan(self) -> None:
        """Read the plan again: somebody may have taken or left a seat."""
        self.sections = await self.tools.desk.read(
            plan_with_names, self.place.actor, self.place.event.id
        )
        self.query_one(SeatPlan).put(self.sections)


def _spelled(label: str) -> str:
    """A label without what people leave away.

    >>> _spelled("a 12") == _spelled("A-12")
    True
    """
    return "".join(char for char in label.casefold() if char.isalnum())
