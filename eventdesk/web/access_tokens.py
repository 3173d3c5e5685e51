"""Access tokens of apps: JWTs that name a sign-in for ten minutes, signed by a key of the house.

One algorithm, Ed25519 (RFC 8037, by the name of RFC 9864), and every claim is looked at (RFC 8725):
`iss` names the house, `aud` its API, `sub` the sign-in, `exp` is never far. `kid` is the
day for which the key signs. Whether the sign-in still stands, the store alone says.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import extract_compact

from data.store import Store
from eventdesk.core.app_keys import DAY_S, signing_seed
from eventdesk.core.errors import AccessTokenError
from eventdesk.core.keyring import Keyring
from eventdesk.core.messages import msg

LASTS: Final = timedelta(minutes=10)
ALGORITHM: Final = "Ed25519"
TYPE: Final = "at+jwt"
AUDIENCE: Final = "eventdesk-api"
CLOCKS_S: Final = 5
"""How far a clock may have been set back since."""

LONGEST: Final = 1024
"""Characters of an access token; ours have some 350."""

NONSENSE: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What comes of reading something of another shape."""


def access_token(store: Store, session_id: UUID) -> tuple[str, datetime]:
    """Make an access token for a sign-in, and say until when it is taken."""
    made_at = store.clock()
    made_s = int(made_at.timestamp())
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": str(made_s // DAY_S)}
    until_s = made_s + int(LASTS.total_seconds())
    claims = {
        "iss": _issuer(store),
        "aud": AUDIENCE,
        "sub": str(session_id),
        "iat": made_s,
        "exp": until_s,
    }
    token = jwt.encode(
        header, claims, _signing(store.keys, made_s // DAY_S), algorithms=[ALGORITHM]
    )
    return token, datetime.fromtimestamp(until_s, tz=made_at.tzinfo)


def session_of(store: Store, token: str) -> UUID:
    """The sign-in that an access token names.

    Raises:
        AccessTokenError: This house did not sign it, it is for something else, or it has expired.
    """
    now_s = store.clock().timestamp()
    try:
        if len(token) > LONGEST:
            raise ValueError("too long")
        day = _day(extract_compact(token.encode()).headers())
        claims = jwt.decode(token, _signing(store.keys, day), algorithms=[ALGORITHM]).claims
        made_s, until_s = _times(claims)
        if (claims.get("iss"), claims.get("aud")) != (_issuer(store), AUDIENCE):
            raise ValueError("for something else")
        if made_s // DAY_S != day or until_s - made_s > LASTS.total_seconds():
            raise ValueError("longer than we give")
        if made_s > now_s + CLOCKS_S:
            raise ValueError("made later than now")
        session_id = UUID(claims["sub"])
    except (JoseError, *NONSENSE):
        raise AccessTokenError(
            msg("This access token was not given out here."), hint=msg("Sign in again.")
        ) from None
    if until_s <= now_s:
        raise AccessTokenError(
            msg("This access token has expired."),
            hint=msg("Renew it at /api/v1/app-sessions/renewals."),
        )
    return session_id


def _day(header: dict[str, Any]) -> int:
    """The day of the key that signed.

    Raises:
        ValueError: The header is none of ours.
    """
    if header.get("typ") != TYPE or set(header) != {"alg", "typ", "kid"}:
        raise ValueError("no header of ours")
    return int(header["kid"])


def _times(claims: dict[str, Any]) -> tuple[int, int]:
    made_s, until_s = claims["iat"], claims["exp"]
    if type(made_s) is not int or type(until_s) is not int:
        raise ValueError("no times")
    return made_s, until_s


def _issuer(store: Store) -> str:
    return f"urn:uuid:{store.device_id}"


def _signing(keys: Keyring, day: int) -> OKPKey:
    """The pair of keys of a day.

    Raises:
        OverflowError: There is no such day.
    """
    return _pair(signing_seed(keys, day))


@lru_cache(maxsize=8)
def _pair(seed: bytes) -> OKPKey:
    pair = Ed25519PrivateKey.from_private_bytes(seed)
    return OKPKey.import_key(pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
