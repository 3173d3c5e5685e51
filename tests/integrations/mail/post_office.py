"""A mail server by others (aiosmtpd) on loopback, with the faults that real ones have."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from eventdesk.core.authority import authority_of, certificate_of

USER, PASSWORD = "desk@example.org", "a mail password"

REPLIES = {
    "greylisted": "451 4.7.1 Greylisted, come back later",
    "nobody": "550 5.1.1 No such user here",
    "full": "552 5.2.2 Mailbox full",
}
"""What the office says to an address that begins with one of these words."""


@dataclass
class PostOffice:
    """What came in, and which faults it has.

    Attributes:
        drops: How many letters more break the line in the middle of DATA.
        stalls: Whether it says nothing any more.
        answers: What DATA is answered, in turn; empty: it is taken.
    """

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    lines: int = 0
    drops: int = 0
    stalls: bool = False
    answers: list[str] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    taken: Callable[[], None] = lambda: None
    token: str = ""

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        said = b64decode(args[1]).decode()
        good = said == f"user={USER}\x01auth=Bearer {self.token}\x01\x01"
        if not good:
            await server.push("334 eyJzdGF0dXMiOiI0MDAifQ==")
            await server._reader.readline()
        return AuthResult(success=good, handled=False)

    # What aiosmtpd calls, by its names.

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, said: list[str]
    ) -> list[str]:
        self.lines += 1
        session.host_name = hostname
        return said

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("stranger"):
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.senders.append(address)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        for word, reply in REPLIES.items():
            if address.startswith(word):
                return f"{reply} <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.stalls:
            await self.closed.wait()
        if self.drops:
            self.drops -= 1
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]  # a TCP transport has it
            return "421 gone"
        if self.answers and not (said := self.answers.pop(0)).startswith("250"):
            return said
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        letter = message_from_bytes(content, policy=WIRE)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.taken()
        return f"250 OK queued as {len(self.letters)}"


def authenticator(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    """Sign in the one account there is."""
    good = (
        isinstance(data, LoginPassword)
        and data.login.decode() == USER
        and data.password.decode() == PASSWORD
    )
    return AuthResult(success=good, handled=False)


@contextmanager
def post_office(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    signs_in: bool = False,
    utf8: bool = True,
) -> Iterator[PostOffice]:
    """Open a mail server until the block ends."""
    office = PostOffice()
    controller = _AtFreePort(
        office,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=authenticator if signs_in else None,
        auth_exclude_mechanism=None if signs_in else ["LOGIN", "PLAIN"],
        auth_require_tls=False,
        enable_SMTPUTF8=utf8,
        ready_timeout=10,
    )
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.loop.call_soon_threadsafe(office.closed.set)
        controller.stop()


class _AtFreePort(Controller):
    """A controller at whatever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def certified(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server's TLS as 127.0.0.1, and the certificate (PEM) of who vouches for it."""
    authority = authority_of(folder, "office", datetime.now(UTC))
    file = certificate_of(folder, authority, [ip_address("127.0.0.1")], datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, authority.pem.decode()
