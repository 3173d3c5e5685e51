"""Markdown that people wrote, as HTML that is harmless on a page."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from eventdesk.core.plain_text import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST: Final = 20_000
"""Characters that are looked at."""

HEADING: Final = "h3"
"""Each heading becomes one of this level: those above are the page's own."""

OUTSIDE: Final = "noopener noreferrer nofollow ugc"
"""What a browser and a search engine are told of a link that somebody wrote."""


@lru_cache(maxsize=1000)
def formatted(text: str) -> Markup:
    r"""Write Markdown (CommonMark) as HTML.

    HTML in it is text; pictures are links, for nothing is fetched from elsewhere; links lead over
    HTTP or to an e-mail address.

    >>> formatted("**in** <b>out</b>")
    Markup('<p><strong>in</strong> &lt;b&gt;out&lt;/b&gt;</p>\n')
    """
    reader = _reader()
    tokens = reader.parse(harmless(text[:LONGEST]))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = HEADING
        _mark_links(token.children or [])
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # escaped by its renderer


def _mark_links(tokens: "Sequence[Token]") -> None:
    for token in tokens:
        if token.type == "link_open":
            token.attrSet("rel", OUTSIDE)


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_inline", "html_block"])
    made.validateLink = is_link  # type: ignore[assignment, method-assign]
    return made


def is_link(address: str) -> bool:
    """Whether a link may lead there: over HTTP, or to an e-mail address.

    >>> is_link("https://example.org"), is_link("javascript:alert(1)"), is_link("/sign-out")
    (True, False, False)
    """
    return address.lower().startswith(("https://", "http://", "mailto:"))
