"""Google's descriptions of its interfaces (Discovery documents), and what differs from them.

They come with `google-api-python-client` (Apache-2.0), of which nothing else is used.
"""

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs

FOLDER = os.environ.get("GOOGLE_DESCRIPTIONS", "")
"""Where they are; "" where they could not be installed."""

if not Path(FOLDER).is_dir():
    FOLDER = ""

TYPES: Mapping[str, type | tuple[type, ...]] = {
    **{"string": str, "boolean": bool, "integer": int},
    **{"number": (int, float), "object": dict, "array": list},
}


def again(module: ModuleType) -> dict[str, object]:
    """The tests and fixtures of another module, to be run where all calls are compared."""
    return {name: each for name, each in vars(module).items() if not name.startswith("_")}


class Description:
    """A described interface.

    Attributes:
        seen: The methods that were called, by their ids.
        problems: What was otherwise than described.
    """

    def __init__(self, name: str) -> None:
        self._whole = json.loads((Path(FOLDER) / f"{name}.json").read_text())
        self._methods = list(_methods(self._whole))
        self.seen: set[str] = set()
        self.problems: list[str] = []

    def look(self, method: str, path: str, query: str, sent: bytes, scope: str, got: Any) -> None:
        """Compare a call and its answer with the description.

        Args:
            method: Of HTTP.
            path: From the root on.
            query: As it came.
            sent: What was sent.
            scope: What the token allows.
            got: What was answered; None where it was refused.
        """
        found = [each for each in self._methods if _fits(each, method, path)]
        if len(found) != 1:
            self.problems.append(f"{method} {path}: {len(found)} such methods")
            return
        one = found[0]
        self.seen.add(one["id"])
        if scope not in one["scopes"]:
            self._differs(one, f"is not allowed by {scope}")
        self._look_at_query(one, parse_qs(query, keep_blank_values=True))
        if sent:
            schema = one.get("request") or {"type": "null"}
            clears = one["httpMethod"] == "PATCH"
            for each in self._differences(json.loads(sent), schema, is_sent=True, clears=clears):
                self._differs(one, f"sends {each}")
        elif "request" in one:
            self._differs(one, "sends nothing")
        if got is not None:
            for each in self._differences(got, one["response"], is_sent=False):
                self._differs(one, f"is answered {each}")

    def _differs(self, one: Mapping[str, Any], problem: str) -> None:
        self.problems.append(f"{one['id']} {problem}")

    def _look_at_query(self, one: Mapping[str, Any], query: Mapping[str, list[str]]) -> None:
        known = {**self._whole["parameters"], **one["parameters"]}
        for name, values in query.items():
            if known.get(name, {}).get("location") != "query":
                self._differs(one, f"knows no parameter {name}")
                continue
            if len(values) > 1 and not known[name].get("repeated"):
                self._differs(one, f"takes {name} once")
            if not set(values) <= set(known[name].get("enum", values)):
                self._differs(one, f"knows no {name} {values}")
        for name, each in one["parameters"].items():
            if each.get("required") and each["location"] == "query" and name not in query:
                self._differs(one, f"needs {name}")
        for mask in query.get("fields", ()):
            for name in self._unknown(mask, one["response"]):
                self._differs(one, f"answers no field {name}")

    def _unknown(self, mask: str, schema: Mapping[str, Any]) -> Iterator[str]:
        """The names of a partial answer that the whole one has not."""
        for path in _paths(mask):
            now: Mapping[str, Any] = schema
            for name in path:
                now = self._followed(now)
                now = self._followed(now["items"]) if "items" in now else now
                if name not in now.get("properties", {}):
                    yield ".".join(path)
                    break
                now = now["properties"][name]

    def _followed(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = schema
        while "$ref" in found:
            found = self._whole["schemas"][found["$ref"]]
        return found

    def _differences(
        self,
        value: Any,
        schema: Mapping[str, Any],
        *,
        is_sent: bool,
        clears: bool = False,
        at: str = "",
    ) -> Iterator[str]:
        """What of a value is otherwise than a schema says; null `clears` a member of a patch."""
        schema = self._followed(schema)
        if schema["type"] == "any":
            return
        right = TYPES.get(schema["type"], type(None))
        if not isinstance(value, right) or (isinstance(value, bool) and right is not bool):
            yield f"{at or 'a body'} that is no {schema['type']}: {value!r}"
        elif isinstance(value, dict):
            for name, each in value.items():
                known = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
                if known is None:
                    yield f"{at}.{name}, which is not known"
                elif is_sent and (known.get("readOnly") or known.get("deprecated")):
                    yield f"{at}.{name}, which is not to be sent"
                elif each is not None or not clears:
                    yield from self._differences(
                        each, known, is_sent=is_sent, clears=clears, at=f"{at}.{name}"
                    )
        elif isinstance(value, list):
            for each in value:
                yield from self._differences(each, schema["items"], is_sent=is_sent, at=f"{at}[]")
        elif "enum" in schema and value not in _current(schema):
            yield f"{at} {value!r}, which is no {schema['enum']}"


def _methods(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for each in resource.get("resources", {}).values():
        yield from _methods(each)


def _fits(one: Mapping[str, Any], method: str, path: str) -> bool:
    parts = re.split(r"\{\w+\}", one.get("flatPath", one["path"]))
    fits = re.fullmatch("/" + "[^/:]+".join(map(re.escape, parts)), path)
    return bool(fits) and one["httpMethod"] == method


def _current(schema: Mapping[str, Any]) -> Collection[str]:
    """The words of an enumeration that are not left over from before."""
    old = schema.get("enumDeprecated", [False] * len(schema["enum"]))
    return [word for word, is_old in zip(schema["enum"], old, strict=True) if not is_old]


def _paths(mask: str) -> Iterator[list[str]]:
    """The paths of a mask with brackets in one level, such as `title,sheets.properties(title)`."""
    for part in re.findall(r"(?:[^,()]|\([^()]*\))+", mask):
        path, _, inner = part.removesuffix(")").partition("(")
        for rest in _paths(inner) if inner else [[]]:
            yield [*path.split("."), *rest]
