"""A door in a process of its own: scans tokens and prints each answer once it was written.

    python -m tests.faults.door_program HOME LIST SEED [on] < tokens

The first line it prints says that the store is open; a line on its input then starts it. Each
further line is `outcome ticket-code`, flushed as soon as `check_in` has returned. With `on`
an error of the store ends nothing: the answer is `error`, and the next token follows.
"""

import random
import sys
from pathlib import Path
from uuid import UUID, uuid4

from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import StoreError
from eventdesk.door import Scan, check_in
from tests.build import STAFF


def main(home: str, list_id: str, seed: str, on: str = "") -> None:
    with Store(Path(home)) as store:
        print("ready", flush=True)
        tokens = sys.stdin.read().split()
        random.Random(seed).shuffle(tokens)
        for token in tokens:
            scan = Scan(token, UUID(list_id), uuid4().hex, utc_now())
            try:
                result = check_in(store, STAFF, scan)
            except StoreError:
                if not on:
                    raise
                print("error", "-", flush=True)
            else:
                print(result.outcome, result.ticket_code, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
