"""The check-in: one scan decided and written down in one transaction, and its undo."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from data.schema import AdmissionRow, DeliveryRow, GateRow, ScanRow
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError, SupervisorNeededError
from eventdesk.model.decide import Decision, decide, entry_slot
from eventdesk.model.door import (
    CheckInList,
    CheckInResult,
    Direction,
    History,
    Passage,
    PrintPolicy,
    Scan,
)
from eventdesk.model.ids import new_id
from eventdesk.model.outcome import Outcome
from eventdesk.model.people import Actor, Approval, Permission
from eventdesk.model.views import ScanView
from eventdesk.usecases.approvals import need_word
from eventdesk.usecases.audit import record
from eventdesk.usecases.deliveries import queue_badge
from eventdesk.usecases.lists import list_at_door
from eventdesk.usecases.permission import allowed, need_here
from eventdesk.usecases.recognition import Ticket, recognize, refused
from eventdesk.usecases.scans import one_scan

UNDO_WINDOW = timedelta(minutes=5)
"""How long an operator may take back an own scan; a supervisor may at any time."""

MAX_SCANNED = 512
"""Longest scanned text that is kept with a scan, in characters."""

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
        return scan_in(store, connection, actor, scan, approval=approval, now=now)


def scan_in(
    store: Store,
    connection: Connection,
    actor: Actor,
    scan: Scan,
    *,
    approval: Approval | None = None,
    now: datetime,
) -> CheckInResult:
    """Check one scan in inside a transaction that does more than that; see `check_in`."""
    scan = replace(scan, force_reason=scan.force_reason.strip()[:MAX_REASON])
    if not 0 < len(scan.nonce) <= MAX_NONCE:
        raise InvalidInputError(f"A scan needs a nonce of 1 to {MAX_NONCE} characters.")
    device_id = actor.device_id or store.device_id
    known = connection.execute(
        _KNOWN, {"device_id": device_id, "nonce": scan.nonce}
    ).scalar_one_or_none()
    if known is not None:
        return CheckInResult.from_json(known)
    door = list_at_door(connection, scan.list_id)
    here = need_here(connection, actor, door.event_id, Permission.DOOR)
    if scan.force_reason:
        need_word(
            connection,
            here,
            door.event_id,
            approval,
            act="force",
            words="let a guest in against the rules",
            of=str(scan.group_id or scan.nonce),
            now=now,
        )
    direction = scan.direction or door.direction
    ticket, decision = recognize(store, connection, scan, door)
    history = _history(connection, ticket, door)
    if ticket is not None and decision is None:
        force = bool(scan.force_reason)
        facts, answers = ticket.facts, scan.answers
        decision = decide(facts, door, history, now, answers, direction=direction, force=force)
    attempt = _Attempt(actor, scan, door, direction, device_id, now, new_id(), approval)
    return _write_down(connection, attempt, ticket, history, decision or refused(Outcome.UNKNOWN))


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

    A badge of this scan that has not left yet is called off.

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


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One scan and where it happens."""

    actor: Actor
    scan: Scan
    door: CheckInList
    direction: Direction
    device_id: UUID
    now: datetime
    id: UUID
    approval: Approval | None = None

    @property
    def approved_by(self) -> str:
        """The supervisor without whom it would not have been allowed."""
        needed = self.approval is not None and not self.actor.is_supervisor
        return self.approval.supervisor.name if needed and self.approval else ""


# Built once: SQLAlchemy takes longer to build these than SQLite to answer them.
_KNOWN = select(ScanRow.result).where(
    ScanRow.device_id == bindparam("device_id"), ScanRow.nonce == bindparam("nonce")
)
_PASSAGES = (
    select(ScanRow.direction, ScanRow.recorded_at, GateRow.name, ScanRow.id)
    .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
    .where(
        ScanRow.ticket_id == bindparam("ticket_id"),
        ScanRow.list_id == bindparam("list_id"),
        ScanRow.outcome.in_(("admitted", "exited")),
        ScanRow.annulled_at.is_(None),
    )
    .order_by(ScanRow.no)
)
_ADD_SCAN = insert(ScanRow)
_ADD_ADMISSION = insert(AdmissionRow)


def _history(connection: Connection, ticket: Ticket | None, door: CheckInList) -> History:
    """Read the passages of a ticket through a list, in the order the store wrote them."""
    if ticket is None:
        return History()
    rows = connection.execute(_PASSAGES, {"ticket_id": ticket.facts.id, "list_id": door.id})
    return History(
        tuple(Passage(Direction(way), at, gate or "", scan_id) for way, at, gate, scan_id in rows)
    )


def _write_down(
    connection: Connection,
    attempt: _Attempt,
    ticket: Ticket | None,
    history: History,
    decision: Decision,
) -> CheckInResult:
    """Write the scan, the admission and the badge, and make the answer."""
    scan, door, now = attempt.scan, attempt.door, attempt.now
    enters = decision.outcome is Outcome.ADMITTED
    delivery_id = None
    if ticket is not None and enters and _prints(door, history):
        # The badge refers to the scan, so it is queued behind it; its id is needed now.
        delivery_id = new_id()
    result = _answer(attempt, ticket, history, decision, delivery_id)
    connection.execute(
        _ADD_SCAN,
        {
            "id": attempt.id,
            "device_id": attempt.device_id,
            "nonce": scan.nonce,
            "event_id": door.event_id,
            "list_id": door.id,
            "ticket_id": ticket.facts.id if ticket is not None else None,
            "gate_id": scan.gate_id,
            "actor_id": attempt.actor.id,
            "actor_name": attempt.actor.name,
            "source": scan.source,
            "direction": attempt.direction,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "scanned": _kept(scan.text) if ticket is None else "",
            "forced": decision.overridden is not None,
            "force_reason": scan.force_reason if decision.overridden is not None else "",
            "seen_at": scan.seen_at,
            "recorded_at": now,
            "result": result.to_json(),
            "answers": dict(scan.answers) if decision.outcome.passes else {},
            "approved_by": attempt.approved_by if decision.overridden is not None else "",
            "group_id": scan.group_id,
        },
    )
    if ticket is not None and enters:
        connection.execute(
            _ADD_ADMISSION,
            {
                "id": new_id(),
                "ticket_id": ticket.facts.id,
                "list_id": door.id,
                "slot": entry_slot(door, history, now, attempt.id, decision),
                "scan_id": attempt.id,
                "admitted_at": now,
            },
        )
        if delivery_id is not None:
            queue_badge(
                connection,
                delivery_id,
                event_id=door.event_id,
                ticket_id=ticket.facts.id,
                scan_id=attempt.id,
                gate_id=scan.gate_id,
                device_id=attempt.device_id,
                now=now,
            )
    if decision.overridden is not None and ticket is not None:
        record(
            connection,
            attempt.actor,
            "force",
            ("ticket", ticket.facts.id),
            now=now,
            event_id=door.event_id,
            overridden=decision.overridden,
            reason=scan.force_reason,
            scan=str(attempt.id),
            **({"approved_by": attempt.approved_by} if attempt.approved_by else {}),
        )
    return result


def _kept(text: str) -> str:
    """What the log keeps of an unknown text; what is no proper Unicode shows as "?"."""
    return text[:MAX_SCANNED].encode(errors="replace").decode()


def _prints(door: CheckInList, history: History) -> bool:
    match door.print_policy:
        case PrintPolicy.NEVER:
            return False
        case PrintPolicy.FIRST_ENTRY:
            return history.first_entry is None
        case PrintPolicy.EVERY_ENTRY:
            return True


def _answer(
    attempt: _Attempt,
    ticket: Ticket | None,
    history: History,
    decision: Decision,
    delivery_id: UUID | None,
) -> CheckInResult:
    scan, door, now = attempt.scan, attempt.door, attempt.now
    first = history.first_entry
    enters = decision.outcome is Outcome.ADMITTED
    notes = (ticket.attention if ticket is not None else "", door.attention_text if enters else "")
    return CheckInResult(
        outcome=decision.outcome,
        scan_id=attempt.id,
        list_id=door.id,
        list_name=door.name,
        nonce=scan.nonce,
        seen_at=scan.seen_at,
        recorded_at=now,
        direction=attempt.direction,
        ticket_id=ticket.facts.id if ticket is not None else None,
        ticket_code=ticket.code if ticket is not None else None,
        name=ticket.name if ticket is not None else None,
        line_two=ticket.line_two if ticket is not None else "",
        ticket_type=ticket.ticket_type if ticket is not None else "",
        seat=ticket.seat if ticket is not None else "",
        reason=decision.reason,
        guest_sentence=decision.guest_sentence,
        first_admitted_at=first.at if first is not None else (now if enters else None),
        first_gate=first.gate if first is not None else "",
        attention="\n".join(note for note in notes if note),
        overridden=decision.overridden,
        delivery_id=delivery_id,
        questions=door.questions if decision.outcome is Outcome.INCOMPLETE else (),
        clock_skew_s=(scan.seen_at - now).total_seconds(),
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
            of=str(scan_id),
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
