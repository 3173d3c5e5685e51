"""The staff PIN, which unlocks the kiosks of an event."""

from uuid import UUID

from sqlalchemy import select, update

from data.schema import EventRow
from eventdesk.accounts import (
    charge,
    check_pin,
    forgive,
    forgive_all,
    hash_secret,
    rehashed,
    verify_secret,
)
from eventdesk.acts import Act, ActorKind, Permission, Steps, steps
from eventdesk.core.errors import NotAllowedError, NotFoundError, SignInError
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, advise


@steps(Permission.EVENT, about="event_id")
def set_staff_pin(steps: Steps, event_id: UUID, pin: str) -> None:
    """Choose the PIN that unlocks the kiosks of an event.

    Raises:
        InvalidInputError: Too easy to guess.
    """
    check_pin(pin)
    kept_hash = hash_secret(pin)
    with steps.write() as act:
        act.need(event_id, Permission.EVENT)
        changed = act.connection.execute(
            update(EventRow).where(EventRow.id == event_id).values(staff_pin_hash=kept_hash)
        )
        if not changed.rowcount:
            raise NotFoundError(msg("There is no such event."))
        forgive_all(act.connection, _tries_at(event_id))
        act.record("set_staff_pin", ("event", event_id), event_id=event_id)


@steps(public=True, about="event_id")
def check_staff_pin(steps: Steps, event_id: UUID, pin: str) -> None:
    """Let a kiosk be unlocked, also by who lost their role since.

    Whoever works at the door has their own tries; all others share theirs, for anybody may sign up
    as often as they like.

    Raises:
        NotAllowedError: Nobody has signed in; no kiosk stands there.
        SignInError: Wrong, locked for a while, or the event has no staff PIN yet.
    """
    if steps.actor.kind is ActorKind.VISITOR:
        raise NotAllowedError(msg("Only who opened a kiosk can close it."))
    with steps.read() as act:
        subject = _subject(act, event_id)
        kept_hash = act.connection.execute(
            select(EventRow.staff_pin_hash).where(EventRow.id == event_id)
        ).scalar_one_or_none()
    if kept_hash is None:
        raise SignInError(
            msg("This event has no staff PIN yet."), hint=advise(Remedy.SET_STAFF_PIN)
        )
    charge(steps, subject)
    if not verify_secret(kept_hash, pin):
        raise SignInError(msg("This PIN is wrong."))
    renewed = rehashed(kept_hash, pin)
    with steps.write() as act:
        forgive(act.connection, subject)
        if renewed is not None:
            act.connection.execute(
                update(EventRow)
                .where(EventRow.id == event_id, EventRow.staff_pin_hash == kept_hash)
                .values(staff_pin_hash=renewed)
            )


def _tries_at(event_id: UUID) -> str:
    """Begins what the tries of an event are counted under."""
    return f"staff-pin:{event_id}:"


def _subject(act: Act, event_id: UUID) -> str:
    """What the tries of who asks are counted under."""
    try:
        works_here = act.known_at(event_id).may(Permission.DOOR)
    except NotAllowedError:  # closed or revoked since
        works_here = False
    return _tries_at(event_id) + (str(act.actor.id or "") if works_here else "others")
