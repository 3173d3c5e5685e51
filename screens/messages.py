"""Messages that concern every screen."""

from textual.message import Message


class StoreChanged(Message):
    """Some process committed a change; what is on show may be old."""

    bubble = False


class Touched(Message):
    """Somebody pressed a key, clicked or pasted; it says nothing about what."""

    bubble = False
