"""Rooms told of sales, printers and queues: each change once, to those who want it."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from data.schema import DeliveryRow, EventRow, SettingRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import cancel_booking
from eventdesk.core.clock import utc_now
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status
from eventdesk.door import check_in
from eventdesk.events import NewEvent, create_event
from eventdesk.exchange import (
    allow_webhook_networks,
    delete_event,
    tell_of_printers,
    tell_of_queues,
    tell_of_sales,
    thin_webhooks,
)
from eventdesk.exchange.chat import printers, queues
from eventdesk.exchange.chat.sales import places_of
from eventdesk.exchange.chat.sending import SENDER
from eventdesk.integrations.chat.kind import NOTICES
from eventdesk.integrations.service import Value
from eventdesk.printing import (
    NewPrinter,
    add_printer,
    assign,
    enable_printer,
    note_health,
    remove_printer,
    take_printers,
)
from eventdesk.sales import Availability
from eventdesk.services import (
    ServiceHealth,
    ServiceView,
    add_service,
    change_service,
    read_service,
    remove_service,
    resend,
    service_deliveries,
    services_on,
)
from eventdesk.spooler.senders import ServiceCourier
from tests.build import NOON, STAFF, Fair, make_fair
from tests.integrations.chaos import Counterpart, Fault, counterpart

MINUTE = timedelta(minutes=1)
SECRET = "fk2j4h5g6"
OUT = Status(Health.PAPER_OUT, msg("it is out of paper"))
READY = Status(Health.READY)


@pytest.fixture
def there(store: Store) -> Iterator[Counterpart]:
    allow_webhook_networks(store, SYSTEM, ["127.0.0.1"])
    with counterpart() as there:
        yield there


def room(
    fair: Fair, there: Counterpart, *notices: str, house: bool = False, name: str = ""
) -> ServiceView:
    values: dict[str, Value] = {
        "address": f"json://me:{SECRET}@127.0.0.1:{there.port}/{name}",
        "notices": list(notices or NOTICES),
    }
    event_id = None if house else fair.event.id
    return add_service(fair.store, SYSTEM.at(NOON), "chat", values, event_id=event_id, name=name)


def send(store: Store) -> None:
    """What the spooler does: take what waits to each room, one by one."""
    for service in services_on(store, SYSTEM, {"chat"}):
        courier = ServiceCourier(store, SENDER, service, threading.Event())
        while courier.turn():
            pass


def queued(store: Store) -> list[str]:
    """The English titles of all that was ever queued for rooms."""
    with store.read() as connection:
        payloads = connection.execute(
            select(DeliveryRow.payload).where(DeliveryRow.kind == "chat").order_by(DeliveryRow.id)
        ).scalars()
        found = [payload["title"] for payload in payloads]
        return [each["text"].format(**each.get("arguments", {})) for each in found]


def capacity(fair: Fair, places: int) -> None:
    with fair.store.write() as connection:
        connection.execute(
            update(EventRow).where(EventRow.id == fair.event.id).values(capacity=places)
        )


def sales(fair: Fair, at: datetime = NOON) -> int:
    return tell_of_sales(fair.store, SYSTEM.at(at))


# Sales


def test_each_level_of_sales_is_told_once(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 4)
    room(fair, there, "sales")
    sales(fair)
    for sold in (1, 1, 0, 1, 1):
        if sold:
            fair.sell()
        sales(fair)
    assert queued(fair.store) == [
        "Demo Days: 50 % sold",
        "Demo Days: 75 % sold",
        "Demo Days is sold out",
    ]


def test_of_levels_reached_at_once_the_last_is_told(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 10)
    room(fair, there, "sales")
    sales(fair)
    fair.sell_all([f"Guest {n}" for n in range(9)])
    assert (sales(fair), sales(fair)) == (1, 0)
    assert queued(fair.store) == ["Demo Days: 90 % sold"]


def test_a_level_that_is_reached_again_is_not_told_again(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 2)
    room(fair, there, "sales")
    sales(fair)
    booked = fair.sell()
    sales(fair)
    cancel_booking(fair.store, SYSTEM.at(NOON), booked.booking_id, reason="")
    sales(fair)
    fair.sell()
    assert sales(fair) == 0
    assert len(queued(fair.store)) == 1


def test_what_is_not_paid_is_not_sold(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 2)
    room(fair, there, "sales")
    sales(fair)
    fair.sell_all(["Ada", "Kay"], paid=False)
    assert sales(fair) == 0


def test_quotas_bound_an_event_without_a_capacity(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "sales")
    sales(fair)
    fair.sell()
    assert sales(fair) == 0, "one type has no limit"
    with fair.store.write() as connection:
        connection.execute(update(TicketTypeRow).values(quota=1))
    assert sales(fair) == 1
    assert queued(fair.store) == ["Demo Days: 50 % sold"]


@pytest.mark.parametrize(
    ("quotas", "seats", "places"),
    [
        ((5, 7), None, 12),
        ((5, None), None, None),
        ((None, None), 6, 10),
        ((4, 4), 6, 8),
        ((), 0, None),
    ],
)
def test_types_that_share_a_section_share_its_places(
    quotas: tuple[int | None, ...], seats: int | None, places: int | None
) -> None:
    section = uuid4() if seats is not None else None
    types = [Availability(uuid4(), each, 2, 0, None, None, section, seats) for each in quotas]
    assert places_of(types) == places


def test_what_was_sold_before_the_first_room_is_not_told(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 4)
    fair.sell_all(["Ada", "Kay"])
    sales(fair)
    room(fair, there, "sales")
    assert sales(fair) == 0
    fair.sell()
    assert sales(fair) == 1
    assert queued(fair.store) == ["Demo Days: 75 % sold"]


def test_what_was_sold_while_no_room_was_there_is_not_told(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 4)
    service = room(fair, there, "sales")
    sales(fair)
    remove_service(fair.store, SYSTEM, service.id)
    sales(fair)
    fair.sell_all(["Ada", "Kay"])
    room(fair, there, "sales")
    assert sales(fair) == 0


def test_while_a_room_is_switched_off_nothing_is_kept_for_it(
    fair: Fair, there: Counterpart
) -> None:
    capacity(fair, 2)
    service = room(fair, there, "sales")
    sales(fair)
    change_service(fair.store, SYSTEM.at(NOON), service.id, {}, enabled=False)
    fair.sell()
    sales(fair)
    change_service(fair.store, SYSTEM.at(NOON), service.id, {}, enabled=True)
    assert sales(fair) == 0
    fair.sell()
    assert sales(fair) == 1
    assert queued(fair.store) == ["Demo Days is sold out"]


def test_a_room_hears_of_its_event_and_those_of_the_house_of_all(
    fair: Fair, there: Counterpart
) -> None:
    other = make_fair(fair.store, "Other")
    for each in (fair, other):
        capacity(each, 2)
    room(fair, there, "sales", name="own")
    room(fair, there, "sales", house=True, name="house")
    room(fair, there, "queue", house=True, name="doors")
    sales(fair)
    other.sell()
    assert sales(fair) == 1
    fair.sell()
    assert sales(fair) == 2
    send(fair.store)
    assert sorted(each.path for each in there.asked) == ["/house", "/house", "/own"]


def test_events_that_are_over_or_drafts_are_left_out(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 2)
    room(fair, there, "sales")
    fair.sell()
    assert sales(fair, NOON + timedelta(days=9)) == 0
    assert sales(fair, NOON + timedelta(days=9)) == 0
    assert sales(fair) == 1


def test_without_a_room_nothing_is_written(fair: Fair) -> None:
    capacity(fair, 2)
    fair.sell()
    before = fair.store.writes
    for tell in (tell_of_sales, tell_of_printers, tell_of_queues):
        assert tell(fair.store, SYSTEM.at(NOON)) == 0
    assert fair.store.writes == before


def test_looking_again_writes_nothing(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 2)
    room(fair, there)
    for tell in (tell_of_sales, tell_of_printers, tell_of_queues):
        tell(fair.store, SYSTEM.at(NOON))
    before = fair.store.writes
    for tell in (tell_of_sales, tell_of_printers, tell_of_queues):
        tell(fair.store, SYSTEM.at(NOON))
    assert fair.store.writes == before


def test_programs_that_look_at_once_tell_once(fair: Fair, there: Counterpart) -> None:
    capacity(fair, 2)
    room(fair, there, "sales")
    sales(fair)
    fair.sell()
    told: list[int] = []
    gate = threading.Barrier(4)

    def look() -> None:
        gate.wait()
        told.append(sales(fair))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == [0, 0, 0, 1]


def test_notes_go_with_their_event(store: Store, there: Counterpart) -> None:
    day = NOON.replace(hour=0)
    draft = create_event(store, SYSTEM.at(NOON), NewEvent("Draft", day, day + timedelta(days=1)))
    with store.write() as connection:
        key = f"told_sales/{draft.id}"
        connection.exec_driver_sql("INSERT INTO setting VALUES (?, '50 2026')", (key,))
    delete_event(store, SYSTEM.at(NOON), draft.id)
    assert notes(store, "sales") == []


def notes(store: Store, what: str) -> list[str]:
    with store.read() as connection:
        found = select(SettingRow.value).where(SettingRow.key.startswith(f"told_{what}/"))
        return list(connection.execute(found).scalars())


# Printers


def printer_at_work(store: Store, name: str = "Left") -> UUID:
    printer = add_printer(store, SYSTEM.at(NOON), NewPrinter(name, "file:left"))
    return printer.id


def see(store: Store, printer_id: UUID, status: Status, at: datetime) -> int:
    """Note how a printer is that is driven, and look."""
    take_printers(store, SYSTEM.at(at), "courier/1/1")
    note_health(store, SYSTEM.at(at), printer_id, status)
    return tell_of_printers(store, SYSTEM.at(at))


def test_a_printer_is_told_to_be_down_and_to_be_back_once(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "printer", house=True)
    left = printer_at_work(fair.store)
    told = [
        see(fair.store, left, status, NOON + minutes * MINUTE)
        for minutes, status in ((0, READY), (1, OUT), (2, OUT), (4, OUT), (5, OUT), (6, READY))
    ]
    assert told == [0, 0, 0, 1, 0, 1]
    assert see(fair.store, left, READY, NOON + 7 * MINUTE) == 0
    assert queued(fair.store) == ["Printer Left is down", "Printer Left works again"]
    assert notes(fair.store, "printer") == []


def test_a_roll_that_is_changed_is_not_told(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "printer", house=True)
    left = printer_at_work(fair.store)
    for minutes in range(0, 20, 4):
        see(fair.store, left, OUT, NOON + minutes * MINUTE)
        see(fair.store, left, READY, NOON + (minutes + 2) * MINUTE)
    assert queued(fair.store) == []


def test_what_nobody_drives_stays_as_it_was(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "printer", house=True)
    left = printer_at_work(fair.store)
    see(fair.store, left, OUT, NOON)
    assert tell_of_printers(fair.store, SYSTEM.at(NOON + 30 * MINUTE)) == 0
    assert see(fair.store, left, OUT, NOON + 31 * MINUTE) == 1


@pytest.mark.parametrize("how", ["switched off", "removed"])
def test_a_printer_that_is_taken_away_is_no_news(fair: Fair, there: Counterpart, how: str) -> None:
    room(fair, there, "printer", house=True)
    left = printer_at_work(fair.store)
    see(fair.store, left, OUT, NOON)
    see(fair.store, left, OUT, NOON + 4 * MINUTE)
    if how == "removed":
        remove_printer(fair.store, SYSTEM.at(NOON), left)
    else:
        enable_printer(fair.store, SYSTEM.at(NOON), left, enabled=False)
    assert tell_of_printers(fair.store, SYSTEM.at(NOON + 5 * MINUTE)) == 0
    assert notes(fair.store, "printer") == []


def test_a_team_hears_of_printers_at_its_gates_and_of_those_that_stand_everywhere(
    fair: Fair, there: Counterpart
) -> None:
    other = make_fair(fair.store, "Other")
    room(fair, there, "printer", name="own")
    room(other, there, "printer", name="other")
    left, right = printer_at_work(fair.store), printer_at_work(fair.store, "Right")
    assign(fair.store, SYSTEM.at(NOON), left, event_id=fair.event.id, gate_ids=[fair.gate.id])
    for at in (NOON, NOON + printers.AFTER):
        see(fair.store, left, OUT, at)
        see(fair.store, right, OUT, at)
    send(fair.store)
    told = sorted((each.path, each.json()["title"]) for each in there.asked)
    assert told == [
        ("/other", "Printer Right is down"),
        ("/own", "Printer Left is down"),
        ("/own", "Printer Right is down"),
    ]


def test_the_message_says_since_when_and_why(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "printer", house=True)
    left = printer_at_work(fair.store)
    see(fair.store, left, OUT, NOON)
    see(fair.store, left, OUT, NOON + printers.AFTER)
    send(fair.store)
    at = f"{NOON.astimezone():%H:%M}"
    message = there.asked[0].json()["message"]
    assert message == f"No badge comes out since {at}: it is out of paper."


# Queues


def crowded(fair: Fair) -> datetime:
    """Let one lane be busy until 35 minutes after the opening; return half an hour after it."""
    opened = fair.event.starts_at - timedelta(hours=1)
    booked = fair.sell_all([f"Guest {n}" for n in range(240)])
    for number in range(112):
        at = opened + 20 * MINUTE + number * timedelta(seconds=8)
        scan = replace(fair.scan(fair.token(booked, number)), seen_at=at)
        check_in(fair.store, STAFF.at(at), scan)
    return opened + 30 * MINUTE


def test_a_queue_that_is_too_long_is_told_once(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "queue")
    at = crowded(fair)
    told = [tell_of_queues(fair.store, SYSTEM.at(at + n * MINUTE)) for n in range(4)]
    assert told == [0, 0, 1, 0]
    send(fair.store)
    [asked] = there.asked
    assert asked.json()["title"] == "Guests wait too long at Main entrance"
    assert asked.json()["message"].startswith("Demo Days: some ")
    assert "Desks open: 1, needed: " in asked.json()["message"]


def test_a_queue_that_ended_is_told_when_it_comes_back(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "queue")
    at = crowded(fair)
    for later in (0, 2):
        tell_of_queues(fair.store, SYSTEM.at(at + later * MINUTE))
    assert notes(fair.store, "queue") != []
    assert tell_of_queues(fair.store, SYSTEM.at(at + 40 * MINUTE)) == 0, "nobody came of late"
    assert notes(fair.store, "queue") == []


def test_a_wait_in_between_changes_nothing(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "queue")
    at = crowded(fair)
    told = []
    for later, target_s in ((0, 300.0), (1, 1e6), (2, 300.0)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(queues, "TARGET_S", target_s)
            told.append(tell_of_queues(fair.store, SYSTEM.at(at + later * MINUTE)))
    assert told == [0, 0, 0], "it was short in between"


def test_a_quiet_door_is_not_told_of(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "queue")
    fair.sell_all([f"Guest {n}" for n in range(50)])
    opened = fair.event.starts_at - timedelta(hours=1)
    for minutes in (-30, 5, 30, 60, 600):
        assert tell_of_queues(fair.store, SYSTEM.at(opened + minutes * MINUTE)) == 0


# On the way


def half_sold(fair: Fair) -> None:
    """Queue one message, as of now by the clock of this machine."""
    capacity(fair, 2)
    sales(fair)
    fair.sell()
    sales(fair)
    with fair.store.write() as connection:
        now = utc_now()
        connection.execute(update(DeliveryRow).values(created_at=now, due_at=now))


def wake(store: Store) -> None:
    """Let all that rests and waits be due."""
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE service SET rests_until = NULL")
        connection.exec_driver_sql("UPDATE delivery SET due_at = 0 WHERE state = 'queued'")


def test_what_is_delivered_is_listed_with_its_answer(fair: Fair, there: Counterpart) -> None:
    service = room(fair, there, "sales")
    half_sold(fair)
    send(fair.store)
    [view], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert (view.state, view.what, view.where) == ("sent", "sales", "JSON (127.0.0.1)")
    assert (view.reference, view.attempts) == ("200", 1)
    assert read_service(fair.store, SYSTEM, service.id).health is ServiceHealth.GOOD


@pytest.mark.parametrize(
    "fault", [Fault.DROPPED, Fault.HTML, Fault.TOO_MANY, Fault.OUT_OF_ORDER, Fault.GARBAGE]
)
def test_what_fails_is_tried_again_until_it_is_taken(
    fair: Fair, there: Counterpart, fault: Fault
) -> None:
    service = room(fair, there, "sales")
    half_sold(fair)
    there.fails(fault, times=2)
    for _ in range(3):
        send(fair.store)
        wake(fair.store)
    send(fair.store)
    [view], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert (view.state, view.attempts) == ("sent", 3)
    keys = {each.headers["idempotency-key"] for each in there.asked}
    assert keys == {f"{view.id.hex}-1"}


def test_a_room_that_is_down_rests_and_says_why(fair: Fair, there: Counterpart) -> None:
    service = room(fair, there, "sales")
    half_sold(fair)
    there.down()
    send(fair.store)
    found = read_service(fair.store, SYSTEM, service.id)
    assert found.health is ServiceHealth.TROUBLE
    assert found.health_text.startswith("JSON (127.0.0.1) cannot be reached.")
    assert SECRET not in found.health_text
    assert found.rests_until is not None
    there.up()
    wake(fair.store)
    send(fair.store)
    assert len(there.asked) == 1


def test_what_nobody_takes_for_hours_has_failed_and_can_be_sent_again(
    fair: Fair, there: Counterpart
) -> None:
    service = room(fair, there, "sales")
    half_sold(fair)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(created_at=utc_now() - SENDER.patience))
    there.fails(Fault.OUT_OF_ORDER)
    send(fair.store)
    [view], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert view.state == "failed"
    resend(fair.store, SYSTEM, service.id, view.id)
    wake(fair.store)
    send(fair.store)
    assert [each.json()["title"] for each in there.asked] == ["Demo Days: 50 % sold"] * 2


def test_a_team_reads_in_the_language_of_its_event(fair: Fair, there: Counterpart) -> None:
    with fair.store.write() as connection:
        connection.execute(update(EventRow).values(language="de"))
    room(fair, there, "sales")
    half_sold(fair)
    send(fair.store)
    assert there.asked[0].json()["title"] == "Demo Days: 50 % verkauft"


def test_what_was_emptied_is_not_sent(fair: Fair, there: Counterpart) -> None:
    service = room(fair, there, "sales")
    half_sold(fair)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(payload={}))
    send(fair.store)
    [view], _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert (view.state, there.asked) == ("cancelled", [])


def test_what_went_out_a_month_ago_is_forgotten(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "sales")
    half_sold(fair)
    send(fair.store)
    assert thin_webhooks(fair.store, SYSTEM.at(utc_now() + timedelta(days=29))) == 0
    assert thin_webhooks(fair.store, SYSTEM.at(utc_now() + timedelta(days=31))) == 1


def test_the_secret_is_in_no_row(fair: Fair, there: Counterpart) -> None:
    room(fair, there, "sales")
    half_sold(fair)
    there.fails(Fault.OUT_OF_ORDER)
    send(fair.store)
    with fair.store.read() as connection:
        for table in ("service", "delivery", "audit", "setting"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert SECRET not in str(rows), table
