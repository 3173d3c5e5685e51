"""The card reader that stands at this machine: kept in its home, so for each desk by itself."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Final

from eventdesk.core.private_file import read_private, replace_private
from eventdesk.integrations.payments import CardReader

FILE_NAME: Final = "card-reader.json"
MAX_BYTES: Final = 4096


def reader_here(home: Path) -> CardReader | None:
    """Read which card reader stands at this machine; None where none was chosen."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(read_private(home / FILE_NAME, limit=MAX_BYTES)[0])
        return CardReader(str(kept["reader"]), str(kept["label"]))
    return None


def keep_reader_here(home: Path, reader: CardReader | None) -> None:
    """Keep which card reader stands at this machine; None is none any more."""
    if reader is None:
        (home / FILE_NAME).unlink(missing_ok=True)
        return
    kept = {"reader": reader.reference, "label": reader.label}
    replace_private(home / FILE_NAME, json.dumps(kept).encode())
