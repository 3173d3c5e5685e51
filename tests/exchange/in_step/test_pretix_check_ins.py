"""Who is let in here stands on the check-in list in pretix: once, in order, whatever fails."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from data.schema import DeliveryRow, EventErasureRow, SettingRow, TicketRow
from eventdesk.acts import SYSTEM
from eventdesk.door import Direction, EntryPolicy, ListKind, Outcome, check_in, undo
from eventdesk.exchange import keep_in_step, queue_admissions
from eventdesk.exchange.in_step import admissions
from eventdesk.exchange.in_step.admissions import CHECK_IN
from eventdesk.exchange.in_step.telling import SENDER
from eventdesk.integrations.service import Value
from eventdesk.services import (
    ServiceHealth,
    change_service,
    remove_service,
    service_deliveries,
    services_on,
)
from eventdesk.services import test_service as try_service
from eventdesk.spooler.senders import ServiceCourier
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.exchange.in_step.mirrored import ONE, THREE, TWO, Mirrored
from tests.exchange.in_step.pretix_shop import PretixEvent, position
from tests.integrations.chaos import Asked, Fault, Reply, counterpart
from tests.plans import plans

MINUTE = timedelta(minutes=1)


class Telling(Mirrored):
    """The same, with a door that somebody goes through, and what tells pretix of it."""

    def passes(
        self, code: str, at: datetime = NOON, way: Direction = Direction.ENTRY, **given: Any
    ) -> Any:
        """Let somebody through the door; returns the answer."""
        scan = self.fair.scan(code, direction=way, **given)
        return check_in(self.fair.store, STAFF.at(at), scan)

    def tell_to(self, name: str) -> None:
        change_service(self.fair.store, SYSTEM, self.service.id, {"check_in_list": name})

    def tell(self) -> None:
        """Look what came, and take all that is due to pretix, as if no rest were left."""
        queue_admissions(self.fair.store, SYSTEM)
        with self.fair.store.write() as connection:
            connection.exec_driver_sql("UPDATE service SET rests_until = NULL")
            connection.exec_driver_sql("UPDATE delivery SET leased_until = 0 WHERE leased_by <> ''")
            connection.execute(update(DeliveryRow).values(due_at=NOON - MINUTE))
        [service] = services_on(self.fair.store, SYSTEM, ["pretix"])
        courier = ServiceCourier(self.fair.store, SENDER, service, threading.Event())
        while courier.turn() and self.health().rests_until is None:
            pass

    def loses_an_answer(self, fault: Fault) -> None:
        """Fail in the next call that tells of a check-in."""
        handler = self.line.handler

        def fails_once(asked: Asked) -> Reply:
            if asked.path.endswith("/checkinlists/"):  # which it asks for right before
                self.line.fails(fault)
                self.line.handler = handler
            return handler(asked)

        self.line.handler = fails_once

    def told(self) -> list[tuple[str, str, datetime]]:
        """What counts in pretix, in the order in which it was told."""
        return [(each["secret"], each["type"], each["datetime"]) for each in self.shop.passed]

    def states(self) -> list[str]:
        """How the deliveries stand, in the order in which they were queued."""
        rows = select(DeliveryRow.state).where(DeliveryRow.kind == CHECK_IN)
        with self.fair.store.read() as connection:
            return list(connection.execute(rows.order_by(DeliveryRow.id)).scalars())

    def failed(self) -> dict[str, str]:
        found, _total = service_deliveries(self.fair.store, SYSTEM, self.service.id, state="failed")
        return {f"{each.what} {each.reference}": each.error for each in found}


def _killed(*_given: object, **_more: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def here(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telling]:
    monkeypatch.setattr("eventdesk.exchange.in_step.following.PACE_S", 0.0)
    shop = PretixEvent()
    shop.order("ABC12", position(1, ONE), position(2, TWO))
    with counterpart(shop) as line:
        there = Telling(fair, shop, line)
        there.turn()
        there.tell_to("default list")
        yield there


def test_who_comes_in_stands_on_the_list_there_with_our_time(here: Telling) -> None:
    assert here.passes(ONE, NOON + MINUTE).outcome is Outcome.ADMITTED
    here.tell()
    assert here.told() == [(ONE, "entry", NOON + MINUTE)]
    assert {each["list"] for each in here.shop.passed} == {5}
    assert here.states() == ["sent"]


def test_nothing_is_told_where_no_list_is_named(here: Telling) -> None:
    here.tell_to("")
    here.passes(ONE)
    here.tell()
    assert (here.shop.check_ins, here.states()) == ([], [])


def test_what_waits_when_the_list_is_taken_away_goes_nowhere(here: Telling) -> None:
    here.passes(ONE)
    queue_admissions(here.fair.store, SYSTEM)
    here.tell_to("")
    here.tell()
    assert (here.shop.check_ins, here.states()) == ([], ["cancelled"])


def test_who_goes_out_and_comes_again_is_told_in_that_order(here: Telling) -> None:
    ways = (Direction.ENTRY, Direction.EXIT, Direction.ENTRY)
    door = here.fair.list(entry_policy=EntryPolicy.AFTER_EXIT)
    for minute, way in enumerate(ways):
        assert here.passes(ONE, NOON + minute * MINUTE, way, list_id=door.id).outcome.passes
    here.tell()
    assert here.told() == [
        (ONE, way.value, NOON + minute * MINUTE) for minute, way in enumerate(ways)
    ]


def test_a_way_out_of_the_house_is_told_and_rooms_are_not(here: Telling) -> None:
    way_out = here.fair.list("Way out", kind=ListKind.LEAVE)
    shirts = here.fair.list("T-shirts", kind=ListKind.COLLECT, item="T-shirt")
    here.passes(ONE)
    assert here.passes(ONE, list_id=shirts.id).outcome is Outcome.ADMITTED
    assert here.passes(ONE, NOON + MINUTE, list_id=way_out.id).outcome is Outcome.EXITED
    here.tell()
    assert [way for _code, way, _at in here.told()] == ["entry", "exit"]


def test_refusals_and_tickets_of_this_house_are_not_told(here: Telling) -> None:
    booked = here.fair.sell("Kay")
    assert here.passes(here.fair.token(booked)).outcome is Outcome.ADMITTED
    here.passes(ONE)
    assert here.passes(ONE).outcome is Outcome.ALREADY_IN
    here.tell()
    assert len(here.shop.check_ins) == 1
    assert here.states() == ["sent"]


def test_who_was_let_in_by_force_is_told(here: Telling) -> None:
    here.passes(ONE)
    forced = here.fair.scan(ONE, force_reason="lost the band")
    check_in(here.fair.store, SUPERVISOR.at(NOON + MINUTE), forced)
    here.tell()
    assert [way for _code, way, _at in here.told()] == ["entry", "entry"]


def test_what_is_taken_back_is_taken_back_there(here: Telling) -> None:
    first = here.passes(ONE)
    here.tell()
    undo(here.fair.store, SUPERVISOR.at(NOON + MINUTE), first.scan_id)
    again = here.passes(ONE, NOON + 2 * MINUTE)
    assert again.outcome is Outcome.ADMITTED
    here.tell()
    assert here.told() == [(ONE, "entry", NOON + 2 * MINUTE)]
    assert [each["error_reason"] for each in here.shop.check_ins] == ["annulled", None]


def test_what_was_taken_back_before_it_was_told_is_not_told(here: Telling) -> None:
    first, second = here.passes(ONE), here.passes(TWO)
    undo(here.fair.store, SUPERVISOR.at(NOON), first.scan_id)
    queue_admissions(here.fair.store, SYSTEM)
    undo(here.fair.store, SUPERVISOR.at(NOON), second.scan_id)
    here.tell()
    assert here.shop.check_ins == []
    assert here.states() == ["cancelled", "sent"]  # nothing was there to be taken back
    third = here.passes(ONE)
    undo(here.fair.store, SUPERVISOR.at(NOON), third.scan_id)
    assert queue_admissions(here.fair.store, SYSTEM) == 0


def test_what_may_have_been_told_before_it_was_taken_back_is_taken_back(here: Telling) -> None:
    first = here.passes(ONE)
    here.loses_an_answer(Fault.RESET)  # it is done there, and nobody hears of it
    here.tell()
    assert (len(here.told()), here.states()) == (1, ["queued"])
    undo(here.fair.store, SUPERVISOR.at(NOON), first.scan_id)
    here.tell()
    assert here.told() == []


def test_what_is_too_late_to_be_taken_back_there_is_named(here: Telling) -> None:
    first = here.passes(ONE)
    here.tell()
    undo(here.fair.store, SUPERVISOR.at(NOON + 16 * MINUTE), first.scan_id)
    here.tell()
    assert list(here.failed()) == ["ABC12-1 undo"]
    assert "not allowed more than 15 minutes" in here.failed()["ABC12-1 undo"]


def test_a_pretix_that_takes_nothing_back_says_so(here: Telling) -> None:
    del here.shop.calls["annul"]
    first = here.passes(ONE)
    here.tell()
    undo(here.fair.store, SUPERVISOR.at(NOON), first.scan_id)
    here.passes(TWO)
    here.tell()
    assert "cannot take a check-in back" in here.failed()["ABC12-1 undo"]
    assert (TWO, "entry", NOON) in here.told()


def test_a_ticket_that_pretix_does_not_take_is_named_and_the_others_are_told(here: Telling) -> None:
    here.shop.change_position("ABC12", 1, canceled=True)
    here.passes(ONE)
    here.passes(TWO)
    here.tell()
    assert here.failed() == {"ABC12-1 entry": "It is cancelled in pretix."}
    assert here.told() == [(TWO, "entry", NOON)]


def test_a_ticket_at_which_pretix_breaks_holds_up_itself_alone(here: Telling) -> None:
    asked = here.shop.calls["redeem"]

    def breaks(said: dict[str, Any]) -> Reply:
        return Reply(500, b"Server Error") if said.get("secret") == ONE else asked(said)

    here.shop.calls["redeem"] = breaks
    here.passes(ONE)
    here.passes(ONE, NOON + MINUTE, Direction.EXIT)
    here.passes(TWO)
    here.tell()
    assert here.told() == [(TWO, "entry", NOON)]
    assert here.states() == ["queued", "queued", "sent"]
    here.shop.calls["redeem"] = asked
    here.tell()
    assert here.told()[1:] == [(ONE, "entry", NOON), (ONE, "exit", NOON + MINUTE)]


def test_an_outage_of_hours_loses_nothing_tells_nothing_twice_and_keeps_the_order(
    here: Telling,
) -> None:
    here.line.down()
    door = here.fair.list(entry_policy=EntryPolicy.AFTER_EXIT)
    ways = [Direction.ENTRY, Direction.EXIT] * 8
    for minute, way in enumerate(ways):
        for code in (ONE, TWO):
            answer = here.passes(code, NOON + minute * MINUTE, way, list_id=door.id)
            assert answer.outcome.passes
        here.tell()
    assert here.health().health is ServiceHealth.TROUBLE
    here.line.up()
    here.tell()
    for code in (ONE, TWO):
        assert [each[1:] for each in here.told() if each[0] == code] == [
            (way.value, NOON + minute * MINUTE) for minute, way in enumerate(ways)
        ]
    assert len(here.shop.check_ins) == 2 * len(ways)
    assert here.health().health is ServiceHealth.GOOD


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.DROPPED, Fault.HTML, Fault.GARBAGE])
def test_a_lost_answer_is_told_again_and_counts_once(here: Telling, fault: Fault) -> None:
    here.passes(ONE)
    here.loses_an_answer(fault)
    here.tell()
    assert here.states() == ["queued"]
    here.tell()
    assert here.told() == [(ONE, "entry", NOON)]
    assert here.states() == ["sent"]


def test_a_crash_after_it_was_told_tells_it_again_and_it_counts_once(
    here: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.passes(ONE)
    with monkeypatch.context() as patch:
        patch.setattr("eventdesk.spooler.senders.settle_outgoing", _killed)
        with pytest.raises(KeyboardInterrupt):
            here.tell()
    assert len(here.told()) == 1
    here.tell()
    assert len(here.told()) == 1
    assert here.states() == ["sent"]


def test_a_crash_after_it_was_taken_back_there_is_no_fault(
    here: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = here.passes(ONE)
    here.tell()
    undo(here.fair.store, SUPERVISOR.at(NOON), first.scan_id)
    with monkeypatch.context() as patch:
        patch.setattr("eventdesk.spooler.senders.settle_outgoing", _killed)
        with pytest.raises(KeyboardInterrupt):
            here.tell()
    assert here.told() == []
    here.tell()
    assert here.states() == ["sent", "sent"]


def test_a_crash_while_it_is_queued_queues_it_once(
    here: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.passes(ONE)
    with monkeypatch.context() as patch:
        patch.setattr("eventdesk.exchange.in_step.admissions._Place.write", _killed)
        with pytest.raises(KeyboardInterrupt):
            queue_admissions(here.fair.store, SYSTEM)
    assert here.states() == []
    assert [queue_admissions(here.fair.store, SYSTEM) for _ in range(3)] == [1, 0, 0]


def test_a_check_in_queues_nothing_itself(here: Telling) -> None:
    here.passes(ONE)
    assert here.states() == []


def test_who_was_in_before_it_was_set_up_is_told_too_and_another_list_learns_all(
    here: Telling,
) -> None:
    here.tell_to("")
    here.passes(ONE)
    here.shop.lists.append({"id": 6, "name": "Everybody", "subevent": None, "limit_products": []})
    here.tell_to("5")
    here.tell()
    here.tell_to("Everybody")
    here.tell()
    assert [(each["list"], each["type"]) for each in here.shop.passed] == [
        (5, "entry"),
        (6, "entry"),
    ]


def test_a_token_without_the_right_is_named_and_nothing_is_lost(here: Telling) -> None:
    here.shop.may_check_in = False
    here.passes(ONE)
    here.tell()
    assert here.health().health is ServiceHealth.TROUBLE
    assert "may not check in" in here.health().health_text
    keep_in_step(here.fair.store, SYSTEM.at(here.now + MINUTE))
    assert "may not check in" in here.health().health_text, "orders in step do not hide it"
    assert here.states() == ["queued"]
    here.shop.may_check_in = True
    here.tell()
    assert here.told() == [(ONE, "entry", NOON)]
    assert here.health().health is ServiceHealth.GOOD


def test_a_list_that_is_gone_is_named_and_nothing_is_lost(here: Telling) -> None:
    here.shop.lists, lists = [], here.shop.lists
    here.passes(ONE)
    here.tell()
    assert "There is no check-in list default list in pretix." in here.health().health_text
    here.shop.lists = lists
    here.tell()
    assert here.told() == [(ONE, "entry", NOON)]


def test_of_a_series_the_list_of_its_date_is_told(here: Telling) -> None:
    here.shop.lists = [
        {"id": 8, "name": "Door", "subevent": 71, "limit_products": []},
        {"id": 9, "name": "Door", "subevent": 72, "limit_products": []},
    ]
    values: dict[str, Value] = {"check_in_list": "Door", "subevent": 72}
    change_service(here.fair.store, SYSTEM, here.service.id, values)
    here.passes(ONE)
    here.tell()
    assert [each["list"] for each in here.shop.passed] == [9]


def test_the_test_says_whether_check_ins_can_be_told(here: Telling) -> None:
    def said() -> str:
        return try_service(here.fair.store, SYSTEM, here.service.id).text

    assert said().endswith("Check-ins are told to Default list.")
    assert here.shop.check_ins == []
    here.shop.may_check_in = False
    assert said() == "The token of pretix may not check in."
    here.shop.may_check_in = True
    here.shop.calls.clear()
    assert "cannot be told of check-ins" in said()
    here.tell_to("Side door")
    assert said() == "There is no check-in list Side door in pretix."


def test_who_was_erased_is_told_no_more(here: Telling) -> None:
    here.passes(ONE)
    here.passes(TWO)
    queue_admissions(here.fair.store, SYSTEM)
    with here.fair.store.write() as connection:
        erased = update(TicketRow).where(TicketRow.foreign_code == ONE)
        connection.execute(erased.values(foreign_code=None))
    here.tell()
    assert here.told() == [(TWO, "entry", NOON)]
    with here.fair.store.write() as connection:
        values = {"event_id": here.fair.event.id, "begun_at": NOON}
        connection.execute(insert(EventErasureRow).values(values))
    here.passes(TWO, NOON + MINUTE, Direction.EXIT)
    assert queue_admissions(here.fair.store, SYSTEM) == 0


def test_a_removed_service_tells_nothing_and_leaves_nothing(here: Telling) -> None:
    here.passes(ONE)
    queue_admissions(here.fair.store, SYSTEM)
    remove_service(here.fair.store, SYSTEM, here.service.id)
    here.turn()
    assert queue_admissions(here.fair.store, SYSTEM) == 0
    with here.fair.store.read() as connection:
        kept = select(SettingRow.key).where(SettingRow.key.startswith("in_step_"))
        assert connection.execute(kept).all() == []
    assert here.states() == ["cancelled"]


def test_much_that_is_not_told_is_looked_at_once(
    here: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eventdesk.exchange.in_step.admissions.LAZY", 2)
    monkeypatch.setattr("eventdesk.exchange.in_step.admissions.AT_ONCE", 2)
    for _ in range(5):
        here.passes(THREE)
    here.passes(ONE)
    assert queue_admissions(here.fair.store, SYSTEM) == 1
    here.tell()
    assert here.told() == [(ONE, "entry", NOON)]


def test_a_look_reads_no_more_of_what_waits_at_several_doors_than_it_takes(
    here: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admissions, "AT_ONCE", 2)
    side = here.fair.list("Side door", entry_policy=EntryPolicy.ANY)
    front = here.fair.list(entry_policy=EntryPolicy.ANY)
    for minute in range(10):
        door = side if minute % 3 else front
        assert here.passes(ONE, NOON + minute * MINUTE, list_id=door.id).outcome.passes
    with here.fair.store.read() as connection:
        how = plans(connection, lambda: admissions._look(connection, here.service.id), "scan")
    assert any("ix_scan_list_id_no" in each for each in how)
    assert not any("TEMP B-TREE" in each for each in how)
    here.tell()
    assert [at for _code, _way, at in here.told()] == [NOON + each * MINUTE for each in range(10)]
