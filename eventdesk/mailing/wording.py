"""The words of mails: what they are about, how they read unless somebody changed them.

A wording is a subject and a text in the language of Jinja, of which only names, conditions and a
few filters are allowed: so it can neither call anything nor grow, and needs no limit of time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg, msg_p
from eventdesk.core.plain_text import plain

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

MAX_SUBJECT: Final = 300
MAX_TEXT: Final = 20_000


class MailKind(StrEnum):
    """What a mail is about."""

    LINK = "link"
    BOOKING = "booking"
    PAYMENT = "payment"
    TICKET = "ticket"
    OFFER = "offer"
    REMINDER = "reminder"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    ANNOUNCEMENT = "announcement"
    ACCOUNT = "account"
    CODE = "code"


KIND_NAMES: Final[Mapping[MailKind, Message]] = {
    MailKind.LINK: msg("booking without an account"),
    MailKind.BOOKING: msg("booking"),
    MailKind.PAYMENT: msg("payment"),
    MailKind.TICKET: msg("ticket for its holder"),
    MailKind.OFFER: msg("offered place"),
    MailKind.REMINDER: msg("reminder"),
    MailKind.CHANGE: msg("change"),
    MailKind.CANCELLATION: msg("cancellation"),
    MailKind.ANNOUNCEMENT: msg_p("a notice", "message"),
    MailKind.ACCOUNT: msg("account"),
    MailKind.CODE: msg("one-time code"),
}
"""How people call them."""

DISPENSABLE: Final = frozenset({MailKind.ANNOUNCEMENT, MailKind.REMINDER})
"""What nobody needs for a booking, so that one click ends it."""

VARIABLES: Final[Mapping[str, Message]] = {
    "name": msg("whom it goes to"),
    "title": msg("what happened, in a line"),
    "text": msg("what happened, in full"),
    "event": msg("the event"),
    "when": msg("when it is"),
    "where": msg("where it is"),
    "booking": msg("the code of the booking"),
    "tickets": msg("the tickets, a line each"),
    "types": msg("the types of the tickets"),
    "sessions": msg("the sessions chosen"),
    "online": msg("the address of an online event"),
    "link": msg("the address of the booking"),
    "due": msg("what is to be paid yet"),
    "until": msg("until when it is to be paid"),
}
"""What a wording may name; what there is none of is empty."""

_ORDER: Final = {"gt": ">", "gteq": ">=", "lt": "<", "lteq": "<="}
"""Comparisons that say nothing about text, by their names in Jinja."""

_TAGS: Final = "{% if %}, {% elif %}, {% else %}, {% endif %}"

FILTERS: Final = frozenset({"upper", "lower", "title", "capitalize", "trim"})


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a text, as somebody writes them."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A subject and a text, as somebody reads them."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Where:
    """A paragraph that is there only where there is such a value."""

    value: str
    text: str | Message

    def __str__(self) -> str:
        return f"{{% if {self.value} %}}{self.text}{{% endif %}}"


Paragraph = str | Message | Where

_GREETING: Final = msg("Hello {{ name }},")
_FACTS: Final = "{{ event }}\n{{ when }}\n{{ where }}"
_TICKETS: Final = (
    Where("tickets", "{{ tickets }}"),
    Where("tickets", msg("Hold the QR code of your ticket up to the camera at the door.")),
)
_DUE: Final = (
    Where("due", msg("To pay: {{ due }}")),
    Where("until", msg("At the latest: {{ until }}")),
)
_LINK: Final = Where("link", msg("See, pay, change or cancel your booking: {{ link }}"))

READY: Final[Mapping[MailKind, tuple[str | Message, tuple[Paragraph, ...]]]] = {
    MailKind.LINK: (
        msg("Your booking {{ booking }}: {{ event }}"),
        (
            _GREETING,
            msg("here is your booking {{ booking }}. Whoever has this mail has the booking."),
            _FACTS,
            *_DUE,
            *_TICKETS,
            _LINK,
        ),
    ),
    MailKind.TICKET: (
        msg("Your ticket: {{ event }}"),
        (_GREETING, msg("here is your ticket."), _FACTS, *_TICKETS),
    ),
    MailKind.ANNOUNCEMENT: ("{{ title }}", ("{{ text }}", _FACTS)),
    MailKind.ACCOUNT: ("{{ title }}", (_GREETING, "{{ title }}", "{{ text }}")),
    MailKind.CODE: (
        msg("Your one-time code"),
        (
            _GREETING,
            msg("with this code you choose a new PIN or password: {{ text }}"),
            msg("It holds for an hour. If you did not ask for it, nothing has to be done."),
        ),
    ),
}
"""How mails read that are not like all others, in paragraphs."""

USUAL: Final[tuple[str | Message, tuple[Paragraph, ...]]] = (
    "{{ title }}",
    (_GREETING, "{{ title }}.", "{{ text }}", _FACTS, *_TICKETS, _LINK),
)


def ready_wording(kind: MailKind) -> Wording:
    """How a mail reads in the language of who reads here, unless somebody changed it."""
    subject, paragraphs = READY.get(kind, USUAL)
    return Wording(str(subject), "\n\n".join(map(str, paragraphs)))


def checked(wording: Wording) -> Wording:
    """Take a wording that somebody wrote, once it was tried with all values and with none.

    Raises:
        InvalidInputError: It is too long, holds what no wording may, or cannot be filled in.
    """
    for part, most in ((wording.subject, MAX_SUBJECT), (wording.text, MAX_TEXT)):
        if not part.strip():
            raise InvalidInputError(msg("A mail needs a subject and a text."))
        if len(part) > most:
            raise InvalidInputError(
                msg("{length} characters are too many.", length=len(part)),
                hint=msg("Shorten it to {most} characters.", most=most),
            )
        _need_harmless(part)
    for tried in ({name: name for name in VARIABLES}, {}):
        filled_in(wording, tried)
    return Wording(" ".join(wording.subject.split()), wording.text.strip())


def filled_in(wording: Wording, values: Mapping[str, str]) -> Words:
    """Put values into a wording.

    Raises:
        InvalidInputError: It cannot be understood.
    """
    given = {name: values.get(name, "") for name in VARIABLES}
    subject = plain(_filled(wording.subject, given), limit=MAX_SUBJECT)
    text = _filled(wording.text, given)
    lines = (line.rstrip() for line in text.splitlines())
    return Words(subject, re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())


def _need_harmless(source: str) -> None:
    """See that a wording holds only names, conditions and filters that are allowed."""
    from jinja2 import TemplateSyntaxError, nodes

    allowed = (
        *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const),
        *(nodes.If, nodes.CondExpr, nodes.Not, nodes.And, nodes.Or, nodes.Filter),
        *(nodes.Compare, nodes.Operand),
    )
    try:
        tree = _environment().parse(source)
        found = list(tree.find_all(nodes.Node))
    except (TemplateSyntaxError, RecursionError) as error:
        raise _unclear(error) from error
    for node in found:
        if isinstance(node, nodes.Name) and node.name not in VARIABLES:
            raise _unknown(node.name, VARIABLES)
        if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args):
            raise _unknown(node.name, FILTERS)
        if isinstance(node, nodes.Operand) and node.op in _ORDER:
            raise InvalidInputError(
                msg("{what} is not for mails.", what=_ORDER[node.op]),
                hint=msg("Values are text: compare them with ==, !=, in or not in."),
            )
        if not isinstance(node, allowed):
            raise InvalidInputError(
                msg("Only values and {tag} are known here.", tag="{% if %}"),
                hint=msg("A value stands in two braces, such as {example}.", example="{{ name }}"),
            )


def names_in_words() -> str:
    """What a wording may name, each as it is written and with what it means."""
    return " · ".join(f"{{{{{name}}}}} {means}" for name, means in VARIABLES.items())


def _slip(error: Exception) -> Message:
    """What is wrong with a wording, by what the parser says of it."""
    said = str(error)
    if "unknown tag" in said:
        return msg("Only {tags} are known here.", tags=_TAGS)
    if "end of template" in said or "was looking for" in said:
        return msg("What begins with {value} or {tag} is not ended.", value="{{", tag="{% if %}")
    return msg("What stands between the braces cannot be read.")


def _unclear(error: Exception) -> InvalidInputError:
    return InvalidInputError(
        _slip(error),
        hint=msg("A value stands in two braces, such as {example}.", example="{{ name }}"),
    )


def _unknown(name: str, known: Mapping[str, object] | frozenset[str]) -> InvalidInputError:
    return InvalidInputError(
        msg("There is no {name!r} in mails.", name=plain(name, limit=40)),
        hint=msg("Known: {names}.", names=", ".join(sorted(known))),
    )


@lru_cache(maxsize=1)
def _environment() -> "SandboxedEnvironment":
    try:
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError as error:
        raise InvalidInputError(
            msg("Mails need one more library."),
            hint=msg('Install it: pip install "eventdesk[mail]"'),
        ) from error
    return ImmutableSandboxedEnvironment(keep_trailing_newline=False)


@lru_cache(maxsize=256)
def _template(source: str) -> "Template":
    _need_harmless(source)
    return _environment().from_string(source)


def _filled(source: str, values: Mapping[str, str]) -> str:
    template = _template(source)
    try:
        return template.render(values)
    except Exception as error:  # whatever its conditions meet in these values
        raise _unclear(error) from error
