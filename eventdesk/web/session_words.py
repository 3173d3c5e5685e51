"""What the description of the API says of signing in by browsers and apps, no use cases."""

import inspect
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Literal

from eventdesk.web.caller import COOKIE, COOKIE_PLAIN
from eventdesk.web.sessions import SignIn
from eventdesk.wire.app_sessions import END, RENEW, SIGN_IN, AppSignIn, AppTokens, Renewal
from eventdesk.wire.codec import adapter

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
    """The paths of sign-ins by browsers and apps, below the root of the API.

    Args:
        problem: What errors are told as, by media type.
        actor: Where somebody who is signed in is described.
    """
    refused = {
        str(status.value): {"description": f"{status.phrase}.", "content": problem}
        for status in map(HTTPStatus, sorted((400, 401, 403, 429, *REFUSED)))
    }
    person, tokens = _json({"$ref": actor}), _json(_schema(AppTokens, "serialization"))

    def operation(
        name: str, summary: str, more: str, answers: Mapping[str, Any], **besides: Any
    ) -> dict[str, Any]:
        words = {"operationId": name, "summary": summary, "description": more}
        about = {"tags": ["accounts"], "parameters": [], "responses": {**answers, **refused}}
        return words | about | besides

    begin = operation(
        "sessions_begin",
        "Sign in with a browser: sets a cookie",
        "Takes an address and a secret. Where a code is needed, too, the problem "
        "`code_needed` has `begun`, which goes on with the code.",
        {"201": {"description": "Who signed in."} | person},
        security=[{}],
        requestBody={"required": True} | _json(SignIn.model_json_schema()),
    )
    current = operation(
        "sessions_current",
        "Say who is signed in with this browser",
        "",
        {"200": {"description": "Who it is."} | person},
        security=[SESSION],
    )
    end = operation(
        "sessions_end",
        "Sign out: the session ends, and its cookie goes",
        "",
        {"204": {"description": "Nobody is signed in any more."}},
        security=[{}, SESSION],
    )
    begin_app = operation(
        "app_sessions_begin",
        "Sign in with an app: gives an access token, and a token that renews it once",
        _attributes(AppSignIn),
        {"201": {"description": "What goes with each call, and how it is renewed."} | tokens},
        security=[{}],
        requestBody={"required": True} | _json(_schema(AppSignIn)),
    )
    renew_app = operation(
        "app_sessions_renew",
        "Renew a sign-in by an app; the refresh token is used up by that",
        "",
        {"200": {"description": "New tokens."} | tokens},
        security=[{}],
        requestBody={"required": True} | _json(_schema(Renewal)),
    )
    end_app = operation(
        "app_sessions_end",
        "End the sign-in that the access token, or the refresh token of the body, is of",
        "",
        {"204": {"description": "It is over."}},
        security=[{}, {"bearer": []}],
        requestBody={"required": False} | _json(_schema(Renewal)),
    )
    return {
        "/sessions": {"post": begin},
        "/sessions/current": {"get": current, "delete": end},
        SIGN_IN: {"post": begin_app},
        RENEW: {"post": renew_app},
        END: {"delete": end_app},
    }


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"content": {_JSON: {"schema": schema}}}


def _schema(kind: type, mode: Literal["validation", "serialization"] = "validation") -> Any:
    return adapter(kind).json_schema(mode=mode)


def _attributes(kind: type) -> str:
    """What a docstring says behind its first line."""
    return (inspect.getdoc(kind) or "").partition("\n")[2].strip()
