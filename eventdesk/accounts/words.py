"""Words for accounts, on screens and pages alike."""

from collections.abc import Mapping
from typing import Final

from eventdesk.accounts.team import MAY
from eventdesk.acts import Permission
from eventdesk.core.messages import Message, msg

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
