"""A calendar: a month by keys or mouse, and below it the time of day."""

import calendar
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual import events, getters, on
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Label

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import first_weekday, when
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import YEARS, read_moment, spoken

CELL: Final = 5
"""Cells of a day in the grid."""

FIRST, LAST = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)


class Month(Widget, can_focus=True):
    """The days of a month; the arrow keys go from day to day and week to week."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1)", show=False),
        Binding("right", "go(1)", show=False),
        Binding("up", "go(-7)", show=False),
        Binding("down", "go(7)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("home", "today", show=False),
    ]
    DEFAULT_CSS = "Month { width: 36; height: 8; }"

    day: var[date] = var(date(2026, 1, 1), init=False)

    class Changed(Message):
        """Another day is marked."""

    def __init__(self, day: date, today: date) -> None:
        super().__init__()
        self.today = today
        self.set_reactive(Month.day, day)

    def validate_day(self, day: date) -> date:
        """Stay within the years that may be typed."""
        return min(max(day, FIRST), LAST)

    def watch_day(self) -> None:
        """Show it."""
        self.refresh()
        self.post_message(self.Changed())

    def action_go(self, days: int) -> None:
        """Go on by days."""
        self.day += timedelta(days)

    def action_turn(self, months: int) -> None:
        """Turn to another month, to the same day or its last one."""
        year, month = divmod(self.day.year * 12 + self.day.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        self.day = date(year, month + 1, min(self.day.day, last))

    def action_today(self) -> None:
        """Go to today."""
        self.day = self.today

    def on_click(self, event: events.Click) -> None:
        """Mark a day, or turn the month at the arrows beside its name."""
        if event.y == 0:
            self.action_turn(-1 if event.x < self.size.width // 2 else 1)
            return
        week, place = event.y - 2, event.x // CELL
        weeks = self._weeks()
        if 0 <= week < len(weeks) and place < 7:
            self.day = weeks[week][place]

    def on_mouse_scroll_down(self) -> None:
        """Turn to the next month."""
        self.action_turn(1)

    def on_mouse_scroll_up(self) -> None:
        """Turn to the month before."""
        self.action_turn(-1)

    def render(self) -> RenderResult:
        """The name of the month, those of the days of the week, and its days."""
        title = when(self.day, "%B %Y").center(7 * CELL - 4)
        names = (when(day, "%a")[:3].center(CELL) for day in self._weeks()[0])
        lines = [
            Content.assemble(("◂ ", "$primary"), (title, "bold"), (" ▸", "$primary")),
            Content.styled("".join(names), "$faint"),
        ]
        lines += [Content("").join([self._cell(day) for day in week]) for week in self._weeks()]
        return Content("\n").join(lines)

    def _weeks(self) -> list[list[date]]:
        begin = self.day.replace(day=1)
        back = (begin.weekday() - first_weekday()) % 7
        first = begin - timedelta(back) if begin > FIRST else begin
        return [[first + timedelta(7 * week + n) for n in range(7)] for week in range(6)]

    def _cell(self, day: date) -> Content:
        if day == self.day:
            style = "bold $block-cursor-foreground on $block-cursor-background"
            return Content.styled(
                f"[{day.day:>2}]".center(CELL), f"{style} reverse" if self.has_focus else style
            )
        sign = "•" if day == self.today else " "
        style = "" if day.month == self.day.month else "$faint"
        return Content.styled(f" {day.day:>2}{sign} ", "$primary bold" if sign == "•" else style)


class TimeLine(Widget, can_focus=True):
    """The time of day: left and right by the quarter of an hour, up and down by the hour."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-15)", show=False),
        Binding("right", "go(15)", show=False),
        Binding("up", "go(-60)", show=False),
        Binding("down", "go(60)", show=False),
    ]
    DEFAULT_CSS = "TimeLine { width: 36; height: 3; margin-top: 1; }"

    minute: var[int] = var(0, init=False)
    """Minutes since the beginning of the day."""

    def __init__(self, at: time) -> None:
        super().__init__()
        self._digits = ""
        self.set_reactive(TimeLine.minute, at.hour * 60 + at.minute)

    @property
    def at(self) -> time:
        """The time of day."""
        return time(self.minute // 60, self.minute % 60)

    def watch_minute(self) -> None:
        """Show it."""
        self.refresh()
        self.post_message(Month.Changed())

    def action_go(self, minutes: int) -> None:
        """Go on; a quarter goes to full quarters."""
        now = self.minute
        if abs(minutes) < 60:
            now = now // 15 * 15 if minutes > 0 else -(-now // 15) * 15
        self._digits = ""
        self.minute = (now + minutes) % (24 * 60)

    def on_key(self, event: events.Key) -> None:
        """Take four digits as a time of day."""
        if event.character is None or event.character not in "0123456789":
            return
        event.stop()
        self._digits = (self._digits + event.character)[-4:]
        hour, minute = int(self._digits[:2]), int(self._digits[2:].ljust(2, "0"))
        if hour < 24 and minute < 60:
            self.minute = hour * 60 + minute
        if len(self._digits) == 4:
            self._digits = ""

    def on_click(self, event: events.Click) -> None:
        """Take the hour or the quarter that was touched."""
        place = min(event.x // 3, 11)
        if event.y < 2:
            self.minute = (event.y * 12 + place) * 60 + self.minute % 60
        elif event.x < 24:
            self.minute = self.minute // 60 * 60 + min(event.x // 6, 3) * 15

    def render(self) -> RenderResult:
        """Two rows of hours, and below them the quarters."""
        hour, minute = divmod(self.minute, 60)
        rows = [
            Content("").join([self._part(f"{n:02} ", n == hour) for n in range(begin, begin + 12)])
            for begin in (0, 12)
        ]
        quarters = [self._part(f" :{n:02}  ", n == minute) for n in (0, 15, 30, 45)]
        exact = Content.styled(
            f"{self.at:%H:%M}".rjust(12), "bold $primary" if self.has_focus else "bold"
        )
        return Content("\n").join([*rows, Content("").join([*quarters, exact])])

    def _part(self, words: str, chosen: bool) -> Content:
        style = "bold $block-cursor-foreground on $block-cursor-background"
        if not chosen:
            return Content.styled(words, "$faint")
        return Content.styled(words, f"{style} reverse" if self.has_focus else style)


class Calendar(ModalScreen[datetime | None]):
    """Picks a moment; dismissed with it, or with None when it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel"),
        Binding("enter,ctrl+s", "take", "Take", priority=True),
    ]
    AUTO_FOCUS = "Month"
    DEFAULT_CSS = """
    Calendar {
        & #calendar {
            width: 44;
            height: auto;
            padding: 0 2;
            border: round $primary;
            border-title-color: $primary;
            background: $surface;
        }
        & #chosen { width: 100%; height: auto; margin-top: 1; text-style: bold; }
        & #chosen.-wrong { color: $error; }
        & #calendar-keys { width: 100%; color: $faint; }
    }
    """

    month = getters.query_one(Month)
    line = getters.query_one(TimeLine)

    def __init__(self, title: str, at: datetime, zone: str) -> None:
        super().__init__()
        self.heading, self.at, self.zone = title, at, zone

    def compose(self) -> ComposeResult:
        """Lay out the month above the time of day."""
        zone = ZoneInfo(self.zone)
        local = self.at.astimezone(zone)
        with Vertical(id="calendar") as box:
            box.border_title = Content(plain(self.heading, limit=36))
            yield Month(local.date(), utc_now().astimezone(zone).date())
            yield TimeLine(local.time())
            yield Label("", id="chosen", markup=False)
            yield Label(_("Enter takes  Tab time  PgUp PgDn month"), id="calendar-keys")

    def on_mount(self) -> None:
        """Say what is marked at first."""
        self.tell()

    @on(Month.Changed)
    def tell(self) -> None:
        """Say what is marked, or why it cannot be."""
        label = self.query_one("#chosen", Label)
        try:
            label.update(spoken(self._read(), self.zone))
            label.remove_class("-wrong")
        except InvalidInputError as error:
            label.update(f"✗ {error} {error.hint}")
            label.add_class("-wrong")

    def _read(self) -> datetime:
        return read_moment(f"{self.month.day} {self.line.at:%H:%M}", self.zone)

    def action_take(self) -> None:
        """Take what is marked, if there is such a time."""
        try:
            self.dismiss(self._read())
        except InvalidInputError:
            self.app.bell()

    def action_leave(self) -> None:
        """Leave the field as it was."""
        self.dismiss(None)
