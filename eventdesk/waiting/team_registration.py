"""Registration by the team: named people get the best seats together, the rest the waitlist."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from data.schema import TicketTypeRow
from eventdesk.acts import Act, Permission, writes
from eventdesk.booking import (
    Booked,
    NewBooking,
    NewTicket,
    book_all,
    expire_due,
    need_force,
    need_sound,
    note_booked,
)
from eventdesk.core.errors import InvalidInputError, SoldOutError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.sales import need_places
from eventdesk.seating import best_block, best_split, seat_views
from eventdesk.waiting.queue import admits_of
from eventdesk.waiting.waitlist import need_full_type, who
from eventdesk.waiting.waitlist_entries import add_entry, open_entry, place_of, which
from eventdesk.waiting.waitlist_offers import lapse_offers


@dataclass(frozen=True, slots=True)
class Registered:
    """What one person got: a ticket, or a place on the waitlist.

    Attributes:
        booked: The booking of the ticket; None on the waitlist.
        ticket_code: The code of the ticket; "" on the waitlist.
        seat: The label of the seat; "" is none.
        place: Place on the waitlist, from 1; None with a ticket or an offer.
    """

    name: str
    email: str
    booked: Booked | None
    ticket_code: str = ""
    seat: str = ""
    place: int | None = None

    @property
    def waits(self) -> bool:
        """Whether the person is on the waitlist."""
        return self.booked is None


@writes(Permission.TICKETS, Permission.DOOR, about="event_id")
def register(
    act: Act,
    event_id: UUID,
    bookings: Sequence[NewBooking],
    *,
    force: bool = False,
    waitlist: bool = False,
) -> list[Registered]:
    """Register people: tickets for a section get its best free seats, side by side.

    Without `waitlist` all of them get a ticket or nobody does. With it the first ones get what
    there is, and the others wait for their ticket type.

    Args:
        bookings: The people and their tickets; a ticket whose seat is chosen keeps it.
        force: Whether to let more in than planned; the audit keeps it.
        waitlist: Whether people without a place are put on the waitlist.

    Returns:
        What each ticket got, in the order of `bookings`.

    Raises:
        InvalidInputError: As `registration.book`; or somebody who is to wait has no address, or
            the type has no waitlist.
        SalesError: Sold out, a wrong code, or a seat that is taken.
    """
    need_force(act.actor, force)
    need_sound(bookings)
    act.need(event_id, Permission.TICKETS, Permission.DOOR)
    if force:
        act.need(event_id, Permission.TICKETS)
    expire_due(act, event_id)
    lapse_offers(act, event_id)
    tickets = [(at, ticket) for at, new in enumerate(bookings) for ticket in new.tickets]
    fit = set(range(len(tickets)))
    if waitlist and not force:
        fit = _fitting(act, event_id, tickets)
    kept = {at: ticket for at, (_, ticket) in enumerate(tickets) if at in fit}
    seated, labels = _seated(act, event_id, kept)
    made = [
        (number, replace(new, tickets=tuple(seated[at] for at in its)))
        for number, new in enumerate(bookings)
        if (its := [at for at, (of, _) in enumerate(tickets) if of == number and at in fit])
    ]
    new = [each for _, each in made]
    done = book_all(act, event_id, new, force=force)
    if done:
        note_booked(act, event_id, done, force=force)
    booked = {number: one for (number, _), one in zip(made, done, strict=True)}
    taken: Counter[int] = Counter()
    answer = []
    for at, (number, ticket) in enumerate(tickets):
        if at not in fit:
            answer.append(_put_on_waitlist(act, event_id, ticket))
            continue
        code = booked[number].ticket_codes[taken[number]]
        taken[number] += 1
        seat = labels.get(at, ticket.seat)
        answer.append(Registered(ticket.name, ticket.email, booked[number], code, seat))
    return answer


def _fitting(act: Act, event_id: UUID, tickets: Sequence[tuple[int, NewTicket]]) -> set[int]:
    """The positions of the tickets that there are places for, the first ones first.

    A donation takes no place and always fits, and of packages only whole ones of a booking do.
    """
    admits = admits_of(act.connection, event_id)
    types = [ticket.ticket_type_id for _, ticket in tickets]
    given = {at for at, kind in enumerate(types) if admits.get(kind) == 0}
    kept = [at for at in range(len(tickets)) if at not in given]
    while kept:
        wanted = Counter(types[at] for at in kept)
        try:
            need_places(act, event_id, wanted)
        except SoldOutError as error:
            of_all = error.ticket_type_id is None
            meant = [at for at in kept if of_all or types[at] == error.ticket_type_id]
            kept = sorted(set(kept).difference(meant[error.left :]))
            kept = _whole(
                kept, [(number, ticket.ticket_type_id) for number, ticket in tickets], admits
            )
        else:
            break
    return given.union(kept)


def _whole(
    positions: Sequence[int], of: Sequence[tuple[int, UUID]], admits: Mapping[UUID, int]
) -> list[int]:
    """The positions without those of a package that is not whole in its booking."""
    count = Counter(of[at] for at in positions)
    seen: Counter[tuple[int, UUID]] = Counter()
    kept = []
    for at in positions:
        seen[of[at]] += 1
        if seen[of[at]] <= count[of[at]] - count[of[at]] % admits[of[at][1]]:
            kept.append(at)
    return kept


def _seated(
    act: Act, event_id: UUID, tickets: Mapping[int, NewTicket]
) -> tuple[dict[int, NewTicket], dict[int, str]]:
    """Choose seats for the tickets of sections, as many as are free; with the seats' labels."""
    types = {ticket.ticket_type_id for ticket in tickets.values()}
    with_section = select(TicketTypeRow.id, TicketTypeRow.section_id).where(
        TicketTypeRow.id.in_(types), TicketTypeRow.section_id.is_not(None)
    )
    section_of = {row.id: row.section_id for row in act.connection.execute(with_section)}
    seated, labels = dict(tickets), {}
    for section_id in dict.fromkeys(section_of.values()):
        party = [
            at
            for at, ticket in tickets.items()
            if section_of.get(ticket.ticket_type_id) == section_id
            and ticket.seat_id is None
            and not ticket.seat
        ]
        chosen = {each.seat_id for each in tickets.values() if each.seat_id is not None}
        seats = [
            replace(seat, state="taken") if seat.id in chosen else seat
            for seat in seat_views(act, event_id, None, section_id=section_id)
        ]
        count = min(len(party), sum(seat.free for seat in seats))
        if not count:
            continue
        block = best_block(seats, count)
        groups = (block,) if block else best_split(seats, count)
        free = [seat for group in groups for seat in group]
        for at, seat in zip(party, free, strict=False):
            seated[at] = replace(tickets[at], seat_id=seat.id)
            labels[at] = seat.label
    return seated, labels


def _put_on_waitlist(act: Act, event_id: UUID, ticket: NewTicket) -> Registered:
    if "@" not in ticket.email:
        raise InvalidInputError(
            msg("{name} would wait, and has no e-mail address.", name=plain(ticket.name)),
            hint=msg("Write the address behind the name, after a comma."),
        )
    account_id, name, email = who(act, event_id, ticket.name, ticket.email)
    of_type = which(ticket.ticket_type_id, None)
    entry = open_entry(act.connection, account_id, email, of_type)
    if entry is not None:
        return Registered(name, email, None, place=place_of(act.connection, entry))
    need_full_type(act, event_id, ticket.ticket_type_id)
    view = add_entry(
        act,
        event_id,
        ticket_type_id=ticket.ticket_type_id,
        session_id=None,
        account_id=account_id,
        name=name,
        email=email,
    )
    return Registered(name, email, None, place=view.place)
