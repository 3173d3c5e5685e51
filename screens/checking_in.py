"""One check-in from a screen: repeated while the store is busy, never counted twice."""

import asyncio
from typing import Final

from eventdesk.errors import StoreBusyError
from eventdesk.model.door import CheckInResult, Scan
from eventdesk.usecases.checkin import check_in
from screens.station import Place, Tools

RETRY_PAUSES_S: Final = (0.2, 0.5, 1.0)
"""Pauses between the tries; each try itself waits for the store's lock."""


async def check_in_patiently(tools: Tools, place: Place, scan: Scan) -> CheckInResult:
    """Check a scan in; its nonce keeps a repetition from being a second visit.

    Raises:
        StoreBusyError: Still busy after the last try; nothing was written.
        EventDeskError: Whatever else the use case raises.
    """
    for pause_s in RETRY_PAUSES_S:
        try:
            return await tools.desk.write(check_in, place.actor, scan, now=tools.now())
        except StoreBusyError:
            await asyncio.sleep(pause_s)
    return await tools.desk.write(check_in, place.actor, scan, now=tools.now())
