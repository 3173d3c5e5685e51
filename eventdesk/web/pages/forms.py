"""Forms that browsers send: read with bounds, from pages of this house alone."""

import re
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.web.bodies import body_of
from eventdesk.web.caller import need_own_page

FORM: Final = "application/x-www-form-urlencoded"

MOST_OF_FORM: Final = 32 * 1024
MOST_FIELDS: Final = 50

LONGEST_PATH: Final = 500

_PATH: Final = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
"""A path with its query: no backslash, which browsers take for a slash, and no second host."""


async def form_of(request: Request) -> dict[str, str]:
    """Read a form.

    Raises:
        NotAllowedError: A page of another site sent it.
        RequestRefusedError: It is too long, or no form.
        InvalidInputError: It has too many fields, one twice, or what is no text.
    """
    need_own_page(request)
    body = await body_of(request, most=MOST_OF_FORM, kind=FORM)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise InvalidInputError(msg("This form cannot be read.")) from None
    said = dict(pairs)
    if len(said) < len(pairs):
        raise InvalidInputError(msg("This form says something twice."))
    return said


def own_path(said: str) -> str:
    r"""Where to go on, where that is a path of this house; else its first page.

    >>> own_path("/events/7?tab=seats"), own_path("//evil.example"), own_path(r"/\evil.example")
    ('/events/7?tab=seats', '/', '/')
    """
    return said if len(said) <= LONGEST_PATH and _PATH.fullmatch(said) else "/"
