"""Guests who come by themselves: the other gate of a demo, at work while one looks around."""

import asyncio
from collections.abc import Iterable
from random import Random
from typing import Final

from eventdesk.door import ScanSource, check_in
from screens.core.station import Place, Tools

GAPS_S: Final = (1.0, 4.0)
"""The shortest and the longest time between two guests."""


async def arrive(tools: Tools, place: Place, codes: Iterable[str], *, seed: int = 0) -> None:
    """Check one code in after the other at a place, as its desk would, until all have come.

    Args:
        codes: What the scanner of that gate reads.
    """
    random = Random(f"arrivals {seed}")
    for code in codes:
        await asyncio.sleep(random.uniform(*GAPS_S))
        scan = place.scan(code, source=ScanSource.SCANNER, seen_at=tools.now(), asks=False)
        await tools.desk.write(check_in, place.actor, scan)
