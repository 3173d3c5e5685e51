"""Named files: which of them they may read, and where they may write.

Whoever administers the installation, and the command line of whoever owns its files, may name any
place that `output_files` takes. Everybody else writes into the exports of the home: the program
runs with the rights of the machine's owner, who did not lend them a file system. They replace no
file either, for those of all events are there.
"""

from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from data.schema import AuditRow
from eventdesk.acts.act import Act
from eventdesk.acts.actor import Permission
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.messages import msg
from eventdesk.core.output_files import EXPORTS, is_export

EXPORTED: Final = "export_list"
"""The audit's verb for a list that was written into a file."""


def need_readable(act: Act, path: Path) -> None:
    """Let a file be read for who asks: outside of the home folder any, inside of it few.

    The home holds what all events have written, the store and its keys. Admins may read any of
    it; others only a list they may take out themselves, as the audit says which list it is.

    Raises:
        NotAllowedError: It lies in the home folder, and is nothing the actor may take out.
    """
    real = path.resolve()
    if not _is_within(real, act.store.home) or act.known_at(None).may(Permission.INSTALLATION):
        return
    exported = (
        _exported(act.connection, real.name)
        if _is_same(real.parent, act.store.home / EXPORTS)
        else None
    )
    try:
        if exported is None:
            raise NotAllowedError(msg("It is no list."))
        event_id, permission = exported
        act.need(event_id, permission)
    except NotAllowedError as error:
        raise NotAllowedError(
            msg(
                "{name!r} lies in the home folder of eventdesk, where files of other events "
                "are too.",
                name=path.name[:80],
            ),
            hint=msg("Put the file into another folder, and name it there."),
        ) from error


def _exported(connection: Connection, name: str) -> tuple[UUID, Permission] | None:
    """The event of a list that lies under a name among the exports, and what it takes."""
    entry = connection.execute(
        select(AuditRow.event_id, AuditRow.detail)
        .where(
            AuditRow.verb == EXPORTED,
            AuditRow.detail["file"].as_string() == name,
            AuditRow.detail["needs"].as_string().is_not(None),
        )
        .order_by(AuditRow.seq.desc())
        .limit(1)
    ).one_or_none()
    if entry is None or entry.event_id is None:
        return None
    return entry.event_id, Permission(entry.detail["needs"])


def _is_within(path: Path, folder: Path) -> bool:
    return any(_is_same(each, folder) for each in (path, *path.parents))


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths are one folder, also where the file system knows no capitals."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def place_for(act: Act, home: Path, path: Path | None, *, overwrite: bool = False) -> Path | None:
    """Return where a file is written for an actor; None stays None, for a name of its own.

    A name without a folder is one among the exports for whoever may write nowhere else.

    Args:
        home: The home folder.
        path: Where the actor wants it.
        overwrite: Whether the actor wants a file that is there replaced.

    Raises:
        NotAllowedError: It is not among the exports or may be in place of another file, and the
            actor is no admin.
        InvalidInputError: It cannot name a file.
    """
    if path is None or act.known_at(None).may(Permission.INSTALLATION):
        return path
    if overwrite:
        raise NotAllowedError(
            msg("{name} may not replace files: they may be of other events.", name=act.actor.name),
            hint=msg("Give another name."),
        )
    place = home / EXPORTS / path
    if not is_export(home, place):
        raise NotAllowedError(
            msg("{name} may not write files outside of the exports.", name=act.actor.name),
            hint=msg("Give only a name; the file goes to the exports of the home folder."),
        )
    return place
