"""The key files: there, nobody else's, and with every key that the tickets need."""

import stat
import sys
from collections.abc import Iterator

from data.sqlite.files import keys_sold_with
from eventdesk.errors import KeyFileError
from eventdesk.examination.finding import Finding, Patient, care, good, stop


def look(patient: Patient) -> Iterator[Finding]:
    """Compare the key file with what tickets were sealed with."""
    store = patient.store
    if store is None:
        return
    sold = keys_sold_with(store.path)
    try:
        store.reread_keys()
        store.keys.check(sold)
    except KeyFileError as error:
        yield stop("keys", str(error), error.hint)
        return
    file = store.keys.file
    if store.keys.tightened:
        loose = "others could read the key file; now only you can"
        yield care("keys", loose, "If others had access: eventdesk keys rotate")
    if sys.platform != "win32":
        mode = stat.S_IMODE(file.parent.stat().st_mode)
        if mode & 0o077:
            yield care(
                "keys",
                f"others may look into {file.parent} (mode {mode:o})",
                f"chmod 700 {file.parent}",
            )
    here = len(store.keys.token_keys)
    yield good("keys", f"{here} in {file}; tickets need {len(sold)} of them, all are there")
