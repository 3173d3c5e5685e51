"""Scans that phones decided without the house, taken once they can be told of.

The house decides each again, as of the moment at which it happened. Who was let in stands inside:
that counts, once, whatever the house would have said. What does not fit is a conflict, which stays
until a supervisor settled it; so is what the list, its hours or the phone's own door did not allow.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, exists, insert, select

from data.prepared import Prepared
from data.schema import BookingRow, CheckInListRow, OfflineScanRow, TicketRow, TokenRevocationRow
from eventdesk.accounts import its_door
from eventdesk.acts import Act, Permission, Topic, event_of, writes
from eventdesk.core.errors import EventDeskError, InvalidInputError, StoreError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.door.check_in_list import CheckInList, Direction, PrintPolicy
from eventdesk.door.checkin import MAX_NONCE, Attempt, end_other_stays, known_scan, write_down
from eventdesk.door.decide import Decision, blocking_entry, decide
from eventdesk.door.history import history_of, inside_now
from eventdesk.door.list_reading import gate_in_use, list_at_door
from eventdesk.door.phone_list import needs_hub
from eventdesk.door.recognition import facts_at, recognize, refused
from eventdesk.door.scan import WORDING, CheckInResult, Outcome, Scan, ScanSource

MAX_SCANS: Final = 100
"""Scans that are delivered at once."""

LONGEST_AWAY: Final = timedelta(days=7)
"""What a phone says happened longer ago than this, its clock got wrong."""

FORCED: Final = "Let in by a phone without the network."
"""The reason in the audit where the house would have refused."""

TWICE: Final = "twice"
TURNED_AWAY: Final = "turned_away"
NOT_ALLOWED: Final = "not_allowed"
TOO_OLD: Final = "too_old"
OTHER_DOOR: Final = "other_door"
_AGAIN: Final = "offline:"
"""The beginning of the nonce of what a phone decided itself, where the house had answered, too."""


class Taken(StrEnum):
    """What became of a scan that was delivered."""

    TAKEN = "taken"
    AGAIN = "again"
    """It was here already."""
    BAD = "bad"
    """It cannot be taken, however often it is delivered."""


@dataclass(frozen=True, slots=True)
class OfflineScan:
    """A scan that a phone decided by its own list.

    Attributes:
        nonce: Unique per attempt; that of the request to the house, where one was tried first.
        text: What was scanned or typed.
        seen_at: When, by the phone's clock, as ISO 8601.
        shown: The outcome that the guest was shown, one of `Outcome`.
        clock_offset_s: The house's clock minus the phone's, in seconds, when they last spoke.
    """

    nonce: str
    text: str
    seen_at: str
    shown: str
    clock_offset_s: float = 0.0
    gate_id: UUID | None = None
    source: ScanSource = ScanSource.CAMERA


@dataclass(frozen=True, slots=True)
class Delivered:
    """The answer to one scan that was delivered.

    Attributes:
        outcome: What the house says; None where the scan is bad.
        conflict: Whether that is not what the guest was told.
        problem: Why it is bad.
    """

    nonce: str
    state: Taken
    outcome: Outcome | None = None
    conflict: bool = False
    scan_id: UUID | None = None
    name: str | None = None
    problem: str = ""


@writes(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def deliver_offline_scans(
    act: Act, list_id: UUID, scans: Collection[OfflineScan]
) -> list[Delivered]:
    """Take the scans that a phone decided at a list without the house, each exactly once.

    Args:
        scans: In the order in which they happened; at most `MAX_SCANS`.

    Returns:
        An answer to each, in the same order. One that is bad holds up nothing behind it.

    Raises:
        InvalidInputError: There are too many.
        StoreError: Nothing was written; all of it may be delivered again.
    """
    door = list_at_door(act.connection, list_id)
    act.need(door.event_id, Permission.DOOR)
    if len(scans) > MAX_SCANS:
        raise InvalidInputError(
            msg("At most {most} scans are delivered at once.", most=MAX_SCANS),
            hint=msg("Deliver them in parts."),
        )
    return [_answered(act, door, scan) for scan in scans]


def _answered(act: Act, door: CheckInList, scan: OfflineScan) -> Delivered:
    try:
        with act.attempt():
            return _taken(act, door, scan)
    except StoreError:
        raise
    except EventDeskError as error:
        return Delivered(scan.nonce, Taken.BAD, problem=str(error))


def _taken(act: Act, door: CheckInList, scan: OfflineScan) -> Delivered:
    """Take one scan, unless it is known; the house may have heard of it without being heard."""
    if not 0 < len(scan.nonce) <= MAX_NONCE - len(_AGAIN):
        most = MAX_NONCE - len(_AGAIN)
        raise InvalidInputError(
            msg("A scan needs a nonce of 1 to {max_nonce} characters.", max_nonce=most)
        )
    shown = _shown(scan)
    known = known_scan(act, scan.nonce, door.event_id)
    if known is None:
        return _new(act, door, scan, shown, scan.nonce)
    if _is_noted(act, known):
        return _again(act, scan, known)
    if shown.passes and not known.passes:
        mine = known_scan(act, _AGAIN + scan.nonce, door.event_id)
        if mine is None:
            return _new(act, door, scan, shown, _AGAIN + scan.nonce)
        return _again(act, scan, mine)
    if known.passes and not shown.passes:
        _note(act, door, known.scan_id, shown, conflict=TURNED_AWAY)
        act.touch(Topic.DOOR, door.event_id)
    return _again(act, scan, known)


def _shown(scan: OfflineScan) -> Outcome:
    try:
        shown = Outcome(scan.shown)
    except ValueError:
        shown = Outcome.EXITED
    if shown is Outcome.EXITED:
        words = msg("There is no outcome {shown!r} without the house.", shown=scan.shown[:60])
        raise InvalidInputError(words)
    return shown


def _again(act: Act, scan: OfflineScan, known: CheckInResult) -> Delivered:
    noted = _NOTED.one_or_none(act.connection, {"scan_id": known.scan_id})
    conflict = noted is not None and noted.conflict is not None
    return Delivered(scan.nonce, Taken.AGAIN, known.outcome, conflict, known.scan_id, known.name)


def _is_noted(act: Act, known: CheckInResult) -> bool:
    """Whether a phone told of a scan before."""
    return _NOTED.one_or_none(act.connection, {"scan_id": known.scan_id}) is not None


_NOTED = Prepared(
    select(OfflineScanRow.conflict).where(
        OfflineScanRow.scan_id == bindparam("scan_id", type_=OfflineScanRow.scan_id.type)
    )
)


def _new(act: Act, door: CheckInList, told: OfflineScan, shown: Outcome, nonce: str) -> Delivered:
    """Decide a scan as of then, and write down what follows."""
    happened_at = _happened_at(told, act.now)
    if door.event_closed_at is not None and happened_at < door.event_closed_at:
        door = replace(door, event_closed_at=None)  # it was closed only since
    scan = Scan(
        told.text,
        door.id,
        nonce,
        _seen_at(told) or act.now,
        gate_id=gate_in_use(act.connection, told.gate_id),
        source=told.source,
    )
    then = act.at(happened_at)
    ticket, refusal = recognize(then, scan, door)
    here = Attempt(
        act.actor,
        scan,
        door,
        Direction.ENTRY,
        act.actor.device_id or act.store.device_id,
        happened_at,
        new_id(),
        ticket=ticket,
    )
    conflict, other_id = None, None
    if shown.passes:
        decision, conflict, other_id = _decided(then, here, refusal)
        if decision.overridden is not None:
            here.scan = replace(scan, force_reason=FORCED)
            here.door = replace(door, print_policy=PrintPolicy.NEVER)  # until it is settled
        conflict = conflict or _beyond(act, here)
    else:
        decision = Decision(shown, _WITHOUT, WORDING[shown].guest)
    result = write_down(act, here, decision)
    if decision.outcome is Outcome.ADMITTED:
        end_other_stays(then, here)
    _note(act, door, here.id, shown, conflict=conflict, other_id=other_id)
    return Delivered(
        told.nonce, Taken.TAKEN, result.outcome, conflict is not None, here.id, result.name
    )


def _beyond(act: Act, here: Attempt) -> str | None:
    """Why a phone was not to let anybody in alone there and then; None where it was.

    It is taken all the same: nothing else tells that somebody is inside.
    """
    door, its = here.door, its_door(act)
    if not door.offline or needs_hub(door):
        return NOT_ALLOWED
    if act.now - here.now > timedelta(hours=door.offline_hours):
        return TOO_OLD
    is_elsewhere = its is not None and its != (door.id, here.scan.gate_id)
    return OTHER_DOOR if is_elsewhere else None


_WITHOUT: Final = msg("Decided by a phone without the network.")


def _decided(
    then: Act, here: Attempt, refusal: Decision | None
) -> tuple[Decision, str | None, UUID | None]:
    """The decision on who was let in; with the conflict, and the scan of who was in already.

    Whoever is inside counts: what the house would have refused is admitted against that, but a
    ticket that is in already is not admitted once more.
    """
    door, ticket = here.door, here.ticket
    if ticket is None:
        decision = refusal or refused(Outcome.UNKNOWN)
        return decision, decision.outcome.value, None
    here.history = history_of(then, ticket.facts.id, door)
    before = blocking_entry(door, here.history, then.now, ticket.facts.ticket_type_id)
    if before is not None:
        return refused(Outcome.ALREADY_IN, _TWICE), TWICE, before.scan_id
    here.facts = facts = facts_at(then, ticket, door, Direction.ENTRY)
    if facts.cancelled and _cancelled_since(then, facts.id):
        here.facts = facts = replace(facts, cancelled=False, paid=True)
    if door.limit is not None:
        here.inside = inside_now(then.connection, door, then.now)
    if refusal is not None and not _replaced_since(then, facts.id):
        return _against(refusal), refusal.outcome.value, None
    # A guest who is inside cannot be asked any more.
    decision = decide(
        facts,
        replace(door, questions=()),
        here.history,
        then.now,
        {},
        gate_id=here.scan.gate_id,
        inside=here.inside,
    )
    if decision.outcome is Outcome.ADMITTED:
        return replace(decision, reason=_WITHOUT), None, None
    return _against(decision), decision.outcome.value, None


_TWICE: Final = msg("Let in by a phone without the network, though it was in already.")


def _against(refusal: Decision) -> Decision:
    """An admission against what the house would have said."""
    return Decision(
        Outcome.ADMITTED,
        refusal.reason or _WITHOUT,
        WORDING[Outcome.ADMITTED].guest,
        overridden=refusal.outcome,
        rule=refusal.rule,
    )


def _replaced_since(then: Act, ticket_id: UUID) -> bool:
    """Whether the codes of a ticket were replaced only after it was let in."""
    before = exists().where(
        TokenRevocationRow.ticket_id == ticket_id, TokenRevocationRow.revoked_at <= then.now
    )
    return not then.connection.execute(select(before)).scalar_one()


def _cancelled_since(then: Act, ticket_id: UUID) -> bool:
    """Whether the booking of a ticket was cancelled only after it was let in."""
    cancelled_at = then.connection.execute(
        select(BookingRow.cancelled_at)
        .join(TicketRow, TicketRow.booking_id == BookingRow.id)
        .where(TicketRow.id == ticket_id)
    ).scalar_one()
    return cancelled_at is not None and cancelled_at > then.now


def _seen_at(told: OfflineScan) -> datetime | None:
    """When the phone's clock says it was; None where it says nothing that can be read."""
    try:
        at = datetime.fromisoformat(told.seen_at)
        return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _happened_at(told: OfflineScan, now: datetime) -> datetime:
    """When it was by the house's clock: not later than now, and now where nobody knows."""
    try:
        at = _seen_at(told)
        then = now if at is None else at + timedelta(seconds=told.clock_offset_s)
    except (ValueError, OverflowError):
        return now
    return then if now - LONGEST_AWAY <= then <= now else now


def _note(
    act: Act,
    door: CheckInList,
    scan_id: UUID,
    shown: Outcome,
    *,
    conflict: str | None = None,
    other_id: UUID | None = None,
) -> None:
    values = {
        "scan_id": scan_id,
        "event_id": door.event_id,
        "shown": shown.value,
        "delivered_at": act.now,
        "conflict": conflict,
        "other_id": other_id,
    }
    _ADD.run(act.connection, values)


_ADD = Prepared(insert(OfflineScanRow))
