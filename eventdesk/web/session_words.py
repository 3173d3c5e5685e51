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


REFUSED: Final = (408, 413, 415, 503)
"""How a body is refused that comes too slowly, is too long, is no JSON, or has no room."""


def session_paths(*, problem: Mapping[str, Any], actor: str) -> dict[str, dict[str, Any]]:
    """The paths of sessions, below the root of the API.

    Args:
        problem: What errors are told as, by media type.
        actor: Where somebody who is signed in is described.
    """
    person = {"content": {_JSON: {"schema": {"$ref": actor}}}}
    refused = {
        str(status.value): {"description": f"{status.phrase}.", "content": problem}
        for status in map(HTTPStatus, sorted((400, 401, 403, 429, *REFUSED)))
    }
    begin = {
        "operationId": "sessions_begin",
        "summary": "Sign in with a browser: sets a cookie",
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
        "summary": "Say who is signed in with this browser",
        "description": "",
        "security": [SESSION],
        "responses": {"200": {"description": "Who it is."} | person} | refused,
    }
    end = {
        "operationId": "sessions_end",
        "summary": "Sign out: the session ends, and its cookie goes",
        "description": "",
        "security": [{}, SESSION],
        "responses": {"204": {"description": "Nobody is signed in any more."}} | refused,
    }
    about: dict[str, Any] = {"tags": ["accounts"], "parameters": []}
    return {
        "/sessions": {"post": about | begin},
        "/sessions/current": {"get": about | current, "delete": about | end},
    }
