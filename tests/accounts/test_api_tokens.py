"""Tokens of programs: what they may, how long, and that only their hash is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import ApiTokenRow
from data.store import Store
from eventdesk.accounts import (
    ban,
    bearer,
    end_token,
    list_team,
    make_token,
    my_tokens,
    note_token_used,
    who_am_i,
)
from eventdesk.acts import SYSTEM, Actor, Permission, Role
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SignInError
from tests.build import NOON, Fair
from tests.people import make_admin, make_guest

ALL = frozenset(Permission)
ATTEND = frozenset({Permission.ATTEND})


@pytest.fixture
def admin(store: Store) -> Actor:
    return make_admin(store)


def test_a_program_acts_in_the_name_of_its_person(store: Store, admin: Actor) -> None:
    made = make_token(store, admin.at(NOON), "scanner", ALL)
    caller = bearer(store, SYSTEM.at(NOON), made.secret)
    assert (caller.id, caller.name, caller.role) == (admin.id, admin.name, Role.ADMIN)
    assert [each.name for each in my_tokens(store, caller.at(NOON))] == ["scanner"]


def test_only_a_hash_is_kept(store: Store, admin: Actor) -> None:
    made = make_token(store, admin.at(NOON), "scanner", ALL)
    with store.read() as connection:
        row = connection.execute(select(ApiTokenRow.__table__)).one()
    assert made.secret not in map(str, row)


def test_it_may_no_more_than_was_chosen(fair: Fair) -> None:
    admin = make_admin(fair.store)
    made = make_token(fair.store, admin.at(NOON), "scanner", ATTEND | {Permission.DOOR})
    caller = bearer(fair.store, SYSTEM.at(NOON), made.secret)
    with pytest.raises(NotAllowedError):
        list_team(fair.store, caller.at(NOON), fair.event.id)
    assert who_am_i(fair.store, caller.at(NOON)).only == ATTEND | {Permission.DOOR}


@pytest.mark.parametrize("days", [0, -1, 367])
def test_it_holds_for_a_year_at_most(store: Store, admin: Actor, days: int) -> None:
    with pytest.raises(InvalidInputError):
        make_token(store, admin.at(NOON), "scanner", ALL, days=days)


def test_it_ends_in_time_or_when_it_is_taken_back(store: Store, admin: Actor) -> None:
    made = make_token(store, admin.at(NOON), "scanner", ALL, days=1)
    with pytest.raises(SignInError):
        bearer(store, SYSTEM.at(NOON + timedelta(days=1)), made.secret)
    assert bearer(store, SYSTEM.at(NOON), made.secret).id == admin.id
    end_token(store, admin.at(NOON), made.token.id)
    end_token(store, admin.at(NOON), made.token.id)
    with pytest.raises(SignInError):
        bearer(store, SYSTEM.at(NOON), made.secret)
    assert [each.ended for each in my_tokens(store, admin.at(NOON))] == [True]


def test_a_ban_ends_it_at_once(store: Store, admin: Actor) -> None:
    guest = make_guest(store)
    made = make_token(store, guest.at(NOON), "calendar", ATTEND)
    assert guest.id is not None
    ban(store, admin.at(NOON), guest.id, reason="Sold tickets twice")
    with pytest.raises(SignInError):
        bearer(store, SYSTEM.at(NOON), made.secret)


def test_nobody_ends_the_token_of_another(store: Store, admin: Actor) -> None:
    made = make_token(store, admin.at(NOON), "scanner", ALL)
    with pytest.raises(NotAllowedError):
        end_token(store, make_guest(store).at(NOON), made.token.id)
    assert bearer(store, SYSTEM.at(NOON), made.secret).id == admin.id


def test_a_program_makes_no_tokens(store: Store, admin: Actor) -> None:
    made = make_token(store, admin.at(NOON), "scanner", ALL)
    caller = bearer(store, SYSTEM.at(NOON), made.secret)
    with pytest.raises(InvalidInputError):
        make_token(store, caller.at(NOON), "another", ALL)


def test_its_use_is_noted(store: Store, admin: Actor) -> None:
    made = make_token(store, admin.at(NOON), "scanner", ALL)
    note_token_used(store, SYSTEM.at(NOON), made.secret)
    assert [each.used_at for each in my_tokens(store, admin.at(NOON))] == [NOON]


@pytest.mark.parametrize("secret", ["", "edt_", "edt_\udcff", "x" * 100_000])
def test_no_other_text_is_a_token(store: Store, secret: str) -> None:
    with pytest.raises(SignInError):
        bearer(store, SYSTEM.at(NOON), secret)
