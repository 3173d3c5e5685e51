"""A service account at Google: its key file read, and access tokens got by it.

By Google's “Using OAuth 2.0 for Server to Server Applications” and RFC 7523: a short claim, signed
with the account's key, is given for a token that holds an hour.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import ServiceError, ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import Answer, Caller, error_of

TOKEN_URI: Final = "https://oauth2.googleapis.com/token"
"""Where a key file says that tokens are given; nothing is sent anywhere else."""

TOKENS_AT = "https://oauth2.googleapis.com"

TIMEOUT_S = 20.0
"""How long Google may take over a token."""

GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"

HOLDS: Final = timedelta(hours=1)
SPARE_S: Final = 120
"""So much earlier than Google says a token counts as over."""

TOLERANCE: Final = timedelta(minutes=1)
"""Clocks further apart than this are told of where a claim is refused."""


@dataclass(frozen=True, slots=True)
class Account:
    """A service account.

    Attributes:
        email: Its address, by which Google's services know it.
        key_id: What Google calls its key.
    """

    email: str
    key_id: str
    key: RSAKey = field(repr=False)


def account_of(text: str) -> Account:
    """Read the JSON file of a service account.

    Raises:
        ServiceRefusedError: It is none; the message says what is wrong with it.
    """
    file = _file(text)
    for name in ("client_email", "private_key"):
        if not isinstance(file.get(name), str) or not file[name]:
            raise _wrong(
                msg("The key file lacks {name!r}.", name=name), msg("Paste the whole file.")
            )
    if file.get("token_uri", TOKEN_URI) != TOKEN_URI:
        raise _wrong(
            msg("The key file does not lead to Google."),
            msg("Its token_uri has to be {address}.", address=TOKEN_URI),
        )
    try:
        key = RSAKey.import_key(file["private_key"])
        is_private = key.is_private
    except (ValueError, TypeError, JoseError) as error:
        raise _wrong(
            msg("The private key in the key file cannot be read."),
            msg("Paste the whole file again, or have Google make another key."),
        ) from error
    if not is_private:
        raise _wrong(
            msg("The private key in the key file cannot be read."),
            msg("Paste the whole file again, or have Google make another key."),
        )
    return Account(file["client_email"], str(file.get("private_key_id") or ""), key)


def _file(text: str) -> dict[str, Any]:
    try:
        file = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(
            msg("The key file is no JSON."),
            msg("Paste the whole file, from the first brace to the last."),
        ) from error
    if not isinstance(file, dict):
        raise _wrong(msg("The key is not that of a service account."), _MAKE_ONE)
    if "installed" in file or "web" in file:
        raise _wrong(
            msg("This is the file of an OAuth client, not that of a service account."), _MAKE_ONE
        )
    if file.get("type") != "service_account":
        raise _wrong(msg("The key is not that of a service account."), _MAKE_ONE)
    return file


def _wrong(message: Message, hint: Message) -> ServiceRefusedError:
    return ServiceRefusedError(message, hint=hint)


_MAKE_ONE: Final = msg(
    "Google Cloud, IAM, Service accounts, Keys: add a key of the type JSON; paste the file."
)


class Tokens:
    """Access tokens of this process, by account, key and scope; threads share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], tuple[str, float]] = {}

    def token(self, account: Account, scope: str) -> str:
        """A token that holds a while longer, got anew where there is none.

        Args:
            account: Whose.
            scope: What it lets do, as Google calls it.

        Raises:
            ServiceSilentError: Google does not answer, or wants to be asked later.
            ServiceRefusedError: It does not take the key; the message says why.
        """
        with self._lock:
            known, until_s = self._known.get(_of(account, scope), ("", 0.0))
        if time.monotonic() < until_s:
            return known
        token, holds_s = _exchanged(account, scope)
        with self._lock:
            self._known[_of(account, scope)] = token, time.monotonic() + holds_s - SPARE_S
        return token

    def forget(self, account: Account, scope: str) -> None:
        """Forget a token that Google does not take any more."""
        with self._lock:
            self._known.pop(_of(account, scope), None)


TOKENS: Final = Tokens()


def _of(account: Account, scope: str) -> tuple[str, ...]:
    return account.email, account.key_id, account.key.thumbprint(), scope


def _exchanged(account: Account, scope: str) -> tuple[str, float]:
    """A new token, and for how many seconds it holds.

    Where the clock here is wrong and Google says so, it is asked again by Google's clock.
    """
    with Caller(TOKENS_AT, service="Google", timeout_s=TIMEOUT_S) as caller:
        answer = _asked(caller, account, scope, utc_now())
        apart = answer.clock_ahead() or timedelta(0)
        if answer.status == 400 and abs(apart) > TOLERANCE:
            answer = _asked(caller, account, scope, utc_now() + apart)
    if answer.status != 200:
        raise _refused(answer, account)
    said = answer.members()
    token, holds = said.get("access_token"), said.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(holds, int):
        raise ServiceSilentError(msg("The answer of {service} makes no sense.", service="Google"))
    return token, float(holds)


def _asked(caller: Caller, account: Account, scope: str, now: datetime) -> Answer:
    issued = int(now.timestamp())
    claims = {
        "iss": account.email,
        "scope": scope,
        "aud": TOKEN_URI,
        "iat": issued,
        "exp": issued + int(HOLDS.total_seconds()),
    }
    header = {"alg": "RS256", "typ": "JWT", **({"kid": account.key_id} if account.key_id else {})}
    claim = jwt.encode(header, claims, account.key)
    form = {"grant_type": GRANT, "assertion": claim}
    return caller.call("POST", "/token", form=form, also=(400, 401, 403))


def _refused(answer: Answer, account: Account) -> ServiceError:
    """Why Google gives no token, in words that say what to do."""
    said = _members(answer)
    error, words = str(said.get("error") or ""), str(said.get("error_description") or "")
    if "account not found" in words or error == "deleted_client":
        return ServiceRefusedError(
            msg("Google knows no service account {email}.", email=plain(account.email)),
            hint=msg("It was deleted. Make another one, and give it the same rights."),
        )
    if error == "disabled_client":
        return ServiceRefusedError(
            msg("The service account {email} is switched off.", email=plain(account.email)),
            hint=msg("Switch it on in Google Cloud under IAM, Service accounts."),
        )
    if "Signature" in words or "signature" in words:
        return ServiceRefusedError(
            msg("Google does not take the key of {email} any more.", email=plain(account.email)),
            hint=msg("It was deleted there. Have Google make another key and enter its file."),
        )
    if "reasonable timeframe" in words or "short-lived" in words:
        return ServiceRefusedError(
            msg("Google refuses the key because the clock of this machine is wrong."),
            hint=msg("Set the clock. It goes on by itself then."),
        )
    return error_of(answer)


def _members(answer: Answer) -> Mapping[str, object]:
    try:
        return answer.members()
    except ServiceSilentError:
        return {}
