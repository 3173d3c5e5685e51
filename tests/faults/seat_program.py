"""Somebody who wants seats, in a process of their own: holds one, and takes what they hold.

    python -m tests.faults.seat_program HOME EVENT SEED < ticket ids

The first line it prints says that the store is open; its input then starts it. It goes through all
seats in an order of its own; each further line is `took label`, or `refused label`.
"""

import random
import sys
from pathlib import Path
from uuid import UUID, uuid4

from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import SeatTakenError
from eventdesk.seating import hold_seats, plan, take_seats
from tests.build import STAFF


def main(home: str, event: str, seed: str) -> None:
    event_id, holder_id = UUID(event), uuid4()
    with Store(Path(home)) as store:
        (section,) = plan(store, SYSTEM, event_id, holder_id=holder_id)
        print("ready", flush=True)
        tickets = [UUID(line) for line in sys.stdin.read().split()]
        seats = list(section.seats)
        random.Random(seed).shuffle(seats)
        for seat in seats:
            try:
                hold_seats(store, STAFF, event_id, [seat.id], holder_id=holder_id)
                with Steps(store, SYSTEM).write() as act:
                    pair = (tickets[-1], seat.id)
                    take_seats(act, event_id, [pair], holder_id=holder_id)
            except SeatTakenError:
                print("refused", seat.label, flush=True)
            else:
                tickets.pop()
                print("took", seat.label, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
