"""Packed copies of a live store: copied, checked and packed in one go, by whoever has the time."""

from pathlib import Path
from typing import TypedDict

from data.files import copy_file, keys_sold_with, problems
from data.packed import pack


class Copied(TypedDict):
    """What a copy was found to be.

    Attributes:
        problem: The first thing that is wrong with it, and then it is not packed; "" for none.
        keys: Fingerprint, by the key's id as text, of each key that its tickets were sold with.
    """

    problem: str
    keys: dict[str, str]


def pack_copy(source: str, draft: str, target: str) -> Copied:
    """Copy a live store, check the copy, and write a packed one.

    Args:
        source: The store's file.
        draft: A new file, the copy.
        target: A new file, the copy packed.

    Raises:
        StoreError: One of the files cannot be read or written.
        BackupError: What was packed is not what was read.
        OSError: One of the files cannot be read or written.
    """
    copy = Path(draft)
    copy_file(Path(source), copy)
    found = problems(copy)
    if found:
        return Copied(problem=found[0], keys={})
    keys = {str(key): fingerprint for key, fingerprint in keys_sold_with(copy).items()}
    pack(copy, Path(target))
    return Copied(problem="", keys=keys)
