"""Check-in lists and gates are changed, and removed while nothing was scanned by them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.schema import DeliveryRow
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.door import (
    DoorQuestion,
    EntryPolicy,
    NewCheckInList,
    Outcome,
    add_check_in_list,
    add_gate,
    change_check_in_list,
    check_in,
    doors_of_event,
    list_check_in_lists,
    list_gates,
    remove_check_in_list,
    remove_gate,
    rename_gate,
    reprint,
)
from eventdesk.events import change_event
from eventdesk.keeping import list_audit
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair


def test_a_changed_list_rules_the_next_scan(fair: Fair) -> None:
    ada = fair.sell("Ada Lovelace")
    assert (
        check_in(fair.store, SYSTEM.at(NOON), fair.scan(fair.token(ada))).outcome
        is Outcome.ADMITTED
    )
    new = NewCheckInList(
        " Main\ndoor ",
        ticket_type_ids=frozenset({fair.vip}),
        closes_at=NOON + timedelta(hours=1),
        entry_policy=EntryPolicy.ANY,
        questions=(DoorQuestion("q1", "Any knives?"),),
    )
    view = change_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id, new)
    assert (view.id, view.name) == (fair.door.id, "Main door")
    [listed] = doors_of_event(fair.store, SYSTEM, fair.event.id).lists
    assert listed.ticket_type_ids == {fair.vip}
    assert listed.closes_at == NOON + timedelta(hours=1)
    assert listed.questions == (DoorQuestion("q1", "Any knives?"),)
    again = check_in(fair.store, SYSTEM.at(NOON), fair.scan(fair.token(ada)))
    assert again.outcome is not Outcome.ADMITTED
    change_check_in_list(
        fair.store,
        SUPERVISOR.at(NOON),
        fair.door.id,
        NewCheckInList("Main door", entry_policy=EntryPolicy.ANY),
    )
    again = check_in(fair.store, SYSTEM.at(NOON), fair.scan(fair.token(ada)))
    assert again.outcome is Outcome.ADMITTED


def test_a_change_that_makes_no_sense_leaves_the_list_as_it_is(fair: Fair) -> None:
    other = make_fair(fair.store, "Elsewhere")
    for wrong in (
        NewCheckInList("  "),
        NewCheckInList("Door", opens_at=NOON, closes_at=NOON),
        NewCheckInList("Door", ticket_type_ids=frozenset({fair.vip, other.vip})),
    ):
        with pytest.raises(InvalidInputError, match=r"A name is|A ticket type is|The list closes"):
            change_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id, wrong)
        with pytest.raises(InvalidInputError, match=r"A name is|A ticket type is|The list closes"):
            add_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.event.id, wrong)
    [listed] = doors_of_event(fair.store, SYSTEM, fair.event.id).lists
    assert (listed.name, listed.ticket_type_ids) == ("Main entrance", frozenset())


def test_a_list_goes_until_something_is_scanned_by_it(fair: Fair) -> None:
    lunch = fair.list("Lunch", ticket_type_ids=frozenset({fair.vip}))
    remove_check_in_list(fair.store, SUPERVISOR.at(NOON), lunch.id)
    with pytest.raises(NotFoundError, match="There is no such check-in list any more"):
        remove_check_in_list(fair.store, SUPERVISOR.at(NOON), lunch.id)
    with pytest.raises(NotFoundError, match="There is no such check-in list any more"):
        change_check_in_list(fair.store, SUPERVISOR.at(NOON), lunch.id, NewCheckInList("L"))
    check_in(fair.store, SYSTEM.at(NOON), fair.scan("no ticket at all"))
    with pytest.raises(InvalidInputError, match="scanned"):
        remove_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id)
    assert [each.id for each in list_check_in_lists(fair.store, SYSTEM)] == [fair.door.id]


def test_a_new_list_comes_last_also_after_another_is_gone(fair: Fair) -> None:
    first = fair.list("First")
    fair.list("Second")
    remove_check_in_list(fair.store, SUPERVISOR.at(NOON), first.id)
    fair.list("Third")
    names = [each.name for each in list_check_in_lists(fair.store, SYSTEM)]
    assert names == ["Main entrance", "Second", "Third"]


def test_a_gate_is_renamed_and_goes_until_something_is_scanned_there(fair: Fair) -> None:
    aft = add_gate(fair.store, SUPERVISOR.at(NOON), fair.event.id, "Aft")
    assert rename_gate(fair.store, SUPERVISOR.at(NOON), aft.id, " Aft\tdeck ").name == "Aft deck"
    with pytest.raises(InvalidInputError, match="A name is needed"):
        rename_gate(fair.store, SUPERVISOR.at(NOON), aft.id, " ")
    check_in(fair.store, SYSTEM.at(NOON), fair.scan("no ticket", gate_id=fair.gate.id))
    with pytest.raises(InvalidInputError, match="scanned"):
        remove_gate(fair.store, SUPERVISOR.at(NOON), fair.gate.id)
    remove_gate(fair.store, SUPERVISOR.at(NOON), aft.id)
    assert [each.name for each in list_gates(fair.store, SYSTEM, fair.event.id)] == ["Gate A"]
    for act in (
        lambda: remove_gate(fair.store, SUPERVISOR.at(NOON), aft.id),
        lambda: rename_gate(fair.store, SUPERVISOR.at(NOON), uuid4(), "Aft"),
    ):
        with pytest.raises(NotFoundError, match="There is no such gate any more"):
            act()


def test_a_gate_goes_where_badges_were_printed_again_and_people_still_work(fair: Fair) -> None:
    booked = fair.sell()
    change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"reprint_limit": 2})
    given: dict[str, Any] = {"reason": "torn", "gate_id": fair.gate.id}
    reprint(fair.store, STAFF.at(NOON), booked.ticket_ids[0], **given)
    remove_gate(fair.store, SUPERVISOR.at(NOON), fair.gate.id)
    reprint(fair.store, STAFF.at(NOON), booked.ticket_ids[0], **given)
    scanned = fair.scan(fair.token(booked), gate_id=fair.gate.id)
    assert check_in(fair.store, STAFF.at(NOON), scanned).passes
    with fair.store.read() as connection:
        gates = connection.execute(select(DeliveryRow.gate_id)).scalars().all()
    assert gates == [None] * 3


def test_staff_changes_no_door_and_each_change_is_written_down(fair: Fair) -> None:
    lunch, new = fair.list("Lunch"), NewCheckInList("Lunch")
    with pytest.raises(NotAllowedError):
        change_check_in_list(fair.store, STAFF.at(NOON), lunch.id, new)
    with pytest.raises(NotAllowedError):
        remove_check_in_list(fair.store, STAFF.at(NOON), lunch.id)
    with pytest.raises(NotAllowedError):
        rename_gate(fair.store, STAFF.at(NOON), fair.gate.id, "B")
    with pytest.raises(NotAllowedError):
        remove_gate(fair.store, STAFF.at(NOON), fair.gate.id)
    change_check_in_list(fair.store, SUPERVISOR.at(NOON), lunch.id, new)
    remove_check_in_list(fair.store, SUPERVISOR.at(NOON), lunch.id)
    rename_gate(fair.store, SUPERVISOR.at(NOON), fair.gate.id, "B")
    remove_gate(fair.store, SUPERVISOR.at(NOON), fair.gate.id)
    seen = [each.verb for each in list_audit(fair.store, SYSTEM, limit=4)[0]]
    assert seen == ["remove_gate", "rename_gate", "remove_check_in_list", "change_check_in_list"]
