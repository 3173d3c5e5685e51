"""Sign-in by OpenID Connect: by a code with PKCE in the browser, or with another device."""

import hashlib
import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import Answer
from eventdesk.integrations.oidc.id_token import Wanted, claims_of
from eventdesk.integrations.oidc.identity import DeviceCode, Identity, Trip
from eventdesk.integrations.oidc.known import ask, discovered, is_safe

SCOPES: Final = "openid email profile"
DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
MOST_GROUPS: Final = 1000
REFUSALS: Final = (400, 401, 403)
"""Statuses with which an answer says by a word what is wrong (RFC 6749, 5.2)."""


def challenge(verifier: str) -> str:
    """What is told of the verifier at first (RFC 7636, 4.2)."""
    hashed = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(hashed).decode().rstrip("=")


class OpenId:
    """A provider that speaks OpenID Connect.

    Args:
        issuer: As it writes itself.
        client_id: What it calls this house.
        client_secret: "" where it gave none.
        scopes: Asked for beside the usual ones.
        groups_claim: Where it names the groups of a person.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str = "",
        *,
        scopes: str = "",
        groups_claim: str = "groups",
    ) -> None:
        self._issuer, self._client_id, self._secret = issuer, client_id, client_secret
        self._scope = f"{SCOPES} {scopes}".strip()
        self._groups_claim = groups_claim

    def address(self, trip: Trip) -> str:
        """Where the browser is led (OpenID Connect Core, 3.1.2.1)."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": trip.back,
            "scope": self._scope,
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": challenge(trip.verifier),
            "code_challenge_method": "S256",
        }
        there = discovered(self._issuer).authorization
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"

    def came_from(self, issuer: str) -> bool:
        """Whether an answer that names its issuer, or names none, may be this one's (RFC 9207)."""
        return issuer == self._issuer or not (issuer or discovered(self._issuer).says_issuer)

    def identity(self, code: str, trip: Trip, *, now: datetime) -> Identity:
        """Who came back with a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": trip.back,
            "code_verifier": trip.verifier,
        }
        given = self._asked_for_token(form)
        if "error" in given:
            raise refused_word(given)
        return self._identity(given, nonce=trip.nonce, now=now)

    def device_code(self) -> DeviceCode:
        """Begin a sign-in without a browser."""
        there = discovered(self._issuer).device
        if not there:
            raise ServiceRefusedError(
                msg("This provider knows no sign-in with another device."),
                hint=msg("Sign in with a browser at the address of this house."),
            )
        form = {"client_id": self._client_id, "scope": self._scope}
        headers, more = self._proof()
        given = ask("POST", there, form=form | more, headers=headers, also=REFUSALS).members()
        return read_device_code(given)

    def by_device(self, code: str, *, now: datetime) -> Identity | None:
        """Who signed in with another device; None while nobody has."""
        given = self._asked_for_token({"grant_type": DEVICE_GRANT, "device_code": code})
        if given.get("error") in ("authorization_pending", "slow_down"):
            return None
        if "error" in given:
            raise refused_word(given)
        return self._identity(given, nonce=None, now=now)

    def _asked_for_token(self, form: Mapping[str, str]) -> dict[str, Any]:
        headers, more = self._proof()
        there = discovered(self._issuer).token
        full = {**form, "client_id": self._client_id, **more}
        return members(ask("POST", there, form=full, headers=headers, also=REFUSALS))

    def _proof(self) -> tuple[dict[str, str], dict[str, str]]:
        """How this house proves who it is: headers and fields (RFC 6749, 2.3.1)."""
        if not self._secret:
            return {}, {}
        if discovered(self._issuer).posts_secret:
            return {}, {"client_secret": self._secret}
        both = f"{quote_plus(self._client_id)}:{quote_plus(self._secret)}"
        return {"Authorization": f"Basic {b64encode(both.encode()).decode()}"}, {}

    def _identity(self, given: Mapping[str, Any], *, nonce: str | None, now: datetime) -> Identity:
        token = given.get("id_token")
        if not isinstance(token, str):
            raise ServiceRefusedError(
                msg("The provider gave no ID token."),
                hint=msg("It may speak OAuth2 alone, or not allow the scope openid here."),
            )
        there = discovered(self._issuer)
        claims = claims_of(token, Wanted(there, self._client_id, nonce, now))
        more = self._told(given, claims["sub"])
        told = {**more, **claims}
        # Whether an address was made sure of is said by who told the address.
        mail = claims if "email" in claims else more
        return Identity(
            issuer=there.issuer,
            subject=claims["sub"],
            email=text_of(mail.get("email")),
            is_verified=_is_yes(mail.get("email_verified")),
            name=text_of(told.get("name")) or text_of(told.get("preferred_username")),
            groups=_groups(told.get(self._groups_claim)),
        )

    def _told(self, given: Mapping[str, Any], subject: str) -> dict[str, Any]:
        """What the provider tells beside the token, about the same person."""
        there, access = discovered(self._issuer).userinfo, given.get("access_token")
        if not there or not isinstance(access, str):
            return {}
        told = ask("GET", there, headers={"Authorization": f"Bearer {access}"}).members()
        if not hmac.compare_digest(str(told.get("sub", "")).encode(), subject.encode()):
            raise ServiceRefusedError(
                msg("The provider tells of somebody else than its ID token."),
                hint=msg("Begin the sign-in again; if it comes again, ask an administrator."),
            )
        return told


def members(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object; a refusal without a word stays a refusal.

    Raises:
        ServiceSilentError: It makes no sense.
        ServiceRefusedError: It refuses without a word.
    """
    try:
        found = answer.members()
    except ServiceSilentError:
        if answer.status < 300:
            raise
        found = {}
    if answer.status >= 300 and "error" not in found:
        raise refused_word({"error": str(answer.status)})
    return found


def refused_word(given: Mapping[str, Any]) -> ServiceRefusedError:
    """What a provider's word for a refusal means (RFC 6749, 5.2; RFC 8628, 3.5)."""
    word = plain(str(given.get("error", "")), limit=60)
    known = {
        "access_denied": (msg("The sign-in was given up."), msg("Begin again.")),
        "expired_token": (msg("The code is over."), msg("Begin again.")),
        "invalid_grant": (msg("The provider does not take this sign-in."), msg("Begin again.")),
        "invalid_client": (
            msg("The provider does not know this house, or the secret is wrong."),
            msg("An admin looks at client id and secret under Services."),
        ),
        "unauthorized_client": (
            msg("The provider does not allow this house to sign people in so."),
            msg("An admin allows it at the provider: authorization code, or device flow."),
        ),
    }
    said = msg("The provider refuses the sign-in ({word}).", word=word)
    problem, hint = known.get(word, (said, msg("Ask an administrator.")))
    return ServiceRefusedError(problem, hint=hint)


def read_device_code(given: Mapping[str, Any]) -> DeviceCode:
    """What a provider gave to be typed with another device (RFC 8628, 3.2).

    Raises:
        ServiceRefusedError: It gave nothing of use.
    """
    if "error" in given:
        raise refused_word(given)
    code, typed = text_of(given.get("device_code")), text_of(given.get("user_code"))
    address = text_of(given.get("verification_uri")) or text_of(given.get("verification_url"))
    if not (code and typed and is_safe(address)):
        raise ServiceRefusedError(
            msg("The provider's sign-in with another device makes no sense."),
            hint=msg("Sign in with a browser at the address of this house."),
        )
    complete = text_of(given.get("verification_uri_complete"))
    return DeviceCode(
        code,
        plain(typed, limit=40),
        plain(address, limit=300),
        plain(complete if is_safe(complete) else address, limit=300),
        _seconds(given.get("expires_in"), 600, most=1800),
        _seconds(given.get("interval"), 5, most=60),
    )


def text_of(value: object) -> str:
    """A claim that is a line of text; "" for anything else."""
    return value.strip()[:1000] if isinstance(value, str) else ""


def _is_yes(value: object) -> bool:
    """Whether a claim is true; some providers write it as text."""
    return value is True or value == "true"


def _seconds(value: object, usual: int, *, most: int) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return max(1, min(int(str(value)), most)) if is_number else usual


def _groups(value: object) -> tuple[str, ...]:
    named = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(each for each in named if isinstance(each, str))[:MOST_GROUPS]
