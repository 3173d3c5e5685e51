"""A door that meets the limit of its disk, in a process whose files may not grow."""

import resource
import signal
import sys
from pathlib import Path
from uuid import UUID, uuid4

from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import StoreError
from eventdesk.door import Scan, check_in
from tests.build import STAFF


def main(home: str, list_id: str, most_bytes: str) -> None:
    """Scan until the store can take no more; print each answer, and last what went wrong."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Store(Path(home)) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), resource.RLIM_INFINITY))
        try:
            for token in sys.stdin.read().split():
                scan = Scan(token, UUID(list_id), uuid4().hex, utc_now())
                result = check_in(store, STAFF, scan)
                print(result.outcome, result.ticket_code, flush=True)
        except StoreError as error:
            print(f"{error.code}: {error} {error.hint}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
