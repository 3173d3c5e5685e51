"""What the description of the API says of a browser's session, which is no use case."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from eventdesk.web.caller import COOKIE, COOKIE_PLAIN
from eventdesk.web.sessions import SignIn

SESSION: Final[dict[str, list[str]]] = {"session": []}

SESSION_SCHEME: Final = {
    "type": "apiKey",
    "in": "cookie",
    "name": COOKIE,
    "description": f"Of a browser that signed in; `{COOKIE_PLAIN}` where there is no HTTPS. What "
    "changes something is taken from pages of this server alone (`Sec-Fetch-Site`, `Origin`).",
}

_JSON: Final = "application/json"


def session_paths(*, problem: Mapping[str, Any], actor: str) -> dict[str, dict[str, Any]]:
    """The paths of sessions, below the root of the API.

    Args:
        problem: What errors are told as, by media type.
        actor: Where somebody who is signed in is described.
    """
    person = {"content": {_JSON: {"schema": {"$ref": actor}}}}
    refused = {
        str(status.value): {"description": f"{status.phrase}.", "content": problem}
        for status in (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.TOO_MANY_REQUESTS,
        )
    }
    begin = {
        "operationId": "sessions_begin",
        "summary": "Sign in with a browser: sets a cookie.",
        "description": "Takes an address and a secret. Where a code is needed, too, the problem "
        "`code_needed` has `begun`, which goes on with the code.",
        "security": [{}],
        "requestBody": {
            "required": True,
            "content": {_JSON: {"schema": SignIn.model_json_schema()}},
        },
        "responses": {"201": {"description": "Who signed in."} | person} | refused,
    }
    current = {
        "operationId": "sessions_current",
        "summary": "Say who is signed in with this browser.",
        "security": [SESSION],
        "responses": {"200": {"description": "Who it is."} | person} | refused,
    }
    end = {
        "operationId": "sessions_end",
        "summary": "Sign out: the session ends, and its cookie goes.",
        "security": [{}, SESSION],
        "responses": {"204": {"description": "Nobody is signed in any more."}} | refused,
    }
    about: dict[str, Any] = {"tags": ["accounts"], "parameters": []}
    return {
        "/sessions": {"post": about | begin},
        "/sessions/current": {"get": about | current, "delete": about | end},
    }
