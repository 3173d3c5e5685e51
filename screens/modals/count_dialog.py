"""Counting a drawer by its notes and coins, with a total that runs along."""

from collections.abc import Mapping, Sequence
from typing import Any

from eventdesk.acts.actor import Actor
from eventdesk.core.messages import _
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain
from eventdesk.money.denominations import MAX_PIECES, denominations
from eventdesk.money.drawer import Counted, HandOver, ShiftView, Successor
from eventdesk.money.drawers import close_shift, count, hand_over
from screens.modals.told_dialog import ToldDialog
from screens.station import Tools
from screens.widgets.form import ChoiceField, Field, NumberField, TextField


class CountDialog(ToldDialog[Counted | ShiftView | HandOver]):
    """Asks for the pieces of each note and coin; Enter goes to the next.

    Args:
        tools: Store, settings, clock and sounds.
        actor: Who counts.
        shift: The drawer.
        closes: Whether the drawer is closed as it was counted.
        people: Whom it can be handed to; then it is closed and opened for one of them.
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
        verb = _("Hand over") if people else _("Close out") if closes else _("Count")
        super().__init__(
            f"{verb} {plain(shift.drawer, limit=40)}",
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
            free = [(each.account_id, f"{each.name}, {each.role}") for each in self.people]
            fields.append(ChoiceField("to", _("Next operator"), free))
        for each in self.pieces:
            fields.append(
                NumberField(
                    _key(each.value),
                    f"{each.label} {'note' if each.note else 'coin'}",
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

    def _tell(self, values: dict[str, Any]) -> str:
        money = self.shift.expected
        total = sum(minor * pieces for minor, pieces in self.counts(values).items())
        found = Counted(money, Money(total, money.currency, money.exponent))
        return _(
            "Counted {counted}   Expected {money}   {verdict}",
            counted=found.counted,
            money=money,
            verdict=found.verdict,
        )

    async def _done(self, values: dict[str, Any]) -> Counted | ShiftView | HandOver:
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
