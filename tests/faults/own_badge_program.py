"""Somebody who asks for their own badges, in a process of their own.

    python -m tests.faults.own_badge_program HOME ACCOUNT < ticket ids

The first line it prints says that the store is open; its input then starts it. Each further line is
`printed` or `refused`, and the ticket.
"""

import sys
from pathlib import Path
from uuid import UUID

from data.store import Store
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.core.errors import InvalidInputError
from eventdesk.door import print_own_badge
from tests.build import NOON


def main(home: str, account: str) -> None:
    actor = Actor(ActorKind.ACCOUNT, UUID(account), "Ada", Role.ATTENDEE).at(NOON)
    with Store(Path(home)) as store:
        print("ready", flush=True)
        for ticket in sys.stdin.read().split():
            try:
                print_own_badge(store, actor, UUID(ticket))
            except InvalidInputError:
                print("refused", ticket, flush=True)
            else:
                print("printed", ticket, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
