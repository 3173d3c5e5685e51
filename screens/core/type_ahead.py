"""Typing that is faster than the screens: keys wait for what the key before them opens."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from textual.events import Event, Key, Paste
from textual.worker import Worker

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

MAX_ACT_S: Final = 1.0
"""How long keys wait at most for what one of them began to end or to show a screen."""

MAX_SHOWN_S: Final = 10.0
"""How long they wait at most for a screen that is being made."""

MOVES: Final = frozenset(
    {"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab"}
)
"""Keys that open nothing: only what they do at once comes before the next key."""


DRAWS: Final = "block-letters"
"""The group of workers that only draw what is on show in words already: no key waits for them."""


class TypeAhead:
    """Types one key after the other: what a key does comes before the next one.

    Text typed into a field goes there at once. After any other key the next ones wait until it was
    taken, and until what it began has ended or opened a screen that can be typed into; so a scanner
    or quick fingers fill the dialog that they opened and not the screen below it. Where a key
    closes a dialog they wait for what goes on with its answer, too: it may open the next one.

    Args:
        pass_on: Hands an event to what has the focus.
    """

    def __init__(self, app: "App[Any]", pass_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app, self._pass_on = app, pass_on
        self._typed: asyncio.Queue[Event] = asyncio.Queue()
        self._is_free = False
        self._changed = asyncio.Event()
        self._waiting: WeakKeyDictionary[Screen[Any], Worker[Any]] = WeakKeyDictionary()

    @property
    def is_typing(self) -> bool:
        """Whether keys wait for their turn."""
        return not self._typed.empty()

    def is_awaited(self, screen: "Screen[Any]", by: Worker[Any]) -> None:
        """Hear which worker goes on when a screen is closed."""
        self._waiting[screen] = by

    async def take(self, event: Event) -> None:
        """Pass an event on, or keep it until its turn."""
        if self._is_free and self._is_text(event):
            await self._pass_on(event)
        else:
            self._is_free = False
            self._typed.put_nowait(event)

    async def type_on(self) -> None:
        """Type what was kept and what comes; called once there is a screen to type into."""
        self._app.screen_change_signal.subscribe(
            self._app, lambda _screen: self._changed.set(), immediate=True
        )
        while True:
            self._is_free = self._typed.empty()
            await self._type(await self._typed.get())

    async def _type(self, event: Event) -> None:
        before, stack = set(self._app.workers), [*self._app.screen_stack]
        self._changed.clear()
        is_text = self._is_text(event)
        await self._pass_on(event)
        if is_text:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_ACT_S):
                await self._all_took()
                if isinstance(event, Key) and event.key not in MOVES:
                    await self._began(before)
                    await self._went_on(stack)
        if self._changed.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(MAX_SHOWN_S):
                    await self._shown()

    def _is_text(self, event: Event) -> bool:
        """Whether the focus takes an event as text."""
        focused = self._app.focused
        if isinstance(event, Paste) or focused is None:
            return isinstance(event, Paste)
        return isinstance(event, Key) and focused.check_consume_key(event.key, event.character)

    async def _all_took(self) -> None:
        """Wait until a key, and what was told because of it, went from the focus to the top."""
        for _ in range(2):
            for node in (self._app.focused or self._app.screen).ancestors_with_self:
                taken = asyncio.Event()
                if node.call_later(taken.set):
                    await taken.wait()

    async def _shown(self) -> None:
        """Wait until the screen on top can be typed into."""
        while len(self._app.screen_stack) < 2:  # one was left, and the next is not there yet
            self._changed.clear()
            await self._changed.wait()
        await self._all_took()

    async def _began(self, before: Collection[Worker[Any]]) -> None:
        """Wait until the workers that a key began have ended, or one of them showed a screen."""
        await self._ended(
            each
            for each in self._app.workers
            if each not in before and not each.is_finished and each.group != DRAWS
        )

    async def _went_on(self, stack: Sequence["Screen[Any]"]) -> None:
        """Wait until what awaited the screen that a key closed has ended, or showed another one."""
        *below, top = stack
        waited = self._waiting.get(top)
        if waited is not None and not waited.is_finished and self._app.screen in below:
            self._changed.clear()
            try:
                await self._ended([waited])
            finally:
                self._changed.set()  # the screen that was closed

    async def _ended(self, workers: Iterable[Worker[Any]]) -> None:
        """Wait until workers have ended, or the screen is another one."""
        tasks = {each._task for each in workers} - {None}
        shown = asyncio.ensure_future(self._changed.wait())
        try:
            while tasks and not shown.done():
                # Waits without awaiting them: what is given up here must not cancel them.
                await asyncio.wait([*filter(None, tasks), shown], return_when="FIRST_COMPLETED")
                tasks = {each for each in tasks if each is not None and not each.done()}
        finally:
            shown.cancel()
