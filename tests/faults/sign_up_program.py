"""People who sign up for a session in a process of its own, and some of them leave again.

python -m tests.faults.sign_up_program HOME SESSION NOW SEED < accounts
"""

import random
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

from data.store import Store
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.core.errors import NotFoundError
from eventdesk.waiting import leave_session, sign_up_for_session


def main(home: str, session: str, at: str, seed: str) -> None:
    session_id, now = UUID(session), datetime.fromisoformat(at)
    with Store(Path(home)) as store:
        print("ready", flush=True)
        accounts = sys.stdin.read().split()
        drawn = random.Random(seed)
        drawn.shuffle(accounts)
        for account in accounts:
            actor = Actor(ActorKind.ACCOUNT, UUID(account), "Guest", Role.ATTENDEE)
            sign_up_for_session(store, actor.at(now), session_id)
            if drawn.random() < 0.3:
                with suppress(NotFoundError):  # another process has left for this person
                    leave_session(store, actor.at(now), session_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
