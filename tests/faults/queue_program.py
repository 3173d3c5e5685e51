"""A run of the queue in a process of its own; a line on its input starts it.

python -m tests.faults.queue_program HOME EVENT NOW
"""

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

from data.store import Store
from eventdesk.waiting import run_queue
from tests.build import SUPERVISOR


def main(home: str, event_id: str, now: str) -> None:
    with Store(Path(home)) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        after = run_queue(store, SUPERVISOR.at(datetime.fromisoformat(now)), UUID(event_id))
        print(after.waiting, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
