"""HTTPS: who is let to trust whom, and that certificates are renewed while the server runs."""

import hashlib
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from html.parser import HTMLParser
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from cryptography import x509

from eventdesk.core.authority import CERTIFICATE_LIFE, authority_of
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError, KeyFileError
from eventdesk.web.connections import Connections
from eventdesk.web.machine import machine_name, own_addresses, own_names
from eventdesk.web.rates import Rates
from eventdesk.web.serving import trusted
from eventdesk.web.tls import FileHttps, OwnHttps
from eventdesk.web.trust import page_of
from tests.build import Fair
from tests.people import make_staff
from tests.web.serving import Served, served, until


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def keys(fair: Fair) -> Path:
    return fair.store.home / "keys"


@pytest.fixture
def own(keys: Path) -> OwnHttps:
    return OwnHttps(keys, [], utc_now)


@pytest.fixture
def house(fair: Fair, own: OwnHttps) -> Iterator[Served]:
    with served(fair.store, https=own) as there:
        yield there


def trusting(house: Served) -> ssl.SSLContext:
    """What a client has who trusts the house's authority."""
    return ssl.create_default_context(cafile=str(house.store.home / "keys" / "authority.pem"))


def shown(house: Served, name: str = "127.0.0.1") -> x509.Certificate:
    """The certificate that a client gets who trusts the house's authority and asks for a name."""
    parts, context = urlsplit(house.url), trusting(house)
    with (
        socket.create_connection((str(parts.hostname), parts.port or 0), 30) as line,
        context.wrap_socket(line, server_hostname=name) as secure,
    ):
        assert secure.selected_alpn_protocol() in (None, "http/1.1")
        content = secure.getpeercert(binary_form=True)
    assert content is not None
    return x509.load_der_x509_certificate(content)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", f"{machine_name()}.local"])
def test_who_trusts_the_authority_may_ask_by_names_and_addresses_of_the_machine(
    house: Served, fair: Fair, name: str
) -> None:
    assert shown(house, name).not_valid_after_utc > utc_now()
    assert house.ask("GET", "/me", house.as_(make_staff(fair))).status_code == 200


def test_who_does_not_trust_it_or_asks_for_another_name_is_not_served(house: Served) -> None:
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(house.url)
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(house, "desk.example.org")


def test_openssl_agrees_and_older_versions_of_tls_are_refused(house: Served, keys: Path) -> None:
    place = urlsplit(house.url).netloc
    asked = ["openssl", "s_client", "-connect", place, "-CAfile", str(keys / "authority.pem")]
    asked += ["-x509_strict", "-verify_return_error", "-verify_ip", "127.0.0.1"]
    done = subprocess.run(asked, input="", capture_output=True, text=True, check=False)
    assert "Verify return code: 0 (ok)" in done.stdout
    leaf = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver"]
    leaf += ["-CAfile", str(keys / "authority.pem"), str(keys / "https.pem")]
    assert subprocess.run(leaf, capture_output=True, check=False).returncode == 0
    older = [*asked, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]
    refused = subprocess.run(older, input="", capture_output=True, text=True, check=False)
    assert refused.returncode != 0


def test_who_speaks_http_to_it_gets_no_answer_and_holds_nobody_up(house: Served) -> None:
    plain = house.url.replace("https://", "http://")
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"{plain}/healthz", timeout=5)
    assert house.http.get("/healthz").text == "ok\n"


def knocks(house: Served, said: bytes, source: str = "127.0.0.1") -> socket.socket:
    """A line to a house whose client goes no further than this."""
    parts = urlsplit(house.url)
    line = socket.create_connection((str(parts.hostname), parts.port or 0), 20, (source, 0))
    line.sendall(said)
    return line


def is_ended(line: socket.socket) -> bool:
    """Whether the other side has ended a line, without waiting for it."""
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


SAID = {"nothing": b"", "the half of a hello": b"\x16\x03\x01\x02\x00\x01\x00"}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_who_never_agrees_on_tls_is_let_go_of(fair: Fair, own: OwnHttps, said: bytes) -> None:
    there = Connections(head_s=0.3)
    with served(fair.store, https=own, connections=there) as house, knocks(house, said) as line:
        until(lambda: len(there) == 1)
        until(lambda: is_ended(line))
        until(lambda: len(there) == 0)


def test_who_does_not_agree_on_tls_takes_places_from_himself_alone(
    fair: Fair, own: OwnHttps
) -> None:
    there = Connections(most=20, of_address=10)
    with served(fair.store, https=own, connections=there) as house, ExitStack() as open_ones:
        assert house.http.get("/healthz").text == "ok\n"
        for source in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            for _ in range(20):
                open_ones.enter_context(knocks(house, b"", source))
                assert len(there) <= 20
        assert shown(house).not_valid_after_utc > utc_now()
        assert httpx2.get(f"{house.url}/healthz", verify=trusting(house)).text == "ok\n"


def test_what_comes_with_the_last_word_of_tls_is_read(house: Served) -> None:
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure = trusting(house).wrap_bio(coming, going, server_hostname="127.0.0.1")
    with knocks(house, b"") as line:
        while True:
            try:
                secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                line.sendall(going.read())
                coming.write(line.recv(65536))
        secure.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        line.sendall(going.read())  # the last word, and a request behind it
        told = b""
        while b"ok\n" not in told:
            try:
                told += secure.read(65536)
            except ssl.SSLWantReadError:
                coming.write(line.recv(65536))
    assert told.startswith(b"HTTP/1.1 200 ")


def test_a_server_that_ends_waits_for_no_handshake(fair: Fair, own: OwnHttps) -> None:
    there = Connections()
    with served(fair.store, https=own, connections=there) as house, knocks(house, b""):
        until(lambda: len(there) == 1)
        house.end()
        house.wait()


def test_a_certificate_is_renewed_while_the_server_runs(fair: Fair, keys: Path) -> None:
    clock = Clock()
    clock.now = utc_now() - CERTIFICATE_LIFE + timedelta(days=20)  # twenty days are left
    with served(fair.store, https=OwnHttps(keys, [], clock), look_s=0.02) as house:
        before = shown(house)
        clock.now = utc_now()
        until(lambda: shown(house) != before)
        assert shown(house).not_valid_after_utc > utc_now() + timedelta(days=80)
        assert house.http.get("/healthz").text == "ok\n"  # on the line that was open, too


def test_one_that_cannot_be_renewed_is_shown_on_and_the_log_says_so(
    fair: Fair, keys: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    https = OwnHttps(keys, [], clock)
    with served(fair.store, https=https, look_s=0.02) as house:
        before = shown(house)
        clock.now += CERTIFICATE_LIFE
        (keys / "https.pem").unlink()
        (keys / "https.pem").mkdir()  # nothing can be put in its place
        until(lambda: "cannot be written" in caplog.text)
        assert shown(house) == before


def test_a_clock_that_jumps_behind_the_authoritys_end_changes_nothing(
    fair: Fair, keys: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    https = OwnHttps(keys, [], clock)
    with served(fair.store, https=https, look_s=0.02) as house:
        before = shown(house)
        clock.now = https.authority.ends_at + timedelta(days=400)
        until(lambda: "could not be looked at" in caplog.text)
        clock.now = utc_now()
        assert shown(house) == before


def test_a_certificate_of_somebody_else_is_shown_and_read_again_when_it_changes(
    fair: Fair, tmp_path: Path, keys: Path
) -> None:
    authority = authority_of(keys, "desk1", utc_now())
    file = tmp_path / "desk.pem"
    file.write_bytes(authority.certify(["desk1.lan", ip_address("127.0.0.1")], utc_now()))
    https = FileHttps(file)
    assert (https.fingerprint, https.names) == ("", ["desk1.lan"])
    assert https.vouches_for("desk1.lan")
    assert not https.vouches_for("desk2.lan")
    with served(fair.store, https=https, look_s=0.02) as house:
        before = shown(house)
        assert house.http.get("/trust").status_code == 404
        file.write_bytes(b"half of a new on")
        file.write_bytes(authority.certify(["*.lan", ip_address("127.0.0.1")], utc_now()))
        until(lambda: shown(house) != before)
        assert https.vouches_for("desk2.lan")


SEALED = "-----BEGIN ENCRYPTED PRIVATE KEY-----"


@pytest.mark.parametrize("content", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAA\n"])
def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "desk.pem").write_bytes(content)
    with pytest.raises(InvalidInputError, match="cannot be used for HTTPS"):
        FileHttps(tmp_path / "desk.pem")
    with pytest.raises(InvalidInputError, match="No such file"):
        FileHttps(tmp_path / "missing.pem")


def test_a_key_behind_a_password_is_refused_and_no_password_is_asked_for(
    tmp_path: Path, keys: Path
) -> None:
    file = tmp_path / "desk.pem"
    made = authority_of(keys, "desk1", utc_now()).certify(["desk1.lan"], utc_now())
    file.write_bytes(made)
    sealing = ["openssl", "pkcs8", "-topk8", "-in", str(file), "-passout", "pass:secret"]
    sealed = subprocess.run(sealing, capture_output=True, check=True).stdout
    assert sealed.decode().startswith(SEALED)
    file.write_bytes(made.partition(b"-----BEGIN PRIVATE")[0] + sealed)
    with pytest.raises(InvalidInputError, match="password"):
        FileHttps(file)


def test_a_home_that_takes_no_authority_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be written"):
        OwnHttps(tmp_path / "keys", [], utc_now)


def test_this_machine_has_names_and_addresses() -> None:
    assert {"localhost", machine_name()} <= set(own_names())
    assert all(not each.is_loopback for each in own_addresses())


# The page


class Page(HTMLParser):
    """What tags and addresses stand on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.given: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.given |= dict(attrs)
        if tag not in ("meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(("language", "says"), [("en", "Compare"), ("de-AT,de", "Vergleichen")])
def test_the_page_explains_in_the_readers_language(
    house: Served, own: OwnHttps, language: str, says: str
) -> None:
    answer = house.http.get("/trust", headers={"accept-language": language})
    page = Page()
    page.feed(answer.text)
    assert (page.open, page.tags.count("h1"), page.given["lang"]) == ([], 1, language[:2])
    assert {"script", "style", "img", "link"}.isdisjoint(page.tags)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert says in answer.text
    assert own.fingerprint in answer.text.replace("<wbr>", "")
    for system in ("Windows", "macOS", "iPhone", "Android", "Firefox"):
        assert system in answer.text
    assert re.findall('(?:href|src)="([^"]+)"', answer.text) == ["/trust/eventdesk.crt"]


def test_the_file_is_the_authority_and_nothing_of_its_key(house: Served, own: OwnHttps) -> None:
    answer = house.http.get("/trust/eventdesk.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    mark = hashlib.sha256(answer.content).hexdigest()
    assert mark == own.fingerprint.replace(":", "").lower()
    assert x509.load_der_x509_certificate(answer.content) == own.authority.certificate


def test_a_name_of_a_machine_is_text_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    page = page_of(authority_of(tmp_path / "keys", "<script>x", utc_now()))
    assert "<script>" not in page


# Proxies

FORWARDED = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https"}


def test_a_proxy_that_is_trusted_says_for_whom_it_asks(fair: Fair) -> None:
    few = Rates(unknown=2)
    with served(fair.store, rates=few, proxies=["127.0.0.1"]) as house:
        asked = [house.ask("GET", "/me", FORWARDED).status_code for _ in range(3)]
        assert asked == [401, 401, 429]
        other = {**FORWARDED, "x-forwarded-for": "198.51.100.8"}
        assert house.ask("GET", "/me", other).status_code == 401
        # What a caller wrote there before the proxy did counts for nothing.
        forged = {**FORWARDED, "x-forwarded-for": "203.0.113.9, 198.51.100.7"}
        assert house.ask("GET", "/me", forged).status_code == 429


@pytest.mark.parametrize("proxies", [(), ("10.0.0.0/8",)])
def test_what_others_say_of_themselves_is_not_believed(fair: Fair, proxies: list[str]) -> None:
    with served(fair.store, rates=Rates(unknown=2), proxies=proxies) as house:
        asked = [
            house.ask("GET", "/me", {"x-forwarded-for": f"198.51.100.{at}"}).status_code
            for at in range(3)
        ]
        assert asked == [401, 401, 429]


def test_networks_of_proxies_are_read() -> None:
    assert trusted(["10.1.2.3", "fd00::/8"]) == ["10.1.2.3/32", "::ffff:a01:203/128", "fd00::/8"]
    for wrong in ("*", "proxy.example.org", "", "10.0.0.0/33"):
        with pytest.raises(InvalidInputError, match="no address of a proxy"):
            trusted([wrong])
