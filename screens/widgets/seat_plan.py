"""The plan of a hall, to look at or to pick from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Label

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.seating.seat import SeatState, SeatView, SectionPlan
from eventdesk.seating.seat_layout import legend
from screens.widgets.seat_grid import BLOCKED, SeatGrid, lines_of

Mode = Literal["pick", "look"]


class SeatPlan(Vertical):
    """Shows the seats of an event; in mode `pick` seats are chosen, several at a time.

    Its owner gives it the plan with `put`, again after each change of the store. Seats that the
    store holds for the person (`mine`) count as picked; picking another only posts `Toggled`, and
    it is the owner who holds it, or does not.

    Args:
        sections: The plan, as far as it is known.
        mode: `pick`, or `look`.
        pickable: States of seats that may be picked.
        most: How many may be picked.
        id: Of the widget.
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
        """Whether only this plan knows that it is picked; of its own the store tells anew."""
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
        state = "chosen" if seat.id in self.grid.picked else seat.state
        words = [_("Seat {label}", label=plain(seat.label, limit=40)), state]
        if seat.holder_name:
            words.append(plain(seat.holder_name, limit=60))
        chosen = len(self.picked)
        if chosen and self.mode == "pick":
            words.append(_("{chosen} chosen", chosen=chosen))
        return " · ".join(words)

    def _legend(self) -> str:
        shown = legend(("free", "held", "taken", "mine") if self.mode == "pick" else _LOOKED_AT)
        if self.mode == "pick":
            shown = shown.replace("mine", "chosen")
        return (
            _("{shown}  {blocked} blocked", shown=shown, blocked=BLOCKED)
            if "blocked" in self.pickable
            else shown
        )


_LOOKED_AT: Final[tuple[SeatState, ...]] = ("free", "held", "taken", "mine")
