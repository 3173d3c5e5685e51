"""A program that opens a home when it is told to, and says the schema it found.

    python -m tests.faults.opening_program HOME

A line on its input, after it said that it is ready, tells it to.
"""

import sys
from pathlib import Path

from data.migrate import revision_of
from data.store import Store


def main(home: str) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    with Store(Path(home)) as store:
        print(revision_of(store.path))


if __name__ == "__main__":
    main(*sys.argv[1:])
