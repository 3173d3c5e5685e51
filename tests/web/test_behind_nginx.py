"""Debian's nginx in front of the server, set up as docs/serving.md prints it."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from eventdesk.acts import SYSTEM
from eventdesk.door import check_in
from eventdesk.web.caller import COOKIE
from eventdesk.web.rates import Rates
from tests.areas import ROOT
from tests.build import NOON, Fair
from tests.people import make_staff
from tests.web.serving import Served, served, until
from tests.web.test_stream import Listening

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
NAME = "desk.example.org"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx-light"),
]


def printed() -> str:
    """What the page has as the configuration of nginx."""
    page = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    [fence] = re.findall(r"^```nginx\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(fence)


def configured(folder: Path, port: int, behind: str) -> Path:
    """The same on this machine, without rights: another port, other files, nothing outside."""
    text = printed()
    places = {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "/etc/letsencrypt/live/desk.example.org/": f"{folder}/",
        "http://127.0.0.1:8440": behind,
    }
    for there, here in places.items():
        assert there in text
        text = text.replace(there, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary}\n{text}}}"
    )
    return file


@contextmanager
def nginx(folder: Path, behind: str) -> Iterator[str]:
    """nginx in front of a server, and where it is."""
    making = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    making += ["-nodes", "-days", "2", "-subj", "/CN=a test", "-addext"]
    making += [f"subjectAltName=DNS:{NAME}", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    subprocess.run(making, cwd=folder, capture_output=True, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = configured(folder, port, behind)
    assert NGINX is not None
    command = [NGINX, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(file)]
    with subprocess.Popen(command) as process:
        try:
            until(lambda: process.poll() is not None or listens(port))
            assert process.poll() is None, (folder / "error.log").read_text()
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def behind_nginx(
    fair: Fair, folder: Path, *, proxies: Sequence[str] = ("127.0.0.1",), rates: Rates | None = None
) -> Iterator[tuple[Served, "Browser"]]:
    with (
        served(fair.store, proxies=proxies, rates=rates) as house,
        nginx(folder, house.url) as url,
        httpx2.Client(verify=trusting(folder), timeout=30) as http,
    ):
        yield house, Browser(http, url)


class Browser:
    """Asks by the name that the certificate is for."""

    def __init__(self, http: httpx2.Client, url: str) -> None:
        self.http, self.url = http, url
        self.host = f"{NAME}:{url.rpartition(':')[2]}"

    def request(self, method: str, path: str, by: dict[str, str] | None = None, **more: Any) -> Any:
        """What a request is made of."""
        return self.http.build_request(
            method,
            self.url + path,
            headers={"host": self.host, **(by or {})},
            extensions={"sni_hostname": NAME},
            **more,
        )

    def ask(self, method: str, path: str, by: dict[str, str] | None = None, **more: Any) -> Any:
        """Send a request."""
        return self.http.send(self.request(method, path, by, **more))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nginx").mkdir()
    return tmp_path / "nginx"


def test_requests_and_answers_come_through(fair: Fair, folder: Path) -> None:
    with behind_nginx(fair, folder) as (house, browser):
        by = house.as_(make_staff(fair))
        assert browser.ask("GET", "/readyz").text == "ready\n"
        assert browser.ask("GET", "/api/v1/me", by).status_code == 200
        large = browser.ask("POST", "/api/v1/me/tokens", by, content=b" " * 9_000_000)
        assert large.headers["content-type"].startswith("application/problem+json")


def test_a_form_is_taken_of_a_page_of_the_same_name_alone(fair: Fair, folder: Path) -> None:
    with behind_nginx(fair, folder) as (_house, browser):
        shown = {"cookie": f"{COOKIE}=nobodys"}
        own = {**shown, "origin": f"https://{browser.host}"}
        assert browser.ask("POST", "/api/v1/me/tokens", own, json={}).status_code == 401
        other = {**shown, "origin": "https://evil.example.org"}
        assert browser.ask("POST", "/api/v1/me/tokens", other, json={}).status_code == 403


def test_callers_are_counted_by_themselves_whatever_they_write(fair: Fair, folder: Path) -> None:
    with behind_nginx(fair, folder, rates=Rates(unknown=2)) as (house, browser):
        statuses = [
            browser.ask("GET", "/api/v1/me", {"x-forwarded-for": f"198.51.100.{at}"}).status_code
            for at in range(3)
        ]
        assert statuses == [401, 401, 429]
        for_another = {"x-forwarded-for": "198.51.100.9"}  # as nginx would say it
        assert house.ask("GET", "/me", for_another).status_code == 401


def test_live_updates_arrive_at_once(fair: Fair, folder: Path) -> None:
    with behind_nginx(fair, folder) as (house, browser):
        asked = browser.request("GET", "/api/v1/changes", house.as_(make_staff(fair)))
        answer = browser.http.send(asked, stream=True)
        try:
            stream = Listening(answer.iter_lines())
            stream.next()
            check_in(fair.store, SYSTEM.at(NOON), fair.scan(fair.token(fair.sell())))
            stream.until("door", fair.event.id)
        finally:
            answer.close()
