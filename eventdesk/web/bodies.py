"""Bodies of requests: how long they may be, each and together, and how slowly they may come.

What a body takes is counted while it comes and until its request is answered, because so long it
lies in memory. Callers whom the store does not know share a part of the room: however many of them
send, a device at a door still gets its scan through.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request

from eventdesk.core.messages import msg
from eventdesk.web.refused import RequestRefusedError

MOST_BYTES: Final = 16 * 1024 * 1024
"""The longest body: a picture of a layout, a list of guests."""

MOST_OF_NOBODY: Final = 64 * 1024
"""The longest body of somebody whom the store does not know."""

MOST_TOGETHER: Final = 64 * 1024 * 1024
"""Bytes of all bodies at once."""

MOST_OF_STRANGERS: Final = 16 * 1024 * 1024
"""Bytes of all bodies at once of callers whom the store does not know."""

WAIT_S: Final = 20.0
"""How long a body may take to come, beside the time that its bytes need."""

LEAST_RATE: Final = 8 * 1024
"""Bytes a second at least, behind that: a phone at the edge of a venue's Wi-Fi sends more."""

AGAIN_S: Final = 5
"""When to come again where there is no room."""

JSON: Final = "application/json"

BODY: Final = "eventdesk.body"
"""In the scope of a request: its body, which the edge around it has begun and ends."""


class Bodies:
    """All bodies of a server that are being read, or worked on.

    Args:
        most: Bytes of all together.
        most_of_strangers: Bytes of those of callers whom the store does not know.
        wait_s: How long one may take to come, beside the time that its bytes need.
        least_rate: Bytes a second at least, behind that.
    """

    def __init__(
        self,
        *,
        most: int = MOST_TOGETHER,
        most_of_strangers: int = MOST_OF_STRANGERS,
        wait_s: float = WAIT_S,
        least_rate: int = LEAST_RATE,
    ) -> None:
        self._most, self._most_of_strangers = most, most_of_strangers
        self.wait_s, self.least_rate = wait_s, least_rate
        self._taken = self._taken_by_strangers = 0

    @property
    def taken(self) -> int:
        """Bytes of all bodies that are here now."""
        return self._taken

    def has_room(self, size: int, *, of_stranger: bool) -> bool:
        """Whether so many bytes more may come."""
        if of_stranger and self._taken_by_strangers + size > self._most_of_strangers:
            return False
        return self._taken + size <= self._most

    def count(self, size: int, *, of_stranger: bool) -> None:
        """Count bytes that came, or, below zero, that are let go."""
        self._taken += size
        if of_stranger:
            self._taken_by_strangers += size


class Body:
    """The body of one request.

    Args:
        bodies: Among which it is counted.
        is_known: Whether the store knows who sends it.
    """

    def __init__(self, bodies: Bodies, *, is_known: bool) -> None:
        self._bodies, self._is_stranger = bodies, not is_known
        self._size = 0

    def note_known(self) -> None:
        """Note that the store knows who sends it."""
        if self._is_stranger:
            self._bodies.count(-self._size, of_stranger=True)
            self._is_stranger = False
            self._bodies.count(self._size, of_stranger=False)

    def take(self, size: int) -> int:
        """Count what came of it; gives how long it is so far.

        Raises:
            RequestRefusedError: There is no room for more.
        """
        if not self._bodies.has_room(size, of_stranger=self._is_stranger):
            raise RequestRefusedError(
                msg("Too much is being sent here at once."),
                status=503,
                wait_s=AGAIN_S,
                hint=msg("Wait a moment, and send it again."),
            )
        self._bodies.count(size, of_stranger=self._is_stranger)
        self._size += size
        return self._size

    def end(self) -> None:
        """Let its bytes go."""
        self._bodies.count(-self._size, of_stranger=self._is_stranger)
        self._size = 0

    async def read(
        self, request: Request, most: int, known: Callable[[], Awaitable[object]] | None
    ) -> bytes:
        """Read it whole, as `body_of` says."""
        loop, parts = asyncio.get_running_loop(), []
        ends_at = loop.time() + self._bodies.wait_s
        try:
            async with asyncio.timeout_at(ends_at) as limit:
                async for part in request.stream():
                    size = self.take(len(part))
                    _need_short(size, most)
                    if known is not None and self._is_stranger and size > MOST_OF_NOBODY:
                        await known()
                        self.note_known()
                    parts.append(part)
                    limit.reschedule(ends_at + size / self._bodies.least_rate)
        except TimeoutError:
            raise RequestRefusedError(
                msg("The body of this request came too slowly."),
                status=408,
                hint=msg("Send it again over a better line."),
            ) from None
        return b"".join(parts)


async def body_of(
    request: Request,
    *,
    most: int,
    known: Callable[[], Awaitable[object]] | None = None,
    kind: str = JSON,
) -> bytes:
    """Read the body of a request.

    What is too long by its header is refused before any of it is read.

    Args:
        request: Came through the edge.
        most: How long it may be.
        known: Asks the store who sends it, before more than `MOST_OF_NOBODY` is read; raises what
            is answered where nobody does.
        kind: What its header is to say it is: JSON, or the form of a page.

    Raises:
        RequestRefusedError: It is longer, comes too slowly, or is something else by its header; or
            there is no room for it beside others.
        EventDeskError: Whatever `known` raises.
    """
    body: Body = request.scope[BODY]
    said = request.headers.get("content-length", "")
    if said.isdecimal():
        _need_short(int(said[:20]), most)
        if known is not None and int(said) > MOST_OF_NOBODY:
            await known()
            body.note_known()
    content = await body.read(request, most, known)
    said_kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content and said_kind != kind:
        raise RequestRefusedError(
            msg("The body is to be of the type {kind}.", kind=kind),
            status=415,
            hint=msg("Send: Content-Type: {kind}.", kind=kind),
        )
    return content


def _need_short(size: int, most: int) -> None:
    if size > most:
        raise RequestRefusedError(msg("This is more than {most} bytes.", most=most), status=413)
