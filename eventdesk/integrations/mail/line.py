"""A line to a mail server: opened when it is needed, kept for many letters."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Final, Self

from eventdesk.core.errors import ServiceError, ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.mail.account import MailAccount, OAuth, Security
from eventdesk.integrations.mail.addresses import Mailbox
from eventdesk.integrations.mail.letter import Letter, Written, written
from eventdesk.integrations.mail.tokens import access_token, forget_token

TIMEOUT_S: Final = 20.0
MAX_REPLY: Final = 100
"""Most lines of one reply; a server that goes on and on is none."""

CLOSING: Final = 421
TOO_LARGE: Final = 552
GOES_ON: Final = 354


class Answer(Enum):
    """What a server said to one letter."""

    ACCEPTED = "accepted"
    DELAYED = "delayed"
    """Not now (4xx): it may be tried again."""
    REFUSED = "refused"
    """Never (5xx)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A server's answer to one letter, and its words."""

    answer: Answer
    said: Message


class MailLine:
    """A line to a mail server, for one thread.

    Args:
        account: Which server, and as whom.
        timeout_s: Longest wait for the server at each step.
    """

    def __init__(self, account: MailAccount, *, timeout_s: float = TIMEOUT_S) -> None:
        self._account, self._timeout_s = account, timeout_s
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye and hang up; nobody waits for the answer."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(OSError, smtplib.SMTPException, ValueError):
            smtp.putcmd("quit")
        smtp.close()

    def open(self) -> None:
        """Connect, turn to TLS and sign in, unless that is done.

        Raises:
            ServiceSilentError: It does not answer; it may later.
            ServiceRefusedError: It answers and will not: no TLS, a certificate, the log-in.
        """
        if self._smtp is not None:
            return
        with self._heard():
            self._smtp = self._connected()
            self._greet(self._smtp)
            self._sign_in(self._smtp)

    def send(self, letter: Letter) -> Verdict:
        """Hand a letter over.

        Raises:
            InvalidInputError: No mail can be sent to its address.
            ServiceSilentError: The line broke; the server may have it all the same.
            ServiceRefusedError: It takes nothing from us.
        """
        ours = written(letter, self._account, datetime.now(UTC))
        self.open()
        assert self._smtp is not None
        if ours.in_utf8 and not self._smtp.has_extn("smtputf8"):
            said = msg("The mail server cannot write to addresses with such letters.")
            return Verdict(Answer.REFUSED, said)
        with self._heard():
            return self._hand_over(self._smtp, ours)

    def may_send(self) -> None:
        """Ask whether the server takes mail from our sender.

        Raises:
            ServiceError: It does not, or does not answer.
        """
        self.open()
        assert self._smtp is not None
        with self._heard():
            self._from_us(self._smtp, [])
            self._smtp.rset()

    def _hand_over(self, smtp: smtplib.SMTP, ours: Written) -> Verdict:
        to, body = ours.to, ours.message.as_bytes()
        options = [f"size={len(body)}"] if smtp.has_extn("size") else []
        if ours.in_utf8:
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        verdict = self._from_us(smtp, options)
        if verdict is None:
            verdict = _refusal(smtp.rcpt(str(to)), to)
        if verdict is not None:
            smtp.rset()
            return verdict
        try:
            said = smtp.data(body)
        except smtplib.SMTPDataError as error:  # it will not even hear it
            said = error.smtp_code, error.smtp_error  # type: ignore[assignment]  # bytes, too
        return _refusal(said, to) or Verdict(Answer.ACCEPTED, Message(_words(said, to)))

    def _from_us(self, smtp: smtplib.SMTP, options: list[str]) -> Verdict | None:
        """Say who sends; the refusal of this one letter, if it is one.

        Raises:
            ServiceRefusedError: It takes nothing from this sender.
        """
        sender = self._account.sender
        said = smtp.mail(str(sender), options)
        refusal = _refusal(said, sender)
        if refusal is None or refusal.answer is Answer.DELAYED or said[0] == TOO_LARGE:
            return refusal
        smtp.rset()
        raise ServiceRefusedError(
            msg(
                "The mail server takes no mail from {sender}: {said}",
                sender=str(sender),
                said=_words(said),
            ),
            hint=msg("Use an address that belongs to the account."),
        )

    # How the line is opened

    def _connected(self) -> smtplib.SMTP:
        account = self._account
        name = account.sender.domain  # else the library asks the network who we are
        if account.security is not Security.TLS:
            return _Smtp(account.host, account.port, name, self._timeout_s)
        try:
            return _SmtpOverTls(
                account.host, account.port, name, timeout=self._timeout_s, context=self._trust()
            )
        except ssl.SSLCertVerificationError:
            raise
        except ssl.SSLError as error:
            raise ServiceRefusedError(
                msg("{place} does not speak TLS from the start.", place=account.place),
                hint=msg("Choose STARTTLS (usually port 587), or port 465."),
            ) from error

    def _greet(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._account.security is not Security.STARTTLS:
            return
        if not smtp.has_extn("starttls"):
            raise ServiceRefusedError(
                msg("{place} does not offer STARTTLS.", place=self._account.place),
                hint=msg("Choose TLS (usually port 465), or ask the provider for the port."),
            )
        try:
            smtp.starttls(context=self._trust())
        except smtplib.SMTPResponseException as error:
            raise ServiceRefusedError(
                msg(
                    "{place} offers STARTTLS and refuses it: {said}",
                    place=self._account.place,
                    said=_words((error.smtp_code, error.smtp_error)),
                )
            ) from error
        smtp.ehlo()

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        account = self._account
        if not account.user:
            return
        if account.security is Security.NONE and not is_here(account.host):
            raise ServiceRefusedError(
                msg("The password would go over the network unprotected."),
                hint=msg("Choose STARTTLS or TLS, or leave user and password empty."),
            )
        try:
            if account.oauth is not None:
                self._sign_in_by_token(smtp, account.oauth)
            else:
                smtp.login(account.user, account.password)
        except smtplib.SMTPAuthenticationError as error:
            said = error.smtp_code, error.smtp_error
            if error.smtp_code < 500:
                raise ServiceSilentError(
                    msg("The mail server signs nobody in just now: {said}", said=_words(said))
                ) from error
            if account.oauth is not None:
                forget_token(account.oauth)
                raise ServiceRefusedError(
                    msg("The mail server did not take the token: {said}", said=_words(said)),
                    hint=msg("Permit sending (SMTP) at the provider, for this user."),
                ) from error
            raise ServiceRefusedError(
                msg("The mail server refused user or password: {said}", said=_words(said)),
                hint=msg("Many providers want a password made for programs (app password)."),
            ) from error
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise ServiceRefusedError(
                msg("{place} asks nobody to sign in.", place=account.place),
                hint=msg("Leave user and password empty, or choose another port."),
            ) from error
        except UnicodeEncodeError as error:
            raise ServiceRefusedError(
                msg("User or password hold letters that mail servers do not take.")
            ) from error

    def _sign_in_by_token(self, smtp: smtplib.SMTP, way: OAuth) -> None:
        """Sign in by XOAUTH2, as Google and Microsoft document it.

        Raises:
            SMTPException: The server knows no such way, or does not take the token.
        """
        if "XOAUTH2" not in smtp.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError("no XOAUTH2")
        token = access_token(self._account, way)
        said = f"user={self._account.user}\x01auth=Bearer {token}\x01\x01"
        # A challenge says why it was refused; an empty answer ends it.
        smtp.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")

    def _trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._account.authority:
            try:
                context.load_verify_locations(cadata=self._account.authority)
            except (ssl.SSLError, ValueError) as error:
                raise ServiceRefusedError(
                    msg("The certificates of your own authority cannot be read."),
                    hint=msg("Paste them with their lines BEGIN and END CERTIFICATE."),
                ) from error
        return context

    # What goes wrong on the line

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Hang up when anything goes wrong with the line, and say what."""
        try:
            yield
        except ServiceError:
            self.close()
            raise
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise ServiceRefusedError(
                msg(
                    "The certificate of {place} is not trusted: {why}",
                    place=self._account.place,
                    why=plain(error.verify_message),
                ),
                hint=msg(
                    "Is the name of the server right? For an authority of your own, "
                    "paste its certificate."
                ),
            ) from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            self.close()
            raise _silent(self._account, error) from error


class _Bounded:
    """The replies of a server, so many lines at a time."""

    def __init__(self, file: Any) -> None:
        self._file, self.left = file, MAX_REPLY

    def readline(self, size: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError("its reply does not end")
        line: bytes = self._file.readline(size)
        return line

    def close(self) -> None:
        self._file.close()


class _Smtp(smtplib.SMTP):
    """SMTP with bounded replies."""

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply of the server."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        if isinstance(self.file, _Bounded):
            self.file.left = MAX_REPLY
        return super().getreply()


class _SmtpOverTls(smtplib.SMTP_SSL, _Smtp):
    """SMTP over TLS with bounded replies."""


def _refusal(said: tuple[int, bytes], about: Mailbox) -> Verdict | None:
    """What a reply refuses; None where it refuses nothing.

    Raises:
        SMTPServerDisconnected: The server is about to hang up, whatever the letter.
    """
    code = said[0]
    if 200 <= code < 300:
        return None
    if code == CLOSING or code < 0:
        raise smtplib.SMTPServerDisconnected(_words(said, about))
    words = msg("The mail server says: {said}", said=_words(said, about))
    return Verdict(Answer.DELAYED if 400 <= code < 500 else Answer.REFUSED, words)


def _words(said: tuple[int, bytes | str], about: Mailbox | None = None) -> str:
    """A reply in one line, without the address that it repeats."""
    code, reply = said
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    if about is not None:
        text = text.replace(str(about), "…")
    return plain(f"{code} {text}", limit=200)


def _silent(account: MailAccount, error: Exception) -> ServiceSilentError:
    place = account.place
    if isinstance(error, socket.gaierror):
        return ServiceSilentError(
            msg("No machine is called {host}.", host=account.host),
            hint=msg("Check the name of the mail server, and the network."),
        )
    if isinstance(error, ConnectionRefusedError):
        return ServiceSilentError(
            msg("Nothing answers at {place}.", place=place),
            hint=msg("Usual ports: 587 with STARTTLS, 465 with TLS, 25 without."),
        )
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return ServiceSilentError(
            msg("{place} does not answer in time.", place=place),
            hint=msg("Is the port right? One for TLS says nothing to who begins without it."),
        )
    why = plain(str(error), limit=160) or type(error).__name__
    return ServiceSilentError(
        msg("The line to {place} broke: {why}", place=place, why=why),
        hint=msg("It is tried again. Is the port right?"),
    )


def is_here(host: str) -> bool:
    """Whether a host is this machine, so that nobody else hears what is said."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
