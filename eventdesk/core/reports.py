"""Reports: tables of figures, ready to be shown, printed or saved."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from eventdesk.core.formats import money, number
from eventdesk.core.money import Money

Figure: TypeAlias = str | int | Money | None
"""What stands in a cell of a report."""


class ReportKind(StrEnum):
    """What there are reports of."""

    ATTENDANCE = "attendance"
    REVENUE = "revenue"
    SALES = "sales"
    SESSIONS = "sessions"
    WAITLIST = "waitlist"
    NO_SHOWS = "no-shows"
    CASH = "cash"
    """Of drawers; each is made for itself, so it is not among those of the event."""
    PLATFORM = "platform"
    """Of all events together, for admins."""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table of a report.

    Attributes:
        columns: Their titles.
        rows: Each with a figure a column.
        total: The sums below the rows; None where adding them up means nothing. Amounts of several
            currencies are never added: such a table has a total for none of them.
        bar: The column that is drawn as bars where there is room; None is none.
        empty: What is said when there are no rows.
        key: A stable name, for programs that look for the table; "" where none does.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]
    total: tuple[Figure, ...] | None = None
    bar: int | None = None
    empty: str = "Nothing yet."
    key: str = ""

    @property
    def shares(self) -> tuple[float, ...]:
        """How long each row's bar is, from 0 to 1; empty where there are no bars."""
        if self.bar is None:
            return ()
        sizes = [size_of(row[self.bar]) for row in self.rows]
        most = max((abs(size) for size in sizes), default=0)
        return tuple(max(0, size) / most if most else 0.0 for size in sizes)


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was at one instant.

    Attributes:
        made_at: When the figures were read, aware UTC.
        time_zone: The clock its days and hours are on.
        tables: The summary first.
        remarks: Sentences on how to read them.
    """

    kind: ReportKind
    title: str
    event_name: str
    made_at: datetime
    time_zone: str
    tables: tuple[ReportTable, ...]
    remarks: tuple[str, ...] = ()


def size_of(figure: Figure) -> int:
    """A figure as a number for comparing it; text has none."""
    if isinstance(figure, Money):
        return figure.minor
    return figure if isinstance(figure, int) else 0


def share_text(part: int, whole: int) -> str:
    """A share as people read it, or "" of nothing.

    >>> share_text(1, 3), share_text(0, 0)
    ('33.3 %', '')
    """
    if whole <= 0:
        return ""
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{number(tenths / 10, '.1f')} %"


def figure_text(figure: Figure) -> str:
    """A figure as its reader writes it.

    >>> figure_text(12345), figure_text(Money(1250, "EUR")), figure_text(None)
    ('12,345', '12.50 EUR', '')
    """
    if figure is None:
        return ""
    if isinstance(figure, Money):
        return money(figure)
    return number(figure) if isinstance(figure, int) else figure
