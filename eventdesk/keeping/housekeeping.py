"""Backups as an admin sees them: which there are, make one, check one."""

from dataclasses import dataclass
from pathlib import Path

from data.sqlite.files import keys_sold_with, problems
from eventdesk.acts.act import Steps
from eventdesk.acts.actor import Permission
from eventdesk.acts.verbs import steps
from eventdesk.core.errors import EventDeskError, NotFoundError
from eventdesk.core.keyring import Keyring
from eventdesk.keeping.backups import Backup, keys_beside, list_backups, make_backup, unpacked


@dataclass(frozen=True, slots=True)
class BackupCheck:
    """What a check of a backup found.

    Attributes:
        problems: One sentence for each; empty when it can be restored.
    """

    path: Path
    problems: tuple[str, ...]


@steps(Permission.INSTALLATION)
def backups_here(steps: Steps) -> list[Backup]:
    """Read which backups there are, newest first.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    _need_admin(steps)
    return list_backups(steps.store.home)


@steps(Permission.INSTALLATION)
def back_up(steps: Steps) -> Backup:
    """Copy the store while it is in use, check the copy, and thin the old ones.

    Raises:
        NotAllowedError: The actor is no admin.
        BackupError: The copy is not sound or could not be written; older backups stay.
        KeyFileError: The key file lacks a key that tickets were sold with.
    """
    _need_admin(steps)
    backup = make_backup(steps.store, steps.asked)
    with steps.write() as act:
        act.record("back_up", ("store", None), backup=backup.path.name)
    return backup


@steps(Permission.INSTALLATION)
def check_backup(steps: Steps, path: Path) -> BackupCheck:
    """Read a backup from beginning to end, and see that its keys open its tickets.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: It is not among the backups of this home.
    """
    _need_admin(steps)
    if path not in [backup.path for backup in list_backups(steps.store.home)]:
        raise NotFoundError("There is no such backup.", hint="Read the list again with F5.")
    try:
        with unpacked(path) as plain:
            found = problems(plain)
            if not found:
                Keyring.open(keys_beside(path)).check(keys_sold_with(plain))
    except EventDeskError as error:
        found = [str(error)]
    except OSError as error:
        found = [f"{path} cannot be read: {error.strerror or error}."]
    return BackupCheck(path, tuple(found))


def _need_admin(steps: Steps) -> None:
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
