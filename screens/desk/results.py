"""Search results at the desk: whom a typed line may mean."""

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from eventdesk.booking import TicketView
from eventdesk.core.ids import codes_near, read_code
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain


class Results(OptionList, can_focus=False):
    """Shows the tickets that a text was found in, the likeliest first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.found: list[TicketView] = []
        self.found_for = ""

    def offer(self, typed: str, found: list[TicketView]) -> None:
        """Show who was found, and mark the first unless it is a guess; "" hides the list."""
        self.found, self.found_for = found, typed
        self.screen.set_class(bool(typed), "-searching")
        self.clear_options()
        self.add_options([Option(_line(ticket)) for ticket in found])
        self.highlighted = 0 if found and not is_guess(typed, found) else None
        if typed and not found:
            words = _(
                "Nobody found for “{typed}”.\n"
                "Try part of the name, the e-mail or the booking code.",
                typed=plain(typed, limit=40),
            )
            self.add_option(Option(Content(words), disabled=True))

    @property
    def marked(self) -> TicketView | None:
        """The ticket that is marked."""
        at = self.highlighted
        return self.found[at] if at is not None and at < len(self.found) else None


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
