"""The mail server of the house, as it is set up."""

from collections.abc import Mapping
from typing import Any, Final

from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, NUMBER, ONE, PAGE, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.mail.account import Security
from eventdesk.integrations.mail.addresses import mailbox_of
from eventdesk.integrations.service import ServiceKind

MAX_PORT: Final = 65_535
MAX_HOST: Final = 253
MIN_NOTICE_SECRET: Final = 16


def _address(text: str) -> str:
    """Take an address of mail.

    Raises:
        InvalidInputError: It is none.
    """
    typed = text.strip()
    mailbox_of(typed)
    return typed


def _address_or_none(text: str) -> str:
    return _address(text) if text.strip() else ""


def _host(text: str) -> str:
    """Take the name of a server.

    Raises:
        InvalidInputError: It is empty, or an address with more than a name.
    """
    typed = typed_text.line(text, msg("The mail server"), most=MAX_HOST, needed=True)
    if "/" in typed or "@" in typed or " " in typed:
        raise InvalidInputError(
            msg("The mail server is a name without anything around it."),
            hint=msg("Such as smtp.example.org."),
        )
    return typed


def _host_or_none(text: str) -> str:
    return _host(text) if text.strip() else ""


def _notice_secret(text: str) -> str:
    """Take the secret that a provider proves itself by.

    Raises:
        InvalidInputError: It could be guessed.
    """
    typed = text.strip()
    if typed and len(typed) < MIN_NOTICE_SECRET:
        raise InvalidInputError(
            msg("The secret of notices is too short."),
            hint=msg("Take at least {least} letters.", least=MIN_NOTICE_SECRET),
        )
    return typed


def _pages(text: str) -> str:
    return typed_text.link(text, msg("The address of the pages"))


def _token_url(text: str) -> str:
    return typed_text.link(text, msg("The token address"))


_SECURITY: Final[Mapping[Any, Any]] = {
    Security.STARTTLS.value: "STARTTLS (587)",
    Security.TLS.value: "TLS (465)",
    Security.NONE.value: msg("none (25)"),
}

_BOX_SECURITY: Final[Mapping[Any, Any]] = {
    Security.TLS.value: "TLS (993)",
    Security.STARTTLS.value: "STARTTLS (143)",
    Security.NONE.value: msg("none (143)"),
}

MAIL: Final = ServiceKind(
    name="mail",
    title=msg("Mail"),
    what=msg("Sends tickets, confirmations, reminders and announcements by mail."),
    fields=(
        Field(
            "host", LINE, "Mail server", "Name of the mail server (SMTP).", needed=True, check=_host
        ),
        Field(
            "security",
            ONE,
            "Encryption",
            "How the line is kept private: starttls, tls or none.",
            "How the line is kept private.",
            choices=_SECURITY,
            empty=Security.STARTTLS.value,
        ),
        Field(
            "port",
            NUMBER,
            "Port",
            "Port of the mail server; the usual one of the encryption, where it is left out.",
            least=1,
            most=MAX_PORT,
        ),
        Field("user", LINE, "User", "Who signs in; empty where the server asks nobody."),
        Field("password", LINE, "Password", "Password of that user.", secret=True),
        Field(
            "sender",
            LINE,
            "From address",
            "Address that mails come from.",
            needed=True,
            check=_address,
        ),
        Field("sender_name", LINE, "From name", "Name beside that address."),
        Field(
            "reply_to",
            LINE,
            "Answers to",
            "Address that answers go to; the sender's, where it is left out.",
            check=_address_or_none,
        ),
        Field(
            "pages",
            LINE,
            "Address of the pages",
            "Where guests open the pages of this house; left out, the address of its server.",
            hint="Such as https://desk.example.org; links in mails lead there.",
            check=_pages,
        ),
        Field(
            "per_minute",
            NUMBER,
            "Mails a minute",
            "Most mails in a minute; 0 sets no limit.",
            most=100_000,
            empty=0,
        ),
        Field(
            "test_to",
            LINE,
            "Test mails to",
            "Address that the test sends a mail to; empty sends none.",
            check=_address_or_none,
        ),
        Field(
            "authority",
            PAGE,
            "Own authority",
            "Certificates (PEM) that are trusted besides those known to everybody.",
        ),
        Field(
            "token_url",
            LINE,
            "OAuth2: token address",
            "Only instead of a password: where the provider gives tokens.",
            what="The token address",
            check=_token_url,
        ),
        Field(
            "client_id",
            LINE,
            "OAuth2: client",
            "Only instead of a password: what the provider calls this program.",
            what="The client",
        ),
        Field(
            "client_secret",
            LINE,
            "OAuth2: client secret",
            "Only instead of a password: what the provider gave this program.",
            what="The client secret",
            secret=True,
        ),
        Field(
            "refresh_token",
            LINE,
            "OAuth2: refresh token",
            "Only instead of a password: what the provider gave when sending was permitted.",
            what="The refresh token",
            most=4000,
            secret=True,
        ),
        Field(
            "bounce_host",
            LINE,
            "Mailbox of bounces",
            "Server (IMAP) of the mailbox that reports of mails come to that did not arrive.",
            hint="Usually the mailbox of the From address; empty reads none.",
            check=_host_or_none,
        ),
        Field(
            "bounce_security",
            ONE,
            "Mailbox: encryption",
            "How the line to the mailbox is kept private: tls, starttls or none.",
            "How the line to the mailbox is kept private.",
            choices=_BOX_SECURITY,
            empty=Security.TLS.value,
        ),
        Field(
            "bounce_port",
            NUMBER,
            "Mailbox: port",
            "Port of the mailbox; the usual one of the encryption, where it is left out.",
            least=1,
            most=MAX_PORT,
        ),
        Field(
            "bounce_user",
            LINE,
            "Mailbox: user",
            "Who signs in there; whoever sends, where it is left out.",
        ),
        Field(
            "bounce_password",
            LINE,
            "Mailbox: password",
            "Password of that user; that of sending, where it is left out.",
            secret=True,
        ),
        Field("bounce_folder", LINE, "Mailbox: folder", "Folder that they lie in.", empty="INBOX"),
        Field(
            "notice_secret",
            LINE,
            "Secret of notices",
            "With it a provider tells of bounces at /notices/mail; empty hears nobody.",
            hint="At least 16 letters that nobody can guess.",
            secret=True,
            check=_notice_secret,
        ),
    ),
    probe="eventdesk.integrations.mail.probe:probe",
    needs="jinja2",
    extra="mail",
    deliveries=("mail", "link", "bulk_mail"),
)
