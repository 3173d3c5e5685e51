"""The description of the API (OpenAPI 3.1), made of the catalogue when somebody first asks.

Each operation has the words of its use case's docstring; each type is described once, by its own
name. https://spec.openapis.org/oas/v3.1.0
"""

import inspect
import re
import typing
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from eventdesk import __version__
from eventdesk.acts import Reach
from eventdesk.core import errors
from eventdesk.core.error_status import status_of
from eventdesk.core.errors import EventDeskError
from eventdesk.web.refused import RequestRefusedError
from eventdesk.web.session_words import REFUSED, SESSION, SESSION_SCHEME, session_paths
from eventdesk.wire.codec import adapter
from eventdesk.wire.problem_members import MEDIA_TYPE
from eventdesk.wire.route import Route

JSON: Final = "application/json"
REF: Final = "#/components/schemas/{model}"
PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}

WHO: Final[list[dict[str, list[str]]]] = [{"bearer": []}, SESSION]
"""Either says who calls."""

ALWAYS: Final[tuple[type[EventDeskError], ...]] = (
    errors.InvalidInputError,
    errors.StoreBusyError,
    errors.TooManyCallsError,
)
"""Errors that any request may end in."""


def description(routes: Iterable[Route], *, url: str) -> dict[str, Any]:
    """Describe the API.

    Args:
        routes: What is served.
        url: Where the API begins.
    """
    served = list(routes)
    named: dict[tuple[str, str], dict[str, Any]] = {}
    inputs: list[tuple[str, Any, TypeAdapter[Any]]] = []
    for route in served:
        for name, kind in _kinds(route).items():
            mode = "serialization" if name == "result" else "validation"
            inputs.append((_key(route, name), mode, adapter(kind)))
    found, shared = TypeAdapter.json_schemas(inputs, ref_template=REF)
    schemas: dict[str, Any] = dict(shared.get("$defs", {}))
    for (key, mode), schema in found.items():
        # What is given beside the path is no type that others would name.
        given = schema["$ref"].rpartition("/")[2] if key.endswith(" rest") else None
        named[key, mode] = schema if given is None else schemas.pop(given)
    schemas["Problem"] = _problem()
    paths: dict[str, dict[str, Any]] = {}
    for route in served:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, named)
    paths |= session_paths(
        problem={MEDIA_TYPE: {"schema": PROBLEM}}, actor=REF.format(model="Actor")
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "eventdesk", "version": __version__, "description": ABOUT},
        "servers": [{"url": url}],
        "tags": [{"name": area} for area in dict.fromkeys(route.verb.area for route in served)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": SESSION_SCHEME,
            },
        },
    }


ABOUT: Final = """\
Times are RFC 3339 with their offset. Money is an amount in the smallest unit of its currency. An
error is a problem of RFC 9457, whose `code` never changes and whose `title` and `hint` are in the
language of `Accept-Language`. A call with an `Idempotency-Key` is done once, however often it is
sent, and answered alike for a week; secrets in answers are shown once.
"""


def _kinds(route: Route) -> dict[str, Any]:
    """All types of an operation, by what they are for."""
    kinds = {
        f"in path {name}": route.kinds[at] for name, at in route.in_path.items() if "." not in at
    }
    if route.whole:
        kinds["whole"] = route.kinds[route.whole]
    if not _is_empty(route.rest):
        kinds["rest"] = route.rest
    if not route.is_file and route.entry.result is not type(None):
        kinds["result"] = _line(route) if route.is_paged else route.entry.result
    return kinds


def _line(route: Route) -> Any:
    lines, _total = typing.get_args(route.entry.result)
    return lines


def _key(route: Route, name: str) -> str:
    return f"{route.verb.area}.{route.verb.name} {name}"


def _is_empty(model: type[BaseModel]) -> bool:
    return not model.model_fields


def _operation(route: Route, named: Mapping[tuple[str, str], Any]) -> dict[str, Any]:
    title, more = _words(route)

    def schema(name: str, mode: str = "validation") -> Any:
        return named[_key(route, name), mode]

    operation: dict[str, Any] = {
        "operationId": f"{route.verb.area}_{route.verb.name}",
        "tags": [route.verb.area],
        "summary": title,
        "description": more,
        "security": WHO if route.verb.reach is not Reach.PUBLIC else [{}, *WHO],
        "parameters": [_in_path(route, name, schema) for name in route.in_path],
        "responses": _responses(route, schema),
    }
    if route.uses_query and not _is_empty(route.rest):
        operation["parameters"] += _in_query(schema("rest"), route)
    if route.method != "GET":
        operation["parameters"].append(KEY)
    body = schema("whole") if route.whole else None
    if body is None and not route.uses_query and not _is_empty(route.rest):
        body = schema("rest")
    if body is not None:
        needed = bool(route.whole) or any(
            each.is_required() for each in route.rest.model_fields.values()
        )
        operation["requestBody"] = {"required": needed, "content": {JSON: {"schema": body}}}
    return operation


KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 16, "maxLength": 200},
    "description": "Names this call: sent again with the same key it is done once.",
}


def _in_path(route: Route, name: str, schema: Any) -> dict[str, Any]:
    at = route.in_path[name]
    kind = {"type": "string"} if "." in at else schema(f"in path {name}")
    return {"name": name, "in": "path", "required": True, "schema": kind}


def _in_query(rest: Mapping[str, Any], route: Route) -> list[dict[str, Any]]:
    needed = rest.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in needed,
            **(
                {"content": {JSON: {"schema": kind}}} if name in route.in_json else {"schema": kind}
            ),
        }
        for name, kind in rest["properties"].items()
    ]


def _responses(route: Route, schema: Any) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if route.is_file:
        responses["200"] = {"description": "The file.", "content": {"*/*": {}}}
    elif route.entry.result is type(None):
        responses["204"] = {"description": "It was done."}
    else:
        kind = schema("result", "serialization")
        kind = _page(kind) if route.is_paged else kind
        responses["200"] = {"description": "What it gives.", "content": {JSON: {"schema": kind}}}
        if type(None) in typing.get_args(route.entry.result):
            responses["204"] = {"description": "There is none."}
    by_status: dict[int, list[str]] = {}
    writes: list[type[EventDeskError]] = [errors.KeyReusedError] if route.method != "GET" else []
    told: list[type[EventDeskError]] = [*route.entry.errors, *ALWAYS, errors.SignInError]
    for kind in dict.fromkeys((*told, *writes)):
        by_status.setdefault(status_of(kind), []).append(kind.code)
    for status in REFUSED:
        by_status.setdefault(status, []).append(RequestRefusedError.code)
    for status, said in sorted(by_status.items()):
        names = ", ".join(f"`{code}`" for code in said)
        responses[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}: {names}.",
            "content": {MEDIA_TYPE: {"schema": PROBLEM}},
        }
    return responses


def _page(lines: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "total", "next_cursor"],
        "properties": {
            "items": lines,
            "total": {"type": "integer"},
            "next_cursor": {"type": ["string", "null"]},
        },
    }


def _problem() -> dict[str, Any]:
    texts = ("type", "title", "code", "hint", "request_id")
    return {
        "type": "object",
        "description": "What went wrong, and what can be done about it (RFC 9457).",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {name: {"type": "string"} for name in texts}
        | {"status": {"type": "integer"}},
    }


def _words(route: Route) -> tuple[str, str]:
    """The first sentence of a use case's docstring, and what it says of its parameters."""
    doc = inspect.getdoc(route.verb.body) or ""
    title, _, rest = doc.partition("\n")
    told, _, _raised = rest.partition("\nRaises:")
    return title.rstrip("."), re.sub(r"\n{3,}", "\n\n", told).strip()
