"""Textual messages posted to every screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from eventdesk.acts import Changes


@dataclass
class StoreChanged(Message):
    """Some process committed a change; what is on show may be old."""

    bubble = False

    changes: Changes


@dataclass
class FirstFrame(Message):
    """A screen was painted for the first time.

    Attributes:
        soon: Modules that it needs next.
    """

    soon: Sequence[str]


class Touched(Message):
    """Somebody pressed a key, clicked or pasted; it says nothing about what."""

    bubble = False
