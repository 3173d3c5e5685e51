"""The desk: runs use cases off the event loop and says when the store changed.

One thread writes and a few read; whoever holds a desk only awaits. A write that has begun
finishes even when nobody waits for it any more.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from data.store import Store
from data.touched import UNSAID, UNSEEN, last_seen, touched_since
from eventdesk.acts import ANYTHING, NOTHING, SYSTEM, Actor, Changes, Kind, Position, Verb
from eventdesk.core.errors import StoreError
from eventdesk.core.poll_pause import PollPause
from eventdesk.figures import EVERY_S, VerdictTimes

P = ParamSpec("P")
T = TypeVar("T")

READERS = 3
STEPPERS = 3
CALLERS = 2
"""How many wait for a service outside at once; who signs in or sells meanwhile does not."""

CALLS_OUTSIDE = frozenset(
    {
        ("accounts", "set_out"),
        ("accounts", "come_back"),
        ("accounts", "offer_device"),
        ("accounts", "ask_device"),
        ("booking", "ask_at_reader"),
        ("booking", "cancel_at_reader"),
        ("booking", "hear_gateway"),
        ("booking", "hear_gateways"),
        ("booking", "hear_payment"),
        ("mailing", "try_mail"),
        ("money", "card_readers"),
        ("money", "page_of_payment"),
        ("money", "start_at_reader"),
        ("money", "start_payment"),
        ("services", "test_service"),
    }
)
"""Use cases, by area and name, that take as long as a service outside does not answer."""

POLL_S, REST_S = 0.1, 0.25
"""How often the store is asked whether it changed, and how often while nothing changes."""

GATHER_S = 0.25
"""What others change within so long of a change is told together: each telling is read and painted
on every screen."""

CROWD_S = 0.1
"""What is done here within so long is told together where thousands listen."""

GONE_POLL_S = 1.0
"""How often screens read again while the store's file is not in its place."""


class AnyDesk(ABC):
    """What screens hold: use cases in, frozen results out, wherever the store is.

    Attributes:
        works: Who works here where nobody has signed in.
        hub: Where the house is, if it is on another machine; "" here.
        verdict_times: How long guests waited, until it is written.
    """

    works: Actor = SYSTEM
    hub = ""

    def __init__(self) -> None:
        """Open the threads."""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="desk-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="desk-reader")
        self._steppers = ThreadPoolExecutor(STEPPERS, thread_name_prefix="desk-stepper")
        self._callers = ThreadPoolExecutor(CALLERS, thread_name_prefix="desk-caller")
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
        return await self._run(self._writer, self.waking(use_case), *args, **kwargs)

    async def read(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that only reads; some run side by side, and beside a write.

        A function that is no declared use case promises so itself.

        Raises:
            EventDeskError: Whatever the use case raises.
            TypeError: It may write; then nobody would be told of it.
        """
        if isinstance(use_case, Verb) and not use_case.kind.only_reads:
            raise TypeError(f"{use_case!r} may write: use `write` or `take_steps`")
        return await self._run(self._readers, use_case, *args, **kwargs)

    async def take_steps(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case of several steps that may take long; no write waits for it.

        Raises:
            EventDeskError: Whatever the use case raises.
        """
        pool = self._pool_of_steps(use_case)
        return await self._run(pool, self.waking(use_case), *args, **kwargs)

    async def run_as(self, verb: Verb[..., Any], call: Callable[[Store], T]) -> T:
        """Run what asks for one use case in the thread where that itself would run.

        Raises:
            EventDeskError: Whatever it raises.
        """
        if verb.kind in (Kind.READS, Kind.READS_IN_STEPS):
            pool = self._readers if verb.kind is Kind.READS else self._steppers
            return await self._run(pool, call)
        pool = self._writer if verb.kind is Kind.WRITES else self._pool_of_steps(verb)
        return await self._run(pool, self.waking(call))

    def _pool_of_steps(self, use_case: object) -> ThreadPoolExecutor:
        calls = isinstance(use_case, Verb) and (use_case.area, use_case.name) in CALLS_OUTSIDE
        return self._callers if calls else self._steppers

    def of(self, actor: Actor) -> "ActorsDesk":
        """The desk as one actor uses it."""
        return ActorsDesk(self, actor)

    @abstractmethod
    def use_clock(self, now: Callable[[], datetime]) -> None:
        """Let what is done here happen at the time that this clock says."""

    def note_verdict(self, scan_id: UUID, ms: float) -> None:
        """Note how long a guest waited for a verdict; it is written some seconds later."""
        if self.verdict_times.add(scan_id, ms):
            asyncio.get_running_loop().call_later(EVERY_S, self._write_verdicts)

    def _write_verdicts(self) -> None:
        # The desk may be closed by now; then they were written when it was.
        with suppress(RuntimeError):
            self._writer.submit(self.write_verdicts)

    @abstractmethod
    def write_verdicts(self) -> None:
        """Write how long guests waited; called in the writing thread."""

    async def changes(self) -> AsyncIterator[Changes]:
        """Yield what was touched whenever any process has committed something.

        Also when the store's file goes, and every `GONE_POLL_S` until it is back: who reads then
        learns how it is, and opens it again. However many listen, the store is asked once.
        """
        listener = _Listener()
        self._listeners.add(listener)
        if self._watch is None:
            self._watch = asyncio.create_task(self.following())
        try:
            while True:
                yield await listener.next()
        finally:
            self._listeners.discard(listener)
            if not self._listeners and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    @abstractmethod
    def following(self) -> Coroutine[None, None, None]:
        """Tell the listeners of changes that come from now on, until it is cancelled."""

    def tell(self, changes: Changes) -> None:
        """Tell all who listen."""
        for listener in self._listeners:
            listener.tell(changes)

    def close(self) -> None:
        """Wait for what has begun, write what waits, end the threads."""
        self._callers.shutdown(wait=True, cancel_futures=True)
        self._steppers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._readers.shutdown(wait=True, cancel_futures=True)
        self.write_verdicts()

    def waking(
        self, use_case: Callable[Concatenate[Store, P], T]
    ) -> Callable[Concatenate[Store, P], T]:
        """A use case that also wakes who waits for what it leaves behind."""
        return use_case

    @abstractmethod
    def do(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do a use case, in the thread that asks."""

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        use_case: Callable[Concatenate[Store, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        # In the context of who asks, whose language it is.
        call = partial(copy_context().run, partial(self.do, use_case, *args, **kwargs))
        # Shielded: a screen may stop waiting, but a begun check-in must finish.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(pool, call))


class Desk(AnyDesk):
    """The desk of a store on this machine."""

    def __init__(
        self,
        store: Store,
        *,
        after_write: Callable[[], None] | None = None,
        tells_at_once: bool = False,
    ) -> None:
        """Open it.

        Args:
            store: What use cases work on.
            after_write: Called in the writing thread once a use case has committed, so that who
                waits in this process, such as the spooler, need not find out by asking.
            tells_at_once: Whether thousands wait for nothing but what this desk tells; what is
                done here in a crowd is told together then.
        """
        super().__init__()
        self._store, self._after_write = store, after_write
        self._tells_at_once, self._written = tells_at_once, asyncio.Event()

    def now(self) -> datetime:
        """The instant at which what is asked at once would be done."""
        return self._store.clock()

    def use_clock(self, now: Callable[[], datetime]) -> None:
        """Let what is done here happen at the time that this clock says."""
        self._store.clock = now

    def write_verdicts(self) -> None:
        """Write how long guests waited."""
        self.verdict_times.write(self._store)

    def following(self) -> Coroutine[None, None, None]:
        """Ask the store from now on whether it changed."""
        return self._follow(*self._begun())

    async def changes_since(self, position: Position | None) -> Changes:
        """Read what was touched after a position, and how far the changes have come.

        Args:
            position: Where somebody has come; anything may have changed since None, and since a
                position in another file than the one that is open now.

        Raises:
            StoreError: The store cannot be read.
        """
        return await self._run(self._readers, _since, position)

    def _begun(self) -> tuple[Callable[[], int], int | None]:
        """What gives the store's number, and that number now: what comes later is told."""
        with self._store.watch() as version:
            return version, _state(version)

    async def _follow(self, version: Callable[[], int], last: int | None) -> None:
        """Ask the store whether it changed, and tell every listener what was touched."""
        asked_s = time.monotonic()
        newest = (await self._touched(None)).upto
        pause, pause_s = PollPause(POLL_S, REST_S), POLL_S
        while True:
            await self._written_or_after(pause_s)
            now, now_s = _state(version), time.monotonic()
            pause_s = pause.after(changed=now != last, now_s=now_s)
            if now != last:
                pause_s = max(pause_s, GATHER_S)
            if now != last or (now is None and now_s - asked_s >= GONE_POLL_S):
                last, asked_s = now, now_s
                changes = await self._touched(newest)
                newest = changes.upto
                if changes != NOTHING:
                    self.tell(changes)
                if self._tells_at_once:
                    await asyncio.sleep(CROWD_S)

    async def _written_or_after(self, pause_s: float) -> None:
        """Wait until this desk has written something, or for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._written.wait(), pause_s)
        self._written.clear()

    async def _touched(self, since: Position | None) -> Changes:
        """What was touched since a look; anything where a commit did not say."""
        try:
            changes = await self.changes_since(since)
        except StoreError:
            return ANYTHING
        if changes == NOTHING:  # the store's number says otherwise
            return replace(ANYTHING, upto=changes.upto)
        return replace(changes, touched=changes.touched - {UNSEEN})

    def waking(
        self, use_case: Callable[Concatenate[Store, P], T]
    ) -> Callable[Concatenate[Store, P], T]:
        """A use case that also wakes who waits in this process."""
        wakes: list[Callable[[], object]] = []
        if self._after_write is not None:
            wakes.append(self._after_write)
        if self._watch is not None:
            wakes.append(partial(self._tell_soon, asyncio.get_running_loop()))
        if not wakes:
            return use_case

        def write(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
            result = use_case(store, *args, **kwargs)
            for wake in wakes:
                wake()
            return result

        return write

    def _tell_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell what was written here without waiting for the next look."""
        with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody listens
            loop.call_soon_threadsafe(self._written.set)

    def do(
        self, use_case: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do a use case with the store."""
        return use_case(self._store, *args, **kwargs)


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


def _since(store: Store, position: Position | None) -> Changes:
    with store.read() as connection:
        now = Position(store.file_mark, last_seen(connection))
        if position is None or not position.may_lead_to(now):
            return replace(ANYTHING, upto=now)
        _seen, touched = touched_since(connection, position.seen)
    return Changes(frozenset(touched), everything=UNSAID in touched, upto=now)


class ActorsDesk:
    """A desk for use cases that are asked for in the name of one actor."""

    def __init__(self, desk: AnyDesk, actor: Actor) -> None:
        self._desk, self._actor = desk, actor

    async def write(
        self, use_case: Callable[Concatenate[Store, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that changes things, as `AnyDesk.write` does."""
        return await self._desk.write(use_case, self._actor, *args, **kwargs)

    async def read(
        self, use_case: Callable[Concatenate[Store, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that only reads, as `AnyDesk.read` does."""
        return await self._desk.read(use_case, self._actor, *args, **kwargs)

    async def take_steps(
        self, use_case: Callable[Concatenate[Store, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case of several steps, as `AnyDesk.take_steps` does."""
        return await self._desk.take_steps(use_case, self._actor, *args, **kwargs)


def _state(version: Callable[[], int]) -> int | None:
    """The store's number, or None while its file cannot be used."""
    try:
        return version()
    except StoreError:
        return None
