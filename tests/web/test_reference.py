"""The reference of the API: each address on one page, which loads nothing from elsewhere."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from eventdesk.web.app import served
from eventdesk.web.reference import example, kind_of, page
from eventdesk.wire.addresses import ROOT
from tests.web.serving import Served
from tests.web.test_openapi import described

EMPTY = {"meta", "link", "!doctype"}


class Read(HTMLParser):
    """A page, read as a browser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: set[str] = set()
        self.scripted: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.scripted += [name for name in given if name.startswith("on") or name == "style"]
        where = given.get("href") or given.get("src")
        if where is not None:
            (self.links if tag == "a" else self.loaded).append(where)
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture(scope="module")
def text() -> str:
    return page(described())


def test_each_address_is_there_with_an_example_and_its_errors(text: str) -> None:
    for route in served():
        name = f'<article id="{route.verb.area}_{route.verb.name}">'
        _, found, rest = text.partition(name)
        assert found, name
        article = rest.partition("</article>")[0]
        assert f"<code>{route.method} {ROOT}{route.path}</code>" in article
        assert "<h4>Example</h4>" in article
        assert "<code>invalid_input</code>" in article
        for place in re.findall(r"\{(\w+)\}", route.path):
            assert f"<code>{place}</code>" in article


def test_it_is_sound_and_its_links_lead_somewhere(text: str) -> None:
    read = Read(text)
    assert len(read.ids) == len(set(read.ids))
    for link in read.links:
        assert link == f"{ROOT}/openapi.json" or link.removeprefix("#") in read.ids


def test_it_loads_its_own_style_sheet_and_runs_nothing(house: Served) -> None:
    answer = house.http.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    read = Read(answer.text)
    assert read.loaded == ["/docs/reference.css"]
    assert not read.tags & {"script", "style", "iframe", "img", "form", "object", "base"}
    assert read.scripted == []
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[:2] == ["default-src 'none'", "style-src 'self'"]
    assert not [each for each in policy if "unsafe" in each or "http" in each]
    style = house.http.get(read.loaded[0])
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text
    assert "@import" not in style.text
    assert all(not urlsplit(each).netloc for each in (*read.links, *read.loaded))


def test_what_a_docstring_says_is_never_markup() -> None:
    said = described() | {"info": {"title": "<b>", "version": "&", "description": "<script>"}}
    assert "<script>" not in page(said)
    assert "<b>" not in page(said)


def test_an_address_that_is_described_by_hand_and_briefly_is_shown() -> None:
    brief = {
        "operationId": "by_hand",
        "tags": ["door"],
        "summary": "Do it.",
        "responses": {"201": {"description": "Done."}},
    }
    made = page(described() | {"paths": {"/by-hand": {"post": brief}}})
    assert "<p>Do it.</p>" in made
    assert "201 Done." in made


NODE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "inner": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
    },
}


def test_an_example_of_a_type_that_holds_itself_ends() -> None:
    made = example({"$ref": "#/components/schemas/Node"}, {"Node": NODE})
    assert made["name"] == "text"
    assert str(made).count("inner") == 5


@pytest.mark.parametrize(
    ("schema", "made", "words"),
    [
        ({"type": "string", "format": "date"}, "2026-05-30", "date"),
        ({"enum": ["a", "b"]}, "a", "<code>&quot;a&quot;</code>, <code>&quot;b&quot;</code>"),
        ({"type": "array", "items": {"type": "integer"}}, [1], "list of integer"),
        ({"type": "array", "items": {"type": "integer", "minimum": 7}}, [7], "list of integer"),
        ({"type": "integer", "default": 50}, 50, "integer"),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True, "boolean or null"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, {}, "object of number"),
        ({}, None, "anything"),
    ],
)
def test_examples_and_types_say_what_may_be_sent(schema: Any, made: Any, words: str) -> None:
    assert example(schema, {}) == made
    assert kind_of(schema) == words
