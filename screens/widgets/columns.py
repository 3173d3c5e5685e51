"""Columns of a table: how wide each is, and how its texts are cut and filled up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import set_cell_size

from eventdesk.core.cells import cut_cells
from eventdesk.core.plain_text import plain

GAP: Final = 2
MIN_SHARE: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: What stands above it.
        width: Cells it takes; 0 shares what is left with the others of width 0.
        right: Whether its texts end at the same place, as figures do.
        least: Shown only where the table is at least this many cells wide.
    """

    title: str
    width: int = 0
    right: bool = False
    least: int = 0


def widths(columns: Sequence[Column], cells: int) -> list[int]:
    """How many cells each column takes in a table of this width; 0 for one that is not shown.

    >>> widths([Column("Name"), Column("Price", 8), Column("Seat", 6, least=60)], 40)
    [30, 8, 0]
    """
    shown = [column for column in columns if cells >= column.least]
    fixed = sum(column.width for column in shown)
    left = cells - fixed - GAP * max(0, len(shown) - 1)
    sharing = sum(1 for column in shown if not column.width)
    share, rest = divmod(max(left, 0), sharing) if sharing else (0, 0)
    found = []
    for column in columns:
        if cells < column.least:
            found.append(0)
        elif column.width:
            found.append(column.width)
        else:
            found.append(max(MIN_SHARE, share + (1 if rest > 0 else 0)))
            rest -= 1
    return found


def filled(cells: Sequence[str], columns: Sequence[Column], taken: Sequence[int]) -> str:
    """One line of a table, its texts harmless, cut and filled up to their columns.

    >>> filled(["Ada", "12.50"], [Column("Name"), Column("Price", right=True)], [5, 8])
    'Ada       12.50'
    """
    texts = []
    for text, column, width in zip(cells, columns, taken, strict=False):
        if width:
            shown = cut_cells(plain(text, limit=2 * width + 8), width)
            # Filled up as Textual counts: its layout is what the next column has to agree with.
            tight = set_cell_size(shown, width)
            if column.right:
                tight = " " * (len(tight) - len(tight.rstrip(" "))) + tight.rstrip(" ")
            texts.append(tight)
    return (" " * GAP).join(texts)
