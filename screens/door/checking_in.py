"""A check-in from a screen: repeated while the store is busy, never counted twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from eventdesk.acts import Approval
from eventdesk.core.errors import StoreBusyError
from eventdesk.door import CheckInResult, Scan
from screens.core.station import Place, Tools

T = TypeVar("T")

RETRY_PAUSES_S: Final = (0.2, 0.5, 1.0)
"""Pauses between the tries; each try itself waits for the store's lock."""


async def check_in_patiently(
    tools: Tools, place: Place, scan: Scan, *, approval: Approval | None = None
) -> CheckInResult:
    """Check a scan in; its nonce keeps a repetition from being a second visit.

    How long the guest waited, from the code being seen to the answer, is noted for the statistics.

    Args:
        approval: The supervisor who allowed to force, where whoever works there is none.
    """
    from eventdesk.door import check_in

    result = await while_busy(
        lambda: tools.desk.write(check_in, place.actor.with_approval(approval), scan)
    )
    waited = tools.now() - scan.seen_at
    tools.desk.note_verdict(result.scan_id, waited.total_seconds() * 1000)
    return result


async def check_in_together(
    tools: Tools, place: Place, scans: Sequence[Scan]
) -> tuple[CheckInResult, ...]:
    """Check a group in with one transaction; the nonces keep a repetition from counting twice."""
    from eventdesk.door import check_in_group

    return await while_busy(lambda: tools.desk.write(check_in_group, place.actor, scans))


async def while_busy(write: Callable[[], Awaitable[T]]) -> T:
    """Write something that a nonce keeps from counting twice; again while the store is busy.

    Raises:
        StoreBusyError: Still busy after the last try; nothing was written.
    """
    for pause_s in RETRY_PAUSES_S:
        try:
            return await write()
        except StoreBusyError:
            await asyncio.sleep(pause_s)
    return await write()
