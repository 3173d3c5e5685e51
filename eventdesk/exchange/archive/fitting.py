"""What a row from elsewhere may name: its own event, and nothing of this house besides.

An archive is as it was written, but whoever wrote it may have written anything. Foreign keys of
the store only make sure that what a row names is there; a payment of theirs could name a booking
of another event of this house, and a role could be one that no event gives.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Connection, case, func, select

from data.schema import EventRoleRow, EventRow, LedgerRow
from eventdesk.acts.actor import GRANTABLE, Role
from eventdesk.exchange.archive.scope import PARTS, Part

_PARTS: Final = {part.name: part for part in PARTS}
_ROLES: Final = frozenset(Role) - {Role.ADMIN}


def need_own(
    connection: Connection, part: Part, rows: Collection[Mapping[str, Any]], event_id: UUID
) -> None:
    """Let only rows pass that belong to an event and name nothing but what came with it.

    Args:
        connection: The transaction; what the rows name is in the store by now.
        part: Their table.
        rows: Some rows of it, without its late columns.
        event_id: The event.

    Raises:
        ValueError: They name another event's.
    """
    if part.row is EventRow:
        if [row["id"] for row in rows] != [event_id]:
            raise ValueError("it is another event than the manifest says")
        return
    owner = part.parent or "event_id"
    if any(row.get(owner) is None for row in rows):
        raise ValueError(f"a {part.name} belongs to no event")
    if not part.parent and any(row["event_id"] != event_id for row in rows):
        raise ValueError("a row belongs to another event")
    with_it = {row["id"] for row in rows if "id" in row}
    for column in (each for each in part.table.c if each.foreign_keys):
        named = {row.get(column.name) for row in rows}
        if any(key.column.table is part.table for key in column.foreign_keys):
            named -= with_it  # a movement that takes back one which comes along before it
        need_own_targets(connection, column, named, event_id)
    if part.row is EventRoleRow:
        _need_roles(rows)
    elif part.row is LedgerRow:
        _need_own_transactions(connection, rows, event_id)


def need_own_targets(
    connection: Connection, column: Column[Any], named: Iterable[Any], event_id: UUID
) -> None:
    """Let only values of a column pass that name rows of the event, or of no event at all.

    Raises:
        ValueError: One is not there, or another event's.
    """
    wanted = {each for each in named if each is not None}
    for key in column.foreign_keys:
        table = key.column.table
        if not wanted or table.name not in _PARTS or table is EventRow.__table__:
            continue
        own = _PARTS[table.name].mine(event_id)
        # Not as a condition, for which SQLite would read all rows of the event.
        mine = select(func.sum(case((own, 1), else_=0))).where(key.column.in_(wanted))
        if connection.execute(mine).scalar_one() != len(wanted):
            raise ValueError(
                f"a {column.table.name} names a {table.name} that did not come with it"
            )


def _need_roles(rows: Iterable[Mapping[str, Any]]) -> None:
    """Let only roles pass that an organizer of the event could have given."""
    for row in rows:
        if row["role"] not in _ROLES:
            raise ValueError(f"there is no role {row['role']!r} at an event")
        granted = row.get("permissions", [])
        if not isinstance(granted, list) or any(each not in GRANTABLE for each in granted):
            raise ValueError("a co-host was granted what cannot be granted")


def _need_own_transactions(
    connection: Connection, rows: Iterable[Mapping[str, Any]], event_id: UUID
) -> None:
    """Keep the sides of transactions of other events apart: each adds up to zero by itself."""
    theirs = select(LedgerRow.no).where(
        LedgerRow.transaction_id.in_({row["transaction_id"] for row in rows}),
        LedgerRow.event_id != event_id,
    )
    if connection.execute(theirs.limit(1)).first() is not None:
        raise ValueError("a ledger line belongs to a transaction of another event")
