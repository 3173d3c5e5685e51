"""Dry run of an import: checks every row of a file against an event."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import BookingRow, EventRow, SeatRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, event_row, need_readable, reads
from eventdesk.booking import (
    FIRST_REVISION,
    MAX_FOREIGN_CODE,
    MIN_FOREIGN_CODE,
    NewBooking,
    NewTicket,
    price_elsewhere,
    read_foreign_code,
    short_codes_among,
    tickets_of_people,
    tickets_with,
    who_is,
)
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _
from eventdesk.core.money import Money
from eventdesk.core.token import looks_like_token
from eventdesk.events import places_taken
from eventdesk.exchange.imports.plan import Alike, DryRun, ImportPlan, Reason, Standing
from eventdesk.exchange.imports.rows import Problems, Row, read_rows, without_twins
from eventdesk.sales import MAX_TYPES, availability, check_answers, questions_for
from eventdesk.tables.encoding import Encoding
from eventdesk.tables.files import open_table


@dataclass(frozen=True, slots=True)
class Kind:
    """A ticket type, there already or to be added."""

    id: UUID
    name: str
    tax_bp: int = 0
    price_minor: int = 0
    new: bool = False


def named_seats(
    connection: Connection, event_id: UUID, rows: Sequence[Row], problems: Problems
) -> dict[str, UUID]:
    """The seats that the file names; each must be in the plan, free, and named once."""
    plan = {
        row.label: row
        for row in connection.execute(
            select(SeatRow.id, SeatRow.label, SeatRow.ticket_id, SeatRow.blocked).where(
                SeatRow.event_id == event_id
            )
        )
    }
    if not plan:
        return {}
    named: dict[str, int] = {}
    for row in rows:
        if not row.seat:
            continue
        seat = plan.get(row.seat)
        before = named.setdefault(row.seat, row.number)
        if seat is None:
            fault = _("The plan has no such seat.")
        elif seat.ticket_id is not None or seat.blocked:
            fault = _("This seat is not free.")
        elif before != row.number or row.count > 1:
            fault = _("Row {before} has this seat already.", before=before)
        else:
            continue
        problems.add(row.number, Reason.BAD_SEAT, fault, row.seat)
    return {label: plan[label].id for label in named if label in plan}


def check_places(
    act: Act, event_id: UUID, rows: Sequence[Row], kinds: Mapping[str, Kind], problems: Problems
) -> None:
    """Note every row without a free place, in the order of the file."""
    standing = availability(act, event_id)
    left: dict[UUID, int | None] = {each.ticket_type_id: each.left for each in standing.values()}
    capacity = act.connection.execute(
        select(EventRow.capacity).where(EventRow.id == event_id)
    ).scalar_one()
    room = None if capacity is None else capacity - places_taken(act, event_id)
    for row in rows:
        kind = kinds.get(row.type_name)
        if kind is None:
            continue
        of_type, fault = left.get(kind.id), ""
        if of_type is not None:
            left[kind.id] = of_type - row.count
        if of_type is not None and of_type < row.count:
            fault = _("No place is left of {name}.", name=kind.name)
        elif room is not None:
            room -= row.count
            if room < 0:
                fault = _("No place is left at this event.")
        if fault:
            problems.add(row.number, Reason.OVER_QUOTA, fault, row.name)


_ROUNDED: Final = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket of an earlier import, with its code in the other system and its revision here."""

    id: UUID
    foreign_code: str | None
    revision: int


def check_codes(
    connection: Connection,
    event_id: UUID,
    rows: Sequence[Row],
    *,
    known: Mapping[int, Known],
    problems: Problems,
) -> None:
    """Note every row whose ticket code cannot open one ticket alone.

    Args:
        rows: Rows that stand for tickets.
        known: Tickets of an earlier import, by the number of their row.
    """
    first: dict[str, Row] = {}
    single = []
    for row in rows:
        if not row.code:
            continue
        if fault := _fault(row):
            problems.add(row.number, Reason.BAD_CODE, fault, row.code)
        elif twin := _twin(row, first.setdefault(row.code.lower(), row)):
            problems.add(row.number, Reason.BAD_CODE, twin)
        else:
            single.append(row)
    codes = [row.code for row in single]
    taken = tickets_with(connection, event_id, codes)
    short = short_codes_among(connection, codes)
    for row in single:
        ticket_id, ticket = taken.get(row.code.lower(), (None, ""))
        own = known.get(row.number)
        if ticket_id is not None and (own is None or own.id != ticket_id):
            fault = _("Ticket {ticket} of this event has this code already.", ticket=ticket)
            problems.add(row.number, Reason.BAD_CODE, fault)
        elif row.code in short:
            fault = _(
                "A ticket here has this as its short code, which everybody may see; leave the "
                "cell empty."
            )
            problems.add(row.number, Reason.BAD_CODE, fault, row.code)


def renewed(rows: Iterable[Row], known: Mapping[int, Known]) -> list[tuple[UUID, str]]:
    """Tickets of an earlier import that have another code in this file.

    A ticket whose code was renewed here keeps it; the other system cannot know of it.
    """
    return [
        (ticket.id, row.code)
        for row in rows
        if row.code
        and (ticket := known.get(row.number)) is not None
        and ticket.revision == FIRST_REVISION
        and (ticket.foreign_code or "").lower() != row.code.lower()
    ]


def _fault(row: Row) -> str:
    """Why a text cannot be the code of a ticket; "" where it can."""
    if row.count > 1:
        return _("One code opens one ticket; write a row for each ticket.")
    if _ROUNDED.fullmatch(row.code):
        return _(
            "A spreadsheet has rounded it; save the column as text, or use the file as it came."
        )
    if len(row.code) < MIN_FOREIGN_CODE:
        return _(
            "A code of fewer than {least} signs can be guessed; empty it, or leave the column out.",
            least=MIN_FOREIGN_CODE,
        )
    if len(row.code) > MAX_FOREIGN_CODE:
        return _("A code has at most {most} signs.", most=MAX_FOREIGN_CODE)
    if not read_foreign_code(row.code):
        return _("A code has letters, digits and signs without accents, and no spaces.")
    if looks_like_token(row.code):
        return _("It has the shape of a code of eventdesk itself; bring that event as an archive.")
    return ""


def _twin(row: Row, first: Row) -> str:
    """The problem of a row whose code the first row with it has; "" for that row itself."""
    if first is row:
        return ""
    if first.code == row.code:
        return _("Row {row} has the same ticket code; take one of them out.", row=first.number)
    return _(
        "The code of row {row} differs by capitals alone; scanners mix them up.", row=first.number
    )


REFS_AT_ONCE = 5000
"""Codes in one query."""

OPEN_PART = "/open"
"""Suffix to the code of a booking that is paid in part: its unpaid tickets as another booking."""

Progress = Callable[[int], None]


@dataclass(slots=True)
class Prepared:
    """What an import would book, and its problems.

    Attributes:
        known: Tickets of an earlier import, by the number of their row.
        renewed: Tickets of an earlier import that get another code, with the code.
        alike: New rows whose people have a ticket already.
    """

    event: Any
    problems: Problems
    rows: int = 0
    already: int = 0
    left_out: int = 0
    bookings: list[NewBooking] = field(default_factory=list)
    kinds: dict[UUID, Kind] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    encoding: Encoding = field(default_factory=lambda: Encoding("utf-8"))
    known: dict[int, Known] = field(default_factory=dict)
    renewed: list[tuple[UUID, str]] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)

    @property
    def new_kinds(self) -> list[Kind]:
        """The types to be added, in the order of the file."""
        return [kind for kind in self.kinds.values() if kind.new]

    def money(self, minor: int) -> Money:
        """An amount in the event's currency."""
        return Money(minor, self.event.currency, self.event.currency_exponent)


@reads(Permission.TICKETS, local=True, about="event_id")
def check_import(
    act: Act,
    event_id: UUID,
    path: Path,
    plan: ImportPlan,
    *,
    on_progress: Progress = lambda done: None,
) -> DryRun:
    """Report what an import would do, with every problem by row and reason; nothing changes.

    Raises:
        InvalidInputError: The file cannot be read as a table.
    """
    act.need(event_id, Permission.TICKETS)
    need_readable(act, path)
    prepared = prepare(act, event_id, path, plan, on_progress=on_progress)
    tickets = [(each, booking) for booking in prepared.bookings for each in booking.tickets]
    names = Counter(prepared.kinds[each.ticket_type_id].name for each, _ in tickets)
    return DryRun(
        rows=prepared.rows,
        tickets=len(tickets),
        bookings=len(prepared.bookings),
        paid=sum(booking.paid for _, booking in tickets),
        already=prepared.already,
        left_out=prepared.left_out,
        total=prepared.money(sum(each.sold_at.total_minor for each, _ in tickets if each.sold_at)),
        by_type=dict(names),
        new_types=tuple(
            (kind.name, prepared.money(kind.price_minor)) for kind in prepared.new_kinds
        ),
        unknown_types=dict(prepared.unknown),
        codes=sum(each.foreign_code is not None for each, _ in tickets),
        renewed=len(prepared.renewed),
        problems=tuple(sorted(prepared.problems.listed, key=lambda each: each.row)),
        counts=dict(prepared.problems.counts),
        encoding=prepared.encoding,
        alike=tuple(prepared.alike),
    )


def prepare(
    act: Act, event_id: UUID, path: Path, plan: ImportPlan, *, on_progress: Progress
) -> Prepared:
    """Read a file into bookings, and note problems row by row."""
    event = event_row(act.connection, event_id)
    problems = Problems()
    prepared = Prepared(event, problems)
    table = open_table(path, plan.encoding)
    prepared.encoding = table.encoding
    rows = []
    for row in read_rows(
        table,
        plan,
        problems,
        currency=event.currency,
        exponent=event.currency_exponent,
        time_zone=event.time_zone,
        on_progress=on_progress,
    ):
        prepared.rows += 1
        if row.standing is Standing.GONE:
            prepared.left_out += 1
        else:
            rows.append(row)
    rows = without_twins(rows, problems)
    fresh = _without_known(act.connection, event_id, rows, prepared)
    check_codes(act.connection, event_id, rows, known=prepared.known, problems=problems)
    kinds = _kinds(act.connection, event_id, fresh, plan, prepared)
    _check_answers(act.connection, event_id, fresh, kinds, problems)
    seats = named_seats(act.connection, event_id, fresh, problems)
    if not plan.force:
        check_places(act, event_id, fresh, kinds, problems)
    if not problems.counts:
        prepared.bookings = list(_bookings(fresh, kinds, seats))
        prepared.renewed = renewed(rows, prepared.known)
        prepared.alike = _alike(act.connection, event_id, fresh)
    return prepared


def _alike(connection: Connection, event_id: UUID, fresh: Sequence[Row]) -> list[Alike]:
    """The new rows whose people have a ticket already; who is named twice needs two for it."""
    people = [who_is(row.name, row.email or row.buyer_email) for row in fresh]
    codes = tickets_of_people(connection, event_id, people)
    left = {who: iter(had) for who, had in codes.items()}
    found = zip(fresh, people, strict=True)
    return [
        Alike(row.number, row.name, code)
        for row, who in found
        if who in left and (code := next(left[who], ""))
    ]


def _without_known(
    connection: Connection, event_id: UUID, rows: Sequence[Row], prepared: Prepared
) -> list[Row]:
    """Leave out the rows of an earlier import; a booking with more rows now is a problem."""
    orders = list(dict.fromkeys(ref for row in rows for ref in (row.order, row.order + OPEN_PART)))
    known: dict[str, dict[str, Known]] = {}
    for at in range(0, len(orders), REFS_AT_ONCE):
        found = connection.execute(
            select(
                BookingRow.external_ref,
                TicketRow.external_ref,
                TicketRow.id,
                TicketRow.foreign_code,
                TicketRow.revision,
            )
            .outerjoin(TicketRow, TicketRow.booking_id == BookingRow.id)
            .where(
                BookingRow.event_id == event_id,
                BookingRow.external_ref.in_(orders[at : at + REFS_AT_ONCE]),
            )
        )
        for order, ref, ticket_id, code, revision in found:
            tickets = known.setdefault((order or "").removesuffix(OPEN_PART), {})
            tickets[ref or ""] = Known(ticket_id, code, revision)
    fresh = []
    for row in rows:
        if row.order not in known:
            fresh.append(row)
        elif ref_of(row, 0) in known[row.order]:
            prepared.already += 1
            prepared.known[row.number] = known[row.order][ref_of(row, 0)]
        else:
            fault = _("Its booking was imported before, without this row; add the ticket by hand.")
            prepared.problems.add(row.number, Reason.CHANGED, fault, row.order)
    return fresh


def ref_of(row: Row, index: int) -> str:
    """The reference of a row's ticket, by which it is known when the file comes again."""
    ref = f"{row.order}-{row.position}" if row.position else row.order
    return f"{ref}/{index + 1}" if index else ref


def _kinds(
    connection: Connection,
    event_id: UUID,
    rows: Sequence[Row],
    plan: ImportPlan,
    prepared: Prepared,
) -> dict[str, Kind]:
    """The ticket type of each name in the file; "" is of rows without one."""
    here = connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name, TicketTypeRow.tax_bp)
        .where(TicketTypeRow.event_id == event_id)
        .order_by(TicketTypeRow.position)
    ).all()
    prepared.kinds = {row.id: Kind(row.id, row.name, row.tax_bp) for row in here}
    by_name = {fold(kind.name): kind for kind in prepared.kinds.values()}
    by_name.update(
        (name, prepared.kinds[type_id])
        for name, type_id in plan.types.items()
        if type_id in prepared.kinds
    )
    default = plan.default_type or (here[0].id if len(here) == 1 else None)
    kinds: dict[str, Kind] = {}
    if default in prepared.kinds:
        kinds[""] = prepared.kinds[default]
    names = dict.fromkeys(row.type_name for row in rows)
    missing = [name for name in names if name and fold(name) not in by_name]
    create = plan.create_types and len(here) + len(missing) <= MAX_TYPES
    for name in names:
        if fold(name) in by_name and name:
            kinds[name] = by_name[fold(name)]
        elif name and create:
            kind = Kind(new_id(), name, price_minor=_usual_price(rows, name), new=True)
            prepared.kinds[kind.id] = kinds[name] = by_name[fold(name)] = kind
    for row in rows:
        if row.type_name not in kinds:
            prepared.unknown[row.type_name] += 1
            fault = _("Say which ticket type is meant, or let it be added.")
            if not row.type_name:
                fault = _("It names no ticket type; say which rows without one have.")
            prepared.problems.add(row.number, Reason.UNKNOWN_TYPE, fault, row.type_name)
    return kinds


def _usual_price(rows: Sequence[Row], name: str) -> int:
    prices = Counter(
        row.price_minor
        for row in rows
        if row.type_name == name and row.price_minor is not None and not row.rest_minor
    )
    return prices.most_common(1)[0][0] or 0 if prices else 0


def _check_answers(
    connection: Connection,
    event_id: UUID,
    rows: Sequence[Row],
    kinds: Mapping[str, Kind],
    problems: Problems,
) -> None:
    questions = questions_for(connection, event_id)
    for row in rows:
        kind = kinds.get(row.type_name)
        if not row.answers or kind is None:
            continue
        try:
            asked = [each for each in questions if each.is_for(kind.id)]
            check_answers(asked, row.answers, complete=False)
        except InvalidInputError as error:
            problems.add(row.number, Reason.BAD_ANSWER, f"{error} {error.hint}")


def _bookings(
    rows: Sequence[Row], kinds: Mapping[str, Kind], seats: Mapping[str, UUID]
) -> Iterator[NewBooking]:
    """Make one booking of the rows of each order, in the order of the file."""
    together: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        together[row.order].append(row)
    for order, group in together.items():
        # A booking is paid or not as a whole: a mixed one becomes two.
        by_standing = groupby(sorted(group, key=_paid_first), key=_paid_first)
        for place, (pending, some) in enumerate(by_standing):
            mine = list(some)
            first = mine[0]
            yield NewBooking(
                first.buyer or first.name,
                first.buyer_email or first.email,
                tuple(ticket for row in mine for ticket in _tickets(row, kinds, seats)),
                paid=not pending,
                source="import",
                external_ref=f"{order}{OPEN_PART}" if place else order,
                note=next((row.note for row in mine if row.note), ""),
                booked_at=first.booked_at,
            )


def _paid_first(row: Row) -> bool:
    return row.standing is not Standing.PAID


def _tickets(row: Row, kinds: Mapping[str, Kind], seats: Mapping[str, UUID]) -> Iterator[NewTicket]:
    kind = kinds[row.type_name]
    for index in range(row.count):
        price = row.price_minor
        if price is not None and index < row.rest_minor:
            price += 1
        yield NewTicket(
            kind.id,
            row.name,
            row.email,
            row.line_two,
            seat="" if row.seat in seats else row.seat,
            attention=row.attention,
            answers=row.answers,
            seat_id=seats.get(row.seat),
            external_ref=ref_of(row, index),
            sold_at=None if price is None else price_elsewhere(price, kind.tax_bp),
            foreign_code=row.code or None,
        )
