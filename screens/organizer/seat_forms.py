"""The form that makes rows of seats, with a drawing of what it would make."""

from collections.abc import Sequence
from typing import Any, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.seating.seat import SectionPlan
from eventdesk.seating.seat_layout import NewRows, drawn, preview, read_labels, read_numbers
from screens.widgets.form import ChoiceField, Field, NumberField, TextField

PREVIEW_LINES: Final = 6
PREVIEW_CELLS: Final = 66


def row_fields(sections: Sequence[SectionPlan], here: SectionPlan | None) -> list[Field[Any]]:
    """The fields of new rows, in the section under the cursor or in a new one."""
    choice: list[Field[Any]] = []
    if here is not None:
        options = [*((each.id, each.name) for each in sections), (None, "a new section")]
        choice = [ChoiceField("section", "In", options, value=here.id)]
    return [
        *choice,
        TextField("name", "New section", max_length=60, help="Such as: Stalls, Balcony."),
        TextField("rows", "Rows", required=True, help="A-F, 1-12, or A, B, D-F."),
        NumberField("seats", "Seats in each", least=1, most=500, required=True),
        TextField("aisles", "Aisles behind", help="Numbers of seats: 5, 15.", check=_numbers),
        TextField("blocked", "Blocked", help="Such as A-1, A-20.", max_length=2000),
        TextField(
            "prefix",
            "Labels begin with",
            max_length=20,
            help="Needed where rows of two sections have one name: Balcony.",
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
    """How many seats the rows would have, and how the first of them would look."""
    if not values["rows"] or not values["seats"]:
        return "Type the rows and how many seats each has; the plan is drawn here."
    try:
        shown = preview(rows_of(values))
    except InvalidInputError as error:
        return f"{error} {error.hint}".rstrip()
    first, last = shown.seats[0].label, shown.seats[-1].label
    lines = drawn(shown)
    cut = [line[:PREVIEW_CELLS] for line in lines[:PREVIEW_LINES]]
    if len(lines) > PREVIEW_LINES:
        cut.append("…")
    return "\n".join((f"{len(shown.seats):,} seats, {first} to {last}:", *cut))


def _numbers(text: str) -> str:
    try:
        read_numbers(text)
    except InvalidInputError as error:
        return f"{error} {error.hint}"
    return ""
