"""A person in a process of their own who books whatever there is, until all of it is gone.

    python -m tests.faults.booking_program HOME EVENT ACCOUNT SESSION SEED < types-and-seats

The first line it prints says that the store is open. Its input is the id of the type without
seats, that of the type with seats, and those of the seats. It prints `ticket ID` for each ticket
it got, `seat ID` for each seat, and `session` when it has a place in the session.
"""

import random
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from data.store import Store
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.booking import NewBooking, NewTicket, order
from eventdesk.core.errors import SalesError
from eventdesk.waiting import Going, sign_up_for_session
from tests.build import NOON

TRIES = 12
EARLY = NOON - timedelta(days=30)


def main(home: str, event: str, account: str, session: str, seed: str) -> None:
    actor = Actor(ActorKind.ACCOUNT, UUID(account), f"Person {seed}", Role.ATTENDEE)
    chance = random.Random(seed)
    with Store(Path(home)) as store:
        print("ready", flush=True)
        standing, seated, *seats = map(UUID, sys.stdin.read().split())
        wishes = [
            chance.choice(
                [
                    (standing, None, chance.randint(1, 3)),
                    (seated, None, chance.randint(1, 2)),
                    (seated, chance.choice(seats), 1),
                ]
            )
            for _ in range(TRIES)
        ]
        # In the end one of each, so that what could be sold is sold.
        rest: list[tuple[UUID, UUID | None, int]] = [(seated, seat_id, 1) for seat_id in seats]
        chance.shuffle(rest)
        for kind, seat_id, count in [*wishes, *rest, *[(standing, None, 1)] * TRIES]:
            wish = NewTicket(kind, actor.name, seat_id=seat_id)
            booking = NewBooking(actor.name, "", (wish,) * count)
            try:
                booked = order(store, actor.at(EARLY), UUID(event), booking)
            except SalesError:
                continue
            for ticket_id in booked.ticket_ids:
                print("ticket", ticket_id)
            if seat_id:
                print("seat", seat_id)
        if sign_up_for_session(store, actor.at(EARLY), UUID(session)).going is Going.SIGNED_UP:
            print("session")


if __name__ == "__main__":
    main(*sys.argv[1:])
