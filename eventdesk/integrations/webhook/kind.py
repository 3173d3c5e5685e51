"""What is typed to set a webhook up."""

import base64
import binascii
import secrets
from collections.abc import Collection
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, SEVERAL, Field
from eventdesk.core.messages import Message, msg
from eventdesk.core.typed_text import line
from eventdesk.integrations.calls import checked_origin
from eventdesk.integrations.service import ServiceKind

MAX_ADDRESS: Final = 500

ALL: Final = "*"
"""In the place of names: every event there is, and those to come."""

EVENTS: Final[dict[str, Message]] = {
    ALL: msg("everything"),
    "check_in": msg("check_in: a code was scanned at the door"),
    "undo": msg("undo: a scan was taken back"),
    "sell_at_door": msg("sell_at_door: a ticket was sold at the door"),
    "book": msg("book: a booking was made"),
    "approve_booking": msg("approve_booking: a booking was approved"),
    "refuse_booking": msg("refuse_booking: a booking was refused"),
    "expire_booking": msg("expire_booking: a booking was not paid in time"),
    "cancel_booking": msg("cancel_booking: a booking was cancelled"),
    "cancel_tickets": msg("cancel_tickets: tickets of a booking were cancelled"),
    "take_payment": msg("take_payment: a payment was taken at a desk"),
    "payment_paid": msg("payment_paid: an online payment came in"),
    "payment_failed": msg("payment_failed: an online payment failed"),
    "refund": msg("refund: money is given back"),
    "rename": msg("rename: the name on a ticket was corrected"),
    "transfer_ticket": msg("transfer_ticket: a ticket went to somebody else"),
    "upgrade_ticket": msg("upgrade_ticket: a ticket became one of another type"),
    "block": msg("block: a ticket was blocked"),
    "join_waitlist": msg("join_waitlist: somebody waits for a place"),
    "offer_place": msg("offer_place: somebody who waits was offered a place"),
    "create_event": msg("create_event: an event was made"),
    "publish_event": msg("publish_event: an event was published"),
    "change_event": msg("change_event: an event was changed"),
    "cancel_event": msg("cancel_event: an event was cancelled"),
    "change_session": msg("change_session: a session was changed"),
    "cancel_session": msg("cancel_session: a session was cancelled"),
}
"""What can be chosen, by the verbs of the audit."""

NETWORKS: Final = "webhook_networks"
"""The setting of the house that names networks inside that webhooks may lead to."""

SECRET_PREFIX: Final = "whsec_"
MIN_SECRET, MAX_SECRET = 24, 64
"""Bytes of a secret (Standard Webhooks, "Signature scheme")."""


def new_secret() -> str:
    """A secret that nobody has seen."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(MIN_SECRET)).decode()


def checked_secret(typed: str) -> str:
    """Check a secret; nothing typed has one made.

    Raises:
        InvalidInputError: It is none.
    """
    text = typed.strip()
    if not text:
        return new_secret()
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if not MIN_SECRET <= len(key) <= MAX_SECRET:
        raise InvalidInputError(
            msg("This is no secret of a webhook."),
            hint=msg(
                "Leave it empty to have one made, or type whsec_ and 24 to 64 bytes in base64."
            ),
        )
    return SECRET_PREFIX + base64.b64encode(key).decode()


def _checked_events(names: Collection[str]) -> frozenset[str]:
    if not names:
        raise InvalidInputError(
            msg("Choose at least one event."),
            hint=msg("Known: {events}.", events=", ".join(EVENTS)),
        )
    return frozenset(names)


def _checked_address(typed: str) -> str:
    address = line(typed, msg("The address"), most=MAX_ADDRESS, needed=True)
    checked_origin(address)
    return address


WEBHOOK: Final = ServiceKind(
    name="webhook",
    title=msg("Webhook"),
    what=msg("Tells a program of yours what happens here, within seconds."),
    fields=(
        Field(
            "url",
            LINE,
            "Address",
            hint="Where events are posted, such as https://example.org/hooks.",
            needed=True,
            check=_checked_address,
        ),
        Field(
            "events",
            SEVERAL,
            "Told of",
            hint="They are called as in the audit log.",
            what="What it is told of",
            choices=EVENTS,
            check=_checked_events,
        ),
        Field(
            "secret",
            LINE,
            "Secret",
            hint="Signs what is sent. Leave it empty to have one made.",
            secret=True,
            check=checked_secret,
        ),
        Field("former_secret", LINE, option=None, secret=True),
        Field("former_until", LINE, option=None),
    ),
    probe="eventdesk.integrations.webhook.posting:probe",
    needs="standardwebhooks",
    extra="webhooks",
    of_event=True,
    everywhere=True,
    several=True,
    rules=(NETWORKS,),
)
