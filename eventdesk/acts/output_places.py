"""Who may say where a file is written.

Whoever administers the installation, and the command line of whoever owns its files, may name any
place that `output_files` takes. Everybody else writes into the exports of the home: the program
runs with the rights of the machine's owner, who did not lend them a file system. They replace no
file either, for those of all events are there.
"""

from pathlib import Path

from eventdesk.acts.act import Act
from eventdesk.acts.actor import Permission
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.output_files import EXPORTS, is_export


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
            f"{act.actor.name} may not replace files: they may be of other events.",
            hint="Give another name.",
        )
    place = home / EXPORTS / path
    if not is_export(home, place):
        raise NotAllowedError(
            f"{act.actor.name} may not write files outside of the exports.",
            hint="Give only a name; the file goes to the exports of the home folder.",
        )
    return place
