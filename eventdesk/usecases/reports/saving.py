"""Reports as files, and all reports there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Final

from eventdesk.documents.report_pdf import report_pdf
from eventdesk.model.people import Permission
from eventdesk.model.plain_text import file_name
from eventdesk.model.reports import Figure, Report, ReportKind
from eventdesk.tables.drafts import drafted
from eventdesk.tables.files import Form, free_path, save_table
from eventdesk.tables.xlsx_file import write_sheets
from eventdesk.usecases.reports.attendance import attendance_report, no_show_report
from eventdesk.usecases.reports.interest import session_report, waitlist_report
from eventdesk.usecases.reports.revenue import revenue_report
from eventdesk.usecases.reports.sales import sales_report


class ReportForm(StrEnum):
    """How a report is saved."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """One report there is.

    Attributes:
        title: As people call it.
        permission: What its use case asks for.
        make: The use case: store, actor, event, now.
    """

    kind: ReportKind
    title: str
    permission: Permission
    make: Callable[..., Report]


REPORTS: Final[Mapping[ReportKind, ReportSpec]] = {
    spec.kind: spec
    for spec in (
        ReportSpec(ReportKind.ATTENDANCE, "Attendance", Permission.TICKETS, attendance_report),
        ReportSpec(ReportKind.REVENUE, "Revenue", Permission.MONEY, revenue_report),
        ReportSpec(ReportKind.SALES, "Sales", Permission.MONEY, sales_report),
        ReportSpec(ReportKind.SESSIONS, "Sessions", Permission.PROGRAMME, session_report),
        ReportSpec(ReportKind.WAITLIST, "Waitlist", Permission.TICKETS, waitlist_report),
        ReportSpec(ReportKind.NO_SHOWS, "No-shows", Permission.TICKETS, no_show_report),
    )
}
"""All reports, in the order in which they are offered."""


def save_report(
    home: Path, report: Report, form: ReportForm, path: Path | None = None
) -> list[Path]:
    """Save a report as it was read; who could read it could see all that is in it.

    A CSV file holds one table, so a report of several becomes several files.

    Args:
        home: The home folder, whose folder for exports takes it where no path is named.
        report: The report.
        form: How.
        path: Where; what is there is replaced.

    Returns:
        The files.

    Raises:
        InvalidInputError: It cannot be written, or a library is not installed.
    """
    day = report.made_at.astimezone(UTC)
    stem = f"{report.event_name} {report.title} {day:%Y-%m-%d}"
    if form is ReportForm.CSV:
        return _save_csv(home, report, stem, path)
    path = path or free_path(home, stem, form)
    if form is ReportForm.PDF:
        content = report_pdf(report)
        with drafted(path) as draft:
            draft.write_bytes(content)
    else:
        sheets = [
            (table.title, table.columns, (*table.rows, *_sums(table.total)))
            for table in report.tables
        ]
        with drafted(path) as draft:
            write_sheets(draft, sheets)
    return [path]


def _save_csv(home: Path, report: Report, stem: str, path: Path | None) -> list[Path]:
    files = []
    for place, table in enumerate(report.tables):
        part = file_name(table.title, fallback=f"table {place + 1}")
        if path is None:
            target = free_path(home, f"{stem} {part}", Form.CSV)
        elif len(report.tables) == 1:
            target = path
        else:
            target = path.with_name(f"{path.stem} {part}{path.suffix or '.csv'}")
        save_table(target, Form.CSV, table.columns, (*table.rows, *_sums(table.total)))
        files.append(target)
    return files


def _sums(total: tuple[Figure, ...] | None) -> tuple[tuple[Figure, ...], ...]:
    return () if total is None else (total,)
