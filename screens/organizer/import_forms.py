"""What is asked before an import: ticket types, and what holds where the file does not say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final
from uuid import UUID

from eventdesk.exchange.imports.file_look import Look
from eventdesk.exchange.imports.plan import ImportPlan
from eventdesk.tables.encoding import choices
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import ChoiceField, Field, YesNoField

MAX_ASKED: Final = 20
"""Names of types that are asked for at once."""

ADD: Final = "add"


@dataclass(frozen=True, slots=True)
class TypesAnswer:
    """What names of ticket types mean.

    Attributes:
        types: The type that is meant, by name.
        create: Whether the others are added.
        default: The type of rows without one.
    """

    types: Mapping[str, UUID]
    create: bool
    default: UUID | None


class TypesDialog(FormDialog[TypesAnswer]):
    """Asks which ticket type is meant by each name.

    Args:
        types: The event's types: id and name.
        unknown: Names nobody knows, with how many rows have them; "" is none at all.
    """

    def __init__(self, types: Sequence[tuple[UUID, str]], unknown: Mapping[str, int]) -> None:
        self.names = list(islice(unknown, MAX_ASKED))
        fields: list[Field[Any]] = []
        for place, name in enumerate(self.names):
            rows = f"{unknown[name]:,} rows"
            label = f"“{name[:30]}”" if name else "Rows without a type"
            options: list[tuple[Any, str]] = [*types]
            if name:
                options.append((ADD, "Add it as a new ticket type"))
            first = ADD if name else (types[0][0] if types else None)
            fields.append(ChoiceField(f"type{place}", label, options, value=first, help=rows))
        super().__init__("Which ticket types are meant?", fields, self._answer, confirm="Take")

    async def _answer(self, values: dict[str, Any]) -> TypesAnswer:
        meant = {name: values[f"type{place}"] for place, name in enumerate(self.names)}
        return TypesAnswer(
            {name: kind for name, kind in meant.items() if name and kind != ADD},
            ADD in meant.values(),
            meant.get(""),
        )


class WaysDialog(FormDialog[ImportPlan]):
    """Asks what holds where the file does not say.

    Args:
        plan: What holds so far.
        look: The file; what its characters may be is offered with its own words.
    """

    def __init__(self, plan: ImportPlan, look: Look) -> None:
        self.plan = plan
        characters = ChoiceField(
            "encoding", "Characters are", choices(look.encoding), value=look.encoding.name
        )
        super().__init__(
            "Where the file does not say",
            [
                *([characters] if look.is_text else []),
                YesNoField("paid", "Rows are paid", value=plan.paid),
                ChoiceField(
                    "month_first",
                    "Dates such as 3/4/2026",
                    [(None, "as the file shows"), (False, "3 April"), (True, "March 4")],
                    value=plan.month_first,
                ),
                YesNoField("create_types", "Add unknown types", value=plan.create_types),
                YesNoField(
                    "force",
                    "More than planned",
                    value=plan.force,
                    help="Import over the quotas and the event's capacity, knowingly.",
                ),
            ],
            self._answer,
            confirm="Take",
        )

    async def _answer(self, values: dict[str, Any]) -> ImportPlan:
        return replace(self.plan, **values)
