"""Serves a home on loopback until Ctrl+C: `python -m eventdesk.web HOME [PORT]`."""

import logging
import sys
from pathlib import Path

from data.store import Store
from eventdesk.core.errors import EventDeskError
from eventdesk.web.serving import HOST, PORT, listening, serve


def main(home: str, port: str = str(PORT)) -> int:
    """Open the home and serve it."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    try:
        with Store(Path(home)) as store:
            serve(store, listening(HOST, int(port)), on_ready=lambda url: print(url, flush=True))
    except EventDeskError as error:
        print(f"eventdesk: {error}\n  {error.hint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
