"""How a mail server is reached, and as whom mail is sent there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from eventdesk.integrations.mail.addresses import Mailbox, mailbox_of


class Security(StrEnum):
    """How the line to a mail server is kept private."""

    STARTTLS = "starttls"
    """It begins in the clear and turns to TLS (RFC 3207), usually at port 587."""
    TLS = "tls"
    """It is TLS from the start (RFC 8314), usually at port 465."""
    NONE = "none"
    """It stays in the clear, usually at port 25 of the same machine."""


USUAL_PORTS: Final[Mapping[Security, int]] = {
    Security.STARTTLS: 587,
    Security.TLS: 465,
    Security.NONE: 25,
}


@dataclass(frozen=True, slots=True)
class OAuth:
    """How a program gets tokens that sign it in, instead of a password.

    Attributes:
        token_url: Where the provider gives them.
        refresh_token: What it gave when somebody permitted the program to send.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailAccount:
    """A mail server, and what it is told of us.

    Attributes:
        user: Who signs in; "" where the server asks nobody.
        sender: The address that mail comes from.
        sender_name: The name beside it; may be "".
        reply_to: Where answers go; None: to the sender.
        authority: Certificates (PEM) that are trusted besides those known to everybody.
        per_minute: Most mails in a minute; 0 sets no limit.
        test_to: Where the test sends a mail; "" sends none.
        oauth: How tokens are got; None signs in with the password.
    """

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    sender: Mailbox
    sender_name: str = ""
    reply_to: Mailbox | None = None
    authority: str = ""
    per_minute: int = 0
    test_to: str = ""
    oauth: OAuth | None = None

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """The account that was set up as a service.

        Raises:
            InvalidInputError: The sender's or the reply address is none.
        """

        def said(name: str) -> str:
            return str(values.get(name) or "").strip()

        security = Security(said("security") or Security.STARTTLS)
        return cls(
            host=said("host"),
            port=int(said("port") or USUAL_PORTS[security]),
            security=security,
            user=said("user"),
            password=str(values.get("password") or ""),
            sender=mailbox_of(said("sender")),
            sender_name=said("sender_name"),
            reply_to=mailbox_of(said("reply_to")) if said("reply_to") else None,
            authority=said("authority"),
            per_minute=int(said("per_minute") or 0),
            test_to=said("test_to"),
            oauth=OAuth(
                said("token_url"),
                said("client_id"),
                str(values.get("client_secret") or ""),
                str(values.get("refresh_token") or ""),
            )
            if said("token_url")
            else None,
        )

    @property
    def place(self) -> str:
        """The server as people name it."""
        return f"{self.host}:{self.port}"
