"""Markdown on pages: formatted, harmless and in time."""

import time

import pytest

from eventdesk.web.pages.formatted import LONGEST, formatted
from tests.web.pages.reading_pages import Page


def page_of(text: str) -> Page:
    return Page(f"<!DOCTYPE html><main>{formatted(text)}</main>")


def test_it_is_formatted_and_headings_stand_below_those_of_the_page() -> None:
    page = page_of("# One\n\n#### Two\n\nA *word*, [there](https://example.org).\n\n- a\n- b")
    assert [each.text for each in page.all("h3")] == ["One", "Two"]
    assert page.one("em").text == "word"
    assert len(page.all("li")) == 2
    [link] = page.all("a")
    assert link.attributes == {
        "href": "https://example.org",
        "rel": "noopener noreferrer nofollow ugc",
    }


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](java&#x0A;script:alert(1))",
        "[x](/sign-out)",
        "[x](//evil.example)",
        "![x](https://evil.example/pixel.png)",
        "![x](data:image/png;base64,AAAA)",
        '[x](https://example.org "\\" onmouseover=alert(1)")',
        '<https://example.org/"onclick=alert(1)>',
        "[x]: javascript:alert(1)\n\n[x]",
        "```<script>\n</script>\n```",
        '```" onclick=alert(1)\nx\n```',
        "<style>*{}</style>\n<iframe src=x></iframe>",
        "\x1b]52;c;eA==\x07\u202etxt",
    ],
)
def test_nothing_in_it_runs_is_fetched_or_leads_astray(text: str) -> None:
    page = page_of(text)
    allowed = {"main", "p", "a", "code", "pre", "em", "strong"}
    assert {each.name for each in page.elements} <= allowed
    for each in page.elements:
        assert not [name for name in each.attributes if name.startswith("on")]
        assert each.attributes.get("href", "https://").startswith("https://")
    assert not {"\x1b", "\u202e"} & set(page.one("main").text)


@pytest.mark.parametrize(
    "piece", ["[", "*", "> ", "- ", "`", "![](", "[a](<", "&", "_a", "\\", "(("]
)
def test_what_is_meant_to_take_long_does_not(piece: str) -> None:
    text = (piece * LONGEST)[: 10 * LONGEST]
    begun_s = time.process_time()
    formatted(text)
    assert time.process_time() - begun_s < 5
