"""The planner screen: how long guests wait before so many lanes, and what to do."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from eventdesk.acts import Actor
from eventdesk.core.cells import wrap_cells
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _n, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.door import event_doors
from eventdesk.figures import (
    BIN_MINUTES,
    ArrivalCurve,
    DoorBasis,
    DoorPlan,
    LanesPlan,
    door_basis,
    plan_door,
    wait_text,
)
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.widgets.form import Form, NumberField, TextField

PAUSE_S: Final = 0.3
"""Typing that pauses for so long is reckoned with."""

DOOR_WIDTH: Final = 20
"""Cells of one of the other doors."""

USUAL_WAIT_MIN: Final = 5

MAX_GUESTS: Final = 100_000
DAY_S: Final = 86_400.0
WIDTHS: Final = (7, 9, 6, 7, 9)
"""How wide the columns of the table are."""

BARS: Final = " ▁▂▃▄▅▆▇█"


class PlannerScreen(RoleScreen[None]):
    """Plans the door of one check-in list, beginning with what is known of it."""

    ROLE = msg("Planner")
    THINGS = ("store",)
    HELP = (
        "Type how many guests come, how many lanes are open and how many seconds one guest takes "
        "at a lane: scan, badge and a word. At the right stands how long they will wait. A bad "
        "day is the worst but one of twenty that were played through guest by guest."
    )
    AUTO_FOCUS = "Form Input"
    DEFAULT_CSS = """
    PlannerScreen {
        & #planner { height: 1fr; }
        & Form { width: 34; height: 1fr; padding: 1 1; }
        & #outcome, & #doors { height: 1fr; padding: 1 2; scrollbar-size-vertical: 1; }
        & #outcome { width: 3fr; border-left: vkey $line; }
        & #doors { display: none; width: 2fr; border-left: vkey $line; }
        & #outcome Static, & #doors Static { width: 100%; height: auto; }
        &.-wide.-several #doors { display: block; }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-normal"), (120, "-wide")]

    form = getters.query_one(Form)

    def __init__(self, tools: Tools, actor: Actor, list_id: UUID) -> None:
        super().__init__(tools)
        self.actor, self.list_id = actor, list_id
        self.basis: DoorBasis | None = None
        self.plan: DoorPlan | None = None
        self.doors: list[tuple[DoorBasis, DoorPlan]] = []
        self._soon: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out what is asked for beside what follows from it."""
        with Horizontal(id="planner"):
            yield Form(
                NumberField("guests", _("Guests"), least=1, most=MAX_GUESTS, required=True),
                NumberField("lanes", _("Lanes"), least=1, most=200, required=True),
                NumberField("seconds", _("Seconds each"), least=1, most=3600, required=True),
                TextField("doors", _("Doors open"), required=True, check=self._check_time),
                NumberField("minutes", _("Longest wait, min"), value=USUAL_WAIT_MIN, least=1,
                            most=600, required=True),
            )  # fmt: skip
            with VerticalScroll(id="outcome", can_focus=False):
                yield Static(_("Reading …"), id="words", markup=False)
            with VerticalScroll(id="doors", can_focus=False):
                yield Static("", id="other-doors", markup=False)

    async def re_read(self) -> None:
        """Begin with what is known of the door; what was typed stays."""
        if self.basis is not None:
            return
        desk = self.tools.desk
        self.basis = basis = await desk.read(door_basis, self.actor, self.list_id)
        fields = self.form.fields
        fields["guests"].put(max(1, basis.expected))
        fields["lanes"].put(max(1, basis.lanes))
        fields["seconds"].put(round(basis.seconds_each))
        fields["doors"].put(f"{self._clock(basis.doors_at):%H:%M}")
        self.form.settle()
        self._reckon()
        self._plan_doors()

    @work(exclusive=True, group="doors", exit_on_error=False)
    async def _plan_doors(self) -> None:
        """Plan the other doors of the event by what is known of them."""
        doors = await self.tools.desk.read(event_doors, self.actor)
        together = (door.lists for door in doors)
        mine = (lists for lists in together if any(each.id == self.list_id for each in lists))
        for each in next(mine, ()):
            if each.id != self.list_id:
                basis = await self.tools.desk.read(door_basis, self.actor, each.id)
                self.doors.append((basis, await asyncio.to_thread(_planned, basis)))
                self.add_class("-several")
                self.call_after_refresh(self._show_doors)  # its width is known then

    def on_resize(self) -> None:
        """Set the other doors to the new width."""
        self.call_after_refresh(self._show_doors)

    def _show_doors(self) -> None:
        """Show the other doors side by side, as many as there is room for."""
        scroll = self.query_one("#doors", VerticalScroll)
        columns = [list(_column(basis, plan)) for basis, plan in self.doors]
        beside = max(1, scroll.scrollable_content_region.width // (DOOR_WIDTH + 2))
        bands = [columns[at : at + beside] for at in range(0, len(columns), beside)]
        lines = [Content.styled(_("The other doors"), "bold $primary"), Content("")]
        for band in bands:
            lines += [*map(_beside, zip_longest(*band, fillvalue=Content(""))), Content("")]
        self.query_one("#other-doors", Static).update(Content("\n").join(lines))

    @on(Form.Changed)
    def reckon_soon(self) -> None:
        """Reckon once the typing pauses."""
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(PAUSE_S, self._reckon)

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _reckon(self) -> None:
        basis, values = self.basis, self.form.values
        if basis is None:
            return
        for field in self.form.fields.values():
            field.show_problem()
        if self.form.problems:
            self._show(Content.styled(_("Correct what is marked at the left."), "$faint"))
            return
        with self.waiting():
            self.plan = await asyncio.to_thread(
                plan_door,
                basis.curve,
                doors_at=self._doors_at(basis, values["doors"]),
                guests=values["guests"],
                lanes=values["lanes"],
                seconds_each=float(values["seconds"]),
                target_s=60.0 * values["minutes"],
            )
        self._show(Content("\n").join(self._lines(self.plan, basis, values["lanes"])))

    def _show(self, words: Content) -> None:
        self.query_one("#words", Static).update(words)

    def _lines(self, plan: DoorPlan, basis: DoorBasis, lanes: int) -> Iterator[Content]:
        where = f"{plain(basis.event_name)}: {plain(basis.list_name)}"
        yield Content.styled(where, "bold")
        yield Content.styled(_foundation(basis), "$faint")
        yield Content("")
        heads = (_("Lanes"), _("Longest"), _p("time", "at"), _("Queue"), _("Bad day"))
        words = "".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True))
        yield Content.styled(words, "bold $primary")
        for row in plan.rows:
            yield self._row(row, plan, lanes)
        yield Content("")
        yield _enough(plan)
        yield Content("")
        yield from self._advice(plan)
        yield Content("")
        yield from self._curves(plan, basis.curve)

    def _row(self, row: LanesPlan, plan: DoorPlan, lanes: int) -> Content:
        sign = "✓" if plan.enough is not None and row.lanes >= plan.enough else "!"
        clock = f"{self._clock(row.at):%H:%M}"
        line = (
            f"{sign}{row.lanes:>6,}{wait_text(row.longest_wait_s):>9}{clock:>6}"
            f"{row.longest_queue:>7,.0f}{wait_text(row.bad_day_s):>9}"
        )
        tone = "$text-success" if sign == "✓" else "$text-warning"
        return Content.styled(line, f"bold {tone}" if row.lanes == lanes else tone)

    def _advice(self, plan: DoorPlan) -> Iterator[Content]:
        if not plan.advice:
            yield Content(_("These lanes suit all the time."))
            return
        yield Content.styled(_("What to do"), "bold $primary")
        for each in plan.advice:
            yield Content(
                _(
                    "{clock:%H:%M}  {words}: then {lanes} open",
                    clock=self._clock(each.at),
                    words=f"{each.words[:1].upper()}{each.words[1:]}",
                    lanes=each.lanes,
                )
            )
        worst = max(point.wait_s for point in plan.advised)
        yield Content.styled(
            _("Then nobody waits longer than {wait_text}.", wait_text=wait_text(worst)), "$faint"
        )

    def _curves(self, plan: DoorPlan, curve: ArrivalCurve) -> Iterator[Content]:
        pieces = [
            plan.points[place : place + BIN_MINUTES]
            for place in range(0, min(curve.minutes, len(plan.points)), BIN_MINUTES)
        ]
        if not pieces:
            return
        arrivals = [sum(point.arrivals for point in piece) for piece in pieces]
        waits = [
            max((each.wait_s for each in piece if each.wait_s != math.inf), default=DAY_S)
            for piece in pieces
        ]
        yield Content.styled(
            _("Every {bin_minutes} minutes", bin_minutes=BIN_MINUTES), "bold $primary"
        )
        yield Content(
            _("come  {bars}  up to {arrivals:,.0f}", bars=_bars(arrivals), arrivals=max(arrivals))
        )
        yield Content(
            _("wait  {bars}  up to {wait_text}", bars=_bars(waits), wait_text=wait_text(max(waits)))
        )
        first, last = pieces[0][0].at, pieces[-1][0].at
        gap = " " * max(1, len(pieces) - 10)
        times = f"      {self._clock(first):%H:%M}{gap}{self._clock(last):%H:%M}"
        yield Content.styled(times, "$faint")

    def _clock(self, at: datetime) -> datetime:
        assert self.basis is not None
        return at.astimezone(ZoneInfo(self.basis.time_zone))

    def _doors_at(self, basis: DoorBasis, typed: str) -> datetime:
        return read_moment(f"{self._clock(basis.doors_at):%Y-%m-%d} {typed}", basis.time_zone)

    def _check_time(self, typed: str) -> None:
        if self.basis is None:
            return
        wrong = InvalidInputError(msg("Type it such as 09:00."))
        if ":" not in typed:
            raise wrong
        try:
            self._doors_at(self.basis, typed)
        except InvalidInputError as error:
            raise wrong from error


def _planned(basis: DoorBasis) -> DoorPlan:
    return plan_door(
        basis.curve,
        doors_at=basis.doors_at,
        guests=max(1, basis.expected),
        lanes=max(1, basis.lanes),
        seconds_each=basis.seconds_each,
        target_s=60.0 * USUAL_WAIT_MIN,
    )


def _column(basis: DoorBasis, plan: DoorPlan) -> Iterator[Content]:
    """One of the doors: its name, guests, and how long they wait before so many lanes."""
    for line in wrap_cells(plain(basis.list_name, limit=200), DOOR_WIDTH):
        yield Content.styled(line, "bold")
    guests = _n("{count} guest", "{count} guests", basis.expected)
    yield Content.styled(guests, "$faint")
    for row in plan.rows:
        enough = plan.enough is not None and row.lanes >= plan.enough
        sign, tone = ("✓", "$text-success") if enough else ("!", "$text-warning")
        yield Content.styled(f"{sign}{row.lanes:>4,}{wait_text(row.longest_wait_s):>10}", tone)


def _beside(cells: Sequence[Content]) -> Content:
    filled = [cell.pad_right(max(0, DOOR_WIDTH - cell.cell_length)) for cell in cells]
    return Content("  ").join(filled)


def _foundation(basis: DoorBasis) -> str:
    curve = basis.curve
    learned = (
        _("Guests come as at your last {events} events", events=curve.events)
        if curve.events > 1
        else _("Guests come as at your last event")
        if curve.events
        else _("Guests come as is usual")
    )
    half = _("{learned}: {by:.0%} in the first half hour.", learned=learned, by=curve.by(30))
    return _("{half} Seconds measured today.", half=half) if basis.measured else half


def _enough(plan: DoorPlan) -> Content:
    if plan.enough is None:
        return Content.styled(_("✗ None of these is enough: people wait too long."), "$text-error")
    words = _n(
        "✓ {count} lane is enough, even on a bad day.",
        "✓ {count} lanes are enough, even on a bad day.",
        plan.enough,
    )
    return Content.styled(words, "$text-success")


def _bars(values: list[float]) -> str:
    top = max(values) or 1.0
    return "".join(BARS[min(8, round(8 * value / top + 0.49 * (value > 0)))] for value in values)
