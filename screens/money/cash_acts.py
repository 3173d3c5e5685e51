"""Acts on cash drawers for all screens: open, count, close, hand over, show on paper."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from textual.widget import Widget

from eventdesk.acts import Actor, Permission
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg, translated
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.core.reports import Report
from eventdesk.documents.report_text import report_text
from eventdesk.figures import ReportForm, save_report, shift_report
from eventdesk.money import (
    MAX_PIECES,
    Counted,
    HandOver,
    ShiftView,
    Successor,
    close_shift,
    count,
    denominations,
    hand_over,
    open_shift,
    open_shift_of,
    successors,
)
from eventdesk.sales import sale_terms
from screens.core.station import Place, Tools
from screens.desk.desk_habits import habits_of
from screens.modals.export_dialog import SaveDialog
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne
from screens.money.paper_screen import PaperScreen
from screens.widgets.form import ChoiceField, Field, MoneyField, NumberField, TextField


class CountDialog(FormDialog[Counted | ShiftView | HandOver]):
    """Asks for the pieces of each note and coin; Enter goes to the next.

    Args:
        closes: Whether the drawer is closed as it was counted.
        people: The next operators; then it is closed and opened for one of them.
    """

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        shift: ShiftView,
        *,
        closes: bool = False,
        people: Sequence[Successor] = (),
    ) -> None:
        self.tools, self.actor, self.shift = tools, actor, shift
        self.closes, self.people = closes, people
        money = shift.expected
        self.pieces = denominations(money.currency, money.exponent)
        drawer = plain(shift.drawer, limit=40)
        title, verb = _("Count {drawer}", drawer=drawer), _("Count")
        if people:
            title, verb = _("Hand over {drawer}", drawer=drawer), _("Hand over")
        elif closes:
            title, verb = _("Close out {drawer}", drawer=drawer), _("Close out")
        super().__init__(
            title,
            self._fields_of(shift),
            self._done,
            tell=self._tell,
            explanation=_("How many pieces of each? Empty is none."),
            confirm=verb,
        )

    def counts(self, values: Mapping[str, Any]) -> dict[int, int]:
        """The pieces that were typed, by what one is worth in minor units."""
        return {
            each.value.minor: values[_key(each.value)] or 0
            for each in self.pieces
            if values.get(_key(each.value))
        }

    def _fields_of(self, shift: ShiftView) -> list[Field[Any]]:
        fields: list[Field[Any]] = []
        if self.people:
            free = [
                (each.account_id, f"{each.name}, {translated(each.role)}") for each in self.people
            ]
            fields.append(ChoiceField("to", _("Next operator"), free))
        for each in self.pieces:
            fields.append(
                NumberField(
                    _key(each.value),
                    _("{value} note", value=each.label)
                    if each.note
                    else _("{value} coin", value=each.label),
                    value=shift.counts.get(each.value.minor) or None,
                    least=0,
                    most=MAX_PIECES,
                )
            )
        if self.closes or self.people:
            fields.append(
                TextField(
                    "note", _("Note"), max_length=300, help=_("Needed where something is off.")
                )
            )
        return fields

    def _found(self, values: Mapping[str, Any]) -> Counted:
        """What the count comes to."""
        money = self.shift.expected
        total = sum(minor * pieces for minor, pieces in self.counts(values).items())
        return Counted(money, Money(total, money.currency, money.exponent))

    def _tell(self, values: dict[str, Any]) -> str:
        found = self._found(values)
        return _(
            "Counted {counted}   Expected {expected}   {verdict}",
            counted=found.counted,
            expected=found.expected,
            verdict=found.verdict,
        )

    async def _done(self, values: dict[str, Any]) -> Counted | ShiftView | HandOver:
        try:
            return await self._write(values)
        except InvalidInputError:
            if "note" in values and not values["note"] and self._found(values).difference.minor:
                self.form.fields["note"].focus()
            raise

    async def _write(self, values: dict[str, Any]) -> Counted | ShiftView | HandOver:
        write, counts = self.tools.desk.write, self.counts(values)
        if self.people:
            return await write(
                hand_over,
                self.actor,
                self.shift.id,
                counts,
                to_id=values["to"],
                note=values["note"],
            )
        if self.closes:
            return await write(close_shift, self.actor, self.shift.id, counts, note=values["note"])
        return await write(count, self.actor, self.shift.id, counts)


def _key(value: Money) -> str:
    return f"piece-{value.minor}"


PAPER_WIDTH: Final = 78
FIRST_DRAWER: Final = msg("Desk 1")


async def ask_for_drawer(owner: Widget, tools: Tools, place: Place) -> bool:
    """Ask an operator without a drawer to open one before cash is taken; say whether to go on.

    Who declines is not asked again at this event until the program restarts; their cash is booked
    in no drawer.
    """
    shift = await tools.desk.read(open_shift_of, place.actor, place.event.id)
    habits, key = habits_of(owner.app), (place.event.id, place.actor.name)
    if shift is not None or key in habits.without_drawer:
        return True
    asked = PickOne(
        _("You have no cash drawer open"),
        [_("Open a drawer first"), _("Go on without: the cash is booked in no drawer")],
    )
    chosen = await owner.app.push_screen_wait(asked)
    if chosen is None:
        return False
    if chosen == 0:
        return await open_drawer(owner, tools, place) is not None
    habits.without_drawer.add(key)
    owner.notify(
        _("F10 opens one at any time."),
        title=_("! Cash is booked in no drawer"),
        severity="warning",
        markup=False,
    )
    return True


async def open_drawer(owner: Widget, tools: Tools, place: Place) -> ShiftView | None:
    """Ask for a drawer's name and float, and open it; None when given up."""
    terms = await tools.desk.read(sale_terms, place.actor, place.event.id)
    fields: list[Field[Any]] = [
        MoneyField(
            "float",
            _("Float"),
            currency=terms.currency,
            exponent=terms.exponent,
            required=True,
            help=_("What lies in it now; 0 for nothing."),
        ),
        TextField(
            "drawer",
            _("Drawer"),
            value=plain(place.gate.name, limit=40) if place.gate else str(FIRST_DRAWER),
            required=True,
            max_length=40,
        ),
    ]

    async def opened(values: dict[str, Any]) -> ShiftView:
        return await tools.desk.write(
            open_shift,
            place.actor,
            place.event.id,
            drawer=values["drawer"],
            float_amount=Money(values["float"], terms.currency, terms.exponent),
        )

    return await owner.app.push_screen_wait(
        FormDialog(_("Open a cash drawer"), fields, opened, confirm=_("Open"))
    )


async def count_drawer(
    owner: Widget, tools: Tools, actor: Actor, shift: ShiftView, *, closes: bool = False
) -> bool:
    """Count a drawer, or close it as it was counted, and say the result."""
    found = await owner.app.push_screen_wait(CountDialog(tools, actor, shift, closes=closes))
    if found is None:
        return False
    assert not isinstance(found, HandOver)
    owner.notify(
        found.verdict or " ",
        title=_("{drawer} is closed", drawer=plain(shift.drawer))
        if closes
        else _("Counted {counted}", counted=found.counted),
        markup=False,
    )
    if closes:
        await show_close_out(owner, tools, actor, shift)
    return True


async def hand_drawer_over(owner: Widget, tools: Tools, actor: Actor, shift: ShiftView) -> bool:
    """Count a drawer, give it to the next operator, and say who has it now."""
    people = await tools.desk.read(successors, actor, shift.event_id)
    free = [each for each in people if not each.busy and each.account_id != shift.operator_id]
    if not free:
        owner.notify(
            _("Add somebody to the team, or let them close their drawer first."),
            title=_("Nobody here can take it over"),
            severity="warning",
            markup=False,
        )
        return False
    done = await owner.app.push_screen_wait(CountDialog(tools, actor, shift, people=free))
    if not isinstance(done, HandOver):
        return False
    owner.notify(
        _(
            "{verdict}. {operator} has {amount}.",
            verdict=done.closed.verdict,
            operator=plain(done.opened.operator),
            amount=done.opened.float_amount,
        ),
        title=_(
            "{drawer} went from {before} to {after}",
            drawer=plain(shift.drawer),
            before=plain(shift.operator),
            after=plain(done.opened.operator),
        ),
        markup=False,
    )
    await show_close_out(owner, tools, actor, shift)
    return True


async def show_close_out(owner: Widget, tools: Tools, actor: Actor, shift: ShiftView) -> None:
    """Show a drawer's close-out as it reads on paper, and save it when asked."""
    await show_report(owner, tools, actor, await tools.desk.read(shift_report, actor, shift.id))


async def show_report(owner: Widget, tools: Tools, actor: Actor, report: Report) -> None:
    """Show a report as text, and save it when asked."""
    if not await owner.app.push_screen_wait(PaperScreen(report_text(report, width=PAPER_WIDTH))):
        return

    async def save(form: str, path: Path | None, overwrite: bool, tell: Any) -> list[Path]:
        # Only files are written, which is no work for the store's writer.
        del tell
        return await tools.desk.read(
            save_report, actor, report, form=form, path=path, overwrite=overwrite
        )

    forms = [ReportForm.PDF, ReportForm.CSV, ReportForm.XLSX]
    title, anywhere = _("Save: {title}", title=report.title), actor.may(Permission.INSTALLATION)
    dialog = SaveDialog(title, forms, save, anywhere=anywhere)
    files = await owner.app.push_screen_wait(dialog)
    if files:
        names = ", ".join(plain(str(each), limit=300) for each in files)
        owner.notify(names, title=_("Saved"), markup=False)
