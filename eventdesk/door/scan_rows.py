"""What is written down of one scan: the scan itself, the admission, the badge, and the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, insert

from data.prepared import Prepared
from data.schema import AdmissionRow, ScanRow
from eventdesk.acts.actor import Actor
from eventdesk.acts.audit import record
from eventdesk.core.ids import new_id
from eventdesk.door.check_in_lists import CheckInList, Direction, PrintPolicy
from eventdesk.door.decide import Decision, clean_answers, entry_slot
from eventdesk.door.outcome import Outcome
from eventdesk.door.passage import CheckInResult, History, Scan, TicketFacts
from eventdesk.door.recognition import Ticket
from eventdesk.printing.deliveries import queue_badge

MAX_SCANNED = 512
"""Longest scanned text that is kept with a scan, in characters."""

NOTHING: Final = History()
"""Before the first scan."""


@dataclass(slots=True)
class Attempt:
    """One scan, where it happens, and what was known when it was decided.

    Attributes:
        approved_by: The supervisor whose word it took; "" where none was needed.
        ticket: None where the text is no ticket.
        facts: The ticket as the list asks for it; None as well.
        inside: People inside before it, where the list holds so many.
    """

    actor: Actor
    scan: Scan
    door: CheckInList
    direction: Direction
    device_id: UUID
    now: datetime
    id: UUID
    approved_by: str = ""
    ticket: Ticket | None = None
    facts: TicketFacts | None = None
    history: History = NOTHING
    inside: int | None = None


def write_down(connection: Connection, attempt: Attempt, decision: Decision) -> CheckInResult:
    """Write the scan, the admission and the badge, and make the answer."""
    scan, door, now, ticket = attempt.scan, attempt.door, attempt.now, attempt.ticket
    enters = decision.outcome is Outcome.ADMITTED
    # A ticket of another event is none of this one's business, and its code opens that one's door.
    elsewhere = decision.outcome is Outcome.WRONG_EVENT
    delivery_id = None
    if ticket is not None and enters and _prints(door, attempt.history, ticket):
        # The badge refers to the scan, so it is queued behind it; its id is needed now.
        delivery_id = new_id()
    result = _answer(attempt, decision, delivery_id)
    _ADD_SCAN.run(
        connection,
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
            "source": str(scan.source),
            "direction": str(attempt.direction),
            "outcome": str(decision.outcome),
            "reason": decision.reason,
            "scanned": _kept(scan.text) if ticket is None and not elsewhere else "",
            "forced": decision.overridden is not None,
            "force_reason": scan.force_reason if decision.overridden is not None else "",
            "seen_at": scan.seen_at,
            "recorded_at": now,
            "result": result.to_json(),
            "answers": _answers(door, scan.answers) if enters else {},
            "approved_by": attempt.approved_by if decision.overridden is not None else "",
            "group_id": scan.group_id,
        },
    )
    if ticket is not None and enters:
        type_id = ticket.facts.ticket_type_id
        slot = entry_slot(door, attempt.history, now, attempt.id, decision, ticket_type_id=type_id)
        _ADD_ADMISSION.run(
            connection,
            {
                "id": new_id(),
                "ticket_id": ticket.facts.id,
                "list_id": door.id,
                "slot": slot,
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
                held_s=scan.badge_held_s,
                now=now,
            )
    if decision.overridden is not None and ticket is not None:
        _record_force(connection, attempt, ticket, decision)
    return result


_ADD_SCAN = Prepared(insert(ScanRow))
_ADD_ADMISSION = Prepared(insert(AdmissionRow))


def _record_force(
    connection: Connection, attempt: Attempt, ticket: Ticket, decision: Decision
) -> None:
    record(
        connection,
        attempt.actor,
        "force",
        ("ticket", ticket.facts.id),
        now=attempt.now,
        event_id=attempt.door.event_id,
        overridden=decision.overridden,
        reason=attempt.scan.force_reason,
        scan=str(attempt.id),
        **({"rule": decision.rule} if decision.rule else {}),
        **({"approved_by": attempt.approved_by} if attempt.approved_by else {}),
    )


def _kept(text: str) -> str:
    """What the log keeps of an unknown text; what is no proper Unicode shows as "?"."""
    return text[:MAX_SCANNED].encode(errors="replace").decode()


def _answers(door: CheckInList, given: Mapping[str, str]) -> dict[str, str]:
    """What is kept of the answers of somebody who was let in: those that were asked for."""
    return clean_answers(door, given) if door.questions else {}


def _prints(door: CheckInList, history: History, ticket: Ticket) -> bool:
    if not door.prints_for(ticket.facts.ticket_type_id):
        return False
    match door.print_policy:
        case PrintPolicy.NEVER:
            return False
        case PrintPolicy.FIRST_ENTRY:
            return history.first_entry is None
        case PrintPolicy.EVERY_ENTRY:
            return True


def _inside_after(attempt: Attempt, decision: Decision) -> int | None:
    """People inside once this scan is written."""
    if attempt.inside is None or not decision.outcome.passes:
        return attempt.inside
    was_in = attempt.history.inside
    if decision.outcome is Outcome.ADMITTED:
        return attempt.inside + (0 if was_in else 1)
    return attempt.inside - (1 if was_in else 0)


def _answer(attempt: Attempt, decision: Decision, delivery_id: UUID | None) -> CheckInResult:
    scan, door, now, ticket = attempt.scan, attempt.door, attempt.now, attempt.ticket
    first = attempt.history.first_entry
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
        rule=decision.rule,
        holds_at=decision.holds_at,
        kind=door.kind,
        item=door.item if door.kind.hands_out else "",
        choice=attempt.facts.choice if enters and attempt.facts is not None else "",
        inside=_inside_after(attempt, decision),
        capacity=door.limit,
    )
