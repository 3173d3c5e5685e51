"""Search results at the desk: whom a typed line may mean."""

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from eventdesk.booking import TicketView
from eventdesk.core.ids import codes_near, read_code
from eventdesk.core.plain_text import plain
from screens.core.meant_enter import Moment
from screens.desk.on_show import Doubt


class Results(Moment, OptionList, can_focus=False):
    """Shows the tickets that a text was found in, the likeliest first.

    Attributes:
        is_chosen: Whether somebody moved the mark in this list.
        is_asked: Whether Enter was pressed once for somebody who may not be meant.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.found: list[TicketView] = []
        self.found_for = ""
        self.is_chosen = self.is_asked = False

    def offer(self, typed: str, found: list[TicketView], *, asked: bool = False) -> None:
        """Show who was found, and mark the first unless it is a guess."""
        self.found, self.found_for = found, typed
        self.is_chosen, self.is_asked = False, asked
        self.asks_anew()
        self.screen.set_class(bool(found), "-searching")
        self.clear_options()
        self.add_options([Option(_line(ticket)) for ticket in found])
        self.highlighted = 0 if found and not is_guess(typed, found) else None

    def move(self, step: int) -> None:
        """Mark the one above or below."""
        self.is_chosen = bool(self.found)
        if step < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()

    def takes(self, pressed_s: float) -> bool:
        """Whether Enter pressed then means the marked one.

        Where several match, somebody has to have seen who is marked; where the one who matches
        may not be meant, Enter asks once first.
        """
        is_meant = self.is_meant(pressed_s)
        if self.doubt is not None:
            if not self.is_asked:
                self.is_asked = True
                self.asks_anew()
                return False
            return is_meant
        return is_meant or self.is_chosen or is_exact(self.found_for, self.found)

    @property
    def doubt(self) -> Doubt | None:
        """Why the marked one may not be meant; None where somebody chose them."""
        marked = self.marked
        if marked is None or not marked.is_doubtful or self.is_chosen:
            return None
        return Doubt(self.found_for, self.is_asked)

    def renew(self, found: list[TicketView]) -> None:
        """Show how those who are listed stand now."""
        fresh = {ticket.id: ticket for ticket in found}
        for place, ticket in enumerate(self.found):
            now = fresh.get(ticket.id, ticket)
            if now != ticket:
                self.found[place] = now
                self.replace_option_prompt_at_index(place, _line(now))

    @property
    def marked(self) -> TicketView | None:
        """The ticket that is marked."""
        at = self.highlighted
        return self.found[at] if at is not None and at < len(self.found) else None


def is_exact(typed: str, found: list[TicketView]) -> bool:
    """Whether a text can mean nobody but the first who was found, or the booking of that ticket."""
    if len(found) == 1:
        return True
    code, text = read_code(typed), typed.casefold()
    if code in (found[0].code, found[0].booking_code):
        return True
    whole = [each for each in found if text in (each.name.casefold(), each.seat.casefold())]
    return whole == found[:1]


def is_guess(typed: str, found: list[TicketView]) -> bool:
    """Whether somebody was found by a code that is not theirs but near it; they must be chosen."""
    code = read_code(typed)
    near = codes_near(code) if found else set()
    codes = {each for ticket in found for each in (ticket.code, ticket.booking_code)}
    return any(each in near and not each.startswith(code) for each in codes)


def _line(ticket: TicketView) -> Content:
    sign = "✓" if ticket.inside else "✗" if ticket.cancelled or ticket.blocked_note else "○"
    details = "  ".join(plain(part) for part in (ticket.ticket_type, ticket.seat) if part)
    return Content.assemble(f"{sign} {plain(ticket.name, limit=60)}  ", (details, "$faint"))
