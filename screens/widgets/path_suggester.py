"""Completion of file names while they are typed."""

import asyncio
import os
from pathlib import Path
from typing import Final

from textual.suggester import Suggester

MAX_NAMES: Final = 2000
"""Names of a folder that are looked through."""


class PathSuggester(Suggester):
    """Suggests folders, and files with one of some endings; the right arrow takes it.

    Args:
        endings: Such as ".csv"; none means folders only.
    """

    def __init__(self, endings: tuple[str, ...] = ()) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.endings = endings

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that goes on from what is typed; reading a folder may take a while."""
        return await asyncio.to_thread(self.completed, value)

    def completed(self, value: str) -> str | None:
        """The first name that goes on from what is typed, or None."""
        folder, _, begun = value.rpartition(os.sep)
        if not value or (not begun and not folder):
            return None
        place = Path(f"{folder}{os.sep}" if os.sep in value else ".")
        try:
            with os.scandir(place.expanduser()) as entries:
                names = sorted(
                    f"{entry.name}{os.sep}" if entry.is_dir() else entry.name
                    for entry, _ in zip(entries, range(MAX_NAMES), strict=False)
                    if entry.name.startswith(begun)
                    and (begun.startswith(".") or not entry.name.startswith("."))
                    and (entry.is_dir() or entry.name.lower().endswith(self.endings or ("\0",)))
                )
        except (OSError, RuntimeError, ValueError):
            return None
        if not names or not begun:
            return None
        return value[: len(value) - len(begun)] + names[0]


def typed_path(text: str) -> Path | None:
    """The typed path, `~` expanded; None for an empty text."""
    try:
        return Path(text.strip()).expanduser().absolute() if text.strip() else None
    except RuntimeError:  # ~somebody who is not there
        return Path(text.strip()).absolute()
