"""People who book, the rules they meet, and what the store holds of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update

from data.schema import (
    AccountRow,
    BookingRow,
    EventRow,
    LedgerRow,
    NoticeRow,
    SeatRow,
    SeatSectionRow,
    TicketRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.booking import Booked, NewBooking, NewTicket, order
from tests.build import NOON, Fair

EARLY = NOON - timedelta(days=30)
"""A month before the event."""


def person(store: Store, name: str) -> Actor:
    """Make an account; its address is the name at example.org."""
    account_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(AccountRow).values(
                id=account_id,
                email=f"{name.lower().replace(' ', '.')}@example.org",
                name=name,
                is_admin=False,
                secret_kind="pin",
                secret_hash="",
                created_at=EARLY,
            )
        )
    return Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE)


def order_for(
    fair: Fair, actor: Actor, *names: str, code: str = "", now: Any = EARLY, **ticket: Any
) -> Booked:
    """Let a person book a ticket for each name, before the event."""
    ticket.setdefault("ticket_type_id", fair.regular)
    tickets = tuple(NewTicket(name=name, **ticket) for name in names or (actor.name,))
    email = f"{actor.name.lower()}@example.org"
    booking = NewBooking(actor.name, email, tickets, code=code)
    return order(fair.store, actor.at(now), fair.event.id, booking)


def set_event(fair: Fair, **values: Any) -> None:
    """Set columns of the event."""
    with fair.store.write() as connection:
        connection.execute(update(EventRow).where(EventRow.id == fair.event.id).values(**values))


def set_type(fair: Fair, type_id: UUID, **values: Any) -> None:
    """Set columns of a ticket type."""
    with fair.store.write() as connection:
        connection.execute(
            update(TicketTypeRow).where(TicketTypeRow.id == type_id).values(**values)
        )


def add_seats(fair: Fair, count: int, *, section_name: str = "Hall") -> tuple[UUID, list[UUID]]:
    """Put a section of one row with so many seats in the hall; returns it and its seats."""
    section_id, seat_ids = uuid4(), [uuid4() for _ in range(count)]
    with fair.store.write() as connection:
        connection.execute(
            insert(SeatSectionRow).values(
                id=section_id, event_id=fair.event.id, name=section_name, position=0
            )
        )
        connection.execute(
            insert(SeatRow),
            [
                {
                    "id": seat_id,
                    "event_id": fair.event.id,
                    "section_id": section_id,
                    "label": f"{section_name[0]}-{number}",
                    "row_name": section_name[0],
                    "row_no": 1,
                    "column_no": number,
                    "blocked": False,
                }
                for number, seat_id in enumerate(seat_ids, start=1)
            ],
        )
    return section_id, seat_ids


def booking_of(store: Store, booking_id: UUID) -> Any:
    """The row of a booking."""
    with store.read() as connection:
        return connection.execute(
            select(BookingRow.__table__).where(BookingRow.id == booking_id)
        ).one()


def tickets_of(store: Store, booking_id: UUID) -> list[Any]:
    """The rows of a booking's tickets, in the order in which they were sold."""
    with store.read() as connection:
        return list(
            connection.execute(
                select(TicketRow.__table__)
                .where(TicketRow.booking_id == booking_id)
                .order_by(TicketRow.search_no)
            )
        )


def notices_of(store: Store, actor: Actor) -> list[str]:
    """The titles of what a person was told, in order."""
    with store.read() as connection:
        return list(
            connection.execute(
                select(NoticeRow.title)
                .where(NoticeRow.account_id == actor.id)
                .order_by(NoticeRow.created_at, NoticeRow.id)
            ).scalars()
        )


def ledger_of(store: Store, booking_id: UUID) -> dict[str, int]:
    """What the ledger holds of a booking, by account, without zeros."""
    with store.read() as connection:
        rows = connection.execute(
            select(LedgerRow.account, func.sum(LedgerRow.amount_minor))
            .where(LedgerRow.booking_id == booking_id)
            .group_by(LedgerRow.account)
        ).all()
    return {account: int(amount) for account, amount in rows if amount}


def seats_taken(store: Store) -> set[UUID]:
    """The tickets that sit somewhere."""
    with store.read() as connection:
        taken = connection.execute(select(SeatRow.ticket_id)).scalars()
        return {ticket_id for ticket_id in taken if ticket_id is not None}
