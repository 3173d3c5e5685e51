"""Words for accounts, on screens and pages alike."""

from collections.abc import Callable, Mapping
from typing import Final

from eventdesk.accounts.profiles import SILENCEABLE, Profile, ProfileView
from eventdesk.accounts.team import MAY
from eventdesk.acts import Permission
from eventdesk.core.messages import Message, _, msg

METHOD_WORDS: Final = {
    "": msg("no matter which"),
    "cash": msg("cash"),
    "terminal": msg("card at the desk"),
    "transfer": msg("bank transfer"),
    "voucher": msg("voucher"),
    "gateway": msg("online"),
}
"""Ways to pay that a person may prefer."""

NOTICE_WORDS: Final = {
    "booking": msg("My bookings"),
    "offer": msg("Places offered from a waitlist"),
    "change": msg("Changes of an event"),
    "cancellation": msg("Cancellations"),
    "payment": msg("Payments and refunds"),
    "reminder": msg("Reminders"),
    "announcement": msg("Announcements of organizers"),
}
"""Kinds of notices that a person may silence."""

SIGN_UP_KINDS: Final = (
    ("pin", msg("come to events (a PIN)")),
    ("password", msg("organize events (a password)")),
)
"""What somebody signs up for, and with which kind of secret."""

TOKEN_USES: Final[Mapping[Permission, Message]] = {
    Permission.ATTEND: msg("what everybody may for themselves"),
    **MAY,
    Permission.EVENT: msg("events and their teams"),
    Permission.INSTALLATION: msg("the whole house"),
}
"""What a token may be used for, in the order in which it is offered."""


def _payment(now: Profile) -> str:
    method = METHOD_WORDS[now.payment_method]
    return f"{method} ({now.payment_reference})" if now.payment_reference else str(method)


def _told(now: Profile) -> str:
    if not now.silenced:
        return _("everything")
    told = ", ".join(str(NOTICE_WORDS[kind]) for kind in SILENCEABLE if kind not in now.silenced)
    return told or _("nothing but my account")


PROFILE_FACTS: Final[tuple[tuple[Message, Callable[[ProfileView], str]], ...]] = (
    (msg("Name"), lambda view: view.profile.name),
    (msg("E-mail"), lambda view: view.email),
    (
        msg("Signs in with"),
        lambda view: _("a PIN") if view.secret_kind == "pin" else _("a password"),
    ),
    (msg("Pronouns"), lambda view: view.profile.pronouns),
    (msg("Organization"), lambda view: view.profile.organization),
    (msg("Line on the badge"), lambda view: view.profile.badge_line),
    (msg("Interests"), lambda view: ", ".join(view.profile.interests)),
    (msg("Language"), lambda view: view.profile.language),
    (msg("I eat"), lambda view: view.profile.dietary),
    (msg("I need"), lambda view: view.profile.access_needs),
    (msg("I like to pay"), lambda view: _payment(view.profile)),
    (msg("I am told about"), lambda view: _told(view.profile)),
)
"""What is shown of a profile, from top to bottom; "" is not told."""


def short_browser(called: str) -> str:
    """What a browser calls itself, by the name that tells it from others.

    >>> short_browser("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36")
    'Chrome/156.0 X11'
    """
    system = called.partition("(")[2].partition(";")[0].partition(")")[0]
    for name in ("Edg/", "OPR/", "Firefox/", "Chrome/", "Version/"):
        if name in called:
            version = called.partition(name)[2].split(" ")[0]
            return f"{name}{version} {system}".strip()
    return called
