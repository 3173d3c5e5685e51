"""The table of addresses finds what Starlette's own patterns find, and finds it at once."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Match, Router

from eventdesk.web.api import api_routes
from eventdesk.web.app import served
from eventdesk.web.table import Table

DESK: Any = None  # no request comes
ROUTES = api_routes(DESK, served())
TABLE = Table(ROUTES)
WORDS = sorted({part for route in ROUTES for part in route.path.split("/")})
PARTS = st.sampled_from([*WORDS, "", "a b", "01a2", "{list}", "é"])


def asked(method: str, path: str) -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path}


def plainly(scope: dict[str, Any]) -> tuple[Match, Any, Any]:
    """What trying one pattern after the other finds."""
    partial = Match.NONE
    for route in Router(ROUTES).routes:
        match, child = route.matches(scope)
        if match is Match.FULL:
            return match, child["endpoint"], child["path_params"]
        partial = match if match is Match.PARTIAL else partial
    return partial, None, None


def found(scope: dict[str, Any]) -> tuple[Match, Any, Any]:
    match, child = TABLE.matches(scope)
    full = match is Match.FULL
    return match, child["endpoint"] if full else None, child["path_params"] if full else None


def test_each_address_is_found() -> None:
    for path in {route.path.replace("{", "some ").replace("}", "") for route in ROUTES}:
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            scope = asked(method, path)
            assert found(scope) == plainly(scope), scope


@settings(max_examples=100, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "BREW"]),
    parts=st.lists(PARTS, max_size=7),
    at_root=st.booleans(),
)
def test_whatever_is_asked_for_the_same_is_found(
    method: str, parts: list[str], at_root: bool
) -> None:
    path = "/".join(["", *parts] if at_root else ["", "api", "v1", *parts])
    scope = asked(method, path)
    assert found(scope) == plainly(scope)


def test_an_address_says_all_the_methods_that_it_takes() -> None:
    match, child = TABLE.matches(asked("BREW", "/api/v1/me/profile"))
    assert match is Match.PARTIAL
    assert child["allowed"] == ["GET", "HEAD", "PUT"]


def test_what_is_no_request_of_http_is_not_looked_for() -> None:
    assert TABLE.matches({"type": "websocket", "path": "/api/v1/me"})[0] is Match.NONE
