"""A desk that makes the hourly backup when told to, or claims it and does no more."""

import sys
from pathlib import Path

from data.house_lock import backing_up
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.keeping import keep_backup
from tests.build import NOON


def main() -> None:
    """Open the store, say so, and do what the next line says."""
    home = Path(sys.argv[1])
    with Store(home) as store:
        print("ready", flush=True)
        if sys.stdin.readline() == "claim\n":
            with backing_up(home) as claimed:
                print("claimed" if claimed else "taken", flush=True)
                sys.stdin.readline()
        else:
            keep_backup(store, SYSTEM.at(NOON))


if __name__ == "__main__":
    main()
