"""Who else of a booking is still to come, after one of it was scanned."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from data.schema import BookingRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.foreign_code import FIRST_REVISION
from eventdesk.core.errors import NotFoundError
from eventdesk.door.check_in_lists import Direction
from eventdesk.door.group_check_in import MOST_TOGETHER
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.passages import standing_of


@dataclass(frozen=True, slots=True)
class Other:
    """A ticket of the same booking, for another person.

    Attributes:
        code: Its short code, for the scan; a kiosk shows neither it nor a name.
        apart: Whether it goes its own way: it was handed on or blocked, or its code issued anew.
    """

    ticket_id: UUID
    code: str
    ticket_type: str
    apart: bool = False


@dataclass(frozen=True, slots=True)
class RestOfBooking:
    """The other tickets of a booking that did not pass this list yet.

    Attributes:
        others: In the order in which they were sold.
        asks: Whether the list asks each guest something.
        leaving: Whether the list is a way out, so that the others are still in.
        apart: Whether the ticket that was shown went its own way, so that the booking may be
            somebody else's.
    """

    others: tuple[Other, ...] = ()
    asks: bool = False
    leaving: bool = False
    apart: bool = False

    @property
    def together(self) -> tuple[Other, ...]:
        """Those a kiosk lets in with the one that was shown there; each answers for themselves."""
        if self.asks or self.apart:
            return ()
        return tuple(each for each in self.others if not each.apart)

    @property
    def by_type(self) -> dict[str, int]:
        """How many of each ticket type go in together."""
        return dict(Counter(each.ticket_type for each in self.together))


@allowed(Permission.DOOR)
def rest_of_booking(
    store: Store, actor: Actor, ticket_id: UUID, list_id: UUID, *, now: datetime
) -> RestOfBooking:
    """Read which other tickets of a ticket's booking are still to pass a list.

    It says who is not there, not who would be let in: that is asked of the door when they come.

    Args:
        store: Where tickets live.
        actor: Who works at the door.
        ticket_id: The ticket that was scanned or looked up.
        list_id: The check-in list; at a way out it is who has not left.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: The actor does not work at this door.
        NotFoundError: There is no such list, or the ticket is not of its event.
    """
    with store.read() as connection:
        door = list_at_door(connection, list_id)
        need_here(connection, actor, door.event_id, Permission.DOOR)
        mine = connection.execute(_MINE, {"ticket_id": ticket_id}).one_or_none()
        if mine is None or mine.event_id != door.event_id:
            raise NotFoundError("There is no such ticket.")
        rows = connection.execute(
            _OTHERS, {"booking_id": mine.booking_id, "ticket_id": ticket_id}
        ).all()
        rows = [
            row
            for row in rows
            if not door.ticket_type_ids or row.ticket_type_id in door.ticket_type_ids
        ]
        if not rows:
            return RestOfBooking()
        standing = standing_of(connection, [row.id for row in rows], door, now)
    leaving = door.way(None) is Direction.EXIT
    return RestOfBooking(
        tuple(
            Other(
                row.id,
                row.code,
                row.ticket_type,
                _is_apart(row, mine.booker_id),
            )
            for row in rows
            if (row.id in standing and standing[row.id].inside) is leaving
        ),
        bool(door.questions),
        leaving,
        _is_apart(mine, mine.booker_id),
    )


def _is_apart(ticket: Any, booker_id: UUID | None) -> bool:
    is_own = ticket.revision == FIRST_REVISION and ticket.account_id in (None, booker_id)
    return ticket.blocked_note is not None or not is_own


# Built once: SQLAlchemy takes longer to build these than SQLite to answer them.
_MINE = (
    select(
        TicketRow.booking_id,
        TicketRow.event_id,
        TicketRow.revision,
        TicketRow.account_id,
        TicketRow.blocked_note,
        BookingRow.account_id.label("booker_id"),
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .where(TicketRow.id == bindparam("ticket_id", type_=TicketRow.id.type))
)
_OTHERS = (
    select(
        TicketRow.id,
        TicketRow.code,
        TicketRow.ticket_type_id,
        TicketRow.revision,
        TicketRow.account_id,
        TicketRow.blocked_note,
        TicketTypeRow.name.label("ticket_type"),
    )
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
    .where(
        TicketRow.booking_id == bindparam("booking_id", type_=TicketRow.id.type),
        TicketRow.id != bindparam("ticket_id", type_=TicketRow.id.type),
        TicketRow.state == "valid",
    )
    .order_by(TicketRow.search_no)
    .limit(MOST_TOGETHER)
)
