"""`eventdesk serve`: a process that answers, prints and ends in good order."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
import zxingcpp

from data.store import Store
from eventdesk.accounts import make_token
from eventdesk.acts import SYSTEM
from eventdesk.cli import serving
from eventdesk.cli.serving import told
from eventdesk.core.clock import utc_now
from eventdesk.core.serving import where_served
from eventdesk.services import pages_address
from tests.badges.reading import drawn_blocks
from tests.build import Fair
from tests.cli.conftest import Call
from tests.people import make_staff
from tests.terminal import Terminal
from tests.web.serving import ALL
from tests.web.test_serving import program


def until(what: Callable[[], object], patience_s: float = 30) -> None:
    """Look until it is so."""
    end_s = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < end_s
        time.sleep(0.02)


def test_the_process_that_answers_also_prints_the_badges_and_notes_what_was_asked(
    fair: Fair,
) -> None:
    token = fair.token(fair.sell())
    made = make_token(fair.store, make_staff(fair), "a test", ALL)
    home = fair.store.home
    fair.store.close()
    with program(home) as (server, url), httpx2.Client(base_url=url) as http:
        answer = http.post(
            f"/api/v1/lists/{fair.door.id}/scans",
            headers={"authorization": f"Bearer {made.secret}"},
            json={"text": token, "nonce": uuid4().hex, "seen_at": f"{utc_now()}"},
        )
        assert answer.json()["outcome"] == "admitted"
        until(lambda: list((home / "badges").glob("*.txt")))
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    [line] = [
        line for line in (home / "logs" / "access.log").read_text().splitlines() if "POST" in line
    ]
    assert f"{answer.headers['x-request-id']} POST /api/v1/lists/{{list}}/scans 200" in line
    assert made.secret not in line


def test_the_address_that_people_see_is_kept(home: Path, call: Call) -> None:
    call("init")
    command = ["eventdesk", "--home", str(home), "serve", "--port", "0"]
    for more in (["--url", "https://desk.example.org"], []):
        with subprocess.Popen(
            [sys.executable, "-m", *command, *more], stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            first, second = (server.stdout.readline() for _ in range(2))
            there = where_served(home)
            server.terminate()
        assert first.endswith("https://desk.example.org\n")
        assert there is not None
        assert there.urls == ("https://desk.example.org", second.split()[-1])
    with Store(home) as store:
        assert pages_address(store, SYSTEM) == "https://desk.example.org"


def test_a_terminal_shows_the_address_as_a_qr_code_and_ctrl_c_ends_it(
    home: Path, call: Call
) -> None:
    call("init")
    with Terminal(home, ["serve", "--port", "0"]) as terminal:
        terminal.wait_for("Ctrl+C ends it")
        lines = terminal.text.replace("\r", "").splitlines()
        drawn = [line for line in lines if re.search("[█▀▄]", line)]
        picture = drawn_blocks(drawn, ink=255, paper=0, margin=0)
        [code] = zxingcpp.read_barcodes(picture, try_invert=False)
        assert code.text.startswith("http://127.0.0.1:")
        terminal.press("\x03")
        assert terminal.process.wait(30) == 0


def test_the_addresses_are_told_the_first_one_for_others() -> None:
    lines = list(told(("https://desk.example.org", "http://127.0.0.1:8440"), qr=False))
    assert lines[0].endswith("https://desk.example.org")
    assert lines[1].endswith("http://127.0.0.1:8440")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--url", "desk.example.org"), "no address of a page"),
        (("--host", "desk.example.org"), "no address of this machine"),
        (("--port", "99999"), "Nothing can listen"),
    ],
)
def test_what_cannot_be_served_is_told(call: Call, words: tuple[str, ...], said: str) -> None:
    call("init")
    refused = call("serve", *words)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_without_its_libraries_it_says_what_to_install(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("init")
    monkeypatch.setattr(serving, "NEEDED", (*serving.NEEDED, "a_library_nobody_has"))
    refused = call("serve")
    assert refused.exit_code == 2
    assert 'pip install "eventdesk[web]"' in refused.stderr
