"""Closing accounts, opening them again, and who is an admin."""

import pytest

from eventdesk.accounts import (
    ban,
    end_admin,
    find_people,
    make_account,
    make_admin,
    person,
    restore_account,
    sign_in,
    who_am_i,
)
from eventdesk.acts import SYSTEM, Actor, Role
from eventdesk.booking import rename
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from eventdesk.door import check_in, recent_scans, undo
from eventdesk.events import events_of, hearing
from tests.build import NOON, STAFF, Fair
from tests.people import PASSWORD, make_guest, make_staff
from tests.people import make_admin as first_admin


@pytest.fixture
def admin(fair: Fair) -> Actor:
    return first_admin(fair.store)


def close(fair: Fair, admin: Actor, whom: Actor, reason: str = "Took the cash box") -> None:
    assert whom.id is not None
    ban(fair.store, admin.at(NOON), whom.id, reason=reason)


def test_who_is_banned_is_out_at_once_everywhere(fair: Fair, admin: Actor) -> None:
    sam, booked = make_staff(fair), fair.sell()
    done = check_in(fair.store, sam.at(NOON), fair.scan(fair.token(booked)))
    close(fair, admin, sam)
    for act in (
        lambda: check_in(fair.store, sam.at(NOON), fair.scan(fair.token(booked))),
        lambda: undo(fair.store, sam.at(NOON), done.scan_id),
        lambda: rename(fair.store, sam.at(NOON), booked.ticket_ids[0], name="X", line_two=""),
        lambda: recent_scans(fair.store, sam, fair.door.id),
        lambda: events_of(fair.store, sam),
        lambda: hearing(fair.store, sam),
        lambda: who_am_i(fair.store, sam),
    ):
        with pytest.raises(NotAllowedError, match="closed"):
            act()


def test_who_is_not_in_the_store_any_more_is_out(fair: Fair, admin: Actor) -> None:
    with pytest.raises(NotAllowedError, match="not in this store"):
        who_am_i(fair.store, STAFF)
    assert who_am_i(fair.store, admin) == admin


def test_the_reason_is_told_to_who_knows_the_secret_only(fair: Fair, admin: Actor) -> None:
    sam = make_staff(fair)
    close(fair, admin, sam)
    with pytest.raises(SignInError, match="closed") as told:
        sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD)
    why = "The reason given is “Took the cash box”. Ask an administrator."
    assert told.value.hint == why
    with pytest.raises(SignInError, match="wrong"):
        sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", "not the password")


def test_restored_is_as_before(fair: Fair, admin: Actor) -> None:
    sam = make_staff(fair)
    close(fair, admin, sam)
    assert sam.id is not None
    restore_account(fair.store, admin.at(NOON), sam.id)
    again = sign_in(
        fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD, event_id=fair.event.id
    )
    assert again == sam
    with pytest.raises(InvalidInputError, match="not closed"):
        restore_account(fair.store, admin.at(NOON), sam.id)


def test_neither_oneself_nor_the_last_admin_is_closed(fair: Fair, admin: Actor) -> None:
    guest = make_guest(fair.store, secret=PASSWORD)
    assert guest.id is not None
    assert admin.id is not None
    with pytest.raises(InvalidInputError, match="own"):
        close(fair, admin, admin)
    for act in (ban, end_admin):
        given = {"reason": "A test"} if act is ban else {}
        with pytest.raises(InvalidInputError, match="last admin"):
            act(fair.store, SYSTEM.at(NOON), admin.id, **given)
    make_admin(fair.store, admin.at(NOON), guest.id)
    close(fair, who_am_i(fair.store, guest), admin)
    with pytest.raises(InvalidInputError, match="last admin"):
        end_admin(fair.store, SYSTEM.at(NOON), guest.id)


def test_an_admin_who_never_signed_in_does_not_count(fair: Fair, admin: Actor) -> None:
    make_account(fair.store, admin.at(NOON), email="new@example.org", name="New", is_admin=True)
    assert admin.id is not None
    with pytest.raises(InvalidInputError, match="last admin"):
        end_admin(fair.store, admin.at(NOON), admin.id)


def test_a_reason_is_needed_and_an_admin_too(fair: Fair, admin: Actor) -> None:
    guest = make_guest(fair.store)
    with pytest.raises(InvalidInputError, match="reason"):
        close(fair, admin, guest, reason=" ")
    with pytest.raises(NotAllowedError):
        close(fair, guest, admin)
    with pytest.raises(NotFoundError, match="There is no such account"):
        ban(fair.store, admin.at(NOON), fair.event.id, reason="A test")


def test_an_admin_needs_a_password(fair: Fair, admin: Actor) -> None:
    guest = make_guest(fair.store)
    assert guest.id is not None
    with pytest.raises(InvalidInputError, match="password"):
        make_admin(fair.store, admin.at(NOON), guest.id)


def test_an_admin_that_was_is_so_no_longer_at_once(fair: Fair, admin: Actor) -> None:
    guest = make_guest(fair.store, secret=PASSWORD)
    assert guest.id is not None
    make_admin(fair.store, admin.at(NOON), guest.id)
    boss = who_am_i(fair.store, guest)
    assert boss.role is Role.ADMIN
    end_admin(fair.store, admin.at(NOON), guest.id)
    with pytest.raises(NotAllowedError):
        find_people(fair.store, boss)


def test_people_are_found_by_the_beginning_of_name_or_address(fair: Fair, admin: Actor) -> None:
    for name in ("Zoë Żuk", "Zack Zed", "Paul Zoellner", "100% _Real"):
        make_guest(fair.store, name)

    def found(typed: str) -> list[str]:
        people, total = find_people(fair.store, admin, search=typed)
        assert total == len(people)
        return [one.name for one in people]

    assert found("") == ["100% _Real", "Ada Admin", "Paul Zoellner", "Zack Zed", "Zoë Żuk"]
    assert found("zo") == ["Zoë Żuk"]
    assert found("ZOE Z") == ["Zoë Żuk"]
    assert found("zoel") == ["Paul Zoellner"]
    assert found("paul@ex") == ["Paul Zoellner"]
    assert found("%") == []
    page, total = find_people(fair.store, admin, offset=3, limit=1)
    assert ([one.name for one in page], total) == (["Zack Zed"], 5)
    assert person(fair.store, admin, " ZACK@example.org ").name == "Zack Zed"
    with pytest.raises(NotFoundError, match="There is no such account"):
        person(fair.store, admin, "zack")
