"""Statistics, forecast and reports."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.figures.cash_reports import drawers_report, movement_words, shift_report
    from eventdesk.figures.door_plan import DoorPlan, LanesPlan, plan_door
    from eventdesk.figures.event_figures import EventFigures, Overview, event_overview
    from eventdesk.figures.forecast import (
        BIN_MINUTES,
        TARGET_S,
        ArrivalCurve,
        Forecast,
        Point,
        usual_curve,
        wait_text,
    )
    from eventdesk.figures.forecast_basis import DoorBasis, door_basis
    from eventdesk.figures.panel_values import Choice, Standing, described
    from eventdesk.figures.reports.interest import session_report
    from eventdesk.figures.reports.platform import platform_report
    from eventdesk.figures.reports.revenue import revenue_report
    from eventdesk.figures.reports.sales import sales_report
    from eventdesk.figures.reports.saving import REPORTS, ReportForm, save_report
    from eventdesk.figures.statistics.ahead import (
        Pace,
        advice_words,
        first_door,
        forecast_by,
        forecast_of,
    )
    from eventdesk.figures.statistics.memory import Standings
    from eventdesk.figures.statistics.panels import (
        KEYS,
        Panel,
        Span,
        door_panels,
        sales_panels,
        session_panel,
        sold_by_day,
    )
    from eventdesk.figures.statistics.saving import PanelForm, form_of, save_panel
    from eventdesk.figures.statistics.standing import events_on_wall, standing
    from eventdesk.figures.statistics.timings import note_verdicts
    from eventdesk.figures.verdict_times import EVERY_S, VerdictTimes
else:
    __getattr__ = opened(__name__)
