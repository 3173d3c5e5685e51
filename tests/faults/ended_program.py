"""Does one thing to a home again and again, and ends without notice one step later each time.

Steps are the file operations that replace something, and of a migration the beginning, every
tenth statement and the commit.
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.migration
import alembic.operations
import alembic.script  # noqa: F401 - what a child needs is loaded once, before
from sqlalchemy import Engine, event

from eventdesk.keeping import restore, undo_upgrade, upgrade
from tests.build import NOON

OPERATIONS = {"os.rename", "os.link", "os.remove"}

ACTS: dict[str, Callable[..., object]] = {
    "restore": lambda home, backup: restore(home, Path(backup), now=NOON),
    "upgrade": upgrade,
    "undo": lambda home: undo_upgrade(home, now=NOON),
}


def main(act: str, home: Path, *arguments: str) -> None:
    """Leave a copy of the home, `home-0`, `home-1`, ..., for each step ended before."""
    number, ended = 0, True
    while ended:
        copy = home.with_name(f"{home.name}-{number}")
        shutil.copytree(home, copy)
        child = os.fork()
        if child == 0:
            end = _EndBefore(number)
            sys.addaudithook(end)
            event.listen(Engine, "before_cursor_execute", end.statement)
            ACTS[act](copy, *arguments)
            os._exit(0)
        ended = os.waitpid(child, 0)[1] != 0
        number += 1
    print(number)


class _EndBefore:
    """Ends the process before a step, counted from 0."""

    def __init__(self, number: int) -> None:
        self._left, self._said = number, 0

    def __call__(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if event in OPERATIONS:
            self._step()

    def statement(self, _connection: object, _cursor: object, said: str, *_rest: object) -> None:
        """Called before each statement."""
        if said.startswith(("PRAGMA", "SELECT")):
            return
        self._said += 1
        if said.startswith(("BEGIN", "COMMIT")) or self._said % 10 == 0:
            self._step()

    def _step(self) -> None:
        if self._left == 0:
            os._exit(9)
        self._left -= 1


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
