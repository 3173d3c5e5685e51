"""A new PIN or password, with the old one or with a one-time code."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import OneTimeCodeRow
from data.store import Store
from eventdesk.accounts import ask_for_code, ban, change_secret, make_code, set_secret, sign_in
from eventdesk.acts import SYSTEM, Actor, my_notices
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from tests.build import NOON, Fair
from tests.people import PASSWORD, PIN, make_admin, make_guest, make_staff

NEW = "314159"
GUS = "gus@example.org"


@pytest.fixture
def admin(store: Store) -> Actor:
    return make_admin(store)


@pytest.fixture
def guest(admin: Actor, store: Store) -> Actor:
    return make_guest(store)


def code_for(store: Store, admin: Actor, guest: Actor) -> str:
    assert guest.id is not None
    return make_code(store, admin.at(NOON), guest.id)


def test_one_changes_the_pin_with_the_old_one(store: Store, guest: Actor) -> None:
    with pytest.raises(SignInError, match="old PIN"):
        change_secret(store, guest.at(NOON), old="161803", new=NEW)
    change_secret(store, guest.at(NOON), old=PIN, new=NEW)
    assert sign_in(store, SYSTEM.at(NOON), GUS, NEW) == guest
    with pytest.raises(SignInError, match="The e-mail address or the PIN or password is wrong"):
        sign_in(store, SYSTEM.at(NOON), GUS, PIN)


def test_wrong_old_ones_lock_as_at_the_sign_in(store: Store, guest: Actor) -> None:
    for _ in range(3):
        with pytest.raises(SignInError, match="The old PIN or password is wrong"):
            change_secret(store, guest.at(NOON), old="161803", new=NEW)
    with pytest.raises(SignInError, match="Too many"):
        change_secret(store, guest.at(NOON), old=PIN, new=NEW)


def test_who_works_for_an_event_has_no_pin(fair: Fair) -> None:
    sam = make_staff(fair)
    with pytest.raises(InvalidInputError, match="password"):
        change_secret(fair.store, sam.at(NOON), old=PASSWORD, new=NEW)
    guest = make_guest(fair.store)
    change_secret(fair.store, guest.at(NOON), old=PIN, new="a longer secret")
    assert sign_in(fair.store, SYSTEM.at(NOON), GUS, "a longer secret") == guest


def test_a_code_sets_a_new_pin_once(store: Store, admin: Actor, guest: Actor) -> None:
    code = code_for(store, admin, guest)
    set_secret(
        store,
        SYSTEM.at(NOON),
        email=f" {GUS.upper()}",
        code=f"{code[:4]} {code[4:]}".lower(),
        secret=NEW,
    )
    assert sign_in(store, SYSTEM.at(NOON), GUS, NEW) == guest
    with pytest.raises(SignInError, match="no longer"):
        set_secret(store, SYSTEM.at(NOON), email=GUS, code=code, secret=PIN)


def test_two_at_once_use_a_code_once(store: Store, admin: Actor, guest: Actor) -> None:
    code = code_for(store, admin, guest)

    def use(secret: str) -> bool:
        try:
            set_secret(store, SYSTEM.at(NOON), email=GUS, code=code, secret=secret)
        except SignInError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(use, ("314159", "141592"))) == [False, True]


def test_a_code_is_kept_as_a_hash(store: Store, admin: Actor, guest: Actor) -> None:
    code = code_for(store, admin, guest)
    with store.read() as connection:
        kept = connection.execute(select(OneTimeCodeRow.code_hash)).scalar_one()
    assert code not in kept
    assert kept.startswith("$argon2id$")


def test_a_code_is_good_for_an_hour_and_only_the_last_one_is(
    store: Store, admin: Actor, guest: Actor
) -> None:
    first = code_for(store, admin, guest)
    second = code_for(store, admin, guest)
    late = NOON + timedelta(hours=1)
    for code, now in ((first, NOON), (second, late)):
        with pytest.raises(SignInError, match="The e-mail address or the code is wrong, or the"):
            set_secret(store, SYSTEM.at(now), email=GUS, code=code, secret=NEW)
    set_secret(store, SYSTEM.at(late - timedelta(minutes=1)), email=GUS, code=second, secret=NEW)


def test_wrong_codes_lock_and_tell_nothing(store: Store, admin: Actor, guest: Actor) -> None:
    code_for(store, admin, guest)
    said = []
    for email in (GUS, "nobody@example.org"):
        for _ in range(4):
            with pytest.raises(SignInError, match=r"The e-mail address|Too many wrong") as refused:
                set_secret(store, SYSTEM.at(NOON), email=email, code="22222222", secret=NEW)
            said.append((str(refused.value), refused.value.hint))
    assert said[:4] == said[4:]
    assert said[3][0] == "Too many wrong tries."


def test_a_weak_new_pin_leaves_the_code_good(store: Store, admin: Actor, guest: Actor) -> None:
    code = code_for(store, admin, guest)
    with pytest.raises(InvalidInputError, match="This PIN is too easy to guess"):
        set_secret(store, SYSTEM.at(NOON), email=GUS, code=code, secret="111111")
    set_secret(store, SYSTEM.at(NOON), email=GUS, code=code, secret=NEW)


def test_making_a_code_forgets_the_wrong_tries(store: Store, admin: Actor, guest: Actor) -> None:
    for _ in range(4):
        with pytest.raises(SignInError, match=r"The e-mail address or the|Too many wrong tries"):
            sign_in(store, SYSTEM.at(NOON), GUS, "161803")
    set_secret(store, SYSTEM.at(NOON), email=GUS, code=code_for(store, admin, guest), secret=NEW)


def test_only_admins_make_codes_and_for_open_accounts(
    store: Store, admin: Actor, guest: Actor
) -> None:
    assert guest.id is not None
    assert admin.id is not None
    with pytest.raises(NotAllowedError):
        make_code(store, guest.at(NOON), guest.id)
    code = make_code(store, admin.at(NOON), guest.id)
    ban(store, admin.at(NOON), guest.id, reason="A test")
    with pytest.raises(InvalidInputError, match="closed"):
        make_code(store, admin.at(NOON), guest.id)
    with pytest.raises(SignInError, match="The e-mail address or the code is wrong, or the"):
        set_secret(store, SYSTEM.at(NOON), email=GUS, code=code, secret=NEW)
    with pytest.raises(NotFoundError, match="There is no such account"):
        make_code(store, admin.at(NOON), store.device_id)


def test_asking_tells_the_admins_once_and_strangers_nothing(
    store: Store, admin: Actor, guest: Actor
) -> None:
    for email in (GUS, GUS, "nobody@example.org"):
        ask_for_code(store, SYSTEM.at(NOON), email)
    told, _ = my_notices(store, admin)
    assert [notice.title for notice in told] == ["Gus asks for a new PIN or password"]
    assert told[0].subject_id == guest.id


def test_asking_too_often_waits_alike_for_everybody(
    store: Store, admin: Actor, guest: Actor
) -> None:
    for email in (GUS, "nobody@example.org"):
        for _ in range(3):
            ask_for_code(store, SYSTEM.at(NOON), email)
        with pytest.raises(SignInError, match="Too many"):
            ask_for_code(store, SYSTEM.at(NOON), email)
