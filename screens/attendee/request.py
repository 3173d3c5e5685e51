"""Asking for tickets while requests are collected for the hour of opening."""

from typing import TYPE_CHECKING, Any

from eventdesk.booking.booking import NewBooking
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.events.opening_hour import RequestView
from eventdesk.sales.pricing import Quote
from eventdesk.waiting.queue import ask
from screens.attendee.people_dialog import ask_who_comes
from screens.attendee.prices import total_in_words
from screens.widgets.form import YesNoField

if TYPE_CHECKING:
    from screens.attendee.book_screen import BookScreen


def is_collecting(screen: "BookScreen") -> bool:
    """Whether the event collects requests now instead of selling."""
    rules = screen.event.rules
    if rules.queue_from is None or rules.queue_until is None:
        return False
    return rules.queue_from <= screen.tools.now() < rules.queue_until


async def make_request(screen: "BookScreen", quote: Quote) -> RequestView | None:
    """Ask who comes and make the request; None when it was given up."""
    until = screen.event.rules.queue_until
    assert until is not None
    tickets = sum(line.count for line in quote.lines)

    async def send(booking: NewBooking, values: dict[str, Any]) -> RequestView:
        return await screen.tools.desk.write(
            ask,
            screen.actor,
            screen.event.id,
            booking,
            partly=bool(values.get("partly")),
            access_code=screen.access_code,
        )

    when = spoken(until, screen.event.time_zone)
    order = "taken in the order in which they came"
    if screen.event.rules.queue_by_lot:
        order = "drawn by lot; being first is no advantage"
    explanation = (
        f"{plain(screen.event.name)}: {total_in_words(quote)}. Requests are collected until "
        f"{when} and then {order}."
    )
    more = [YesNoField("partly", "Fewer tickets are welcome too")] if tickets > 1 else []
    view = await ask_who_comes(
        screen,
        quote,
        [None] * tickets,
        send,
        explanation=explanation,
        confirm="Ask for them",
        more=more,
    )
    if view is not None:
        screen.notify(
            f"✓ Your request is in. After {when} a notice tells you what came of it.",
            markup=False,
        )
    return view
