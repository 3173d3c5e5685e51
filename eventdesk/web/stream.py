"""Live updates: one stream of server-sent events that says what changed, never how.

Each event of the stream names topics and events (of a programme) that its listener may see, as
`hearing` says; who is told reads again what they show. Its id is how far the changes have come: who
comes back with it (`Last-Event-ID`) is told once of each topic that was touched meanwhile. Only who
works at an event has one, for it counts the scans of the house; all others read everything again.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route as At

from data.store import Store
from data.touched import HOUSE
from eventdesk.acts import Changes, Position, Topic
from eventdesk.core.errors import EventDeskError, TooManyCallsError
from eventdesk.core.messages import msg
from eventdesk.desk import Desk
from eventdesk.events import Hearing, hearing
from eventdesk.web.caller import Shown
from eventdesk.web.last_uses import LastUses
from eventdesk.web.rates import network_of
from eventdesk.wire.addresses import ROOT

MOST: Final = 2000
"""Streams at once: what one process serves."""

MOST_OF_ONE: Final = 50
"""Streams of one who showed a token or a session."""

MOST_OF_ADDRESS: Final = 200
"""Streams of visitors from one address: a venue is one."""

MOST_OF_VISITORS: Final = MOST // 2
"""Streams of all visitors: who works here always finds one."""

VISITORS: Final = ""
"""Counts the streams of all visitors."""

ALIVE_S: Final = 15.0
"""How often something is sent where nothing changes: a connection that is gone is noticed by it."""

AGAIN_MS: Final = 2000
"""How soon a browser comes back by itself when the connection ends."""

WHO: Final = frozenset({Topic.ACCOUNTS.value, Topic.EVENTS.value})
"""Topics whose changes may change who hears what."""


class Streams:
    """All streams of a server."""

    def __init__(self, desk: Desk, uses: LastUses) -> None:
        self._desk, self._uses = desk, uses
        self._open: Counter[str] = Counter()
        self._ending = asyncio.Event()

    def __len__(self) -> int:
        """How many are open."""
        return self._open.total()

    def routes(self) -> list[At]:
        """Where they are."""
        return [At(f"{ROOT}/changes", self.answer)]

    def end(self) -> None:
        """End all, because the server ends; browsers come back by themselves."""
        self._ending.set()

    async def answer(self, request: Request) -> Response:
        """Open a stream.

        Raises:
            SignInError: What is shown is none of this house, or is over.
            TooManyCallsError: There are too many.
        """
        shown = Shown.by(request)
        heard = await self._heard(shown)
        shown.note_known(request)
        await self._uses.note(shown)
        callers = (shown.key,) if shown.key else (f"address {network_of(request)}", VISITORS)
        if self._is_full(callers):
            raise TooManyCallsError(
                msg("Too many are listening for changes."),
                wait_s=30,
                hint=msg("Close other windows, or come back in a moment."),
            )
        since = Position.read(request.headers.get("last-event-id", "")) if heard.works else None
        told = self._told(callers, shown, heard, since)
        return StreamingResponse(told, media_type="text/event-stream")

    def _is_full(self, callers: tuple[str, ...]) -> bool:
        total = sum(number for caller, number in self._open.items() if caller != VISITORS)
        if total >= MOST or (self._open[VISITORS] >= MOST_OF_VISITORS and VISITORS in callers):
            return True
        return self._open[callers[0]] >= (MOST_OF_ADDRESS if VISITORS in callers else MOST_OF_ONE)

    async def _told(
        self, callers: tuple[str, ...], shown: Shown, heard: Hearing, since: Position | None
    ) -> AsyncIterator[str]:
        changes = self._desk.changes()
        following = asyncio.ensure_future(anext(changes))
        ending = asyncio.ensure_future(self._ending.wait())
        self._open.update(callers)
        try:
            yield f"retry: {AGAIN_MS}\n\n"
            await asyncio.sleep(0)  # it listens from now on; what came before is read
            yield _event(await self._desk.changes_since(since), heard)
            while True:
                done, _waiting = await asyncio.wait(
                    {following, ending}, timeout=ALIVE_S, return_when=asyncio.FIRST_COMPLETED
                )
                if ending in done:
                    return
                if following not in done:
                    yield ":\n\n"
                    continue
                told = following.result()
                following = asyncio.ensure_future(anext(changes))
                if told.everything or any(topic in WHO for topic, _event_id in told.touched):
                    heard = await self._heard(shown)
                if text := _event(told, heard):
                    yield text
        except EventDeskError:
            return  # shut out since, or the store is gone: who comes back is told so
        finally:
            self._open.subtract(callers)
            self._open += Counter()  # forgets those without any
            following.cancel()
            ending.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await following
            await changes.aclose()  # type: ignore[attr-defined]  # it is a generator

    async def _heard(self, shown: Shown) -> Hearing:
        def call(store: Store) -> Hearing:
            return hearing(store, shown.actor(store))

        return await self._desk.run_as(hearing, call)


def _event(changes: Changes, heard: Hearing) -> str:
    """What is sent of changes to one listener; "" where they may see none of them."""
    touched = [
        {"topic": topic, "event": None if event_id == HOUSE else str(event_id)}
        for topic, event_id in sorted(changes.touched)
        if heard.hears(topic, event_id)
    ]
    if not touched and not changes.everything and changes.touched:
        return ""
    data = json.dumps({"everything": changes.everything, "touched": touched})
    number = f"id: {changes.upto}\n" if changes.upto is not None and heard.works else ""
    return f"{number}event: changes\ndata: {data}\n\n"
