"""SQLite's errors, said for people."""

from pathlib import Path

from eventdesk.core.errors import (
    EventDeskError,
    InvalidInputError,
    NotFoundError,
    StoreBrokenError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from eventdesk.core.messages import msg


def translate(error: Exception, path: Path) -> EventDeskError | None:
    """Say a database error in words for a person; None when it is none of the expected ones."""
    cause = getattr(error, "orig", error)
    name = getattr(cause, "sqlite_errorname", "") or ""
    text = str(cause)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(
            msg("Another desk held the store for too long."),
            hint=msg(
                "Nothing was written. Try again; if it stays, close programs that hold the file."
            ),
        )
    if name.startswith("SQLITE_FULL") or "disk is full" in text:
        return StoreFullError(
            msg("The disk is full; nothing was written."),
            hint=msg(
                "Make room on the disk of {parent} and try again. The data is whole.",
                parent=path.parent,
            ),
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreReadOnlyError(
            msg("{path} cannot be written.", path=path),
            hint=msg("Check who owns the file and its folder, and that the disk is not read-only."),
        )
    if is_damage(cause):
        return StoreBrokenError(
            msg("{path} is damaged or not an eventdesk store.", path=path),
            hint=msg("Keep the file, then bring back the newest backup: `eventdesk restore`."),
        )
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY" or text == "FOREIGN KEY constraint failed":
        return NotFoundError(
            msg("Something named here is not in the store, or no longer."),
            hint=msg("Nothing was written. Read the list again and choose anew."),
        )
    if "pattern too complex" in text:
        return InvalidInputError(
            msg("This text is too long to be searched for."), hint=msg("Type a few words.")
        )
    if name.startswith("SQLITE_IOERR"):
        return StoreError(
            msg("The disk of {parent} gave an error: {text}.", parent=path.parent, text=text),
            hint=msg("Nothing was written. Check the disk; `eventdesk doctor` looks at the file."),
        )
    return None


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that a file is cut, overwritten or none of its own."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))
