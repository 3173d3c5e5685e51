"""Homes that older versions of eventdesk wrote, kept as packed files in `homes/`.

Each was used with the program of its schema: tickets sold and reissued, guests let in and taken
back, and where the program could, bookings paid, refunded and cancelled and a cash drawer closed.
`0001`, `0004` and `0005` are of 0.1.0. All were made with the keys that `old_home` writes.
"""

import json
import lzma
from base64 import b64encode
from pathlib import Path

from data.store import FILE_NAME, KEYS_FOLDER
from eventdesk.core.keyring import FILE_NAME as KEY_FILE_NAME

HOMES = Path(__file__).parent / "homes"
REVISIONS = sorted(path.name[:4] for path in HOMES.iterdir())


def old_home(home: Path, revision: str) -> Path:
    """Lay out a home as a program with this schema left it."""
    keys = home / KEYS_FOLDER
    keys.mkdir(parents=True, mode=0o700)
    secret = b64encode(bytes(range(64))).decode()
    made_at = "2026-11-21T00:00:00+00:00"
    fields = {
        "version": 1,
        "active": 1,
        "audit": b64encode(bytes(range(32))).decode(),
        "keys": [{"id": 1, "created_at": made_at, "secret": secret}],
    }
    (keys / KEY_FILE_NAME).touch(mode=0o600)
    (keys / KEY_FILE_NAME).write_text(json.dumps(fields))
    (home / FILE_NAME).touch(mode=0o600)
    (home / FILE_NAME).write_bytes(lzma.decompress((HOMES / f"{revision}.db.xz").read_bytes()))
    return home
