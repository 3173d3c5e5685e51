"""Mentioning that something takes long, and taking it back when it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from textual.message_pump import MessagePump

SLOW_S: Final = 0.2
"""Waiting longer than this is mentioned."""


@contextmanager
def mentioned_when_slow(pump: MessagePump, mention: Callable[[bool], object]) -> Iterator[None]:
    """Mention it when the block takes long, and take it back at its end.

    A timer's callback stands in the queue of its pump for a while after the timer has ended, so
    stopping the timer alone would let it mention what is done already, and for ever.

    Args:
        pump: Whose timer it is.
        mention: Shows it for True, takes it back for False.
    """
    under_way = True

    def mention_late() -> None:
        if under_way:
            mention(True)

    timer = pump.set_timer(SLOW_S, mention_late)
    try:
        yield
    finally:
        under_way = False
        timer.stop()
        mention(False)
