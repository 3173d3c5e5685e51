"""A service outside that is in trouble is one clear line where admins look."""

import json
from datetime import timedelta

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import ServiceSilentError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import make_folders, replace_private
from eventdesk.integrations.service import Value
from eventdesk.keeping import Finding, house_health
from eventdesk.keeping.examination.services import BEHIND
from eventdesk.keeping.replica import FOLDER, STATE
from eventdesk.services import add_service, change_service, met_service
from tests.build import NOON, Fair


def found(fair: Fair) -> list[Finding]:
    return [
        each for each in house_health(fair.store, SYSTEM.at(NOON)) if each.subject == "services"
    ]


def test_without_services_all_is_well(fair: Fair) -> None:
    assert [(str(each.tone), each.text) for each in found(fair)] == [("good", "none is set up")]


def test_trouble_is_said_once_until_it_is_over(fair: Fair) -> None:
    values: dict[str, Value] = {"url": "https://example.org/h", "events": ["book"]}
    service = add_service(fair.store, SYSTEM.at(NOON), "webhook", values, event_id=fair.event.id)
    add_service(fair.store, SYSTEM.at(NOON), "webhook", values, name="another")
    trouble = ServiceSilentError(msg("example.org cannot be reached.")).whole
    for _ in range(2):
        met_service(fair.store, SYSTEM.at(NOON), service.id, trouble=trouble)
    [bad, rest] = found(fair)
    words = "Webhook: example.org cannot be reached (since 2026-06-01 10:00 UTC)"
    assert (str(bad.tone), bad.text) == ("care", words)
    assert rest.text == "1 without trouble"
    met_service(fair.store, SYSTEM.at(NOON), service.id, trouble=None)
    assert [each.text for each in found(fair)] == ["2 without trouble"]


def test_what_is_switched_off_is_no_trouble(fair: Fair) -> None:
    values: dict[str, Value] = {"url": "https://example.org/h", "events": ["book"]}
    service = add_service(fair.store, SYSTEM.at(NOON), "webhook", values, event_id=fair.event.id)
    met_service(fair.store, SYSTEM.at(NOON), service.id, trouble=msg("Gone."))
    change_service(fair.store, SYSTEM.at(NOON), service.id, {}, enabled=False)
    assert [each.text for each in found(fair)] == ["none is set up"]


def replica(fair: Fair, **state: str | None) -> list[tuple[str, str]]:
    """What is told of a replica that stands like this, before the line of the services."""
    path = fair.store.home / FOLDER / STATE
    make_folders(path.parent)
    replace_private(path, json.dumps(state).encode())
    return [(str(each.tone), each.text) for each in found(fair)][:-1]


def test_how_the_replica_stands_is_told_where_there_is_one(fair: Fair) -> None:
    stands = "the replica stands at 2026-06-01 "
    assert [each.text for each in found(fair)] == ["none is set up"]
    for behind, tone in ((BEHIND, "good"), (BEHIND + timedelta(seconds=1), "care")):
        at = NOON - behind
        told = replica(fair, at=at.isoformat(), trouble="")
        assert told == [(tone, f"{stands}{at:%H:%M:%S} UTC")]
    assert replica(fair, at=None, trouble="") == [("care", "the replica was never up to date")]
    told = replica(fair, at=NOON.isoformat(), trouble="The storage is \x1b[1mfull.")
    assert told == [("care", f"{stands}{NOON:%H:%M:%S} UTC: The storage is full")]


def test_half_a_state_of_a_replica_is_none(fair: Fair) -> None:
    path = fair.store.home / FOLDER / STATE
    make_folders(path.parent)
    for half in (b"", b"{", b"[]", b'{"at": 7, "trouble": ""}', b'{"at": "2026", "trouble": ""}'):
        replace_private(path, half)
        assert [each.text for each in found(fair)] == ["none is set up"], half
