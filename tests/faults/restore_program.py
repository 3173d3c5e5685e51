"""Restores the same backup again and again, and ends without notice one file operation later."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from eventdesk.keeping.restore import restore
from tests.build import NOON

OPERATIONS = {"os.rename", "os.link", "os.remove"}


def main(home: Path, backup: Path) -> None:
    """Leave a copy of the home, `home-0`, `home-1`, ..., for each operation ended before."""
    number, ended = 0, True
    while ended:
        copy = home.with_name(f"{home.name}-{number}")
        shutil.copytree(home, copy)
        child = os.fork()
        if child == 0:
            sys.addaudithook(_EndBefore(number))
            restore(copy, backup, now=NOON)
            os._exit(0)
        ended = os.waitpid(child, 0)[1] != 0
        number += 1
    print(number)


class _EndBefore:
    """An audit hook that ends the process before an operation, counted from 0."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if event in OPERATIONS:
            if self._left == 0:
                os._exit(9)
            self._left -= 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
