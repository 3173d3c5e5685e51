"""A program that writes and reads when it is told to: one line of input, one line of answer.

    python -m tests.faults.turn_program HOME NAME

`write 20` writes so many rows, one transaction each, with its place in the queue.
`hold` begins to write, says `inside` and goes on at the next line; `hold fork` and `hold start`
say which child they made meanwhile. `read` begins to read, and ends that at the next line.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from data.schema import SettingRow
from data.sqlite import turn
from data.store import Store


def note(connection: Connection, name: str) -> None:
    """Write a row that says who wrote it."""
    connection.execute(insert(SettingRow).values(key=uuid4().hex, value=name))


def _places() -> list[int]:
    """All places in the queue that this program takes from now on, which are instants."""
    places: list[int] = []
    take_place = turn._take_place

    def take(file: int, *, wait: bool = False) -> int:
        places.append(take_place(file, wait=wait))
        return places[-1]

    turn._take_place = take
    return places


def main(home: str, name: str) -> None:
    places = _places()
    with Store(Path(home)) as store:
        print("ready", flush=True)
        for line in sys.stdin:
            match line.split():
                case ["write", count]:
                    for _ in range(int(count)):
                        with store.write() as connection:
                            note(connection, f"{name} {places[-1]}")
                case ["hold", *child]:
                    with store.write() as connection:
                        note(connection, name)
                        print("inside", *_make_child(child), flush=True)
                        sys.stdin.readline()
                case ["read"]:
                    with store.read() as connection:
                        connection.execute(select(SettingRow)).all()
                        print("inside", flush=True)
                        sys.stdin.readline()
            print("done", flush=True)


def _make_child(how: list[str]) -> list[int]:
    """Make one, if any is wanted, and give its number."""
    match how:
        case ["fork"]:
            child = os.fork()
            if not child:
                time.sleep(60)
                os._exit(0)
            return [child]
        case ["start"]:
            return [subprocess.Popen(["sleep", "60"], close_fds=False).pid]
        case _:
            return []


if __name__ == "__main__":
    main(*sys.argv[1:])
