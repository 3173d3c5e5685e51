"""Paired devices and conflicts of phones on the command line."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from badges.qr import half_blocks
from eventdesk.accounts import DeviceRole, DeviceView, list_devices, pair_device
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.core.serving import noted_serving
from eventdesk.door import (
    NewCheckInList,
    OfflineScan,
    add_check_in_list,
    add_gate,
    check_in,
    deliver_offline_scans,
    offline_conflicts,
)
from tests.build import NOON, STAFF, Fair, empty_store, make_fair
from tests.cli.conftest import Call

SERVED = "https://192.168.1.7:8440"


@pytest.fixture
def fair(home: Path) -> Iterator[Fair]:
    with empty_store(home) as store:
        yield make_fair(store)


def devices(fair: Fair) -> list[DeviceView]:
    return list_devices(fair.store, SYSTEM, fair.event.id)


def test_a_page_a_qr_code_and_a_code_to_type_pair_a_phone(
    call: Call, home: Path, fair: Fair
) -> None:
    with noted_serving(home, (SERVED,)):
        offered = call("device", "pair", "--gate", fair.gate.name)
    assert offered.exit_code == 0, offered.output
    lines = offered.stdout.splitlines()
    page = lines[1].strip()
    code = next(line for line in lines if line.startswith("Code: ")).removeprefix("Code: ")
    assert page == f"{SERVED}/pair#{code}"
    drawn = half_blocks(page, small=True)
    assert lines[2 : 2 + len(drawn)] == drawn
    assert "five minutes" in lines[-1]
    device = pair_device(fair.store, VISITOR, code, name="Pia's phone").device
    assert (device.list, device.gate) == (fair.door.name, fair.gate.name)
    assert device.profile.role is DeviceRole.PHONE


def test_where_nothing_is_served_to_others_it_is_said_how(
    call: Call, home: Path, fair: Fair
) -> None:
    for urls in ((), ("http://127.0.0.1:8440",)):
        if urls:
            with noted_serving(home, urls):
                offered = call("device", "pair")
        else:
            offered = call("device", "pair")
        assert "eventdesk serve --host 0.0.0.0" in offered.stdout
        assert "█" not in offered.stdout
        assert "Code: " in offered.stdout


def test_a_program_reads_the_offer_and_the_devices(call: Call, home: Path, fair: Fair) -> None:
    with noted_serving(home, (SERVED,)):
        told = json.loads(call("device", "pair", "--role", "desk", "--json").stdout)
    assert told["address"] == f"{SERVED}/pair#{told['code']}"
    assert told["profile"]["role"] == "desk"
    assert told["profile"]["list_id"] is None
    pair_device(fair.store, VISITOR, told["code"], name="Bar")
    listed = json.loads(call("device", "list", "--json").stdout)
    assert [(each["name"], each["online"]) for each in listed] == [("Bar", True)]
    assert "secret" not in call("device", "list", "--json").stdout


def test_devices_are_listed_changed_and_shut_out(call: Call, fair: Fair) -> None:
    assert "eventdesk device pair" in call("device", "list").stdout
    add_gate(fair.store, SYSTEM, fair.event.id, "Back door")
    add_check_in_list(fair.store, SYSTEM, fair.event.id, NewCheckInList("Pool"))
    code = json.loads(call("device", "pair", "--list", "Main", "--json").stdout)["code"]
    pair_device(fair.store, VISITOR, code, name="Pia's [b] phone")
    listed = call("device", "list").stdout
    assert "Pia's [b] phone  phone  Main entrance  ✓ online" in listed
    changed = call("device", "change", "Pia", "--gate", "Back", "--list", "Pool", "--name", "Ida")
    assert changed.exit_code == 0, changed.output
    (device,) = devices(fair)
    assert (device.name, device.list, device.gate) == ("Ida", "Pool", "Back door")
    assert call("device", "change", "Ida", "--gate", "none").exit_code == 0
    assert devices(fair)[0].gate == ""
    refused = call("device", "revoke", "Id")
    assert (refused.exit_code, len(devices(fair))) == (2, 1)
    assert "Ida is shut out" in call("device", "revoke", "ida").stdout
    assert devices(fair) == []


def test_a_phone_at_an_event_of_several_lists_is_asked_which(call: Call, fair: Fair) -> None:
    add_check_in_list(fair.store, SYSTEM, fair.event.id, NewCheckInList("Pool"))
    refused = call("device", "pair")
    assert refused.exit_code == 2
    assert "Pool" in refused.stderr


@pytest.fixture
def doubled(fair: Fair) -> UUID:
    """A ticket that a desk let in, and a phone without the network, too."""
    token = fair.token(fair.sell("Grace [b] Hopper"))
    check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    told = OfflineScan("n1", token, (NOON + timedelta(minutes=5)).isoformat(), "admitted")
    later = STAFF.at(NOON + timedelta(hours=1))
    deliver_offline_scans(fair.store, later, fair.door.id, [told])
    (conflict,) = offline_conflicts(fair.store, SYSTEM, fair.event.id)[0]
    return conflict.scan_id


def test_what_phones_did_alone_is_listed_and_settled(call: Call, fair: Fair, doubled: UUID) -> None:
    listed = call("device", "conflicts").stdout.splitlines()
    assert listed[0].startswith(str(doubled))
    assert "Grace [b] Hopper" in listed[0]
    assert listed[0].endswith("let in twice")
    assert [line.strip()[:16] for line in listed[1:]] == ["2026-06-01 12:00", "2026-06-01 12:05"]
    (told,) = json.loads(call("device", "conflicts", "--json").stdout)
    assert (told["why"], told["told"], told["name"]) == (
        "twice",
        "let in twice",
        "Grace [b] Hopper",
    )
    assert call("device", "settle", "Grace", "").exit_code == 2
    settled = call("device", "settle", "grace", "One person, scanned twice")
    assert "✓ Settled: Grace [b] Hopper, let in twice" in settled.stdout
    assert "Nothing is to be settled." in call("device", "conflicts").stdout
    after = call("device", "conflicts", "--settled").stdout
    assert "✓ Settled by eventdesk: One person, scanned twice" in after
    assert call("device", "settle", str(doubled), "again").exit_code == 2


def test_a_conflict_is_named_by_the_code_of_its_ticket_too(
    call: Call, fair: Fair, doubled: UUID
) -> None:
    code = offline_conflicts(fair.store, SYSTEM, fair.event.id)[0][0].ticket_code
    assert call("device", "settle", code, "One person").exit_code == 0
    assert offline_conflicts(fair.store, SYSTEM, fair.event.id)[1] == 0
