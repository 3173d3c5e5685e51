"""The team of an event: roles, what co-hosts may do, and whose the event is."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert

from data.schema import EventRoleRow
from eventdesk.accounts import (
    TeamMember,
    add_member,
    at_event,
    change_member,
    list_team,
    make_account,
    remove_member,
    renew_code,
    set_secret,
    sign_in,
    team_news,
    transfer_event,
    who_am_i,
)
from eventdesk.acts import SYSTEM, Actor, Permission, Role, my_notices, read_notices
from eventdesk.booking import block
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from eventdesk.door import check_in
from eventdesk.events import events_of
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
        owner.at(NOON),
        fair.event.id,
        email="new@example.org",
        role=Role.STAFF,
        name="Newt",
    )
    assert [(one.name, one.role, one.waits) for one in team(fair)] == [
        ("Olga", Role.ORGANIZER, False),
        ("Newt", Role.STAFF, True),
    ]
    set_secret(
        fair.store, SYSTEM.at(NOON), email="new@example.org", code=added.code, secret=PASSWORD
    )
    newt = sign_in(fair.store, SYSTEM.at(NOON), "new@example.org", PASSWORD)
    assert at_event(fair.store, newt, fair.event.id).role is Role.STAFF


def test_who_has_an_account_is_told_and_keeps_the_secret(fair: Fair) -> None:
    guest = make_guest(fair.store, secret=PASSWORD)
    added = add_member(
        fair.store, SYSTEM.at(NOON), fair.event.id, email="GUS@example.org", role=Role.STAFF
    )
    assert (added.account_id, added.name, added.code) == (guest.id, "Gus", "")
    assert my_notices(fair.store, guest)[0][0].title == "You are staff of Demo Days now"
    assert who_am_i(fair.store, guest).role is Role.STAFF
    with pytest.raises(InvalidInputError, match="already"):
        add_member(
            fair.store, SYSTEM.at(NOON), fair.event.id, email="gus@example.org", role=Role.STAFF
        )


def test_who_has_a_pin_only_does_not_work_for_an_event(fair: Fair) -> None:
    make_guest(fair.store)
    with pytest.raises(InvalidInputError, match="PIN"):
        add_member(
            fair.store, SYSTEM.at(NOON), fair.event.id, email="gus@example.org", role=Role.STAFF
        )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ATTENDEE, Role.COHOST])
def test_a_role_that_means_nothing_is_refused(fair: Fair, role: Role) -> None:
    with pytest.raises(InvalidInputError, match=r"Choose what the co-host|In a team one is"):
        add_member(
            fair.store, SYSTEM.at(NOON), fair.event.id, email="x@example.org", name="X", role=role
        )


def test_a_cohost_does_what_was_granted_and_not_the_rest(fair: Fair) -> None:
    booked = fair.sell()
    seller = make_cohost(fair, Permission.TICKETS)
    assert seller.granted == frozenset({Permission.TICKETS})
    block(fair.store, seller.at(NOON), booked.ticket_ids[0], note="why")
    with pytest.raises(NotAllowedError):
        check_in(fair.store, seller.at(NOON), fair.scan(fair.token(booked)))
    assert not seller.may(Permission.DOOR)
    assert events_of(fair.store, seller) == []
    with pytest.raises(NotAllowedError):
        at_event(fair.store, seller, fair.event.id, any_of=(Permission.DOOR,))


def test_a_grant_holds_at_once_for_who_is_signed_in(fair: Fair) -> None:
    cora = make_cohost(fair, Permission.TICKETS, Permission.DOOR)
    booked = fair.sell()
    change_member(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        id_of(cora),
        role=Role.COHOST,
        permissions=[Permission.MONEY],
    )
    with pytest.raises(NotAllowedError):
        check_in(fair.store, cora.at(NOON), fair.scan(fair.token(booked)))
    with pytest.raises(NotAllowedError):
        block(fair.store, cora.at(NOON), booked.ticket_ids[0], note="why")
    assert who_am_i(fair.store, cora).granted == frozenset({Permission.MONEY})


def test_a_cohost_elsewhere_may_nothing_here(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    cora = make_cohost(fair, Permission.DOOR, Permission.TICKETS)
    booked = other.sell()
    with pytest.raises(NotAllowedError):
        check_in(fair.store, cora.at(NOON), other.scan(other.token(booked)))
    signed_in = sign_in(fair.store, SYSTEM.at(NOON), "cora@example.org", PASSWORD)
    with pytest.raises(NotAllowedError):
        block(fair.store, signed_in.at(NOON), booked.ticket_ids[0], note="why")
    assert [event.id for event in events_of(fair.store, signed_in)] == [fair.event.id]


def test_who_left_the_team_is_out_at_once(fair: Fair) -> None:
    make_staff(fair, Role.ORGANIZER, "Olga")
    sam = make_staff(fair)
    booked = fair.sell()
    remove_member(fair.store, sam.at(NOON), fair.event.id, id_of(sam))
    with pytest.raises(NotAllowedError):
        check_in(fair.store, sam.at(NOON), fair.scan(fair.token(booked)))
    with pytest.raises(NotFoundError, match="They are not in the team of this event"):
        remove_member(fair.store, SYSTEM.at(NOON), fair.event.id, id_of(sam))


def test_the_last_organizer_stays(fair: Fair) -> None:
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    with pytest.raises(InvalidInputError, match="last organizer"):
        remove_member(fair.store, olga.at(NOON), fair.event.id, id_of(olga))
    with pytest.raises(InvalidInputError, match="last organizer"):
        change_member(fair.store, olga.at(NOON), fair.event.id, id_of(olga), role=Role.STAFF)
    make_staff(fair, Role.ORGANIZER, "Otto")
    change_member(fair.store, olga.at(NOON), fair.event.id, id_of(olga), role=Role.STAFF)
    assert who_am_i(fair.store, olga).role is Role.STAFF


def test_an_event_is_handed_over_by_its_owner_only(fair: Fair) -> None:
    olga, otto = (make_staff(fair, Role.ORGANIZER, name) for name in ("Olga", "Otto"))
    sam = make_staff(fair)
    admin = make_another_admin(fair.store)
    transfer_event(fair.store, admin.at(NOON), fair.event.id, id_of(olga))
    with pytest.raises(NotAllowedError):
        transfer_event(fair.store, otto.at(NOON), fair.event.id, id_of(otto))
    with pytest.raises(InvalidInputError, match="Olga's"):
        remove_member(fair.store, otto.at(NOON), fair.event.id, id_of(olga))
    transfer_event(fair.store, olga.at(NOON), fair.event.id, id_of(sam))
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
        other.store, SYSTEM.at(NOON), other.event.id, email="cora@example.org", role=Role.STAFF
    )
    anywhere = sign_in(fair.store, SYSTEM.at(NOON), "cora@example.org", PASSWORD)
    assert anywhere.role is Role.COHOST
    assert anywhere.granted == frozenset({Permission.TICKETS, Permission.DOOR})
    assert anywhere.id == cora.id


def test_a_new_member_who_never_signed_in_gets_another_code(fair: Fair) -> None:
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    at = olga.at(NOON)
    new = {"email": "newt@example.org", "name": "Newt", "role": Role.STAFF}
    added = add_member(fair.store, at, fair.event.id, **new)  # type: ignore[arg-type]
    code = renew_code(fair.store, at, fair.event.id, added.account_id)
    secret = {"email": "newt@example.org", "secret": PASSWORD}
    with pytest.raises(SignInError):
        set_secret(fair.store, SYSTEM.at(NOON), code=added.code, **secret)
    set_secret(fair.store, SYSTEM.at(NOON), code=code, **secret)
    with pytest.raises(InvalidInputError, match="needs no code"):
        renew_code(fair.store, at, fair.event.id, added.account_id)


def test_a_code_is_renewed_for_nobody_who_is_more_than_a_member_here(fair: Fair) -> None:
    boss = make_account(
        fair.store, SYSTEM.at(NOON), email="boss@example.org", name="Boss", is_admin=True
    )
    values = {"event_id": fair.event.id, "account_id": boss.account_id, "role": Role.STAFF}
    with fair.store.write() as connection:
        connection.execute(insert(EventRoleRow).values(values))
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    with pytest.raises(InvalidInputError, match="needs no code"):
        renew_code(fair.store, olga.at(NOON), fair.event.id, boss.account_id)


def test_a_code_is_renewed_only_where_the_account_was_made(fair: Fair) -> None:
    bob = make_account(fair.store, SYSTEM.at(NOON), email="bob@example.org", name="Bob")
    olga = make_staff(fair, Role.ORGANIZER, "Olga").at(NOON + timedelta(minutes=1))
    add_member(fair.store, olga, fair.event.id, email="bob@example.org", role=Role.STAFF)
    with pytest.raises(InvalidInputError, match="needs no code"):
        renew_code(fair.store, olga, fair.event.id, bob.account_id)


def test_a_code_is_renewed_for_nobody_whom_another_team_brought(fair: Fair) -> None:
    other, at = make_fair(fair.store, "Another event"), SYSTEM.at(NOON)
    later = SYSTEM.at(NOON + timedelta(minutes=1))
    new = {"email": "newt@example.org", "name": "Newt", "role": Role.STAFF}
    added = add_member(other.store, at, other.event.id, **new)  # type: ignore[arg-type]
    add_member(fair.store, later, fair.event.id, **new)  # type: ignore[arg-type]
    remove_member(other.store, at, other.event.id, added.account_id)
    with pytest.raises(InvalidInputError, match="needs no code"):
        renew_code(fair.store, later, fair.event.id, added.account_id)


def test_who_has_not_read_that_they_are_in_the_team_is_marked(fair: Fair) -> None:
    cora = make_cohost(fair, Permission.DOOR)
    (member,) = list_team(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert not member.has_seen
    news = team_news(fair.store, cora)
    assert news is not None
    read_notices(fair.store, cora, notice_id=news.notice_id)
    (member,) = list_team(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert member.has_seen
