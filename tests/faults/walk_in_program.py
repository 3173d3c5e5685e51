"""A desk in a process of its own that sells to walk-ins, as long as it lives or there are places.

    python -m tests.faults.walk_in_program HOME EVENT TYPE LIST DESK SALES DRAWER

The first line it prints says that the store is open, and it begins when its input ends. It tries
each nonce twice and prints `NONCE CODE` for each sale that was answered, and `sold out` at the end.
Its nonces are alike for all desks whose DESK is alike: they try to sell the same.
"""

import sys
from pathlib import Path
from uuid import UUID

from data.store import Store
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.core.errors import SoldOutError
from eventdesk.core.money import Money
from eventdesk.door import WalkIn, sell_at_door
from eventdesk.money import open_shift
from tests.build import NOON


def main(home: str, event: str, kind: str, door: str, desk: str, sales: str, drawer: str) -> None:
    actor = Actor(ActorKind.ACCOUNT, UUID(int=int(drawer) + 1), f"Desk {drawer}", Role.STAFF)
    with Store(Path(home)) as store:
        print("ready", flush=True)
        sys.stdin.read()
        open_shift(
            store, actor.at(NOON), UUID(event), drawer=actor.name, float_amount=Money(0, "EUR")
        )
        for number in range(int(sales)):
            nonce = f"{desk}-{number}"
            sale = WalkIn(f"Guest {nonce}", UUID(kind), UUID(door), nonce, NOON)
            try:
                for _ in range(2):
                    sold = sell_at_door(store, actor.at(NOON), UUID(event), sale)
            except SoldOutError:
                print("sold out", flush=True)
                continue
            print(nonce, sold.ticket_code, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
