"""The rules of the door: one pure function, used by every desk, kiosk, command and test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from eventdesk.model.door import (
    CheckInList,
    Direction,
    EntryPolicy,
    History,
    Passage,
    TicketFacts,
    UnpaidPolicy,
)
from eventdesk.model.outcome import WORDING, Outcome


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say.

    Attributes:
        reason: For staff: which rule, or what detail; "" when the outcome says it all.
        guest_sentence: For the guest, with when and what to do.
        overridden: The refusal that force turned into an admission; None when nothing was.
    """

    outcome: Outcome
    reason: str = ""
    guest_sentence: str = ""
    overridden: Outcome | None = None


def decide(
    ticket: TicketFacts,
    door: CheckInList,
    history: History,
    now: datetime,
    answers: Mapping[str, str],
    *,
    direction: Direction = Direction.ENTRY,
    force: bool = False,
) -> Decision:
    """Decide one scan of a genuine, current code. No input or output, no clock, no state.

    The order is the contract of docs/door.md: the ticket, the list, the rules of the list,
    questions, and last how often it may enter. Force overrides all but unanswered questions.

    Args:
        ticket: The ticket as it is now.
        door: The check-in list.
        history: This ticket's passages through this list that were not undone.
        now: The store's clock, aware UTC.
        answers: Question id to answer.
        direction: Which way the guest goes.
        force: A supervisor insists; marked only where something was really overridden.

    Returns:
        The decision; a refusal is a decision like any other.
    """
    passed = Outcome.ADMITTED if direction is Direction.ENTRY else Outcome.EXITED
    refusal = (
        _ticket(ticket, door, direction, now)
        or _list(ticket, door, now)
        or _rules(door, history, direction, now)
    )
    if refusal is not None and not force:
        return refusal
    if direction is Direction.ENTRY and any(
        not answers.get(q.id, "").strip() for q in door.questions
    ):
        return _refuse(Outcome.INCOMPLETE)
    refusal = refusal or _policy(door, history, direction, now)
    if refusal is None:
        return Decision(passed, guest_sentence=WORDING[passed].guest)
    if not force:
        return refusal
    return Decision(passed, refusal.reason, WORDING[passed].guest, overridden=refusal.outcome)


def entry_slot(
    door: CheckInList, history: History, now: datetime, scan_id: UUID, decision: Decision
) -> str:
    """Name the slot an admission takes; the store admits each slot of a ticket and list once.

    The slot is what makes two admissions the same one: the only entry, the entry of a day, the
    entry after one certain exit. What a supervisor overrode is a slot of its own.

    Args:
        door: The check-in list.
        history: The passages the decision was made on.
        now: The store's clock, aware UTC.
        scan_id: The scan that is let in.
        decision: What `decide` said of it.
    """
    if decision.overridden is not None:
        return f"forced {scan_id}"
    match door.entry_policy:
        case EntryPolicy.ONCE:
            return "once"
        case EntryPolicy.ONCE_PER_DAY:
            return door.day_of(now)
        case EntryPolicy.AFTER_EXIT:
            return f"after {history.passages[-1].scan_id}" if history.passages else "first"
        case EntryPolicy.ANY:
            return f"scan {scan_id}"


def _refuse(outcome: Outcome, reason: str = "", guest_sentence: str = "") -> Decision:
    return Decision(outcome, reason, guest_sentence or WORDING[outcome].guest)


def _ticket(
    ticket: TicketFacts, door: CheckInList, direction: Direction, now: datetime
) -> Decision | None:
    if ticket.cancelled:
        return _refuse(Outcome.CANCELLED)
    if ticket.blocked_note is not None:
        return _refuse(Outcome.BLOCKED, ticket.blocked_note)
    if direction is Direction.EXIT:
        return None
    if not ticket.approved:
        return _refuse(Outcome.UNAPPROVED)
    if not ticket.paid and door.unpaid_policy is not UnpaidPolicy.ADMIT:
        return _refuse(Outcome.UNPAID)
    if ticket.valid_from is not None and now < ticket.valid_from:
        when = f"{door.day_of(ticket.valid_from)} {door.clock(ticket.valid_from)}"
        return _refuse(
            Outcome.NOT_YET_VALID,
            f"Valid from {when}.",
            f"This ticket is valid from {when}. Please come back then.",
        )
    if ticket.valid_until is not None and now >= ticket.valid_until:
        when = f"{door.day_of(ticket.valid_until)} {door.clock(ticket.valid_until)}"
        return _refuse(Outcome.EXPIRED, f"Was valid until {when}.")
    return None


def _list(ticket: TicketFacts, door: CheckInList, now: datetime) -> Decision | None:
    if door.opens_at is not None and now < door.opens_at:
        opens = f"{door.day_of(door.opens_at)} {door.clock(door.opens_at)}"
        return _refuse(
            Outcome.LIST_CLOSED,
            f"Opens {opens}.",
            f"Check-in opens {opens}. Please come back then.",
        )
    if door.closes_at is not None and now >= door.closes_at:
        closed = f"{door.day_of(door.closes_at)} {door.clock(door.closes_at)}"
        return _refuse(Outcome.LIST_CLOSED, f"Closed since {closed}.")
    if door.ticket_type_ids and ticket.ticket_type_id not in door.ticket_type_ids:
        return _refuse(Outcome.WRONG_LIST)
    return None


def _rules(
    door: CheckInList, history: History, direction: Direction, now: datetime
) -> Decision | None:
    last = history.last_entry
    if direction is Direction.EXIT or last is None:
        return None
    if door.max_entries is not None and len(history.entries) >= door.max_entries:
        return _refuse(
            Outcome.RULES,
            f"At most {door.max_entries} entries, all used.",
            f"All {door.max_entries} entries of this ticket are used. Please go to the desk.",
        )
    again = last.at + timedelta(minutes=door.min_minutes_between)
    # Without such a rule, a scan that waited for another desk's is a moment older than its entry.
    if door.min_minutes_between and now < again:
        return _refuse(
            Outcome.RULES,
            f"{door.min_minutes_between} minutes between entries; again at {door.clock(again)}.",
            f"This ticket can be used again at {door.clock(again)}.",
        )
    return None


def _policy(
    door: CheckInList, history: History, direction: Direction, now: datetime
) -> Decision | None:
    if direction is Direction.EXIT:
        return _exit(door, history)
    blocking = _blocking_entry(door, history, now)
    if blocking is None:
        return None
    where = f" at {blocking.gate}" if blocking.gate else ""
    when = door.clock(blocking.at)
    if door.day_of(blocking.at) != door.day_of(now):
        when = f"{door.day_of(blocking.at)} {when}"
    return _refuse(
        Outcome.ALREADY_IN,
        f"In since {when}{where}.",
        f"This ticket was used at {when}. Please go to the desk.",
    )


def _blocking_entry(door: CheckInList, history: History, now: datetime) -> Passage | None:
    last = history.last_entry
    if last is None:
        return None
    match door.entry_policy:
        case EntryPolicy.ONCE:
            return history.first_entry
        case EntryPolicy.ONCE_PER_DAY:
            # Not only the last: a clock set back must not open the same day twice.
            today = (p for p in history.entries if door.day_of(p.at) == door.day_of(now))
            return next(today, None)
        case EntryPolicy.AFTER_EXIT:
            return last if history.inside else None
        case EntryPolicy.ANY:
            return None


def _exit(door: CheckInList, history: History) -> Decision | None:
    if history.inside:
        return None
    if history.passages:
        at = door.clock(history.passages[-1].at)
        return _refuse(Outcome.ALREADY_OUT, f"Left at {at}.")
    if door.exit_needs_entry:
        return _refuse(Outcome.ALREADY_OUT, "Never came in by this list.")
    return None
