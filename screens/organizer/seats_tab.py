"""Seats of an event: the plan with its guests, blocking, rows and sections."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label

from eventdesk.acts import Permission
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _n, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import find_tickets
from eventdesk.seating import (
    NewRows,
    SeatView,
    SectionPlan,
    add_section,
    block_seats,
    drawn,
    make_rows,
    move_seat,
    plan_with_names,
    preview,
    read_labels,
    read_numbers,
    release_seats,
    remove_rows,
    remove_section,
    rename_section,
    swap_seats,
)
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, TextQuestion
from screens.organizer.tab import EventPart
from screens.widgets.form import ChoiceField, Field, NumberField, TextField
from screens.widgets.hint import Hint
from screens.widgets.seat_plan import SeatPlan

PREVIEW_LINES: Final = 6
PREVIEW_CELLS: Final = 66


def row_fields(sections: Sequence[SectionPlan], here: SectionPlan | None) -> list[Field[Any]]:
    """The fields of new rows, in the section under the cursor or in a new one."""
    choice: list[Field[Any]] = []
    if here is not None:
        options = [*((each.id, each.name) for each in sections), (None, _("a new section"))]
        choice = [ChoiceField("section", _p("section", "In"), options, value=here.id)]
    return [
        *choice,
        TextField("name", _("New section"), max_length=60, help=_("Such as: Stalls, Balcony.")),
        TextField("rows", _("Rows"), required=True, help=_("A-F, 1-12, or A, B, D-F.")),
        NumberField("seats", _("Seats in each"), least=1, most=500, required=True),
        TextField(
            "aisles", _("Aisles behind"), help=_("Numbers of seats: 5, 15."), check=read_numbers
        ),
        TextField("blocked", _("Blocked"), help=_("Such as A-1, A-20."), max_length=2000),
        TextField(
            "prefix",
            _("Labels begin with"),
            max_length=20,
            help=_("Needed where rows of two sections have one name: Balcony."),
        ),
    ]


def rows_of(values: dict[str, Any]) -> NewRows:
    """The rows that the values of the form mean.

    Raises:
        InvalidInputError: The aisles cannot be read.
    """
    return NewRows(
        values["rows"] or "",
        values["seats"] or 0,
        read_numbers(values["aisles"] or ""),
        read_labels(values["blocked"] or ""),
        values["prefix"] or "",
    )


def told_rows(values: dict[str, Any]) -> str:
    """Preview of the rows: number of seats, and a drawing of the first ones."""
    if not values["rows"] or not values["seats"]:
        return _("Type the rows and how many seats each has; the plan is drawn here.")
    try:
        shown = preview(rows_of(values))
    except InvalidInputError as error:
        return f"{error} {error.hint}".rstrip()
    first, last = shown.seats[0].label, shown.seats[-1].label
    lines = drawn(shown)
    cut = [line[:PREVIEW_CELLS] for line in lines[:PREVIEW_LINES]]
    if len(lines) > PREVIEW_LINES:
        cut.append("…")
    return "\n".join(
        (
            _(
                "{total:,} seats, {first} to {last}:",
                total=len(shown.seats),
                first=first,
                last=last,
            ),
            *cut,
        )
    )


MAX_CHOSEN = 2000
MAX_FOUND = 20

EMPTY = msg(
    "No seats yet. Press N to make the first rows of a section: the tickets of an event "
    "without seats sit or stand where they like."
)
HINT = msg("Space chooses, D removes the row, E renames the section.")
ON_SEATS = frozenset({"block", "move", "give", "release", "rename", "remove_row", "remove_section"})
"""Actions that need a seat."""


class SeatsTab(EventPart):
    """Shows the plan of the hall to the team, and lets guests change seats."""

    NEEDS = Permission.TICKETS
    HELP = (
        "Arrows go from seat to seat, Space or a click chooses. M on a guest takes them by the "
        "hand: go to another seat and press M again; on another guest the two swap."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "make_rows", "New rows", tooltip="Make rows of seats, or a section"),
        Binding("b", "block", "Block", tooltip="Block the chosen seats, or give them back"),
        Binding("m", "move", "Move", tooltip="Take the guest here to another seat, or swap"),
        Binding("g", "give", "Give", tooltip="Give this seat to a guest"),
        Binding("r", "release", "Release", tooltip="Let go of what is held, or take the seat away"),
        Binding("e", "rename", "Rename", show=False, tooltip="Rename this section"),
        Binding("d", "remove_row", "Remove row", show=False, tooltip="Remove this row"),
        Binding(
            "shift+delete", "remove_section", "Remove section", show=False,
            tooltip="Remove this section with its seats",
        ),
        Binding("ctrl+z", "undo", "Undo", show=False, tooltip="Take back the last move or block"),
        Binding("backspace", "put_down", "Stop moving", show=False, tooltip="Move nobody"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    SeatsTab {
        & .seats-hint { width: 100%; padding: 0 1; color: $faint; }
        & .seats-hint.-moving { color: $warning; text-style: bold; }
    }
    """

    plan = getters.query_one(SeatPlan)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.moving: SeatView | None = None
        self.sections: list[SectionPlan] = []
        self._undo: tuple[str, Callable[[], Awaitable[object]]] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the plan and what may be done with it."""
        yield Hint(str(EMPTY), classes="seats-empty")
        yield SeatPlan(pickable=("free", "held", "blocked"), most=MAX_CHOSEN)
        yield Label(str(HINT), classes="seats-hint", markup=False)

    async def re_read(self) -> None:
        """Read the plan with who sits there."""
        self.sections = await self.desk.read(plan_with_names, self.event.id)
        self.plan.put(self.sections)
        if self.moving is not None and self._now(self.moving).ticket_id != self.moving.ticket_id:
            self.moving = None
        self._show()
        if self.query_one(Hint).has_focus:
            self.enter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what needs a seat where there is none."""
        if action in ON_SEATS and not self.sections:
            return None
        return super().check_action(action, parameters)

    def _show(self) -> None:
        self.refresh_bindings()
        self.query_one(".seats-empty").display = not self.sections
        self.plan.display = bool(self.sections)
        hint = self.query_one(".seats-hint", Label)
        hint.display = bool(self.sections)
        hint.set_class(self.moving is not None, "-moving")
        if self.moving is None:
            hint.update(str(HINT))
        else:
            name = plain(self.moving.holder_name, limit=40)
            hint.update(
                _(
                    "▸ {name} moves from {label}: M on the new seat, Backspace stops",
                    name=name,
                    label=plain(self.moving.label),
                )
            )

    @property
    def entry(self) -> Widget:
        """The seats, or what to do when there are none."""
        return self.plan.grid if self.sections else self.query_one(Hint)

    # Guests

    @act
    async def action_move(self) -> None:
        """Take the guest under the cursor by the hand, or bring the one in hand here."""
        seat = self.plan.marked
        if seat is None:
            return
        moving = self.moving
        if moving is None or moving.ticket_id is None:
            if seat.ticket_id is None:
                self.say(
                    _("Go to a taken seat ● and press M."), title=_("Nobody sits here."), warns=True
                )
                return
            self.moving = seat
            self._show()
            return
        if seat.ticket_id == moving.ticket_id:
            self.action_put_down()
            return
        if seat.ticket_id is None:
            await self._seat(moving.ticket_id, seat.id, moving.holder_name)
        else:
            name, other = (plain(each.holder_name, limit=40) for each in (moving, seat))
            sentence = _(
                "{name} gets {seat}, {other} {other_seat}.",
                name=name,
                seat=plain(seat.label),
                other=other,
                other_seat=plain(moving.label),
            )
            if not await self.sure(_("Swap the two?"), sentence, yes=_("Swap")):
                return
            swap = partial(self.do, swap_seats, moving.ticket_id, seat.ticket_id)
            await swap()
            self._remember(_("{name} and {other} swapped", name=name, other=other), swap)
        self.action_put_down()

    def action_put_down(self) -> None:
        """Move nobody."""
        self.moving = None
        self._show()

    @act
    async def action_give(self) -> None:
        """Ask who gets the seat under the cursor, and give it to them."""
        seat = self.plan.marked
        if seat is None:
            return
        if seat.ticket_id is not None:
            holder = plain(seat.holder_name, limit=60)
            self.say(
                _("Press M to move them."), title=_("{name} sits here.", name=holder), warns=True
            )
            return
        label = plain(seat.label)
        question = TextQuestion(
            _("Who gets {label}?", label=label),
            _("A name, an e-mail or a code."),
            confirm=_("Find"),
        )
        typed = await self.app.push_screen_wait(question)
        if typed is None:
            return
        found = await self.desk.read(find_tickets, self.event.id, typed, limit=MAX_FOUND)
        found = [ticket for ticket in found if not ticket.cancelled]
        if not found:
            hint = _("Try another part of the name, or the code of the ticket.")
            self.say(hint, title=_("Nobody found."), warns=True)
            return
        seatless = _("no seat")
        names = [f"{each.name} · {each.ticket_type} · {each.seat or seatless}" for each in found]
        picking = PickOne(_("{label} goes to", label=label), names)
        place = await self.app.push_screen_wait(picking)
        if place is not None:
            await self._seat(found[place].id, seat.id, found[place].name)

    @act
    async def action_release(self) -> None:
        """Take the guest's seat away, or end the holds of the chosen seats."""
        seat = self.plan.marked
        if seat is None:
            return
        if seat.ticket_id is not None:
            name = plain(seat.holder_name, limit=60)
            title = _("Take {label} away from {name}?", label=plain(seat.label), name=name)
            words = _("The ticket stays good; it has no seat then.")
            if await self.sure(title, words, yes=_("Take it away")):
                await self._seat(seat.ticket_id, None, seat.holder_name)
            return
        held = [each.id for each in self._chosen() if each.state == "held"]
        if not held:
            self.say(
                _("Go to a held seat ◔ or a taken one ●."),
                title=_("Nothing is held here."),
                warns=True,
            )
            return
        words = _("Somebody may be booking just now; they will be told that the seat is gone.")
        title = _("Let go of {total} held?", total=len(held))
        if await self.sure(title, words, yes=_("Let go")):
            await self.do(release_seats, self.event.id, holder_id=None, seat_ids=held)
            self.plan.clear()

    @act
    async def action_block(self) -> None:
        """Block the chosen seats; when all of them are blocked, give them back."""
        chosen = self._chosen()
        if not chosen:
            return
        blocked = not all(seat.state == "blocked" for seat in chosen)
        ids = [seat.id for seat in chosen if (seat.state == "blocked") is not blocked]
        await self.do(block_seats, self.event.id, ids, blocked=blocked)
        self.plan.clear()
        words = _("{count} given back", count=len(ids))
        if blocked:
            words = _("{count} blocked", count=len(ids))
        self._remember(
            words, partial(self.do, block_seats, self.event.id, ids, blocked=not blocked)
        )

    @act
    async def action_undo(self) -> None:
        """Take back the last move, swap or block."""
        undo, self._undo = self._undo, None
        if undo is None:
            self.say(
                _("Moves, swaps and blocked seats can be."),
                title=_("Nothing to take back."),
                warns=True,
            )
            return
        words, take_back = undo
        await take_back()
        self.say(words, title=_("Taken back"))

    # The hall

    @act
    async def action_make_rows(self) -> None:
        """Ask for rows and make them, in a section that is there or a new one."""
        dialog = FormDialog(
            _("Make rows of seats"),
            row_fields(self.sections, self._section()),
            self._submit_rows,
            tell=told_rows,
            confirm=_("Make"),
        )
        made = await self.ask(dialog)
        if made:
            self.enter()
            self.say(_n("{count} seat is made.", "{count} seats are made.", made))

    async def _submit_rows(self, values: dict[str, Any]) -> int:
        new = rows_of(values)
        preview(new)  # before a section is made for rows that cannot be
        section_id: UUID | None = values.get("section")
        if section_id is None:
            name = values["name"]
            if not name:
                hint = msg("Such as: Stalls.")
                raise InvalidInputError(msg("A new section needs a name."), hint=hint)
            section_id = await self.desk.write(add_section, self.event.id, name)
        return await self.desk.write(make_rows, section_id, new)

    @act
    async def action_rename(self) -> None:
        """Ask for another name of the section under the cursor."""
        section = self._section()
        if section is None:
            return

        async def submit(values: dict[str, Any]) -> bool:
            await self.desk.write(rename_section, section.id, values["name"])
            return True

        name = TextField("name", _("Name"), value=section.name, required=True, max_length=60)
        explanation = _("Labels of its seats stay as they are: they are on tickets.")
        await self.ask(FormDialog(_("Rename the section"), [name], submit, explanation=explanation))

    @act
    async def action_remove_row(self) -> None:
        """Remove the row under the cursor, after a yes."""
        seat, section = self.plan.marked, self._section()
        if seat is None or section is None:
            return
        row, name = plain(seat.row_name), plain(section.name, limit=40)
        count = sum(each.row_name == seat.row_name for each in section.seats)
        title = _("Remove row {row} of {name}?", row=row, name=name)
        if await self.sure(title, _loss(count), yes=_("Remove")):
            await self.do(remove_rows, section.id, [seat.row_name])

    @act
    async def action_remove_section(self) -> None:
        """Remove the section under the cursor with its seats, after a yes."""
        section = self._section()
        if section is None:
            return
        title = _("Remove {name}?", name=plain(section.name, limit=40))
        if await self.sure(title, _loss(len(section.seats)), yes=_("Remove")):
            await self.do(remove_section, section.id)

    @on(SeatPlan.Toggled)
    def _count(self, message: SeatPlan.Toggled) -> None:
        message.stop()

    # Parts of it

    async def _seat(self, ticket_id: UUID, seat_id: UUID | None, name: str) -> None:
        """Give a ticket a seat, another one, or none; remember where it sat."""
        seats = (each for section in self.sections for each in section.seats)
        before = next((each.id for each in seats if each.ticket_id == ticket_id), None)
        await self.do(move_seat, ticket_id, seat_id)
        who = plain(name, limit=60)
        words = _("{name} moved", name=who) if seat_id else _("{name} has no seat", name=who)
        self._remember(words, partial(self.do, move_seat, ticket_id, before))

    def _remember(self, words: str, take_back: Callable[[], Awaitable[object]]) -> None:
        """Say what was done, and how to take it back."""
        self._undo = words, take_back
        self.say(_("{words}. Ctrl+Z takes it back.", words=words))

    def _chosen(self) -> list[SeatView]:
        """The chosen seats, or the one under the cursor."""
        marked = self.plan.marked
        return list(self.plan.picked) or ([marked] if marked is not None else [])

    def _section(self) -> SectionPlan | None:
        """The section under the cursor, or the first."""
        seat = self.plan.marked
        for section in self.sections:
            if seat is None or section.id == seat.section_id:
                return section
        return None

    def _now(self, seat: SeatView) -> SeatView:
        """The seat in the newest plan."""
        seats = (each for section in self.sections for each in section.seats)
        return next((each for each in seats if each.id == seat.id), seat)


def _loss(count: int) -> str:
    return _n("Its {count} seat is gone then.", "Its {count} seats are gone then.", count)
