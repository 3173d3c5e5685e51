"""Figures of an event: who came, what came in, what was liked, and who is missing."""

from eventdesk.usecases.reports.attendance import attendance_report, no_show_report
from eventdesk.usecases.reports.interest import session_report, waitlist_report
from eventdesk.usecases.reports.platform import platform_report
from eventdesk.usecases.reports.revenue import revenue_report
from eventdesk.usecases.reports.sales import sales_report
from eventdesk.usecases.reports.saving import REPORTS, ReportForm, ReportSpec, save_report

__all__ = [
    "REPORTS",
    "ReportForm",
    "ReportSpec",
    "attendance_report",
    "no_show_report",
    "platform_report",
    "revenue_report",
    "sales_report",
    "save_report",
    "session_report",
    "waitlist_report",
]
