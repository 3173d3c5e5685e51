"""Which lists and which gate a wall shows."""

from typing import Any

from eventdesk.core.messages import _
from eventdesk.figures import Choice, Standing
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import ChoiceField, Field, SeveralField


class WallChoice(FormDialog[Choice]):
    """Asks for lists and a gate; none of either is all."""

    def __init__(self, standing: Standing) -> None:
        lists = [(each.id, each.name) for each in standing.all_lists]
        gates = [(None, _("All gates")), *((each.id, each.name) for each in standing.all_gates)]
        fields: list[Field[Any]] = []
        if lists:
            fields.append(
                SeveralField(
                    "lists", _("Check-in lists"), lists, value=tuple(standing.choice.list_ids)
                )
            )
        fields.append(ChoiceField("gate", _("Gate"), gates, value=standing.choice.gate_id))
        super().__init__(
            _("What the wall shows"),
            fields,
            self._choose,
            explanation=_("Without a list ticked it shows all by which people arrive and leave."),
            confirm=_("Show"),
        )

    async def _choose(self, values: dict[str, Any]) -> Choice:
        return Choice(frozenset(values.get("lists", ())), values["gate"])
