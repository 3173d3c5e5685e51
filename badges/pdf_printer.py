"""A printer that is a folder of PDF files, each of exactly the badge's size."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from badges.badge import Badge
from badges.badge_files import folder_status, write_badge
from badges.making import made
from badges.paper import Paper
from badges.raster import badge_pdf, the_layout
from eventdesk.core.printing import Status

if TYPE_CHECKING:
    from badges.layout_parts import Layout

__all__ = ["PdfPrinter"]


@dataclass(frozen=True, slots=True)
class PdfPrinter:
    """Writes a PDF a badge, a page a side, under a name made of the guest's and the job's.

    Whole or not at all, and repeated without a second file, as `FolderPrinter`.
    """

    folder: Path
    layout: "Layout | None" = None
    dpi: int = 300
    """Dots per inch of the picture on its pages."""

    @property
    def name(self) -> str:
        """The folder behind its kind."""
        return f"pdf:{self.folder}"

    def send(self, badge: Badge, *, job: str) -> Paper:
        """Write the badge's file; see `badges.paper.Printer.send`."""
        layout = the_layout(badge, self.layout)
        content = made(badge_pdf, badge, layout, dpi=self.dpi)
        path = write_badge(self.folder, badge.name, job, {".pdf": content}, printer=self.name)
        return Paper(confirmed=True, where=str(path))

    def status(self) -> Status:
        """Say whether the folder can be written."""
        return folder_status(self.folder)

    def follow(self, job_ref: str) -> Paper | None:
        """Return None: a file is there at once."""
        return None
