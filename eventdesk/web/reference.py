"""The reference of the API as a page: `/docs`, made of its description when somebody first asks.

It is one page of plain HTML, so that the browser's own search finds everything, and it loads
nothing but its style sheet. Its words are those of the docstrings, which are English.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

PATH: Final = "/docs"
STYLE: Final = "/docs/reference.css"

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-cache",
}

DEEPEST: Final = 5
"""How deep examples are made of examples."""

TEXTS: Final[Mapping[str, str]] = {
    "uuid": "0198c1de-5a70-7000-8000-000000000001",
    "date-time": "2026-05-30T09:00:00Z",
    "date": "2026-05-30",
    "time": "09:00:00",
    "duration": "PT1H",
    "binary": "",
}
"""Examples of texts, by their format."""

Described = Mapping[str, Any]


def reference_routes(described: Callable[[], Described]) -> list[At]:
    """Where the page and its style sheet are.

    Args:
        described: Gives the description of the API; called once, in a thread.
    """

    @cache
    def made() -> bytes:
        return page(described()).encode()

    @cache
    def style() -> bytes:
        return Path(__file__).with_suffix(".css").read_bytes()

    async def answer(_request: Request) -> Response:
        body = await asyncio.to_thread(made)
        return Response(body, media_type="text/html", headers=HEADERS)

    async def answer_style(_request: Request) -> Response:
        return Response(style(), media_type="text/css", headers=HEADERS)

    return [At(PATH, answer), At(STYLE, answer_style)]


def page(described: Described) -> str:
    """The reference as HTML.

    Args:
        described: The description of the API (OpenAPI 3.1).
    """
    return "\n".join(_page(described))


def _page(described: Described) -> Iterator[str]:
    title = f"{described['info']['title']} {described['info']['version']}: API"
    areas = [tag["name"] for tag in described["tags"]]
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{STYLE}"></head><body>'
    )
    yield f"<header><h1>{escape(title)}</h1>"
    yield f"<p>{_words(described['info']['description'])}</p>"
    yield '<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p></header>'
    yield '<nav aria-label="Areas"><ul>'
    yield from (f'<li><a href="#{escape(each)}">{escape(each)}</a></li>' for each in areas)
    yield '<li><a href="#types">types</a></li></ul></nav><main>'
    for area in areas:
        yield f'<section id="{escape(area)}"><h2>{escape(area)}</h2>'
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                if area in operation["tags"]:
                    yield from _operation(described, method.upper(), path, operation)
        yield "</section>"
    yield from _types(described["components"]["schemas"])
    yield "</main></body></html>"


def _operation(described: Described, method: str, path: str, operation: Described) -> Iterator[str]:
    url = described["servers"][0]["url"] + path
    yield f'<article id="{escape(operation["operationId"])}">'
    summary = _words(operation["summary"].rstrip("."))
    yield f"<h3><code>{method} {escape(url)}</code></h3><p>{summary}.</p>"
    if operation.get("description"):
        yield f"<pre>{escape(operation['description'])}</pre>"
    if {} in operation.get("security", [{}]):
        yield "<p>Anybody may ask.</p>"
    parameters = operation.get("parameters", ())
    if parameters:
        yield _table("Parameters", ("Name", "In", "Type", ""), map(_parameter, parameters))
    schemas = described["components"]["schemas"]
    yield from _example(method, url, operation, schemas)
    refused = [(code, told["description"]) for code, told in _errors(operation)]
    yield _table("Errors", ("Status", "Codes"), ((code, _words(said)) for code, said in refused))
    yield "</article>"


def _parameter(parameter: Described) -> tuple[str, ...]:
    schema = parameter.get("schema") or parameter["content"]["application/json"]["schema"]
    needed = "required" if parameter.get("required") else ""
    words = " ".join(each for each in (needed, _words(parameter.get("description", ""))) if each)
    return f"<code>{escape(parameter['name'])}</code>", parameter["in"], kind_of(schema), words


def _example(
    method: str, url: str, operation: Described, schemas: Mapping[str, Described]
) -> Iterator[str]:
    lines = [f"{method} {url}"]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        yield f"<p>Body: {kind_of(schema)}</p>"
        lines.append(_json(example(schema, schemas)))
    for code in operation["responses"]:
        if code >= "300":
            continue
        content = operation["responses"][code].get("content", {})
        said = content.get("application/json")
        lines += ["", f"{code} {operation['responses'][code]['description']}"]
        if said is not None:
            yield f"<p>Answer: {kind_of(said['schema'])}</p>"
            lines.append(_json(example(said["schema"], schemas)))
    yield f"<h4>Example</h4><pre>{escape(chr(10).join(lines))}</pre>"


def _errors(operation: Described) -> Iterator[tuple[str, Described]]:
    return ((code, told) for code, told in operation["responses"].items() if code >= "300")


def _types(schemas: Mapping[str, Described]) -> Iterator[str]:
    yield '<section id="types"><h2>types</h2>'
    for name, schema in schemas.items():
        yield f'<article id="type-{escape(name)}"><h3><code>{escape(name)}</code></h3>'
        if schema.get("description"):
            yield f"<pre>{escape(schema['description'])}</pre>"
        if "properties" in schema:
            needed = schema.get("required", ())
            rows = (
                (f"<code>{escape(field)}</code>", kind_of(kind), "required" * (field in needed))
                for field, kind in schema["properties"].items()
            )
            yield _table("Fields", ("Name", "Type", ""), rows)
        else:
            yield f"<p>{kind_of(schema)}</p>"
        yield "</article>"
    yield "</section>"


def _table(title: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML already."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    lines = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows
    )
    return f"<table><caption>{title}</caption><tr>{head}</tr>{lines}</table>"


def _words(text: str) -> str:
    """Text as HTML, with what stands in backticks as code."""
    return re.sub(r"`+([^`]+)`+", r"<code>\1</code>", escape(text))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def kind_of(schema: Described) -> str:
    """A type in a few words of HTML, with links to the types that it names."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#type-{name}"><code>{name}</code></a>'
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(map(kind_of, schema[several]))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(f"<code>{escape(json.dumps(each))}</code>" for each in values)
    if schema.get("type") == "array":
        inner = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
        return f"list of {kind_of(inner)}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind_of(schema['additionalProperties'])}"
    named = schema.get("format") or schema.get("type") or "anything"
    return escape(named if isinstance(named, str) else " or ".join(named))


def example(schema: Described, schemas: Mapping[str, Described], depth: int = DEEPEST) -> Any:
    """A value of a type, as a reader would write it.

    Args:
        schema: Of the type.
        schemas: The types that it may name.
        depth: How deep it may go on; below that lists are empty and objects, too.
    """
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth)
    for said in ("examples", "enum"):
        if schema.get(said):
            return schema[said][0]
    for said in ("const", "default"):
        if said in schema:
            return schema[said]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example(schema[several][0], schemas, depth)
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        one = [schema["items"]] if isinstance(schema.get("items"), dict) else []
        items = schema.get("prefixItems", one)
        return [example(each, schemas, depth - 1) for each in items] if depth else []
    if kind == "string":
        return TEXTS.get(schema.get("format", ""), "text")
    return {"integer": schema.get("minimum", 1), "number": 1.5, "boolean": True}.get(str(kind))


def _object(schema: Described, schemas: Mapping[str, Described], depth: int) -> dict[str, Any]:
    if not depth:
        return {}
    fields = schema.get("properties", {})
    return {name: example(kind, schemas, depth - 1) for name, kind in fields.items()}
