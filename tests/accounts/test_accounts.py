"""Signing in: who they say they are, nobody told who exists, and no guessing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from data.schema import EventRoleRow
from data.store import Store
from eventdesk.accounts import (
    add_account,
    at_event,
    create_first_admin,
    list_team,
    needs_first_account,
    sign_in,
    who_am_i,
)
from eventdesk.acts import SYSTEM, VISITOR, Actor, ActorKind, Permission, Role
from eventdesk.core.errors import (
    EventDeskError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SignInError,
)
from eventdesk.door import booking_tickets, check_staff_pin, guest_tickets, set_staff_pin
from eventdesk.door.find import CODE_MEMORY
from eventdesk.events import events_of
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair

ADMIN = ("admin@example.org", "Ada Admin", "correct horse")
PASSWORD = "battery staple"
PIN = "271828"
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def admin(store: Store) -> Actor:
    return create_first_admin(store, SYSTEM.at(NOON), *ADMIN)


def _add(fair: Fair, role: Role, email: str, secret: str = PASSWORD) -> None:
    add_account(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        email=email,
        name="Sam",
        role=role,
        secret=secret,
    )


def _refusal(store: Store, email: str, secret: str, now: datetime) -> tuple[str, str]:
    with pytest.raises(SignInError, match=r"The e-mail address or|Too many wrong tries") as refused:
        sign_in(store, SYSTEM.at(now), email, secret)
    return str(refused.value), refused.value.hint


def test_the_first_account_is_an_admin_and_the_only_first(store: Store) -> None:
    assert needs_first_account(store, SYSTEM)
    admin = create_first_admin(store, SYSTEM.at(NOON), *ADMIN)
    assert not needs_first_account(store, SYSTEM)
    assert sign_in(store, SYSTEM.at(NOON), " ADMIN@example.org ", ADMIN[2]) == admin
    assert (admin.role, admin.name, admin.device_id) == (Role.ADMIN, "Ada Admin", store.device_id)
    with pytest.raises(InvalidInputError, match="already"):
        create_first_admin(store, SYSTEM.at(NOON), "other@example.org", "Other", PASSWORD)


@pytest.mark.parametrize(
    ("email", "name", "password"),
    [
        ("no address", "Ada", PASSWORD),
        ("@example.org", "Ada", PASSWORD),
        ("ada@", "Ada", PASSWORD),
        ("ada@example.org", " ", PASSWORD),
        ("ada@example.org", "Ada", "short"),
        ("ada@example.org", "Ada", "aaaaaaaaaaaa"),
        (f"{'a' * 250}@example.org", "Ada", PASSWORD),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    store: Store, email: str, name: str, password: str
) -> None:
    with pytest.raises(InvalidInputError):
        create_first_admin(store, SYSTEM.at(NOON), email, name, password)
    assert needs_first_account(store, SYSTEM)


def test_a_role_holds_at_its_event_only(fair: Fair) -> None:
    store, other = fair.store, make_fair(fair.store, "Another event")
    _add(fair, Role.STAFF, "sam@example.org")
    sam = sign_in(store, SYSTEM.at(NOON), "sam@example.org", PASSWORD)
    assert sam.role is Role.STAFF
    assert at_event(store, sam, fair.event.id).event_id == fair.event.id
    with pytest.raises(NotAllowedError):
        at_event(store, sam, other.event.id)
    assert [event.id for event in events_of(store, sam)] == [fair.event.id]
    elsewhere = sign_in(
        store, SYSTEM.at(NOON), "sam@example.org", PASSWORD, event_id=other.event.id
    )
    assert elsewhere.role is Role.ATTENDEE


def test_accounts_are_made_by_supervisors_one_for_an_address(fair: Fair) -> None:
    _add(fair, Role.STAFF, "sam@example.org")
    with pytest.raises(InvalidInputError, match="already"):
        _add(fair, Role.COHOST, "SAM@example.org")
    with pytest.raises(InvalidInputError, match="Admins"):
        _add(fair, Role.ADMIN, "ann@example.org")
    with pytest.raises(NotAllowedError):
        add_account(
            fair.store,
            STAFF.at(NOON),
            fair.event.id,
            email="ann@example.org",
            name="Ann",
            role=Role.STAFF,
            secret=PASSWORD,
        )


@pytest.mark.usefixtures("admin")
def test_three_wrong_tries_lock_for_half_a_minute_and_then_longer(store: Store) -> None:
    for _ in range(3):
        assert _refusal(store, ADMIN[0], "wrong", NOON)[0].endswith("is wrong.")
    message, hint = _refusal(store, ADMIN[0], ADMIN[2], NOON)
    assert (message, hint) == ("Too many wrong tries.", "Wait 30 seconds, or ask at the desk.")
    later = NOON + HALF_A_MINUTE
    assert _refusal(store, ADMIN[0], "wrong", later)[0].endswith("is wrong.")
    assert _refusal(store, ADMIN[0], ADMIN[2], later)[1].startswith("Wait 2 minutes")


@pytest.mark.usefixtures("admin")
def test_a_right_secret_forgets_the_wrong_ones(store: Store) -> None:
    for _ in range(3):
        for _ in range(2):
            _refusal(store, ADMIN[0], "wrong", NOON)
        assert sign_in(store, SYSTEM.at(NOON), ADMIN[0], ADMIN[2]).role is Role.ADMIN


@pytest.mark.usefixtures("admin")
def test_an_account_that_does_not_exist_answers_and_locks_the_same(store: Store) -> None:
    times = [NOON] * 4 + [NOON + HALF_A_MINUTE] * 2
    known = [_refusal(store, ADMIN[0], "wrong", now) for now in times]
    unknown = [_refusal(store, "nobody@example.org", "wrong", now) for now in times]
    assert known == unknown
    assert sum("Too many" in message for message, _hint in known) == 2


@pytest.mark.usefixtures("admin")
def test_guesses_at_the_same_time_count_one_by_one(store: Store) -> None:
    def guess(number: int) -> str:
        try:
            sign_in(store, SYSTEM.at(NOON), ADMIN[0], f"guess {number}")
        except SignInError as refused:
            return str(refused)
        raise AssertionError("a guess was right")

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(guess, range(16)))
    assert sum(answer.endswith("is wrong.") for answer in said) == 3
    assert said.count("Too many wrong tries.") == 13


@pytest.mark.parametrize("email", ["", "x" * 10_000, "' OR 1=1 --", "\x00", "\ud800@example.org"])
def test_no_typed_address_signs_in_or_breaks(store: Store, email: str) -> None:
    with pytest.raises(EventDeskError, match=r"The e-mail address|This text has a|This text has"):
        sign_in(store, SYSTEM.at(NOON), email, "secret")


def test_the_staff_pin_unlocks_the_kiosks_of_its_event(fair: Fair) -> None:
    store, other = fair.store, make_fair(fair.store, "Another event")
    with pytest.raises(SignInError, match="no staff PIN"):
        check_staff_pin(store, SYSTEM.at(NOON), fair.event.id, PIN)
    with pytest.raises(NotAllowedError):
        set_staff_pin(store, STAFF.at(NOON), fair.event.id, PIN)
    with pytest.raises(InvalidInputError, match="easy"):
        set_staff_pin(store, SUPERVISOR.at(NOON), fair.event.id, "123456")
    with pytest.raises(NotFoundError, match="There is no such event"):
        set_staff_pin(store, SUPERVISOR.at(NOON), uuid4(), PIN)
    set_staff_pin(store, SUPERVISOR.at(NOON), fair.event.id, PIN)
    set_staff_pin(store, SUPERVISOR.at(NOON), other.event.id, "314159")
    check_staff_pin(store, SYSTEM.at(NOON), fair.event.id, PIN)
    for _ in range(3):
        with pytest.raises(SignInError, match="wrong"):
            check_staff_pin(store, SYSTEM.at(NOON), fair.event.id, "314159")
    with pytest.raises(SignInError, match="Too many"):
        check_staff_pin(store, SYSTEM.at(NOON), fair.event.id, PIN)
    check_staff_pin(store, SYSTEM.at(NOON), other.event.id, "314159")
    check_staff_pin(store, SYSTEM.at(NOON + HALF_A_MINUTE), fair.event.id, PIN)


def test_whoever_guesses_a_staff_pin_locks_nobody_else_out(fair: Fair) -> None:
    set_staff_pin(fair.store, SUPERVISOR.at(NOON), fair.event.id, PIN)
    with pytest.raises(NotAllowedError, match="Only who opened a kiosk"):
        check_staff_pin(fair.store, VISITOR.at(NOON), fair.event.id, PIN)
    stranger = Actor(ActorKind.ACCOUNT, uuid4(), "Stranger", Role.ATTENDEE)
    for _ in range(4):
        with pytest.raises(SignInError):
            check_staff_pin(fair.store, stranger.at(NOON), fair.event.id, "314159")
    check_staff_pin(fair.store, SYSTEM.at(NOON), fair.event.id, PIN)


def test_strangers_share_their_tries_at_a_staff_pin_which_a_new_pin_gives_back(fair: Fair) -> None:
    event_id = fair.event.id
    set_staff_pin(fair.store, SUPERVISOR.at(NOON), event_id, PIN)
    ones = [Actor(ActorKind.ACCOUNT, uuid4(), "Stranger", Role.ATTENDEE) for _ in range(4)]
    for stranger in ones[:3]:
        with pytest.raises(SignInError, match="wrong"):
            check_staff_pin(fair.store, stranger.at(NOON), event_id, "314159")
    with pytest.raises(SignInError, match="Too many"):
        check_staff_pin(fair.store, ones[3].at(NOON), event_id, PIN)
    check_staff_pin(fair.store, STAFF.at(NOON), event_id, PIN)
    set_staff_pin(fair.store, SUPERVISOR.at(NOON), event_id, "718281")
    check_staff_pin(fair.store, ones[3].at(NOON), event_id, "718281")


def test_a_guest_without_a_code_is_known_by_address_and_pin(fair: Fair) -> None:
    account_id = add_account(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        email="ada@example.org",
        name="Ada",
        role=Role.ATTENDEE,
        secret=PIN,
    )
    fair.sell("Ada Lovelace", account_id=account_id)
    fair.sell("Somebody else")
    make_fair(fair.store, "Another event").sell("Ada elsewhere", account_id=account_id)
    found = guest_tickets(
        fair.store, SYSTEM.at(NOON), fair.event.id, email="ada@example.org", pin=PIN
    )
    assert [ticket.name for ticket in found] == ["Ada Lovelace"]
    with pytest.raises(SignInError, match="The e-mail address or the PIN or password is wrong"):
        guest_tickets(
            fair.store, SYSTEM.at(NOON), fair.event.id, email="ada@example.org", pin="000000"
        )


def _codes(fair: Fair, code: str, now: datetime = NOON) -> list[str]:
    return [
        ticket.name for ticket in booking_tickets(fair.store, SYSTEM.at(now), fair.event.id, code)
    ]


def test_a_booking_code_finds_its_tickets_at_its_event(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Grace"])
    assert _codes(fair, f" {booked.code[:3].lower()}-{booked.code[3:]} ") == ["Ada", "Grace"]
    other = make_fair(fair.store, "Another event")
    with pytest.raises(NotFoundError, match="There is no booking with this code"):
        _codes(other, booked.code)


def test_wrong_booking_codes_lock_the_event_and_right_ones_do_not(fair: Fair) -> None:
    code = fair.sell("Ada").code
    for _ in range(3):
        assert _codes(fair, code) == ["Ada"]
        with pytest.raises(NotFoundError, match="There is no booking with this code"):
            _codes(fair, "222222")
    with pytest.raises(SignInError, match="Too many"):
        _codes(fair, code)
    later = NOON + HALF_A_MINUTE
    for seconds in range(5):
        assert _codes(fair, code, later + timedelta(seconds=seconds)) == ["Ada"]


def test_wrong_booking_codes_are_forgotten_although_right_ones_go_on(fair: Fair) -> None:
    code = fair.sell("Ada").code
    for _ in range(2):
        with pytest.raises(NotFoundError, match="There is no booking with this code"):
            _codes(fair, "222222")
    for minutes in range(1, 12):
        assert _codes(fair, code, NOON + timedelta(minutes=minutes)) == ["Ada"]
    for _ in range(2):
        with pytest.raises(NotFoundError, match="There is no booking with this code"):
            _codes(fair, "222222", NOON + CODE_MEMORY + timedelta(minutes=2))
    assert _codes(fair, code, NOON + CODE_MEMORY + timedelta(minutes=2)) == ["Ada"]


@pytest.mark.parametrize("written", ["admin", "emperor", ""])
def test_what_is_no_role_of_an_event_gives_none_and_locks_nobody_out(
    fair: Fair, written: str
) -> None:
    elsewhere = make_fair(fair.store, "Elsewhere")
    _add(fair, Role.STAFF, "sam@example.org")
    with fair.store.write() as connection:
        connection.execute(update(EventRoleRow).values(role=written, permissions=["installation"]))
    sam = sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD)
    assert sam.role is Role.ATTENDEE
    assert who_am_i(fair.store, sam).role is Role.ATTENDEE
    assert who_am_i(fair.store, replace(sam, event_id=fair.event.id)).role is Role.ATTENDEE
    assert events_of(fair.store, sam) == []
    for event in (fair.event, elsewhere.event):
        here = sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD, event_id=event.id)
        assert here.role is Role.ATTENDEE
        with pytest.raises(NotAllowedError):
            at_event(fair.store, sam, event.id)
    assert list_team(fair.store, SYSTEM, fair.event.id) == []


def test_a_cohost_holds_nothing_that_cannot_be_granted(fair: Fair) -> None:
    _add(fair, Role.COHOST, "sam@example.org")
    with fair.store.write() as connection:
        granted = ["installation", "event", "fly", "money"]
        connection.execute(update(EventRoleRow).values(permissions=granted))
    sam = sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD)
    for actor in (sam, who_am_i(fair.store, sam), at_event(fair.store, sam, fair.event.id)):
        assert (actor.role, actor.granted) == (Role.COHOST, frozenset({Permission.MONEY}))
