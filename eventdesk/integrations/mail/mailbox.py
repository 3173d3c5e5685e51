"""The mailbox that bounces come to, read by IMAP (RFC 3501); nothing in it is changed."""

import imaplib
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.mail.account import Security
from eventdesk.integrations.mail.bounces import MAX_REPORT
from eventdesk.integrations.mail.line import is_here

TIMEOUT_S: Final = 20.0
LOOK_S: Final = 60.0
"""Longest look into a mailbox, whatever its server does."""

AT_ONCE: Final = 50
"""Most mails read in one look; the next one goes on behind them."""

LOOKED_BACK: Final = 200
"""How many mails are looked at that lay there before the first look."""

MAX_HEARD: Final = AT_ONCE * MAX_REPORT + 1024 * 1024
"""Bytes of all that a server may say in one look."""

USUAL_PORTS: Final[Mapping[Security, int]] = {
    Security.STARTTLS: 143,
    Security.TLS: 993,
    Security.NONE: 143,
}


@dataclass(frozen=True, slots=True)
class BounceBox:
    """Where bounces come to."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    authority: str = ""

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self | None:
        """The mailbox that was set up with the mail service; None where none is."""

        def said(name: str) -> str:
            return str(values.get(name) or "").strip()

        if not said("bounce_host"):
            return None
        security = Security(said("bounce_security") or Security.TLS)
        own = bool(said("bounce_user"))
        return cls(
            host=said("bounce_host"),
            port=int(said("bounce_port") or USUAL_PORTS[security]),
            security=security,
            user=said("bounce_user" if own else "user"),
            password=str(values.get("bounce_password") or values.get("password") or ""),
            folder=said("bounce_folder") or "INBOX",
            authority=said("authority"),
        )

    @property
    def place(self) -> str:
        """The server as people name it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Look:
    """What lay behind a mark in a mailbox.

    Attributes:
        mails: The beginning of each mail, in order.
        mark: Where the next look begins.
        is_all: Whether nothing is left behind it.
    """

    mails: tuple[bytes, ...]
    mark: str
    is_all: bool


def look_into(box: BounceBox, mark: str = "", *, timeout_s: float = TIMEOUT_S) -> Look:
    """Read the mails that came since the last look.

    Args:
        box: The mailbox.
        mark: What the last look gave; "" is the first one.
        timeout_s: Longest wait for the server at each step.

    Raises:
        ServiceSilentError: The server does not answer, or nothing that makes sense.
        ServiceRefusedError: It does not let us in, or there is no such folder.
    """
    try:
        with _Line(box, timeout_s) as line:
            return line.look(mark)
    except ssl.SSLCertVerificationError as error:
        raise ServiceRefusedError(
            msg(
                "The certificate of {place} is not trusted: {why}",
                place=box.place,
                why=plain(error.verify_message),
            )
        ) from error
    except (OSError, imaplib.IMAP4.error, ValueError, LookupError, TypeError) as error:
        raise _silent(box, error) from error


class _Line:
    """A connection to a mailbox's server, for one look."""

    def __init__(self, box: BounceBox, timeout_s: float) -> None:
        self._box = box
        self._imap = self._connected(timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._imap.shutdown()

    def look(self, mark: str) -> Look:
        """Sign in and read what lies behind a mark."""
        self._sign_in()
        validity, following = self._select()
        begin = _behind(mark, validity, following)
        uids = sorted(each for each in self._uids(begin) if begin <= each)
        read = uids[:AT_ONCE]
        mails = tuple(self._mail(each) for each in read)
        last = read[-1] if read else max(begin, following) - 1
        return Look(mails, f"{validity}/{last}", len(read) == len(uids))

    def _connected(self, timeout_s: float) -> "_Imap":
        box = self._box
        if box.security is Security.TLS:
            return _ImapOverTls(
                box.host, box.port, ssl_context=_trust(box.authority), timeout=timeout_s
            )
        imap = _Imap(box.host, box.port, timeout=timeout_s)
        try:
            if box.security is Security.STARTTLS:
                imap.starttls(_trust(box.authority))
        except BaseException:
            imap.shutdown()
            raise
        return imap

    def _sign_in(self) -> None:
        box = self._box
        if box.security is Security.NONE and not is_here(box.host):
            raise ServiceRefusedError(
                msg("The password would go over the network unprotected."),
                hint=msg("Choose STARTTLS or TLS."),
            )
        _need_plain(box.password)
        try:
            self._imap.login(_quoted(box.user), box.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise ServiceRefusedError(
                msg("The mailbox of bounces refused user or password: {said}", said=_words(error)),
                hint=msg("Many providers want a password made for programs (app password)."),
            ) from error

    def _select(self) -> tuple[int, int]:
        """Open the folder to read: which numbers hold in it, and the next one."""
        answer, _said = self._imap.select(_quoted(self._box.folder), readonly=True)
        if answer != "OK":
            raise ServiceRefusedError(
                msg("There is no folder {folder!r} in the mailbox.", folder=self._box.folder),
                hint=msg("Usually it is INBOX."),
            )
        return self._number("UIDVALIDITY"), self._number("UIDNEXT")

    def _number(self, name: str) -> int:
        _name, said = self._imap.response(name)
        return int(said[-1])

    def _uids(self, begin: int) -> list[int]:
        _answer, said = self._imap.uid("SEARCH", f"UID {begin}:*")
        return [int(each) for line in said if line for each in line.split()]

    def _mail(self, uid: int) -> bytes:
        """The beginning of a mail; empty where it is gone meanwhile."""
        _answer, said = self._imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_REPORT}>)")
        found = next((each[1] for each in said if isinstance(each, tuple)), b"")
        return bytes(found)[:MAX_REPORT]


class _Imap(imaplib.IMAP4):
    """IMAP whose server may only say so much, for so long."""

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Connect, and begin to count."""
        self._left = MAX_HEARD
        super().open(host, port, timeout)
        self._end = threading.Timer(LOOK_S, self._hang_up)
        self._end.daemon = True
        self._end.start()

    def read(self, size: int) -> bytes:
        """Read so many bytes that the server announced."""
        return self._heard(super().read(min(size, self._left + 1)))

    def readline(self) -> bytes:
        """Read a line."""
        return self._heard(super().readline())

    def shutdown(self) -> None:
        """Hang up; nobody waits for a good-bye."""
        self._end.cancel()
        super().shutdown()

    def _heard(self, said: bytes) -> bytes:
        self._left -= len(said)
        if self._left < 0:
            raise self.abort("too much at once")
        return said

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _ImapOverTls(_Imap, imaplib.IMAP4_SSL):  # type: ignore[misc]  # differ in usual values only
    """IMAP over TLS."""


def _behind(mark: str, validity: int, following: int) -> int:
    """The first number to read; where the numbers of the mailbox are others, as at first."""
    known, _, last = mark.partition("/")
    if known == str(validity) and last.isdecimal():
        return int(last) + 1
    return max(1, following - LOOKED_BACK)


def _quoted(text: str) -> str:
    """A string as IMAP quotes it.

    Raises:
        ServiceRefusedError: It holds what no quoted string may.
    """
    _need_plain(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _need_plain(text: str) -> None:
    if not text.isascii() or not text.isprintable():
        raise ServiceRefusedError(
            msg("User, password or folder hold letters that mailboxes do not take.")
        )


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return plain(
        said.decode(errors="replace") if isinstance(said, bytes) else str(error), limit=160
    )


def _trust(authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cadata=authority)
    return context


def _silent(box: BounceBox, error: Exception) -> ServiceSilentError:
    if isinstance(error, socket.gaierror):
        return ServiceSilentError(msg("No machine is called {host}.", host=box.host))
    if isinstance(error, ConnectionRefusedError):
        return ServiceSilentError(
            msg("Nothing answers at {place}.", place=box.place),
            hint=msg("Usual ports of mailboxes: 993 with TLS, 143 with STARTTLS."),
        )
    if isinstance(error, TimeoutError):
        return ServiceSilentError(msg("{place} does not answer in time.", place=box.place))
    why = _words(error) or type(error).__name__
    return ServiceSilentError(msg("The line to {place} broke: {why}", place=box.place, why=why))
