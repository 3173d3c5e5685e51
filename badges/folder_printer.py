"""A printer that is a folder: one text file a badge, and its picture beside it if asked."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from badges.badge import Badge
from badges.badge_files import folder_status, write_badge
from badges.layout import lines
from badges.making import made
from badges.paper import Paper
from eventdesk.core.printing import Status

if TYPE_CHECKING:
    from badges.layout_parts import Layout

__all__ = ["FolderPrinter"]


@dataclass(frozen=True, slots=True)
class FolderPrinter:
    """Writes each badge whole or not at all, under a name made of the guest's and the job's.

    Repeating a job replaces its file, so a delivery interrupted by a crash leaves one file a
    badge. The badge counts as printed when the file is on the disk.
    """

    folder: Path
    with_picture: bool = False
    layout: "Layout | None" = None
    """How the picture looks."""

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def send(self, badge: Badge, *, job: str) -> Paper:
        """Write the badge's files; see `badges.paper.Printer.send`."""
        files = {".png": self._picture(badge)} if self.with_picture else {}
        files[".txt"] = "\n".join([*lines(badge), ""]).encode()
        path = write_badge(self.folder, badge.name, job, files, printer=self.name)
        return Paper(confirmed=True, where=str(path))

    def status(self) -> Status:
        """Say whether the folder can be written."""
        return folder_status(self.folder)

    def follow(self, job_ref: str) -> Paper | None:
        """Return None: a file is there at once."""
        return None

    def _picture(self, badge: Badge) -> bytes:
        return made(drawn_png, badge, self.layout)


def drawn_png(badge: Badge, layout: "Layout | None") -> bytes:
    """Return the front of a badge as a PNG; the picture library is loaded where it is drawn."""
    from badges.drawing import badge_png

    return badge_png(badge, layout)
