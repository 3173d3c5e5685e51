"""How SQLite answers what a piece of work asks."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event


def plans(connection: Connection, work: Callable[[], object], table: str) -> list[str]:
    """The lines of the plans of all that some work asks of a table.

    Args:
        connection: The one that the work asks.
        work: It must ask something of the table.
        table: What stands behind FROM.
    """
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if f"FROM {table}" in statement:
            asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        work()
    finally:
        event.remove(connection, "before_cursor_execute", hear)
    assert asked
    return [
        str(row[-1])
        for statement, values in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]
