"""Forms that browsers send: read with bounds, from pages of this house alone."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

from starlette.requests import Request

from eventdesk.acts import Actor, Asked, Once, Verb
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.web.bodies import body_of
from eventdesk.web.caller import need_own_page
from eventdesk.wire.addresses import route_of

FORM: Final = "application/x-www-form-urlencoded"

MOST_OF_FORM: Final = 32 * 1024
MOST_FIELDS: Final = 50

NOT_TAKEN: Final = 422
"""The status of a form that was understood, and what it says does not hold."""

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


def read_id(said: str) -> UUID | None:
    """The id that a form or a query names; None where it is none."""
    try:
        return UUID(said)
    except ValueError:
        return None


def new_form() -> str:
    """A name for a form that is shown, so that sending it twice does it once."""
    return uuid4().hex


def once(actor: Actor, verb: Verb[..., Any], form: Mapping[str, str]) -> Asked:
    """Who asks for what a form says: the same form with the same words is one call.

    Args:
        actor: Who sends it.
        verb: What the form has done.
        form: What it says; `form` in it is of `new_form`.
    """
    whole = json.dumps(sorted(form.items()))
    said = hashlib.sha256(whole.encode()).hexdigest()
    route = route_of(verb)
    key = f"form {said}"
    return Asked(actor, once=Once(f"{actor.kind}:{actor.id}", key, said, route.kept, route.again))


@dataclass(slots=True)
class Wrong:
    """What is wrong in a form: at its fields, or of the whole.

    Attributes:
        at: What is said at a field, by its name.
        problem: What is said of all of it.
    """

    at: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    def __bool__(self) -> bool:
        return bool(self.at or self.problem)

    def say(self, error: EventDeskError | Message, *, name: str = "") -> None:
        """Say what is wrong, at a field where one is named; the first word counts."""
        said = str(error.whole if isinstance(error, EventDeskError) else error)
        if name:
            self.at.setdefault(name, said)
        else:
            self.problem = self.problem or said

    def need(self, name: str, check: Callable[[], object]) -> None:
        """Say at a field what a check of it refuses."""
        try:
            check()
        except InvalidInputError as error:
            self.say(error, name=name)
