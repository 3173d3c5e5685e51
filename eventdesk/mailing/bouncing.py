"""Bounces: mails that a server took and could not bring, marked with its reason.

They are read in the mailbox that reports come to, or told by a provider. Only the name of a mail
that was really sent marks anything, and marks that one.
"""

import hmac
from base64 import b64decode
from binascii import Error
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, update

from data.house_lock import sending
from data.rows import put_setting, setting
from data.schema import DeliveryRow, ServiceRow
from eventdesk.acts import SYSTEM, Act, Steps, Topic, steps
from eventdesk.core.errors import NotAllowedError, ServiceError
from eventdesk.core.messages import kept_texts, msg
from eventdesk.integrations.mail.bounces import Bounce, bounce_in, bounces_told
from eventdesk.integrations.mail.mailbox import BounceBox, look_into
from eventdesk.mailing.queueing import ALL
from eventdesk.services import ServiceHealth, SetUp, met_service, services_of

BOUNCED: Final = "bounced"
"""The state of a mail that did not arrive."""

MAX_LOOKS: Final = 20
"""Most looks in a row into a mailbox that is full of mail."""


@steps(internal=True)
def read_bounces(steps: Steps) -> int:
    """Look for bounces in the mailboxes that are set up; returns how many mails bounced.

    One of all programs of a home looks at a time. Takes as long as the servers of mail do.
    """
    return sum(_read(steps, each) for each in services_of(steps.store, SYSTEM, "mail"))


@steps(internal=True)
def hear_bounces(steps: Steps, authorization: str, body: bytes) -> int:
    """Take in what a provider tells of bounces; returns how many mails bounced.

    Args:
        authorization: The header it proves itself by: `Bearer` and the secret that was set up, or
            `Basic` with the secret as the password.
        body: An object of JSON with `message_id` and `reason`, or a list of them.

    Raises:
        NotAllowedError: It does not know the secret, or nobody set one up.
        InvalidInputError: The body is no notice.
    """
    given = _secret_in(authorization)
    known = [each.text("notice_secret") for each in services_of(steps.store, SYSTEM, "mail")]
    if not given or not any(hmac.compare_digest(given, each.encode()) for each in known if each):
        raise NotAllowedError(msg("This notice proves nothing."))
    bounces = bounces_told(body)
    with steps.write() as act:
        return _mark(act, bounces)


def _read(steps: Steps, service: SetUp) -> int:
    """Look into the mailbox of one mail service; what is wrong with it is shown as its trouble."""
    box = BounceBox.of(service.values)
    if box is None:
        return 0
    with sending(steps.store.home, f"bounces-{service.id}") as mine:
        if not mine:
            return 0
        try:
            marked = _read_all(steps, service, box)
        except ServiceError as error:
            _note(steps, service, error)
            return 0
    _note(steps, service, None)
    return marked


def _read_all(steps: Steps, service: SetUp, box: BounceBox) -> int:
    marked = 0
    for _ in range(MAX_LOOKS):
        with steps.read() as act:
            mark = setting(act.connection, _key(service)) or ""
        look = look_into(box, mark)
        bounces = [found for each in look.mails if (found := bounce_in(each)) is not None]
        if bounces or look.mark != mark:
            with steps.write() as act:
                marked += _mark(act, bounces)
                put_setting(act.connection, _key(service), look.mark)
                act.touch(Topic.SERVICES)
        if look.is_all:
            break
    return marked


def _mark(act: Act, bounces: Sequence[Bounce]) -> int:
    """Mark the mails that bounced, of those that were sent and did not bounce before."""
    act.touch(Topic.SERVICES)
    return sum(_mark_one(act, each) for each in bounces)


def _mark_one(act: Act, bounce: Bounce) -> int:
    why = kept_texts(
        last_error=msg("It came back: {reason}", reason=bounce.reason)
        if bounce.reason
        else msg("It came back.")
    )
    return act.connection.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.id == bounce.letter_id,
            DeliveryRow.kind.in_(ALL),
            DeliveryRow.state == "sent",
        )
        .values(state=BOUNCED, finished_at=act.now, **why)
    ).rowcount


def _note(steps: Steps, service: SetUp, error: ServiceError | None) -> None:
    """Show the trouble of a mailbox, or that it is over; that of sending stays as it is."""
    with steps.read() as act:
        known = act.connection.execute(
            select(ServiceRow.health, ServiceRow.health_text).where(ServiceRow.id == service.id)
        ).one_or_none()
    if known is None:
        return
    ours = known.health_text.startswith("Bounces are not read: ")
    if error is not None and (ours or known.health != ServiceHealth.TROUBLE):
        trouble = msg("Bounces are not read: {why}", why=error.whole)
        met_service(steps.store, SYSTEM.at(steps.now), service.id, trouble=trouble)
    elif error is None and ours and known.health == ServiceHealth.TROUBLE:
        met_service(steps.store, SYSTEM.at(steps.now), service.id, trouble=None)


def _secret_in(authorization: str) -> bytes:
    """The secret that a header holds; empty where it holds none."""
    scheme, _, said = authorization.strip().partition(" ")
    if scheme.casefold() == "bearer":
        return said.strip().encode(errors="replace")
    if scheme.casefold() != "basic":
        return b""
    try:
        return b64decode(said.strip(), validate=True).partition(b":")[2]
    except (Error, ValueError):
        return b""


def _key(service: SetUp) -> str:
    return f"bounces/{service.id}"
