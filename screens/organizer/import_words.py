"""How an import is told: its columns, its problems, what came of a check."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from eventdesk.core.plain_text import how_many, plain
from eventdesk.exchange.imports.file_look import Look
from eventdesk.exchange.imports.plan import LABELS, DryRun, Field, ImportPlan, Target
from screens.widgets.paged_table import Line

NOTHING: Final = "– left out"
EXAMPLES: Final = 3
"""Rows whose cells are shown beside a column."""


def column_lines(look: Look, plan: ImportPlan) -> Sequence[Line]:
    """The columns of a file: what they are, and what stands in their first rows."""
    lines = []
    for place, target in enumerate(plan.columns):
        cells = (row[place] for _, row in look.rows[:EXAMPLES])
        texts = (
            look.heading[place] or f"column {place + 1}",
            meaning(look, target),
            " · ".join(filter(None, cells)),
        )
        lines.append(Line(UUID(int=place + 1), texts, "" if target else "faint"))
    return lines


def meaning(look: Look, target: Target) -> str:
    """What a column is, in words."""
    if target is None:
        return NOTHING
    if isinstance(target, Field):
        return LABELS[target]
    return dict(look.questions).get(target, "?")


def problem_lines(checked: DryRun) -> Sequence[Line]:
    """The rows that cannot be imported, and why."""
    return [
        Line(
            UUID(int=place),
            (str(each.row), f"✗ {each.reason}", each.value, each.text),
            "bad",
        )
        for place, each in enumerate(checked.problems, 1)
    ]


def question(checked: DryRun) -> str:
    """What is asked before importing."""
    words = (
        f"{how_many(checked.tickets, 'ticket')} in {how_many(checked.bookings, 'booking')}, "
        f"{checked.paid:,} of them paid, together {checked.total}."
    )
    words += _codes(checked)
    for name, price in checked.new_types:
        words += f" New ticket type: {plain(name)}, {price}."
    if checked.encoding.guessed:
        words += f" {checked.encoding.sentence} Import them as they read here?"
    return words


def summary(checked: DryRun) -> tuple[str, str]:
    """What a check found, in a line or two, and its tone."""
    counted = ((checked.already, "here already"), (checked.left_out, "cancelled"))
    guess = f" {checked.encoding.sentence} O: choose another." if checked.encoding.guessed else ""
    passed = "".join(f", {count:,} {what}" for count, what in counted if count)
    if not checked.possible:
        reasons = ", ".join(f"{count:,} × {reason}" for reason, count in checked.counts.items())
        hint = " T: which types are meant." if checked.unknown_types else ""
        return f"✗ {checked.rows:,} rows{passed}: {reasons}.{hint}{guess}", "-bad"
    if not checked.tickets and checked.renewed:
        return f"✓ {checked.rows:,} rows{passed}.{_codes(checked)}{guess} Press I.", "-good"
    if not checked.tickets:
        return f"✓ {checked.rows:,} rows{passed}. Nothing is new.{guess}", "-good"
    kinds = ", ".join(f"{plain(name)} {count:,}" for name, count in checked.by_type.items())
    return (
        f"✓ {how_many(checked.tickets, 'ticket')} in {how_many(checked.bookings, 'booking')} "
        f"can be imported ({kinds}), {checked.paid:,} of them paid, "
        f"together {checked.total}{passed}.{_codes(checked)}{guess} Press I.",
        "-good",
    )


def _codes(checked: DryRun) -> str:
    """How many tickets open with the code they were sold with; "" where the file has none."""
    words = f" {checked.codes:,} open with the code they were sold with." if checked.codes else ""
    if checked.without_code:
        words += f" {checked.without_code:,} have none and need a new one."
    if checked.renewed:
        words += f" {checked.renewed:,} that are here get the code of the file."
    return words
