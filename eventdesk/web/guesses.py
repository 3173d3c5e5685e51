"""Guesses at access codes of private events: how many may miss, from one address.

A code that is drawn has eight of 32 signs, 40 bits. With `MOST_AN_HOUR` an address tries 14,400 a
day: it hits a given event once in 76 million days, and a thousand addresses once in 200 years. A
code that an organizer types may be a word; of 36 signs drawn by lot, the shortest, six, holds out
for 400 years against one address. Only what misses is counted, so that a venue behind one address
is served as long as most people type what stands on their invitation; whoever uses up the misses of
an address closes no more there than the typing of codes, and for an hour at most.
"""

import math
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from eventdesk.core.errors import TooManyCallsError
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg
from eventdesk.events import MIN_ACCESS_CODE
from eventdesk.web.counts import Counts

MOST_A_MINUTE: Final = 60
MOST_AN_HOUR: Final = 600
"""Codes that open nothing, from one address."""

TYPED: Final[Mapping[str, str]] = {
    "event_by_code": "typed",
    "browse": "text",
    "event_detail": "code",
    "event_view": "code",
    "event_calendar": "code",
    "read_programme": "code",
}
"""Which parameter of a use case has what was typed; of all others it is `access_code`."""


def code_in(name: str, arguments: Mapping[str, Any]) -> str:
    """The access code that a call of a use case tries, as it is spelled; "" where it tries none."""
    typed = arguments.get(TYPED.get(name, "access_code"))
    code = read_code(typed[:100]) if isinstance(typed, str) else ""
    return code if len(code) >= MIN_ACCESS_CODE and code.isascii() and code.isalnum() else ""


def found_nothing(result: Any) -> bool:
    """Whether a use case that looks for events by what was typed found none."""
    return result is None or result == ([], 0)


class Guesses:
    """Counts codes that open nothing, in this process; several threads may ask."""

    def __init__(self, *, a_minute: int = MOST_A_MINUTE, an_hour: int = MOST_AN_HOUR) -> None:
        self._items: tuple[RateLimitItem, ...] = (
            RateLimitItemPerMinute(a_minute),
            RateLimitItemPerHour(an_hour),
        )
        self._limiter, self._one = FixedWindowRateLimiter(Counts()), Lock()

    def need_left(self, network: str) -> None:
        """Require that fewer codes missed so far.

        Raises:
            TooManyCallsError: There were too many from this address.
        """
        with self._one:
            full = [each for each in self._items if not self._limiter.test(each, network)]
            if not full:
                return
            reset_s = max(self._limiter.get_window_stats(each, network).reset_time for each in full)
        raise TooManyCallsError(
            msg("Too many codes were tried that open nothing."),
            wait_s=max(1, math.ceil(reset_s - time.time())),
            hint=msg("Wait, and type the code as it stands on the invitation."),
        )

    def note_miss(self, network: str) -> None:
        """Count a code that opens nothing."""
        with self._one:
            for each in self._items:
                self._limiter.hit(each, network)
