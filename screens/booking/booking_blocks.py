"""A booking, a ticket and an entry of a waitlist as blocks of a detail."""

from collections.abc import Iterable
from datetime import datetime

from eventdesk.booking import BookingDetail, MyTicket, TicketLine, state_words, ticket_state
from eventdesk.core.formats import money
from eventdesk.core.messages import _
from eventdesk.core.money import Money
from eventdesk.core.wall_clock import spoken, spoken_period
from screens.widgets.detail import Block


def booking_blocks(detail: BookingDetail, now: datetime) -> list[Block]:
    """What a booking costs and who is on it, as its screen shows it."""
    return [_sums(detail, now), Block(_holders(detail, detail.tickets), _("Tickets"))]


def ticket_blocks(detail: BookingDetail, ticket: TicketLine, now: datetime) -> list[Block]:
    """One ticket with its answers, then its booking and who else is on it."""
    others = [each for each in detail.tickets if each.id != ticket.id]
    return [
        Block(
            [
                (_("Line below the name"), ticket.line_two),
                (_("Door"), ticket_state(ticket, detail.line)[0]),
                (_("Price"), money(ticket.price) if ticket.price.minor else _("free")),
            ]
        ),
        Block(ticket.answers, _("Answers")),
        _sums(detail, now),
        Block(_holders(detail, others), _("On the same booking")),
    ]


def own_ticket_blocks(ticket: MyTicket) -> list[Block]:
    """A ticket as its holder sees it."""
    when = spoken_period(ticket.starts_at, ticket.ends_at, ticket.time_zone)
    code = f"! {ticket.why_no_code}" if ticket.why_no_code else ""
    return [
        Block(
            [
                (_("Until"), when),
                (_("Where"), ticket.where),
                (_("Line below the name"), ticket.line_two),
                ("", code),
            ]
        )
    ]


def _sums(detail: BookingDetail, now: datetime) -> Block:
    line, zone = detail.line, detail.time_zone
    live = line.state in ("paid", "pending")
    facts = [
        (_("State"), state_words(line, zone)),
        (_("Name"), line.name),
        (_("E-mail"), line.email),
        (_("Booked"), spoken(line.created_at, zone)),
        (_("By"), line.source),
        (_("Total"), money(line.total) if line.total.minor else _("free")),
        (_("Fees kept"), _sum(detail.kept)),
        (_("Paid"), _sum(detail.paid)),
        (_("Given back"), _sum(detail.refunded)),
        (_("Due"), _sum(line.due)),
        (_("Discount code"), detail.discount_code),
        (_("Note"), detail.note),
    ]
    if live and now <= detail.cancel_until:
        until = spoken(detail.cancel_until, zone)
        facts.append(("", _("May be cancelled by its owner until {until}.", until=until)))
    return Block(facts, _("Booking {code}", code=line.code))


def _sum(amount: Money) -> str:
    return money(amount) if amount.minor else ""


def _holders(detail: BookingDetail, tickets: Iterable[TicketLine]) -> list[tuple[str, str]]:
    told = []
    for each in tickets:
        state, _tone = ticket_state(each, detail.line)
        told.append(("", " · ".join(filter(None, (each.name, each.ticket_type, each.seat, state)))))
    return told
