"""Access tokens for mail servers that sign programs in by OAuth 2.0 (RFC 6749, section 6)."""

import threading
import time
from typing import Final
from urllib.parse import urlsplit

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import Caller
from eventdesk.integrations.mail.account import MailAccount, OAuth

EARLY_S: Final = 60.0
"""A token that ends so soon is asked for anew."""

USUAL_S: Final = 300.0
"""How long one holds that does not say so."""

MAX_TOKEN: Final = 8_000

_lock = threading.Lock()
_kept: dict[OAuth, tuple[str, float]] = {}


def access_token(account: MailAccount, way: OAuth) -> str:
    """The token that signs in now; one that was got before is used for as long as it holds.

    Raises:
        ServiceSilentError: The provider does not answer.
        ServiceRefusedError: It gives none: the permission was withdrawn, or a value is wrong.
    """
    with _lock:
        token, until_s = _kept.get(way, ("", 0.0))
        if time.monotonic() < until_s:
            return token
    token, lasts_s = _asked(account, way)
    with _lock:
        _kept[way] = token, time.monotonic() + lasts_s - EARLY_S
    return token


def forget_token(way: OAuth) -> None:
    """Ask for another one next time: the mail server did not take it."""
    with _lock:
        _kept.pop(way, None)


def _asked(account: MailAccount, way: OAuth) -> tuple[str, float]:
    parts = urlsplit(way.token_url)
    form = {
        "grant_type": "refresh_token",
        "refresh_token": way.refresh_token,
        "client_id": way.client_id,
        "client_secret": way.client_secret,
    }
    with Caller(f"{parts.scheme}://{parts.netloc}") as caller:
        said = caller.call("POST", parts.path or "/", form=form, also=(400, 401)).members()
    token, lasts = said.get("access_token"), said.get("expires_in")
    if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= MAX_TOKEN:
        why = plain(str(said.get("error_description") or said.get("error") or "-"), limit=160)
        raise ServiceRefusedError(
            msg(
                "{host} gives no token for {user}: {why}",
                host=parts.netloc,
                user=account.user,
                why=why,
            ),
            hint=msg("Permit it again at the provider, and set the new refresh token."),
        )
    return token, float(lasts) if isinstance(lasts, int | float) else USUAL_S
