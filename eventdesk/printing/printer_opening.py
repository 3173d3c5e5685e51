"""From the row of a printer to what drives it."""

from pathlib import Path

from badges.paper import Printer
from badges.printers import open_printer

BADGES_FOLDER = "badges"
LAYOUTS_FOLDER = "layouts"


def layout_version(home: Path, layout: str) -> int:
    """Tell one state of a layout's file from another; 0 where it is none of one's own."""
    try:
        file = (home / LAYOUTS_FOLDER / f"{layout}.toml").stat() if layout else None
    except (OSError, ValueError):
        return 0
    return file.st_mtime_ns + file.st_ctime_ns if file is not None else 0


def open_set_up(home: Path, spec: str, layout: str) -> Printer | None:
    """Open a printer that is set up; nothing is connected before the first badge.

    Args:
        home: The home folder, with its badges and layouts.
        spec: As `badges.printers.open_printer` reads it.
        layout: Name of the layout that fits its paper; "" is the event's.

    Raises:
        InvalidInputError: The text names no printer, or there is no such layout.
    """
    folder = home / BADGES_FOLDER
    if not layout:
        return open_printer(spec, badges_folder=folder)
    from badges.layout_file import find_layout

    return open_printer(
        spec, badges_folder=folder, layout=find_layout(layout, home / LAYOUTS_FOLDER)
    )
