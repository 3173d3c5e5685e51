"""The team of an event: roles, what co-hosts may do, and whose the event is."""

from uuid import UUID

import pytest

from eventdesk.accounts.resets import set_secret
from eventdesk.accounts.sign_in import at_event, sign_in, standing
from eventdesk.accounts.team import (
    TeamMember,
    add_member,
    change_member,
    list_team,
    remove_member,
    transfer_event,
)
from eventdesk.acts.actor import SYSTEM, Actor, Permission, Role
from eventdesk.acts.notices import my_notices
from eventdesk.booking.tickets import block
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.door.checkin import check_in
from eventdesk.events.team_events import events_of
from tests.build import NOON, Fair, make_fair
from tests.people import PASSWORD, make_another_admin, make_cohost, make_guest, make_staff


def id_of(actor: Actor) -> UUID:
    assert actor.id is not None
    return actor.id


def team(fair: Fair) -> list[TeamMember]:
    return list_team(fair.store, SYSTEM, fair.event.id)


def test_a_new_person_gets_a_code_and_chooses_a_password(fair: Fair) -> None:
    owner = make_staff(fair, Role.ORGANIZER, "Olga")
    added = add_member(
        fair.store,
        owner,
        fair.event.id,
        email="new@example.org",
        role=Role.STAFF,
        name="Newt",
        now=NOON,
    )
    assert [(one.name, one.role, one.waits) for one in team(fair)] == [
        ("Olga", Role.ORGANIZER, False),
        ("Newt", Role.STAFF, True),
    ]
    set_secret(fair.store, email="new@example.org", code=added.code, secret=PASSWORD, now=NOON)
    newt = sign_in(fair.store, "new@example.org", PASSWORD, now=NOON)
    assert at_event(fair.store, newt, fair.event.id).role is Role.STAFF


def test_who_has_an_account_is_told_and_keeps_the_secret(fair: Fair) -> None:
    guest = make_guest(fair.store, secret=PASSWORD)
    added = add_member(
        fair.store, SYSTEM, fair.event.id, email="GUS@example.org", role=Role.STAFF, now=NOON
    )
    assert (added.account_id, added.name, added.code) == (guest.id, "Gus", "")
    assert my_notices(fair.store, guest)[0][0].title == "You are staff of Demo Days now"
    assert standing(fair.store, guest).role is Role.STAFF
    with pytest.raises(InvalidInputError, match="already"):
        add_member(
            fair.store, SYSTEM, fair.event.id, email="gus@example.org", role=Role.STAFF, now=NOON
        )


def test_who_has_a_pin_only_does_not_work_for_an_event(fair: Fair) -> None:
    make_guest(fair.store)
    with pytest.raises(InvalidInputError, match="PIN"):
        add_member(
            fair.store, SYSTEM, fair.event.id, email="gus@example.org", role=Role.STAFF, now=NOON
        )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ATTENDEE, Role.COHOST])
def test_a_role_that_means_nothing_is_refused(fair: Fair, role: Role) -> None:
    with pytest.raises(InvalidInputError):
        add_member(
            fair.store, SYSTEM, fair.event.id, email="x@example.org", name="X", role=role, now=NOON
        )


def test_a_cohost_does_what_was_granted_and_not_the_rest(fair: Fair) -> None:
    booked = fair.sell()
    seller = make_cohost(fair, Permission.TICKETS)
    assert seller.granted == frozenset({Permission.TICKETS})
    block(fair.store, seller, booked.ticket_ids[0], note="why", now=NOON)
    with pytest.raises(NotAllowedError):
        check_in(fair.store, seller, fair.scan(fair.token(booked)), now=NOON)
    assert not seller.may_work_at_door
    assert events_of(fair.store, seller) == []
    with pytest.raises(NotAllowedError):
        at_event(fair.store, seller, fair.event.id, Permission.DOOR)


def test_a_grant_holds_at_once_for_who_is_signed_in(fair: Fair) -> None:
    cora = make_cohost(fair, Permission.TICKETS, Permission.DOOR)
    booked = fair.sell()
    change_member(
        fair.store,
        SYSTEM,
        fair.event.id,
        id_of(cora),
        role=Role.COHOST,
        permissions=[Permission.MONEY],
        now=NOON,
    )
    with pytest.raises(NotAllowedError):
        check_in(fair.store, cora, fair.scan(fair.token(booked)), now=NOON)
    with pytest.raises(NotAllowedError):
        block(fair.store, cora, booked.ticket_ids[0], note="why", now=NOON)
    assert standing(fair.store, cora).granted == frozenset({Permission.MONEY})


def test_a_cohost_elsewhere_may_nothing_here(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    cora = make_cohost(fair, Permission.DOOR, Permission.TICKETS)
    booked = other.sell()
    with pytest.raises(NotAllowedError):
        check_in(fair.store, cora, other.scan(other.token(booked)), now=NOON)
    signed_in = sign_in(fair.store, "cora@example.org", PASSWORD, now=NOON)
    with pytest.raises(NotAllowedError):
        block(fair.store, signed_in, booked.ticket_ids[0], note="why", now=NOON)
    assert [event.id for event in events_of(fair.store, signed_in)] == [fair.event.id]


def test_who_left_the_team_is_out_at_once(fair: Fair) -> None:
    make_staff(fair, Role.ORGANIZER, "Olga")
    sam = make_staff(fair)
    booked = fair.sell()
    remove_member(fair.store, sam, fair.event.id, id_of(sam), now=NOON)
    with pytest.raises(NotAllowedError):
        check_in(fair.store, sam, fair.scan(fair.token(booked)), now=NOON)
    with pytest.raises(NotFoundError):
        remove_member(fair.store, SYSTEM, fair.event.id, id_of(sam), now=NOON)


def test_the_last_organizer_stays(fair: Fair) -> None:
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    with pytest.raises(InvalidInputError, match="last organizer"):
        remove_member(fair.store, olga, fair.event.id, id_of(olga), now=NOON)
    with pytest.raises(InvalidInputError, match="last organizer"):
        change_member(fair.store, olga, fair.event.id, id_of(olga), role=Role.STAFF, now=NOON)
    make_staff(fair, Role.ORGANIZER, "Otto")
    change_member(fair.store, olga, fair.event.id, id_of(olga), role=Role.STAFF, now=NOON)
    assert standing(fair.store, olga).role is Role.STAFF


def test_an_event_is_handed_over_by_its_owner_only(fair: Fair) -> None:
    olga, otto = (make_staff(fair, Role.ORGANIZER, name) for name in ("Olga", "Otto"))
    sam = make_staff(fair)
    admin = make_another_admin(fair.store)
    transfer_event(fair.store, admin, fair.event.id, id_of(olga), now=NOON)
    with pytest.raises(NotAllowedError):
        transfer_event(fair.store, otto, fair.event.id, id_of(otto), now=NOON)
    with pytest.raises(InvalidInputError, match="Olga's"):
        remove_member(fair.store, otto, fair.event.id, id_of(olga), now=NOON)
    transfer_event(fair.store, olga, fair.event.id, id_of(sam), now=NOON)
    assert [(one.name, one.role, one.is_owner) for one in team(fair)] == [
        ("Olga", Role.ORGANIZER, False),
        ("Otto", Role.ORGANIZER, False),
        ("Sam", Role.ORGANIZER, True),
    ]


def test_staff_and_strangers_do_not_see_the_team(fair: Fair) -> None:
    sam, guest = make_staff(fair), make_guest(fair.store)
    for actor in (sam, guest):
        with pytest.raises(NotAllowedError):
            list_team(fair.store, actor, fair.event.id)


def test_the_highest_role_is_said_and_all_grants_together(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    cora = make_cohost(fair, Permission.TICKETS)
    add_member(
        other.store, SYSTEM, other.event.id, email="cora@example.org", role=Role.STAFF, now=NOON
    )
    anywhere = sign_in(fair.store, "cora@example.org", PASSWORD, now=NOON)
    assert anywhere.role is Role.COHOST
    assert anywhere.granted == frozenset({Permission.TICKETS, Permission.DOOR})
    assert anywhere.id == cora.id
