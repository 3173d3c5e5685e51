"""How often one caller may ask: a signed-in person, a device, or an address where nobody says."""

import math
import time
from collections import OrderedDict
from typing import Final

from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from eventdesk.core.errors import TooManyCallsError
from eventdesk.core.messages import msg
from eventdesk.web.counts import Counts

KNOWN: Final = 60_000
"""Requests a minute of one who showed a token or a session; a device at a door needs hundreds."""

UNKNOWN: Final = 6_000
"""Requests a minute from one address: all the phones of a venue may share it."""

BESIDES: Final = ("/healthz", "/readyz")
"""What is asked by machines that watch, and never counted."""


REMEMBERED: Final = 10_000
"""Callers who are known, at most; who comes after them takes the place of the first."""


class Rates:
    """Counts requests, in this process."""

    def __init__(self, *, known: int = KNOWN, unknown: int = UNKNOWN) -> None:
        self._known, self._unknown = RateLimitItemPerMinute(known), RateLimitItemPerMinute(unknown)
        self._limiter = FixedWindowRateLimiter(Counts())
        self._callers: OrderedDict[int, None] = OrderedDict()

    def count(self, request: Request) -> None:
        """Count one request.

        Raises:
            TooManyCallsError: There were too many within a minute.
        """
        if request.scope["path"] in BESIDES:
            return
        caller = _caller(request)
        if caller in self._callers:
            item, key = self._known, str(caller)
        else:
            item, key = self._unknown, request.client.host if request.client is not None else ""
        if not self._limiter.hit(item, key):
            reset_s = self._limiter.get_window_stats(item, key).reset_time
            raise TooManyCallsError(
                msg("Too many requests came at once."),
                wait_s=max(1, math.ceil(reset_s - time.time())),
                hint=msg("Wait a moment, and ask again."),
            )

    def note_known(self, request: Request) -> None:
        """Note that the store knew what this request showed: it counts by itself from now on."""
        caller = _caller(request)
        if caller is None or caller in self._callers:
            return
        self._callers[caller] = None
        if len(self._callers) > REMEMBERED:
            self._callers.popitem(last=False)


def _caller(request: Request) -> int | None:
    """Names what a request shows of its sender; None where it shows nothing."""
    shown = request.headers.get("authorization") or request.headers.get("cookie")
    return hash(shown) if shown else None
