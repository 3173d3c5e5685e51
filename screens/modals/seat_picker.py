"""Picking seats for tickets: by hand on the plan, or the best that are together."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.seating import SeatView, hold_best, hold_seats, plan, release_seats
from screens.core.messages import StoreChanged
from screens.core.station import AsActor, Tools
from screens.widgets.problem import Problem
from screens.widgets.seat_plan import SeatPlan


class SeatPicker(ModalScreen[tuple[SeatView, ...] | None], AsActor):
    """Lets a person pick seats of one section; dismissed with them, or None when given up.

    A picked seat is held for the person at once, so that nobody else takes it meanwhile; what was
    held is given back when the picking is given up.

    Args:
        actor: Who books; the seats are held for this account.
    """

    CSS_PATH = "../styles/seat_picker.tcss"
    AUTO_FOCUS = "SeatGrid"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Back"),
        Binding("b", "best", "Best together", tooltip="Take the best seats side by side"),
        Binding("ctrl+s", "accept", "Take them", priority=True),
    ]

    seats = getters.query_one(SeatPlan)

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        event_id: UUID,
        time_zone: str,
        section_id: UUID,
        count: int,
        *,
        what: str,
    ) -> None:
        super().__init__()
        assert actor.id is not None
        self.tools, self.actor = tools, actor
        self.event_id, self.time_zone = event_id, time_zone
        self.holder_id: UUID = actor.id
        self.section_id, self.count, self.what = section_id, count, what
        self.until: datetime | None = None

    def compose(self) -> ComposeResult:
        """Lay out the plan and what was picked."""
        with Vertical(id="seat-picker"):
            yield Label("", id="seat-title", classes="title", markup=False)
            yield SeatPlan(most=self.count)
            yield Problem(id="seat-problem")
            with Horizontal(classes="buttons"):
                yield Label(
                    _("Space: pick  B: best together  Ctrl+S: take  Esc: back"), classes="keys"
                )
                yield Button(_("Take them"), variant="primary", id="accept", disabled=True)

    async def on_mount(self) -> None:
        """Show the seats as they are now."""
        await self.show_plan()
        if len(self.mine) > self.count:  # held for a booking that was given up
            await self._release()
            await self.show_plan()

    @on(StoreChanged)
    async def show_plan(self) -> None:
        """Read the plan again: somebody may have taken or left a seat."""
        sections = await self.tools.desk.read(plan, SYSTEM, self.event_id, holder_id=self.holder_id)
        self.seats.put([each for each in sections if each.id == self.section_id])
        self._tell()

    @on(SeatPlan.Toggled)
    @work(group="hold", exit_on_error=False)
    async def toggle(self, message: SeatPlan.Toggled) -> None:
        """Hold a seat that was picked, or give one back."""
        if message.picked:
            await self._hold([message.seat.id])
        else:
            await self.desk.write(
                release_seats, self.event_id, holder_id=self.holder_id, seat_ids=[message.seat.id]
            )
        await self.show_plan()

    @work(exclusive=True, group="best", exit_on_error=False)
    async def action_best(self) -> None:
        """Hold the best seats side by side instead of what was picked."""
        await self._release()
        try:
            await self.desk.write(
                hold_best, self.event_id, self.section_id, self.count, holder_id=self.holder_id
            )
            self._say("")
        except EventDeskError as error:
            self._say(f"{error} {error.hint}")
        await self.show_plan()

    @on(Button.Pressed, "#accept")
    def action_accept(self) -> None:
        """Take the seats, when there are as many as tickets."""
        if len(self.mine) == self.count:
            self.dismiss(self.mine)
        else:
            self._say(_("Pick {count} seats, or press B for the best ones.", count=self.count))

    @work(exclusive=True, group="leave", exit_on_error=False)
    async def action_give_up(self) -> None:
        """Give back what was picked, and leave."""
        await self._release()
        self.dismiss(None)

    @property
    def mine(self) -> tuple[SeatView, ...]:
        """The seats held for this person in this section."""
        return tuple(seat for seat in self.seats.picked if seat.state == "mine")

    async def _hold(self, seat_ids: Sequence[UUID]) -> None:
        try:
            self.until = await self.desk.write(
                hold_seats, self.event_id, seat_ids, holder_id=self.holder_id
            )
            self._say("")
        except EventDeskError as error:
            self.seats.clear()
            self._say(f"{error} {error.hint}")

    async def _release(self) -> None:
        held = [seat.id for seat in self.mine]
        if held:
            await self.desk.write(
                release_seats, self.event_id, holder_id=self.holder_id, seat_ids=held
            )

    def _tell(self) -> None:
        picked = ", ".join(plain(seat.label) for seat in self.mine)
        words = _(
            "{what}: {total} of {count} seats",
            what=plain(self.what),
            total=len(self.mine),
            count=self.count,
        )
        if picked:
            words += f" · {picked}"
        if self.until is not None and picked:
            local = self.until.astimezone(ZoneInfo(self.time_zone))
            words += _(" · held until {local:%H:%M}", local=local)
        self.query_one("#seat-title", Label).update(words)
        self.query_one("#accept", Button).disabled = len(self.mine) != self.count

    def _say(self, sentence: str) -> None:
        self.query_one("#seat-problem", Problem).say(plain(sentence, limit=400))
