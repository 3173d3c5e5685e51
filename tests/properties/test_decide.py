"""What holds for every decision, whatever ticket, list and history."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from eventdesk.door import (
    WORDING,
    CheckInList,
    Direction,
    DoorQuestion,
    EntryPolicy,
    ListKind,
    Outcome,
    Rule,
    RuleKind,
    UnpaidPolicy,
)
from eventdesk.door.decide import Decision, decide, entry_slot
from eventdesk.door.scan import History, Passage, TicketFacts
from tests.build import NOON

EVENT, TICKET, REGULAR, VIP = (UUID(int=number) for number in range(1, 5))
OVERRIDABLE = {
    Outcome.EVENT_CLOSED,
    Outcome.CANCELLED,
    Outcome.BLOCKED,
    Outcome.UNAPPROVED,
    Outcome.UNPAID,
    Outcome.NOT_YET_VALID,
    Outcome.EXPIRED,
    Outcome.LIST_CLOSED,
    Outcome.WRONG_LIST,
    Outcome.RULES,
    Outcome.ALREADY_IN,
    Outcome.ALREADY_OUT,
}

instants = st.integers(-3000, 3000).map(lambda minutes: NOON + timedelta(minutes=minutes))
bounds = st.none() | instants
tickets = st.builds(
    TicketFacts,
    id=st.just(TICKET),
    event_id=st.just(EVENT),
    ticket_type_id=st.sampled_from([REGULAR, VIP]),
    cancelled=st.booleans(),
    blocked_note=st.none() | st.text(max_size=5),
    approved=st.booleans(),
    paid=st.booleans(),
    valid_from=bounds,
    valid_until=bounds,
    accompanied=st.booleans(),
    company_in=st.booleans(),
    companion=st.booleans(),
    lead_in=st.booleans(),
    lets_in=st.booleans(),
    has_place=st.none() | st.booleans(),
)
doors = st.builds(
    CheckInList,
    id=st.just(UUID(int=9)),
    event_id=st.just(EVENT),
    name=st.just("Door"),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland"]),
    ticket_type_ids=st.sampled_from([frozenset(), frozenset({VIP})]),
    opens_at=bounds,
    closes_at=bounds,
    entry_policy=st.sampled_from(EntryPolicy),
    unpaid_policy=st.sampled_from(UnpaidPolicy),
    exit_needs_entry=st.booleans(),
    min_minutes_between=st.integers(0, 60),
    max_entries=st.none() | st.integers(1, 3),
    questions=st.sampled_from([(), (DoorQuestion("shirt", "Which?"),)]),
    kind=st.sampled_from([ListKind.ARRIVE, ListKind.ROOM, ListKind.COLLECT]),
    item=st.sampled_from(["", "T-shirt"]),
    capacity=st.none() | st.integers(1, 3),
    session_id=st.none() | st.just(UUID(int=8)),
    session_cancelled=st.booleans(),
    event_closed_at=st.none() | st.just(NOON),
    event_cancelled=st.booleans(),
    rules=st.lists(
        st.sampled_from(
            [
                Rule(RuleKind.PER_DAY, number=1),
                Rule(RuleKind.MOST, number=2, ticket_type_ids=frozenset({VIP})),
                Rule(RuleKind.MINUTES, number=30),
                Rule(RuleKind.TIMES, spans=(("09:00", "11:00"), ("22:00", "03:00"))),
                Rule(RuleKind.TIMES, days=("2026-06-01",)),
                Rule(RuleKind.GATES, gate_ids=frozenset({UUID(int=7)})),
            ]
        ),
        max_size=3,
    ).map(tuple),
)
histories = st.lists(
    st.builds(
        Passage, st.sampled_from(Direction), instants, st.sampled_from(["", "Gate A"]), st.uuids()
    ),
    max_size=6,
).map(lambda passages: History(tuple(sorted(passages, key=lambda passage: passage.at))))


@dataclass(frozen=True)
class Case:
    """Everything a decision is made on."""

    ticket: TicketFacts
    door: CheckInList
    history: History
    now: datetime
    answers: dict[str, str]
    direction: Direction
    gate_id: UUID | None = None
    inside: int | None = None
    asks: bool = False

    def decide(self, *, force: bool = False, **changed: Any) -> Decision:
        """Decide it, some of it changed."""
        case = replace(self, **changed)
        return decide(
            case.ticket,
            case.door,
            case.history,
            case.now,
            case.answers,
            direction=case.direction,
            force=force,
            gate_id=case.gate_id,
            inside=case.inside,
            asks=case.asks,
        )


answers = st.sampled_from([{}, {"shirt": " "}, {"shirt": "L"}])
cases = st.builds(
    Case,
    tickets,
    doors,
    histories,
    instants,
    answers,
    st.sampled_from(Direction),
    st.none() | st.just(UUID(int=7)),
    st.none() | st.integers(0, 4),
    st.booleans(),
)

FINE = TicketFacts(TICKET, EVENT, REGULAR)
OPEN = CheckInList(UUID(int=9), EVENT, "Door")
FIRST_TIME = Case(FINE, OPEN, History(), NOON, {}, Direction.ENTRY)
ASKING = replace(OPEN, questions=(DoorQuestion("shirt", "Which?"),))


@given(cases, st.booleans())
def test_the_same_case_has_the_same_answer_and_a_sentence_for_the_guest(
    case: Case, force: bool
) -> None:
    decision = case.decide(force=force)
    assert decision == case.decide(force=force)
    assert decision.guest_sentence
    assert decision.outcome in OVERRIDABLE | {Outcome.ADMITTED, Outcome.EXITED, Outcome.INCOMPLETE}


@given(cases)
def test_force_opens_every_door_but_an_unanswered_one(case: Case) -> None:
    decision = case.decide(force=True)
    if decision.outcome is Outcome.INCOMPLETE:
        assert not case.answers.get("shirt", "").strip()
        assert case.door.questions
    else:
        assert decision.outcome.passes


@given(cases, st.booleans())
def test_asking_what_is_optional_keeps_out_nobody_but_those_who_would_pass(
    case: Case, force: bool
) -> None:
    unasked, asked = case.decide(force=force, asks=False), case.decide(force=force, asks=True)
    assert asked == unasked or (unasked.outcome.passes and asked.outcome is Outcome.INCOMPLETE)


@given(cases)
def test_what_says_when_it_will_hold_speaks_of_later(case: Case) -> None:
    decision = case.decide()
    assert decision.holds_at is None or decision.holds_at > case.now
    assert bool(decision.rule) == (decision.outcome is Outcome.RULES)


@given(cases)
def test_force_is_marked_exactly_where_it_overrode(case: Case) -> None:
    free, forced = case.decide(), case.decide(force=True)
    assert free.overridden is None
    if free.outcome.passes:
        assert forced == free
    elif forced.outcome.passes:
        assert free.outcome in OVERRIDABLE | {Outcome.INCOMPLETE}
        assert forced.overridden in OVERRIDABLE
        assert forced.overridden is free.outcome
        assert forced.reason == free.reason


@given(cases)
def test_a_guest_who_leaves_is_asked_nothing_and_needs_no_paid_ticket(case: Case) -> None:
    leaving = replace(case, direction=Direction.EXIT)
    never = {
        Outcome.EVENT_CLOSED,
        Outcome.UNPAID,
        Outcome.UNAPPROVED,
        Outcome.NOT_YET_VALID,
        Outcome.EXPIRED,
        Outcome.RULES,
        Outcome.INCOMPLETE,
        Outcome.ALREADY_IN,
    }
    assert leaving.decide().outcome not in never


def test_refusals_come_in_the_order_of_the_contract() -> None:
    """A case with every fault has the first one's answer; each fault mended shows the next."""
    past = Passage(Direction.ENTRY, NOON, scan_id=uuid4())
    faulty = Case(
        TicketFacts(
            TICKET,
            EVENT,
            REGULAR,
            cancelled=True,
            blocked_note="stolen",
            approved=False,
            paid=False,
            valid_from=NOON + timedelta(hours=1),
            valid_until=NOON,
        ),
        replace(
            ASKING,
            event_closed_at=NOON,
            opens_at=NOON + timedelta(hours=1),
            closes_at=NOON,
            ticket_type_ids=frozenset({VIP}),
            max_entries=1,
            min_minutes_between=1,
        ),
        History((past,)),
        NOON,
        {},
        Direction.ENTRY,
    )
    ticket, door = faulty.ticket, faulty.door
    seen = [faulty.decide().outcome]
    door = replace(door, event_closed_at=None)
    seen.append(faulty.decide(door=door).outcome)
    mended: dict[str, Any]
    for mended in (
        {"cancelled": False},
        {"blocked_note": None},
        {"approved": True},
        {"paid": True},
        {"valid_from": None},
        {"valid_until": None},
    ):
        ticket = replace(ticket, **mended)
        seen.append(faulty.decide(ticket=ticket, door=door).outcome)
    for mended in (
        {"opens_at": None},
        {"closes_at": None},
        {"ticket_type_ids": frozenset()},
        {"max_entries": None},
        {"min_minutes_between": 0},
        {"questions": ()},
        {"entry_policy": EntryPolicy.ANY},
    ):
        door = replace(door, **mended)
        seen.append(faulty.decide(ticket=ticket, door=door).outcome)
    assert seen == [
        Outcome.EVENT_CLOSED,
        Outcome.CANCELLED,
        Outcome.BLOCKED,
        Outcome.UNAPPROVED,
        Outcome.UNPAID,
        Outcome.NOT_YET_VALID,
        Outcome.EXPIRED,
        Outcome.LIST_CLOSED,
        Outcome.LIST_CLOSED,
        Outcome.WRONG_LIST,
        Outcome.RULES,
        Outcome.RULES,
        Outcome.INCOMPLETE,
        Outcome.ALREADY_IN,
        Outcome.ADMITTED,
    ]


@given(instants)
def test_windows_begin_with_their_first_instant_and_end_before_their_last(now: datetime) -> None:
    instant = timedelta(microseconds=1)
    for ticket, door in (
        (replace(FINE, valid_from=now, valid_until=now + instant), OPEN),
        (FINE, replace(OPEN, opens_at=now, closes_at=now + instant)),
    ):
        moments = (now - instant, now, now + instant)
        passes = [
            FIRST_TIME.decide(ticket=ticket, door=door, now=moment).outcome.passes
            for moment in moments
        ]
        assert passes == [False, True, False]


@given(st.lists(st.tuples(st.sampled_from(Direction), instants), max_size=12), doors)
def test_no_slot_is_taken_twice_whatever_the_clock_does(
    scans: list[tuple[Direction, datetime]], door: CheckInList
) -> None:
    door = replace(door, questions=(), opens_at=None, closes_at=None, ticket_type_ids=frozenset())
    door = replace(door, session_id=None, event_closed_at=None)
    history, taken = History(), set()
    for way, now in scans:
        decision = decide(FINE, door, history, now, {}, direction=way)
        if not decision.outcome.passes:
            continue
        scan_id = uuid4()
        if decision.outcome is Outcome.ADMITTED:
            slot = entry_slot(door, history, now, scan_id, decision, ticket_type_id=REGULAR)
            assert slot not in taken
            taken.add(slot)
        history = History((*history.passages, Passage(way, now, "", scan_id)))


def test_a_scan_that_waited_for_another_is_already_in_and_not_against_a_rule() -> None:
    later = History((Passage(Direction.ENTRY, NOON + timedelta(milliseconds=3), "", uuid4()),))
    assert FIRST_TIME.decide(history=later).outcome is Outcome.ALREADY_IN


def test_every_outcome_has_words_for_guest_and_staff() -> None:
    for outcome in Outcome:
        wording = WORDING[outcome]
        assert wording.word
        assert wording.guest
        assert wording.staff
