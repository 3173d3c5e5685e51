"""The rules of the door: one pure function, used by every desk, kiosk, command and test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.day_times import is_within, next_within
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import Listed
from eventdesk.core.messages import Message, as_message, msg, msg_n
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

NOTHING: Final = Message("")


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on a scan.

    Attributes:
        reason: For staff: which rule, or what detail; nothing when the outcome says it all.
        guest_sentence: For the guest, with when and what to do.
        overridden: The refusal that force turned into an admission; None when nothing was.
        rule: The name of the list's rule that refused; nothing where none did.
        holds_at: When what refused will let in, aware UTC; None where nobody knows.
    """

    outcome: Outcome
    reason: Message = NOTHING
    guest_sentence: Message = NOTHING
    overridden: Outcome | None = None
    rule: Message = NOTHING
    holds_at: datetime | None = None


@dataclass(slots=True)
class _Case:
    """One scan of a genuine, current code, as the rules see it."""

    ticket: TicketFacts
    door: CheckInList
    history: History
    now: datetime
    gate_id: UUID | None

    def is_over(self, again: datetime) -> bool:
        """Whether list or ticket is over by the time at which a rule would hold again."""
        ends = (self.door.closes_at, self.ticket.valid_until)
        return any(each is not None and again >= each for each in ends)

    def when(self, at: datetime) -> Message:
        """An instant as it is said now."""
        return self.door.when(at, self.now)


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

    The order is the contract of docs/door.md: the event, the ticket, the list, the rules of the
    list, questions, and last how often it may enter. Force overrides all but unanswered questions.

    Args:
        history: This ticket's passages through this list that were not undone.
        force: A supervisor insists; marked only where something was really overridden.
        inside: People inside now, where the list holds so many.
        asks: Whether the guest is there to be asked and was not yet: who may enter otherwise is
            asked optional questions too. A door that cannot ask lets in without their answers.
    """
    case = _Case(ticket, door, history, now, gate_id)
    enters = direction is Direction.ENTRY
    policy = _entry_policy(case) if enters else _exit_policy(case)
    refusal = _of_event(case) if enters else None
    refusal = refusal or _of_ticket(case, enters=enters) or _of_list(case)
    if enters:
        refusal = refusal or _of_session(case) or _of_rules(case)
        # Only who may enter otherwise is told that it is full, and before being asked anything.
        if refusal is None and policy is None:
            refusal = _full(case, inside)
    if refusal is not None and not force:
        return refusal
    if enters and (open_question := _unanswered(door, answers)) is not None:
        return open_question
    refusal = refusal or policy
    if asks and enters and (refusal is None or force):
        given = clean_answers(door, answers)
        if any(each.id not in given for each in door.questions):
            return _refuse(Outcome.INCOMPLETE)
    if refusal is not None and not force:
        return refusal
    welcome = _welcome(case, Outcome.ADMITTED if enters else Outcome.EXITED)
    if refusal is None:
        return welcome
    return Decision(
        welcome.outcome,
        refusal.reason,
        welcome.guest_sentence,
        overridden=refusal.outcome,
        rule=refusal.rule,
    )


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
        history: The passages the decision was made on.
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


def clean_answers(door: CheckInList, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to a list's questions in the spelling they are kept in, without empty ones.

    Raises:
        InvalidInputError: One is no answer to its question; the message names it.
    """
    given = {each.id: each.clean(answers.get(each.id, "")) for each in door.questions}
    return {key: value for key, value in given.items() if value}


def _refuse(
    outcome: Outcome,
    reason: Message = NOTHING,
    guest_sentence: Message = NOTHING,
    holds_at: datetime | None = None,
) -> Decision:
    sentence = guest_sentence or WORDING[outcome].guest
    return Decision(outcome, reason, sentence, holds_at=holds_at)


def _welcome(case: _Case, passed: Outcome) -> Decision:
    door, choice = case.door, case.ticket.choice
    if not (door.kind.hands_out and door.item):
        return Decision(passed, guest_sentence=said(passed, door.kind).guest)
    if not choice:
        return Decision(passed, guest_sentence=msg("Here you are: {item}.", item=door.item))
    sentence = msg("Here you are: {item} {choice}.", item=door.item, choice=choice)
    return Decision(passed, guest_sentence=sentence)


def _of_event(case: _Case) -> Decision | None:
    """The refusal by an event that takes place no more, whatever the ticket."""
    if case.door.event_closed_at is None:
        return None
    if case.door.event_cancelled:
        return _refuse(
            Outcome.EVENT_CLOSED,
            msg("The event was cancelled."),
            msg("This event was cancelled. Please go to the desk."),
        )
    return _refuse(
        Outcome.EVENT_CLOSED,
        msg("The event is over and archived."),
        msg("This event is over. Please go to the desk."),
    )


def _of_ticket(case: _Case, *, enters: bool) -> Decision | None:
    ticket, door, now = case.ticket, case.door, case.now
    if ticket.cancelled:
        return _refuse(Outcome.CANCELLED)
    if ticket.blocked_note is not None:
        return _refuse(Outcome.BLOCKED, as_message(ticket.blocked_note))
    if not enters:
        return None
    if not ticket.approved:
        return _refuse(Outcome.UNAPPROVED)
    if not ticket.paid and door.unpaid_policy is not UnpaidPolicy.ADMIT:
        return _refuse(Outcome.UNPAID)
    if ticket.valid_from is not None and now < ticket.valid_from:
        at = door.local(ticket.valid_from)
        return _refuse(
            Outcome.NOT_YET_VALID,
            msg("Valid from {at:%Y-%m-%d %H:%M}.", at=at),
            msg("This ticket is valid from {at:%Y-%m-%d %H:%M}. Please come back then.", at=at),
            ticket.valid_from,
        )
    if ticket.valid_until is not None and now >= ticket.valid_until:
        until = door.local(ticket.valid_until)
        return _refuse(Outcome.EXPIRED, msg("Was valid until {at:%Y-%m-%d %H:%M}.", at=until))
    return None


def _of_list(case: _Case) -> Decision | None:
    door, now = case.door, case.now
    if door.opens_at is not None and now < door.opens_at:
        at = door.local(door.opens_at)
        return _refuse(
            Outcome.LIST_CLOSED,
            msg("Opens {at:%Y-%m-%d %H:%M}.", at=at),
            msg("Check-in opens {at:%Y-%m-%d %H:%M}. Please come back then.", at=at),
            door.opens_at,
        )
    if door.closes_at is not None and now >= door.closes_at:
        closed = msg("Closed since {at:%Y-%m-%d %H:%M}.", at=door.local(door.closes_at))
        return _refuse(Outcome.LIST_CLOSED, closed)
    if door.ticket_type_ids and case.ticket.ticket_type_id not in door.ticket_type_ids:
        return _refuse(Outcome.WRONG_LIST)
    return None


def _of_session(case: _Case) -> Decision | None:
    """The refusal of a ticket by the session that the list is the door of."""
    ticket, door, title = case.ticket, case.door, case.door.session_title
    if door.session_id is None:
        return None
    if door.session_cancelled:
        return _refuse(
            Outcome.LIST_CLOSED,
            msg("The session “{title}” was cancelled.", title=title),
            msg(
                "“{title}” was cancelled. Please ask at the desk what takes place instead.",
                title=title,
            ),
        )
    if not ticket.lets_in:
        return _refuse(
            Outcome.WRONG_LIST,
            msg("This ticket type does not let in to the session “{title}”.", title=title),
            msg("This ticket is not for “{title}”. Please go to the desk.", title=title),
        )
    if ticket.has_place is False:
        return _refuse(
            Outcome.WRONG_LIST,
            msg("No place in the session “{title}”, or it is used already.", title=title),
            msg("You have no place in “{title}”. Please go to the desk.", title=title),
        )
    return None


def _of_rules(case: _Case) -> Decision | None:
    """The first rule that keeps an entry out, in the organizer's order, and last company."""
    for rule in case.door.all_rules:
        if rule.is_for(case.ticket.ticket_type_id):
            refusal = _RULES[rule.kind](case, rule)
            if refusal is not None:
                return refusal
    return _company(case)


def _broken(
    case: _Case, rule: Rule, reason: Message, guest: Message, holds_at: datetime | None = None
) -> Decision:
    """A refusal by a rule; staff read the name that the organizer gave it before the reason."""
    if rule.name:
        reason = Message("{rule}: {reason}", {"rule": rule.name, "reason": reason})
    called = rule.called(dict(case.door.gates))
    return Decision(Outcome.RULES, reason, guest, rule=called, holds_at=holds_at)


def _most(case: _Case, rule: Rule) -> Decision | None:
    if len(case.history.entries) < rule.number:
        return None
    used = _uses(case, rule)
    return _broken(
        case,
        rule,
        msg("At most {used}, all used.", used=used),
        msg_n(
            "The {used} of this ticket is used. Please go to the desk.",
            "All {used} of this ticket are used. Please go to the desk.",
            rule.number,
            used=used,
        ),
    )


def _per_day(case: _Case, rule: Rule) -> Decision | None:
    door = case.door
    today = door.day_of(case.now)
    if sum(door.day_of(entry.at) == today for entry in case.history.entries) < rule.number:
        return None
    again, used = door.next_day(case.now), _uses(case, rule)
    if case.is_over(again):
        return _broken(
            case,
            rule,
            msg("At most {used} a day, all used; today is the last day.", used=used),
            msg_n(
                "The {used} of this ticket for today is used. Please go to the desk.",
                "All {used} of this ticket for today are used. Please go to the desk.",
                rule.number,
                used=used,
            ),
        )
    return _broken(
        case,
        rule,
        msg("At most {used} a day, all used; again {when}.", used=used, when=case.when(again)),
        msg_n(
            "The {used} of this ticket for today is used. It is good again tomorrow.",
            "All {used} of this ticket for today are used. It is good again tomorrow.",
            rule.number,
            used=used,
        ),
        again,
    )


def _minutes(case: _Case, rule: Rule) -> Decision | None:
    last = case.history.last_entry
    # A scan that waited for another desk's is a moment older than its entry.
    if last is None or case.now >= (again := last.at + timedelta(minutes=rule.number)):
        return None
    if case.is_over(again):
        used_at = case.when(last.at)
        return _broken(
            case,
            rule,
            msg_n(
                "{count} minute between entries; used {when}, and it is over before that.",
                "{count} minutes between entries; used {when}, and it is over before that.",
                rule.number,
                when=used_at,
            ),
            msg("This ticket was used {when}. Please go to the desk.", when=used_at),
        )
    when = case.when(again)
    return _broken(
        case,
        rule,
        msg_n(
            "{count} minute between entries; again {when}.",
            "{count} minutes between entries; again {when}.",
            rule.number,
            when=when,
        ),
        msg("This ticket can be used again {when}.", when=when),
        again,
    )


def _times(case: _Case, rule: Rule) -> Decision | None:
    zone, times = ZoneInfo(case.door.time_zone), rule.times
    if is_within(rule.spans, rule.days, zone, case.now):
        return None
    again = next_within(rule.spans, rule.days, zone, case.now)
    if again is None or case.is_over(again):
        return _broken(
            case,
            rule,
            msg("Only {times}; that is over.", times=times),
            msg("This ticket's time here is over ({times}). Please go to the desk.", times=times),
        )
    when = case.when(again)
    return _broken(
        case,
        rule,
        msg("Only {times}; next {when}.", times=times, when=when),
        msg("This ticket is let in here {times}. Please come back {when}.", times=times, when=when),
        again,
    )


def _gates(case: _Case, rule: Rule) -> Decision | None:
    if case.gate_id in rule.gate_ids:
        return None
    names = sorted(name for gate_id, name in case.door.gates if gate_id in rule.gate_ids)
    where = Listed(tuple(names), "or") if names else msg("another gate")
    return _broken(
        case, rule, msg("Only at {where}.", where=where), msg("Please go to {where}.", where=where)
    )


_RULES: Final = {
    RuleKind.MOST: _most,
    RuleKind.PER_DAY: _per_day,
    RuleKind.MINUTES: _minutes,
    RuleKind.TIMES: _times,
    RuleKind.GATES: _gates,
}


def _uses(case: _Case, rule: Rule) -> Message:
    if case.door.kind.hands_out:
        item = case.door.item or msg("these")
        return msg("{number} of {item}", number=rule.number, item=item)
    return msg_n("{count} entry", "{count} entries", rule.number)


def _company(case: _Case) -> Decision | None:
    ticket = case.ticket
    if case.door.kind not in (ListKind.ARRIVE, ListKind.ROOM):
        return None
    if ticket.companion and not ticket.lead_in:
        return Decision(
            Outcome.RULES,
            msg("A companion's ticket: whom it accompanies is not in. Check both in as a group."),
            msg("This ticket is for a companion. Please come together with whom you accompany."),
            rule=msg("Only as companion"),
        )
    if ticket.accompanied and not ticket.company_in:
        return Decision(
            Outcome.RULES,
            msg("Nobody of its booking who may accompany it is in. Check them in as a group."),
            msg("This ticket needs company. Please show the ticket of whom you came with first."),
            rule=msg("Only with company"),
        )
    return None


def _full(case: _Case, inside: int | None) -> Decision | None:
    """Whether there is no room for one more; who is in already takes no other's place."""
    door, limit = case.door, case.door.limit
    if limit is None or inside is None or inside < limit or case.history.inside:
        return None
    return Decision(
        Outcome.RULES,
        msg("Room full: {inside:,} of {limit:,} are inside.", inside=inside, limit=limit),
        msg(
            "{place} is full: {inside:,} of {limit:,} people are inside. Please wait until "
            "some left.",
            place=door.room_name or door.name,
            inside=inside,
            limit=limit,
        ),
        rule=as_message(FULL),
    )


def _unanswered(door: CheckInList, answers: Mapping[str, str]) -> Decision | None:
    """The refusal by a question without the answer it needs, or with a wrong one."""
    if not door.questions:
        return None
    try:
        given = clean_answers(door, answers)
    except InvalidInputError as error:
        return _refuse(Outcome.INCOMPLETE, error.whole, error.whole)
    if any(each.required and each.id not in given for each in door.questions):
        return _refuse(Outcome.INCOMPLETE)
    return None


def _entry_policy(case: _Case) -> Decision | None:
    door, now = case.door, case.now
    policy = door.policy_for(case.ticket.ticket_type_id)
    blocking = blocking_entry(door, case.history, now, case.ticket.ticket_type_id)
    if blocking is None:
        return None
    again = door.next_day(now) if policy is EntryPolicy.ONCE_PER_DAY else None
    if again is not None and case.is_over(again):
        again = None
    at = door.local(blocking.at)
    when: str | Message = f"{at:%H:%M}"
    if at.date() != door.local(now).date():
        when = Message("{at:%Y-%m-%d %H:%M}", {"at": at})
    gate = blocking.gate
    if door.kind.hands_out:
        return _refuse(
            Outcome.ALREADY_IN,
            msg("Handed out at {when} at {gate}.", when=when, gate=gate)
            if gate
            else msg("Handed out at {when}.", when=when),
            msg(
                "{item} was collected with this ticket at {when}. Please go to the desk.",
                item=door.item or msg("This"),
                when=when,
            ),
            again,
        )
    return _refuse(
        Outcome.ALREADY_IN,
        msg("In since {when} at {gate}.", when=when, gate=gate)
        if gate
        else msg("In since {when}.", when=when),
        msg("This ticket was used at {when}. Please go to the desk.", when=when),
        again,
    )


def blocking_entry(
    door: CheckInList, history: History, now: datetime, ticket_type_id: UUID
) -> Passage | None:
    """The entry after which a ticket is not let in again now; None where it may enter."""
    match door.policy_for(ticket_type_id):
        case EntryPolicy.ONCE:
            return history.first_entry
        case EntryPolicy.ONCE_PER_DAY:
            # Not only the last: a clock set back must not open the same day twice.
            today = (p for p in history.entries if door.day_of(p.at) == door.day_of(now))
            return next(today, None)
        case EntryPolicy.AFTER_EXIT:
            return history.last_entry if history.inside else None
        case EntryPolicy.ANY:
            return None


def _exit_policy(case: _Case) -> Decision | None:
    door, history = case.door, case.history
    if history.inside:
        return None
    if history.passages:
        last = history.passages[-1]
        at = door.local(last.at)
        return _refuse(
            Outcome.ALREADY_OUT,
            msg("Taken to have left at {at:%H:%M}.", at=at)
            if last.automatic
            else msg("Left at {at:%H:%M}.", at=at),
        )
    if door.exit_needs_entry:
        return _refuse(Outcome.ALREADY_OUT, msg("Never came in by this list."))
    return None
