"""Trying something inside a transaction that may fail without taking the rest with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection


@contextmanager
def attempt(connection: Connection) -> Iterator[None]:
    """Undo what the block wrote when it raises, and leave the transaction open.

    What cannot go on, such as a full disk or a signal, may have ended the whole transaction; then
    there is nothing to undo.
    """
    connection.exec_driver_sql("SAVEPOINT attempt")
    try:
        yield
    except BaseException:
        if not connection.invalidated and connection.connection.in_transaction:
            connection.exec_driver_sql("ROLLBACK TO attempt")
            connection.exec_driver_sql("RELEASE attempt")
        raise
    connection.exec_driver_sql("RELEASE attempt")
