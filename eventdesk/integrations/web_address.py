"""Addresses of the web as people type them to set a service up."""

from typing import Any, Final
from urllib.parse import urlsplit

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

_HERE: Final = ("127.0.0.1", "::1", "localhost")


def web_address(typed: Any) -> str:
    """Check the address of a site, and trim it.

    Raises:
        InvalidInputError: It is none, or not encrypted; this machine alone is reached without.

    >>> web_address(" https://tickets.example.org/ ")
    'https://tickets.example.org'
    """
    text = str(typed or "").strip().rstrip("/")
    hint = msg("Type it such as https://tickets.example.org")
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.query or parts.fragment or parts.username or not text.isprintable():
        raise InvalidInputError(msg("This is no address of the web."), hint=hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        raise InvalidInputError(msg("The address has to begin with https://."), hint=hint)
    return text
