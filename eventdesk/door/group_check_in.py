"""A whole group checked in at once: a family, a class, a booking."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from data.store import Store
from eventdesk.accounts.approvals import Word
from eventdesk.acts.actor import Actor, Approval, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.door.checkin import scan_in
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.passage import CheckInResult, Scan
from eventdesk.door.recognition import recognize

MOST_TOGETHER = 200
"""Most scans of one group: as many as one may ask other desks to wait for."""


@allowed(Permission.DOOR)
def check_in_group(
    store: Store,
    actor: Actor,
    scans: Sequence[Scan],
    *,
    approval: Approval | None = None,
    now: datetime,
) -> tuple[CheckInResult, ...]:
    """Check the tickets of a group in, in one transaction.

    Whoever needs no company goes first, then companions, then who needs company, so that a family
    passes together. Each scan has its own answer and is written down, refusals too; one that is
    refused keeps nobody else out but whom it was to accompany. Repeated nonces are answered as
    before.

    Args:
        store: Where tickets live.
        actor: Who scans; needs a role at the door, and a supervisor's to force.
        scans: Each with a nonce of its own; they are marked as one group.
        approval: The supervisor who allowed to force, where the actor is none.
        now: The store's clock, aware UTC.

    Returns:
        The answers, in the order of the scans.

    Raises:
        NotAllowedError: The actor may not work here, or may not force.
        NotFoundError: There is no such check-in list.
        InvalidInputError: Nobody or too many, or a nonce is empty, too long or there twice.
        StoreError: Nothing was written; the group may be repeated.
    """
    if not 0 < len(scans) <= MOST_TOGETHER:
        raise InvalidInputError(
            f"A group is 1 to {MOST_TOGETHER} tickets.", hint="Choose some of them."
        )
    if len({scan.nonce for scan in scans}) != len(scans):
        raise InvalidInputError("Each scan of a group needs a nonce of its own.")
    group_id = next((scan.group_id for scan in scans if scan.group_id), None) or new_id()
    together = [replace(scan, group_id=group_id) for scan in scans]
    with store.write() as connection:
        return group_in(store, connection, actor, together, word=Word(approval), now=now)


def group_in(
    store: Store,
    connection: Connection,
    actor: Actor,
    scans: Sequence[Scan],
    *,
    word: Word,
    now: datetime,
) -> tuple[CheckInResult, ...]:
    """Check a group in inside a transaction that does more than that; see `check_in_group`."""
    ranks = [_rank(store, connection, actor, scan) for scan in scans]
    answers = {
        place: scan_in(store, connection, actor, scans[place], word=word, now=now)
        for place in sorted(range(len(scans)), key=ranks.__getitem__)
    }
    return tuple(answers[place] for place in range(len(scans)))


def _rank(store: Store, connection: Connection, actor: Actor, scan: Scan) -> int:
    """When a ticket's turn is: 0 needs nobody, 1 accompanies, 2 needs company, 3 does both."""
    door = list_at_door(connection, scan.list_id)
    need_here(connection, actor, door.event_id, Permission.DOOR)
    ticket, _ = recognize(store, connection, scan, door)
    if ticket is None:
        return 0
    return ticket.facts.companion + 2 * ticket.facts.accompanied
