"""What the tour shows, in order: where, in which words, and when it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from eventdesk.core.messages import Message, msg
from eventdesk.door import Outcome, ScanView

LONGEST_S: Final = 180.0
"""All of it takes no longer, even for somebody who only watches."""


class Stop(StrEnum):
    """The screens the tour stops at."""

    DESK = "desk"
    KIOSK = "kiosk"
    WALL = "wall"
    EVENT = "event"


def never(_scans: list[ScanView]) -> bool:
    """Of a step that only takes its time."""
    return False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is pointed at.

    Attributes:
        words: May name `guest` and `unpaid`, two people of the event, and `doors`, the time at
            which it begins; a step is left out where there is no such person.
        points_at: Selector of what is marked on the screen.
        seconds: After so long it goes on by itself.
        done: Whether the scans made here since the step began, newest first, say that it was done.
    """

    stop: Stop
    words: Message
    points_at: str
    seconds: float
    done: Callable[[list[ScanView]], bool] = never


def _somebody_is_in(scans: list[ScanView]) -> bool:
    return any(each.outcome.passes for each in scans)


def _was_undone(scans: list[ScanView]) -> bool:
    return any(each.annulled for each in scans)


def _was_unpaid(scans: list[ScanView]) -> bool:
    return any(each.outcome is Outcome.UNPAID for each in scans)


def _film_was_seen(scans: list[ScanView]) -> bool:
    return len(scans) >= SEEN_BY_KIOSK


SEEN_BY_KIOSK: Final = 4
"""So many of the film's tickets show one that is refused."""

STEPS: Final = (
    Step(
        Stop.DESK,
        msg(
            "Doors open at {doors}. This is the desk, and {guest} stands before you. Type the "
            "name, as badly as you like, and press Enter."
        ),
        "#entry",
        30,
        _somebody_is_in,
    ),
    Step(
        Stop.DESK,
        msg("Was it somebody else? Press F3: it is taken back, and the large answer says so."),
        "#card",
        20,
        _was_undone,
    ),
    Step(
        Stop.DESK,
        msg("Not paid yet: {unpaid}. Type that and press Enter: what is due is asked for."),
        "#entry",
        25,
        _was_unpaid,
    ),
    Step(
        Stop.DESK,
        msg("Gate B works as well: its guests come by themselves, and are counted down here."),
        "#counters",
        12,
    ),
    Step(
        Stop.DESK,
        msg(
            "The printer of this gate does not answer. Nobody waits: its badges come out of "
            "another one, and this line says where."
        ),
        "StatusLine",
        12,
    ),
    Step(
        Stop.KIOSK,
        msg(
            "The kiosk: guests hold their codes up. A film stands in for the camera, with good, "
            "used and forged tickets."
        ),
        "#idle",
        30,
        _film_was_seen,
    ),
    Step(
        Stop.WALL,
        msg("The wall: who is in, who comes, and when to open another lane. It counts live."),
        "#wall-figures",
        15,
    ),
    Step(
        Stop.EVENT,
        msg(
            "The organizer sees what the event still needs. Everything else is in the list at the "
            "left: tickets, seats, badges, money."
        ),
        "#parts",
        20,
    ),
)
