"""Search as people type, over a crowd of a million: `python -m bench.search [--quick]`."""

import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.table import at_most, print_table
from data.store import Store
from eventdesk.demo.fill import DemoEvent, fill_demo
from eventdesk.model.clock import utc_now
from eventdesk.model.people import SYSTEM
from eventdesk.usecases.find import find_tickets

NAMES = 60


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv
    size = 100_000 if quick else 1_000_000
    with TemporaryDirectory() as folder, Store.create(Path(folder) / "home") as store:
        begun = time.perf_counter()
        made = fill_demo(store, size=size, seed=0, now=utc_now())
        filled_s = time.perf_counter() - begun
        print_search(store, made, size, filled_s)


def print_search(store: Store, made: DemoEvent, size: int, filled_s: float) -> None:
    """Type names and addresses letter by letter, then names with slips."""
    chance = random.Random(1)
    names, emails = _people(store, size, chance)
    find_tickets(store, SYSTEM, made.event.id, "warm up with a tpyo")
    typed = [name[: end + 1] for name in names for end in range(len(name))]
    typed += [email[: end + 1] for email in emails[: NAMES // 4] for end in range(len(email))]
    right = [_ms(store, made, text) for text in typed]
    slips = [_slip(name, chance) for name in names for _ in range(4)]
    wrong = [_ms(store, made, text) for text in slips]
    print_table(
        f"Search over {size:,} people",
        ("what", "figure", "goal", ""),
        [
            (f"as you type, {len(right)} keys, p95", *at_most(_at(right, 0.95), 30, "ms")),
            ("as you type, median", f"{_at(right, 0.5):.1f} ms", "", ""),
            ("as you type, worst", f"{max(right):.1f} ms", "", ""),
            (f"with a typo, {len(wrong)} names, p95", *at_most(_at(wrong, 0.95), 60, "ms")),
            ("with a typo, median", f"{_at(wrong, 0.5):.1f} ms", "", ""),
            ("with a typo, found somebody", f"{_found(store, made, slips):.0f} %", "", ""),
            ("selling that many demo tickets", f"{filled_s:.0f} s", "", ""),
        ],
    )


def _people(store: Store, size: int, chance: random.Random) -> tuple[list[str], list[str]]:
    with store.read() as connection:
        first = connection.exec_driver_sql("SELECT min(search_no) FROM ticket").scalar_one()
        numbers = [first + chance.randrange(size) for _ in range(NAMES)]
        marks = ", ".join("?" * len(numbers))
        rows = connection.exec_driver_sql(
            f"SELECT holder_name, holder_email FROM ticket WHERE search_no IN ({marks})",
            tuple(numbers),
        ).all()
    return [name for name, _ in rows], [email for _, email in rows]


def _slip(name: str, chance: random.Random) -> str:
    """Leave out, double or swap a letter in the middle of the longest word."""
    words = name.split()
    longest = max(range(len(words)), key=lambda index: len(words[index]))
    word = words[longest]
    at = chance.randrange(1, max(2, len(word) - 1))
    words[longest] = chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at : at + 1] + word[at:],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        )
    )
    return " ".join(words)


def _ms(store: Store, made: DemoEvent, typed: str) -> float:
    begun = time.perf_counter()
    find_tickets(store, SYSTEM, made.event.id, typed, list_id=made.list.id)
    return (time.perf_counter() - begun) * 1000


def _found(store: Store, made: DemoEvent, typed: list[str]) -> float:
    return (
        100
        * sum(bool(find_tickets(store, SYSTEM, made.event.id, text)) for text in typed)
        / len(typed)
    )


def _at(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]


if __name__ == "__main__":
    main()
