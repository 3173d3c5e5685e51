"""The check-in: one scan decided and written down in one transaction, and its undo."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select, update

from data.prepared import Prepared
from data.schema import AdmissionRow, DeliveryRow, ScanRow
from data.store import Store
from eventdesk.accounts.approvals import Word, need_word
from eventdesk.acts.actor import Actor, Approval, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError, SupervisorNeededError
from eventdesk.core.ids import new_id
from eventdesk.door.decide import Decision, decide
from eventdesk.door.gates import gate_in_use
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.outcome import Outcome
from eventdesk.door.passage import CheckInResult, Scan
from eventdesk.door.passages import history_of, inside_now
from eventdesk.door.recognition import recognize, refused
from eventdesk.door.room_moves import end_other_stays, give_stays_back
from eventdesk.door.scan_rows import Attempt, write_down
from eventdesk.door.scans import one_scan
from eventdesk.door.ticket_facts import facts_at
from eventdesk.door.views import ScanView

UNDO_WINDOW = timedelta(minutes=5)
"""How long an operator may take back an own scan; a supervisor may at any time."""

MAX_NONCE = 100
MAX_REASON = 500


@allowed(Permission.DOOR)
def check_in(
    store: Store, actor: Actor, scan: Scan, *, approval: Approval | None = None, now: datetime
) -> CheckInResult:
    """Decide one scan and write down everything that follows from it.

    One transaction: the scan, the admission and the badge appear together or not at all. A
    ticket is admitted once, whatever the number of doors. Repeating a call with the same
    nonce returns the first call's result and writes nothing.

    Args:
        store: Where tickets live.
        actor: Who or what scans; needs a role at the door, and a supervisor's to force.
        scan: What was seen, where and how.
        approval: The supervisor who allowed to force, where the actor is none.
        now: The store's clock, aware UTC; it decides, `scan.seen_at` is only kept.

    Returns:
        The answer. A refusal is an answer, not an exception.

    Raises:
        NotAllowedError: The actor may not work here, or may not force.
        NotFoundError: There is no such check-in list.
        InvalidInputError: The nonce is empty or too long.
        StoreError: Nothing was written; the scan may be repeated.
    """
    with store.write() as connection:
        return scan_in(store, connection, actor, scan, word=Word(approval), now=now)


def scan_in(
    store: Store,
    connection: Connection,
    actor: Actor,
    scan: Scan,
    *,
    word: Word,
    now: datetime,
) -> CheckInResult:
    """Check one scan in inside a transaction that does more than that; see `check_in`."""
    if not 0 < len(scan.nonce) <= MAX_NONCE:
        raise InvalidInputError(f"A scan needs a nonce of 1 to {MAX_NONCE} characters.")
    device_id = actor.device_id or store.device_id
    known = _KNOWN.one_or_none(connection, {"device_id": device_id, "nonce": scan.nonce})
    if known is not None:
        need_here(connection, actor, known.event_id, Permission.DOOR)
        return CheckInResult.from_json(known.result)
    door = list_at_door(connection, scan.list_id)
    here = need_here(connection, actor, door.event_id, Permission.DOOR)
    scan = _cleaned(scan, gate_in_use(connection, scan.gate_id))
    approved_by = ""
    if scan.force_reason:
        words = "let a guest in against the rules"
        approved_by = word.need(connection, here, door.event_id, act="force", words=words, now=now)
    ticket, refusal = recognize(store, connection, scan, door)
    attempt = Attempt(
        actor, scan, door, door.way(scan.direction), device_id, now, new_id(), approved_by, ticket
    )
    decision = _decided(connection, attempt, refusal)
    # What is asked of the guest first takes no word: the answers come with another scan.
    if scan.force_reason and decision.outcome is not Outcome.INCOMPLETE:
        word.spend(connection, here, now=now)
    result = write_down(connection, attempt, decision)
    if decision.outcome is Outcome.ADMITTED:
        end_other_stays(connection, attempt)
    return result


def _cleaned(scan: Scan, gate_id: UUID | None) -> Scan:
    """The scan with its reason trimmed and at a gate that is there."""
    reason = scan.force_reason.strip()[:MAX_REASON]
    if reason == scan.force_reason and gate_id == scan.gate_id:
        return scan
    return replace(scan, force_reason=reason, gate_id=gate_id)


def _decided(connection: Connection, attempt: Attempt, refusal: Decision | None) -> Decision:
    """Decide a scan, and note in the attempt what was known then."""
    scan, door, ticket, now = attempt.scan, attempt.door, attempt.ticket, attempt.now
    if ticket is None:
        return refusal or refused(Outcome.UNKNOWN)
    attempt.history = history_of(connection, ticket.facts.id, door, now)
    if refusal is not None:
        return refusal
    attempt.facts = facts_at(connection, ticket, door, attempt.direction, now)
    if door.limit is not None:
        attempt.inside = inside_now(connection, door, now)
    return decide(
        attempt.facts,
        door,
        attempt.history,
        now,
        scan.answers,
        direction=attempt.direction,
        force=bool(scan.force_reason),
        gate_id=scan.gate_id,
        inside=attempt.inside,
        asks=scan.asks,
    )


@allowed(Permission.DOOR)
def undo(
    store: Store,
    actor: Actor,
    scan_id: UUID,
    *,
    approval: Approval | None = None,
    now: datetime,
    reason: str = "",
) -> ScanView:
    """Take back an admission or exit: the scan stays and is marked, the ticket is free again.

    A badge of this scan that has not left yet is called off, and who had left another room for
    this one is there again.

    Args:
        store: Where tickets live.
        actor: Who takes it back: the same operator within `UNDO_WINDOW`, or a supervisor.
        scan_id: The scan to take back.
        approval: The supervisor who allowed it, where the actor may not by themselves.
        now: The store's clock, aware UTC.
        reason: Why, for the log.

    Returns:
        The scan as it stands in the log now.

    Raises:
        NotFoundError: There is no such scan.
        InvalidInputError: It was undone already, or let nobody through.
        NotAllowedError: It is someone else's or too old, and the actor is no supervisor.
    """
    with store.write() as connection:
        row = connection.execute(
            select(
                ScanRow.outcome,
                ScanRow.annulled_at,
                ScanRow.actor_id,
                ScanRow.actor_name,
                ScanRow.recorded_at,
                ScanRow.event_id,
                ScanRow.ticket_id,
            ).where(ScanRow.id == scan_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError("There is no such scan.", hint="Press F5 to read the log again.")
        here = need_here(connection, actor, row.event_id, Permission.DOOR)
        word = _need_undoable(connection, row, scan_id, here, approval, now)
        connection.execute(
            update(ScanRow)
            .where(ScanRow.id == scan_id)
            .values(annulled_at=now, annulled_by=actor.name, annulled_reason=reason)
        )
        give_stays_back(connection, scan_id, actor_name=actor.name, reason=reason, now=now)
        connection.execute(delete(AdmissionRow).where(AdmissionRow.scan_id == scan_id))
        connection.execute(
            update(DeliveryRow)
            .where(DeliveryRow.scan_id == scan_id, DeliveryRow.state == "queued")
            .values(state="cancelled", finished_at=now)
        )
        record(
            connection,
            actor,
            "undo",
            ("scan", scan_id),
            now=now,
            event_id=row.event_id,
            reason=reason,
            outcome=row.outcome,
            ticket=str(row.ticket_id),
            **({"approved_by": word} if word else {}),
        )
        return one_scan(connection, actor, scan_id)


_KNOWN = Prepared(
    select(ScanRow.result, ScanRow.event_id).where(
        ScanRow.device_id == bindparam("device_id"), ScanRow.nonce == bindparam("nonce")
    )
)


def _need_undoable(
    connection: Connection,
    row: Any,
    scan_id: UUID,
    actor: Actor,
    approval: Approval | None,
    now: datetime,
) -> str:
    """Let only those undo a scan who may; returns the supervisor whose word it took, or ""."""
    if row.annulled_at is not None:
        raise InvalidInputError("This scan was undone already.")
    if not Outcome(row.outcome).passes:
        raise InvalidInputError(
            "This scan let nobody through; there is nothing to undo.",
            hint="Choose the scan that let the guest in.",
        )
    own = row.actor_id == actor.id and row.actor_name == actor.name
    if actor.is_supervisor or (own and now - row.recorded_at <= UNDO_WINDOW):
        return ""
    if approval is not None:
        return need_word(
            connection,
            actor,
            row.event_id,
            approval,
            act="undo",
            words="undo this scan",
            now=now,
        )
    if not own:
        raise SupervisorNeededError(
            f"{row.actor_name} made this scan.", hint="Ask them or a supervisor to undo it."
        )
    minutes = UNDO_WINDOW.seconds // 60
    raise SupervisorNeededError(
        f"This scan is older than {minutes} minutes.", hint="Ask a supervisor to undo it."
    )
