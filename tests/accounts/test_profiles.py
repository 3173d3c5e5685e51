"""What people tell about themselves."""

from dataclasses import replace

import pytest

from data.store import Store
from eventdesk.accounts import Profile, change_profile, find_people, profile, who_am_i
from eventdesk.acts import SYSTEM, Actor, Steps, my_notices
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from tests.build import NOON
from tests.people import make_another_admin, make_guest

FULL = Profile(
    name="Gustava",
    pronouns="she/her",
    organization="Analytical Engines",
    badge_line="Chief Engineer",
    interests=("looms", "numbers"),
    language="pt-BR",
    dietary="no nuts",
    access_needs="step-free",
    payment_method="transfer",
    payment_reference="company account",
    silenced=frozenset({"reminder"}),
)


@pytest.fixture
def guest(store: Store) -> Actor:
    return make_guest(store)


def test_a_profile_is_kept_as_it_was_told(store: Store, guest: Actor) -> None:
    assert profile(store, guest).profile == Profile("Gus")
    assert change_profile(store, guest.at(NOON), FULL).profile == FULL
    assert profile(store, guest).profile == FULL
    bare = change_profile(store, guest.at(NOON), Profile(" Gus "))
    assert bare.profile == Profile("Gus")


def test_a_new_name_is_the_one_that_is_found_and_shown(store: Store, guest: Actor) -> None:
    admin = make_another_admin(store)
    change_profile(store, guest.at(NOON), Profile("Ørsted"))
    assert who_am_i(store, guest).name == "Ørsted"
    assert [one.name for one in find_people(store, admin, search="orst")[0]] == ["Ørsted"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 201},
        {"pronouns": "x" * 201},
        {"dietary": "x" * 1001},
        {"language": "Germanish"},
        {"payment_method": "gold"},
        {"payment_reference": "4111 1111 1111 1111"},
        {"payment_reference": "my card 5500-0000-0000-0004"},
        {"interests": tuple(str(number) for number in range(21))},
        {"silenced": frozenset({"account"})},
        {"silenced": frozenset({"nonsense"})},
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_refused(
    store: Store, guest: Actor, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInputError):
        change_profile(store, guest.at(NOON), replace(FULL, **wrong))  # type: ignore[arg-type]
    assert profile(store, guest).profile == Profile("Gus")


def test_a_customer_number_is_no_card(store: Store, guest: Actor) -> None:
    new = replace(FULL, payment_reference="customer 4111111111111112")
    assert change_profile(store, guest.at(NOON), new).profile == new


def test_only_oneself_and_admins_see_a_profile(store: Store, guest: Actor) -> None:
    other, admin = make_guest(store, "Otto"), make_another_admin(store)
    with pytest.raises(NotAllowedError):
        profile(store, other, guest.id)
    assert profile(store, admin, guest.id).profile.name == "Gus"


def test_silenced_kinds_are_not_told_and_the_account_always_is(store: Store, guest: Actor) -> None:
    change_profile(store, guest.at(NOON), FULL)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        for kind in ("reminder", "account", "booking"):
            act.tell(guest.id, kind, kind)
    assert sorted(notice.title for notice in my_notices(store, guest)[0]) == ["account", "booking"]
