"""Sign-ins of apps: a refresh token is good once, and two who have it end it for both."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from data.schema import AppSessionRow
from data.store import Store
from eventdesk.accounts import (
    NewAppSession,
    ban,
    change_secret,
    end_app_session,
    end_app_session_by,
    end_this_app_session,
    my_app_sessions,
    renew_app_session,
    start_app_session,
    who_has_app_session,
)
from eventdesk.accounts.app_sessions import AGAIN, LONGEST_APP, UNUSED
from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.core.app_keys import refresh_token
from eventdesk.core.errors import SignInError
from eventdesk.keeping import erase_account
from tests.build import NOON
from tests.people import PIN, make_admin, make_guest

GUS = "gus@example.org"
LATER = AGAIN + timedelta(seconds=1)


@pytest.fixture
def admin(store: Store) -> Actor:
    return make_admin(store)


@pytest.fixture
def gus(store: Store, admin: Actor) -> Actor:
    assert admin.id is not None
    return make_guest(store)


@pytest.fixture
def app(store: Store, gus: Actor) -> NewAppSession:
    assert gus.id is not None
    return start_app_session(store, VISITOR.at(NOON), GUS, PIN, name="A phone")


def renew(store: Store, token: str, after: timedelta = timedelta()) -> NewAppSession:
    return renew_app_session(store, VISITOR.at(NOON + after), token)


def is_over(store: Store, app: NewAppSession, after: timedelta = timedelta()) -> bool:
    try:
        who_has_app_session(store, SYSTEM.at(NOON + after), app.id)
    except SignInError:
        return True
    return False


def test_it_is_its_persons(store: Store, gus: Actor, app: NewAppSession) -> None:
    assert app.actor.id == who_has_app_session(store, SYSTEM.at(NOON), app.id).id == gus.id
    assert [each.name for each in my_app_sessions(store, gus.at(NOON))] == ["A phone"]


def test_the_store_keeps_no_token(store: Store, app: NewAppSession) -> None:
    with store.read() as connection:
        row = connection.execute(select(AppSessionRow.__table__)).one()
    assert not [value for value in row if len(str(value)) > 8 and str(value) in app.refresh_token]


def test_each_renewal_gives_another_token_for_the_same_sign_in(
    store: Store, app: NewAppSession
) -> None:
    first = renew(store, app.refresh_token, timedelta(minutes=10))
    second = renew(store, first.refresh_token, timedelta(minutes=20))
    assert len({app.refresh_token, first.refresh_token, second.refresh_token}) == 3
    assert app.id == first.id == second.id


def test_a_lost_answer_is_given_once_more_for_a_moment(store: Store, app: NewAppSession) -> None:
    first = renew(store, app.refresh_token)
    assert renew(store, app.refresh_token, AGAIN) == first
    assert renew(store, first.refresh_token, AGAIN).id == app.id


def test_a_token_that_was_used_ends_the_sign_in(store: Store, app: NewAppSession) -> None:
    stolen = app.refresh_token
    mine = renew(store, stolen)
    with pytest.raises(SignInError):
        renew(store, stolen, LATER)
    assert is_over(store, app, LATER)
    with pytest.raises(SignInError):
        renew(store, mine.refresh_token, LATER)


def test_an_older_one_ends_it_at_once(store: Store, app: NewAppSession) -> None:
    renew(store, renew(store, app.refresh_token).refresh_token)
    with pytest.raises(SignInError):
        renew(store, app.refresh_token)
    assert is_over(store, app)


def test_two_who_ask_at_once_get_the_same(store: Store, app: NewAppSession) -> None:
    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(lambda _: renew(store, app.refresh_token), range(8)))
    assert len({each.refresh_token for each in got}) == 1
    assert not is_over(store, app)


def test_what_we_never_gave_out_ends_nothing(store: Store, app: NewAppSession) -> None:
    text = app.refresh_token
    changed = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]
    future, unknown = refresh_token(store.keys, app.id, 7), refresh_token(store.keys, uuid4(), 0)
    for token in (changed, future, unknown, "", "edr_", "edr_%%%", "edr_" + "A" * 70, "edt_x"):
        with pytest.raises(SignInError):
            renew(store, token)
    assert not is_over(store, app)


def test_it_ends_when_it_is_not_renewed(store: Store, app: NewAppSession) -> None:
    assert not is_over(store, app, UNUSED - timedelta(seconds=1))
    assert is_over(store, app, UNUSED)
    with pytest.raises(SignInError):
        renew(store, app.refresh_token, UNUSED)


def test_it_ends_however_often_it_is_renewed(store: Store, app: NewAppSession) -> None:
    after = timedelta()
    while after + UNUSED < LONGEST_APP + UNUSED:
        after += timedelta(days=29)
        try:
            app = renew(store, app.refresh_token, after)
        except SignInError:
            break
    assert LONGEST_APP <= after < LONGEST_APP + UNUSED


def by_ban(store: Store, admin: Actor, app: NewAppSession) -> None:
    assert app.actor.id is not None
    ban(store, admin.at(NOON), app.actor.id, reason="Sold tickets twice")


def by_new_secret(store: Store, _admin: Actor, app: NewAppSession) -> None:
    change_secret(store, app.actor.at(NOON), old=PIN, new="481516")


def by_its_person(store: Store, _admin: Actor, app: NewAppSession) -> None:
    end_app_session(store, app.actor.at(NOON), app.id)


def by_access_token(store: Store, _admin: Actor, app: NewAppSession) -> None:
    end_this_app_session(store, VISITOR.at(NOON), app.id)


def by_refresh_token(store: Store, _admin: Actor, app: NewAppSession) -> None:
    end_app_session_by(store, VISITOR.at(NOON), app.refresh_token)


@pytest.mark.parametrize(
    "ending", [by_ban, by_new_secret, by_its_person, by_access_token, by_refresh_token]
)
def test_it_is_over_at_once(
    store: Store,
    admin: Actor,
    app: NewAppSession,
    ending: Callable[[Store, Actor, NewAppSession], None],
) -> None:
    ending(store, admin, app)
    assert is_over(store, app)
    with pytest.raises(SignInError):
        renew(store, app.refresh_token)


def test_it_goes_with_the_account(store: Store, app: NewAppSession) -> None:
    erase_account(store, app.actor.at(NOON))
    with store.read() as connection:
        assert connection.execute(select(AppSessionRow.__table__)).all() == []
    assert is_over(store, app)


def test_a_rotated_key_ring_renews_what_began_before(store: Store, app: NewAppSession) -> None:
    store.keys.rotate(NOON)
    store.reread_keys()
    assert renew(store, app.refresh_token).id == app.id
