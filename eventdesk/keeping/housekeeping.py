"""Backups as an admin sees them: which there are, make one, check one."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.sqlite.files import keys_sold_with, problems
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
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


@allowed(Permission.INSTALLATION)
def backups_here(store: Store, actor: Actor) -> list[Backup]:
    """Read which backups there are, newest first.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    _need_admin(store, actor)
    return list_backups(store.home)


@allowed(Permission.INSTALLATION)
def back_up(store: Store, actor: Actor, *, now: datetime) -> Backup:
    """Copy the store while it is in use, check the copy, and thin the old ones.

    Raises:
        NotAllowedError: The actor is no admin.
        BackupError: The copy is not sound or could not be written; older backups stay.
        KeyFileError: The key file lacks a key that tickets were sold with.
    """
    _need_admin(store, actor)
    backup = make_backup(store, now=now)
    with store.write() as connection:
        record(connection, actor, "back_up", ("store", None), now=now, backup=backup.path.name)
    return backup


@allowed(Permission.INSTALLATION)
def check_backup(store: Store, actor: Actor, path: Path) -> BackupCheck:
    """Read a backup from beginning to end, and see that its keys open its tickets.

    Raises:
        NotAllowedError: The actor is no admin.
        NotFoundError: It is not among the backups of this home.
    """
    _need_admin(store, actor)
    if path not in [backup.path for backup in list_backups(store.home)]:
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


def _need_admin(store: Store, actor: Actor) -> None:
    with store.read() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
