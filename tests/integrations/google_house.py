"""Google on loopback, as all its interfaces have it: tokens for signed claims, quotas and refusals.

As strict as its documentation: claims are verified against the account's public key, and tokens
hold for an hour and for what they were asked for.
"""

import json
import secrets
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from eventdesk.core.clock import utc_now
from tests.integrations.chaos import Asked, Reply

EMAIL = "desk@demo-days.iam.gserviceaccount.com"
AUDIENCE = "https://oauth2.googleapis.com/token"


@cache
def pem(name: str = "the key") -> str:
    """A private key; made once, for it takes long."""
    del name
    key = rsa.generate_private_key(65537, 2048)
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.private_bytes(*form).decode()


def key_file(**other: object) -> str:
    """The JSON file of the service account."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "demo-days",
            "private_key_id": "k1",
            "private_key": pem(),
            "client_email": EMAIL,
            "token_uri": AUDIENCE,
            **other,
        }
    )


class RefusalError(Exception):
    """What Google says no to."""

    def __init__(self, status: int, words: str, name: str = "INVALID_ARGUMENT") -> None:
        super().__init__(words)
        self.reply = Reply.of({"error": {"code": status, "message": words, "status": name}}, status)


class GoogleHouse:
    """What an interface of Google's is behind; what it was asked wrongly stands in `refusals`.

    Attributes:
        scope: What calls need.
        api: The interface, as Google calls it.
        host: Where it is at Google.
        is_api_on: Whether it is switched on in the project of the account.
        keys: Those that the account has, by their ids.
        known: The accounts that there are.
        ahead: How far Google's clock is ahead.
        quota: How many calls are taken; None for all.
    """

    scope = api = host = ""

    def __init__(self) -> None:
        self.is_api_on = True
        self.known = {EMAIL}
        self.keys = {"k1": RSAKey.import_key(pem())}
        self.ahead = timedelta(0)
        self.tokens: dict[str, datetime] = {}
        self.refusals: list[str] = []
        self.quota: int | None = None

    @property
    def now(self) -> datetime:
        return utc_now() + self.ahead

    def __call__(self, asked: Asked) -> Reply:
        try:
            if asked.path == "/token":
                reply = self._token(asked)
            else:
                self._let_in(asked)
                reply = self.answer(asked)
        except RefusalError as error:
            self.refusals.append(str(error))
            reply = error.reply
        headers = {**reply.headers, "Date": format_datetime(self.now, usegmt=True)}
        return Reply(reply.status, reply.body, headers)

    def answer(self, asked: Asked) -> Reply:
        """Answer a call of the interface that came with a token."""
        raise NotImplementedError

    def _let_in(self, asked: Asked) -> None:
        """Refuse who has no token, too many calls, and what is switched off."""
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(bearer, self.now) <= self.now:
            raise RefusalError(401, "Request had invalid credentials.", "UNAUTHENTICATED")
        if self.quota is not None:
            if not self.quota:
                raise RefusalError(429, "Quota exceeded for quota metric", "RESOURCE_EXHAUSTED")
            self.quota -= 1
        if not self.is_api_on:
            words = (
                f"{self.api} has not been used in project 7 before or it is disabled. Enable "
                f"it by visiting https://console.developers.google.com/apis/api/{self.host}"
                "/overview?project=7 then retry."
            )
            raise RefusalError(403, words, "PERMISSION_DENIED")

    def _token(self, asked: Asked) -> Reply:
        form = asked.form
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        wrong = self._wrong(form["assertion"])
        if wrong:
            self.refusals.append(wrong)
            return Reply.of({"error": "invalid_grant", "error_description": wrong}, 400)
        token = secrets.token_urlsafe()
        self.tokens[token] = self.now + timedelta(hours=1)
        return Reply.of({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _wrong(self, claim: str) -> str:
        """What is wrong with a claim; "" where nothing is."""
        try:
            said = jwt.decode(
                claim, self.keys.get("k1") or RSAKey.import_key(pem("another")), ["RS256"]
            )
        except JoseError:
            return "Invalid JWT Signature."
        claims = said.claims
        if claims["iss"] not in self.known:
            return "Invalid grant: account not found"
        assert said.header["kid"] == "k1"
        assert (claims["aud"], claims["scope"]) == (AUDIENCE, self.scope)
        now = self.now.timestamp()
        if not now - 3600 < claims["iat"] < now + 300 or not now < claims["exp"] <= now + 3900:
            return (
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                "timeframe. Check your iat and exp values in the JWT claim."
            )
        return ""
