"""`eventdesk serve`: a process that answers, prints and ends in good order."""

import re
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
import zxingcpp

from data.store import Store
from eventdesk.accounts import make_token
from eventdesk.acts import SYSTEM
from eventdesk.cli import serving
from eventdesk.cli.serving import tls_mode, told
from eventdesk.core.authority import fingerprint
from eventdesk.core.clock import utc_now
from eventdesk.core.serving import where_served
from eventdesk.services import pages_address
from tests.badges.reading import drawn_blocks
from tests.build import Fair
from tests.cli.conftest import Call
from tests.people import make_staff
from tests.terminal import Terminal
from tests.web.serving import ALL, until
from tests.web.test_serving import program


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


def test_others_are_served_by_https_which_their_devices_trust_once(home: Path, call: Call) -> None:
    call("init")
    words = ["--home", str(home), "serve", "--port", "0", "--host", "0.0.0.0"]
    with subprocess.Popen(
        [sys.executable, "-m", "eventdesk", *words], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline()]
        while "Ctrl+C" not in lines[-1]:
            lines.append(server.stdout.readline())
        there = where_served(home)
        assert there is not None
        trusting = ssl.create_default_context(cafile=str(home / "keys" / "authority.pem"))
        for url in there.urls:
            assert url.startswith("https://")
            assert httpx2.get(f"{url}/healthz", verify=trusting).text == "ok\n"
        page = httpx2.get(f"{there.urls[0]}/trust", verify=trusting)
        server.terminate()
        assert server.wait(30) == 0
    [told_mark] = [line.split()[-1] for line in lines if "SHA-256" in line]
    assert told_mark in page.text.replace("<wbr>", "")
    assert there.fingerprint == told_mark.replace(":", "").lower() == digits(home)
    assert {each.stat().st_mode & 0o077 for each in (home / "keys").iterdir()} == {0}
    assert "SHA-256" in call("doctor").output


def digits(home: Path) -> str:
    return fingerprint(home / "keys").replace(":", "").lower()


@pytest.mark.parametrize(
    ("host", "tls", "proxies", "mode"),
    [
        ("127.0.0.1", None, (), "off"),
        ("::1", None, (), "off"),
        ("localhost", "auto", (), "auto"),
        ("0.0.0.0", None, (), "auto"),
        ("192.168.1.7", None, ("10.0.0.2",), "auto"),
        ("192.168.1.7", "off", ("10.0.0.2",), "off"),
        ("127.0.0.1", "off", (), "off"),
        ("0.0.0.0", "desk.pem", (), "desk.pem"),
    ],
)
def test_plain_http_is_for_this_machine_alone_and_for_proxies(
    host: str, tls: str | None, proxies: tuple[str, ...], mode: str
) -> None:
    assert tls_mode(host, tls, proxies) == mode


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tls", "auto"), "not for desk.example.org"),
        ((), "Name the proxy that speaks HTTPS for desk.example.org"),
        (("--trusted-proxy", "127.0.0.1"), ""),
    ],
)
def test_where_browsers_could_not_use_the_address_it_is_said(
    home: Path, call: Call, words: tuple[str, ...], said: str
) -> None:
    call("init")
    command = ["serve", "--port", "0", "--url", "https://desk.example.org", *words]
    with subprocess.Popen(
        [sys.executable, "-m", "eventdesk", "--home", str(home), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdout.readline()
        server.terminate()
        told_of = server.stderr.read()
    assert said in told_of
    assert bool(said) is bool(told_of)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "0.0.0.0", "--tls", "off"), "--trusted-proxy ADDRESS"),
        (("--trusted-proxy", "*"), "no address of a proxy"),
        (("--port", "0", "--tls", "nowhere.pem"), "cannot be used for HTTPS"),
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
