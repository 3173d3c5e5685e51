"""How often one caller may ask: a signed-in person, a device, or an address where nobody says."""

import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from eventdesk.core.errors import TooManyCallsError
from eventdesk.core.messages import msg
from eventdesk.web.counts import Counts
from eventdesk.web.guesses import Guesses

KNOWN: Final = 60_000
"""Requests a minute of one who showed a token or a session; a device at a door needs hundreds."""

UNKNOWN: Final = 6_000
"""Requests a minute from one address: all the phones of a venue may share it."""

KEPT_ANSWER: Final = "an answer kept for nobody"
"""A call of a visitor with a key: its answer is kept for a week."""

COSTLY: Final[Mapping[str, int]] = {
    "sign_up": 60,
    "ask_for_code": 60,
    "set_secret": 120,
    "ask_for_links": 60,
    "order_as_guest": 600,
    "event_by_code": 300,
    "browse": 1_200,
    "pair_device": 60,
    "stop_mail": 60,
    KEPT_ANSWER: 600,
    "start_web_session": 300,
    "start_app_session": 300,
}
"""Calls a minute from one address of what anybody may: a row, a mail, a slow hash, a guess each.

They count by address also for who is known, because an account is made by whoever likes. A venue is
one address, so these are bounds on machines; what is guessed at has its own locks.
"""

FRAMES: Final = 400
"""Frames a minute of one phone that are decoded here; it sends five a second."""

BESIDES: Final = ("/healthz", "/readyz")
"""What is asked by machines that watch, and never counted."""


REMEMBERED: Final = 10_000
"""Callers who are known, at most; who comes after them takes the place of the first."""


class Rates:
    """Counts requests, in this process.

    Attributes:
        guesses: Counts what is guessed at and misses.
    """

    def __init__(
        self, *, known: int = KNOWN, unknown: int = UNKNOWN, guesses: Guesses | None = None
    ) -> None:
        self.guesses = guesses or Guesses()
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
            item, key = self._unknown, network_of(request)
        self._hit(item, key)

    def count_costly(self, request: Request, name: str) -> None:
        """Count one call of a use case that is in `COSTLY`; all others are free.

        Raises:
            TooManyCallsError: There were too many from this address within a minute.
        """
        if name in COSTLY:
            self._hit(RateLimitItemPerMinute(COSTLY[name]), f"{name} {network_of(request)}")

    def count_frame(self, request: Request) -> None:
        """Count one frame of a camera, by who sends it.

        Raises:
            TooManyCallsError: There were too many of this sender, or address, within a minute.
        """
        sender = _caller(request) or network_of(request)
        self._hit(RateLimitItemPerMinute(FRAMES), f"frame {sender}")

    def _hit(self, item: RateLimitItem, key: str) -> None:
        if not self._limiter.hit(item, key):
            reset_s = self._limiter.get_window_stats(item, key).reset_time
            raise TooManyCallsError(
                msg("Too many requests came at once."),
                wait_s=max(1, math.ceil(reset_s - time.time())),
                hint=msg("Wait a moment, and ask again."),
            )

    def knows(self, request: Request) -> bool:
        """Whether the store knew what this request shows, when it was shown before."""
        return _caller(request) in self._callers

    def note_known(self, request: Request) -> None:
        """Note that the store knew what this request showed: it counts by itself from now on."""
        caller = _caller(request)
        if caller is None or caller in self._callers:
            return
        self._callers[caller] = None
        if len(self._callers) > REMEMBERED:
            self._callers.popitem(last=False)


def network_of(request: Request) -> str:
    """Where a request comes from: an address of IPv4, a network of one customer of IPv6.

    Who has one address of IPv6 has 2**64 of them (RFC 6177).
    """
    host = request.client.host if request.client is not None else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return host
    mapped = address.ipv4_mapped
    return str(mapped or ip_network((address, 64), strict=False))


def _caller(request: Request) -> int | None:
    """Names what a request shows of its sender; None where it shows nothing."""
    shown = request.headers.get("authorization") or request.headers.get("cookie")
    return hash(shown) if shown else None
