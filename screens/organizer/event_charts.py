"""Charts of an event beside its overview: arrivals, sales, and who is in by ticket type."""

import time
from typing import Final

from textual import work
from textual.content import Content
from textual.widgets import Static

from eventdesk.acts import Actor, Permission
from eventdesk.charts import Chart
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _
from eventdesk.events import EventView
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools

SALES_EVERY_S: Final = 30.0
"""The days of all tickets are not counted again with every change."""

LEAST_HIGH, MOST_HIGH = 6, 16
"""Lines of one chart."""


class EventCharts(Static, ShowsErrors, AsActor):
    """Draws what the event's wall draws, as far as it is for this person."""

    DEFAULT_CSS = """
    EventCharts { width: 1fr; height: 100%; padding: 0 2; border-left: vkey $line; }
    """

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(_("Counting …"), markup=False)
        self.tools, self.actor, self.event = tools, actor, event
        self.charts: list[Chart] = []
        self._kept: object = None
        self._sales: Chart | None = None
        self._sales_at_s = float("-inf")

    @work(exclusive=True, group="charts", exit_on_error=False)
    async def read(self) -> None:
        """Count what changed since, and draw it."""
        # Loaded when they are drawn: a small screen never needs them.
        from eventdesk.figures import Standings, door_panels, standing

        charts: list[Chart] = []
        kept = self._kept
        if not isinstance(kept, Standings) or kept.event_id != self.event.id:
            kept = self._kept = Standings(self.event.id)
        if self.actor.may(Permission.DOOR, Permission.MONEY):
            now = await self.desk.read(standing, self.event.id, kept=kept)
            panels = {panel.key: panel.chart for panel in door_panels(now)}
            charts += [panels["arrivals"], panels["types"]]
        sales = await self._sold()
        self.charts = [*charts[:1], *([sales] if sales is not None else []), *charts[1:]]
        self.paint()

    async def _sold(self) -> Chart | None:
        from eventdesk.figures import sales_report, sold_by_day

        if not self.actor.may(Permission.MONEY):
            return None
        if time.monotonic() - self._sales_at_s > SALES_EVERY_S:
            report = await self.desk.read(sales_report, self.event.id)
            self._sales = sold_by_day(report, self.event.time_zone)
            self._sales_at_s = time.monotonic()
        return self._sales

    def show_error(self, error: EventDeskError) -> None:
        """Say in the place of the charts why there are none."""
        self.update(Content.styled(f"✗ {error}", "$error"))

    def on_resize(self) -> None:
        """Draw them in the new size."""
        self.paint()

    def paint(self) -> None:
        """Draw the charts below each other."""
        from eventdesk.charts.cells import chart_lines
        from screens.wall.painting import content_of

        width, height = self.content_size
        if not self.charts or width < 20:
            return
        high = max(LEAST_HIGH, min(MOST_HIGH, height // len(self.charts) - 2))
        drawn = [
            Content("\n").join(
                (
                    Content.styled(chart.title, "bold $primary"),
                    content_of(chart_lines(chart, width, high)),
                    Content(""),
                )
            )
            for chart in self.charts
        ]
        self.update(Content("\n").join(drawn))
