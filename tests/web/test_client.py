"""The client in Python: a use case over the wire is what it is here, and is done once."""

import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from limits import RateLimitItemPerSecond

from data.rows import count_rows
from data.schema import PairingOfferRow
from data.store import Store
from eventdesk.accounts import end_token, list_team, offer_pairing, who_am_i
from eventdesk.acts import Role
from eventdesk.client import Client
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import (
    HubAwayError,
    KeptInsideError,
    NotFoundError,
    SignInError,
    TooManyCallsError,
)
from eventdesk.door import Outcome, check_in
from eventdesk.keeping import make_backup, personal_data_file
from eventdesk.money import open_shift_of
from eventdesk.web.rates import Rates
from tests.build import Fair
from tests.people import make_guest, make_staff
from tests.web.lines import cutting
from tests.web.serving import Served, served


@pytest.fixture
def organizer(fair: Fair, house: Served) -> Iterator[Client]:
    """A client of an organizer."""
    made = house.as_(make_staff(fair, Role.ORGANIZER, "Olga"))
    with Client(house.url, token=made["authorization"].partition(" ")[2]) as client:
        yield client


def test_it_gives_what_the_use_case_gives(fair: Fair, organizer: Client, house: Served) -> None:
    there = organizer.call(list_team, fair.event.id)
    assert there == list_team(house.store, organizer.call(who_am_i), fair.event.id)


def test_what_is_not_there_is_none(fair: Fair, organizer: Client) -> None:
    assert organizer.call(open_shift_of, fair.event.id) is None


def test_a_guest_is_checked_in_and_a_repeated_scan_is_told_so(
    fair: Fair, organizer: Client
) -> None:
    scan = fair.scan(fair.token(fair.sell()), seen_at=utc_now())
    assert organizer.call(check_in, scan).outcome is Outcome.ADMITTED
    again = replace(scan, nonce=uuid4().hex)
    assert organizer.call(check_in, scan=again).outcome is Outcome.ALREADY_IN


def test_it_raises_what_the_use_case_raises(fair: Fair, organizer: Client, house: Served) -> None:
    with pytest.raises(NotFoundError):
        organizer.call(end_token, uuid4())
    with Client(house.url) as nobody, pytest.raises(SignInError):
        nobody.call(who_am_i)
    with Client(house.url, language="de") as nobody, pytest.raises(SignInError, match="angemeldet"):
        nobody.call(who_am_i)


def test_what_is_done_there_alone_is_not_asked_for(organizer: Client) -> None:
    with pytest.raises(KeptInsideError):
        organizer.call(make_backup)


def offers(store: Store) -> int:
    with store.read() as connection:
        return count_rows(connection, PairingOfferRow.expires_at.is_not(None))


def test_what_was_asked_over_a_line_that_was_cut_is_done_once(
    fair: Fair, organizer: Client, house: Served
) -> None:
    by = house.as_(make_staff(fair, Role.ORGANIZER, "Otto"))
    token = by["authorization"].partition(" ")[2]
    with cutting(house.url, answers=2) as url, Client(url, token=token) as client:
        assert client.call(offer_pairing, fair.event.id).event_id == fair.event.id
    assert offers(house.store) == 1


def test_a_house_that_is_away_is_named(fair: Fair) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}") as client, pytest.raises(HubAwayError, match=str(port)):
        client.call(who_am_i)


def test_what_changes_something_and_answers_with_a_file_is_sent_once(
    fair: Fair, house: Served
) -> None:
    by = house.as_(make_guest(house.store))
    token = by["authorization"].partition(" ")[2]
    with Client(house.url, token=token) as client:
        assert client.call(personal_data_file).content
    with (
        cutting(house.url, answers=1) as url,
        Client(url, token=token) as client,
        pytest.raises(HubAwayError),
    ):
        client.call(personal_data_file)


def test_a_busy_house_is_waited_for_as_long_as_who_asks_likes(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = Rates()
    for name in ("_unknown", "_known"):
        monkeypatch.setattr(rates, name, RateLimitItemPerSecond(2))
    with served(fair.store, rates=rates) as there:
        token = there.as_(make_staff(fair))["authorization"].partition(" ")[2]
        with Client(there.url, token=token) as patient:
            assert len({patient.call(who_am_i).name for _ in range(5)}) == 1
        with (
            Client(there.url, token=token, patience_s=0) as hasty,
            pytest.raises(TooManyCallsError),
        ):
            deque(iter(partial(hasty.call, who_am_i), None), maxlen=0)
