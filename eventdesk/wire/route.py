"""A route: the address of a use case, how a request becomes its arguments, and back.

An address is written `POST /lists/{list}/scans = scan`: the method, the path below `/api/v1`, and
the parameter that is the whole body, if one is. A name in braces is the parameter of that name, or
that name with `_id`, or such a field of the whole body. What is left is asked for in the query of a
GET, and as members of the body's JSON object otherwise.
"""

import base64
import inspect
import json
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from eventdesk.acts import Entry, Verb, entry_of
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import msg
from eventdesk.wire.codec import adapter, as_json, read_json, read_value, travelling, unreadable
from eventdesk.wire.file_answer import read_file
from eventdesk.wire.limits import need_sane

NAME: Final = re.compile(r"\{(\w+)\}")
WITH_QUERY: Final = ("GET", "DELETE")
MOST_OF_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a use case.

    Attributes:
        method: Such as `POST`.
        target: The path below the API's root, with the query.
        body: JSON, or nothing.
    """

    method: str
    target: str
    body: bytes


@dataclass(frozen=True)
class Route:
    """Where a use case is found.

    Attributes:
        method: Such as `POST`.
        path: Below the API's root, with names in braces.
        verb: The use case.
        whole: The parameter that is the whole body; "" where the body has a member for each.
        shown_once: Fields of what it gives that are secret, and are never given a second time; ""
            where it gives nothing else.
    """

    method: str
    path: str
    verb: Verb[..., Any]
    whole: str = ""
    shown_once: tuple[str, ...] = ()

    @classmethod
    def written(
        cls, address: str, verb: Verb[..., Any], *, shown_once: tuple[str, ...] = ()
    ) -> "Route":
        """Read an address as a table has it."""
        place, _, whole = address.partition(" = ")
        method, path = place.split()
        return cls(method, path, verb, whole, shown_once)

    @cached_property
    def entry(self) -> Entry:
        """What the catalogue knows of the use case."""
        return entry_of(self.verb)

    @cached_property
    def kinds(self) -> dict[str, Any]:
        """The parameters that travel, with their types."""
        return {each.name: each.type for each in self.entry.parameters if each.travels}

    @cached_property
    def in_path(self) -> dict[str, str]:
        """For each name of the path its parameter; one with a dot is a field of the whole body."""
        return {name: self._named(name) for name in NAME.findall(self.path)}

    def _named(self, name: str) -> str:
        for each in (name, f"{name}_id"):
            if each in self.kinds:
                return each
        if self.whole:
            fields = typing.get_type_hints(self.kinds[self.whole])
            for each in (name, f"{name}_id"):
                if each in fields:
                    return f"{self.whole}.{each}"
        raise LookupError(f"{self.verb.name}: no parameter {name!r} for {self.path}")

    @cached_property
    def rest(self) -> type[BaseModel]:
        """What neither the path nor the whole body says, as a model with its defaults."""
        taken = {*self.in_path.values(), self.whole}
        given: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.verb.body).parameters.items():
            if name in self.kinds and name not in taken:
                default = parameter.default
                if default is parameter.empty:
                    default = None if self.uses_query and _may_be_none(self.kinds[name]) else ...
                given[name] = (travelling(self.kinds[name]), default)
        if self.is_paged:
            given |= {"limit": (int, 50), "cursor": (str, "")}
            given.pop("offset")
        strict = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
        model: type[BaseModel] = create_model(f"{self.verb.name}_given", __config__=strict, **given)
        return model

    @property
    def is_paged(self) -> bool:
        """Whether it answers with a page of a list."""
        return {"offset", "limit"} <= set(self.kinds)

    @property
    def is_file(self) -> bool:
        """Whether it answers with a file, as it is."""
        return self.entry.result is MadeFile

    @property
    def uses_query(self) -> bool:
        """Whether what is left comes in the query."""
        return self.method in WITH_QUERY or bool(self.whole)

    def arguments(
        self, path: Mapping[str, str], query: Mapping[str, Any], body: bytes
    ) -> dict[str, Any]:
        """What the use case is called with.

        Args:
            path: The texts in the places of the names of the path.
            query: The texts of the query; a list where one is given several times.
            body: The body, JSON or nothing.

        Raises:
            InvalidInputError: Something is missing, not known, of another type, or absurd; says
                which.
        """
        found: dict[str, Any] = {}
        fields: dict[str, str] = {}
        for name, parameter in self.in_path.items():
            if "." in parameter:
                fields[parameter.partition(".")[2]] = path[name]
            else:
                found[parameter] = read_value(self.kinds[parameter], path[name], name)
        if self.whole:
            value = _object(body) | fields if fields else _json(body)
            found[self.whole] = read_value(self.kinds[self.whole], value, "body")
        try:
            rest = (
                self.rest.model_validate(self._texts(query))
                if self.uses_query
                else self.rest.model_validate_json(_plain(body))
            )
        except ValidationError as error:
            raise unreadable(error) from None
        found |= {name: getattr(rest, name) for name in rest.model_fields_set | self.always}
        for name, value in found.items():
            need_sane(value, name)
        return self._with_offset(found, rest) if self.is_paged else found

    def request(self, arguments: Mapping[str, Any]) -> Request:
        """The request that says what the use case is called with: the way back of `arguments`.

        Args:
            arguments: By the names of the parameters; what does not travel is left out.
        """
        said = {
            name: as_json(kind, arguments[name])
            for name, kind in self.kinds.items()
            if name in arguments
        }
        path = filled(self.path, {name: _field(said, at) for name, at in self.in_path.items()})
        rest = {name: value for name, value in said.items() if name in self.rest.model_fields}
        if self.is_paged and "offset" in said:
            rest["cursor"] = write_cursor(said["offset"])
        body: Any = said[self.whole] if self.whole else rest
        if self.uses_query and rest:
            path += "?" + urlencode(self._query(rest))
        is_silent = self.uses_query and not self.whole
        return Request(self.method, path, b"" if is_silent else json.dumps(body).encode())

    def _query(self, rest: Mapping[str, Any]) -> dict[str, str]:
        """What is said in the query, as texts; what is None is left out where that means None."""
        fields = self.rest.model_fields
        return {
            name: value
            if isinstance(value, str) and name not in self.in_json
            else json.dumps(value)
            for name, value in rest.items()
            if value is not None or fields[name].default is not None
        }

    @cached_property
    def always(self) -> frozenset[str]:
        """What the use case is always told, also where the query leaves it out, for None."""
        parameters = inspect.signature(self.verb.body).parameters.items()
        needed = {name for name, each in parameters if each.default is each.empty}
        return frozenset(needed & set(self.rest.model_fields))

    def _texts(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The query's texts; those of types that are more than a text are JSON, or come often."""
        return {
            name: _json(value) if name in self.in_json and isinstance(value, str) else value
            for name, value in query.items()
        }

    @cached_property
    def in_json(self) -> frozenset[str]:
        """The parameters of the query whose text is JSON."""
        return frozenset(name for name, kind in self.kinds.items() if not _is_text(kind))

    def _with_offset(self, found: dict[str, Any], rest: Any) -> dict[str, Any]:
        found.pop("cursor", None)
        if not 1 <= rest.limit <= MOST_OF_A_PAGE:
            raise InvalidInputError(
                msg(
                    "A page has 1 to {most} lines, not {limit}.",
                    most=MOST_OF_A_PAGE,
                    limit=rest.limit,
                )
            )
        return found | {"limit": rest.limit, "offset": read_cursor(rest.cursor)}

    def answer(self, result: Any, arguments: Mapping[str, Any]) -> bytes:
        """The body of what it gave."""
        kind = self.entry.result
        if not self.is_paged:
            return adapter(kind).dump_json(result)
        lines, total = result
        line, _total = typing.get_args(kind)
        after = arguments["offset"] + len(lines)
        page = {
            "items": adapter(line).dump_python(lines, mode="json"),
            "total": total,
            "next_cursor": write_cursor(after) if after < total and lines else None,
        }
        return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()

    def kept(self, result: Any) -> str:
        """What is kept of an answer for a call that is repeated: all but what is shown once."""
        kind = self.entry.result
        value = adapter(kind).dump_python(result, mode="json")
        for name in self.shown_once:
            if name:
                value[name] = ""
            else:
                value = type(value)()
        return json.dumps(value, ensure_ascii=False)

    def again(self, kept: str) -> Any:
        """What a repeated call gives, of what was kept: the way back of `kept`."""
        return read_json(self.entry.result, kept.encode())

    def result(self, body: bytes, headers: Mapping[str, str] | None = None) -> Any:
        """What it gave, of the body that tells it: the way back of `answer`.

        No body is None, also where it might have been something.

        Args:
            headers: Of the answer, by their names in lower case; they name a file.
        """
        if self.is_file:
            return read_file(body, headers or {})
        if not body:
            return None  # it gives nothing, or this time there was nothing to give
        if not self.is_paged:
            return adapter(self.entry.result).validate_json(body)
        page = json.loads(body)
        line, _total = typing.get_args(self.entry.result)
        return adapter(line).validate_python(page["items"]), page["total"]


def write_cursor(offset: int) -> str:
    """Where a page goes on, for who asks for the next."""
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """Where a page begins.

    Raises:
        InvalidInputError: It is none that an answer gave.
    """
    if not cursor:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        offset = -1
    if offset < 0:
        raise InvalidInputError(
            msg("This cursor was given by no answer."),
            hint=msg("Take next_cursor of the page before, or leave it out for the first page."),
        )
    return offset


def _field(said: Mapping[str, Any], at: str) -> object:
    """A value by its name; after a dot that of a field of it."""
    value: Any = said
    for name in at.split("."):
        value = value[name]
    return value


def _may_be_none(kind: Any) -> bool:
    return type(None) in typing.get_args(kind)


def _is_text(kind: Any) -> bool:
    schema = adapter(kind).json_schema()
    kinds = schema.get("anyOf", [schema])
    return all(
        each.get("type") in ("string", "integer", "number", "boolean", "null")
        or "enum" in each
        or ("$ref" in each and _is_plain_ref(each, schema))
        for each in kinds
    )


def _is_plain_ref(each: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    named = each["$ref"].rpartition("/")[2]
    return "enum" in schema["$defs"][named]


def _plain(body: bytes) -> bytes:
    """A body that says each thing once; nothing is an empty object."""
    if not body:
        return b"{}"
    _json(body)
    return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a name that comes twice each reader would take another value (RFC 8259, 4)."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(written: str) -> Any:
    raise ValueError(f"{written} is no number")


def _json(written: bytes | str) -> Any:
    try:
        return json.loads(written or "null", object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(msg("This is no JSON: {problem}", problem=error)) from None


def _object(written: bytes) -> dict[str, Any]:
    value = _json(written)
    if not isinstance(value, dict):
        raise InvalidInputError(msg("The body is to be a JSON object."))
    return value


def filled(path: str, values: Mapping[str, object]) -> str:
    """A path with values in the places of its names."""
    return NAME.sub(lambda found: quote(str(values[found[1]]), safe=""), path)
