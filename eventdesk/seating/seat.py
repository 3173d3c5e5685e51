"""Seats as values, and the rule for the best seats together.

Seats are adjacent when they follow each other in one row with no seat between them; an aisle
between two is a gap in their column numbers. Of all runs of free adjacent seats of the wanted size,
the best block is the one that

1. is parted by the fewest aisles,
2. lies nearest to the middle and the stage: a row further back is as far as a seat aside, counted
   from the first row and from the middle of the section to the middle of the run,
3. is nearer to the stage, then further left.

When no row has enough, the party is split: the best of the largest runs goes first, until everybody
sits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from eventdesk.core.formats import listed
from eventdesk.core.messages import _

SeatState = Literal["free", "held", "taken", "mine", "blocked"]


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat and its state now.

    Attributes:
        label: As it is printed, such as A-12; unique at the event.
        row_no: Place of the row in the plan, from the stage.
        column_no: Place in the row; a gap in the numbers is an aisle.
        state: `mine` is held by whoever asked.
        holder_name: Who sits there; for the team only, as is `ticket_id`.
    """

    id: UUID
    label: str
    section_id: UUID
    row_name: str
    row_no: int
    column_no: int
    state: SeatState
    holder_name: str = ""
    ticket_id: UUID | None = None

    @property
    def free(self) -> bool:
        """Whether anybody may take it."""
        return self.state == "free"


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A part of the hall with its seats, by row from the stage and by column."""

    id: UUID
    name: str
    position: int
    seats: tuple[SeatView, ...]

    def count(self, state: SeatState) -> int:
        """How many seats are in a state."""
        return sum(seat.state == state for seat in self.seats)


@dataclass(frozen=True, slots=True)
class SeatHold:
    """The seats held for somebody at an event.

    Attributes:
        seats: By row from the stage and by column; none where nothing is held any more.
        until: Until when, aware UTC; None where nothing is held.
    """

    seats: tuple[SeatView, ...]
    until: datetime | None


class Place(Protocol):
    """What the rule needs to know of a seat; see `SeatView`."""

    @property
    def row_no(self) -> int: ...  # noqa: D102

    @property
    def column_no(self) -> int: ...  # noqa: D102

    @property
    def free(self) -> bool: ...  # noqa: D102


P = TypeVar("P", bound=Place)


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a section reaches: its first row, and its first and last column."""

    front: int
    first: int
    last: int

    def cost(self, block: Sequence[Place]) -> tuple[int, int, int, int]:
        """How far a block is from the best: by aisles, distance, row and column.

        The distance is doubled, so that halves stay whole.
        """
        first, last, row = block[0].column_no, block[-1].column_no, block[0].row_no
        aisles = last - first + 1 - len(block)
        return aisles, self.behind(row) + abs(first + last - self.first - self.last), row, first

    def behind(self, row: int) -> int:
        """The least distance of a block in a row."""
        return 2 * (row - self.front)


def best_block(places: Iterable[P], count: int, extent: Extent | None = None) -> tuple[P, ...]:
    """Choose the best free adjacent seats in one row, from left to right, or none.

    Args:
        places: All seats of a section, or of some of its rows; those that are not free part the
            others.
        count: How many; 1 or more.
        extent: That of the section; None is that of the places.
    """
    ordered = sorted(places, key=_order)
    blocks = (block for run in _free_runs(ordered) for block in _windows(run, count))
    return min(blocks, key=(extent or _extent(ordered)).cost, default=())


def best_split(places: Iterable[P], count: int) -> tuple[tuple[P, ...], ...]:
    """Choose groups of adjacent seats for a party, the largest first; none if too few are free."""
    ordered = sorted(places, key=_order)
    runs = list(_free_runs(ordered))
    if sum(map(len, runs)) < count:
        return ()
    better = _extent(ordered).cost
    chosen: list[tuple[P, ...]] = []
    missing = count
    while missing > 0:
        size = min(missing, max(map(len, runs)))
        block = min((each for run in runs for each in _windows(run, size)), key=better)
        chosen.append(block)
        missing -= size
        runs = [part for run in runs for part in _without(run, block)]
    return tuple(chosen)


def said(groups: Sequence[Sequence[SeatView]]) -> str:
    """The places of groups of seats in words: "3 in row C and 2 in row D"."""
    return listed([_("{n} in row {row}", n=len(each), row=each[0].row_name) for each in groups])


def _free_runs(ordered: Sequence[P]) -> Iterator[list[P]]:
    """Runs of free seats that follow each other in one row."""
    for (_row, free), run in groupby(ordered, key=lambda place: (place.row_no, place.free)):
        if free:
            yield list(run)


def _windows(run: Sequence[P], count: int) -> Iterator[tuple[P, ...]]:
    for start in range(len(run) - count + 1):
        yield tuple(run[start : start + count])


def _without(run: list[P], block: Sequence[P]) -> list[list[P]]:
    """The parts of a run on both sides of a block of its seats; the run when it has none."""
    if block[0] not in run:
        return [run]
    start = run.index(block[0])
    return [part for part in (run[:start], run[start + len(block) :]) if part]


def _order(place: Place) -> tuple[int, int]:
    return place.row_no, place.column_no


def _extent(ordered: Sequence[Place]) -> Extent:
    columns = [place.column_no for place in ordered] or [0]
    return Extent(ordered[0].row_no if ordered else 0, min(columns), max(columns))
