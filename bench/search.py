"""Search as people type, over a crowd of a million: `python -m bench.search [--quick]`."""

import random
import string
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.table import at_least, at_most, print_table
from data.sqlite.search import beginning, both, holders, match
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.folding import fold
from eventdesk.door import find_tickets
from eventdesk.exercises.demo.fill import DemoEvent, fill_demo

NAMES = 120

MIN_SLIP, MIN_TWICE = 4, 6
"""Letters of a word from which on it gets a slip, or two."""


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
    """Type names and addresses letter by letter, names with slips, then whatever else there is."""
    chance = random.Random(1)
    names, emails = _people(store, size, chance)
    _ms(store, made, names[0])
    begun = time.thread_time()
    find_tickets(store, SYSTEM, made.event.id, "a first tpyo")
    first_typo = 1000 * (time.thread_time() - begun)
    typed = [name[: end + 1] for name in names for end in range(len(name))]
    typed += [email[: end + 1] for email in emails[: NAMES // 4] for end in range(len(email))]
    right = [_ms(store, made, text) for text in typed]
    slips = [
        (kind, name, slip)
        for kind, edit in EDITS.items()
        for name in names
        if (slip := _slip(name, edit, random.Random(f"{kind} {name}"))) is not None
    ]
    wrong = [_ms(store, made, text) for _kind, _name, text in slips]
    worse = [
        (kind, name, text)
        for kind, mistake in WORSE.items()
        for name in names
        if (text := mistake(fold(name), random.Random(f"{kind} {name}"))) is not None
    ]
    typed_worse = {kind: [text for each, _name, text in worse if each == kind] for kind in WORSE}
    others = {
        kind: [_ms(store, made, text) for text in each]
        for kind, each in (typed_worse | _other_texts(store, size, chance, names)).items()
    }
    shown_worse = [_shown(store, made, text) for _kind, _name, text in worse]
    shown = [_shown(store, made, text) for _kind, _name, text in slips]
    bare = [_bare(store, made, text) for _kind, _name, text in slips]
    memory = sum(map(sys.getsizeof, store.vocabulary.known.ordered))
    print_table(
        f"Search over {size:,} people",
        ("what", "figure", "goal", ""),
        [
            (f"as you type, {len(right)} keys, p95", *at_most(_at(right, 0.95), 30, "ms")),
            ("as you type, median", f"{_at(right, 0.5):.1f} ms", "", ""),
            ("as you type, p99", *at_most(_at(right, 0.99), 20, "ms")),
            ("as you type, worst", f"{max(right):.1f} ms", "", ""),
            ("the first typo after opening, processor time", *at_most(first_typo, 40, "ms")),
            (f"with a typo, {len(wrong)} names, p95", *at_most(_at(wrong, 0.95), 60, "ms")),
            ("with a typo, median", f"{_at(wrong, 0.5):.1f} ms", "", ""),
            ("with a typo, p99", *at_most(_at(wrong, 0.99), 20, "ms")),
            *(
                (
                    f"{kind}, p99 (median {_at(times, 0.5):.1f})",
                    *at_most(_at(times, 0.99), 20, "ms"),
                )
                for kind, times in others.items()
            ),
            ("with a typo, that name among the 20", *at_least(_among(slips, shown), 98, "%")),
            ("with a typo, that name on top", *at_least(_on_top(slips, shown), 90, "%")),
            *(
                (f"of these {kind}, on top", f"{_on_top(slips, shown, kind):.0f} %", "", "")
                for kind in EDITS
            ),
            *(
                (f"{kind}, on top", f"{_on_top(worse, shown_worse, kind):.0f} %", "", "")
                for kind in WORSE
            ),
            ("floor: FTS5 alone, among the 20", f"{_among(slips, bare):.0f} %", "", ""),
            ("floor: FTS5 alone, on top", f"{_on_top(slips, bare):.0f} %", "", ""),
            (
                f"memory of {len(store.vocabulary.known.ordered):,} words",
                *at_most(memory / 2**20, 64, "MB"),
            ),
            ("selling that many demo tickets", f"{filled_s:.0f} s", "", ""),
        ],
    )


Slip = tuple[str, str, str]
"""The kind of typo, the name, and what was typed."""


def _among(slips: Sequence[Slip], shown: Sequence[list[str]]) -> float:
    """Percent of typos for which somebody of that very name was shown."""
    right = sum(fold(name) in names for (_, name, _), names in zip(slips, shown, strict=True))
    return 100 * right / len(slips)


def _on_top(slips: Sequence[Slip], shown: Sequence[list[str]], kind: str = "") -> float:
    """Percent of typos, of one kind or all, for which somebody of that very name came first."""
    tried = [
        names[:1] == [fold(name)]
        for (each, name, _), names in zip(slips, shown, strict=True)
        if kind in ("", each)
    ]
    return 100 * sum(tried) / len(tried)


def _shown(store: Store, made: DemoEvent, typed: str) -> list[str]:
    return [fold(each.name) for each in find_tickets(store, SYSTEM, made.event.id, typed)]


def _bare(store: Store, _made: DemoEvent, typed: str) -> list[str]:
    """What a plain query for beginnings finds."""
    expression = both(map(beginning, fold(typed).split()))
    with store.read() as connection:
        numbers = connection.exec_driver_sql("SELECT DISTINCT search_no >> 32 FROM ticket LIMIT 1")
        found = match(connection, numbers.scalar_one(), expression, limit=20)
        return [fold(name) for name, _email in holders(connection, found).values()]


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


def _other_texts(
    store: Store, size: int, chance: random.Random, names: Sequence[str]
) -> dict[str, list[str]]:
    """What is typed or pasted that is no name, by its kind; most of it nobody has."""
    signs = string.ascii_lowercase + string.digits
    with store.read() as connection:
        first = connection.exec_driver_sql("SELECT min(search_no) FROM ticket").scalar_one()
        numbers = ", ".join(str(first + chance.randrange(size)) for _ in range(NAMES))
        rows = connection.exec_driver_sql(
            "SELECT ticket.code, booking.code, holder_email FROM ticket"
            f" JOIN booking ON booking.id = booking_id WHERE search_no IN ({numbers})"
        ).all()

    def made_of(letters: str, *lengths: int) -> list[str]:
        return ["".join(chance.choices(letters, k=each)) for each in lengths for _ in range(NAMES)]

    def six_of(parts: Sequence[str]) -> list[str]:
        return [" ".join(chance.choices(parts, k=6)) for _ in range(NAMES)]

    words = [word for name in names for word in name.split()]
    codes = [code for row in rows for code in row[:2]]
    return {
        "codes": codes,
        "codes with a slip": [_wrong(code, chance) for code in codes],
        "codes that nobody has": ["zzq0001", *made_of(signs, 6, 7, 8)],
        "whole e-mails": [row[2] for row in rows],
        "e-mails with a slip": [_wrong(row[2], chance) for row in rows],
        "codes of other systems": made_of(signs, 12, 20, 32),
        "digits": made_of(string.digits, *range(1, 13)),
        "pasted links": [f"https://example.org/{each}?a=1" for each in made_of(signs, 12)],
        "six letters": six_of(string.ascii_lowercase),
        "six words of names": six_of(words),
        "six beginnings of names": six_of([word[:3] for word in words]),
        "random strings": made_of(f"{signs} -@#.ä", 4, 12, 30),
    }


def _dropped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _wrong(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(string.ascii_lowercase) + word[at + 1 :]


EDITS: dict[str, Callable[[str, random.Random], str]] = {
    "a letter left out": _dropped,
    "the first letter left out": lambda word, _chance: word[1:],
    "a letter doubled": _doubled,
    "neighbours swapped": _swapped,
    "a wrong letter": _wrong,
}


def _slips(typed: str, chance: random.Random, places: Sequence[int]) -> str | None:
    """A typo in each of these words of a name; nothing without two places for them."""
    words = typed.split()
    for at in places:
        words[at] = chance.choice(list(EDITS.values()))(words[at], chance)
    return " ".join(words) if len(places) > 1 else None


def _in_each(typed: str, chance: random.Random) -> str | None:
    return _slips(
        typed, chance, [at for at, word in enumerate(typed.split()) if len(word) >= MIN_SLIP]
    )


def _twice(typed: str, chance: random.Random) -> str | None:
    long_ones = [at for at, word in enumerate(typed.split()) if len(word) >= MIN_TWICE]
    return _slips(typed, chance, 2 * [chance.choice(long_ones)]) if long_ones else None


def _unfinished(typed: str, chance: random.Random) -> str | None:
    slip = _slip(typed, chance.choice(list(EDITS.values())), chance)
    return slip and slip[:-2]


WORSE: dict[str, Callable[[str, random.Random], str | None]] = {
    "names with a slip in each word": _in_each,
    "names with two slips in a word": _twice,
    "names with a slip, unfinished": _unfinished,
    "names with a word too many": lambda typed, chance: (
        f"{typed} {chance.choice(('maria', 'von', 'xaver', 'elisabeth'))}"
    ),
    "names in one word": lambda typed, _chance: typed.replace(" ", ""),
    "initials": lambda typed, _chance: " ".join(word[0] for word in typed.split()),
}
"""What else happens to a name on its way into the field."""


def _slip(
    name: str, edit: Callable[[str, random.Random], str], chance: random.Random
) -> str | None:
    """The name with one slip in one of its words of `MIN_SLIP` letters, if it has any."""
    words = fold(name).split()
    long_ones = [at for at, word in enumerate(words) if len(word) >= MIN_SLIP]
    if not long_ones:
        return None
    at = chance.choice(long_ones)
    words[at] = edit(words[at], chance)
    typed = " ".join(words)
    return typed if typed != fold(name) else None


def _ms(store: Store, made: DemoEvent, typed: str) -> float:
    """Milliseconds of processor time, which other work on the machine does not stretch."""
    begun = time.thread_time()
    find_tickets(store, SYSTEM, made.event.id, typed, list_id=made.list.id)
    return (time.thread_time() - begun) * 1000


def _at(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]


if __name__ == "__main__":
    main()
