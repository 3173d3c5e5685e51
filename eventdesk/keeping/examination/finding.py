"""Values of an examination: findings, the terminal, the patient."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.core.settings import Settings
from eventdesk.door import Tone


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor; `findings_on` puts its subject in.

    Attributes:
        event_id: The event it is about, where it is mended in one; with `part`, where there.
    """

    tone: Tone
    subject: str
    text: str
    advice: str = ""
    event_id: UUID | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal of the screens.

    Attributes:
        columns, lines: Its size; 0 where it is none.
        kind: What TERM says.
        true_colour: Whether COLORTERM says that it knows all colours.
    """

    columns: int = 0
    lines: int = 0
    kind: str = ""
    true_colour: bool = False
    no_colour: bool = False

    @classmethod
    def here(cls) -> "Terminal":
        """The terminal of this process."""
        at_terminal = sys.stdout is not None and sys.stdout.isatty()
        size = shutil.get_terminal_size() if at_terminal else os.terminal_size((0, 0))
        return cls(
            size.columns,
            size.lines,
            os.environ.get("TERM", ""),
            os.environ.get("COLORTERM", "") in ("truecolor", "24bit"),
            bool(os.environ.get("NO_COLOR")),
        )


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined.

    Attributes:
        store: None where there is none yet.
        event: The event that is looked at, by code, id or name; "" is the next one.
    """

    settings: Settings
    store: Store | None
    now: datetime = field(default_factory=utc_now)
    event: str = ""
    print_test: bool = False
    terminal: Terminal = field(default_factory=Terminal)


Examination: TypeAlias = Callable[[Patient], Iterator[Finding]]


def good(text: str) -> Finding:
    """A finding that is fine."""
    return Finding(Tone.GOOD, "", text)


def care(text: str, advice: str) -> Finding:
    """A finding that should be mended before doors open."""
    return Finding(Tone.CARE, "", text, advice)


def stop(text: str, advice: str) -> Finding:
    """A finding that keeps the doors closed."""
    return Finding(Tone.STOP, "", text, advice)
