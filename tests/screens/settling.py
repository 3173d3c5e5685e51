"""Waiting until a screen has done all it was told, instead of until the processor is idle.

Textual's own wait looks every 20 ms whether the process has slept, three times for each key; on a
busy machine it gives up and goes on. Here the loop itself is asked: nothing is ready to run, the
desk's threads have answered and what changed is painted. That takes no time when nothing is to be
done, and does not depend on how fast the machine is.
"""

import asyncio
import time
import weakref
from asyncio import AbstractEventLoop, Future
from concurrent.futures import Executor
from functools import partial
from typing import Any

import textual.app
import textual.pilot
import textual.screen
from textual._context import active_app
from textual.app import App, ScreenStackError
from textual.css.model import RuleSet

LONGEST_S = 1.0
"""A screen that never comes to rest is not waited for any longer."""

STUCK_S = 0.05
"""A thread of the desk that does no work for so long is held by the test."""

FRAME_S = 0.1
"""How often a screen is painted while it is busy; at rest it is painted at once."""

_asked: weakref.WeakKeyDictionary[AbstractEventLoop, weakref.WeakSet[Future[Any]]] = (
    weakref.WeakKeyDictionary()
)
"""What threads are asked. An answer leads back to its loop: held, it would keep that for ever."""


async def settled(app: "App[Any] | None" = None) -> bool:
    """Wait until nothing is left to be done but what a timer or a person begins.

    Returns:
        Whether that came to be.
    """
    loop = asyncio.get_running_loop()
    asked = _asked.setdefault(loop, weakref.WeakSet())
    end_s = time.monotonic() + LONGEST_S
    worked_s, moved_s, rests = time.process_time(), time.monotonic(), 0
    while (now_s := time.monotonic()) < end_s:
        await asyncio.sleep(0)
        if not at_rest() or (app is not None and paint(app)):
            rests = 0
        elif any(not future.done() for future in asked):
            rests = 0
            if (work_s := time.process_time()) - worked_s > 0.002:
                worked_s, moved_s = work_s, now_s
            elif now_s - moved_s > STUCK_S:
                return False
            await asyncio.sleep(0.001)
        else:
            asked.clear()
            rests += 1
            if rests > 2:
                return True
    return False


def at_rest() -> bool:
    """Whether nothing is ready to run in the loop."""
    return not asyncio.get_running_loop()._ready  # type: ignore[attr-defined]


def paint(app: "App[Any]") -> bool:
    """Paint what changed without waiting for the next frame; whether anything did."""
    try:
        screen = app.screen
    except ScreenStackError:
        return False
    if not screen.is_running or not screen._update_timer._active.is_set():
        return False
    screen._on_timer_update()
    return True


async def _idle(min_sleep: float = 0, max_sleep: float = LONGEST_S) -> None:
    await settled(active_app.get(None))


async def _wait_for_screen(pilot: "textual.pilot.Pilot[Any]", timeout: float = LONGEST_S) -> bool:
    return await settled(pilot.app)


def _noted(
    loop: asyncio.BaseEventLoop, executor: Executor | None, call: Any, *given: Any
) -> Future[Any]:
    """Note what threads are asked; a worker of Textual's in a thread may go on for ever."""
    future: Future[Any] = _run_in_executor(loop, executor, call, *given)
    if executor is not None or isinstance(call, partial):  # as `asyncio.to_thread` calls
        _asked.setdefault(loop, weakref.WeakSet()).add(future)
    return future


_run_in_executor: Any = asyncio.BaseEventLoop.run_in_executor


def install() -> None:
    """Have pilots wait this way."""
    vars(textual.pilot).update(wait_for_idle=_idle)
    vars(textual.app).update(wait_for_idle=_idle)
    vars(textual.screen).update(UPDATE_PERIOD=FRAME_S)
    # Asked half a million times a test; a method written in Python takes four times as long.
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]
    textual.pilot.Pilot._wait_for_screen = _wait_for_screen  # type: ignore[method-assign,assignment]
    asyncio.BaseEventLoop.run_in_executor = _noted  # type: ignore[method-assign,assignment]
