"""Changes since an earlier look: scans, acts, scans that were undone, tickets that were sold.

The counters of the wall and the desk go on from these. The cost does not grow with the store: the
newest numbers of a scan, an act and a ticket say whether anything came, and only that is read.
Every change beside a scan has an entry in the audit, so where there is none nothing else changed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Connection,
    LargeBinary,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
)

from data import search
from data.schema import AuditRow, EventRow, ScanRow, TicketRow

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

UNDO: Final = "undo"
"""The act that takes scans back; it stands in the audit with the instant the scans have, too."""

LEAVES_TICKETS: Final = frozenset(
    {UNDO, "force", "reprint", "book", "sell_at_door", "settle_conflict"}
)
"""Acts that change no ticket that is there already, of those that are frequent at a door."""


class Act(NamedTuple):
    """An entry of the audit: what was done, to what, and when in microseconds since 1970."""

    verb: str
    subject: bytes | None
    at: int


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts on an event, or on none in particular, since an earlier act.

    Attributes:
        newest: The number of the newest act there is.
        any: Whether anything was done, be it to other events.
    """

    newest: int
    any: bool
    of_event: tuple[Act, ...] = ()


class Following:
    """A position in the scans and acts of an event: how far they were read.

    Attributes:
        last_no: The newest scan that was read; 0 before the first.
        last_act: The newest act that was heeded; -1 before any was.
        undone: The numbers of the scans that are known to be undone.
    """

    def __init__(self, event_id: UUID) -> None:
        self.event_id = event_id
        self.begin()

    def begin(self) -> None:
        """Forget everything, as for a store that was put back."""
        self.last_no = 0
        self.undone: set[int] = set()
        self.last_act = -1

    @property
    def follows_acts(self) -> bool:
        """Whether it is noted from which act on."""
        return self.last_act >= 0

    def note_acts(self, connection: Connection) -> None:
        """Follow the acts from here on."""
        self.last_act = newest_act(connection)

    def acts(self, connection: Connection) -> Acts:
        """Read what was done since; `have` says that it was heeded."""
        last, newest = self.last_act, newest_act(connection)
        if newest <= last:
            return Acts(newest, any=False)
        given = {"last": last, "until": newest, "event_id": self.event_id}
        rows = connection.execute(_ACTS, given)
        return Acts(newest, any=True, of_event=tuple(Act(*row) for row in rows))

    def have(self, acts: Acts) -> None:
        """Do not give these acts again."""
        self.last_act = acts.newest

    def newly_undone(self, connection: Connection, acts: Acts) -> list[int]:
        """The numbers of scans, of any event, that these acts took back and nobody noted yet."""
        found: list[int] = []
        for at in {act.at for act in acts.of_event if act.verb == UNDO}:
            numbers = connection.execute(_UNDONE_AT, {"at": at}).scalars()
            found += [no for no in numbers if no not in self.undone]
        return found


class ValidTickets:
    """Counts of an event's valid tickets by type, counted once and then followed."""

    def __init__(self) -> None:
        self._by_type: Counter[UUID] | None = None
        self._number, self._last_no = 0, 0

    def begin(self) -> None:
        """Forget everything, as for a store that was put back."""
        self._by_type = None

    def by_type(self, connection: Connection, event_id: UUID, acts: Acts) -> Mapping[UUID, int]:
        """Count them as they are in this transaction; `acts` were done since the last call."""
        if self._by_type is None or any(act.verb not in LEAVES_TICKETS for act in acts.of_event):
            number = select(EventRow.number).where(EventRow.id == event_id)
            self._number = connection.execute(number).scalar_one()
            self._last_no = search.last_used_no(connection, self._number)
            self._by_type = Counter(valid_by_type(connection, event_id))
        elif acts.of_event:
            newest = search.last_used_no(connection, self._number)
            sold = connection.execute(_SOLD, {"last": self._last_no, "until": newest})
            self._last_no = newest
            self._by_type.update({row[0]: row[1] for row in sold})
        return self._by_type


def valid_by_type(connection: Connection, event_id: UUID) -> dict[UUID, int]:
    """Count the valid tickets of an event by type, all of them."""
    counted = connection.execute(_VALID, {"event_id": event_id})
    return {row[0]: row[1] for row in counted}


def newest_scan(connection: Connection) -> int:
    """The number of the scan that was written last, at any event; 0 without one."""
    return connection.execute(_NEWEST_SCAN).scalar_one() or 0


def newest_act(connection: Connection) -> int:
    """The number of the entry of the audit that was written last; 0 without one."""
    return connection.execute(_NEWEST_ACT).scalar_one() or 0


def stored(column: Any) -> Any:
    """An id as it lies in the store: a million of them are not worth a million objects."""
    return type_coerce(column, LargeBinary)


def number(column: Any) -> Any:
    """An instant as it lies in the store, in microseconds since 1970."""
    return type_coerce(column, BigInteger)


def microseconds(at: datetime) -> int:
    """An instant as the store has it."""
    return (at - EPOCH) // timedelta(microseconds=1)


# Built once: SQLAlchemy takes longer to build these than SQLite to answer them.
_NEWEST_SCAN = select(func.max(ScanRow.no))
_NEWEST_ACT = select(func.max(AuditRow.seq))
_ACTS = select(AuditRow.verb, stored(AuditRow.subject_id), number(AuditRow.at)).where(
    AuditRow.seq > bindparam("last"),
    AuditRow.seq <= bindparam("until"),
    or_(
        AuditRow.event_id == bindparam("event_id", type_=AuditRow.event_id.type),
        AuditRow.event_id.is_(None),
    ),
)
_UNDONE_AT = select(ScanRow.no).where(
    ScanRow.annulled_at.is_not(None), number(ScanRow.annulled_at) == bindparam("at")
)
_VALID = (
    select(TicketRow.ticket_type_id, func.count())
    .where(
        TicketRow.event_id == bindparam("event_id", type_=TicketRow.event_id.type),
        TicketRow.state == "valid",
    )
    .group_by(TicketRow.ticket_type_id)
)
_SOLD = (
    select(TicketRow.ticket_type_id, func.count())
    .where(
        TicketRow.search_no > bindparam("last"),
        TicketRow.search_no <= bindparam("until"),
        TicketRow.state == "valid",
    )
    .group_by(TicketRow.ticket_type_id)
)
