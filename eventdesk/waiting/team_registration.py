"""Registration by the team: named people get the best seats together, the rest the waitlist."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
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
    tickets_of_people,
    who_is,
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


class Without(StrEnum):
    """Why somebody was neither booked nor put on the waitlist."""

    HAS_TICKET = "has_ticket"
    """Somebody with this name and e-mail address has a ticket of this event already."""
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True)
class Registered:
    """What one person got: a ticket, a place on the waitlist, or nothing.

    Attributes:
        booked: The booking of the ticket; None where there is none.
        ticket_code: The code of the ticket, or of the one that the person has already; else "".
        seat: The label of the seat; "" is none.
        place: Place on the waitlist, from 1; None with a ticket or an offer.
        without: Why the person got nothing; None who got something.
    """

    name: str
    email: str
    booked: Booked | None
    ticket_code: str = ""
    seat: str = ""
    place: int | None = None
    without: Without | None = None

    @property
    def waits(self) -> bool:
        """Whether the person is on the waitlist."""
        return self.booked is None and self.without is None


@writes(Permission.TICKETS, Permission.DOOR, about="event_id")
def register(
    act: Act,
    event_id: UUID,
    bookings: Sequence[NewBooking],
    *,
    force: bool = False,
    waitlist: bool = False,
    partly: bool = False,
    again: bool = False,
) -> list[Registered]:
    """Register people: tickets for a section get its best free seats, side by side.

    Who has a ticket of this event already is passed over, so that the same people may be
    registered twice. All others get a ticket or nobody does; with `waitlist` or `partly` the first
    ones get what there is.

    Args:
        bookings: The people and their tickets; a ticket whose seat is chosen keeps it.
        force: Whether to let more in than planned; the audit keeps it.
        waitlist: Whether people without a place are put on the waitlist.
        partly: Whether people without a place are only named.
        again: Whether to book for people who have a ticket already, too.

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
    known = {} if again else _known(act, event_id, bookings, tickets)
    asked = [at for at in range(len(tickets)) if at not in known]
    fit = set(asked)
    if (waitlist or partly) and not force:
        fit = _fitting(act, event_id, tickets, asked)
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
        if at in known:
            one = Registered(ticket.name, ticket.email, None, known[at])
            answer.append(replace(one, without=Without.HAS_TICKET))
            continue
        if at not in fit and waitlist:
            answer.append(_put_on_waitlist(act, event_id, ticket))
            continue
        if at not in fit:
            without = Without.NO_PLACE
            answer.append(Registered(ticket.name, ticket.email, None, without=without))
            continue
        code = booked[number].ticket_codes[taken[number]]
        taken[number] += 1
        seat = labels.get(at, ticket.seat)
        answer.append(Registered(ticket.name, ticket.email, booked[number], code, seat))
    return answer


def _known(
    act: Act,
    event_id: UUID,
    bookings: Sequence[NewBooking],
    tickets: Sequence[tuple[int, NewTicket]],
) -> dict[int, str]:
    """The positions of people who have a ticket already, with its code; a donation is none.

    Who is named twice needs two tickets to be passed over twice.
    """
    admits = admits_of(act.connection, event_id)
    people = {
        at: who_is(ticket.name, ticket.email or bookings[number].email)
        for at, (number, ticket) in enumerate(tickets)
        if admits.get(ticket.ticket_type_id) != 0
    }
    codes = tickets_of_people(act.connection, event_id, people.values())
    left = {who: iter(had) for who, had in codes.items()}
    known = {at: next(left[who], "") for at, who in people.items() if who in left}
    return {at: code for at, code in known.items() if code}


def _fitting(
    act: Act, event_id: UUID, tickets: Sequence[tuple[int, NewTicket]], asked: Sequence[int]
) -> set[int]:
    """The positions, of those asked for, that there are places for, the first ones first.

    A donation takes no place and always fits, and of packages only whole ones of a booking do.
    """
    admits = admits_of(act.connection, event_id)
    types = [ticket.ticket_type_id for _, ticket in tickets]
    given = {at for at in asked if admits.get(types[at]) == 0}
    kept = [at for at in asked if at not in given]
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
