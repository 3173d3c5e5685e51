"""What an app says to sign in and what it is given, as JSON (RFC 6749, sections 5.1 and 6)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

SIGN_IN: Final = "/app-sessions"
RENEW: Final = "/app-sessions/renewals"
END: Final = "/app-sessions/current"


@dataclass(frozen=True, slots=True)
class AppSignIn:
    """Who signs in.

    Attributes:
        secret: The password or PIN.
        code: Of an authenticator app, or a recovery code, where a second step is set up.
        name: What the app calls itself, for the list of sign-ins.
    """

    email: str
    secret: str = field(repr=False)
    code: str = field(default="", repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """What renews or ends a sign-in."""

    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppTokens:
    """What an app is given.

    Attributes:
        access_token: Goes with each call as `Authorization: Bearer`.
        expires_in: Seconds until it is taken no more.
        refresh_token: Renews the sign-in once.
        refresh_until: Until when it can be renewed.
        session_id: The sign-in, as `GET /me/app-sessions` names it.
        name: Of the person.
    """

    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: str = field(repr=False)
    refresh_until: datetime
    session_id: UUID
    name: str
    token_type: str = "Bearer"
