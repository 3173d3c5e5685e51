"""Address of the house's pages: where people find them, and where each link of ours leads."""

from typing import Final
from urllib.parse import urlsplit

from data.rows import put_setting, setting
from eventdesk.acts import Act, reads, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.serving import where_served

_KEY: Final = "pages_address"


@writes(internal=True)
def keep_pages_address(act: Act, url: str) -> str:
    """Keep where people find the pages of this house; "" leaves it to the server's own address.

    Raises:
        InvalidInputError: It is no address of a web server.
    """
    kept = typed_text.link(url, msg("The address of the pages")).rstrip("/")
    parts = urlsplit(kept)
    if parts.path or parts.query or parts.fragment or parts.username:
        raise InvalidInputError(
            msg("The address of the pages ends with the name, and a port where it has one."),
            hint=msg("Such as https://desk.example.org or https://desk.example.org:8440."),
        )
    if (setting(act.connection, _KEY) or "") != kept:
        put_setting(act.connection, _KEY, kept)
        act.record("pages_address", ("store", None), address=kept)
    return kept


@reads(internal=True)
def kept_pages_address(act: Act) -> str:
    """Say what was kept as the address of the pages; "" leaves it to the server's own."""
    return setting(act.connection, _KEY) or ""


@reads(internal=True)
def pages_address(act: Act, *, typed: str = "") -> str:
    """Say where people find the pages of this house; "" where nobody said so and none serves them.

    Each link of ours begins with it, in mails and on papers.

    Args:
        typed: What a service has of its own, such as that of mails: it goes before all others.
    """
    kept = typed.rstrip("/") or setting(act.connection, _KEY)
    if kept:
        return kept
    there = where_served(act.store.home)
    return there.urls[0] if there is not None and there.serves_others else ""
