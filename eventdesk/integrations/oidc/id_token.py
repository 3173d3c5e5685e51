"""The ID token: what a provider signs about somebody (OpenID Connect Core 1.0, section 3.1.3.7)."""

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import Message, msg
from eventdesk.integrations.oidc.known import Discovered, keys_of

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Signatures by a key of the provider's own. Never `none`; never HS…, where a public key that
everybody can read would be the secret."""

LEEWAY_S: Final = 60
CLOCKS_S: Final = 300
"""A token has just been made when it comes; more than this and a clock is wrong."""

LONGEST: Final = 64_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a token has to say.

    Attributes:
        nonce: That of the trip; None where there is none, as for another device.
    """

    provider: Discovered
    client_id: str
    nonce: str | None
    now: datetime


def claims_of(token: str, wanted: Wanted) -> dict[str, Any]:
    """What a token says, once all of it was checked.

    Raises:
        ServiceRefusedError: It proves nothing.
        ServiceSilentError: The provider's keys cannot be had.
    """
    claims = _signed(token, wanted.provider)
    _check(claims, wanted)
    return claims


def _signed(token: str, provider: Discovered) -> dict[str, Any]:
    """What a token says, if the provider signed it."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise _refused(msg("It is signed in a way that proves nothing."))
    found = keys_of(provider.keys, needs=kid if isinstance(kid, str) else "")
    for each in _candidates(found, kid):
        try:
            known: dict[str, Any] = dict(each)
            key: Any = import_key(known)
            claims = jwt.decode(token, key, algorithms=[str(algorithm)]).claims
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        return dict(claims)
    raise _refused(msg("No key of the provider signed it."))


def _header(token: str) -> Mapping[str, object]:
    try:
        first = token[:LONGEST].split(".", maxsplit=1)[0]
        said = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or len(token) > LONGEST:
        raise ServiceSilentError(
            msg("The provider's ID token makes no sense."),
            hint=msg("Something else may answer in its place. Look at its address."),
        )
    return said


def _candidates(keys: Sequence[Mapping[str, object]], kid: object) -> list[Mapping[str, object]]:
    """The keys that may have signed: public ones, and the one that is named where one is."""
    public = [each for each in keys if each.get("kty") != "oct" and each.get("use", "sig") == "sig"]
    return [each for each in public if kid is None or each.get("kid") == kid]


def _check(claims: Mapping[str, Any], wanted: Wanted) -> None:
    """Check what a token says; each sentence is one of the standard's."""
    if claims.get("iss") != wanted.provider.issuer:
        raise _refused(msg("Another provider made it."))
    audience = claims.get("aud")
    readers = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if wanted.client_id not in readers or (len(readers) > 1 and party is None):
        raise _refused(msg("It is for another program."))
    if party is not None and party != wanted.client_id:
        raise _refused(msg("It was made for another program."))
    if not (isinstance(claims.get("sub"), str) and 1 <= len(claims["sub"]) <= 255):
        raise _refused(msg("It names nobody."))
    if wanted.nonce is not None and not _is_same(claims.get("nonce"), wanted.nonce):
        raise _refused(msg("It belongs to another sign-in."))
    _check_times(claims, wanted.now.timestamp())


def _check_times(claims: Mapping[str, Any], now_s: float) -> None:
    made_s, until_s = claims.get("iat"), claims.get("exp")
    if not (_is_number(made_s) and _is_number(until_s)):
        raise _refused(msg("It does not say how long it holds."))
    assert made_s is not None
    assert until_s is not None
    if abs(made_s - now_s) > CLOCKS_S:
        minutes = round(abs(made_s - now_s) / 60)
        raise ServiceRefusedError(
            msg("The provider's clock and ours are {minutes} minutes apart.", minutes=minutes),
            hint=msg("Set the clock of this machine, or ask the provider to set theirs."),
        )
    if until_s + LEEWAY_S <= now_s:
        raise _refused(msg("It holds no more."))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _is_same(said: object, wanted: str) -> bool:
    return isinstance(said, str) and hmac.compare_digest(said.encode(), wanted.encode())


def _refused(why: Message) -> ServiceRefusedError:
    return ServiceRefusedError(
        msg("The provider's ID token is not taken: {why}", why=why),
        hint=msg("Begin the sign-in again; if it comes again, ask an administrator."),
    )
