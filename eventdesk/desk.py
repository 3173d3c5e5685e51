"""The desk: runs use cases off the event loop and says when the store changed.

One thread writes and a few read; whoever holds a desk only awaits. A write that has begun
finishes even when nobody waits for it any more.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from data.store import Store

P = ParamSpec("P")
T = TypeVar("T")

READERS = 3
POLL_S = 0.1
"""How often the store is asked whether it changed; asking takes some microseconds."""


class Desk:
    """What screens and services hold: use cases in, frozen results out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="desk-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="desk-reader")

    async def write(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that changes things; they run one after the other.

        Raises:
            EventDeskError: Whatever the use case raises.
        """
        return await self._run(self._writer, use_case, *args, **kwargs)

    async def read(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that only reads; some run side by side, and beside a write.

        Raises:
            EventDeskError: Whatever the use case raises.
        """
        return await self._run(self._readers, use_case, *args, **kwargs)

    async def changes(self) -> AsyncIterator[None]:
        """Yield whenever any process has committed something, until the caller stops asking."""
        with self._store.watch() as version:
            last = version()
            while True:
                await asyncio.sleep(POLL_S)
                now = version()
                if now != last:
                    last = now
                    yield

    def close(self) -> None:
        """Wait for what has begun, then end the threads. The store stays open."""
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._readers.shutdown(wait=True, cancel_futures=True)

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        use_case: Callable[Concatenate[Store, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        call = partial(use_case, self._store, *args, **kwargs)
        # Shielded: a screen may stop waiting, but a begun check-in must finish.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(pool, call))
