"""Sign-in by GitHub, which speaks OAuth2 and no OpenID Connect: its API says who came."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.core.messages import msg
from eventdesk.integrations.oidc.identity import DeviceCode, Identity, Trip
from eventdesk.integrations.oidc.known import ask
from eventdesk.integrations.oidc.openid import (
    DEVICE_GRANT,
    challenge,
    members,
    read_device_code,
    refused_word,
    text_of,
)

HOME: Final = "https://github.com"
_PENDING: Final = ("authorization_pending", "slow_down")


class GitHub:
    """GitHub, or a GitHub Enterprise Server.

    Args:
        client_id: What it calls this house.
        client_secret: Of the OAuth app.
        home: Its address.
        reads_groups: Whether the organizations of people are asked for.
    """

    def __init__(
        self, client_id: str, client_secret: str, *, home: str = HOME, reads_groups: bool = False
    ) -> None:
        self._client_id, self._secret = client_id, client_secret
        self._home = (home or HOME).rstrip("/")
        self._api = "https://api.github.com" if self._home == HOME else f"{self._home}/api/v3"
        self._reads_groups = reads_groups
        self._scope = "read:user user:email" + (" read:org" if reads_groups else "")

    def address(self, trip: Trip) -> str:
        """Where the browser is led."""
        asked = {
            "client_id": self._client_id,
            "redirect_uri": trip.back,
            "scope": self._scope,
            "state": trip.state,
            "code_challenge": challenge(trip.verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._home}/login/oauth/authorize?{urlencode(asked)}"

    def came_from(self, issuer: str) -> bool:
        """Whether an answer that names its issuer, or names none, may be this one's."""
        return not issuer or issuer.startswith(self._home)

    def identity(self, code: str, trip: Trip, *, now: datetime) -> Identity:
        """Who came back with a code."""
        form = {"code": code, "redirect_uri": trip.back, "code_verifier": trip.verifier}
        given = self._asked_for_token(form)
        if "error" in given:
            raise _refused(given)
        return self._identity(given)

    def device_code(self) -> DeviceCode:
        """Begin a sign-in without a browser; the app has to allow it."""
        form = {"client_id": self._client_id, "scope": self._scope}
        return read_device_code(members(ask("POST", f"{self._home}/login/device/code", form=form)))

    def by_device(self, code: str, *, now: datetime) -> Identity | None:
        """Who signed in with another device; None while nobody has."""
        given = self._asked_for_token({"device_code": code, "grant_type": DEVICE_GRANT})
        if given.get("error") in _PENDING:
            return None
        if "error" in given:
            raise _refused(given)
        return self._identity(given)

    def _asked_for_token(self, form: Mapping[str, str]) -> dict[str, Any]:
        full = {**form, "client_id": self._client_id, "client_secret": self._secret}
        return members(ask("POST", f"{self._home}/login/oauth/access_token", form=full))

    def _identity(self, given: Mapping[str, Any]) -> Identity:
        token = text_of(given.get("access_token"))
        headers = {"Authorization": f"Bearer {token}", "X-GitHub-Api-Version": "2022-11-28"}
        told = ask("GET", f"{self._api}/user", headers=headers).members()
        number = told.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise ServiceRefusedError(
                msg("GitHub does not say who came."), hint=msg("Begin the sign-in again.")
            )
        email = self._email(headers)
        return Identity(
            issuer=self._home,
            subject=str(number),
            email=email,
            is_verified=bool(email),
            name=text_of(told.get("name")) or text_of(told.get("login")),
            groups=self._groups(headers) if self._reads_groups else (),
        )

    def _email(self, headers: Mapping[str, str]) -> str:
        """The main address, if GitHub made sure of it; "" without."""
        found = ask("GET", f"{self._api}/user/emails", headers=headers).json()
        for each in found if isinstance(found, list) else []:
            is_main = isinstance(each, dict) and each.get("primary") is True
            if is_main and each.get("verified") is True:
                return text_of(each.get("email"))
        return ""

    def _groups(self, headers: Mapping[str, str]) -> tuple[str, ...]:
        """The organizations, by the names in their addresses."""
        found = ask("GET", f"{self._api}/user/orgs?per_page=100", headers=headers).json()
        many = found if isinstance(found, list) else []
        names = (text_of(each.get("login")) for each in many if isinstance(each, dict))
        return tuple(filter(None, names))


def _refused(given: Mapping[str, Any]) -> ServiceRefusedError:
    """A refusal in GitHub's words."""
    words = {
        "bad_verification_code": "invalid_grant",
        "incorrect_client_credentials": "invalid_client",
        "device_flow_disabled": "unauthorized_client",
    }
    word = str(given.get("error", ""))
    return refused_word({"error": words.get(word, word)})
