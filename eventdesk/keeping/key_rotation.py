"""Rotation of the keys that tickets are sealed with."""

from dataclasses import dataclass
from pathlib import Path

from eventdesk.acts import Permission, Steps, steps


@dataclass(frozen=True, slots=True)
class RotatedKeys:
    """The result of a rotation.

    Attributes:
        active_id: The key that tickets are sealed with from now on.
        keys: How many open tickets.
        file: Where they lie.
    """

    active_id: int
    keys: int
    file: Path


@steps(Permission.INSTALLATION, local=True)
def rotate_keys(steps: Steps) -> RotatedKeys:
    """Make a new key for tickets sold from now on; what was sold stays valid.

    Raises:
        KeyFileError: All key ids are in use, or the file cannot be replaced.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    # Before the transaction, since it writes a file; an unused key does no harm.
    keys = steps.store.keys = steps.store.keys.rotate(steps.now)
    with steps.write() as act:
        act.need(None, Permission.INSTALLATION)
        act.record("rotate_keys", ("store", None), key=keys.active_id)
    return RotatedKeys(keys.active_id, len(keys.token_keys), keys.file)
