"""Counters of a check-in list: counted once, and then brought up by what came since."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select

from data.rows import AnyRow
from data.schema import CheckInListRow, ScanRow, SignUpRow
from eventdesk.acts import Permission, ReadingSteps, event_of, overdue_tickets, reads_in_steps
from eventdesk.core.day_times import last_daily
from eventdesk.core.errors import NotFoundError
from eventdesk.door.check_in_list import CheckInList
from eventdesk.door.following import (
    Acts,
    Following,
    ValidTickets,
    microseconds,
    newest_scan,
    number,
    stored,
)
from eventdesk.door.history import admitted_once, inside_now
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.scan import Counters, Outcome

MAX_NEW: Final = 2_000
"""So many scans since the last look are counted one by one; more are counted with all others."""

MAX_AT_ONCE: Final = 500
"""Tickets in one question."""


class _Passing(NamedTuple):
    """An entry or an exit, as the store has it."""

    no: int
    enters: bool
    at: int
    holds: bool


class ListCounts:
    """Counts of a list that are kept between two readings of its counters.

    The lock is held from before a transaction begins until it has ended, so that each look sees
    the store no earlier than the one before it.
    """

    def __init__(self, list_id: UUID) -> None:
        self.list_id = list_id
        self.lock = threading.Lock()
        self._opening = 0
        self._door: CheckInList | None = None
        self._following: Following | None = None
        self._acts: Acts | None = None
        self._begin()

    def door(self, connection: Connection, opening: int) -> CheckInList:
        """Read the list, where anything was done since the last look that may have changed it.

        `opening` is that of the store, which changes with its file.
        """
        if opening != self._opening:
            self._begin()
            self._opening = opening
        if self._following is None or self._door is None:
            self._door = list_at_door(connection, self.list_id)
            self._following = Following(self._door.event_id)
            self._following.note_acts(connection)
            self._acts = None
            return self._door
        self._acts = self._following.acts(connection)
        if self._acts.newest < self._following.last_act:
            self._begin()
            return self.door(connection, opening)
        if self._acts.any:
            try:
                self._door = list_at_door(connection, self.list_id)
            except NotFoundError:
                self._begin()
                raise
        return self._door

    def count(self, connection: Connection, now: datetime) -> Counters:
        """Count how the list stands, after `door` in the same transaction.

        Args:
            now: For which instant automatic exits and deadlines count, aware UTC.
        """
        door, following = self._door, self._following
        assert door is not None
        assert following is not None
        acts = self._acts or Acts(following.last_act, any=False)
        try:
            expected = self._expected(connection, door, acts, now)
            self._count_passages(connection, door, following, acts, now)
        except BaseException:
            self._begin()  # what was heeded in part is counted anew
            raise
        following.have(acts)
        return Counters(
            expected=expected,
            admitted=self._admitted,
            inside=self._inside,
            refused={
                outcome: count
                for outcome, count in sorted(self._outcomes.items(), key=lambda item: -item[1])
                if count and not outcome.passes
            },
            capacity=door.limit,
        )

    def _begin(self) -> None:
        """Forget everything."""
        self._door, self._following, self._acts = None, None, None
        self._tickets = ValidTickets()
        self._signed_up: int | None = None
        self._ways: tuple[Any, ...] = ()
        self._admitted = self._inside = 0
        self._outcomes: Counter[Outcome] = Counter()

    def _expected(
        self, connection: Connection, door: CheckInList, acts: Acts, now: datetime
    ) -> int:
        if door.sign_up:
            if self._signed_up is None or acts.any:
                places = select(func.count()).where(SignUpRow.session_id == door.session_id)
                self._signed_up = connection.execute(places).scalar_one()
            return self._signed_up
        valid = self._tickets.by_type(connection, door.event_id, acts)
        over = overdue_tickets(connection, door.event_id, now)
        kinds = door.ticket_type_ids or valid.keys()
        return sum(valid.get(kind, 0) - over.get(kind, 0) for kind in kinds)

    def _count_passages(
        self,
        connection: Connection,
        door: CheckInList,
        following: Following,
        acts: Acts,
        now: datetime,
    ) -> None:
        """Bring the passages and refusals up to date; all anew where the ways changed."""
        begun_at = None
        if door.auto_exit:
            begun_at = last_daily(door.auto_exit, ZoneInfo(door.time_zone), now)
        ways = (door.entry_lists, door.exit_lists, begun_at)
        newest, last = newest_scan(connection), following.last_no
        if ways != self._ways or not last <= newest <= last + MAX_NEW:
            self._count_all(connection, door, following, now)
            self._ways = ways
        else:
            self._count_new(connection, door, following, acts, begun_at)
        following.last_no = newest

    def _count_all(
        self, connection: Connection, door: CheckInList, following: Following, now: datetime
    ) -> None:
        self._admitted = admitted_once(connection, door)
        self._inside = inside_now(connection, door, now)
        outcomes = connection.execute(_OUTCOMES, {"list_id": door.id})
        self._outcomes = Counter({Outcome(name): count for name, count in outcomes})
        undone = connection.execute(_UNDONE, {"event_id": door.event_id}).scalars()
        following.undone = set(undone)

    def _count_new(
        self,
        connection: Connection,
        door: CheckInList,
        following: Following,
        acts: Acts,
        begun_at: datetime | None,
    ) -> None:
        """Count by how much the scans since change the figures, and those that were taken back."""
        last = following.last_no
        undone = {no for no in following.newly_undone(connection, acts) if no <= last}
        entries, exits = door.entry_lists or (door.id,), door.exit_lists or (door.id,)
        moved: set[bytes] = set()
        if undone:
            moved.update(connection.execute(_TICKETS, {"numbers": list(undone)}).scalars())
        for row in connection.execute(_NEW, {"last": last, "event_id": door.event_id}):
            if row.list_id == door.id:
                self._outcomes[Outcome(row.outcome)] += 1
            if row.ticket_id is not None and _passes(row, entries, exits):
                moved.add(row.ticket_id)
            if row.annulled_at is not None:
                following.undone.add(row.no)
        since = None if begun_at is None else microseconds(begun_at)
        for passings in _passings(connection, sorted(moved), entries, exits).values():
            before = [
                each for each in passings if each.no <= last and (each.holds or each.no in undone)
            ]
            after = [each for each in passings if each.holds]
            for passed, sign in ((before, -1), (after, 1)):
                came, inside = _stands(passed, since)
                self._admitted += sign * came
                self._inside += sign * inside
        following.undone |= undone


def _stands(passings: Sequence[_Passing], since: int | None) -> tuple[bool, bool]:
    """Whether a ticket came, and whether it is inside, as `history.inside_now` counts it."""
    entries = [each for each in passings if each.enters]
    if not entries:
        return False, False
    lately = [each for each in passings if since is None or each.at >= since]
    gone = any(not each.enters and each.no > entries[-1].no for each in lately)
    return True, any(each.enters for each in lately) and not gone


def _passes(row: AnyRow, entries: Iterable[UUID], exits: Iterable[UUID]) -> bool:
    if row.outcome == "admitted":
        return row.list_id in entries
    return row.outcome == "exited" and row.list_id in exits


def _passings(
    connection: Connection, tickets: Sequence[bytes], entries: Sequence[UUID], exits: Sequence[UUID]
) -> Mapping[bytes, list[_Passing]]:
    """Every passage of some tickets in the order of the store, with those that were undone."""
    found: dict[bytes, list[_Passing]] = {}
    for place in range(0, len(tickets), MAX_AT_ONCE):
        given = {"tickets": tickets[place : place + MAX_AT_ONCE], "lists": [*entries, *exits]}
        for row in connection.execute(_PASSINGS, given):
            if _passes(row, entries, exits):
                passing = _Passing(
                    row.no, row.outcome == "admitted", row.recorded_at, row.annulled_at is None
                )
                found.setdefault(row.ticket_id, []).append(passing)
    return found


# Built once: SQLAlchemy takes longer to build these than SQLite to answer them.
_OUTCOMES = (
    select(ScanRow.outcome, func.count())
    .where(ScanRow.list_id == bindparam("list_id"))
    .group_by(ScanRow.outcome)
)
_UNDONE = select(ScanRow.no).where(
    ScanRow.annulled_at.is_not(None),
    ScanRow.event_id == bindparam("event_id", type_=ScanRow.event_id.type),
)
_NEW = (
    select(
        ScanRow.no,
        ScanRow.list_id,
        stored(ScanRow.ticket_id).label("ticket_id"),
        ScanRow.outcome,
        number(ScanRow.annulled_at).label("annulled_at"),
    )
    .where(
        ScanRow.no > bindparam("last"),
        ScanRow.event_id == bindparam("event_id", type_=ScanRow.event_id.type),
    )
    .order_by(ScanRow.no)
)
_TICKETS = select(stored(ScanRow.ticket_id)).where(
    ScanRow.no.in_(bindparam("numbers", expanding=True)), ScanRow.ticket_id.is_not(None)
)
_PASSINGS = (
    select(
        ScanRow.no,
        ScanRow.list_id,
        stored(ScanRow.ticket_id).label("ticket_id"),
        ScanRow.outcome,
        number(ScanRow.recorded_at).label("recorded_at"),
        number(ScanRow.annulled_at).label("annulled_at"),
    )
    .where(
        stored(ScanRow.ticket_id).in_(bindparam("tickets", expanding=True)),
        ScanRow.list_id.in_(bindparam("lists", expanding=True)),
        ScanRow.outcome.in_(("admitted", "exited")),
    )
    .order_by(ScanRow.no)
)


@reads_in_steps(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def counters(steps: ReadingSteps, list_id: UUID, *, kept: ListCounts | None = None) -> Counters:
    """Read the counters of a list, from the rows themselves.

    Args:
        list_id: The list; one for leaving counts who came by the lists that it ends.
        kept: What was counted before; with it only what came or was undone since is read.
    """
    kept = kept if kept is not None and kept.list_id == list_id else ListCounts(list_id)
    with kept.lock, steps.read() as act:
        door = kept.door(act.connection, act.store.opening)
        act.need(door.event_id, Permission.DOOR)
        return kept.count(act.connection, act.now)
