"""The reports of an event, and saving a report as files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Final

from eventdesk.acts import Permission, ReadingSteps, place_for, reads_in_steps
from eventdesk.core.messages import Message, msg
from eventdesk.core.output_files import drafted, need_place, write_file
from eventdesk.core.plain_text import file_name
from eventdesk.core.reports import Figure, Report, ReportKind
from eventdesk.documents.report_pdf import report_pdf
from eventdesk.figures.reports.attendance import attendance_report, no_show_report
from eventdesk.figures.reports.interest import session_report, waitlist_report
from eventdesk.figures.reports.revenue import revenue_report
from eventdesk.figures.reports.sales import sales_report
from eventdesk.tables.files import Form, free_path, save_table
from eventdesk.tables.xlsx import write_sheets


class ReportForm(StrEnum):
    """How a report is saved."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """A report: its title, the permission and the use case that makes it."""

    kind: ReportKind
    title: Message
    permission: Permission
    make: Callable[..., Report]


REPORTS: Final[Mapping[ReportKind, ReportSpec]] = {
    spec.kind: spec
    for spec in (
        ReportSpec(ReportKind.ATTENDANCE, msg("Attendance"), Permission.TICKETS, attendance_report),
        ReportSpec(ReportKind.REVENUE, msg("Revenue"), Permission.MONEY, revenue_report),
        ReportSpec(ReportKind.SALES, msg("Sales"), Permission.MONEY, sales_report),
        ReportSpec(ReportKind.SESSIONS, msg("Sessions"), Permission.PROGRAMME, session_report),
        ReportSpec(ReportKind.WAITLIST, msg("Waitlist"), Permission.TICKETS, waitlist_report),
        ReportSpec(ReportKind.NO_SHOWS, msg("No-shows"), Permission.TICKETS, no_show_report),
    )
}
"""The reports in the order in which they are offered."""


@reads_in_steps(Permission.ATTEND, local=True)
def save_report(
    steps: ReadingSteps,
    report: Report,
    *,
    form: ReportForm | str,
    path: Path | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Save a report as it was read, in a place that `place_for` lets this actor use.

    A CSV file holds one table, so a report of several becomes several files.

    Raises:
        FileTakenError: There is such a file already.
        InvalidInputError: Nothing may be written there.
    """
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        path = place_for(act, act.store.home, path, overwrite=overwrite)
    form, home = ReportForm(form), steps.store.home
    day = report.made_at.astimezone(UTC)
    stem = f"{report.event_name} {report.title} {day:%Y-%m-%d}"
    if form is ReportForm.CSV:
        return _save_csv(home, report, stem, path, overwrite)
    path = path or free_path(home, stem, form)
    if form is ReportForm.PDF:
        content = report_pdf(report)
        write_file(path, content, overwrite=overwrite)
    else:
        sheets = [
            (table.title, table.columns, (*table.rows, *_sums(table.total)))
            for table in report.tables
        ]
        with drafted(path, overwrite=overwrite) as draft:
            write_sheets(draft, sheets)
    return [path]


def _save_csv(
    home: Path, report: Report, stem: str, path: Path | None, overwrite: bool
) -> list[Path]:
    parts = [
        file_name(table.title, fallback=f"table {place}")
        for place, table in enumerate(report.tables, 1)
    ]
    named = [path] if path and len(parts) == 1 else [_named(path, each) for each in parts if path]
    for target in named:
        need_place(target, overwrite=overwrite)  # all or none
    files = []
    for place, table in enumerate(report.tables):
        target = named[place] if path else free_path(home, f"{stem} {parts[place]}", Form.CSV)
        rows = (*table.rows, *_sums(table.total))
        save_table(target, Form.CSV, table.columns, rows, overwrite=overwrite)
        files.append(target)
    return files


def _named(path: Path, part: str) -> Path:
    return path.with_name(f"{path.stem} {part}{path.suffix or '.csv'}")


def _sums(total: tuple[Figure, ...] | None) -> tuple[tuple[Figure, ...], ...]:
    return () if total is None else (total,)
