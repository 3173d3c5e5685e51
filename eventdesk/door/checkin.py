"""The check-in: one scan decided and written down in one transaction, and its undo."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from data.prepared import Prepared
from data.rows import AnyRow, begins
from data.schema import AdmissionRow, CheckInListRow, DeliveryRow, ScanRow
from data.touched import note_said
from eventdesk.accounts import Word, need_its_door, need_word
from eventdesk.acts import Act, Actor, Permission, event_of, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError, SupervisorNeededError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import ENGLISH, Message, msg, reader, reading
from eventdesk.core.remedies import Remedy, advise
from eventdesk.door.check_in_list import CheckInList, Direction, ListKind, PrintPolicy
from eventdesk.door.decide import Decision, clean_answers, decide, entry_slot
from eventdesk.door.history import history_of, inside_now
from eventdesk.door.list_reading import gate_in_use, list_at_door
from eventdesk.door.own_badges import OWN
from eventdesk.door.recognition import Ticket, facts_at, recognize, refused
from eventdesk.door.scan import CheckInResult, History, Outcome, Scan, ScanView, TicketFacts, said
from eventdesk.door.scan_log import one_scan

MAX_SCANNED = 512
"""Longest scanned text that is kept with a scan, in characters."""


NOTHING: Final = History()


@dataclass(slots=True)
class Attempt:
    """A scan on its way: where it happens, and what was known when it was decided.

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


def write_down(act: Act, attempt: Attempt, decision: Decision) -> CheckInResult:
    """Write the scan, the admission and the badge, and make the answer."""
    scan, door, now, ticket = attempt.scan, attempt.door, attempt.now, attempt.ticket
    enters = decision.outcome is Outcome.ADMITTED
    # A ticket of another event is none of this one's business, and its code opens that one's door.
    elsewhere = decision.outcome is Outcome.WRONG_EVENT
    delivery_id = None
    if ticket is not None and enters and _prints(act, door, attempt.history, ticket):
        # The badge refers to the scan, so it is queued behind it; its id is needed now.
        delivery_id = new_id()
    result = _answer(attempt, decision, delivery_id)
    unknown = scan.text[:MAX_SCANNED] if ticket is None and not elsewhere else ""
    overrides = decision.overridden is not None
    note_said(act.connection)
    _ADD_SCAN.run(
        act.connection,
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
            "reason": _english(decision.reason, result.reason),
            # NUL and what is no proper Unicode show as "?".
            "scanned": unknown.replace("\0", "?").encode(errors="replace").decode(),
            "forced": overrides,
            "force_reason": scan.force_reason if overrides else "",
            "seen_at": scan.seen_at,
            "recorded_at": now,
            "result": result.to_json(),
            "answers": clean_answers(door, scan.answers) if enters else {},
            "approved_by": attempt.approved_by if overrides else "",
            "group_id": scan.group_id,
        },
    )
    if ticket is not None and enters:
        type_id = ticket.facts.ticket_type_id
        slot = entry_slot(door, attempt.history, now, attempt.id, decision, ticket_type_id=type_id)
        _ADD_ADMISSION.run(
            act.connection,
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
            act.deliver(
                "badge",
                delivery_id,
                event_id=door.event_id,
                ticket_id=ticket.facts.id,
                scan_id=attempt.id,
                gate_id=scan.gate_id,
                device_id=attempt.device_id,
                held_s=scan.badge_held_s,
            )
    if overrides and ticket is not None:
        act.record(
            "force",
            ("ticket", ticket.facts.id),
            event_id=door.event_id,
            overridden=decision.overridden,
            reason=scan.force_reason,
            scan=str(attempt.id),
            **{"rule": _english(decision.rule, result.rule)} if decision.rule else {},
            **{"approved_by": attempt.approved_by} if attempt.approved_by else {},
        )
    return result


_ADD_SCAN = Prepared(insert(ScanRow))
_ADD_ADMISSION = Prepared(insert(AdmissionRow))


def _english(message: Message, words: str) -> str:
    """A message as the store keeps it, which does not know who will read it."""
    if not message or reader().language == ENGLISH:
        return words
    with reading(ENGLISH):
        return str(message)


def _prints(act: Act, door: CheckInList, history: History, ticket: Ticket) -> bool:
    if not door.prints_for(ticket.facts.ticket_type_id):
        return False
    match door.print_policy:
        case PrintPolicy.NEVER:
            return False
        case PrintPolicy.FIRST_ENTRY:
            return history.first_entry is None and not _is_in_advance(act, ticket.facts.id)
        case PrintPolicy.FIRST_AGAIN:
            return history.first_entry is None
        case PrintPolicy.EVERY_ENTRY:
            return True


def _is_in_advance(act: Act, ticket_id: UUID) -> bool:
    """Whether the badge of a ticket was printed in advance, or its guest printed it."""
    return _IN_ADVANCE.one_or_none(act.connection, {"ticket_id": ticket_id}) is not None


_IN_ADVANCE = Prepared(
    select(DeliveryRow.id)
    .where(
        DeliveryRow.ticket_id == bindparam("ticket_id", type_=DeliveryRow.ticket_id.type),
        DeliveryRow.kind == "badge",
        DeliveryRow.scan_id.is_(None),
        or_(
            and_(
                DeliveryRow.state == "printed",
                DeliveryRow.payload["batch"].as_string().is_not(None),
            ),
            and_(
                DeliveryRow.state != "cancelled",
                DeliveryRow.state != "failed",
                DeliveryRow.payload[OWN].as_string().is_not(None),
            ),
        ),
    )
    .limit(1)
)


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
    notes = (ticket.attention if ticket is not None else "", door.attention if enters else "")
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
        reason=str(decision.reason),
        guest_sentence=str(decision.guest_sentence),
        first_admitted_at=first.at if first is not None else (now if enters else None),
        first_gate=first.gate if first is not None else "",
        attention="\n".join(note for note in notes if note),
        overridden=decision.overridden,
        delivery_id=delivery_id,
        questions=door.questions if decision.outcome is Outcome.INCOMPLETE else (),
        clock_skew_s=(scan.seen_at - now).total_seconds(),
        rule=str(decision.rule),
        holds_at=decision.holds_at,
        kind=door.kind,
        item=door.item if door.kind.hands_out else "",
        choice=attempt.facts.choice if enters and attempt.facts is not None else "",
        inside=_inside_after(attempt, decision),
        capacity=door.limit,
    )


def end_other_stays(act: Act, entry: Attempt) -> None:
    """Record an exit from the other rooms of the event, where the list says so."""
    if not entry.door.ends_stays or entry.ticket is None:
        return
    ticket_id = entry.ticket.facts.id
    been = act.connection.execute(
        _BEEN, {"ticket_id": ticket_id, "event_id": entry.door.event_id, "list_id": entry.door.id}
    ).scalars()
    for list_id in list(been):
        room = list_at_door(act.connection, list_id)
        history = history_of(act, ticket_id, room)
        if not history.inside:
            continue
        scan = replace(
            entry.scan,
            list_id=list_id,
            nonce=f"{_mark(entry.id)}{list_id}",
            direction=Direction.EXIT,
            answers={},
            force_reason="",
        )
        leaving = replace(
            entry,
            scan=scan,
            door=room,
            direction=Direction.EXIT,
            id=new_id(),
            approved_by="",
            history=history,
            inside=None,
        )
        outcome = Outcome.EXITED
        reason = msg("Entered {name}.", name=entry.door.name)
        write_down(act, leaving, Decision(outcome, reason, said(outcome, room.kind).guest))


def give_stays_back(act: Act, scan_id: UUID, *, actor_name: str, reason: str) -> None:
    """Take back the exits that an entry brought about."""
    mark = _mark(scan_id)
    device = select(ScanRow.device_id).where(ScanRow.id == scan_id).scalar_subquery()
    act.connection.execute(
        update(ScanRow)
        .where(
            ScanRow.device_id == device, begins(ScanRow.nonce, mark), ScanRow.annulled_at.is_(None)
        )
        .values(annulled_at=act.now, annulled_by=actor_name, annulled_reason=reason)
    )


def _mark(entry_id: UUID) -> str:
    """The beginning of the nonces of the exits that an entry brings about."""
    return f"moved:{entry_id}:"


_BEEN = (
    select(ScanRow.list_id)
    .distinct()
    .join(CheckInListRow, CheckInListRow.id == ScanRow.list_id)
    .where(
        ScanRow.ticket_id == bindparam("ticket_id", type_=ScanRow.id.type),
        ScanRow.outcome == "admitted",
        ScanRow.annulled_at.is_(None),
        CheckInListRow.event_id == bindparam("event_id", type_=ScanRow.id.type),
        CheckInListRow.kind == ListKind.ROOM.value,
        CheckInListRow.id != bindparam("list_id", type_=ScanRow.id.type),
    )
)


UNDO_WINDOW = timedelta(minutes=5)
"""How long an operator may take back an own scan; a supervisor may at any time."""

MAX_NONCE = 100
MAX_REASON = 500


@writes(Permission.DOOR, about=event_of(CheckInListRow, "scan.list_id"))
def check_in(act: Act, scan: Scan) -> CheckInResult:
    """Decide one scan and write down everything that follows from it.

    One transaction: the scan, the admission and the badge appear together or not at all. A
    ticket is admitted once, whatever the number of doors. Repeating a call with the same
    nonce returns the first call's result and writes nothing. A refusal is a result, too.

    Raises:
        NotFoundError: There is no such check-in list.
        InvalidInputError: The nonce is empty or too long.
        StoreError: Nothing was written; the scan may be repeated.
    """
    return scan_in(act, scan, word=Word(act.approval))


def scan_in(act: Act, scan: Scan, *, word: Word) -> CheckInResult:
    """Check one scan in inside a transaction that does more than that; see `check_in`."""
    if not 0 < len(scan.nonce) <= MAX_NONCE:
        raise InvalidInputError(
            msg("A scan needs a nonce of 1 to {max_nonce} characters.", max_nonce=MAX_NONCE)
        )
    device_id = act.actor.device_id or act.store.device_id
    known = _KNOWN.one_or_none(act.connection, {"device_id": device_id, "nonce": scan.nonce})
    if known is not None:
        act.need(known.event_id, Permission.DOOR, only_read=True)
        return CheckInResult.from_json(known.result)
    door = list_at_door(act.connection, scan.list_id)
    here = act.need(door.event_id, Permission.DOOR)
    scan = _cleaned(scan, gate_in_use(act.connection, scan.gate_id))
    need_its_door(act, door.id, scan.gate_id)
    approved_by = ""
    if scan.force_reason:
        no = msg("Only a supervisor may let a guest in against the rules.")
        approved_by = word.need(act, here, door.event_id, what="force", refusal=no)
    ticket, refusal = recognize(act, scan, door)
    attempt = Attempt(
        act.actor,
        scan,
        door,
        door.way(scan.direction),
        device_id,
        act.now,
        new_id(),
        approved_by,
        ticket,
    )
    decision = _decided(act, attempt, refusal)
    # What is asked of the guest first takes no word: the answers come with another scan.
    if scan.force_reason and decision.outcome is not Outcome.INCOMPLETE:
        word.spend(act, here)
    result = write_down(act, attempt, decision)
    if decision.outcome is Outcome.ADMITTED:
        end_other_stays(act, attempt)
    return result


def _cleaned(scan: Scan, gate_id: UUID | None) -> Scan:
    """The scan with its reason trimmed and at a gate that is there."""
    reason = scan.force_reason.strip()[:MAX_REASON]
    if reason == scan.force_reason and gate_id == scan.gate_id:
        return scan
    return replace(scan, force_reason=reason, gate_id=gate_id)


def _decided(act: Act, attempt: Attempt, refusal: Decision | None) -> Decision:
    """Decide a scan, and note in the attempt what was known then."""
    scan, door, ticket, now = attempt.scan, attempt.door, attempt.ticket, attempt.now
    if ticket is None:
        return refusal or refused(Outcome.UNKNOWN)
    attempt.history = history_of(act, ticket.facts.id, door)
    if refusal is not None:
        return refusal
    attempt.facts = facts_at(act, ticket, door, attempt.direction)
    if door.limit is not None:
        attempt.inside = inside_now(act.connection, door, now)
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


@writes(Permission.DOOR, about=event_of(ScanRow, "scan_id"))
def undo(act: Act, scan_id: UUID, *, reason: str = "") -> ScanView:
    """Take back an admission or exit: the scan stays and is marked, the ticket is free again.

    A badge of this scan that has not left yet is called off, and who had left another room for
    this one is there again.

    Raises:
        NotFoundError: There is no such scan.
        InvalidInputError: It was undone already, or let nobody through.
        NotAllowedError: It is someone else's or too old, and the actor is no supervisor.
    """
    row = act.connection.execute(
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
        raise NotFoundError(msg("There is no such scan."), hint=advise(Remedy.READ_AGAIN))
    here = act.need(row.event_id, Permission.DOOR)
    word = _need_undoable(act.by(here), row)
    act.connection.execute(
        update(ScanRow)
        .where(ScanRow.id == scan_id)
        .values(annulled_at=act.now, annulled_by=act.actor.name, annulled_reason=reason)
    )
    give_stays_back(act, scan_id, actor_name=act.actor.name, reason=reason)
    act.connection.execute(delete(AdmissionRow).where(AdmissionRow.scan_id == scan_id))
    act.connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.scan_id == scan_id, DeliveryRow.state == "queued")
        .values(state="cancelled", finished_at=act.now)
    )
    act.record(
        "undo",
        ("scan", scan_id),
        event_id=row.event_id,
        reason=reason,
        outcome=row.outcome,
        ticket=str(row.ticket_id),
        **{"approved_by": word} if word else {},
    )
    return one_scan(act, scan_id)


_KNOWN = Prepared(
    select(ScanRow.result, ScanRow.event_id).where(
        ScanRow.device_id == bindparam("device_id"), ScanRow.nonce == bindparam("nonce")
    )
)


def known_scan(act: Act, nonce: str, event_id: UUID) -> CheckInResult | None:
    """The result of a scan that was taken before, from the device that asks or from this machine.

    A phone may have signed in otherwise since.

    Raises:
        InvalidInputError: It was a scan at another event.
    """
    for device_id in {act.actor.device_id or act.store.device_id, act.store.device_id}:
        known = _KNOWN.one_or_none(act.connection, {"device_id": device_id, "nonce": nonce})
        if known is None:
            continue
        if known.event_id != event_id:
            raise InvalidInputError(msg("This nonce is that of a scan at another event."))
        return CheckInResult.from_json(known.result)
    return None


def _need_undoable(act: Act, row: AnyRow) -> str:
    """Let only those undo a scan who may; returns the supervisor whose word it took, or ""."""
    if row.annulled_at is not None:
        raise InvalidInputError(msg("This scan was undone already."))
    if not Outcome(row.outcome).passes:
        raise InvalidInputError(
            msg("This scan let nobody through; there is nothing to undo."),
            hint=msg("Choose the scan that let the guest in."),
        )
    own = row.actor_id == act.actor.id and row.actor_name == act.actor.name
    if act.actor.is_supervisor or (own and act.now - row.recorded_at <= UNDO_WINDOW):
        return ""
    if act.approval is not None:
        no = msg("Only a supervisor may undo this scan.")
        return need_word(act, act.actor, row.event_id, what="undo", refusal=no)
    if not own:
        raise SupervisorNeededError(
            msg("{actor_name} made this scan.", actor_name=row.actor_name),
            hint=msg("Ask them or a supervisor to undo it."),
        )
    minutes = UNDO_WINDOW.seconds // 60
    raise SupervisorNeededError(
        msg("This scan is older than {minutes} minutes.", minutes=minutes),
        hint=msg("Ask a supervisor to undo it."),
    )
