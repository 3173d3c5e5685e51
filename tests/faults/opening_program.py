"""A program that opens a home when it is told to, and says the schema it found."""

import sys
from pathlib import Path

from data.migrate import revision_of
from data.store import Store

home = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with Store(home) as store:
    print(revision_of(store.path))
