"""Whether a rule of a list holds for one scan, and if not, when it will: pure, like `decide`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.day_times import is_within, next_within
from eventdesk.door.check_in_lists import CheckInList, ListKind
from eventdesk.door.passage import FULL, History, TicketFacts
from eventdesk.door.rules import Rule, RuleKind

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
    ticket: TicketFacts,
    door: CheckInList,
    history: History,
    now: datetime,
    gate_id: UUID | None,
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
        called,
        _staff(rule, f"At most {used}, all used."),
        f"{_all(used, rule)} used. {_TO_DESK}",
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
