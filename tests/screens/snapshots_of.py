"""Comparing a screen with the picture of it that is kept."""

import asyncio
import os
import re
import time
from pathlib import Path

from textual.pilot import Pilot

FOLDER = Path(__file__).parent / "snapshots"
UPDATE = "UPDATE_SNAPSHOTS"
"""Set this variable to write the pictures anew; look at them before they are committed."""


SETTLED_S = 5.0
"""By then a screen shows what it has been told; a busy machine paints some of it later."""


async def looks_as_kept(pilot: Pilot[None], name: str) -> None:
    """Wait for the screen to look as it is kept; updating, for it to settle."""
    deadline_s = time.monotonic() + SETTLED_S
    while True:
        await pilot.pause()
        if any(
            each.group == "block-letters" and not each.is_finished for each in pilot.app.workers
        ):
            await asyncio.sleep(0.05)
            continue
        try:
            return assert_looks_as_kept(pilot, name)
        except AssertionError:
            if time.monotonic() > deadline_s:
                raise
        await asyncio.sleep(0.05)


def assert_looks_as_kept(pilot: Pilot[None], name: str) -> None:
    """Compare the screen with `snapshots/NAME.svg`, but for the ids of its style sheet."""
    picture = _normal(pilot.app.export_screenshot(title=name))
    kept = FOLDER / f"{name}.svg"
    if os.environ.get(UPDATE):
        kept.write_text(picture, encoding="utf-8")
    differs = kept.with_suffix(".new.svg")
    if kept.read_text(encoding="utf-8") == picture:
        differs.unlink(missing_ok=True)
        return
    differs.write_text(picture, encoding="utf-8")
    raise AssertionError(f"{kept.name} looks different; see {differs}, or set {UPDATE}=1")


def _normal(svg: str) -> str:
    return re.sub(r"terminal-\d+", "terminal", svg)
