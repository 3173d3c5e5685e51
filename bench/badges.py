"""A badge drawn: from its words to the dots of a 62 mm label at 300 dpi, QR code included.

    python -m bench.badges [--quick]

Every badge has a name and a token of its own, so nothing but fonts is remembered from the one
before. The floor is what no drawing can save: the same QR codes, each on a blank page.
"""

import random
import sys
import time
from collections.abc import Callable

from badges import qr
from badges.badge import Badge
from badges.drawing import dots, pages
from badges.layout_file import DEFAULT, ready_layout
from bench.table import at_most, print_table, shown
from eventdesk.exercises.demo.people import people

GOAL_MS = 30.0
DPI = 300
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def main() -> None:
    """Measure and print."""
    chance = random.Random(1)
    count = 100 if "--quick" in sys.argv else 400
    names = [person.name for person in people(2 * count, seed=1)]
    layout = ready_layout(DEFAULT)
    for no, name in enumerate(names[:count]):
        pages(_badge(no, name, chance), layout, dpi=DPI)  # fonts are opened, as after some guests
    fresh = [_badge(no, name, chance) for no, name in enumerate(names[count:])]
    drawn = _times(lambda badge: pages(badge, layout, dpi=DPI), fresh)
    bare = _times(_bare, [_badge(no, name, chance) for no, name in enumerate(names[count:])])
    first, floor = drawn[int(0.95 * count)], bare[int(0.95 * count)]
    rows: list[tuple[object, ...]] = [
        (f"62 mm badge at {DPI} dpi, {count} guests, p95", *at_most(first, GOAL_MS, "ms")),
        ("median", f"{shown(drawn[count // 2])} ms", "", ""),
        ("floor: QR code and a blank page, p95", f"{shown(floor)} ms", "", ""),
        ("above the floor", f"{shown(first / floor)} times", "", ""),
    ]
    print_table("A badge drawn", ("what", "figure", "goal", ""), rows)


def _times(draw: Callable[[Badge], object], badges: list[Badge]) -> list[float]:
    times = []
    for badge in badges:
        begun = time.perf_counter()
        draw(badge)
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)


def _bare(badge: Badge) -> None:
    from PIL import Image

    page = Image.new("1", (dots(62, DPI), dots(100, DPI)), 1)
    page.paste(qr.picture(badge.token, 9), (20, 20))


def _badge(no: int, name: str, chance: random.Random) -> Badge:
    return Badge(
        name=name,
        line_two=f"Company {chance.randrange(10**6)} of {chance.choice(LETTERS)}",
        ticket_type=("Regular", "VIP", "Press")[no % 3],
        event="Harbour Summit",
        token="".join(chance.choices(LETTERS, k=61)),
        ticket_code="".join(chance.choices(LETTERS, k=8)),
        seat=f"A-{no}",
        pronouns=("", "she/her", "they/them")[no % 3],
    )


if __name__ == "__main__":
    main()
