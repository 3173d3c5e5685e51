"""Erases what is due of events in small steps, and says so before each.

python -m tests.faults.erasing_program HOME NOW
"""

import sys
from datetime import datetime
from pathlib import Path

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.keeping import erase_due_events, event_erasure


def main(home: str, at: str) -> None:
    event_erasure.AT_ONCE = event_erasure.ENTRIES_AT_ONCE = 3  # type: ignore[misc]
    event_erasure.STEPS_AT_ONCE = 1  # type: ignore[misc]
    with Store(Path(home)) as store:
        while True:
            print("next", flush=True)
            if not erase_due_events(store, SYSTEM.at(datetime.fromisoformat(at))):
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
