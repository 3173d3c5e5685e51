"""Bookings at the door: their tickets checked in together, or still to come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from data.rows import AnyRow
from data.schema import BookingRow, CheckInListRow, TicketRow, TicketTypeRow, aliased
from eventdesk.accounts import Word
from eventdesk.acts import Act, Permission, Steps, event_of, reads, steps, writes
from eventdesk.booking import FIRST_REVISION
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.door.check_in_list import CheckInList, Direction, DoorQuestion
from eventdesk.door.checkin import scan_in
from eventdesk.door.history import standing_of
from eventdesk.door.list_reading import list_at_door, no_such_list
from eventdesk.door.recognition import recognize
from eventdesk.door.scan import CheckInResult, Outcome, Scan, ScanSource

MAX_TOGETHER = 200
"""Most scans of one group: as many as one may ask other desks to wait for."""


@writes(Permission.DOOR, about=event_of(CheckInListRow, "scans.0.list_id"))
def check_in_group(act: Act, scans: Sequence[Scan]) -> tuple[CheckInResult, ...]:
    """Check the tickets of a group in, in one transaction.

    Whoever needs no company goes first, then companions, then who needs company, so that a family
    passes together. Each scan is written down and has its own answer, in the order of the scans;
    one that is refused keeps nobody else out but whom it was to accompany. Repeated nonces are
    answered as before.

    Args:
        scans: Each with a nonce of its own; they are marked as one group.

    Raises:
        NotFoundError: There is no such check-in list.
        InvalidInputError: Nobody or too many, or a nonce is empty, too long or there twice.
        StoreError: Nothing was written; the group may be repeated.
    """
    if not 0 < len(scans) <= MAX_TOGETHER:
        raise InvalidInputError(
            msg("A group is 1 to {max_together} tickets.", max_together=MAX_TOGETHER),
            hint=msg("Choose some of them."),
        )
    if len({scan.nonce for scan in scans}) != len(scans):
        raise InvalidInputError(msg("Each scan of a group needs a nonce of its own."))
    lists = {scan.list_id for scan in scans}
    if len({list_at_door(act.connection, each).event_id for each in lists}) != 1:
        raise InvalidInputError(
            msg("A group goes through the doors of one event."),
            hint=msg("Check each event's guests in."),
        )
    group_id = next((scan.group_id for scan in scans if scan.group_id), None) or new_id()
    together = [replace(scan, group_id=group_id) for scan in scans]
    return group_in(act, together, word=Word(act.approval))


def group_in(act: Act, scans: Sequence[Scan], *, word: Word) -> tuple[CheckInResult, ...]:
    """Check a group in inside a transaction that does more than that; see `check_in_group`."""
    ranks = [_rank(act, scan) for scan in scans]
    answers = {
        place: scan_in(act, scans[place], word=word)
        for place in sorted(range(len(scans)), key=ranks.__getitem__)
    }
    return tuple(answers[place] for place in range(len(scans)))


def _rank(act: Act, scan: Scan) -> int:
    """The turn of a ticket: 0 needs nobody, 1 accompanies, 2 needs company, 3 does both."""
    door = list_at_door(act.connection, scan.list_id)
    act.need(door.event_id, Permission.DOOR)
    ticket, _refusal = recognize(act, scan, door)
    if ticket is None:
        return 0
    return ticket.facts.companion + 2 * ticket.facts.accompanied


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
    questions: tuple[DoorQuestion, ...] = ()

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


@steps(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def booking_group(
    steps: Steps, ticket_id: UUID, list_id: UUID, *, gate_id: UUID | None = None
) -> BookingGroup:
    """Read who came with the holder of a ticket, and whom the list would let in together now.

    The door itself is asked, by a check-in of the group that is taken back before anybody sees
    it: there is no second set of rules that could answer otherwise.

    Raises:
        NotFoundError: There is no such ticket or list, or the list is of an event where the actor
            does not work.
    """
    results: Sequence[CheckInResult] = ()
    with steps.read() as act:
        booking = act.connection.execute(
            select(BookingRow.id, BookingRow.code, BookingRow.name, BookingRow.event_id)
            .join(TicketRow, TicketRow.booking_id == BookingRow.id)
            .where(TicketRow.id == ticket_id)
        ).one_or_none()
        if booking is None:
            raise NotFoundError(msg("There is no such ticket."))
        act.need(booking.event_id, Permission.DOOR)
        _need_list(act, list_id)
        rows = _tickets(act.connection, booking.id)
        total = act.connection.execute(select(func.count()).where(*_valid(booking.id))).scalar_one()
    scans = [
        Scan(
            row.code,
            list_id,
            new_id().hex,
            steps.now,
            gate_id=gate_id,
            source=ScanSource.TYPED,
            asks=True,
        )
        for row in rows
    ]
    if scans:
        try:
            with steps.write() as act:
                results = group_in(act, scans, word=Word(None))
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


def _need_list(act: Act, list_id: UUID) -> None:
    """Require a list of an event where the actor works at the door: another is not there."""
    door = list_at_door(act.connection, list_id)
    here = act.known_at(door.event_id, only_read=True)
    if not here.may(Permission.DOOR) or here.event_id not in (None, door.event_id):
        raise no_such_list()


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
        .limit(MAX_TOGETHER)
    ).all()


def _valid(booking_id: UUID) -> tuple[Any, ...]:
    return TicketRow.booking_id == booking_id, TicketRow.state == "valid"


def _company(row: AnyRow) -> str:
    if row.companion_of is not None:
        return _("with {lead_name}", lead_name=row.lead_name)
    return _("needs company") if row.accompanied else ""


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
        """Counts of those that go in together, by ticket type."""
        return dict(Counter(each.ticket_type for each in self.together))


@reads(Permission.DOOR)
def rest_of_booking(act: Act, ticket_id: UUID, list_id: UUID) -> RestOfBooking:
    """Read which other tickets of a ticket's booking are still to pass a list.

    It says who is not there, not who would be let in: that is asked of the door when they come.

    Args:
        list_id: The check-in list; at a way out it is who has not left.

    Raises:
        NotFoundError: There is no such ticket.
    """
    door = list_at_door(act.connection, list_id)
    act.need(door.event_id, Permission.DOOR)
    return rest_at(act, ticket_id, door)


def rest_at(act: Act, ticket_id: UUID, door: CheckInList) -> RestOfBooking:
    """Read the others of a ticket's booking inside a transaction; see `rest_of_booking`."""
    mine = act.connection.execute(_MINE, {"ticket_id": ticket_id}).one_or_none()
    if mine is None or mine.event_id != door.event_id:
        raise NotFoundError(msg("There is no such ticket."))
    given = {"booking_id": mine.booking_id, "ticket_id": ticket_id}
    kinds = door.ticket_type_ids
    others = act.connection.execute(_OTHERS, given)
    rows = [row for row in others if not kinds or row.ticket_type_id in kinds]
    if not rows:
        return RestOfBooking()
    standing = standing_of(act, [row.id for row in rows], door)
    leaving = door.way(None) is Direction.EXIT
    return RestOfBooking(
        tuple(
            Other(row.id, row.code, row.ticket_type, _is_apart(row, mine.booker_id))
            for row in rows
            if (row.id in standing and standing[row.id].inside) is leaving
        ),
        bool(door.questions),
        leaving,
        _is_apart(mine, mine.booker_id),
    )


def _is_apart(ticket: AnyRow, booker_id: UUID | None) -> bool:
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
    .limit(MAX_TOGETHER)
)
