"""What on any screen cannot be read, or pressed in vain: `python -m tests.looks [--quick] [TOUR…]`.

It prints each text that is cut, too faint or has no glyph, and each key that does nothing, with
the screen, the size or theme, and the widget; it ends with 1 where there are more than are known.
Tours are sign-in, kiosk, desk, event and home. With --quick each kind of screen is looked at in
all sizes and themes, and gone through, only once.
"""

import asyncio
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.crawl.crawl import Crawl
from tests.crawl.house import TOURS, demo_house
from tests.looks.coverage import not_met
from tests.looks.eye import LooksEye
from tests.quick import collect_seldom
from tests.screens import settling

LEFT: Final = {"sign-in": 0, "kiosk": 0, "desk": 0, "event": 3, "home": 2}
"""What each tour at most still has to be mended, which only becomes less."""


def look_through(tour: str, *, every: bool = True) -> Crawl:
    """Go on a tour, and tell each thing to mend as it is found.

    Args:
        tour: The name of one of `TOURS`.
        every: Whether each page is looked at in every size and theme and each screen is gone
            through wherever it opens, or one of each kind.
    """
    settling.install()
    with TemporaryDirectory() as folder, demo_house(Path(folder) / "home") as house:
        crawl = Crawl(LooksEye(house.signs(), every=every), partial(print, flush=True))
        crawl.again = every
        asyncio.run(TOURS[tour](house, crawl))  # type: ignore[arg-type]
        return crawl


def main(arguments: list[str]) -> int:
    """Go on the tours that are named, or on all."""
    options = {each for each in arguments if each.startswith("-")}
    tours = [each for each in arguments if each not in options]
    more = 0
    collect_seldom()
    for tour in tours or TOURS:
        crawl = look_through(tour, every="--quick" not in options)
        kinds = Counter(each.what for each in crawl.findings.values())
        print(f"{tour}: {len(crawl.seen)} pages, {dict(kinds) or 'nothing to mend'}", flush=True)
        more += len(crawl.findings) > LEFT[tour]
        for name in sorted(not_met(tour, crawl.met)):
            print(f"{tour}: not seen: {name}")
            more += 1
    return 1 if more else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
