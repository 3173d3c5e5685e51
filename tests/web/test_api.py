"""The API: each use case at its address, as whoever calls."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.rows import count_rows
from data.schema import AdmissionRow, ApiTokenRow, AuditRow, PairingOfferRow
from eventdesk.accounts import ban, end_token, make_token, my_tokens
from eventdesk.acts import SYSTEM, Actor, Permission, Reach, Role
from eventdesk.core.clock import utc_now
from eventdesk.web.api import api_routes, in_order
from eventdesk.web.app import served
from eventdesk.web.bodies import MOST_BYTES, MOST_OF_NOBODY
from eventdesk.wire.addresses import ROOT, routes
from tests.build import Fair
from tests.people import make_admin, make_guest, make_staff
from tests.web.serving import ALL, Served


def scanned(token: str) -> dict[str, Any]:
    """The body of a scan."""
    return {"text": token, "nonce": uuid4().hex, "seen_at": utc_now().isoformat()}


def test_who_may_gets_what_the_use_case_gives(fair: Fair, house: Served) -> None:
    organizer = make_staff(fair, Role.ORGANIZER, "Olga")
    answer = house.ask("GET", f"/events/{fair.event.id}/team", house.as_(organizer))
    assert answer.status_code == 200
    assert [member["name"] for member in answer.json()] == ["Olga"]


def test_who_shows_nothing_is_asked_to_sign_in(house: Served) -> None:
    answer = house.ask("GET", "/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "sign_in"


@pytest.mark.parametrize("header", ["Bearer", "Basic YTpi", "Bearer edt_nobody", "Bearer \x01"])
def test_who_shows_something_else_is_refused(house: Served, header: str) -> None:
    assert house.ask("GET", "/me", {"authorization": header}).status_code == 401


def test_a_token_does_what_was_chosen_for_it_and_no_more(fair: Fair, house: Served) -> None:
    organizer = make_staff(fair, Role.ORGANIZER, "Olga")
    narrow = house.as_(organizer, Permission.ATTEND)
    assert house.ask("GET", "/me", narrow).json()["name"] == "Olga"
    refused = house.ask("GET", f"/events/{fair.event.id}/team", narrow)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_a_ban_and_the_end_of_a_token_hold_at_once(fair: Fair, house: Served) -> None:
    one, other = make_staff(fair, name="One"), make_staff(fair, name="Other")
    by_one, by_other = house.as_(one), house.as_(other)
    assert house.ask("GET", "/me", by_one).status_code == 200
    assert house.ask("GET", "/me", by_other).status_code == 200
    assert one.id is not None
    ban(house.store, SYSTEM, one.id, reason="A test")
    end_token(house.store, other, my_tokens(house.store, other)[0].id)
    assert house.ask("GET", "/me", by_one).status_code == 401
    assert house.ask("GET", "/me", by_other).status_code == 401


def used_at(house: Served, who: Actor) -> Any:
    """When the one token of somebody was used last, as they are told."""
    by = house.as_(who)
    told = house.ask("GET", "/me/tokens", by).json()
    [one] = [each["used_at"] for each in told if each["name"] == "door app"]
    return one


@pytest.mark.parametrize("address", ["/api/v1/me", "/api/v1/changes", "/metrics"])
def test_the_list_of_tokens_says_when_one_was_used_last(house: Served, address: str) -> None:
    who = make_admin(house.store)
    made = make_token(house.store, who, "door app", ALL)
    assert used_at(house, who) is None
    by, first = {"authorization": f"Bearer {made.secret}"}, house.store.clock()
    house.store.clock = lambda: first
    for _ in range(2):  # once a minute at most
        with house.http.stream("GET", address, headers=by) as answer:
            assert answer.status_code == 200
        house.store.clock = lambda: first + timedelta(seconds=30)
    assert datetime.fromisoformat(used_at(house, who)) == first


def test_a_guest_is_admitted_once_whoever_asks_at_once(fair: Fair, house: Served) -> None:
    token = fair.token(fair.sell())
    by = house.as_(make_staff(fair))
    path = f"/lists/{fair.door.id}/scans"
    with ThreadPoolExecutor(8) as pool:
        bodies = [scanned(token) for _ in range(16)]
        answers = list(pool.map(lambda body: house.ask("POST", path, by, json=body), bodies))
    assert {answer.status_code for answer in answers} == {200}, answers[0].text
    outcomes = sorted(answer.json()["outcome"] for answer in answers)
    assert outcomes.count("admitted") == 1
    assert set(outcomes) == {"admitted", "already_in"}
    with house.store.read() as connection:
        assert count_rows(connection, AdmissionRow.id.is_not(None)) == 1


def test_a_call_with_the_same_key_is_the_same_call(fair: Fair, house: Served) -> None:
    by = house.as_(make_staff(fair, Role.ORGANIZER))
    path, key = f"/events/{fair.event.id}/pairing-codes", {"idempotency-key": uuid4().hex}
    first = house.ask("POST", path, by, headers=key)
    again = house.ask("POST", path, by, headers=key)
    assert first.status_code == 200, first.text
    assert first.json()["code"]
    assert again.json() == first.json() | {"code": ""}  # it is shown once
    desk = {"profile": {"role": "kiosk"}}
    other = house.ask("POST", path, by, json=desk, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    with house.store.read() as connection:
        assert count_rows(connection, PairingOfferRow.expires_at.is_not(None)) == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 201, "tab\tin the middle of it"])
def test_a_key_that_could_be_guessed_or_is_endless_is_refused(
    house: Served, key: str, fair: Fair
) -> None:
    by = house.as_(make_staff(fair, Role.ORGANIZER))
    path, key_of_it = f"/events/{fair.event.id}/pairing-codes", {"idempotency-key": key}
    assert house.ask("POST", path, by, headers=key_of_it).status_code == 400


def test_the_audit_names_the_request(fair: Fair, house: Served) -> None:
    by = house.as_(make_staff(fair, Role.ORGANIZER))
    answer = house.ask("POST", f"/events/{fair.event.id}/pairing-codes", by)
    with house.store.read() as connection:
        details = connection.execute(select(AuditRow.detail).order_by(AuditRow.seq.desc())).first()
    assert details is not None
    assert details[0]["request"] == answer.headers["x-request-id"]


HOSTILE: list[tuple[dict[str, str], bytes, int]] = [
    ({"content-type": "application/json"}, b"{", 400),
    ({"content-type": "application/json"}, b"\xff\xfe", 400),
    ({"content-type": "application/json"}, b"[" * 100_000, 400),
    ({"content-type": "application/json"}, b"NaN", 400),
    ({"content-type": "application/json"}, b'{"name": "a", "surprise": 1}', 400),
    ({"content-type": "application/json"}, b'{"name": "a", "name": "b", "permissions": []}', 400),
    ({"content-type": "application/json"}, b'{"name": {}, "permissions": "x"}', 400),
    ({"content-type": "application/json"}, b'{"name": "\\ud800", "permissions": ["attend"]}', 400),
    ({"content-type": "application/x-www-form-urlencoded"}, b"name=a", 415),
    ({}, b"name=a", 415),
    ({"content-type": "application/json"}, b" " * (MOST_BYTES + 1), 413),
]


def test_who_shows_nothing_may_send_little(fair: Fair, house: Served) -> None:
    path, headers = f"/lists/{fair.door.id}/scans", {"content-type": "application/json"}
    for size, status in ((MOST_OF_NOBODY, 401), (MOST_OF_NOBODY + 1, 413)):
        answer = house.ask("POST", path, content=b" " * size, headers=headers)
        assert answer.status_code == status


@pytest.mark.parametrize(("headers", "body", "status"), HOSTILE)
def test_a_body_that_is_no_answer_to_the_question_is_refused(
    house: Served, fair: Fair, headers: dict[str, str], body: bytes, status: int
) -> None:
    by = house.as_(make_guest(house.store))
    answer = house.ask("POST", "/me/tokens", by, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["title"]
    with house.store.read() as connection:
        assert count_rows(connection, ApiTokenRow.id.is_not(None)) == 1


@pytest.mark.parametrize(
    "query", ["?limit=x", "?limit=0", "?limit=99999", "?surprise=1", "?%00=%ff"]
)
def test_a_query_that_is_not_understood_is_refused(fair: Fair, house: Served, query: str) -> None:
    by = house.as_(make_staff(fair, Role.ORGANIZER))
    answer = house.ask("GET", f"/events/{fair.event.id}/tickets{query}", by)
    assert answer.status_code == 400


def test_a_language_is_read_from_the_request(house: Served) -> None:
    words = {
        tag: house.ask("GET", "/me", headers={"accept-language": tag}).json()["title"]
        for tag in ("en", "de", "tlh", "de-CH;q=0.9,en", ",;,", "")
    }
    assert words["de"] == words["de-CH;q=0.9,en"] != words["en"]
    assert words["tlh"] == words[""] == words[",;,"] == words["en"]


def test_what_is_nowhere_and_what_is_asked_otherwise_are_problems_too(house: Served) -> None:
    assert house.ask("GET", "/nowhere").json()["status"] == 404
    wrong = house.ask("PUT", "/me")
    assert (wrong.status_code, wrong.json()["status"]) == (405, 405)
    assert "GET" in wrong.headers["allow"]


def test_each_address_is_served_and_leads_to_its_own_use_case() -> None:
    desk: Any = None  # no request comes
    by_path = [(each.path, each.methods) for each in api_routes(desk, served())]
    for route in served():
        assert (
            ROOT + route.path,
            {route.method, "HEAD"} if route.method == "GET" else {route.method},
        ) in by_path


def test_all_that_has_an_address_is_served() -> None:
    assert {each.verb for each in served()} == {each.verb for each in routes()}
    assert {each.verb.reach for each in served()} == {Reach.GUARDED, Reach.DEVICES, Reach.PUBLIC}


def test_a_token_that_is_made_up_may_send_no_more_than_nobody(fair: Fair, house: Served) -> None:
    path, headers = f"/lists/{fair.door.id}/scans", {"content-type": "application/json"}
    made_up = {"authorization": "Bearer edt_nobody"}
    for size, status in ((MOST_OF_NOBODY + 1, 401), (MOST_BYTES + 1, 413)):
        answer = house.ask("POST", path, made_up, content=b" " * size, headers=headers)
        assert answer.status_code == status


def test_a_fixed_word_comes_before_a_name() -> None:
    paths = [each.path for each in in_order(routes())]
    assert paths.index("/me/tokens") < paths.index("/me/tokens/{token}")
    for at, path in enumerate(paths):
        parts = path.split("/")
        for before in (each.split("/") for each in paths[:at]):
            shadows = len(before) == len(parts) and all(
                one[:1] == "{" or one == other for one, other in zip(before, parts, strict=True)
            )
            assert not shadows or before == parts or _same_shape(before, parts), (before, parts)


def _same_shape(one: list[str], other: list[str]) -> bool:
    """Whether both have names in the same places, as two methods of one address may."""
    return [part[:1] == "{" for part in one] == [part[:1] == "{" for part in other]
