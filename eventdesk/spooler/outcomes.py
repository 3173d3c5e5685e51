"""Outcomes of badges, kept in memory until the store takes them."""

import logging
import time
from collections.abc import Callable

from eventdesk.core.errors import HubAwayError, StoreError, StoreGoneError, StoreReplacedError

log = logging.getLogger(__name__)

AGAIN_S = 0.2
"""How soon what the store did not take is written down again."""

LAST_WORDS_S = 5.0
"""How long who ends tries to."""


def note_unusable(error: StoreError) -> None:
    """Log why the store cannot be used, unless the store or the hub's client tells that itself."""
    gone = isinstance(error, StoreGoneError | StoreReplacedError | HubAwayError)
    log.log(logging.DEBUG if gone else logging.WARNING, "%s %s", error, error.hint)


class Outcomes:
    """Writes down what came of each badge, in their order; calls `then` after each.

    A store that is locked or full for a while would else let a badge that is out come out again
    once its lease has ended.
    """

    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then
        self._unwritten: list[Callable[[], object]] = []

    def __bool__(self) -> bool:
        """Whether something is not written down yet."""
        return bool(self._unwritten)

    def keep(self, outcome: Callable[[], object]) -> None:
        """Keep what came of a badge until the next `write`."""
        self._unwritten.append(outcome)

    def add(self, outcome: Callable[[], object]) -> None:
        """Write down what came of a badge, behind what is kept.

        Raises:
            StoreError: The store does not take it now; it is kept.
        """
        self.keep(outcome)
        self.write()

    def write(self) -> None:
        """Write down what is kept; raises as `add`."""
        while self._unwritten:
            try:
                self._unwritten[0]()
            except StoreError:
                raise
            except BaseException:
                del self._unwritten[0]
                raise
            del self._unwritten[0]
            self._then()

    def write_last(self) -> None:
        """Write down what is kept before the end, as long as `LAST_WORDS_S` allows."""
        until_s = time.monotonic() + LAST_WORDS_S
        while self._unwritten:
            try:
                self.write()
            except StoreError as error:
                if time.monotonic() >= until_s:
                    log.error("What came of a badge is not written down: %s", error)
                    return
                time.sleep(AGAIN_S)
            except Exception:
                log.exception("What came of a badge cannot be written down")
