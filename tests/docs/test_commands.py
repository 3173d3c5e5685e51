"""Each command that README and docs print is typed as it stands there, in a fresh home."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.areas import ROOT

pytestmark = pytest.mark.long

FENCE: Final = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
DOCUMENTS: Final = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"))
)

FAIR: Final = (
    'eventdesk start "Harbour Summit" --types "Regular 120@25.00,VIP 10@90,Backstage 5"',
    'eventdesk book "Ada Lovelace" --type Regular --email ada@example.org',
)
DAYS: Final = ('eventdesk start "Demo Days" --types "Regular 120@25.00"',)
BEFORE: Final[Mapping[str, Sequence[str]]] = {
    "docs/badges.md": FAIR,
    "docs/bookings.md": (*FAIR, "eventdesk question add Dinner --kind yes_no"),
    "docs/cash.md": (*FAIR, "eventdesk account add olu@example.org --name Olu --admin"),
    "docs/devices.md": (*DAYS, 'eventdesk gate add "Gate A"'),
    "docs/exchange.md": DAYS,
    "docs/printers.md": (*FAIR, 'eventdesk gate add "Gate A"'),
    "docs/selling.md": FAIR,
    "docs/services/chat.md": DAYS,
    "docs/services/programme.md": (
        'eventdesk start "HARBOR" --types Regular',
        "eventdesk venue add Hall",
        "eventdesk programme schedule > schedule.xml",
    ),
    "docs/services/webhooks.md": DAYS,
    "docs/wall.md": FAIR,
}
"""What a document takes as given."""

FILES: Final = {
    "people.txt": "Grace Hopper, grace@example.org\nAlan Turing, alan@example.org\n",
    "people.csv": "name,email\nGrace Hopper,grace@example.org\n",
    "orders.csv": "name,email,ticket type\nMary Shelley,mary@example.org,Regular\n",
}
"""Files that the documents speak of."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "make ": "sets the machine up, and runs these tests among others",
    ".venv/bin/eventdesk": "opens screens of the copy that is installed",
    "eventdesk wall": "opens a screen",
    "eventdesk serve": "serves until it is stopped",
    "ExecStart=": "is a line of a service",
    "eventdesk printer test": "needs the printer",
    "eventdesk device change": "needs a device that was paired",
    "eventdesk device revoke": "needs a device that was paired",
    "eventdesk device settle": "needs a phone that was without the network",
    "eventdesk reader": "needs the card reader of an account at Stripe",
    "eventdesk service add chat": "needs the address of a chat room",
    "eventdesk service add mail": "needs the password of a mailbox",
    "eventdesk service add pretalx": "its address is asked at once",
    "eventdesk service add pretix": "needs a token of the shop",
    "tr -d": "needs the key of an account at Google",
    "eventdesk service test": "asks a service outside",
    "eventdesk service deliveries": "needs the service that was left out",
    "eventdesk service change pretix": "needs the service that was left out",
    "eventdesk service resend": "needs a delivery that failed",
    "eventdesk --home ./fair re": "needs a storage elsewhere",
    "eventdesk --home ./fair backup": "needs a storage elsewhere",
}
"""Commands that are not typed, by how they begin, and why."""

BOOKED: Final = re.compile(r"(?P<booking>[A-Z0-9]{6})  .*\b(?P<ticket>[A-Z0-9]{8})\s")
"""What `eventdesk book` prints."""

CODES: Final = {"booking": ("K7QM2X", "MH9GGQ"), "ticket": ("K7QM-2X9P",)}
"""Codes that stand on pages; those of the booking made last are typed instead."""


def commands_in(text: str) -> Iterator[str]:
    """The commands in the fences of a document, each as a line for a shell."""
    for fence in FENCE.findall(text):
        for line in fence.replace("\\\n", " ").splitlines():
            if re.match(r"(\S*/)?(eventdesk|make|export) |.*\| eventdesk ", line + " "):
                yield line


def typed(command: str, home: Path) -> "subprocess.CompletedProcess[str]":
    """Type a command in the folder that holds the home."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "EVENTDESK_HOME": str(home), "EVENTDESK_PASSPHRASE": "a few words"}
    return subprocess.run(
        ["sh", "-c", command],
        cwd=home.parent,
        env=os.environ | own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_is_printed_can_be_typed(document: str, tmp_path: Path) -> None:
    printed = commands_in((ROOT / document).read_text(encoding="utf-8"))
    commands = [each for each in printed if not each.startswith(tuple(LEFT_OUT))]
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    here: dict[str, str] = {}
    for command in (*BEFORE.get(document, ()), *commands):
        line = command
        for on_page, code in here.items():
            line = line.replace(on_page, code)
        done = typed(line, tmp_path / "home")
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        if booked := BOOKED.match(done.stdout):
            here |= {page: booked[kind] for kind, pages in CODES.items() for page in pages}


def test_what_is_left_out_stands_somewhere() -> None:
    texts = [(ROOT / document).read_text(encoding="utf-8") for document in DOCUMENTS]
    commands = [command for text in texts for command in commands_in(text)]
    assert [each for each in LEFT_OUT if not any(one.startswith(each) for one in commands)] == []
    assert len(commands) > 80
