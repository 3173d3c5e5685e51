"""The PIN that unlocks the kiosks of an event."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from data.schema import EventRow
from data.store import Store
from eventdesk.accounts.credential import check_pin, hash_secret, rehashed, verify_secret
from eventdesk.accounts.wrong_tries import charge, forgive
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import NotFoundError, SignInError


@allowed(Permission.EVENT)
def set_staff_pin(store: Store, actor: Actor, event_id: UUID, pin: str, *, now: datetime) -> None:
    """Choose the PIN that unlocks the kiosks of an event.

    Raises:
        NotAllowedError: The actor is no organizer of this event.
        InvalidInputError: Too easy to guess.
        NotFoundError: There is no such event.
    """
    check_pin(pin)
    kept_hash = hash_secret(pin)
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        changed = connection.execute(
            update(EventRow).where(EventRow.id == event_id).values(staff_pin_hash=kept_hash)
        )
        if not changed.rowcount:
            raise NotFoundError("There is no such event.")
        subject = ("event", event_id)
        record(connection, actor, "set_staff_pin", subject, now=now, event_id=event_id)


def check_staff_pin(store: Store, event_id: UUID, pin: str, *, now: datetime) -> None:
    """Let a kiosk be unlocked.

    Raises:
        SignInError: Wrong, locked for a while, or the event has no staff PIN yet.
    """
    subject = f"staff-pin:{event_id}"
    with store.read() as connection:
        kept_hash = connection.execute(
            select(EventRow.staff_pin_hash).where(EventRow.id == event_id)
        ).scalar_one_or_none()
    if kept_hash is None:
        raise SignInError(
            "This event has no staff PIN yet.",
            hint="Set one on the machine's command line: `eventdesk staff-pin`.",
        )
    charge(store, subject, now)
    if not verify_secret(kept_hash, pin):
        raise SignInError("This PIN is wrong.")
    renewed = rehashed(kept_hash, pin)
    with store.write() as connection:
        forgive(connection, subject)
        if renewed is not None:
            connection.execute(
                update(EventRow)
                .where(EventRow.id == event_id, EventRow.staff_pin_hash == kept_hash)
                .values(staff_pin_hash=renewed)
            )
