"""Spoil a great many tokens and see that none is accepted.

    python -m tests.fuzz_tokens --count 1000000 --seed 1

Ends with one line of figures and exit status 0; with 1 when a spoiled token was accepted, or
anything but the door's own error came out.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

from eventdesk.core.errors import ForgedTokenError, MalformedTokenError
from eventdesk.core.token import TokenKey, looks_like_token, open_token
from tests.door.mutations import MUTATIONS, key, token

GENUINE_TOKENS = 2_000


def main() -> int:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(prog="fuzz_tokens", description="Try to forge tickets.")
    parser.add_argument("--count", type=int, default=1_000_000, help="mutations to try")
    parser.add_argument("--seed", default="1", help="the same seed tries the same mutations")
    options = parser.parse_args()
    began_at = time.process_time()
    answers = fuzz(options.count, Random(options.seed))
    cpu_s = time.process_time() - began_at
    broken = answers["accepted"] + answers["crashed"]
    figures = ", ".join(
        f"{answers[kind]:,} {kind}"
        for kind in ("malformed", "forged", "unchanged", "accepted", "crashed")
    )
    print(f"{answers.total():,} mutations, seed {options.seed}: {figures}; {cpu_s:.1f} s of CPU")
    return 1 if broken else 0


def fuzz(count: int, random: Random) -> Counter[str]:
    """Try that many mutations; returns how many ended how."""
    keys = {key_id: key(random, key_id) for key_id in (1, 2)}
    events = [UUID(int=1), UUID(int=2)]
    genuine = [
        token(random, random.choice([*keys.values()]), random.choice(events))
        for _ in range(GENUINE_TOKENS)
    ]
    foreign_sources = [(key(random, 1), events[0]), (keys[1], UUID(int=9))]
    foreign = [token(random, *random.choice(foreign_sources)) for _ in range(GENUINE_TOKENS)]
    known = frozenset(genuine)
    answers: Counter[str] = Counter()
    for _ in range(count):
        spoiled = spoil(random, genuine, foreign)
        if spoiled in known:
            answers["unchanged"] += 1
        else:
            answers[answer(spoiled, keys, events)] += 1
    return answers


def spoil(random: Random, genuine: list[str], foreign: list[str]) -> str:
    """Spoil a genuine token or, as often, one of another house or event; sometimes twice."""
    bases, others = random.choices([genuine, foreign], k=2)
    spoiled = random.choice(MUTATIONS)(random, random.choice(bases), random.choice(others))
    if looks_like_token(spoiled) and random.random() < 0.2:
        spoiled = random.choice(MUTATIONS)(random, spoiled, random.choice(genuine))
    return spoiled


def answer(spoiled: str, keys: Mapping[int, TokenKey], events: Sequence[UUID]) -> str:
    """How the door answers; what must never happen is shown."""
    try:
        opened = open_token(spoiled, keys, events)
    except MalformedTokenError:
        return "malformed"
    except ForgedTokenError:
        return "forged"
    except Exception as error:
        print(f"{spoiled!a} raised {error!r}", file=sys.stderr)
        return "crashed"
    print(f"{spoiled!a} was accepted as {opened}", file=sys.stderr)
    return "accepted"


if __name__ == "__main__":
    sys.exit(main())
