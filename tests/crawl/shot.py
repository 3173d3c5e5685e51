"""How a screen looks, once it has done what it was told."""

import asyncio
from dataclasses import dataclass
from typing import Final

from rich.segment import Segment
from textual.pilot import Pilot

PAUSE_S: Final = 0.03
"""How long a screen must look the same."""

MAX_PAUSES: Final = 60


@dataclass(frozen=True, slots=True)
class Shot:
    """All that a key may visibly change.

    Attributes:
        painted: The texts on show, with their colours.
        text: The same without colours, line by line.
        held: The open screens, what has the keyboard, and how many toasts there are.
    """

    painted: tuple[tuple[Segment, ...], ...]
    text: str
    held: tuple[object, ...]

    @classmethod
    def of(cls, pilot: Pilot[None]) -> "Shot":
        """Take down what is on show now."""
        app = pilot.app
        painted = tuple(tuple(line) for line in app.screen._compositor.render_strips())
        text = "\n".join("".join(segment.text for segment in line) for line in painted)
        screens = tuple(map(id, app.screen_stack))
        return cls(painted, text, (screens, id(app.focused), len(app._notifications)))


async def settled(pilot: Pilot[None]) -> Shot:
    """Wait until the screen is laid out and looks the same for a while; return how it looks."""
    before: Shot | None = None
    for _pause in range(MAX_PAUSES):
        await pilot.pause()
        now = Shot.of(pilot)
        if now == before and not pilot.app.screen._layout_required:
            break
        before = now
        await asyncio.sleep(PAUSE_S)
    return now
