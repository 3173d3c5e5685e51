"""Words for bookings and tickets: states with a sign, costs, deadlines."""

from datetime import datetime
from typing import Final

from eventdesk.booking.booking import (
    BookingDetail,
    BookingLine,
    Cancelled,
    TicketLine,
    UpgradeChoice,
    Upgraded,
)
from eventdesk.core.formats import money
from eventdesk.core.messages import Message, _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.core.wall_clock import spoken

WAITING: Final = "waiting"

BOOKING_STATES: Final[dict[str, tuple[Message, Tone]]] = {
    "paid": (msg("✓ paid"), "good"),
    "pending": (msg("! unpaid"), "warning"),
    WAITING: (msg("! to approve"), "warning"),
    "cancelled": (msg("✗ cancelled"), "faint"),
    "expired": (msg("✗ expired"), "faint"),
}
"""Words and tone of each state."""

OWN_STATES: Final[dict[str, tuple[Message, Tone]]] = {
    "paid": (msg("✓ paid"), ""),
    "pending": (msg("! to pay"), "warning"),
    WAITING: (msg("… waits for approval"), "warning"),
    "cancelled": (msg("✗ cancelled"), "faint"),
    "expired": (msg("✗ not paid in time"), "faint"),
}
"""Words and tone of each state for who booked."""

PART_PAID: Final = msg("! part-paid")


def state_of(line: BookingLine) -> str:
    """The state of a booking as lists tell it apart."""
    live = line.state in ("paid", "pending")
    return WAITING if live and not line.approved else line.state


def is_part_paid(line: BookingLine) -> bool:
    """Whether some of what a booking costs came in, and some is due."""
    return state_of(line) == "pending" and 0 < line.due.minor < line.total.minor


def own_state(line: BookingLine) -> tuple[Message, Tone]:
    """The state of a booking for who booked, and its tone."""
    waits = line.state == "pending" and not line.approved
    words, tone = OWN_STATES[WAITING if waits else line.state]
    return (PART_PAID if is_part_paid(line) else words), tone


def state_words(line: BookingLine, time_zone: str) -> str:
    """The state of a booking, with its deadline."""
    words = str(PART_PAID if is_part_paid(line) else BOOKING_STATES[state_of(line)][0])
    if line.state == "pending" and line.approved and line.expires_at is not None:
        return _(
            "{state}, due until {until}", state=words, until=spoken(line.expires_at, time_zone)
        )
    return words


def summary(detail: BookingDetail, now: datetime) -> str:
    """A booking in a few lines, above its tickets."""
    line = detail.line
    address = f" <{line.email}>" if line.email else ""
    made = _("booked {at}", at=spoken(line.created_at, detail.time_zone))
    parts = [_("Total {total}", total=line.total)]
    if detail.kept.minor:
        parts.append(_("fees kept {kept}", kept=detail.kept))
    if detail.paid.minor:
        parts.append(_("paid {paid}", paid=detail.paid))
    if detail.refunded.minor:
        parts.append(_("back {refunded}", refunded=detail.refunded))
    if line.due.minor > 0:
        parts.append(_("due {due}", due=line.due))
    if line.credit.minor:
        parts.append(_("{amount} too much", amount=line.credit))
    if detail.discount_code:
        parts.append(_("code {code}", code=detail.discount_code))
    lines = [
        plain(f"{line.code} · {line.name}{address} · {detail.event_name}", limit=300),
        f"{state_words(line, detail.time_zone)} · {made}"
        + (f" · {line.source}" if line.source else ""),
        plain(" · ".join(parts), limit=300),
    ]
    if line.state in ("paid", "pending") and now <= detail.cancel_until:
        until = spoken(detail.cancel_until, detail.time_zone)
        lines.append(_("May be cancelled by its owner until {until}.", until=until))
    if detail.note:
        lines.append(plain(_("Note: {note}", note=" ".join(detail.note.split())), limit=400))
    return "\n".join(lines)


def ticket_words(ticket: TicketLine) -> str:
    """Facts that the list of tickets has no room for: address, line below the name, answers."""
    facts = [f"{ticket.code}", ticket.email, ticket.line_two]
    head = plain(" · ".join(filter(None, facts)), limit=300)
    answers = [
        plain(f"{question} {' '.join(value.split())}", limit=300)
        for question, value in ticket.answers
    ]
    return "\n".join([head, *answers])


def ticket_state(ticket: TicketLine, line: BookingLine) -> tuple[str, Tone]:
    """The state of a ticket of a booking as lists show it, and its tone."""
    if ticket.given:
        return _("✓ donation, lets nobody in"), ""
    if not ticket.valid:
        return (_("✗ expired") if ticket.state == "expired" else _("✗ cancelled")), "faint"
    if ticket.admitted:
        return _("✓ was let in"), "good"
    if state_of(line) == WAITING:
        return str(OWN_STATES[WAITING][0]), "warning"
    return (_("! valid once paid"), "warning") if line.state == "pending" else (_("valid"), "")


def cancel_words(figures: Cancelled) -> str:
    """The effects of a cancellation, in words."""
    words = [_n("{count} ticket is cancelled.", "{count} tickets are cancelled.", figures.tickets)]
    if figures.kept.minor:
        words.append(_("{kept} are kept as a fee.", kept=figures.kept))
    if figures.refunded.minor:
        words.append(_("{refunded} go back.", refunded=figures.refunded))
    elif not figures.kept.minor:
        words.append(_("Nothing was paid, so nothing goes back."))
    return " ".join(words)


def upgraded_words(upgraded: Upgraded, time_zone: str) -> str:
    """Say what comes after an upgrade."""
    if upgraded.due.minor and upgraded.pay_until is not None:
        return _(
            "{due} are due until {until}.",
            due=upgraded.due,
            until=spoken(upgraded.pay_until, time_zone),
        )
    if upgraded.due.minor:
        return _("{due} are due.", due=upgraded.due)
    if upgraded.difference.minor < 0:
        return _("What was paid too much goes back.")
    return _("Nothing is due.")


def choice_words(choice: UpgradeChoice) -> str:
    """Another type for a ticket, what it costs more or less, and how many are left."""
    more = choice.difference
    words = money(more) if more.minor < 0 else f"+{money(more)}"
    facts = [f"{choice.name}: {words if more.minor else _('same price')}"]
    if choice.left is not None:
        facts.append(_("{left} left", left=choice.left) if choice.left else _("sold out"))
    return ", ".join(facts)
