"""Habits of a desk: its last choices, so that the next guest takes fewer keys."""

from dataclasses import dataclass, field
from uuid import UUID

from textual.app import App

from eventdesk.core.paying import Method


@dataclass
class DeskHabits:
    """The last choices at this desk since the program was started.

    Attributes:
        ticket_type_id: The type sold last.
        method: How the last walk-in paid.
        without_drawer: Event and operator who said that they take cash without a drawer.
        scanned: Codes that were scanned while something else was on top, not taken yet.
    """

    ticket_type_id: UUID | None = None
    method: Method = Method.CASH
    without_drawer: set[tuple[UUID, str]] = field(default_factory=set)
    scanned: list[str] = field(default_factory=list)


def habits_of(app: App[object]) -> DeskHabits:
    """The habits of the desk at which a program runs; none where it keeps none."""
    habits = getattr(app, "desk_habits", None)
    return habits if isinstance(habits, DeskHabits) else DeskHabits()
