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
from eventdesk.core.errors import StoreError
from eventdesk.core.poll_pause import PollPause
from eventdesk.figures.verdict_times import EVERY_S, VerdictTimes

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

    async def changes(self) -> AsyncIterator[None]:
        """Yield whenever any process has committed something, until the caller stops asking.

        Also when the store's file goes, and every `GONE_POLL_S` until it is back: who reads then
        learns how it is, and opens it again.
        """
        with self._store.watch() as version:
            last, asked_s = _state(version), time.monotonic()
            pause, pause_s = PollPause(POLL_S, REST_S), POLL_S
            while True:
                await asyncio.sleep(pause_s)
                now, now_s = _state(version), time.monotonic()
                pause_s = pause.after(changed=now != last, now_s=now_s)
                if now != last or (now is None and now_s - asked_s >= GONE_POLL_S):
                    last, asked_s = now, now_s
                    yield

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


def _state(version: Callable[[], int]) -> int | None:
    """The store's number, or None while its file cannot be used."""
    try:
        return version()
    except StoreError:
        return None
