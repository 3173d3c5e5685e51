"""Seating plan: drawn seats, a cursor, and picking."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import ClassVar, Final, Literal
from uuid import UUID

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Label

from eventdesk.core.cells import cut_cells
from eventdesk.core.messages import _, msg_p
from eventdesk.core.plain_text import plain
from eventdesk.seating import SIGNS, WORDS, SeatState, SeatView, SectionPlan, by_row

PITCH: Final = 2
"""Cells from one column of seats to the next."""

LEAD: Final = 1
"""Cells before the first seat of a row: the cursor's bracket stands there."""

BLOCKED: Final = "✕"
"""How a blocked seat is drawn where it can be picked, and a space would hide it."""

LEGEND: Final[tuple[SeatState, ...]] = ("free", "held", "taken", "mine")
CHOSEN: Final = msg_p("seat", "chosen")

MAX_TITLE: Final = 60
MAX_STRIPS: Final = 2000


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line of the drawing: words, or a row of seats with its name."""

    words: str = ""
    name: str = ""
    seats: tuple[SeatView, ...] = ()
    first_column: int = 0

    def column_at(self, x: int) -> int:
        """Place among the seats of the one at, or nearest before, this cell."""
        columns = [seat.column_no for seat in self.seats]
        wanted = self.first_column + round(x / PITCH)
        return max(0, min(bisect_left(columns, wanted), len(columns) - 1))


def lines_of(sections: Sequence[SectionPlan]) -> list[PlanLine]:
    """Lay out sections below each other, each with its title, its stage and its rows."""
    lines: list[PlanLine] = []
    for section in sections:
        if lines:
            lines.append(PlanLine())
        free = section.count("free")
        title = cut_cells(plain(section.name), MAX_TITLE)
        lines.append(
            PlanLine(
                _(
                    "{title} · {free} of {total} free",
                    title=title,
                    free=free,
                    total=len(section.seats),
                )
            )
        )
        if not section.seats:
            continue
        columns = [seat.column_no for seat in section.seats]
        first, width = min(columns), PITCH * (max(columns) - min(columns)) + 1
        lines.append(PlanLine(_("stage").center(max(width, 7), "─"), name=" "))
        for name, seats in by_row(section.seats):
            lines.append(PlanLine(name=plain(name), seats=tuple(seats), first_column=first))
    return lines


class SeatGrid(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws the lines of a plan; the cursor goes from seat to seat.

    Names of rows stay on show at the left however far the seats are scrolled.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "seat--free", "seat--held", "seat--taken", "seat--mine", "seat--blocked",
        "seat--cursor", "seat--name",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Left", show=False),
        Binding("right", "step(1)", "Right", show=False),
        Binding("up", "row(-1)", "Row before", show=False),
        Binding("down", "row(1)", "Next row", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "edge(-1)", "First in row", show=False),
        Binding("end", "edge(1)", "Last in row", show=False),
        Binding("enter,space", "choose", "Choose", tooltip="Choose this seat, or leave it"),
    ]

    class Moved(Message):
        """The cursor stands on another seat."""

    class Chosen(Message):
        """The seat under the cursor was chosen."""

    def __init__(self, *, shows_blocked: bool) -> None:
        super().__init__()
        self.lines: list[PlanLine] = []
        self.picked: frozenset[UUID] = frozenset()
        self.line = self.place = 0
        self.shows_blocked = shows_blocked
        self._margin = 0
        self._styles: dict[str, Style] = {}
        self._strips: dict[tuple[int, int, bool], tuple[Strip, Strip]] = {}

    @property
    def seat(self) -> SeatView | None:
        """The seat under the cursor; None while there are none."""
        if not self.lines or not self.lines[self.line].seats:
            return None
        return self.lines[self.line].seats[self.place]

    @property
    def left(self) -> int:
        """First cell of the seats on show; a whole seat begins there, after its gap."""
        return self.scroll_offset.x // PITCH * PITCH

    def put(self, lines: list[PlanLine]) -> None:
        """Show a plan; the cursor stays with its seat where that is still there."""
        before = self.seat
        self.lines = lines
        self.line = self.place = 0
        self._margin = max((len(line.name) for line in lines), default=0)
        for number, line in enumerate(lines):
            if not line.seats:
                continue
            same = [place for place, seat in enumerate(line.seats) if before and _is(seat, before)]
            if same or not self.lines[self.line].seats:
                self.line, self.place = number, same[0] if same else len(line.seats) // 2
            if same or before is None:
                break
        wide = max((self._width(line) for line in lines), default=0)
        self.virtual_size = Size(wide, len(lines))
        self.redraw()

    def _width(self, line: PlanLine) -> int:
        if not line.seats:
            return self._margin + LEAD + len(line.words)
        seats = PITCH * (line.seats[-1].column_no - line.first_column) + 1
        return self._margin + LEAD + seats + 2 + len(line.name)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is on show."""
        number = self.scroll_offset.y + y
        width, base = self.scrollable_content_region.width, self.rich_style
        if number >= len(self.lines):
            return Strip.blank(width, base)
        fixed, rest = self._strip(number)
        left = self.left if self.lines[number].name else 0
        return Strip.join([fixed, rest.crop(left)]).adjust_cell_length(width, base)

    def _strip(self, number: int) -> tuple[Strip, Strip]:
        """What stays at the left of a line, and what is scrolled; drawn once until it changes."""
        cursor = self.place if number == self.line else -1
        key = (number, cursor, cursor >= 0 and self.has_focus)
        if key not in self._strips:
            if len(self._strips) >= MAX_STRIPS:
                self._strips.clear()
            self._strips[key] = self._draw(self.lines[number], cursor)
        return self._strips[key]

    def _draw(self, line: PlanLine, cursor: int) -> tuple[Strip, Strip]:
        names = self._style("seat--name")
        if line.seats:
            fixed = line.name.rjust(self._margin)
            segments = [*self._segments(line, cursor), Segment(f" {line.name}", names)]
        else:
            fixed = " " * self._margin if line.name else ""
            lead = " " * LEAD if line.name else ""
            segments = [Segment(lead + line.words, names)]
        return Strip([Segment(fixed, names)]), Strip(segments)

    def _segments(self, line: PlanLine, cursor: int) -> list[Segment]:
        """The seats of a row; the cursor is a pair of brackets, so that it needs no colour."""
        last = line.seats[-1].column_no
        cells = LEAD + PITCH * (last - line.first_column) + 2
        base = self.rich_style
        signs = [" "] * cells
        styles = [base] * cells
        for place, seat in enumerate(line.seats):
            at = LEAD + PITCH * (seat.column_no - line.first_column)
            signs[at], styles[at] = self._drawn(seat)
            if place == cursor:
                marked = self._style("seat--cursor")
                styles[at] = styles[at] + marked if self.has_focus else styles[at]
                for beside, bracket in ((at - 1, "["), (at + 1, "]")):
                    signs[beside], styles[beside] = bracket, marked
        drawn = zip(signs, styles, strict=True)
        return [
            Segment("".join(sign for sign, _ in run), style)
            for style, run in groupby(drawn, key=itemgetter(1))
        ]

    def _drawn(self, seat: SeatView) -> tuple[str, Style]:
        state: SeatState = "mine" if seat.id in self.picked else seat.state
        sign = BLOCKED if state == "blocked" and self.shows_blocked else SIGNS[state]
        return sign, self._style(f"seat--{state}")

    def _style(self, name: str) -> Style:
        """The style of one part; Textual would work it out anew for each seat."""
        if name not in self._styles:
            self._styles[name] = self.rich_style + self.get_component_rich_style(name)
        return self._styles[name]

    def pick(self, seats: frozenset[UUID]) -> None:
        """Draw these seats as picked."""
        if seats != self.picked:
            self.picked = seats
            self.redraw()

    def redraw(self) -> None:
        """Draw everything anew."""
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw anew in other colours."""
        super().notify_style_update()
        self._styles.clear()
        self.redraw()

    # Moving

    def move_to(self, line: int, place: int) -> None:
        """Put the cursor on a seat and show it."""
        if (line, place) == (self.line, self.place):
            return
        before, self.line, self.place = self.line, line, place
        self._reveal()
        self.refresh_line(before)
        self.refresh_line(line)
        self.post_message(self.Moved())

    def _reveal(self) -> None:
        seat, room = self.seat, self.scrollable_content_region.size
        if seat is None:
            return
        x = LEAD + PITCH * (seat.column_no - self.lines[self.line].first_column)
        seats_wide = max(1, room.width - self._margin)
        left, top = self.left, self.scroll_offset.y
        if not left <= x - 1 < x + 1 < left + seats_wide:
            left = max(0, x - seats_wide // 2) // PITCH * PITCH
        if not top <= self.line < top + room.height:
            top = self.line if self.line < top else self.line - room.height + 1
        # The first row is shown with the stage and the title above it.
        if self.line <= 2:
            top = 0
        self.scroll_to(left, top, animate=False, force=True)

    def action_step(self, seats: int) -> None:
        """Go to the seat beside, in the same row."""
        if self.seat is not None:
            last = len(self.lines[self.line].seats) - 1
            self.move_to(self.line, max(0, min(self.place + seats, last)))

    def action_row(self, rows: int) -> None:
        """Go to the nearest seat in another row."""
        seat = self.seat
        if seat is None:
            return
        with_seats = [number for number, line in enumerate(self.lines) if line.seats]
        row = with_seats.index(self.line) + rows
        number = with_seats[max(0, min(row, len(with_seats) - 1))]
        x = PITCH * (seat.column_no - self.lines[self.line].first_column)
        self.move_to(number, self.lines[number].column_at(x))

    def action_page(self, pages: int) -> None:
        """Go up or down by what fits on the screen."""
        self.action_row(pages * max(1, self.scrollable_content_region.height - 2))

    def action_edge(self, way: int) -> None:
        """Go to the first or the last seat of the row."""
        if self.seat is not None:
            self.move_to(self.line, 0 if way < 0 else len(self.lines[self.line].seats) - 1)

    def action_choose(self) -> None:
        """Choose the seat under the cursor."""
        if self.seat is not None:
            self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a seat and choose it."""
        where = event.get_content_offset(self)
        found = None if where is None else self._at(where)
        if found is not None:
            self.move_to(*found)
            self.action_choose()

    def _at(self, where: Offset) -> tuple[int, int] | None:
        """Line and place of the seat at a cell of the screen, or beside it; None for no seat."""
        number = self.scroll_offset.y + where.y
        if number >= len(self.lines) or where.x < self._margin or not self.lines[number].seats:
            return None
        line = self.lines[number]
        x = where.x - self._margin - LEAD + self.left
        places = {
            PITCH * (seat.column_no - line.first_column): place
            for place, seat in enumerate(line.seats)
        }
        near = [places[each] for each in (x, x - 1, x + 1) if each in places]
        return (number, near[0]) if near else None

    def on_focus(self) -> None:
        """Draw the cursor as one that answers."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor as one that waits."""
        self.refresh()


def _is(seat: SeatView, other: SeatView) -> bool:
    return seat.id == other.id


Mode = Literal["pick", "look"]


class SeatPlan(Vertical):
    """Shows the seats of an event; in mode `pick` seats are chosen, several at a time.

    Its owner gives it the plan with `put`, again after each change of the store. Seats that the
    store holds for the person (`mine`) count as picked; picking another only posts `Toggled`, and
    it is the owner who holds it, or does not.

    Args:
        pickable: States of seats that may be picked.
    """

    DEFAULT_CSS = """
    SeatPlan {
        height: 1fr;
        & > SeatGrid {
            height: 1fr;
            padding: 0 1;
            scrollbar-size-vertical: 1;
            scrollbar-size-horizontal: 1;
            & > .seat--free { color: $foreground; }
            & > .seat--held { color: $warning; }
            & > .seat--taken { color: $faint; }
            & > .seat--mine { color: $success; text-style: bold; }
            & > .seat--blocked { color: $error; }
            & > .seat--cursor { color: $primary; text-style: bold; }
            & > .seat--name { color: $faint; }
        }
        & > .seat-told { height: 1; width: 100%; padding: 0 1; }
        & > .seat-legend { height: 1; width: 100%; padding: 0 1; color: $faint; }
    }
    """

    @dataclass
    class Toggled(Message):
        """A seat was picked, or is no longer."""

        plan: "SeatPlan"
        seat: SeatView
        picked: bool

        @property
        def control(self) -> "SeatPlan":
            """The plan."""
            return self.plan

    @dataclass
    class Marked(Message):
        """The cursor stands on another seat, or on none."""

        plan: "SeatPlan"
        seat: SeatView | None

        @property
        def control(self) -> "SeatPlan":
            """The plan."""
            return self.plan

    def __init__(
        self,
        sections: Sequence[SectionPlan] = (),
        *,
        mode: Mode = "pick",
        pickable: Collection[SeatState] = ("free", "mine"),
        most: int = 50,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.mode, self.most = mode, most
        self.pickable = frozenset(pickable if mode == "pick" else ())
        self.grid = SeatGrid(shows_blocked="blocked" in self.pickable)
        self.sections: tuple[SectionPlan, ...] = ()
        self._seats: dict[UUID, SeatView] = {}
        self._picked: dict[UUID, None] = {}
        self._mine: list[UUID] = []
        self._first = tuple(sections)

    def compose(self) -> ComposeResult:
        """Lay out the seats, what stands under the cursor, and what the signs mean."""
        yield self.grid
        yield Label("", classes="seat-told", markup=False)
        yield Label(self._legend(), classes="seat-legend", markup=False)

    def on_mount(self) -> None:
        """Show the plan that was given at first."""
        self.put(self._first)

    @property
    def picked(self) -> tuple[SeatView, ...]:
        """The picked seats, in the order in which they were picked; held ones come first."""
        return tuple(self._seats[each] for each in (*self._mine, *self._picked))

    @property
    def marked(self) -> SeatView | None:
        """The seat under the cursor."""
        return self.grid.seat

    def put(self, sections: Sequence[SectionPlan]) -> None:
        """Show a plan; picked seats stay picked while they may be."""
        self.sections = tuple(sections)
        self._seats = {seat.id: seat for section in sections for seat in section.seats}
        self._picked = {
            each: None
            for each in self._picked
            if each in self._seats and self._may_stay_picked(self._seats[each])
        }
        self._mine = [seat.id for seat in self._seats.values() if seat.state == "mine"]
        self.grid.put(lines_of(sections))
        self._show()

    def clear(self) -> None:
        """Pick nothing any more; what the store holds stays."""
        self._picked.clear()
        self._show()

    def on_seat_grid_moved(self, message: SeatGrid.Moved) -> None:
        """Say what stands under the cursor."""
        message.stop()
        self._show()
        self.post_message(self.Marked(self, self.marked))

    def on_seat_grid_chosen(self, message: SeatGrid.Chosen) -> None:
        """Pick a seat, or leave it."""
        message.stop()
        seat = self.marked
        if seat is None or not self._may_pick(seat):
            return
        is_picked = seat.id in self._picked or seat.state == "mine"
        if not is_picked and len(self.picked) >= self.most:
            self.notify(
                _("{most} seats are the most.", most=self.most), severity="warning", markup=False
            )
            return
        if is_picked:
            self._picked.pop(seat.id, None)
        else:
            self._picked[seat.id] = None
        self._show()
        self.post_message(self.Toggled(self, seat, not is_picked))

    def focus(self, scroll_visible: bool = True) -> "SeatPlan":
        """Give the seats the keyboard."""
        self.grid.focus(scroll_visible)
        return self

    def _may_stay_picked(self, seat: SeatView) -> bool:
        """Whether a pick survives a new plan; the person's own holds come from the store."""
        return seat.state != "mine" and self._may_pick(seat)

    def _may_pick(self, seat: SeatView) -> bool:
        return seat.state in self.pickable

    def _show(self) -> None:
        self.grid.pick(frozenset((*self._mine, *self._picked)))
        for label in self.query(".seat-told").results(Label):
            label.update(self._told())

    def _told(self) -> str:
        seat = self.marked
        if seat is None:
            return _("No seats yet.")
        state = str(CHOSEN if seat.id in self.grid.picked else WORDS[seat.state])
        words = [_("Seat {label}", label=plain(seat.label, limit=40)), state]
        if seat.holder_name:
            words.append(plain(seat.holder_name, limit=60))
        chosen = len(self.picked)
        if chosen and self.mode == "pick":
            words.append(_("{chosen} chosen", chosen=chosen))
        return " · ".join(words)

    def _legend(self) -> str:
        picks = self.mode == "pick"
        shown = [
            f"{SIGNS[state]} {CHOSEN if picks and state == 'mine' else WORDS[state]}"
            for state in LEGEND
        ]
        if "blocked" in self.pickable:
            shown.append(f"{BLOCKED} {WORDS['blocked']}")
        return "  ".join(shown)
