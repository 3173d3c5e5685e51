"""The examples of docs/api.md are typed as they stand there, and answer what stands below them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from shutil import which
from typing import Final

import pytest

from eventdesk.accounts import set_desk_pin
from eventdesk.acts import Role
from tests.areas import ROOT
from tests.build import Fair
from tests.people import PIN, make_staff
from tests.web.serving import Served, served

FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HERE: Final = "http://127.0.0.1:8440"
CUT: Final = "--8<--"

RUN: Final = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
PRINTED: Final = {"sh": f"echo '{CUT}'\n", "python": f"print({CUT!r})\n"}


@pytest.fixture
def house(fair: Fair) -> Iterator[Served]:
    """The house that the page speaks of."""
    make_staff(fair, name="Sam")
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    set_desk_pin(fair.store, olga, PIN)
    fair.sell("Ada Lovelace")
    fair.sell("Grace Hopper")
    fair.sell("Mary Shelley", paid=False)
    with served(fair.store) as there:
        yield there


def examples(language: str) -> list[tuple[str, str]]:
    """What is typed in a language, and what is printed below it."""
    fences = FENCE.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    pairs = zip(fences, [*fences[1:], ("sh", "")], strict=True)
    return [
        (typed, printed if not below else "")
        for (kind, typed), (below, printed) in pairs
        if kind == language
    ]


def run(language: str, typed: Sequence[str], url: str) -> list[str]:
    """What each of some examples prints; they share what they set."""
    script = "".join(each + PRINTED[language] for each in typed).replace(HERE, url)
    done = subprocess.run(
        [*RUN[language], script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout.split(CUT + "\n")[:-1]


@pytest.mark.parametrize("language", ["sh", "python"])
def test_the_examples_of_the_api_answer_what_is_printed_there(house: Served, language: str) -> None:
    if language == "sh" and not (which("curl") and which("jq")):
        pytest.skip("The examples need curl and jq.")
    there = examples(language)
    assert len(there) >= 2
    printed = run(language, [typed for typed, _printed in there], house.url)
    assert printed == [below for _typed, below in there]
