"""Sessions of browsers: how long they hold, and what ends them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import WebSessionRow
from data.store import Store
from eventdesk.accounts import (
    LONGEST,
    ban,
    change_secret,
    end_this_session,
    end_web_session,
    make_code,
    my_web_sessions,
    note_session_used,
    restore_account,
    set_secret,
    sign_out_everywhere,
    start_web_session,
    who_has_session,
)
from eventdesk.accounts.web_sessions import IDLE
from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.core.errors import SignInError
from eventdesk.keeping import erase_account
from tests.build import NOON
from tests.people import PIN, make_admin, make_guest

NEW_PIN = "481516"
GUS = "gus@example.org"


@pytest.fixture
def admin(store: Store) -> Actor:
    return make_admin(store)


@pytest.fixture
def gus(store: Store, admin: Actor) -> Actor:
    assert admin.id is not None
    return make_guest(store)


def begin(store: Store, **given: str) -> str:
    return start_web_session(store, VISITOR.at(NOON), GUS, PIN, **given).secret


def is_over(store: Store, secret: str, after: timedelta = timedelta()) -> bool:
    try:
        who_has_session(store, SYSTEM.at(NOON + after), secret)
    except SignInError:
        return True
    return False


def test_a_session_is_its_persons(store: Store, gus: Actor) -> None:
    secret = begin(store, browser="A browser")
    who = who_has_session(store, SYSTEM.at(NOON), secret)
    assert (who.id, who.name, who.role, who.only) == (gus.id, gus.name, gus.role, None)
    assert [each.browser for each in my_web_sessions(store, gus.at(NOON))] == ["A browser"]


@pytest.mark.usefixtures("gus")
def test_only_a_hash_is_kept(store: Store) -> None:
    secret = begin(store)
    with store.read() as connection:
        row = connection.execute(select(WebSessionRow.__table__)).one()
    assert secret not in map(str, row)


@pytest.mark.usefixtures("gus")
def test_no_session_begins_with_a_wrong_secret(store: Store) -> None:
    with pytest.raises(SignInError):
        start_web_session(store, VISITOR.at(NOON), GUS, "000000")


@pytest.mark.usefixtures("gus")
def test_it_ends_after_hours_without_use_and_after_days(store: Store) -> None:
    secret = begin(store)
    assert is_over(store, secret, IDLE)
    note_session_used(store, SYSTEM.at(NOON + LONGEST - IDLE / 2), secret)
    assert not is_over(store, secret, LONGEST - timedelta(seconds=1))
    assert is_over(store, secret, LONGEST)


@pytest.mark.usefixtures("gus")
def test_each_sign_in_has_a_secret_of_its_own_and_ends_the_browsers_last(store: Store) -> None:
    first = begin(store)
    second = begin(store, instead_of=first)
    assert first != second
    assert (is_over(store, first), is_over(store, second)) == (True, False)


def test_a_person_ends_one_of_theirs(store: Store, gus: Actor) -> None:
    first, second = begin(store), begin(store)
    [newest, _] = my_web_sessions(store, gus.at(NOON))
    end_web_session(store, gus.at(NOON), newest.id)
    assert [is_over(store, each) for each in (first, second)] == [False, True]
    end_this_session(store, VISITOR.at(NOON), first)
    assert my_web_sessions(store, gus.at(NOON)) == []


def by_ban(store: Store, admin: Actor, gus: Actor) -> None:
    assert gus.id is not None
    ban(store, admin.at(NOON), gus.id, reason="Sold tickets twice")
    restore_account(store, admin.at(NOON), gus.id)


def by_change(store: Store, _admin: Actor, gus: Actor) -> None:
    change_secret(store, gus.at(NOON), old=PIN, new=NEW_PIN)


def by_code(store: Store, admin: Actor, gus: Actor) -> None:
    assert gus.id is not None
    code = make_code(store, admin.at(NOON), gus.id)
    set_secret(store, VISITOR.at(NOON), email=GUS, code=code, secret=NEW_PIN)


@pytest.mark.parametrize("ending", [by_ban, by_change, by_code])
def test_a_ban_and_another_secret_end_all(
    store: Store, admin: Actor, gus: Actor, ending: Callable[[Store, Actor, Actor], None]
) -> None:
    secret = begin(store)
    ending(store, admin, gus)
    assert is_over(store, secret)


def test_who_is_banned_has_none(store: Store, admin: Actor, gus: Actor) -> None:
    secret = begin(store)
    assert gus.id is not None
    ban(store, admin.at(NOON), gus.id, reason="Sold tickets twice")
    with pytest.raises(SignInError):
        who_has_session(store, SYSTEM.at(NOON), secret)


def test_they_go_with_the_account(store: Store, gus: Actor) -> None:
    begin(store)
    erase_account(store, gus.at(NOON))
    with store.read() as connection:
        assert connection.execute(select(WebSessionRow.__table__)).all() == []


def test_signing_out_everywhere_ends_ones_own_only(store: Store, gus: Actor) -> None:
    zoe = make_guest(store, "Zoe")
    begin(store)
    mine, hers = begin(store), start_web_session(store, VISITOR.at(NOON), "zoe@example.org", PIN)
    sign_out_everywhere(store, gus.at(NOON))
    assert my_web_sessions(store, gus.at(NOON)) == []
    with pytest.raises(SignInError):
        who_has_session(store, SYSTEM.at(NOON), mine)
    assert who_has_session(store, SYSTEM.at(NOON), hers.secret).id == zoe.id
