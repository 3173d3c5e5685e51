"""Go through every screen and command in the pseudo-language: `python -m tests.pseudo [PART…]`.

It prints what is no message and what is cut at 80×24, and ends with 1 where a part has more of it
than is known. Parts are sign-in, kiosk, desk, event, home, commands, and help, which is quick.
"""

import asyncio
import os
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from eventdesk.cli import cli
from eventdesk.core.messages import PSEUDO, use_language
from tests.crawl.crawl import Crawl
from tests.crawl.finding import Finding
from tests.crawl.house import TOURS, demo_house
from tests.pseudo.commands import all_commands, examples_of, look_at_help, look_at_output
from tests.pseudo.eye import PseudoEye
from tests.screens import settling

LEFT = {"help": 0, "commands": 0, "sign-in": 0, "kiosk": 0, "desk": 0, "event": 0, "home": 0}
"""What each part still has to be mended, which only becomes less; a part that is not named: any."""


def look_through(part: str) -> list[Finding]:
    """Go through a part, and tell each thing to mend as it is found."""
    settling.install()
    with TemporaryDirectory() as folder, demo_house(Path(folder) / "home") as house:
        tell = partial(print, flush=True)
        if part in TOURS:
            crawl = Crawl(PseudoEye(house.words()), tell)
            asyncio.run(TOURS[part](house, crawl))  # type: ignore[arg-type]
            return list(crawl.findings.values())
        found: list[Finding] = []
        for path in [(), *all_commands(cli)]:
            now = list(look_at_help(path))
            if part == "commands":
                for words in examples_of(path):
                    now += look_at_output(house.store.home, words, house.words())
            for each in now:
                tell(each)
            found += now
        return found


def main(parts: list[str]) -> int:
    """Look at the parts that are named, or at all."""
    os.environ["EVENTDESK_LANGUAGE"] = PSEUDO
    use_language(PSEUDO)
    more = 0
    for part in parts or [*TOURS, "commands"]:
        found = look_through(part)
        kinds = Counter(each.what for each in found)
        print(f"{part}: {dict(kinds) or 'nothing to mend'}", flush=True)
        more += len(found) > LEFT.get(part, len(found))
    return 1 if more else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
