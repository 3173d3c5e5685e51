"""Ways in and out: which lists end what a check-in at another list began.

The door decides by it who is inside, and the figures count by it.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from eventdesk.door.check_in_lists import ListKind


class Way(Protocol):
    """A check-in list, as far as ways need it."""

    @property
    def id(self) -> UUID:
        """The list."""

    @property
    def kind(self) -> str:
        """One of `ListKind`."""

    @property
    def place_id(self) -> UUID | None:
        """The room whose door it is; None is the door of the house."""

    @property
    def auto_exit(self) -> str:
        """When all are taken to have left, such as "23:00"; "" is never."""


AnyWay = TypeVar("AnyWay", bound=Way)


def ends(leaving: Way, entered: Way) -> bool:
    """Whether an exit by one list ends what an entry by another began.

    An exit by the list itself always does. A list for leaving the house ends every stay, one for
    leaving a room the stays in that room.
    """
    if leaving.id == entered.id:
        return True
    if leaving.kind != ListKind.LEAVE or entered.kind == ListKind.LEAVE:
        return False
    if ListKind(entered.kind).hands_out:
        return False
    places = (None,) if entered.kind == ListKind.ARRIVE else (None, entered.place_id)
    return leaving.place_id in places


def leads_out_of(leaving: Way, entered: Way) -> bool:
    """Whether a list for leaving counts those who came by another: a room's own, or the house's."""
    if leaving.place_id is None:
        return entered.kind == ListKind.ARRIVE
    return entered.kind == ListKind.ROOM and entered.place_id == leaving.place_id


def ways(
    looked_at: Sequence[AnyWay], lists: Sequence[AnyWay]
) -> tuple[tuple[AnyWay, ...], tuple[AnyWay, ...]]:
    """The lists whose entries count where some are looked at, and those whose exits do.

    Args:
        looked_at: The lists that are asked about.
        lists: All lists of the event.
    """
    entries = tuple(each for each in looked_at if each.kind != ListKind.LEAVE) or tuple(
        each for each in lists if any(leads_out_of(one, each) for one in looked_at)
    )
    exits = tuple(each for each in lists if any(ends(each, one) for one in entries))
    return entries, exits


def all_left_at(listed: Way, lists: Sequence[Way]) -> str:
    """When all who came by a list are taken to have left: its own time, else its way out's."""
    times = (each.auto_exit for each in lists if ends(each, listed))
    return listed.auto_exit or next(filter(None, times), "")
