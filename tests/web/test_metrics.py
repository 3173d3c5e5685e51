"""What programs that watch a house are told, and who is told it."""

import re
import socket

import pytest
from prometheus_client.parser import text_string_to_metric_families

from eventdesk import __version__
from eventdesk.acts import Permission, Role
from tests.build import Fair
from tests.people import make_admin, make_guest, make_staff
from tests.web.serving import Served, served
from tests.web.test_api import scanned

Values = dict[tuple[str, ...], float]


def told(house: Served, **headers: str) -> Values:
    """Each value, by its name and its labels."""
    answer = house.http.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (each.name, *each.labels.values()): each.value
        for family in text_string_to_metric_families(answer.text)
        for each in family.samples
    }


def test_it_tells_what_happened_and_what_waits(fair: Fair, house: Served) -> None:
    by = house.as_(make_staff(fair))
    token = fair.token(fair.sell())
    for _ in range(2):
        house.ask("POST", f"/lists/{fair.door.id}/scans", by, json=scanned(token))
    values = told(house)
    assert values["eventdesk_scans_total", "admitted"] == 1
    assert values["eventdesk_scans_total", "already_in"] == 1
    assert values["eventdesk_deliveries_open", "badge"] == 1
    assert values["eventdesk_deliveries_failed", "badge"] == 0
    assert values["eventdesk_waiting",] == values["eventdesk_queued",] == 0
    assert values["eventdesk_devices_online",] == values["eventdesk_devices_paired",] == 0
    assert values["eventdesk_info", __version__] == 1
    assert values["eventdesk_connections",] >= 1
    assert values["eventdesk_body_bytes",] == values["eventdesk_streams",] == 0
    scans = ("POST", "/api/v1/lists/{list}/scans", "200")
    assert values["eventdesk_request_seconds_count", *scans] == 2
    assert values["eventdesk_request_seconds_sum", *scans] > 0
    stages = {
        stage: values["eventdesk_stage_seconds_sum", "writes", stage]
        for stage in ("receive", "wait", "use_case", "answer")
    }
    assert all(spent > 0 for spent in stages.values())
    whole = values["eventdesk_request_seconds_sum", *scans]
    assert sum(stages.values()) == pytest.approx(whole)
    assert values["eventdesk_stage_seconds_count", "writes", "use_case"] == 2


def test_labels_are_words_of_ours(fair: Fair, house: Served) -> None:
    asked = house.http.request("CANARY", "/canary?canary", headers={"canary": "canary"})
    assert asked.status_code == 404
    house.ask("GET", f"/events/{fair.event.id}/tickets?words=canary")
    text = house.http.get("/metrics").text
    assert 'method="-",route="-",status="404"' in text
    assert "canary" not in text.lower()
    assert str(fair.event.id) not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)


def test_two_servers_count_for_themselves(fair: Fair, house: Served) -> None:
    house.http.get("/healthz")
    asked = ("eventdesk_request_seconds_count", "GET", "/healthz", "200")
    with served(fair.store) as other:
        assert asked not in told(other)
    assert told(house)[asked] == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "192.0.2.1"},
        {"forwarded": "for=192.0.2.1"},
        {"via": "1.1 proxy"},
        {"host": "events.example.org"},
        {"host": "localhost.example.org:80"},
        {"host": ""},
    ],
)
def test_who_asks_from_elsewhere_needs_a_token(house: Served, headers: dict[str, str]) -> None:
    assert house.http.get("/metrics", headers=headers).status_code == 401


def test_beside_this_machine_it_is_for_who_looks_after_the_installation(
    fair: Fair, house: Served
) -> None:
    elsewhere = {"host": "events.example.org"}
    admin, organizer = make_admin(fair.store), make_staff(fair, Role.ORGANIZER)
    narrow = house.as_(admin, Permission.ATTEND)
    for by in (house.as_(organizer), narrow, house.as_(make_guest(house.store))):
        assert house.http.get("/metrics", headers={**by, **elsewhere}).status_code == 403
        assert house.http.get("/metrics", headers=by).status_code == 403
    only = house.as_(admin, Permission.INSTALLATION)
    assert told(house, **only, **elsewhere)["eventdesk_info", __version__] == 1


def test_another_address_of_loopback_is_no_proof(house: Served) -> None:
    host, _, port = house.url.rpartition("/")[2].partition(":")
    with socket.create_connection((host, int(port)), 30, ("127.0.0.2", 0)) as line:
        line.sendall(b"GET /metrics HTTP/1.1\r\nhost: localhost:1\r\n\r\n")
        assert b" 401 " in line.makefile("rb").readline()
