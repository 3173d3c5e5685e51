"""Sounds of a verdict: one, two or three strokes of the bell, or a command."""

import shlex
import shutil
import subprocess
from collections.abc import Callable
from threading import Thread
from typing import Final, Protocol

from eventdesk.door import Tone

STROKES: Final = {Tone.GOOD: 1, Tone.CARE: 2, Tone.STOP: 3}
"""How often the terminal's bell rings; a terminal knows only this one sound."""

BETWEEN_STROKES_S: Final = 0.18
COMMAND_S: Final = 10
"""Longest a sound command may run."""


class After(Protocol):
    """Calls something later; `App.set_timer` is one."""

    def __call__(self, delay: float, callback: Callable[[], None]) -> object:
        """Call `callback` after `delay` seconds."""


class Sounds:
    """Says a tone with the terminal's bell, or with a command that is given the tone's name.

    Args:
        command: Started with good, care or stop behind it; "", or one that is not installed,
            leaves it to the bell.

    Attributes:
        on: Whether anything is heard; staff may change it while the program runs.
    """

    def __init__(
        self, ring: Callable[[], None], after: After, *, on: bool, command: str = ""
    ) -> None:
        self.on = on
        self._ring, self._after = ring, after
        words = shlex.split(command)
        self._command = words if words and shutil.which(words[0]) else []

    def play(self, tone: Tone) -> Thread | None:
        """Say the tone, if sounds are on; return the thread that waits for a command's end."""
        if not self.on:
            return None
        if self._command:
            thread = Thread(target=_run, args=([*self._command, tone.value],), daemon=True)
            thread.start()
            return thread
        self._ring()
        for stroke in range(1, STROKES[tone]):
            self._after(stroke * BETWEEN_STROKES_S, self._ring)
        return None


def _run(command: list[str]) -> None:
    silent = subprocess.DEVNULL
    try:
        subprocess.run(
            command, stdin=silent, stdout=silent, stderr=silent, timeout=COMMAND_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return  # A sound that fails must not stop the queue; the screen says it as well.
