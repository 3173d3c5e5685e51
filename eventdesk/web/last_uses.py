"""When tokens and sessions were used last, for the lists of those whose they are."""

import time
from collections import OrderedDict
from contextlib import suppress
from typing import Final

from eventdesk.accounts import NOTED_EVERY, note_session_used, note_token_used
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import StoreError
from eventdesk.desk import AnyDesk
from eventdesk.web.caller import Shown

REMEMBERED: Final = 10_000
"""Callers of whom it is remembered when their use was noted last."""


class LastUses:
    """Notes of each personal token and each browser's session that it is used, now and then."""

    def __init__(self, desk: AnyDesk) -> None:
        self._desk = desk
        self._noted_s: OrderedDict[int, float] = OrderedDict()

    async def note(self, shown: Shown) -> None:
        """Note that what a request shows, and what holds, was used: once a minute at most."""
        verb = note_session_used if shown.cookie else note_token_used
        if not shown.cookie and not shown.is_personal:
            return  # apps and devices are noted by what they do themselves
        caller, now_s = hash(shown.key), time.monotonic()
        last_s = self._noted_s.get(caller)
        if last_s is not None and now_s - last_s < NOTED_EVERY.total_seconds():
            return
        self._noted_s[caller] = now_s
        self._noted_s.move_to_end(caller)
        if len(self._noted_s) > REMEMBERED:
            self._noted_s.popitem(last=False)
        with suppress(StoreError):  # what was asked for is answered all the same
            await self._desk.write(verb, SYSTEM, shown.key)
