"""A store whose every act is taken back at once, so that one store does for many tries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Connection

from data.store import Store


class _TakenBackError(Exception):
    """Ends the transaction around a try."""


@contextmanager
def taken_back(store: Store) -> Iterator[None]:
    """Let use cases read and write as ever within one transaction, and roll all of it back.

    Each `write` of theirs is a savepoint of it: returning keeps, raising takes back. What they do
    to files stays.
    """
    try:
        with store.write() as outer:

            @contextmanager
            def write(*, about: UUID | None = None) -> Iterator[Connection]:
                outer.exec_driver_sql("SAVEPOINT act")
                try:
                    with store._translated():
                        yield outer
                except BaseException:
                    outer.exec_driver_sql("ROLLBACK TO act")
                    raise
                finally:
                    outer.exec_driver_sql("RELEASE act")

            @contextmanager
            def read() -> Iterator[Connection]:
                with store._translated():
                    yield outer

            patched: Any = store
            with patch.object(patched, "write", write), patch.object(patched, "read", read):
                yield
            raise _TakenBackError
    except _TakenBackError:
        pass
