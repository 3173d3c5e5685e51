"""Children, companions and groups: who may enter when, and rules that are kept whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from data.schema import CheckInListRow, GateRow, ScanRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import NewBooking, NewTicket, book, set_companion
from eventdesk.booking.companions import companions_of
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.money import Money
from eventdesk.door import (
    Direction,
    EntryPolicy,
    ListKind,
    NewCheckInList,
    Outcome,
    Rule,
    RuleKind,
    Scan,
    ScanSource,
    add_gate,
    booking_group,
    change_check_in_list,
    check_in,
    check_in_group,
    doors_of_event,
    remove_gate,
    try_rule,
)
from eventdesk.door.check_in_list import read_rules
from eventdesk.exchange import duplicate_event
from eventdesk.keeping import list_audit
from eventdesk.sales import (
    NewTicketType,
    add_ticket_type,
    change_ticket_type,
    list_ticket_types,
    remove_ticket_type,
)
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair

IN, NO = Outcome.ADMITTED, Outcome.RULES


def child_type(fair: Fair) -> UUID:
    """A type whose holders need company."""
    new = NewTicketType("Child", Money(0, "EUR"), accompanied=True)
    return add_ticket_type(fair.store, SYSTEM.at(NOON), fair.event.id, new)


def family(fair: Fair, *types: UUID) -> list[tuple[UUID, str]]:
    """One paid booking with a ticket of each type: ids and codes."""
    tickets = tuple(NewTicket(kind, f"Guest {number}") for number, kind in enumerate(types))
    booking = NewBooking("Family", "family@example.org", tickets, paid=True)
    (booked,) = book(fair.store, SYSTEM.at(NOON), fair.event.id, [booking])
    return list(zip(booked.ticket_ids, booked.ticket_codes, strict=True))


def typed(fair: Fair, code: str, **more: Any) -> Scan:
    """A code typed at the door."""
    return replace(fair.scan(code), source=ScanSource.TYPED, **more)


def said(fair: Fair, code: str, **more: Any) -> Outcome:
    return check_in(fair.store, STAFF.at(NOON), typed(fair, code, **more)).outcome


def test_a_child_enters_behind_an_adult_of_its_booking(fair: Fair) -> None:
    (_, child), (_, adult) = family(fair, child_type(fair), fair.regular)
    stranger = fair.sell("Eve").ticket_codes[0]
    assert said(fair, stranger) is IN
    alone = check_in(fair.store, STAFF.at(NOON), typed(fair, child))
    assert (alone.outcome, alone.rule) == (NO, "Only with company")
    assert said(fair, adult) is IN
    assert said(fair, child) is IN


def test_an_adult_who_left_accompanies_nobody(fair: Fair) -> None:
    (_, child), (_, adult) = family(fair, child_type(fair), fair.regular)
    assert said(fair, adult) is IN
    assert said(fair, adult, direction=Direction.EXIT) is Outcome.EXITED
    assert said(fair, child) is NO


def test_a_family_enters_together_whatever_the_order(fair: Fair) -> None:
    kind = child_type(fair)
    people = family(fair, kind, kind, fair.regular)
    scans = [typed(fair, code) for _, code in people]
    results = check_in_group(fair.store, STAFF.at(NOON), scans)
    assert [result.outcome for result in results] == [IN, IN, IN]
    assert [result.ticket_id for result in results] == [ticket_id for ticket_id, _ in people]
    with fair.store.read() as connection:
        rows = connection.execute(select(ScanRow.group_id, ScanRow.ticket_id).order_by(ScanRow.no))
        groups, order = zip(*rows, strict=True)
    assert len(set(groups)) == 1
    assert groups[0] is not None
    assert order[0] == people[2][0]
    assert check_in_group(fair.store, STAFF.at(NOON + timedelta(hours=1)), scans) == results


def test_refusals_of_a_group_are_written_and_keep_out_only_whom_they_concern(fair: Fair) -> None:
    (_, child), (_, adult) = family(fair, child_type(fair), fair.regular)
    assert said(fair, adult) is IN
    other = fair.sell("Eve").ticket_codes[0]
    scans = [typed(fair, code) for code in (child, adult, other, "nonsense")]
    results = check_in_group(fair.store, STAFF.at(NOON), scans)
    assert [result.outcome for result in results] == [IN, Outcome.ALREADY_IN, IN, Outcome.UNKNOWN]


def test_a_group_is_somebody_with_nonces_of_their_own(fair: Fair) -> None:
    scan = typed(fair, "x")
    for wrong in ([], [scan, scan], [typed(fair, "x")] * 201):
        with pytest.raises(InvalidInputError, match=r"A group is 1 to 200|Each scan of a group"):
            check_in_group(fair.store, STAFF.at(NOON), wrong)
    with pytest.raises(NotAllowedError):
        check_in_group(fair.store, ATTENDEE.at(NOON), [scan])
    with pytest.raises(NotFoundError, match="There is no such check-in list"):
        check_in_group(fair.store, STAFF.at(NOON), [scan, typed(fair, "x", list_id=uuid4())])
    with fair.store.read() as connection:
        assert connection.execute(select(ScanRow.id)).all() == []


def test_a_group_goes_through_the_doors_of_one_event(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    scans = [typed(fair, "x"), typed(fair, "y", list_id=other.door.id)]
    with pytest.raises(InvalidInputError, match="one event"):
        check_in_group(fair.store, SUPERVISOR.at(NOON), scans)


def test_a_companion_enters_behind_whom_they_accompany(fair: Fair) -> None:
    lead, carer = fair.sell("Ada"), fair.sell("Carl Carer")
    made = set_companion(fair.store, STAFF.at(NOON), carer.ticket_ids[0], lead.ticket_ids[0])
    assert (made.name, made.of_name) == ("Carl Carer", "Ada")
    assert companions_of(fair.store, STAFF, lead.ticket_ids[0]) == (made,)
    assert companions_of(fair.store, STAFF, carer.ticket_ids[0]) == (made,)
    (first, second) = (carer.ticket_codes[0], lead.ticket_codes[0])
    alone = check_in(fair.store, STAFF.at(NOON), typed(fair, first))
    assert (alone.outcome, alone.rule) == (NO, "Only as companion")
    results = check_in_group(fair.store, STAFF.at(NOON), [typed(fair, first), typed(fair, second)])
    assert [result.outcome for result in results] == [IN, IN]
    assert "set_companion" in [each.verb for each in list_audit(fair.store, SYSTEM, limit=3)[0]]


def test_a_child_and_its_companion_of_another_booking_enter(fair: Fair) -> None:
    ((child_id, child),) = family(fair, child_type(fair))
    carer = fair.sell("Carl Carer")
    set_companion(fair.store, STAFF.at(NOON), carer.ticket_ids[0], child_id)
    assert said(fair, child) is NO
    assert said(fair, carer.ticket_codes[0]) is IN
    assert said(fair, child) is IN


def test_companions_are_pairs_that_make_sense(fair: Fair) -> None:
    ada, bob, eve = (fair.sell(name).ticket_ids[0] for name in ("Ada", "Bob", "Eve"))
    set_companion(fair.store, STAFF.at(NOON), bob, ada)
    for ticket, lead in ((ada, ada), (eve, bob), (ada, eve)):
        with pytest.raises(InvalidInputError, match=r"Bob or Eve is|Eve or Ada is|Nobody"):
            set_companion(fair.store, STAFF.at(NOON), ticket, lead)
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        set_companion(fair.store, STAFF.at(NOON), uuid4(), ada)
    with pytest.raises(NotAllowedError):
        set_companion(fair.store, ATTENDEE.at(NOON), eve, ada)
    assert set_companion(fair.store, STAFF.at(NOON), bob, None).of_ticket_id is None
    assert companions_of(fair.store, STAFF, ada) == ()


def test_a_ticket_type_needs_company_or_not(fair: Fair) -> None:
    kind = child_type(fair)
    views = {
        each.id: each for each in list_ticket_types(fair.store, SYSTEM.at(NOON), fair.event.id)
    }
    assert [views[each].about.accompanied for each in (kind, fair.regular)] == [True, False]
    alone = replace(views[kind].about, accompanied=False)
    assert not change_ticket_type(fair.store, SYSTEM.at(NOON), kind, alone).about.accompanied


# Rules that name gates and types


def with_rules(fair: Fair, *rules: Rule) -> None:
    new = NewCheckInList("Main", rules=rules, entry_policy=EntryPolicy.ANY)
    change_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id, new)


def test_rules_are_kept_with_the_list_and_hold_at_its_door(fair: Fair) -> None:
    with_rules(fair, Rule(RuleKind.GATES, gate_ids=frozenset({fair.gate.id})))
    code = fair.sell().ticket_codes[0]
    refused = check_in(fair.store, STAFF.at(NOON), typed(fair, code))
    assert (refused.outcome, refused.rule) == (NO, "Only at Gate A")
    assert refused.guest_sentence == "Please go to Gate A."
    assert said(fair, code, gate_id=fair.gate.id) is IN
    with_rules(fair, Rule(RuleKind.MINUTES, number=30))
    later = check_in(fair.store, STAFF.at(NOON + timedelta(minutes=5)), typed(fair, code))
    assert later.holds_at == NOON + timedelta(minutes=30)


def test_a_gate_that_a_rule_names_stays(fair: Fair) -> None:
    with_rules(fair, Rule(RuleKind.GATES, gate_ids=frozenset({fair.gate.id})))
    with pytest.raises(InvalidInputError, match="A rule of the list “Main” names this gate"):
        remove_gate(fair.store, SUPERVISOR.at(NOON), fair.gate.id)
    with_rules(fair)
    remove_gate(fair.store, SUPERVISOR.at(NOON), fair.gate.id)


def test_a_ticket_type_leaves_the_rules_unless_one_is_for_it_alone(fair: Fair) -> None:
    kind = child_type(fair)
    only = Rule(RuleKind.MOST, number=2, ticket_type_ids=frozenset({kind}))
    with_rules(fair, only)
    with pytest.raises(InvalidInputError, match="for Child only"):
        remove_ticket_type(fair.store, SYSTEM.at(NOON), kind)
    with_rules(fair, replace(only, ticket_type_ids=frozenset({kind, fair.vip})))
    remove_ticket_type(fair.store, SYSTEM.at(NOON), kind)
    (listed,) = doors_of_event(fair.store, SYSTEM, fair.event.id).lists
    assert listed.rules[0].ticket_type_ids == {fair.vip}


def test_rules_name_only_what_is_of_the_event(fair: Fair) -> None:
    for rule in (
        Rule(RuleKind.GATES, gate_ids=frozenset({uuid4()})),
        Rule(RuleKind.MOST, number=1, ticket_type_ids=frozenset({uuid4()})),
        Rule(RuleKind.MOST),
    ):
        with pytest.raises(InvalidInputError, match=r"A gate of a|A ticket type|Entries are 1 to"):
            with_rules(fair, rule)


def test_a_copy_of_the_event_has_the_rules_with_its_own_gates_and_days(fair: Fair) -> None:
    gates, types = frozenset({fair.gate.id}), frozenset({fair.vip})
    with_rules(
        fair,
        Rule(RuleKind.GATES, ticket_type_ids=types, gate_ids=gates),
        Rule(RuleKind.TIMES, days=("2026-06-01",)),
    )
    start = fair.event.starts_at + timedelta(days=30)
    copy = duplicate_event(fair.store, SYSTEM.at(NOON), fair.event.id, starts_at=start)
    with fair.store.read() as connection:
        kept = connection.execute(
            select(CheckInListRow.rules).where(CheckInListRow.event_id == copy.id)
        ).scalar_one()
        gate = connection.execute(
            select(GateRow.id).where(GateRow.event_id == copy.id)
        ).scalar_one()
    at_gate, on_day = read_rules(kept)
    assert at_gate.gate_ids == {gate}
    assert at_gate.ticket_type_ids.isdisjoint(types)
    assert on_day.days == ("2026-07-01",)


def test_rules_are_tried_saved_or_not_and_nothing_is_written(fair: Fair) -> None:
    new = NewCheckInList(
        "Pool",
        kind=ListKind.ROOM,
        capacity=5,
        entry_policy=EntryPolicy.ANY,
        rules=(Rule(RuleKind.PER_DAY, number=1),),
    )
    given: dict[str, Any] = {"ticket_type_id": fair.regular, "at": NOON, "event_id": fair.event.id}
    hour_ago = [NOON - timedelta(hours=1)]
    assert try_rule(fair.store, SUPERVISOR, new, **given).outcome is IN
    again = try_rule(fair.store, SUPERVISOR, new, entries_before=hour_ago, **given)
    assert (again.outcome, str(again.rule)) == (NO, "At most 1 a day")
    assert str(try_rule(fair.store, SUPERVISOR, new, inside=5, **given).rule) == "Full"
    child = given | {"ticket_type_id": child_type(fair)}
    alone = try_rule(fair.store, SUPERVISOR, fair.door.id, **child)
    assert str(alone.rule) == "Only with company"
    assert try_rule(fair.store, SUPERVISOR, fair.door.id, in_company=True, **child).outcome is IN
    with pytest.raises(NotAllowedError):
        try_rule(fair.store, STAFF, new, **given)
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        try_rule(fair.store, SUPERVISOR, new, **given | {"ticket_type_id": uuid4()})
    with pytest.raises(InvalidInputError, match="A list that is not saved needs its event"):
        try_rule(fair.store, SUPERVISOR, new, ticket_type_id=fair.regular, at=NOON)
    other = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate B")
    with_rules(fair, Rule(RuleKind.GATES, gate_ids=frozenset({other.id})))
    tried = try_rule(fair.store, SUPERVISOR, fair.door.id, gate_id=fair.gate.id, **given)
    assert str(tried.reason) == "Only at Gate B."
    with fair.store.read() as connection:
        assert connection.execute(select(ScanRow.id)).all() == []


def test_a_group_of_another_event_is_refused_by_the_door(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    [ticket_id] = other.sell("Ada").ticket_ids
    group = booking_group(fair.store, SUPERVISOR.at(NOON), ticket_id, fair.door.id)
    assert [each.outcome for each in group.members] == [Outcome.WRONG_EVENT]
