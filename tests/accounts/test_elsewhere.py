"""Sign-in by a provider elsewhere: who is let in, linked, asked first, and with which roles."""

import asyncio
from base64 import b32decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from data.schema import AccountRow, AuditRow, EventRoleRow, EventRow, LinkedIdentityRow
from data.store import Store
from eventdesk.accounts import (
    Arrival,
    Arrived,
    WayElsewhere,
    ask_device,
    ban,
    begin_second_step,
    come_back,
    confirm_second_step,
    end_link,
    link_elsewhere,
    my_links,
    offer_device,
    set_out,
    sign_in,
    sign_in_elsewhere,
    start_session_elsewhere,
    ways_elsewhere,
    who_am_i,
)
from eventdesk.accounts.elsewhere import AWAY, BACK
from eventdesk.accounts.totp import code_at, step_at
from eventdesk.acts import SYSTEM, VISITOR, Actor, Role
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import (
    CodeNeededError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    ServiceError,
    SignInError,
)
from eventdesk.desk import STEPPERS, Desk
from eventdesk.integrations.oidc import known
from eventdesk.services import add_service, change_service, remove_service
from tests.build import Fair
from tests.integrations.chaos import Fault
from tests.integrations.oidc.lying import CLIENT, Lying, lying
from tests.people import PASSWORD, PIN, make_another_admin, make_guest, make_staff

BACK_AT = "https://house/sign-in/back"
ADA = "ada@example.org"


@pytest.fixture
def provider() -> Iterator[Lying]:
    with lying() as said:
        yield said


@pytest.fixture(autouse=True)
def same_time(store: Store) -> None:
    """The time here is that of the provider."""
    store.clock = utc_now


@pytest.fixture
def way(store: Store, provider: Lying) -> WayElsewhere:
    set_up(store, provider)
    return ways_elsewhere(store, VISITOR)[0]


def set_up(store: Store, provider: Lying, **values: Any) -> None:
    usual = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": "s"}
    add_service(store, SYSTEM, "oidc", {**usual, **values}, name="Company")


def comes_back(store: Store, provider: Lying, way: WayElsewhere, who: Actor = VISITOR) -> Arrival:
    there = set_out(store, who, way.id, back=BACK_AT, onward="/notices")
    asked = parse_qs(urlsplit(there.address).query)
    provider.nonce = asked["nonce"][0]
    return come_back(store, who, there.note, state=asked["state"][0], code="code")


def roles_of(fair: Fair, actor: Actor) -> dict[str, str]:
    with fair.store.read() as connection:
        wanted = (
            select(EventRow.code, EventRoleRow.role)
            .join(EventRow, EventRow.id == EventRoleRow.event_id)
            .where(EventRoleRow.account_id == actor.id)
        )
        return {row.code: row.role for row in connection.execute(wanted)}


def verbs_about(store: Store, actor: Actor) -> list[str]:
    with store.read() as connection:
        about = select(AuditRow.verb).where(AuditRow.subject_id == actor.id)
        return list(connection.execute(about).scalars())


def test_a_new_person_gets_an_account_as_attendee(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    assert way.name == "Company"
    came = comes_back(store, provider, way)
    assert (came.who, came.email, came.onward) == (Arrived.NEW, ADA, "/notices")
    ada = sign_in_elsewhere(store, VISITOR, came.note)
    assert (ada.name, ada.role) == ("Ada", Role.ATTENDEE)
    again = comes_back(store, provider, way)
    assert (again.who, again.account_id) == (Arrived.LINKED, ada.id)
    assert start_session_elsewhere(store, VISITOR, again.note).actor.id == ada.id
    assert [link.issuer for link in my_links(store, ada)] == [provider.issuer]


def test_an_account_with_the_address_is_linked_by_its_password_alone(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    ada = make_guest(store, "Ada")
    came = comes_back(store, provider, way)
    assert (came.who, came.account_id) == (Arrived.KNOWN, None)
    for wrong in ("", "161803"):
        with pytest.raises(SignInError, match="wrong"):
            sign_in_elsewhere(store, VISITOR, came.note, secret=wrong)
    assert my_links(store, ada) == []
    assert sign_in_elsewhere(store, VISITOR, came.note, secret=PIN).id == ada.id
    assert comes_back(store, provider, way).who is Arrived.LINKED


def test_wrong_passwords_for_a_link_lock_the_account(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    make_guest(store, "Ada")
    came = comes_back(store, provider, way)
    for _ in range(3):
        with pytest.raises(SignInError, match="wrong"):
            sign_in_elsewhere(store, VISITOR, came.note, secret="161803")
    with pytest.raises(SignInError, match="Too many"):
        sign_in(store, SYSTEM, ADA, PIN)


def test_an_address_that_nobody_made_sure_of_is_nobodys(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    ada = make_guest(store, "Ada")
    for verified in (False, ..., "yes", 1):
        provider.claims = {"email_verified": verified}
        came = comes_back(store, provider, way)
        assert came.who is Arrived.STRANGER
        with pytest.raises(InvalidInputError, match="does not say that your e-mail"):
            sign_in_elsewhere(store, VISITOR, came.note, secret=PIN)
    assert my_links(store, ada) == []


def test_who_is_signed_in_links_what_they_came_back_with(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    gus = make_guest(store)
    provider.claims = {"email_verified": False}
    came = comes_back(store, provider, way, gus)
    assert link_elsewhere(store, gus, came.note).email == ADA
    assert comes_back(store, provider, way).account_id == gus.id
    zoe = make_guest(store, "Zoe")
    with pytest.raises(InvalidInputError, match="linked with another"):
        link_elsewhere(store, zoe, came.note)
    with pytest.raises((NotAllowedError, NotFoundError)):
        link_elsewhere(store, VISITOR, came.note)


def test_nobody_gets_an_account_where_the_house_makes_none(store: Store, provider: Lying) -> None:
    set_up(store, provider, sign_up=False)
    came = comes_back(store, provider, ways_elsewhere(store, VISITOR)[0])
    with pytest.raises(InvalidInputError, match="no account for this sign-in"):
        sign_in_elsewhere(store, VISITOR, came.note)


def test_only_the_browser_that_set_out_comes_back(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    there = set_out(store, VISITOR, way.id, back=BACK_AT)
    state = parse_qs(urlsplit(there.address).query)["state"][0]
    for note, said in ((there.note, "another"), ("", state), ("made up", state), (there.note, "")):
        with pytest.raises(SignInError, match="has not set out"):
            come_back(store, VISITOR, note, state=said, code="code")
    late = utc_now() + AWAY
    with pytest.raises(SignInError, match="too long ago"):
        come_back(store, VISITOR.at(late), there.note, state=state, code="code")
    with pytest.raises(SignInError, match="Another provider"):
        come_back(store, VISITOR, there.note, state=state, code="c", issuer="https://evil.example")
    with pytest.raises(SignInError, match="access_denied"):
        come_back(store, VISITOR, there.note, state=state, code="", error="access_denied")
    assert [each.path for each in provider.there.asked].count("/token") == 0


def test_the_token_has_to_be_of_this_trip(store: Store, provider: Lying, way: WayElsewhere) -> None:
    there = set_out(store, VISITOR, way.id, back=BACK_AT)
    state = parse_qs(urlsplit(there.address).query)["state"][0]
    provider.nonce = "of another sign-in"
    with pytest.raises(ServiceError, match="another sign-in"):
        come_back(store, VISITOR, there.note, state=state, code="code")


def test_a_proof_is_over_in_time_and_no_trip_is_one(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    came = comes_back(store, provider, way)
    trip = set_out(store, VISITOR, way.id, back=BACK_AT).note
    for note, at in ((came.note, utc_now() + BACK), (trip, utc_now()), ("", utc_now())):
        with pytest.raises(SignInError, match="over"):
            sign_in_elsewhere(store, VISITOR.at(at), note)


def test_a_banned_person_stays_out(store: Store, provider: Lying, way: WayElsewhere) -> None:
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert ada.id is not None
    ban(store, SYSTEM, ada.id, reason="sold copies")
    came = comes_back(store, provider, way)
    with pytest.raises(SignInError, match="closed"):
        sign_in_elsewhere(store, VISITOR, came.note)


def test_a_second_step_is_asked_for_here_too(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    ada = make_guest(store, "Ada", secret=PASSWORD)
    came = comes_back(store, provider, way)
    sign_in_elsewhere(store, VISITOR, came.note, secret=PASSWORD)
    now = utc_now()
    secret = b32decode(begin_second_step(store, ada.at(now), PASSWORD).key)
    codes = confirm_second_step(store, ada.at(now), code_at(secret, step_at(now)))
    came = comes_back(store, provider, way)
    with pytest.raises(CodeNeededError):
        sign_in_elsewhere(store, VISITOR, came.note)
    with pytest.raises(SignInError, match="wrong"):
        sign_in_elsewhere(store, VISITOR, came.note, code="000000")
    assert sign_in_elsewhere(store, VISITOR, came.note, code=codes[0]).id == ada.id


def test_groups_are_the_roles_that_the_mapping_names(
    fair: Fair, store: Store, provider: Lying
) -> None:
    code = fair.event.code
    mapping = f"crew = staff at {code}\nplanners = organizer at {code}\nit = admin"
    set_up(store, provider, roles=mapping)
    way = ways_elsewhere(store, VISITOR)[0]
    provider.claims = {"groups": ["crew", "bosses"]}
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert (ada.role, roles_of(fair, ada)) == (Role.STAFF, {code: "staff"})
    provider.claims = {"groups": ["crew", "planners"]}
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert (ada.role, roles_of(fair, ada)) == (Role.ORGANIZER, {code: "organizer"})


def test_a_group_that_is_left_takes_its_role_at_the_next_sign_in(
    fair: Fair, store: Store, provider: Lying
) -> None:
    set_up(store, provider, roles=f"crew = staff at {fair.event.code}")
    way = ways_elsewhere(store, VISITOR)[0]
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert ada.role is Role.STAFF
    provider.claims = {"groups": []}
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert (ada.role, roles_of(fair, ada)) == (Role.ATTENDEE, {})
    assert {"add_member", "remove_member"} <= set(verbs_about(store, ada))


def test_what_was_given_by_hand_stays(fair: Fair, store: Store, provider: Lying) -> None:
    sam = make_staff(fair)
    provider.claims = {"email": "sam@example.org", "groups": ["planners"]}
    set_up(store, provider, roles=f"planners = organizer at {fair.event.code}")
    way = ways_elsewhere(store, VISITOR)[0]
    came = comes_back(store, provider, way)
    sign_in_elsewhere(store, VISITOR, came.note, secret=PASSWORD)
    assert roles_of(fair, sam) == {fair.event.code: "staff"}
    provider.claims = {"email": "sam@example.org", "groups": []}
    sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert roles_of(fair, sam) == {fair.event.code: "staff"}


def test_nobody_becomes_admin_unless_the_mapping_says_so(
    fair: Fair, store: Store, provider: Lying
) -> None:
    make_another_admin(store)
    provider.claims = {"groups": ["admin", "it"]}
    set_up(store, provider, roles=f"crew = staff at {fair.event.code}")
    way = ways_elsewhere(store, VISITOR)[0]
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert ada.role is Role.ATTENDEE
    change_service(store, SYSTEM, way.id, {"roles": "it = admin"})
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert ada.role is Role.ADMIN
    provider.claims = {"groups": ["admin"]}
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert ada.role is Role.ATTENDEE
    assert {"make_admin", "end_admin"} <= set(verbs_about(store, ada))


def test_the_last_admin_and_the_last_organizer_stay(
    fair: Fair, store: Store, provider: Lying
) -> None:
    with store.write() as connection:
        connection.execute(update(AccountRow).values(is_admin=False))
        connection.execute(update(EventRow).values(owner_id=None))
        connection.execute(EventRoleRow.__table__.delete())
    set_up(store, provider, roles=f"it = admin\nit = organizer at {fair.event.code}")
    way = ways_elsewhere(store, VISITOR)[0]
    provider.claims = {"groups": ["it"]}
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    provider.claims = {"groups": []}
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    assert (ada.role, roles_of(fair, ada)) == (Role.ADMIN, {fair.event.code: "organizer"})


def test_who_signs_in_with_a_pin_works_nowhere_by_a_group(
    fair: Fair, store: Store, provider: Lying
) -> None:
    ada = make_guest(store, "Ada")
    set_up(store, provider, roles=f"crew = staff at {fair.event.code}")
    way = ways_elsewhere(store, VISITOR)[0]
    sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note, secret=PIN)
    assert roles_of(fair, ada) == {}


def test_a_link_is_ended_by_its_owner_and_its_roles_go(
    fair: Fair, store: Store, provider: Lying
) -> None:
    ada = make_guest(store, "Ada", secret=PASSWORD)
    set_up(store, provider, roles=f"crew = staff at {fair.event.code}")
    way = ways_elsewhere(store, VISITOR)[0]
    sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note, secret=PASSWORD)
    assert who_am_i(store, ada).role is Role.STAFF
    [link] = my_links(store, ada)
    with pytest.raises(NotAllowedError):
        end_link(store, make_guest(store, "Zoe"), link.id)
    end_link(store, ada, link.id)
    assert (my_links(store, ada), who_am_i(store, ada).role) == ([], Role.ATTENDEE)
    assert comes_back(store, provider, way).who is Arrived.KNOWN


def test_the_only_way_in_is_not_ended(store: Store, provider: Lying, way: WayElsewhere) -> None:
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    with pytest.raises(InvalidInputError, match="could not sign in any more"):
        end_link(store, ada, my_links(store, ada)[0].id)


def test_another_device_signs_in(store: Store, provider: Lying, way: WayElsewhere) -> None:
    offer = offer_device(store, VISITOR, way.id)
    assert offer.typed == "WDJB-MJHT"
    provider.token = {"error": "authorization_pending"}
    assert ask_device(store, VISITOR, offer.note) is None
    provider.token = None
    came = ask_device(store, VISITOR, offer.note)
    assert came is not None
    assert sign_in_elsewhere(store, VISITOR, came.note).name == "Ada"
    with pytest.raises(SignInError, match="over"):
        ask_device(store, VISITOR.at(utc_now() + timedelta(minutes=6)), offer.note)


def test_a_provider_that_is_away_is_one_line_and_passwords_work_as_ever(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    gus = make_guest(store)
    for fault in (Fault.DROPPED, Fault.HTML, Fault.OUT_OF_ORDER):
        provider.there.fails(fault, times=None)
        with pytest.raises(ServiceError) as told:
            set_out(store, VISITOR, way.id, back=BACK_AT)
        assert told.value.hint
    provider.there.down()
    with pytest.raises(ServiceError, match="cannot be reached"):
        set_out(store, VISITOR, way.id, back=BACK_AT)
    assert sign_in(store, SYSTEM, "gus@example.org", PIN).id == gus.id


async def test_nobody_waits_to_sign_in_here_while_a_provider_is_silent(
    desk: Desk, store: Store, provider: Lying, way: WayElsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "TIMEOUT_S", 3.0)
    gus = make_guest(store)
    provider.there.fails(Fault.SILENT, times=None)
    leaving = [
        asyncio.create_task(desk.take_steps(set_out, VISITOR, way.id, back=BACK_AT))
        for _ in range(2 * STEPPERS)
    ]
    await asyncio.sleep(0)
    assert (await desk.take_steps(sign_in, VISITOR, "gus@example.org", PIN)).id == gus.id
    assert not any(each.done() for each in leaving)
    told = await asyncio.gather(*leaving, return_exceptions=True)
    assert all(isinstance(each, ServiceError) for each in told)


def test_a_provider_that_was_removed_signs_nobody_in(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    came = comes_back(store, provider, way)
    remove_service(store, SYSTEM, way.id)
    with pytest.raises(NotFoundError):
        sign_in_elsewhere(store, VISITOR, came.note)
    assert ways_elsewhere(store, VISITOR) == []


def test_one_person_elsewhere_is_one_account_here(
    store: Store, provider: Lying, way: WayElsewhere
) -> None:
    ada = sign_in_elsewhere(store, VISITOR, comes_back(store, provider, way).note)
    provider.claims = {"email": "another@example.org"}
    assert comes_back(store, provider, way).account_id == ada.id
    provider.claims, provider.told = {"sub": "ada-8"}, {"sub": "ada-8"}
    assert comes_back(store, provider, way).who is Arrived.KNOWN
    with store.read() as connection:
        assert len(connection.execute(select(LinkedIdentityRow.id)).all()) == 1


def test_a_proof_fits_into_a_cookie_however_many_groups_somebody_is_in(
    store: Store, provider: Lying
) -> None:
    set_up(store, provider, roles="it = admin")
    way = ways_elsewhere(store, VISITOR)[0]
    provider.claims = {"groups": [f"group {number}" for number in range(1000)]}
    came = comes_back(store, provider, way)
    assert len(came.note) < 4096 - 100
