"""What a desk asks before it acts: who belongs together, and whether money is taken here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import BookingRow, CheckInListRow, TicketRow, TicketTypeRow, aliased
from data.store import Store
from eventdesk.accounts.approvals import Word
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.door.check_in_lists import UnpaidPolicy
from eventdesk.door.group_check_in import MOST_TOGETHER, group_in
from eventdesk.door.outcome import Outcome
from eventdesk.door.passage import CheckInResult, Scan, ScanSource


@dataclass(frozen=True, slots=True)
class Member:
    """One ticket of a group, and what would come of it now.

    Attributes:
        outcome: What the door would answer if all came together now.
        reason: Why, for staff.
        company: With whom the holder comes; "" where they need nobody and accompany nobody.
        questions: What the list would ask first.
    """

    ticket_id: UUID
    code: str
    name: str
    ticket_type: str
    seat: str
    outcome: Outcome
    reason: str = ""
    company: str = ""
    questions: tuple[Any, ...] = ()

    @property
    def may_enter(self) -> bool:
        """Whether the door would open."""
        return self.outcome.passes


@dataclass(frozen=True, slots=True)
class BookingGroup:
    """The tickets of one booking, as they stand at a list.

    Attributes:
        more: How many tickets of the booking are not among the members, being too many.
    """

    booking_id: UUID
    booking_code: str
    name: str
    members: tuple[Member, ...]
    more: int = 0


class _TrialEndedError(Exception):
    """Ends the trial: nothing of it stays."""


def unpaid_policy(store: Store, list_id: UUID) -> UnpaidPolicy:
    """Say what a check-in list does with a ticket that is not paid.

    Raises:
        NotFoundError: There is no such list.
    """
    with store.read() as connection:
        kept = connection.execute(
            select(CheckInListRow.unpaid_policy).where(CheckInListRow.id == list_id)
        ).scalar_one_or_none()
    if kept is None:
        raise NotFoundError("There is no such check-in list.")
    return UnpaidPolicy(kept)


@allowed(Permission.DOOR)
def booking_group(
    store: Store,
    actor: Actor,
    ticket_id: UUID,
    list_id: UUID,
    *,
    gate_id: UUID | None = None,
    now: datetime,
) -> BookingGroup:
    """Read who came with the holder of a ticket, and whom the list would let in together now.

    The door itself is asked, by a check-in of the group that is taken back before anybody sees
    it: there is no second set of rules that could answer otherwise.

    Raises:
        NotAllowedError: The actor does not work at this door.
        NotFoundError: There is no such ticket or list.
    """
    results: Sequence[CheckInResult] = ()
    with store.read() as connection:
        booking = connection.execute(
            select(BookingRow.id, BookingRow.code, BookingRow.name, BookingRow.event_id)
            .join(TicketRow, TicketRow.booking_id == BookingRow.id)
            .where(TicketRow.id == ticket_id)
        ).one_or_none()
        if booking is None:
            raise NotFoundError("There is no such ticket.")
        need_here(connection, actor, booking.event_id, Permission.DOOR)
        rows = _tickets(connection, booking.id)
        total = connection.execute(select(func.count()).where(*_valid(booking.id))).scalar_one()
    scans = [
        Scan(
            row.code,
            list_id,
            new_id().hex,
            now,
            gate_id=gate_id,
            source=ScanSource.TYPED,
            asks=True,
        )
        for row in rows
    ]
    if scans:
        try:
            with store.write() as connection:
                results = group_in(store, connection, actor, scans, word=Word(None), now=now)
                raise _TrialEndedError
        except _TrialEndedError:
            pass
    members = tuple(
        Member(
            row.id,
            row.code,
            row.holder_name,
            row.ticket_type,
            row.seat,
            result.outcome,
            result.reason,
            _company(row),
            result.questions,
        )
        for row, result in zip(rows, results, strict=True)
    )
    return BookingGroup(booking.id, booking.code, booking.name, members, total - len(members))


def _tickets(connection: Connection, booking_id: UUID) -> Sequence[Any]:
    """The tickets of a booking: who needs nobody first, then companions, then children."""
    lead = aliased(TicketRow)
    return connection.execute(
        select(
            TicketRow.id,
            TicketRow.code,
            TicketRow.holder_name,
            TicketRow.seat,
            TicketRow.companion_of,
            TicketTypeRow.name.label("ticket_type"),
            TicketTypeRow.accompanied,
            lead.holder_name.label("lead_name"),
        )
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .outerjoin(lead, lead.id == TicketRow.companion_of)
        .where(*_valid(booking_id))
        .order_by(
            TicketTypeRow.accompanied, TicketRow.companion_of.is_not(None), TicketRow.search_no
        )
        .limit(MOST_TOGETHER)
    ).all()


def _valid(booking_id: UUID) -> tuple[Any, ...]:
    return TicketRow.booking_id == booking_id, TicketRow.state == "valid"


def _company(row: Any) -> str:
    if row.companion_of is not None:
        return f"with {row.lead_name}"
    return "needs company" if row.accompanied else ""
