"""The client in Python signs people in, and what they are given renews itself."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import WrongTryRow
from eventdesk.accounts import approve, ban, my_app_sessions, set_desk_pin, who_am_i
from eventdesk.acts import SYSTEM, Actor, Role
from eventdesk.client import Client
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import SignInError
from eventdesk.web.access_tokens import LASTS
from eventdesk.wire.app_sessions import AppTokens
from tests.build import Fair
from tests.people import PASSWORD, PIN, make_guest, make_staff
from tests.web.lines import cutting
from tests.web.serving import Served

GUS = "gus@example.org"


@pytest.fixture
def gus(fair: Fair) -> Actor:
    return make_guest(fair.store)


@pytest.fixture
def told() -> list[AppTokens]:
    return []


@pytest.fixture
def client(house: Served, gus: Actor, told: list[AppTokens]) -> Iterator[Client]:
    with Client(house.url, on_tokens=told.append) as there:
        there.sign_in(GUS, PIN, name="A script")
        yield there


def later(house: Served, times: int = 1) -> None:
    """Let the access tokens of now end."""
    at = utc_now() + times * (LASTS + timedelta(seconds=1))
    house.store.clock = lambda: at


def test_calls_are_those_of_who_signed_in(client: Client, gus: Actor, house: Served) -> None:
    assert client.call(who_am_i).id == gus.id
    assert [each.name for each in my_app_sessions(house.store, gus)] == ["A script"]


def test_a_wrong_secret_signs_nobody_in(house: Served, gus: Actor) -> None:
    with Client(house.url) as there:
        with pytest.raises(SignInError):
            there.sign_in(GUS, "000000")
        with pytest.raises(SignInError):
            there.call(who_am_i)


def test_it_renews_itself_and_says_what_to_keep(
    client: Client, house: Served, told: list[AppTokens], gus: Actor
) -> None:
    for times in (1, 2):
        later(house, times)
        assert client.call(who_am_i).id == gus.id
    assert len({each.refresh_token for each in told}) == 3
    with Client(house.url, refresh_token=told[-1].refresh_token) as there:
        assert there.call(who_am_i).id == gus.id


def test_threads_renew_it_once(client: Client, house: Served, told: list[AppTokens]) -> None:
    later(house)
    with ThreadPoolExecutor(4) as pool:
        assert len({each.id for each in pool.map(lambda _: client.call(who_am_i), range(8))}) == 1
    assert len(told) == 2


def test_a_renewal_whose_answer_was_lost_is_asked_for_again(
    house: Served, told: list[AppTokens], client: Client, gus: Actor
) -> None:
    token = told[-1].refresh_token
    with cutting(house.url, answers=1) as url, Client(url, refresh_token=token) as there:
        assert there.call(who_am_i).id == gus.id


def test_a_wrong_pin_of_another_is_tried_once(
    fair: Fair, house: Served, told: list[AppTokens]
) -> None:
    make_staff(fair)
    set_desk_pin(fair.store, make_staff(fair, Role.ORGANIZER, "Olga"), PIN)
    with Client(house.url, on_tokens=told.append) as there:
        there.sign_in("sam@example.org", PASSWORD)
        with pytest.raises(SignInError):
            there.call(approve, fair.event.id, "314159", what="force")
    with house.store.read() as connection:
        tries = select(WrongTryRow.tries).where(WrongTryRow.subject.startswith("desk-pin:"))
        assert connection.execute(tries).scalars().all() == [1]
    assert len(told) == 1


def test_who_is_shut_out_is_signed_out(client: Client, house: Served, gus: Actor) -> None:
    assert gus.id is not None
    ban(house.store, SYSTEM, gus.id, reason="A test")
    with pytest.raises(SignInError):
        client.call(who_am_i)


def test_who_signs_out_is_out_in_the_house_too(
    client: Client, house: Served, told: list[AppTokens], gus: Actor
) -> None:
    client.sign_out()
    with pytest.raises(SignInError):
        client.call(who_am_i)
    assert my_app_sessions(house.store, gus) == []
    token = told[-1].refresh_token
    with Client(house.url, refresh_token=token) as there, pytest.raises(SignInError):
        there.call(who_am_i)
