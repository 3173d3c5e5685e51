"""How the doors of an event are read."""

from datetime import timedelta
from uuid import uuid4

from eventdesk.acts import SYSTEM
from eventdesk.door import DoorSetup, EntryPolicy, add_gate, doors_of_event
from tests.build import NOON, SUPERVISOR, Fair, make_fair


def test_reads_the_lists_gates_and_ticket_types_of_one_event(fair: Fair) -> None:
    later = fair.list(
        "VIP lounge",
        ticket_type_ids=frozenset({fair.vip}),
        entry_policy=EntryPolicy.ANY,
        closes_at=NOON + timedelta(hours=2),
    )
    add_gate(fair.store, SUPERVISOR.at(NOON), fair.event.id, "Aft gate")
    make_fair(fair.store, "Elsewhere")

    setup = doors_of_event(fair.store, SYSTEM, fair.event.id)

    assert [each.id for each in setup.lists] == [fair.door.id, later.id]
    assert setup.lists[1].ticket_type_ids == {fair.vip}
    assert setup.lists[1].closes_at == NOON + timedelta(hours=2)
    assert [gate.name for gate in setup.gates] == ["Aft gate", "Gate A"]
    assert setup.ticket_types == ((fair.regular, "Regular"), (fair.vip, "VIP"))


def test_an_unknown_event_has_none_of_it(fair: Fair) -> None:
    assert doors_of_event(fair.store, SYSTEM, uuid4()) == DoorSetup((), (), ())
