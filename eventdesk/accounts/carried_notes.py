"""Notes that somebody carries for some minutes, sealed by the active key of the house.

Older keys do not open them: an archive takes along the keys that its tickets were sold with, and
whoever has such a key could write notes.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.store import Store
from eventdesk.acts import ReadingSteps
from eventdesk.core.sealing import seal, unseal


def write_note(store: Store, purpose: str, content: bytes) -> str:
    """Seal what somebody carries."""
    store.reread_keys()  # another process may have packed an archive, and rotated
    return urlsafe_b64encode(seal(store.keys.active, purpose, content, about=b"")).decode()


def read_note(store: Store, purpose: str, note: str) -> bytes | None:
    """What somebody carries; None where the active key did not seal it for that."""
    try:
        sealed = urlsafe_b64decode(note)
    except (Error, ValueError):
        return None
    store.reread_keys()
    return unseal(lambda _key_id: store.keys.active, purpose, sealed, about=b"")


def write_lasting(
    steps: ReadingSteps, purpose: str, said: Mapping[str, Any], lasts: timedelta
) -> str:
    """Seal what somebody carries for a while."""
    until = int((steps.now + lasts).timestamp())
    return write_note(steps.store, purpose, json.dumps({**said, "until": until}).encode())


def read_lasting(steps: ReadingSteps, purpose: str, note: str) -> dict[str, Any] | None:
    """What somebody carries; None where it is over, or none of ours."""
    content = read_note(steps.store, purpose, note)
    if content is None:
        return None
    said: dict[str, Any] = json.loads(content)
    return said if said.pop("until") > steps.now.timestamp() else None
