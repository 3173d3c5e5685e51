"""Which language a request is answered in: what was chosen, else what its program asks for."""

from typing import Final
from urllib.parse import parse_qs

from starlette.requests import cookie_parser
from starlette.types import Scope

from eventdesk.core.messages import ENGLISH, SPOKEN

COOKIE: Final = "language"
"""Remembers the language that was chosen on a page."""

CHOICE: Final = "lang"
"""Chooses a language in the query of a page's address."""

MOST_WISHES: Final = 10


def chosen_language(scope: Scope) -> str:
    """The language that the address of a request chooses; "" where it chooses none."""
    query = scope.get("query_string", b"").decode("latin-1")
    if f"{CHOICE}=" not in query:
        return ""
    try:
        said = parse_qs(query, max_num_fields=100).get(CHOICE, [""])[-1]
    except ValueError:
        return ""
    return said if said in SPOKEN else ""


def language_of(scope: Scope) -> str:
    """The first language that is spoken here: chosen now, chosen before, asked for, English."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if chosen := chosen_language(scope):
        return chosen
    remembered = cookie_parser(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE, "")
    if remembered in SPOKEN:
        return remembered
    wanted = headers.get(b"accept-language", b"").decode("latin-1")
    for each in wanted.split(",")[:MOST_WISHES]:
        tag: str = each.partition(";")[0].strip().partition("-")[0].lower()
        if tag in SPOKEN:
            return tag
    return ENGLISH
