"""Calls of services over HTTP: bounded in time and size, never led elsewhere, errors for people.

One door for all integrations. It stands on httpcore2, which httpx2 is built on: redirects, cookies
and a log of addresses, which httpx2 adds, are what calls with a key in them must not have.

    with Caller("https://api.example.com", headers={"Authorization": f"Bearer {key}"}) as caller:
        answer = caller.call("POST", "/v1/refunds", json={"amount": 1200})
        reference = answer.members()["id"]
"""

import json as json_format
import os
import secrets
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlencode, urlsplit

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError, ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.private_file import create_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate
    from httpcore2 import Response

TIMEOUT_S: Final = 20.0
"""How long a call may take in all: name, connection, question and answer."""

MAX_BYTES: Final = 4_000_000
"""The longest answer that is read."""

MAX_WAIT_S: Final = 86_400
"""A service that wants to be left alone for longer is asked again after a day."""

MAX_SAID: Final = 160
"""Letters that are shown of what a service says to a call it refuses."""

CONNECTIONS: Final = 4
KEPT_S: Final = 30.0
"""Connections of a caller at once, and how long an idle one is kept."""

TRUSTED: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""In the environment: the authorities to trust in place of the system's."""

ALLOW: Final = "eventdesk service webhook-networks 192.168.1.20"
"""How an admin lets addresses inside the network be called."""

TRY_AGAIN: Final = frozenset({408, 425, 429})
"""Statuses below 500 that pass by themselves (RFC 9110, RFC 6585, RFC 8470)."""


@dataclass(frozen=True, slots=True)
class ClientProof:
    """What proves to a service who calls, where it asks for a certificate."""

    certificate: "Certificate"
    key: "RSAPrivateKey" = field(repr=False)

    def given_to(self, context: ssl.SSLContext) -> None:
        """Let calls be proven by it; on the way the key lies in a file that opens nothing."""
        from cryptography.hazmat.primitives import serialization as form

        password = secrets.token_bytes(32).hex()
        pem = self.certificate.public_bytes(form.Encoding.PEM) + self.key.private_bytes(
            form.Encoding.PEM,
            form.PrivateFormat.PKCS8,
            form.BestAvailableEncryption(password.encode()),
        )
        with TemporaryDirectory() as folder:
            file = Path(folder) / "client.pem"
            create_private(file, pem)
            context.load_cert_chain(file, password=password)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered.

    Attributes:
        service: What the service is called in errors.
        headers: By their names in small letters.
    """

    service: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """The body as JSON.

        Raises:
            ServiceSilentError: It is none; something else answers in the place of the service.
        """
        try:
            return json_format.loads(self.body)
        except (ValueError, RecursionError):
            raise _nonsense(self.service, is_page=self._is_page) from None

    def members(self) -> dict[str, object]:
        """The body as a JSON object.

        Raises:
            ServiceSilentError: It is none.
        """
        found = self.json()
        if not isinstance(found, dict):
            raise _nonsense(self.service, is_page=False)
        return found

    def need_no_page(self) -> None:
        """See that no page for people came.

        Raises:
            ServiceSilentError: One came: the message did not get where it was to go.
        """
        if self._is_page:
            raise _nonsense(self.service, is_page=True)

    def said(self) -> str:
        """The beginning of the body for people, in one line; "" where it is a page."""
        if self._is_page:
            return ""
        return plain(self.body[: 4 * MAX_SAID].decode(errors="replace"), limit=MAX_SAID)

    def clock_ahead(self) -> timedelta | None:
        """How far the clock of the service is ahead of the one here; None: it does not say."""
        at = _instant(self.headers.get("date", ""))
        return None if at is None else at - utc_now()

    @property
    def _is_page(self) -> bool:
        """Whether a page for people was answered, as by a network with a log-in."""
        start = self.body[:200].lstrip().lower()
        return start.startswith((b"<!doctype html", b"<html"))


class Caller:
    """Calls one service. Threads may share it; whoever makes it closes it.

    Args:
        origin: Scheme, host and port of the service, and what all its paths begin with.
        service: What it is called in errors; without it the host.
        headers: Sent with each call; the place for a key.
        timeout_s: How long a call may take in all.
        max_bytes: The longest answer.
        cut: Whether a longer one is cut off there instead of refused: who only wants the status.
        ca_file: An authority to trust in place of the system's.
        may_reach: Which addresses may be called; None for all.
        client: What proves to the service who calls; None for nothing.
        http2: Whether the service speaks HTTP/2 alone.

    Raises:
        InvalidInputError: The origin is no address, or the library is not installed.
    """

    def __init__(
        self,
        origin: str,
        *,
        service: str = "",
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
        max_bytes: int = MAX_BYTES,
        cut: bool = False,
        ca_file: Path | None = None,
        may_reach: Callable[[IPv4Address | IPv6Address], bool] | None = None,
        client: ClientProof | None = None,
        http2: bool = False,
    ) -> None:
        self._scheme, self._host, self._port, self._base = _parts(origin)
        self._service = service or self._host
        self._headers = {
            "Host": _written(self._host, self._port),
            "User-Agent": "eventdesk",
            "Accept-Encoding": "identity",
            **(headers or {}),
        }
        self._timeout_s, self._max_bytes, self._cut = timeout_s, max_bytes, cut
        if http2 and not find_spec("h2"):
            raise InvalidInputError(
                msg("{service} needs a library that is not installed.", service=self._service),
                hint=msg("Install it: {command}", command='pip install "eventdesk[wallet]"'),
            )
        try:
            from httpcore2 import ConnectionPool

            from eventdesk.integrations.bounded_line import BoundedLines
        except ImportError:
            raise InvalidInputError(
                msg("Services outside need a library that is not installed."),
                hint=msg('Install it: pip install "eventdesk[services]"'),
            ) from None
        self._pool = ConnectionPool(
            ssl_context=_trust(ca_file, client),
            http1=not http2,
            http2=http2,
            max_connections=CONNECTIONS,
            keepalive_expiry=KEPT_S,
            network_backend=BoundedLines(may_reach),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._pool.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Answer:
        """Ask once; whether to ask again is a matter of who asks.

        Args:
            method: Of HTTP.
            path: Below the origin, with what is not plain quoted.
            query: What is written behind the path.
            json: Sent as JSON.
            form: Sent as a form.
            content: Sent as it is, with a Content-Type among the headers.
            headers: Beside those of every call.
            also: Statuses beside 200 to 299 that are answers, such as 404 for what may be gone.

        Raises:
            ServiceSilentError: No answer in time, a broken one, a redirect, 408, 425, 429 or 5xx;
                it may have been done all the same.
            ServiceRefusedError: Any other status, or what is to be sent cannot be.
        """
        kind, body = _body(json, form, content)
        if body is None and method not in {"GET", "HEAD", "DELETE"}:
            kind, body = {"Content-Length": "0"}, b""
        target = self._base + path + (f"?{urlencode(query)}" if query else "")
        all_headers = {**self._headers, **kind, **(headers or {})}
        answer = self._asked(method, target, all_headers, body)
        if 200 <= answer.status < 300 or answer.status in also:
            return answer
        raise error_of(answer)

    def _asked(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """Send a call and read its answer, whatever the status."""
        with (
            self._translated(),
            _within(self._timeout_s),
            self._sent(method, target, headers, body) as got,
        ):
            return self._read(got)

    @contextmanager
    def stream(
        self, path: str, *, headers: Mapping[str, str], silent_s: float
    ) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Open an answer that goes on for as long as both sides like.

        Args:
            path: Below the origin, with what is not plain quoted.
            headers: Beside those of every call.
            silent_s: How long nothing may come before the line counts as cut.

        Yields:
            The answer, with its body unless its status is 200; and the parts of its body otherwise.

        Raises:
            ServiceSilentError: No answer in time, or the line was cut, also between two parts.
        """
        all_headers = {**self._headers, **headers}
        with ExitStack() as open_until:
            with self._translated(), _within(self._timeout_s):
                sent = self._sent("GET", self._base + path, all_headers, None)
                got = open_until.enter_context(sent)
                if got.status != 200:
                    answer = self._read(got)
                else:
                    answer = Answer(self._service, got.status, _headers_of(got), b"")
            yield answer, self._parts(got, silent_s) if got.status == 200 else iter(())

    def _parts(self, got: "Response", silent_s: float) -> Iterator[bytes]:
        """The parts of an answer as they come."""
        parts = got.iter_stream()
        while True:
            with self._translated(), _within(silent_s):
                part = next(parts, None)
            if part is None:
                return
            yield part

    def _sent(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> AbstractContextManager["Response"]:
        """What sends a call, and gives the answer whose body is still to be read."""
        import httpcore2

        url = httpcore2.URL(scheme=self._scheme, host=self._host, port=self._port, target=target)
        sent = [(name.encode("ascii"), said.encode("ascii")) for name, said in headers.items()]
        # The pool waits for a free connection by a time-out of its own.
        waits = {"timeout": {"pool": self._timeout_s}}
        return self._pool.stream(method, url, headers=sent, content=body, extensions=waits)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the library as ours."""
        import httpcore2

        from eventdesk.integrations.bounded_line import AddressRefusedError

        try:
            yield
        except AddressRefusedError:
            raise ServiceRefusedError(
                msg("{service} is at an address that must not be called.", service=self._service),
                hint=msg(
                    "It lies inside the network. An admin allows it under Services or by {command}",
                    command=ALLOW,
                ),
            ) from None
        except (httpcore2.LocalProtocolError, UnicodeError):
            raise ServiceRefusedError(
                msg("What is to be sent to {service} cannot be sent.", service=self._service),
                hint=msg("Look for odd characters in its key and address, and enter them again."),
            ) from None
        except httpcore2.TimeoutException:
            raise self._silent(
                msg(
                    "{service} did not answer within {seconds:.0f} seconds.",
                    service=self._service,
                    seconds=self._timeout_s,
                ),
                _LATER,
            ) from None
        except httpcore2.ConnectError as error:
            raise self._silent(*self._unreachable(error)) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            raise self._silent(
                msg("The line to {service} was cut in the middle.", service=self._service), _LATER
            ) from None

    def _read(self, got: "Response") -> Answer:
        """Read an answer as far as it may be long."""
        body = bytearray()
        for part in got.iter_stream():
            body += part
            if len(body) > self._max_bytes and self._cut:
                break
            if len(body) > self._max_bytes:
                raise self._silent(
                    msg("{service} answered more than is taken.", service=self._service),
                    _SOMETHING_ELSE,
                )
        return Answer(self._service, got.status, _headers_of(got), bytes(body))

    def _unreachable(self, error: BaseException) -> tuple[Message, Message]:
        """Say why there is no connection, and what to do about it."""
        import socket

        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return self._untrusted(cause)
            if isinstance(cause, ssl.SSLError):
                return (
                    msg("{service} does not speak TLS as it should.", service=self._service),
                    _SOMETHING_ELSE,
                )
            if isinstance(cause, socket.gaierror | UnicodeError):
                return (
                    msg("There is no machine called {host}.", host=plain(self._host)),
                    msg("Look at the address, and whether this machine has a network."),
                )
            cause = cause.__cause__ or cause.__context__
        return (
            msg("{service} cannot be reached.", service=self._service),
            msg("Look whether this machine has a network."),
        )

    def _untrusted(self, error: ssl.SSLCertVerificationError) -> tuple[Message, Message]:
        """Say what is wrong with a certificate (numbers of OpenSSL, x509_vfy.h)."""
        service = {"service": self._service}
        match error.verify_code:
            case 9 | 10:
                return (
                    msg("The certificate of {service} does not hold today.", **service),
                    msg("Look at the clock of this machine. If it is right, theirs has expired."),
                )
            case 62 | 64:
                return (
                    msg("The certificate of {service} is for another name.", **service),
                    _SOMETHING_ELSE,
                )
        return (
            msg("The certificate of {service} is not trusted here.", **service),
            msg("Something else may answer in its place; nothing was sent. Look at the address."),
        )

    def _silent(self, message: Message, hint: Message) -> ServiceSilentError:
        return ServiceSilentError(message, hint=hint)


_LATER: Final = msg("It may work again in a while.")
_SOMETHING_ELSE: Final = msg("Something else may answer in its place. Look at its address.")


def _headers_of(got: "Response") -> dict[str, str]:
    return {name.decode("latin-1").lower(): said.decode("latin-1") for name, said in got.headers}


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Let all that goes over lines in this block take so long in all."""
    from eventdesk.integrations.bounded_line import within

    with within(seconds):
        yield


def checked_origin(origin: str) -> None:
    """See that something is the address of a service.

    Raises:
        InvalidInputError: It is not.
    """
    _parts(origin)


def _trust(ca_file: Path | None, client: ClientProof | None) -> ssl.SSLContext:
    """Whom to believe, and what to show of who calls."""
    if ca_file is None and client is None:
        return _usual_trust(*map(os.environ.get, TRUSTED))
    context = ssl.create_default_context(cafile=ca_file or os.environ.get(TRUSTED[0]))
    if client is not None:
        client.given_to(context)
    return context


@cache
def _usual_trust(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Whom callers trust who name no authority; read once, for reading takes as long as a call.

    The arguments are what `TRUSTED` says: for others it is read anew.
    """
    from httpcore2 import default_ssl_context

    return default_ssl_context()


def _parts(origin: str) -> tuple[str, str, int | None, str]:
    """Scheme, host as DNS has it, port and first part of all paths.

    Raises:
        InvalidInputError: It is no address of a service.
    """
    try:
        parts = urlsplit(origin)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in {"http", "https"} or parts.username is not None:
        raise InvalidInputError(
            msg("This is not the address of a service: {origin}", origin=plain(origin)),
            hint=msg("It begins with https:// and the name of a machine."),
        )
    return parts.scheme, host, port, parts.path.rstrip("/")


def _written(host: str, port: int | None) -> str:
    """Host and port as an address has them."""
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"


def _body(
    json: object, form: Mapping[str, str] | None, content: bytes | None
) -> tuple[dict[str, str], bytes | None]:
    """The headers about the body, and the body."""
    if json is not None:
        content, kind = json_format.dumps(json, ensure_ascii=False).encode(), "application/json"
    elif form is not None:
        content, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
    else:
        kind = ""
    headers = {"Content-Type": kind} if kind else {}
    return headers | ({} if content is None else {"Content-Length": str(len(content))}), content


def error_of(answer: Answer) -> ServiceSilentError | ServiceRefusedError:
    """The error that a status is."""
    about = {"service": answer.service, "status": answer.status}
    if answer.status >= 500:
        return ServiceSilentError(
            msg("{service} has a fault of its own ({status}).", **about),
            wait_s=_wait_s(answer.headers),
            hint=_LATER,
        )
    if answer.status in TRY_AGAIN:
        return ServiceSilentError(
            msg("{service} wants fewer calls for a while ({status}).", **about),
            wait_s=_wait_s(answer.headers),
            hint=_LATER,
        )
    if answer.status < 400:
        return ServiceSilentError(
            msg("{service} leads elsewhere ({status}), where no call follows.", **about),
            hint=_SOMETHING_ELSE,
        )
    return _refused(answer, about)


def _refused(answer: Answer, about: Mapping[str, object]) -> ServiceRefusedError:
    """The error of a call that the service will not do."""
    hint = {
        401: msg("Look at its key: it may be wrong, ended or withdrawn."),
        403: msg("Look at the rights of its key."),
        404: msg("Look at its address, and whether what was asked for is still there."),
    }
    said = answer.said()
    refused = msg("{service} refuses the call ({status}): {said}", **about, said=said)
    if not said:
        refused = msg("{service} refuses the call ({status}).", **about)
    return ServiceRefusedError(refused, status=answer.status, hint=hint.get(answer.status, ""))


def _nonsense(service: str, *, is_page: bool) -> ServiceSilentError:
    """The error of an answer that is not what the service speaks."""
    if is_page:
        return ServiceSilentError(
            msg("A page came in the place of an answer of {service}.", service=service),
            hint=msg("The network here may want a log-in first: open any page in a browser."),
        )
    return ServiceSilentError(
        msg("The answer of {service} makes no sense.", service=service), hint=_SOMETHING_ELSE
    )


def _wait_s(headers: Mapping[str, str]) -> int | None:
    """Seconds until the service wants to be asked again (RFC 9110, 10.2.3); None: it does not say.

    An instant is taken by the service's own clock, for ours may be wrong.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(int(said[:9]), MAX_WAIT_S)
    until, now = _instant(said), _instant(headers.get("date", "")) or utc_now()
    return None if until is None else max(0, min(int((until - now).total_seconds()), MAX_WAIT_S))


def _instant(said: str) -> datetime | None:
    """An instant as HTTP writes it."""
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
