"""Signing up: for everybody, and telling nobody who is here already."""

import pytest
from sqlalchemy import select

from data.schema import AccountRow
from data.store import Store
from eventdesk.accounts import sign_in, sign_up
from eventdesk.accounts.signing_up import SecretKind
from eventdesk.acts import SYSTEM, Role, my_notices
from eventdesk.core.errors import InvalidInputError, SignInError
from tests.build import NOON
from tests.people import PASSWORD, PIN, make_admin, make_guest


def test_attendees_sign_up_with_a_pin_and_organizers_with_a_password(store: Store) -> None:
    kinds: tuple[tuple[str, str, SecretKind], ...] = (
        ("Ada@Example.org", PIN, "pin"),
        ("grace@example.org", PASSWORD, "password"),
    )
    for email, secret, kind in kinds:
        sign_up(store, SYSTEM.at(NOON), email=email, name=" Ada ", secret=secret, kind=kind)
        who = sign_in(store, SYSTEM.at(NOON), email.lower(), secret)
        assert (who.name, who.role) == ("Ada", Role.ATTENDEE)


@pytest.mark.parametrize(
    ("email", "name", "secret", "kind"),
    [
        ("ada", "Ada", PIN, "pin"),
        ("ada@example.org", " \u200b ", PIN, "pin"),
        ("ada@example.org", "A" * 201, PIN, "pin"),
        ("ada@example.org", "Ada", "12345", "pin"),
        ("ada@example.org", "Ada", "123456", "pin"),
        ("ada@example.org", "Ada", "password", "password"),
        ("a da@example.org", "Ada", PIN, "pin"),
        ("ada\x1b[31m@example.org", "Ada", PIN, "pin"),
    ],
)
def test_what_cannot_be_used_is_refused(
    store: Store, email: str, name: str, secret: str, kind: SecretKind
) -> None:
    with pytest.raises(InvalidInputError):
        sign_up(store, SYSTEM.at(NOON), email=email, name=name, secret=secret, kind=kind)


def test_an_address_that_is_taken_answers_the_same_and_changes_nothing(store: Store) -> None:
    ada = make_guest(store, "Ada")
    for _ in range(2):
        sign_up(store, SYSTEM.at(NOON), email="ada@example.org", name="Eve", secret="314159")
    with pytest.raises(SignInError, match="The e-mail address or the PIN or password is wrong"):
        sign_in(store, SYSTEM.at(NOON), "ada@example.org", "314159")
    assert sign_in(store, SYSTEM.at(NOON), "ada@example.org", PIN) == ada
    told, unread = my_notices(store, ada)
    assert unread == 1
    assert told[0].title.startswith("Somebody tried to sign up")


def test_names_are_kept_as_they_are_searched_for(store: Store) -> None:
    make_admin(store)
    make_guest(store, "Łukasz Ørsted")
    with store.read() as connection:
        folded = connection.execute(select(AccountRow.folded_name)).scalars().all()
    assert sorted(folded) == ["ada admin", "lukasz orsted"]
