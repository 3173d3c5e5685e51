"""The schema up to 0012: new files get it from `base.sql`, those of 0.1.0 and since what they lack.

Between 0001 and 0012 tables only grew, so a file is brought over by whatever is missing: tables,
columns, indexes and triggers. What older programs wrote then gets the values it would have now.
"""

import json
import re
import time
from collections.abc import Callable

from alembic import op
from sqlalchemy import Connection

from data.guards import SCHEMA, plain
from data.sealed_rows import DETAIL, bounds_of, seal_of
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id

revision = "0012"
down_revision = None


def upgrade() -> None:
    """Make what is missing, and fill it for what is there."""
    connection = op.get_bind()
    former = _take_revision(connection)
    _lay_out(connection)
    for until, step in _STEPS:
        if former is not None and former < until:
            step(connection)


def _take_revision(connection: Connection) -> str | None:
    """The revision of an older file, which is taken out of it; None for a new one."""
    if "alembic_version" not in _present(connection):
        return None
    former = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    connection.exec_driver_sql("DELETE FROM alembic_version")
    return former


def _lay_out(connection: Connection) -> None:
    there = _present(connection)
    for statement in map(plain, SCHEMA.read_text("utf-8").split("\n\n")):
        kind, name = statement.replace("UNIQUE ", "").replace("VIRTUAL ", "").split()[1:3]
        if name not in there:
            connection.exec_driver_sql(statement)
        elif statement.startswith("CREATE TABLE"):
            columns = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")}
            for column in _columns(statement):
                if column.split()[0].strip('"') not in columns:
                    connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {column}")
        elif kind != "TABLE" and there[name] != statement:
            connection.exec_driver_sql(f"DROP {kind} {name}")
            connection.exec_driver_sql(statement)


def _present(connection: Connection) -> dict[str, str]:
    """What a file has by name, with the statement that made it."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: plain(sql) for name, sql in rows}


def _columns(table: str) -> list[str]:
    """The definitions of a table's columns; its constraints come after them."""
    columns = table[table.index("(") + 1 :].partition(", CONSTRAINT")[0]
    return re.split(r", (?![^(]*\))", columns)


def _fill_bookings(connection: Connection) -> None:
    """Numbers, prices, owners and folded names of what was there before the door's tables."""
    for statement in (
        "UPDATE booking SET no = numbered.no, source = 'desk' FROM"
        " (SELECT id, row_number() OVER (ORDER BY created_at, id) AS no FROM booking) AS numbered"
        " WHERE numbered.id = booking.id",
        "UPDATE ticket SET price_minor = ticket_type.price_minor FROM ticket_type"
        " WHERE ticket_type.id = ticket.ticket_type_id",
        "UPDATE event SET published_at = created_at WHERE state = 'published'",
        "UPDATE event SET owner_id = (SELECT account_id FROM event_role"
        " WHERE event_role.event_id = event.id AND event_role.role = 'organizer' LIMIT 1)",
    ):
        connection.exec_driver_sql(statement)
    for table in ("account", "event", "booking"):
        rows = connection.exec_driver_sql(f"SELECT rowid, name FROM {table}").all()
        folded = [(fold(name), number) for number, name in rows]
        if folded:
            connection.exec_driver_sql(
                f"UPDATE {table} SET folded_name = ? WHERE rowid = ?", folded
            )


def _name_exits(connection: Connection) -> None:
    connection.exec_driver_sql("UPDATE check_in_list SET kind = 'leave' WHERE direction = 'exit'")


def _seal(connection: Connection) -> None:
    """Seal cash movements and invoices that are there in one entry of the audit."""
    seals = [seal_of(connection, *bounds) for bounds in bounds_of(connection)]
    if seals:
        connection.exec_driver_sql(
            "INSERT INTO audit (id, at, actor_kind, actor_name, verb, subject_kind, detail)"
            " VALUES (?, ?, 'system', 'eventdesk', 'seal_rows', 'store', ?)",
            (new_id().bytes, time.time_ns() // 1000, json.dumps({DETAIL: seals})),
        )


def forget_other_events(connection: Connection) -> None:
    """Take out what scans that were refused for the wrong event kept of the tickets."""
    connection.exec_driver_sql(
        "UPDATE scan SET ticket_id = NULL, scanned = '', result = json_set(result, "
        "'$.ticket_id', NULL, '$.ticket_code', NULL, '$.name', NULL, '$.line_two', '', "
        "'$.ticket_type', '', '$.seat', '', '$.reason', '', '$.attention', '', "
        "'$.first_admitted_at', NULL, '$.first_gate', '') WHERE outcome = 'wrong_event'"
    )


_STEPS: tuple[tuple[str, Callable[[Connection], None]], ...] = (
    ("0004", _fill_bookings),
    ("0005", _name_exits),
    ("0006", _seal),
    ("0009", forget_other_events),
)
"""What is done to files from before a schema, in order."""
