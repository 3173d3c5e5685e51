"""Each call that docs/ticketing.md prints is made as it stands there, and answers as it says."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.areas import ROOT
from tests.docs.test_commands import FENCE, typed
from tests.web.test_serving import program

PAGE: Final = (ROOT / "docs/ticketing.md").read_text(encoding="utf-8")
PORT: Final = "http://127.0.0.1:8440"


def calls() -> Iterator[tuple[str, str]]:
    """The commands of the page, each with what it prints."""
    for fence in FENCE.findall(PAGE):
        for part in re.split(r"^\$ ", fence.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed.strip()


@pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl.")
def test_each_call_answers_as_the_page_says(tmp_path: Path) -> None:
    [start] = re.findall(r"^    (eventdesk start .*)$", PAGE, re.MULTILINE)
    [serve] = re.findall(r"^    eventdesk serve (--ticketing) \"(.*)\"$", PAGE, re.MULTILINE)
    made = typed(start, tmp_path / "home")
    assert made.returncode == 0, made.stderr
    codes: dict[str, str] = {}
    asked = 0
    with program(tmp_path / "home", *serve) as (server, url):
        assert server.poll() is None
        for command, printed in calls():
            said = command.replace(PORT, url)
            for on_page, code in codes.items():
                said = said.replace(on_page, code)
            done = subprocess.run(
                ["sh", "-c", said], cwd=tmp_path, capture_output=True, text=True, check=True
            )
            told = done.stdout.removeprefix("\ufeff").strip()
            if printed.startswith("{"):
                expected, given = json.loads(printed), json.loads(told)
                if "ticket" in expected:
                    code = codes.setdefault(expected["ticket"], given["ticket"])
                    assert given.pop("ticket") == code
                    del expected["ticket"]
                assert given == expected, command
            else:
                assert told == printed, command
            asked += 1
    assert asked >= 14
