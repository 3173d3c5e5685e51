"""Pages made of templates: what all have in common, and how a browser may treat them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from eventdesk.acts import VISITOR, Actor, ActorKind
from eventdesk.core.formats import money
from eventdesk.core.messages import LANGUAGES, SPOKEN, _, _n, _p, reader
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.web.language import CHOICE, COOKIE, chosen_language
from eventdesk.web.pages.assets import asset
from eventdesk.web.pages.formatted import formatted, is_link

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).parents[1] / "templates"

A_YEAR_S: Final = 365 * 24 * 3600

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    # With "no-referrer", browsers would not even tell ourselves which page sent a form.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "vary": "accept-language, cookie",
}


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A link to the same page in another language.

    Attributes:
        tag: Of the language, as HTML has it.
        name: As its speakers call it.
        address: A query of the same path.
    """

    tag: str
    name: str
    address: str


@cache
def environment() -> "Environment":
    """What reads the templates; loaded with the first page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "_": _,
        "_n": _n,
        "_p": _p,
        "asset": asset,
        "formatted": formatted,
        "is_link": is_link,
        "money": money,
        "plain": plain,
        "spoken": spoken,
    }
    return made


def page(
    request: Request,
    template: str,
    *,
    actor: Actor = VISITOR,
    status: int = 200,
    headers: Mapping[str, str] = HEADERS,
    **values: Any,
) -> Response:
    """Make a page.

    Args:
        request: Asks for it.
        template: A file of `templates/`.
        actor: Who asks, for what stands on top of it.
        status: Of HTTP.
        headers: How browsers may treat it.
        values: What the template names.
    """
    written = environment().get_template(template)
    language = reader().language
    body = written.render(
        language=language,
        languages=other_languages(request, language),
        name=plain(actor.name) if actor.kind is ActorKind.ACCOUNT else "",
        **values,
    )
    answer = HTMLResponse(body, status, headers={**headers, "content-language": language})
    if chosen := chosen_language(request.scope):
        answer.set_cookie(
            COOKIE,
            chosen,
            max_age=A_YEAR_S,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
    return answer


def other_languages(request: Request, language: str) -> list[LanguageLink]:
    """The same page in the other languages; only the query is named, which leads nowhere else."""
    said = [pair for pair in request.query_params.multi_items() if pair[0] != CHOICE]
    return [
        LanguageLink(tag, LANGUAGES[tag], "?" + urlencode([*said, (CHOICE, tag)]))
        for tag in SPOKEN
        if tag != language
    ]
