"""The door of a room in a process of its own: lets guests in and out, and prints each answer.

    python -m tests.faults.room_program HOME LIST SEED < tokens

The first line it prints says that the store is open; a line on its input then starts it. Each
further line is `outcome inside`, flushed as soon as the scan was written. Every third guest whom
it let in leaves again at once.
"""

import random
import sys
from pathlib import Path
from uuid import UUID, uuid4

from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.door import Direction, Scan, check_in
from tests.build import STAFF


def main(home: str, list_id: str, seed: str) -> None:
    with Store(Path(home)) as store:
        print("ready", flush=True)
        tokens = sys.stdin.read().split()
        random.Random(seed).shuffle(tokens)
        entered = 0
        for token in tokens:
            ways = [Direction.ENTRY]
            while ways:
                way, now = ways.pop(), utc_now()
                scan = Scan(token, UUID(list_id), uuid4().hex, now, way)
                result = check_in(store, STAFF.at(now), scan)
                print(result.outcome, result.inside, flush=True)
                if way is Direction.ENTRY and result.passes:
                    entered += 1
                    if entered % 3 == 0:
                        ways.append(Direction.EXIT)


if __name__ == "__main__":
    main(*sys.argv[1:])
