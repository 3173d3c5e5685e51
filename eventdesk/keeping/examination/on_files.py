"""The files of the home: nobody but their owner may read them."""

from collections.abc import Iterator
from pathlib import Path

from data.home_modes import loose
from eventdesk.keeping.examination.finding import Finding, Patient, care, good


def look(patient: Patient) -> Iterator[Finding]:
    """Name what others could read until the store was opened, and what they still can."""
    store = patient.store
    if store is None:
        return
    if store.tightened:
        yield care(
            "files",
            f"others could read {_named(store.tightened, store.home)}; now only you can",
            "If others had access: eventdesk keys rotate",
        )
    left = tuple(loose(store.home))
    if left:
        yield care(
            "files",
            f"others may read {_named(left, store.home)}",
            f"chmod -R go= {store.home} as the owner of these files",
        )
    else:
        yield good("files", f"only you may read what is in {store.home}")


def _named(paths: tuple[Path, ...], home: Path) -> str:
    first = "the home itself" if paths[0] == home else str(paths[0].relative_to(home))
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"
