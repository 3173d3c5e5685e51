"""The plan of a rehearsal: how many come, through what, and what goes wrong."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

MAX_GUESTS: Final = 100_000
MAX_LANES: Final = 32
MAX_MINUTES: Final = 24 * 60


class Chaos(StrEnum):
    """What goes wrong on purpose."""

    CAMERA = "camera"
    """A lane's camera is pulled and comes back."""
    PRINTER = "printer"
    """The printers stall, drop what they were sent, run out of paper, and are off."""
    KILL = "kill"
    """A lane's process is ended without notice in the middle of an answer, and started again."""
    BUSY = "busy"
    """Another program holds the store's lock."""
    CLOCK = "clock"
    """A lane's clock is wrong."""
    DISK = "disk"
    """The disk is full, and somebody makes room."""


class Through(StrEnum):
    """Which door is rehearsed."""

    DOOR = "door"
    """Check-in, spooler, camera and decoder, without a screen."""
    SCREENS = "screens"
    """The kiosk and the desk themselves, drawn on terminals that nobody sees."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take that chaos does, in seconds."""

    outage_s: float = 3.0
    """How long a printer or the disk is out, or the lock held."""
    unplugged_s: float = 1.5
    lock_s: float = 11.0
    """Longer than a check-in waits for the lock by itself."""
    wait_for_leases: bool = True
    """Whether badges of a courier that died are waited for; else the clock is put forward."""
    give_up_s: float = 90.0
    """How long a guest tries before they count as never answered."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be rehearsed.

    Attributes:
        guests: People who come, those with wrong tickets among them.
        lanes: Kiosks and desks, each a process of its own.
        minutes: Event time within which they come.
        chaos: What goes wrong, in the order in which it does.
        frames: Whether every ticket is held up to a camera and decoded.
        seed: Another seed, another crowd and other moments.
        speed: Event minutes a minute; None is as fast as the desk can.
        seconds_each: What a guest takes beside the desk's own time, for the queue.
    """

    guests: int
    lanes: int = 2
    minutes: int = 60
    chaos: tuple[Chaos, ...] = ()
    frames: bool = False
    through: Through = Through.DOOR
    seed: int = 1
    speed: float | None = None
    seconds_each: float = 6.0
    timing: Timing = field(default_factory=Timing)

    def __post_init__(self) -> None:
        for given, most, what in (
            (self.guests, MAX_GUESTS, msg("guests")),
            (self.lanes, MAX_LANES, msg("lanes")),
            (self.minutes, MAX_MINUTES, msg("minutes")),
        ):
            if not 1 <= given <= most:
                raise InvalidInputError(
                    msg(
                        "A rehearsal has 1 to {most:,} {what}, not {given:,}.",
                        most=most,
                        what=what,
                        given=given,
                    )
                )
        if self.speed is not None and not 0 < self.speed <= 10_000:
            raise InvalidInputError(msg("A rehearsal runs 1 to 10,000 times as fast as the day."))

    def has_camera(self, lane: int) -> bool:
        """Whether a lane, counted from 0, reads its tickets through a camera."""
        if self.through is Through.SCREENS and lane % 2:
            return False  # a desk has a hardware scanner
        return self.frames or (lane == 0 and Chaos.CAMERA in self.chaos)


def read_chaos(text: str) -> tuple[Chaos, ...]:
    """Read a list such as `printer,kill`; `all` is everything, `none` or "" is nothing.

    Raises:
        InvalidInputError: Something in it is unknown.

    >>> [str(one) for one in read_chaos("kill, printer")]
    ['printer', 'kill']
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if words in ([], ["none"]):
        return ()
    if words == ["all"]:
        return tuple(Chaos)
    unknown = [word for word in words if word not in [*Chaos]]
    if unknown:
        raise InvalidInputError(
            msg("There is no chaos {unknown!r}.", unknown=unknown[0]),
            hint=msg("Known: {chaos}; or all, or none.", chaos=", ".join(Chaos)),
        )
    return tuple(one for one in Chaos if one in words)
