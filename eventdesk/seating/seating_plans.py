"""Seating plans: making and removing sections and rows, and blocking seats."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, or_, select, update

from data.rows import AnyRow, count_rows, delete_row, insert_row, update_row
from data.schema import SeatRow, SeatSectionRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, event_of, event_row, overdue, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError, SeatTakenError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.core.typed_text import line
from eventdesk.events import need_visible
from eventdesk.seating.holders import MAX_HOLD, TEAM
from eventdesk.seating.seat_layout import MAX_SEATS, NewRows, lay_out
from eventdesk.seating.seats import listed

MAX_SECTIONS = 100
MAX_SECTION = 60
LABELS_AT_ONCE = 5000
"""Most labels compared with those in use in one question; SQLite takes 32,766 values."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A part of the hall, and how many of its seats are taken, held and blocked."""

    id: UUID
    name: str
    position: int
    seats: int
    taken: int
    held: int
    blocked: int

    @property
    def free(self) -> int:
        """Seats that anybody may take."""
        return self.seats - self.taken - self.held - self.blocked


@reads(public=True, about="event_id")
def list_sections(act: Act, event_id: UUID, *, access_code: str = "") -> list[SectionView]:
    """Read the sections of an event with their counts, in their order, as whoever may see it.

    Args:
        access_code: Opens a private event.
    """
    need_visible(act, event_id, access_code=access_code)
    given_up = select(TicketRow.id).where(TicketRow.booking_id.in_(overdue(act.now)))
    open_seat = or_(SeatRow.ticket_id.is_(None), SeatRow.ticket_id.in_(given_up))
    rows = act.connection.execute(
        select(
            SeatSectionRow.id,
            SeatSectionRow.name,
            SeatSectionRow.position,
            func.count(SeatRow.id),
            _sum(~open_seat),
            _sum(
                open_seat
                & SeatRow.blocked.is_(False)
                & (SeatRow.held_until > act.now)
                & (SeatRow.held_until <= act.now + MAX_HOLD)
            ),
            _sum(open_seat & SeatRow.blocked),
        )
        .outerjoin(SeatRow, SeatRow.section_id == SeatSectionRow.id)
        .where(SeatSectionRow.event_id == event_id)
        .group_by(SeatSectionRow.id)
        .order_by(SeatSectionRow.position, SeatSectionRow.id)
    )
    return [SectionView(*row) for row in rows]


@writes(Permission.TICKETS, about="event_id")
def add_section(act: Act, event_id: UUID, name: str) -> UUID:
    """Add a part of the hall, behind those that are there.

    Raises:
        InvalidInputError: No name, one that is there already, or too many.
    """
    name, section_id = _name(name), new_id()
    event_row(act.connection, event_id)
    act.need(event_id, Permission.TICKETS)
    _need_new_name(act.connection, event_id, name)
    count, last = act.connection.execute(
        select(func.count(), func.coalesce(func.max(SeatSectionRow.position), -1)).where(
            SeatSectionRow.event_id == event_id
        )
    ).one()
    if count >= MAX_SECTIONS:
        raise InvalidInputError(msg("An event has at most {most} sections.", most=MAX_SECTIONS))
    values = {"id": section_id, "event_id": event_id, "name": name, "position": last + 1}
    insert_row(act.connection, SeatSectionRow, **values)
    act.record("add_section", ("seat_section", section_id), event_id=event_id, name=name)
    return section_id


@writes(Permission.TICKETS, about=event_of(SeatSectionRow, "section_id"))
def rename_section(act: Act, section_id: UUID, name: str) -> None:
    """Rename a section; labels of its seats stay, because they are on tickets.

    Raises:
        InvalidInputError: No name, or one that is there already.
    """
    name = _name(name)
    before = _need_section(act, section_id)
    _need_new_name(act.connection, before.event_id, name, but=section_id)
    update_row(act.connection, SeatSectionRow, section_id, name=name)
    _note(act, "rename_section", before, before=before.name, after=name)


@writes(Permission.TICKETS, about=event_of(SeatSectionRow, "section_id"))
def remove_section(act: Act, section_id: UUID) -> None:
    """Remove a section with all its seats, while nobody sits there.

    Raises:
        SeatTakenError: Somebody sits there.
        InvalidInputError: A ticket type is for this section.
    """
    before = _need_section(act, section_id)
    of_type = act.connection.execute(
        select(TicketTypeRow.name).where(TicketTypeRow.section_id == section_id).limit(1)
    ).scalar_one_or_none()
    if of_type is not None:
        raise InvalidInputError(
            msg("Tickets of {ticket_type} sit here.", ticket_type=plain(of_type)),
            hint=msg("Change the section of that ticket type first."),
        )
    here = SeatRow.section_id == section_id
    _need_nobody(act.connection, here)
    act.connection.execute(delete(SeatRow).where(here))
    delete_row(act.connection, SeatSectionRow, section_id)
    _note(act, "remove_section", before, name=before.name)


@writes(Permission.TICKETS, about=event_of(SeatSectionRow, "section_id"))
def make_rows(act: Act, section_id: UUID, new: NewRows) -> int:
    """Make rows of seats behind those of a section; returns how many seats were made.

    Raises:
        InvalidInputError: The rows cannot be read, there are such seats already, or too many.
    """
    seats = lay_out(new)
    section = _need_section(act, section_id)
    there = count_rows(act.connection, SeatRow.event_id == section.event_id)
    if there + len(seats) > MAX_SEATS:
        raise InvalidInputError(
            msg(
                "There are {there} seats, and {more} more are too many.",
                there=there,
                more=len(seats),
            ),
            hint=msg("An event has at most {most} seats.", most=MAX_SEATS),
        )
    _need_new_labels(act.connection, section.event_id, [seat.label for seat in seats])
    first = act.connection.execute(
        select(func.coalesce(func.max(SeatRow.row_no), -1) + 1).where(
            SeatRow.section_id == section_id
        )
    ).scalar_one()
    act.connection.execute(
        insert(SeatRow),
        [
            {
                "id": new_id(),
                "event_id": section.event_id,
                "section_id": section_id,
                "label": seat.label,
                "row_name": seat.row_name,
                "row_no": first + seat.row,
                "column_no": seat.column_no,
                "blocked": seat.blocked,
            }
            for seat in seats
        ],
    )
    _note(act, "make_rows", section, rows=new.rows, seats=len(seats))
    return len(seats)


@writes(Permission.TICKETS, about=event_of(SeatSectionRow, "section_id"))
def remove_rows(act: Act, section_id: UUID, row_names: Collection[str]) -> int:
    """Remove rows of a section where nobody sits; returns how many seats were removed.

    Raises:
        SeatTakenError: Somebody sits there.
    """
    names = list(row_names)
    section = _need_section(act, section_id)
    here = (SeatRow.section_id == section_id) & SeatRow.row_name.in_(names)
    _need_nobody(act.connection, here)
    removed = act.connection.execute(delete(SeatRow).where(here)).rowcount
    if not removed:
        raise NotFoundError(msg("There is no such row in this section."))
    _note(act, "remove_rows", section, rows=names, seats=removed)
    return removed


@writes(*TEAM, about="event_id")
def block_seats(
    act: Act, event_id: UUID, seat_ids: Collection[UUID], *, blocked: bool = True
) -> int:
    """Keep seats from being booked, or give them back; returns how many changed.

    Raises:
        SeatTakenError: Somebody sits there.
    """
    act.need(event_id, *TEAM)
    mine = [SeatRow.event_id == event_id, SeatRow.id.in_(list(seat_ids))]
    if blocked:
        _need_nobody(act.connection, *mine)
    changed = act.connection.execute(
        update(SeatRow)
        .where(*mine, SeatRow.blocked.is_not(blocked))
        .values(blocked=blocked, held_by=None, held_until=None)
    ).rowcount
    detail = {"seats": changed, "blocked": blocked}
    act.record("block_seats", ("event", event_id), event_id=event_id, **detail)
    return changed


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _name(typed: str) -> str:
    return line(typed, msg("A section's name"), most=MAX_SECTION, needed=True)


def _need_section(act: Act, section_id: UUID) -> Any:
    wanted = select(SeatSectionRow.__table__).where(SeatSectionRow.id == section_id)
    missing = msg("There is no such section.")
    row = need_found(act.connection.execute(wanted).one_or_none(), missing)
    act.need(row.event_id, Permission.TICKETS)
    return row


def _need_new_name(
    connection: Connection, event_id: UUID, name: str, *, but: UUID | None = None
) -> None:
    rows = connection.execute(
        select(SeatSectionRow.id, SeatSectionRow.name).where(SeatSectionRow.event_id == event_id)
    )
    if any(row.id != but and row.name.casefold() == name.casefold() for row in rows):
        raise InvalidInputError(
            msg("There is a section {name} already.", name=plain(name)),
            hint=msg("Choose another name."),
        )


def _need_nobody(connection: Connection, *where: ColumnElement[bool]) -> None:
    taken = select(SeatRow.label).where(*where, SeatRow.ticket_id.is_not(None))
    labels = tuple(connection.execute(taken).scalars())
    if labels:
        raise SeatTakenError(
            msg("Somebody sits on {seats}.", seats=listed(labels)),
            labels=labels,
            hint=msg("Give those guests another seat first."),
        )


def _need_new_labels(connection: Connection, event_id: UUID, labels: list[str]) -> None:
    for start in range(0, len(labels), LABELS_AT_ONCE):
        there = connection.execute(
            select(SeatRow.label)
            .where(
                SeatRow.event_id == event_id,
                SeatRow.label.in_(labels[start : start + LABELS_AT_ONCE]),
            )
            .limit(1)
        ).scalar_one_or_none()
        if there is not None:
            raise InvalidInputError(
                msg("There is a seat {seat} at this event already.", seat=plain(there)),
                hint=msg("Let the labels of this section begin with a word, such as Balcony."),
            )


def _note(act: Act, verb: str, section: AnyRow, **detail: object) -> None:
    act.record(verb, ("seat_section", section.id), event_id=section.event_id, **detail)
