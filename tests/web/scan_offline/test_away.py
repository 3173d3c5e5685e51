"""The house goes away and comes back, in a real browser: what phones say, and what is written."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from data.schema import OfflineScanRow, ScanRow
from eventdesk.accounts import revoke_device
from eventdesk.acts import SYSTEM
from eventdesk.door import check_in, counters, offline_conflicts
from tests.build import STAFF, Fair
from tests.web.scan_offline.house import House, Phone, at_door

SOON_MS = 1500
"""How soon a verdict is there on a busy machine: 800 ms for the house, and its own work."""


@pytest.fixture
def door(fair: Fair) -> UUID:
    return fair.list("Field", offline=True, offline_hours=2).id


@pytest.fixture
def phone(chromium: Any, house: House, door: UUID) -> Iterator[Phone]:
    with at_door(chromium, house, door) as there:
        there.until("s.age !== null")
        yield there


def scans(fair: Fair) -> list[tuple[str, str]]:
    """What was written, in order."""
    with fair.store.read() as connection:
        found = connection.execute(
            select(ScanRow.nonce, ScanRow.outcome).order_by(ScanRow.no)
        ).all()
    return [(row.nonce, row.outcome) for row in found]


def delivered(fair: Fair) -> list[str]:
    with fair.store.read() as connection:
        found = select(OfflineScanRow.shown).join(ScanRow, ScanRow.id == OfflineScanRow.scan_id)
        return list(connection.execute(found.order_by(ScanRow.no)).scalars())


def came(fair: Fair, door: UUID) -> int:
    return counters(fair.store, STAFF.at(fair.store.clock()), door).admitted


def test_the_house_decides_while_it_answers(fair: Fair, phone: Phone, door: UUID) -> None:
    token = fair.token(fair.sell("Ada"))
    assert phone.says(token) == ("house", "admitted")
    assert phone.says(token) == ("house", "already_in")
    assert phone.rows("queue") == []
    assert delivered(fair) == []
    assert came(fair, door) == 1


def test_away_reloaded_and_back_each_scan_is_told_once(
    fair: Fair, phone: Phone, house: House, door: UUID
) -> None:
    before, ada, bob = (fair.token(fair.sell(each)) for each in ("Cleo", "Ada", "Bob"))
    phone.page.evaluate("() => its()._fetch()")
    assert phone.says(before) == ("house", "admitted")
    house.close()
    first = phone.scan(ada)
    assert (first["by"], first["outcome"], first["type"]) == ("phone", "admitted", "Regular")
    assert first["ms"] < SOON_MS
    assert phone.says(before) == ("phone", "already_in")
    assert phone.says("no ticket") == ("phone", "unknown")
    phone.reload()
    assert phone.state()["waiting"] == 3
    assert phone.says(ada) == ("phone", "already_in")
    assert phone.says(bob) == ("phone", "admitted")
    assert phone.state()["waiting"] == 5
    now = fair.store.clock()
    check_in(fair.store, STAFF.at(now), fair.scan(bob, list_id=door, seen_at=now))
    nonces = [each["nonce"] for each in phone.rows("queue")]
    house.open()
    phone.until("s.waiting === 0 && !s.isAway")
    phone.reload()
    phone.until("s.waiting === 0")
    assert delivered(fair) == ["admitted", "already_in", "unknown", "already_in", "admitted"]
    assert [nonce for nonce, _outcome in scans(fair) if nonce in nonces] == nonces
    assert came(fair, door) == 3
    found, _total = offline_conflicts(fair.store, STAFF.at(now), fair.event.id)
    assert [(each.why, each.name) for each in found] == [("twice", "Bob")]
    assert phone.rows("queue") == []


@pytest.mark.long
def test_a_house_that_takes_calls_and_is_silent_is_waited_for_800_ms(
    fair: Fair, phone: Phone, house: House
) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.page.evaluate("() => its()._fetch()")
    house.close()
    with house.silent():
        said = phone.scan(token)
    assert (said["by"], said["outcome"]) == ("phone", "admitted")
    assert 700 < said["ms"] < SOON_MS
    house.open()
    phone.until("s.waiting === 0")
    assert [outcome for _nonce, outcome in scans(fair)] == ["admitted"]


@pytest.mark.long
def test_a_live_scan_goes_behind_all_that_wait(fair: Fair, phone: Phone, house: House) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.page.evaluate("() => its()._fetch()")
    house.close()
    script = "async () => { for (let at = 0; at < 130; at++) await scan(`no ticket ${at}`); }"
    phone.page.evaluate(script)
    waiting = [each["nonce"] for each in phone.rows("queue")]
    assert len(waiting) == 130
    house.open()
    by, outcome = phone.says(token)
    assert (by, outcome) in (("house", "admitted"), ("phone", "admitted"))
    phone.until("s.waiting === 0")
    written = [nonce for nonce, _outcome in scans(fair)]
    assert written[:130] == waiting
    assert len(written) == 131


@pytest.mark.long
def test_an_answer_that_was_lost_is_one_scan(fair: Fair, phone: Phone, door: UUID) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.page.evaluate("() => its()._fetch()")

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    phone.page.route("**/scans", lose, times=1)
    phone.page.route("**/offline-scans", lose, times=1)
    assert phone.says(token) == ("phone", "admitted")
    phone.until("s.waiting === 0")
    assert [outcome for _nonce, outcome in scans(fair)] == ["admitted"]
    assert came(fair, door) == 1


@pytest.mark.long
def test_two_tabs_let_one_ticket_in_once_and_share_one_pipe(
    fair: Fair, phone: Phone, house: House
) -> None:
    tokens = [fair.token(fair.sell(each)) for each in ("Ada", "Bob", "Cleo")]
    phone.page.evaluate("() => its()._fetch()")
    tab = phone.tab()
    house.close()
    for each in (phone, tab):
        each.page.evaluate(
            "(tokens) => { window.all = Promise.all(tokens.map((each) => scan(each))); }", tokens
        )
    said = [
        each["outcome"] for one in (phone, tab) for each in one.page.evaluate("() => window.all")
    ]
    assert sorted(said) == ["admitted"] * 3 + ["already_in"] * 3
    house.open()
    phone.until("s.waiting === 0")
    assert sorted(delivered(fair)) == sorted(said)
    assert len({nonce for nonce, _outcome in scans(fair)}) == len(scans(fair)) == 6


@pytest.mark.long
def test_one_bad_scan_is_kept_aside_and_stops_nothing(
    fair: Fair, phone: Phone, house: House
) -> None:
    one, two, three = (fair.token(fair.sell(each)) for each in ("Ada", "Bob", "Cleo"))
    phone.page.evaluate("() => its()._fetch()")
    house.close()
    for each in (one, two, three):
        assert phone.says(each) == ("phone", "admitted")
    bad, worse, _good = phone.rows("queue")
    broken = [bad | {"shown": "exited"}, worse | {"source": "no such source"}]
    phone.page.evaluate(
        "(broken) => edit('queue', (queue) => broken.forEach((each) => queue.put(each)))", broken
    )
    house.open()
    phone.until("s.waiting === 0")
    assert delivered(fair) == ["admitted"]
    state = phone.state()
    assert (state["aside"], state["isAway"]) == (2, False)
    assert [bool(each["problem"]) for each in phone.rows("aside")] == [True, True]
    fixed = [each | {"shown": "admitted", "source": "camera"} for each in phone.rows("aside")]
    phone.page.evaluate(
        "(fixed) => edit('aside', (aside) => fixed.forEach((each) => aside.put(each)))", fixed
    )
    for entry in fixed:
        phone.page.evaluate("(no) => its().retryAside(no)", entry["no"])
    phone.until("s.waiting === 0 && s.aside === 0")
    assert delivered(fair) == ["admitted"] * 3


@pytest.mark.long
def test_a_scan_at_which_the_house_fails_holds_up_the_others_for_a_while_only(
    fair: Fair, phone: Phone, house: House
) -> None:
    one, two, three = (fair.token(fair.sell(each)) for each in ("Ada", "Bob", "Cleo"))
    phone.page.evaluate("() => its()._fetch()")
    house.close()
    for each in (one, two, three):
        assert phone.says(each) == ("phone", "admitted")
    _first, second, _third = phone.rows("queue")

    def fail(route: Any) -> None:
        if second["nonce"] in (route.request.post_data or ""):
            route.fulfill(status=500, content_type="application/problem+json", body="{}")
        else:
            route.continue_()

    phone.page.route("**/offline-scans", fail)
    house.open()
    phone.until("s.waiting === 0")
    assert delivered(fair) == ["admitted"] * 2
    [aside] = phone.rows("aside")
    assert (aside["nonce"], aside["problem"]) == (second["nonce"], "500")


@pytest.mark.long
def test_a_tab_that_ended_while_it_asked_is_told_of_as_nothing_shown(
    fair: Fair, phone: Phone, house: House
) -> None:
    token = fair.token(fair.sell("Ada"))
    house.close()
    with house.silent():
        phone.page.evaluate("(text) => { scan(text); }", token)
        phone.until_true("async () => (await rows('queue')).length === 1")
        phone.page.goto("about:blank")
    house.open()
    phone.page.goto(f"http://127.0.0.1:{house.port}/scan")
    phone.page.wait_for_function("() => window.isReady")
    phone.until_true("async () => (await rows('queue')).length === 0")
    assert delivered(fair) == ["error"]


@pytest.mark.long
def test_a_revoked_phone_forgets_its_list_and_keeps_what_it_did_not_tell(
    fair: Fair, phone: Phone, house: House
) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.page.evaluate("() => its()._fetch()")
    house.close()
    assert phone.says(token) == ("phone", "admitted")
    revoke_device(fair.store, SYSTEM.at(fair.store.clock()), phone.device.device.id)
    house.open()
    phone.until("s.isRefused")
    assert phone.scan(token)["status"] == 401
    assert phone.rows("lists") == phone.rows("entered") == []
    assert [each["shown"] for each in phone.rows("queue")] == ["admitted", "error"]
    house.close()
    assert phone.says(token) == ("phone", "error")


@pytest.mark.long
def test_a_list_that_is_too_old_is_dropped_and_the_desk_is_asked(
    fair: Fair, phone: Phone, house: House
) -> None:
    token = fair.token(fair.sell("Ada"))
    phone.page.evaluate("() => its()._fetch()")
    house.close()
    assert 0 <= phone.state()["age"] < 60_000
    phone.page.evaluate("() => { window.aheadMs = 119 * 60 * 1000; }")
    assert phone.says(token) == ("phone", "admitted")
    phone.page.evaluate("() => { window.aheadMs = 121 * 60 * 1000; }")
    assert phone.says(token) == ("phone", "error")
    assert phone.rows("lists") == phone.rows("entered") == []


@pytest.mark.long
def test_a_list_of_another_key_is_not_believed(fair: Fair, phone: Phone) -> None:
    [house] = phone.rows("houses")
    other = {**house, "public_key": "A" * len(house["public_key"])}
    phone.page.evaluate("(row) => edit('houses', (all) => all.put(row))", other)
    phone.page.evaluate("() => its()._fetch()")
    assert phone.state()["noList"] == "other_key"


@pytest.mark.long
def test_what_a_phone_keeps_names_nobody(fair: Fair, phone: Phone, house: House) -> None:
    token = fair.token(fair.sell("Ada Lovelace", email="ada@example.org"))
    phone.page.evaluate("() => its()._fetch()")
    assert phone.says(token) == ("house", "admitted")
    kept = str([phone.rows(each) for each in ("lists", "houses", "entered", "queue", "aside")])
    kept += str(phone.page.evaluate("() => ({ ...localStorage })"))
    for secret in ("Lovelace", "ada@example.org", token):
        assert secret not in kept
