"""A provider of ours that says whatever a test wants: other keys, claims, algorithms and times."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from eventdesk.integrations.oidc.known import forget
from tests.integrations.chaos import Asked, Counterpart, Reply, counterpart

CLIENT = "eventdesk"
FIRST, SECOND = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("first", "second"))


class Lying:
    """What the provider says; a test changes any of it."""

    def __init__(self) -> None:
        self.there: Counterpart
        self.document: dict[str, Any] = {}
        self.keys = [FIRST]
        self.signs_with: Any = FIRST
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "first"}
        self.claims: dict[str, Any] = {}
        self.forged_with: bytes | None = None
        self.told: dict[str, Any] = {"sub": "ada-7"}
        self.token: dict[str, Any] | None = None
        self.nonce = "the nonce"
        self.interval_s = 5
        self.clock: Callable[[], float] = time.time

    @property
    def issuer(self) -> str:
        return self.there.url

    def id_token(self) -> str:
        now = int(self.clock())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "ada-7",
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 300,
            "email": "ada@example.org",
            "email_verified": True,
            "name": "Ada",
            "groups": ["crew"],
        }
        claims = {
            name: value for name, value in {**usual, **self.claims}.items() if value is not ...
        }
        if self.forged_with is not None:
            return self._forged(claims, self.forged_with)
        return jwt.encode(self.header, claims, self.signs_with, algorithms=[self.header["alg"]])

    def _forged(self, claims: dict[str, Any], key: bytes) -> str:
        """A token as no library makes one: HS256 with a public key, or unsigned."""
        said = ".".join(_spelled(json.dumps(each).encode()) for each in (self.header, claims))
        made = hmac.digest(key, said.encode(), "sha256") if key else b""
        return f"{said}.{_spelled(made)}"

    def answer(self, asked: Asked) -> Reply:
        match asked.path:
            case "/.well-known/openid-configuration":
                return Reply.of(self._document())
            case "/keys":
                return Reply.of({"keys": [each.as_dict(private=False) for each in self.keys]})
            case "/token":
                given = {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}
                token = given if self.token is None else self.token
                return Reply.of(token, 400 if "error" in token else 200)
            case "/me":
                return Reply.of(self.told)
            case "/device":
                return Reply.of(
                    {
                        "device_code": "device",
                        "user_code": "WDJB-MJHT",
                        "verification_uri": f"{self.issuer}/activate",
                        "verification_uri_complete": f"{self.issuer}/activate?user_code=WDJB-MJHT",
                        "expires_in": 300,
                        "interval": self.interval_s,
                    }
                )
        return Reply(404)

    def _document(self) -> dict[str, Any]:
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/me",
            "device_authorization_endpoint": f"{self.issuer}/device",
        }
        return {**usual, **self.document}


def _spelled(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def lying() -> Iterator[Lying]:
    """The provider, while the block runs; nothing is remembered of one before."""
    forget()
    said = Lying()
    with counterpart(said.answer) as there:
        said.there = there
        yield said
    forget()
