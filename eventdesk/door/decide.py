"""The rules of the door: one pure function, used by every desk, kiosk, command and test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.day_times import is_within, next_within
from eventdesk.core.errors import InvalidInputError
from eventdesk.door.check_in_list import (
    CheckInList,
    Direction,
    EntryPolicy,
    ListKind,
    Rule,
    RuleKind,
    UnpaidPolicy,
)
from eventdesk.door.scan import FULL, WORDING, History, Outcome, Passage, TicketFacts, said

WITH_COMPANY = "Only with company"
WITH_LEAD = "Only as companion"

_TO_DESK = "Please go to the desk."


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold.

    Attributes:
        rule: What it is called.
        reason: For staff.
        guest: For the guest.
        holds_at: When it will hold; None where only somebody else can change it, or never.
    """

    rule: str
    reason: str
    guest: str
    holds_at: datetime | None = None


def broken_rule(
    ticket: TicketFacts, door: CheckInList, history: History, now: datetime, gate_id: UUID | None
) -> Broken | None:
    """The first rule that keeps an entry out, in the organizer's order; None when all hold."""
    for rule in door.all_rules:
        if rule.is_for(ticket.ticket_type_id):
            broken = _broken(rule, door, history, now, gate_id, last_moment(ticket, door))
            if broken is not None:
                return broken
    return _company(ticket, door)


def last_moment(ticket: TicketFacts, door: CheckInList) -> datetime | None:
    """The first instant at which list or ticket is over whatever its rules say; None is never."""
    return min(filter(None, (door.closes_at, ticket.valid_until)), default=None)


def full(door: CheckInList, history: History, inside: int | None) -> Broken | None:
    """Whether there is no room for one more; who is in already takes no other's place."""
    limit = door.limit
    if limit is None or inside is None or inside < limit or history.inside:
        return None
    place = door.room_name or door.name
    return Broken(
        FULL,
        f"Room full: {inside:,} of {limit:,} are inside.",
        f"{place} is full: {inside:,} of {limit:,} people are inside. Please wait until some left.",
    )


def _broken(
    rule: Rule,
    door: CheckInList,
    history: History,
    now: datetime,
    gate_id: UUID | None,
    over_at: datetime | None,
) -> Broken | None:
    gates = dict(door.gates)
    called = rule.called(gates)
    match rule.kind:
        case RuleKind.MOST:
            return _most(rule, called, door, history)
        case RuleKind.PER_DAY:
            return _per_day(rule, called, door, history, now, over_at)
        case RuleKind.MINUTES:
            return _minutes(rule, called, door, history, now, over_at)
        case RuleKind.TIMES:
            return _times(rule, called, door, now, over_at)
        case RuleKind.GATES:
            if gate_id in rule.gate_ids:
                return None
            names = sorted(gates[each] for each in rule.gate_ids if each in gates)
            where = " or ".join(names) or "another gate"
            return Broken(called, _staff(rule, f"Only at {where}."), f"Please go to {where}.")


def _most(rule: Rule, called: str, door: CheckInList, history: History) -> Broken | None:
    if len(history.entries) < rule.number:
        return None
    used = _uses(door, rule.number)
    return Broken(
        called, _staff(rule, f"At most {used}, all used."), f"{_all(used, rule)} used. {_TO_DESK}"
    )


def _per_day(
    rule: Rule,
    called: str,
    door: CheckInList,
    history: History,
    now: datetime,
    over_at: datetime | None,
) -> Broken | None:
    today = door.day_of(now)
    if sum(door.day_of(entry.at) == today for entry in history.entries) < rule.number:
        return None
    again = door.next_day(now)
    used = _uses(door, rule.number)
    if _is_over(again, over_at):
        return Broken(
            called,
            _staff(rule, f"At most {used} a day, all used; today is the last day."),
            f"{_all(used, rule, ' for today')} used. {_TO_DESK}",
        )
    return Broken(
        called,
        _staff(rule, f"At most {used} a day, all used; again {door.when(again, now)}."),
        f"{_all(used, rule, ' for today')} used. It is good again tomorrow.",
        again,
    )


def _minutes(
    rule: Rule,
    called: str,
    door: CheckInList,
    history: History,
    now: datetime,
    over_at: datetime | None,
) -> Broken | None:
    last = history.last_entry
    # A scan that waited for another desk's is a moment older than its entry.
    if last is None or now >= (again := last.at + timedelta(minutes=rule.number)):
        return None
    if _is_over(again, over_at):
        used = f"used {door.when(last.at, now)}"
        said = f"{rule.number} minutes between entries; {used}, and it is over before that."
        return Broken(called, _staff(rule, said), f"This ticket was {used}. {_TO_DESK}")
    said = f"{rule.number} minutes between entries; again {door.when(again, now)}."
    guest = f"This ticket can be used again {door.when(again, now)}."
    return Broken(called, _staff(rule, said), guest, again)


def _times(
    rule: Rule, called: str, door: CheckInList, now: datetime, over_at: datetime | None
) -> Broken | None:
    zone = ZoneInfo(door.time_zone)
    if is_within(rule.spans, rule.days, zone, now):
        return None
    again = next_within(rule.spans, rule.days, zone, now)
    told = rule.told()
    told = told[:1].upper() + told[1:]
    if again is None or _is_over(again, over_at):
        over = f"This ticket's time here is over ({told[5:]}). {_TO_DESK}"
        return Broken(called, _staff(rule, f"{told}; that is over."), over)
    when = door.when(again, now)
    return Broken(
        called,
        _staff(rule, f"{told}; next {when}."),
        f"This ticket is let in here {told[5:]}. Please come back {when}.",
        again,
    )


def _is_over(again: datetime, over_at: datetime | None) -> bool:
    """Whether nobody is let in any more by the time at which a rule would hold again."""
    return over_at is not None and again >= over_at


def _company(ticket: TicketFacts, door: CheckInList) -> Broken | None:
    if door.kind not in (ListKind.ARRIVE, ListKind.ROOM):
        return None
    if ticket.companion and not ticket.lead_in:
        return Broken(
            WITH_LEAD,
            "A companion's ticket: whom it accompanies is not in. Check both in as a group.",
            "This ticket is for a companion. Please come together with whom you accompany.",
        )
    if ticket.accompanied and not ticket.company_in:
        return Broken(
            WITH_COMPANY,
            "Nobody of its booking who may accompany it is in. Check them in as a group.",
            "This ticket needs company. Please show the ticket of whom you came with first.",
        )
    return None


def _uses(door: CheckInList, number: int) -> str:
    if door.kind.hands_out:
        return f"{number} of {door.item or 'these'}"
    return f"{number} {'entry' if number == 1 else 'entries'}"


def _all(used: str, rule: Rule, when: str = "") -> str:
    if rule.number == 1:
        return f"The {used} of this ticket{when} is"
    return f"All {used} of this ticket{when} are"


def _staff(rule: Rule, sentence: str) -> str:
    """What staff read: the rule by the name the organizer gave it, then what it says."""
    return f"{rule.name}: {sentence}" if rule.name else sentence


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say.

    Attributes:
        reason: For staff: which rule, or what detail; "" when the outcome says it all.
        guest_sentence: For the guest, with when and what to do.
        overridden: The refusal that force turned into an admission; None when nothing was.
        rule: What the rule is called that refused; "" where none of the list's rules did.
        holds_at: When what refused will let in, aware UTC; None where nobody knows.
    """

    outcome: Outcome
    reason: str = ""
    guest_sentence: str = ""
    overridden: Outcome | None = None
    rule: str = ""
    holds_at: datetime | None = None


def decide(
    ticket: TicketFacts,
    door: CheckInList,
    history: History,
    now: datetime,
    answers: Mapping[str, str],
    *,
    direction: Direction = Direction.ENTRY,
    force: bool = False,
    gate_id: UUID | None = None,
    inside: int | None = None,
    asks: bool = False,
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
        gate_id: Where it is scanned.
        inside: People inside now, where the list holds so many.
        asks: Whether the guest is there to be asked and was not yet: who may enter else is asked
            optional questions too. A door that cannot ask lets in without their answers.

    Returns:
        The decision; a refusal is a decision like any other.
    """
    passed = Outcome.ADMITTED if direction is Direction.ENTRY else Outcome.EXITED
    policy = _policy(ticket, door, history, direction, now)
    refusal = (
        _ticket(ticket, door, direction, now)
        or _list(ticket, door, direction, now)
        or _rules(ticket, door, history, direction, now, gate_id)
    )
    # Only who may enter else is told that it is full, and before being asked anything.
    if refusal is None and policy is None and direction is Direction.ENTRY:
        refusal = _against(full(door, history, inside))
    if refusal is not None and not force:
        return refusal
    if direction is Direction.ENTRY and (open_question := _unanswered(door, answers)) is not None:
        return open_question
    refusal = refusal or policy
    if asks and direction is Direction.ENTRY and (refusal is None or force):
        given = clean_answers(door, answers)
        if any(each.id not in given for each in door.questions):
            return _refuse(Outcome.INCOMPLETE)
    sentence = _welcome(ticket, door, passed)
    if refusal is None:
        return Decision(passed, guest_sentence=sentence)
    if not force:
        return refusal
    return Decision(passed, refusal.reason, sentence, overridden=refusal.outcome, rule=refusal.rule)


def entry_slot(
    door: CheckInList,
    history: History,
    now: datetime,
    scan_id: UUID,
    decision: Decision,
    *,
    ticket_type_id: UUID | None = None,
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
        ticket_type_id: The ticket's type, where the list's rules may say how often.
    """
    if decision.overridden is not None:
        return f"forced {scan_id}"
    policy = door.entry_policy if ticket_type_id is None else door.policy_for(ticket_type_id)
    match policy:
        case EntryPolicy.ONCE:
            return "once"
        case EntryPolicy.ONCE_PER_DAY:
            return door.day_of(now)
        case EntryPolicy.AFTER_EXIT:
            return f"after {history.passages[-1].scan_id}" if history.passages else "first"
        case EntryPolicy.ANY:
            return f"scan {scan_id}"


def _refuse(
    outcome: Outcome, reason: str = "", guest_sentence: str = "", holds_at: datetime | None = None
) -> Decision:
    sentence = guest_sentence or WORDING[outcome].guest
    return Decision(outcome, reason, sentence, holds_at=holds_at)


def _against(broken: Broken | None) -> Decision | None:
    if broken is None:
        return None
    return Decision(
        Outcome.RULES, broken.reason, broken.guest, rule=broken.rule, holds_at=broken.holds_at
    )


def _welcome(ticket: TicketFacts, door: CheckInList, passed: Outcome) -> str:
    """What the guest reads who passes."""
    if door.kind.hands_out and door.item:
        return f"Here you are: {door.item} {ticket.choice}".strip() + "."
    return said(passed, door.kind).guest


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
            ticket.valid_from,
        )
    if ticket.valid_until is not None and now >= ticket.valid_until:
        when = f"{door.day_of(ticket.valid_until)} {door.clock(ticket.valid_until)}"
        return _refuse(Outcome.EXPIRED, f"Was valid until {when}.")
    return None


def _list(
    ticket: TicketFacts, door: CheckInList, direction: Direction, now: datetime
) -> Decision | None:
    if door.opens_at is not None and now < door.opens_at:
        opens = f"{door.day_of(door.opens_at)} {door.clock(door.opens_at)}"
        return _refuse(
            Outcome.LIST_CLOSED,
            f"Opens {opens}.",
            f"Check-in opens {opens}. Please come back then.",
            door.opens_at,
        )
    if door.closes_at is not None and now >= door.closes_at:
        closed = f"{door.day_of(door.closes_at)} {door.clock(door.closes_at)}"
        return _refuse(Outcome.LIST_CLOSED, f"Closed since {closed}.")
    if door.ticket_type_ids and ticket.ticket_type_id not in door.ticket_type_ids:
        return _refuse(Outcome.WRONG_LIST)
    return _session(ticket, door) if direction is Direction.ENTRY else None


def _session(ticket: TicketFacts, door: CheckInList) -> Decision | None:
    """What keeps a ticket out of the session that the list is the door of."""
    if door.session_id is None:
        return None
    title = f"“{door.session_title}”"
    if door.session_cancelled:
        return _refuse(
            Outcome.LIST_CLOSED,
            f"The session {title} was cancelled.",
            f"{title} was cancelled. Please ask at the desk what takes place instead.",
        )
    if not ticket.lets_in:
        return _refuse(
            Outcome.WRONG_LIST,
            f"This ticket type does not let in to the session {title}.",
            f"This ticket is not for {title}. Please go to the desk.",
        )
    if ticket.has_place is False:
        return _refuse(
            Outcome.WRONG_LIST,
            f"No place in the session {title}, or it is used already.",
            f"You have no place in {title}. Please go to the desk.",
        )
    return None


def _rules(
    ticket: TicketFacts,
    door: CheckInList,
    history: History,
    direction: Direction,
    now: datetime,
    gate_id: UUID | None,
) -> Decision | None:
    if direction is Direction.EXIT:
        return None
    return _against(broken_rule(ticket, door, history, now, gate_id))


def clean_answers(door: CheckInList, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to a list's questions in the spelling they are kept in, without empty ones.

    Raises:
        InvalidInputError: One is no answer to its question; the message names it.
    """
    given = {each.id: each.clean(answers.get(each.id, "")) for each in door.questions}
    return {key: value for key, value in given.items() if value}


def _unanswered(door: CheckInList, answers: Mapping[str, str]) -> Decision | None:
    """What is still to be asked: a question without the answer it needs, or with a wrong one."""
    if not door.questions:
        return None
    try:
        given = clean_answers(door, answers)
    except InvalidInputError as error:
        sentence = f"{error} {error.hint}".strip()
        return _refuse(Outcome.INCOMPLETE, sentence, sentence)
    if any(each.required and each.id not in given for each in door.questions):
        return _refuse(Outcome.INCOMPLETE)
    return None


def _policy(
    ticket: TicketFacts, door: CheckInList, history: History, direction: Direction, now: datetime
) -> Decision | None:
    if direction is Direction.EXIT:
        return _exit(door, history)
    policy = door.policy_for(ticket.ticket_type_id)
    blocking = _blocking_entry(policy, door, history, now)
    if blocking is None:
        return None
    again = door.next_day(now) if policy is EntryPolicy.ONCE_PER_DAY else None
    over_at = last_moment(ticket, door)
    if again is not None and over_at is not None and again >= over_at:
        again = None
    where = f" at {blocking.gate}" if blocking.gate else ""
    when = door.clock(blocking.at)
    if door.day_of(blocking.at) != door.day_of(now):
        when = f"{door.day_of(blocking.at)} {when}"
    if door.kind.hands_out:
        thing = door.item or "This"
        return _refuse(
            Outcome.ALREADY_IN,
            f"Handed out at {when}{where}.",
            f"{thing} was collected with this ticket at {when}. Please go to the desk.",
            again,
        )
    return _refuse(
        Outcome.ALREADY_IN,
        f"In since {when}{where}.",
        f"This ticket was used at {when}. Please go to the desk.",
        again,
    )


def _blocking_entry(
    policy: EntryPolicy, door: CheckInList, history: History, now: datetime
) -> Passage | None:
    last = history.last_entry
    if last is None:
        return None
    match policy:
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
        last = history.passages[-1]
        how = "Taken to have left" if last.automatic else "Left"
        return _refuse(Outcome.ALREADY_OUT, f"{how} at {door.clock(last.at)}.")
    if door.exit_needs_entry:
        return _refuse(Outcome.ALREADY_OUT, "Never came in by this list.")
    return None
