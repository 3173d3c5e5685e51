"""Touched topics: rows of a commit that tell other processes what changed."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from data.prepared import Prepared
from data.schema import ScanRow, TouchedRow
from data.sqlite.engine import rows_changed

HOUSE: Final = UUID(int=0)
"""In the place of an event: what belongs to the whole house."""

Touched = tuple[str, UUID]
"""Topic and event."""

Seen = tuple[int, int]
"""The version of the last touch, and the number of the last scan; 0 before the first."""

BY_A_SCAN: Final = ("door", "printing")
"""What a scan touches. Its own row says so: a check-in writes nothing else for it."""

UNSAID: Final = ("anything", HOUSE)
"""What a transaction touches that does not say: whoever follows reads everything again."""

UNSEEN: Final = ("unseen", HOUSE)
"""What a transaction touches that nobody is shown, such as when a token was used."""

_SAID = "touched"
"""Where a connection keeps whether its transaction has said what it touches."""

_NEXT = select(func.coalesce(func.max(TouchedRow.version), 0) + 1).scalar_subquery()


def _is(number: str) -> ColumnElement[bool]:
    return (TouchedRow.topic == bindparam(f"topic{number}", type_=TouchedRow.topic.type)) & (
        TouchedRow.event_id == bindparam(f"event{number}", type_=TouchedRow.event_id.type)
    )


_ONE = Prepared(update(TouchedRow).where(_is("1")).values(version=_NEXT))
_TWO = Prepared(update(TouchedRow).where(or_(_is("1"), _is("2"))).values(version=_NEXT))


def note_touched(connection: Connection, touched: Collection[Touched]) -> None:
    """Note in a write transaction what it changed."""
    note_said(connection)
    rest = list(touched)
    while rest:
        some, rest = rest[:2], rest[2:]
        values: dict[str, object] = {}
        for number, (topic, event_id) in enumerate(some, 1):
            values |= {f"topic{number}": topic, f"event{number}": event_id}
        if (_ONE if len(some) == 1 else _TWO).run(connection, values) < len(some):
            _add(connection, some)


def note_said(connection: Connection) -> None:
    """Note that a write transaction says what it touches, as one does that writes a scan."""
    connection.info[_SAID] = True


def begin_unsaid(connection: Connection) -> int:
    """Begin to watch a write transaction; returns how many rows its connection has changed."""
    connection.info.pop(_SAID, None)
    return rows_changed(connection)


def end_unsaid(connection: Connection, changed: int) -> None:
    """Note `UNSAID` where rows were changed since `begin_unsaid` and nothing said which."""
    if _SAID not in connection.info and rows_changed(connection) != changed:
        note_touched(connection, [UNSAID])


def _add(connection: Connection, touched: Collection[Touched]) -> None:
    """Write down what was never touched before."""
    for topic, event_id in touched:
        known = select(TouchedRow.topic).where(
            TouchedRow.topic == topic, TouchedRow.event_id == event_id
        )
        if connection.execute(known).one_or_none() is None:
            connection.execute(
                insert(TouchedRow).values(topic=topic, event_id=event_id, version=_NEXT)
            )


def last_seen(connection: Connection) -> Seen:
    """How far the changes have come."""
    version = select(func.coalesce(func.max(TouchedRow.version), 0))
    scan_no = select(func.coalesce(func.max(ScanRow.no), 0))
    return connection.execute(version).scalar_one(), connection.execute(scan_no).scalar_one()


def touched_since(connection: Connection, seen: Seen) -> tuple[Seen, set[Touched]]:
    """Read what was touched after an earlier look, and how far the changes have come now."""
    rows = connection.execute(
        select(TouchedRow.topic, TouchedRow.event_id, TouchedRow.version).where(
            TouchedRow.version > seen[0]
        )
    ).all()
    scans = connection.execute(
        select(ScanRow.event_id, func.max(ScanRow.no).label("no"))
        .where(ScanRow.no > seen[1])
        .group_by(ScanRow.event_id)
    ).all()
    touched = {(row.topic, row.event_id) for row in rows}
    touched |= {(topic, row.event_id) for row in scans for topic in BY_A_SCAN}
    version = max((row.version for row in rows), default=seen[0])
    return (version, max((row.no for row in scans), default=seen[1])), touched
