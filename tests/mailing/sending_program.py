"""A program that sends the mails of a house: `python -m tests.mailing.sending_program HOME`."""

import sys
from pathlib import Path

from data.store import Store
from tests.mailing.office import deliver


def main(home: str) -> None:
    """Send what is due."""
    with Store(Path(home)) as store:
        deliver(store)


if __name__ == "__main__":
    main(sys.argv[1])
