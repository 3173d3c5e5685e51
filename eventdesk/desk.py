"""The desk: runs use cases off the event loop and says when the store changed.

One thread writes and a few read; whoever holds a desk only awaits. A write that has begun
finishes even when nobody waits for it any more.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from data.store import Store
from data.touched import UNSAID, Seen, Touched, last_seen, touched_since
from eventdesk.acts import ANYTHING, Actor, Changes
from eventdesk.core.errors import StoreError
from eventdesk.core.poll_pause import PollPause
from eventdesk.figures import EVERY_S, VerdictTimes

P = ParamSpec("P")
T = TypeVar("T")

READERS = 3
POLL_S, REST_S = 0.1, 0.25
"""How often the store is asked whether it changed, and how often while nothing changes."""

GONE_POLL_S = 1.0
"""How often screens read again while the store's file is not in its place."""


class Desk:
    """What screens and services hold: use cases in, frozen results out."""

    def __init__(self, store: Store, *, after_write: Callable[[], None] | None = None) -> None:
        """Open the threads.

        Args:
            store: What use cases work on.
            after_write: Called in the writing thread once a use case has committed, so that who
                waits in this process, such as the spooler, need not find out by asking.
        """
        self._store, self._after_write = store, after_write
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="desk-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="desk-reader")
        self.verdict_times = VerdictTimes()
        self._listeners: set[_Listener] = set()
        self._watch: asyncio.Task[None] | None = None

    async def write(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that changes things; they run one after the other.

        Raises:
            EventDeskError: Whatever the use case raises.
        """
        return await self._run(self._writer, self._wakes(use_case), *args, **kwargs)

    async def read(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that only reads; some run side by side, and beside a write.

        Raises:
            EventDeskError: Whatever the use case raises.
        """
        return await self._run(self._readers, use_case, *args, **kwargs)

    def of(self, actor: Actor) -> "ActorsDesk":
        """The desk as one actor uses it."""
        return ActorsDesk(self, actor)

    def use_clock(self, now: Callable[[], datetime]) -> None:
        """Let what is done here happen at the time that this clock says."""
        self._store.clock = now

    def note_verdict(self, scan_id: UUID, ms: float) -> None:
        """Note how long a guest waited for a verdict; it is written some seconds later."""
        if self.verdict_times.add(scan_id, ms):
            asyncio.get_running_loop().call_later(EVERY_S, self._write_verdicts)

    def _write_verdicts(self) -> None:
        # The desk may be closed by now; then they were written when it was.
        with suppress(RuntimeError):
            self._writer.submit(self.verdict_times.write, self._store)

    async def changes(self) -> AsyncIterator[Changes]:
        """Yield what was touched whenever any process has committed something.

        Also when the store's file goes, and every `GONE_POLL_S` until it is back: who reads then
        learns how it is, and opens it again. However many listen, the store is asked once.
        """
        listener = _Listener()
        self._listeners.add(listener)
        if self._watch is None:
            self._watch = asyncio.create_task(self._follow(*self._begun()))
        try:
            while True:
                yield await listener.next()
        finally:
            self._listeners.discard(listener)
            if not self._listeners and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    def _begun(self) -> tuple[Callable[[], int], int | None]:
        """What gives the store's number, and that number now: what comes later is told."""
        with self._store.watch() as version:
            return version, _state(version)

    async def _follow(self, version: Callable[[], int], last: int | None) -> None:
        """Ask the store whether it changed, and tell every listener what was touched."""
        asked_s = time.monotonic()
        newest = await self._newest()
        pause, pause_s = PollPause(POLL_S, REST_S), POLL_S
        while True:
            await asyncio.sleep(pause_s)
            now, now_s = _state(version), time.monotonic()
            pause_s = pause.after(changed=now != last, now_s=now_s)
            if now != last or (now is None and now_s - asked_s >= GONE_POLL_S):
                last, asked_s = now, now_s
                newest, changes = await self._touched(newest)
                for listener in self._listeners:
                    listener.tell(changes)

    async def _newest(self) -> Seen | None:
        """How far the changes have come; None while the store cannot be read."""
        try:
            return await self._run(self._readers, _newest)
        except StoreError:
            return None

    async def _touched(self, since: Seen | None) -> tuple[Seen | None, Changes]:
        """What was touched since a look; anything where a commit did not say."""
        if since is None:
            return await self._newest(), ANYTHING
        try:
            newest, touched = await self._run(self._readers, _since, since)
        except StoreError:
            return None, ANYTHING
        if not touched:  # also after an older store was put in its place
            return await self._newest(), ANYTHING
        return newest, Changes(frozenset(touched), everything=UNSAID in touched)

    def close(self) -> None:
        """Wait for what has begun, write what waits, end the threads. The store stays open."""
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._readers.shutdown(wait=True, cancel_futures=True)
        self.verdict_times.write(self._store)

    def _wakes(
        self, use_case: Callable[Concatenate[Store, P], T]
    ) -> Callable[Concatenate[Store, P], T]:
        after_write = self._after_write
        if after_write is None:
            return use_case

        def write(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
            result = use_case(store, *args, **kwargs)
            after_write()
            return result

        return write

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        use_case: Callable[Concatenate[Store, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        # In the context of who asks, whose language it is.
        call = partial(copy_context().run, partial(use_case, self._store, *args, **kwargs))
        # Shielded: a screen may stop waiting, but a begun check-in must finish.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(pool, call))


class _Listener:
    """Somebody who waits for changes; those that come while they are busy are told together."""

    def __init__(self) -> None:
        self._changes: Changes | None = None
        self._told = asyncio.Event()

    def tell(self, changes: Changes) -> None:
        """Add to what has still to be told."""
        self._changes = changes if self._changes is None else self._changes.and_(changes)
        self._told.set()

    async def next(self) -> Changes:
        """Wait for changes, and take them."""
        await self._told.wait()
        self._told.clear()
        changes, self._changes = self._changes, None
        assert changes is not None
        return changes


def _newest(store: Store) -> Seen:
    with store.read() as connection:
        return last_seen(connection)


def _since(store: Store, seen: Seen) -> tuple[Seen, set[Touched]]:
    with store.read() as connection:
        return touched_since(connection, seen)


class ActorsDesk:
    """A desk for use cases that are asked for in the name of one actor."""

    def __init__(self, desk: Desk, actor: Actor) -> None:
        self._desk, self._actor = desk, actor

    async def write(
        self, use_case: Callable[Concatenate[Store, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that changes things, as `Desk.write` does."""
        return await self._desk.write(use_case, self._actor, *args, **kwargs)

    async def read(
        self, use_case: Callable[Concatenate[Store, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that only reads, as `Desk.read` does."""
        return await self._desk.read(use_case, self._actor, *args, **kwargs)


def _state(version: Callable[[], int]) -> int | None:
    """The store's number, or None while its file cannot be used."""
    try:
        return version()
    except StoreError:
        return None
