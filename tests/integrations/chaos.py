"""A service on loopback that does what services do to each other: it fails in every way.

    with counterpart(lambda asked: Reply.of({"id": 7})) as there:
        caller = Caller(there.url)
        there.fails(Fault.RESET)        # the next call only; times=None for all until heals()
        …
        assert [asked.path for asked in there.asked] == ["/v1/refunds"]

What it was asked is noted before it fails, so a test sees what was done twice.
"""

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from eventdesk.core.clock import utc_now


class Fault(StrEnum):
    """What may go wrong once a call came in; the call is done all the same where it says so."""

    RESET = "reset"
    """Done, and half of the answer is sent."""

    DROPPED = "dropped"
    """Not done: the line is cut before anything is looked at."""

    SILENT = "silent"
    """Done, and no answer comes."""

    TRICKLE = "trickle"
    """Done, and the answer comes letter by letter for ever."""

    GARBAGE = "garbage"
    """Not HTTP."""

    HTML = "html"
    """A page of a network with a log-in."""

    TOO_MANY = "too_many"
    """429, and to wait for 7 seconds."""

    OUT_OF_ORDER = "out_of_order"
    """500."""

    ENDLESS = "endless"
    """An answer without end."""

    HUGE = "huge"
    """An answer that claims a terabyte."""

    ELSEWHERE = "elsewhere"
    """A redirect to `elsewhere`."""


class Certificate(StrEnum):
    """How a service proves who it is."""

    GOOD = "good"
    SELF_SIGNED = "self_signed"
    WRONG_NAME = "wrong_name"
    EXPIRED = "expired"
    EARLY = "early"
    """Valid in ten minutes: the clock of who calls is behind."""


@dataclass(frozen=True)
class Asked:
    """A call that came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By their names in small letters."""

    body: bytes
    raw_query: str = ""
    """The query as it came, for who says a name twice."""

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: object, status: int = 200, **headers: str) -> "Reply":
        """An answer of JSON."""
        return cls(
            status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers}
        )


Handler = Callable[[Asked], Reply]


class Counterpart:
    """The service; `url` is where it is called, `asked` what came in."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self.handler = handler
        self.asked: list[Asked] = []
        self.elsewhere = "http://127.0.0.1:9/"
        self._tls = tls
        self._fault: Fault | None = None
        self._times: int | None = 0
        self._lock = threading.Lock()
        self.over = threading.Event()
        self._server: _Server | None = None
        self.port = 0
        self.up()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def fails(self, fault: Fault, times: int | None = 1) -> None:
        """Fail at so many calls from now on; None: until it heals."""
        with self._lock:
            self._fault, self._times = fault, times

    def heals(self) -> None:
        """Do again what a service does."""
        with self._lock:
            self._fault = None

    def down(self) -> None:
        """Refuse connections, and cut those there are."""
        if self._server is not None:
            self.over.set()
            self._server.end()
            self._server = None

    def up(self) -> None:
        """Take calls, at the same port as before."""
        self.over.clear()
        self._server = _Server(self, self.port, self._tls)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def take_fault(self) -> Fault | None:
        """What is to go wrong at this call."""
        with self._lock:
            if self._fault is None or self._times == 0:
                return None
            if self._times is not None:
                self._times -= 1
            return self._fault


@contextmanager
def counterpart(
    handler: Handler = lambda _asked: Reply.of({}),
    *,
    certificate: Certificate | None = None,
    folder: Path | None = None,
) -> Iterator[Counterpart]:
    """A service while the block runs; with a certificate it speaks TLS.

    Args:
        handler: What it does.
        certificate: Which; the authority of the good one is `folder / "authority.pem"`.
        folder: Where certificates are written.
    """
    tls = None
    if certificate is not None:
        assert folder is not None
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(written_certificate(certificate, folder))
    there = Counterpart(handler, tls)
    try:
        yield there
    finally:
        there.down()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, there: Counterpart, port: int, tls: ssl.SSLContext | None) -> None:
        self.there, self._tls = there, tls
        self._lines: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Conversation)

    def end(self) -> None:
        self.shutdown()
        self.server_close()
        for line in list(self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def finish_request(self, request: Any, client_address: Any) -> None:
        line = request
        if self._tls is not None:
            try:
                line = self._tls.wrap_socket(request, server_side=True)
            except OSError:
                return
        self._lines.add(line)
        try:
            super().finish_request(line, client_address)
        except OSError:
            pass
        finally:
            self._lines.discard(line)
            line.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: lines are meant to break here."""


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _take(self) -> None:
        there = self.server.there
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        fault = there.take_fault()
        if fault is Fault.DROPPED:
            self._reset()
            return
        parts = urlsplit(self.path)
        asked = Asked(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): said for name, said in self.headers.items()},
            body,
            parts.query,
        )
        there.asked.append(asked)
        self._answer(asked, fault)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815 - the library's names

    def _answer(self, asked: Asked, fault: Fault | None) -> None:
        there = self.server.there
        match fault:
            case None:
                self._send(there.handler(asked))
            case Fault.RESET:
                whole = _bytes_of(there.handler(asked))
                self.wfile.write(whole[: len(whole) // 2])
                self._reset()
            case Fault.SILENT:
                there.handler(asked)
                there.over.wait()
                self.close_connection = True
            case Fault.TRICKLE:
                there.handler(asked)
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while not there.over.wait(0.01):
                    self.wfile.write(b" ")
            case Fault.GARBAGE:
                self.wfile.write(b"220 mail.example.org ESMTP\r\n")
                self.close_connection = True
            case Fault.HTML:
                page = b"<!DOCTYPE html><title>Hotel</title><p>Accept the terms, please."
                self._send(Reply(200, page, {"Content-Type": "text/html"}))
            case Fault.TOO_MANY:
                self._send(Reply.of({"error": "slow down"}, 429, **{"Retry-After": "7"}))
            case Fault.OUT_OF_ORDER:
                self._send(Reply(500, b"oops"))
            case Fault.ENDLESS:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                while not there.over.is_set():
                    self.wfile.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
            case Fault.HUGE:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
                while not there.over.is_set():
                    self.wfile.write(b" " * 65_536)
            case Fault.ELSEWHERE:
                self._send(Reply(302, b"", {"Location": there.elsewhere}))

    def _send(self, reply: Reply) -> None:
        self.wfile.write(_bytes_of(reply))

    def _reset(self) -> None:
        """End the line with RST in the place of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


def _bytes_of(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} Said"]
    lines += [f"{name}: {said}" for name, said in reply.headers.items()]
    lines += [f"Content-Length: {len(reply.body)}", "", ""]
    return "\r\n".join(lines).encode() + reply.body


_SPAN: Final = {
    Certificate.EXPIRED: (timedelta(days=-9), timedelta(days=-1)),
    Certificate.EARLY: (timedelta(minutes=10), timedelta(days=9)),
}


def written_certificate(certificate: Certificate, folder: Path) -> Path:
    """Write a certificate with its key, and that of its authority; where the first lies."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
    authority, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    start, end = _SPAN.get(certificate, (timedelta(days=-1), timedelta(days=1)))
    now = utc_now()
    own = x509.CertificateBuilder(name, name, authority.public_key(), x509.random_serial_number())
    own = own.not_valid_before(now - timedelta(days=30)).not_valid_after(now + timedelta(days=30))
    own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = own.sign(authority, hashes.SHA256())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a service")])
    made = x509.CertificateBuilder(name, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now + start).not_valid_after(now + end)
    here: x509.GeneralName = x509.IPAddress(ip_address("127.0.0.1"))
    if certificate is Certificate.WRONG_NAME:
        here = x509.DNSName("elsewhere.example.org")
    made = made.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    signed_by = key if certificate is Certificate.SELF_SIGNED else authority
    leaf = made.sign(signed_by, hashes.SHA256())
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "authority.pem").write_bytes(root.public_bytes(Encoding.PEM))
    file = folder / "service.pem"
    file.write_bytes(leaf.public_bytes(Encoding.PEM) + key.private_bytes(*plain))
    return file
