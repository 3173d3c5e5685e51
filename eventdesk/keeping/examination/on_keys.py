"""The key files: there, nobody else's, and with every key that the tickets need."""

from collections.abc import Iterator

from data.sqlite.files import keys_sold_with
from eventdesk.core.errors import KeyFileError
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop


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
    here = len(store.keys.token_keys)
    yield good("keys", f"{here} in {file}; tickets need {len(sold)} of them, all are there")
