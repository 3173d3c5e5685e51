"""Go through every screen and command in the pseudo-language: `python -m tests.pseudo [PART…]`.

It prints what is no message and what is cut at 80×24, and ends with 1 where there is something.
Parts are sign-in, kiosk, desk, event, home and commands.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from eventdesk.cli import cli
from eventdesk.core.messages import PSEUDO, use_language
from tests.pseudo.commands import all_commands, examples_of, look_at_help, look_at_output
from tests.pseudo.crawl import Crawl
from tests.pseudo.findings import Finding
from tests.pseudo.house import TOURS, demo_house


def screens(parts: Iterable[str]) -> list[Finding]:
    """What the screens show."""
    found: list[Finding] = []
    for part in parts:
        with TemporaryDirectory() as folder, demo_house(Path(folder) / "home") as house:
            crawl = Crawl(house.data(), partial(print, flush=True))
            asyncio.run(TOURS[part](house, crawl))  # type: ignore[arg-type]
            print(f"{part}: {len(crawl.seen)} pages", file=sys.stderr)
            found += crawl.findings.values()
    return found


def commands() -> list[Finding]:
    """What the commands print."""
    found: list[Finding] = []
    with TemporaryDirectory() as folder, demo_house(Path(folder) / "home") as house:
        data = house.data()
        for path in [(), *all_commands(cli)]:
            now = list(look_at_help(path))
            for words in examples_of(path):
                now += look_at_output(house.store.home, words, data)
            print(*now, sep="\n", end="\n" if now else "", flush=True)
            found += now
    return found


def main(parts: list[str]) -> int:
    """Look at the parts that are named, or at all."""
    os.environ["EVENTDESK_LANGUAGE"] = PSEUDO
    use_language(PSEUDO)
    wanted = parts or [*TOURS, "commands"]
    found = screens(each for each in wanted if each in TOURS)
    if "commands" in wanted:
        found += commands()
    kinds = Counter(each.what for each in found)
    print(", ".join(f"{count} {what}" for what, count in kinds.items()) or "nothing to mend")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
