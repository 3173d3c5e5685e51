"""Addresses of mail, strictly: what a header or a command of SMTP could not hold is none."""

import re
from dataclasses import dataclass
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain

MAX_LOCAL: Final = 64
MAX_DOMAIN: Final = 253
MAX_NAME: Final = 60

# RFC 5321, 4.1.2 (Dot-string), with the letters of RFC 6531; a quoted local part is no address
# that anybody types, and leaves room for signs that a header or a server gives a meaning to.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_OF_HEADERS: Final = str.maketrans(dict.fromkeys('<>@",;:()[]\\', " "))


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address that mail can be sent to.

    Attributes:
        local: What stands before the @.
        domain: What stands behind it, in ASCII (IDNA).
    """

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Whether only servers that know SMTPUTF8 (RFC 6531) can take it."""
        return not self.local.isascii()


def mailbox_of(address: str) -> Mailbox:
    r"""Read an address.

    Raises:
        InvalidInputError: No mail can be sent to it.

    >>> str(mailbox_of("ada@bücher.example"))
    'ada@xn--bcher-kva.example'
    """
    local, at, domain = address.strip().rpartition("@")
    spelled = _in_ascii(domain)
    labels = spelled.split(".")
    sound = (
        at
        and len(local.encode(errors="replace")) <= MAX_LOCAL
        and len(spelled) <= MAX_DOMAIN
        and _LOCAL.fullmatch(local)
        and local.isprintable()
        and all(_LABEL.fullmatch(each) for each in labels)
    )
    if not sound:
        shown = plain(address, limit=60)
        raise InvalidInputError(
            msg("No mail can be sent to {address!r}.", address=shown),
            hint=msg("Such as ada@example.org."),
        )
    return Mailbox(local, spelled)


def name_in_header(name: str) -> str:
    r"""A name as it may stand beside an address: one harmless line without signs of addresses.

    >>> name_in_header("Ada\r\nBcc: <eve@example.org>")
    'Ada Bcc eve example.org'
    """
    return words_in_header(plain(name).translate(_OF_HEADERS), limit=MAX_NAME)


def words_in_header(text: str, *, limit: int) -> str:
    """Words as they may stand in a header: one harmless line that is no encoded word (RFC 2047).

    What looks like one is decoded by whoever reads the header, to anything.
    """
    return plain(plain(text, limit=limit).replace("=?", "= ?"), limit=limit)


def _in_ascii(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
