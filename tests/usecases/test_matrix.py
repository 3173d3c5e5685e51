"""Every cell of the matrix of use cases and roles, walked with real accounts at a real event."""

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update

from data.schema import EventRoleRow, EventRow
from data.store import Store
from eventdesk.errors import EventDeskError, NotAllowedError, SupervisorNeededError
from eventdesk.model.people import GRANTABLE, SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.usecases.accounts import at_event, ban, make_admin, standing
from eventdesk.usecases.accounts.making import insert_account
from eventdesk.usecases.checkin import check_in
from eventdesk.usecases.matrix import permissions_page, undeclared, use_cases
from eventdesk.usecases.permission import Allowed, roles_that_may
from tests.build import NOON, Fair, empty_store, make_fair
from tests.usecases.dummies import arguments

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
CELLS = list(use_cases())


@dataclass(frozen=True)
class House:
    """A store with two events, and an account for each role at the first."""

    home: Path
    event_id: UUID
    elsewhere_id: UUID
    accounts: dict[Role, UUID]
    known: dict[str, Any]
    """Values that fit, by the names of parameters: what is at the first event, and sound words."""


def add_person(store: Store, name: str, event_id: UUID | None = None, role: str = "") -> UUID:
    with store.write() as connection:
        address = f"{name}-{uuid4().hex}@example.org"
        account_id = insert_account(connection, address, name, "password", "unusable", NOON)
        if event_id is not None:
            connection.execute(
                insert(EventRoleRow).values(event_id=event_id, account_id=account_id, role=role)
            )
    return account_id


def add_admin(store: Store) -> UUID:
    account_id = add_person(store, "Another admin")
    make_admin(store, SYSTEM, account_id, now=NOON)
    return account_id


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    home = tmp_path_factory.mktemp("matrix") / "home"
    with empty_store(home) as store:
        fair, other = make_fair(store), make_fair(store, "Elsewhere")
        people = {
            role: add_person(store, f"Some {role}", fair.event.id, role)
            for role in (Role.ORGANIZER, Role.COHOST, Role.STAFF)
        }
        people[Role.ATTENDEE] = add_person(store, "Some attendee")
        people[Role.ADMIN] = add_admin(store)
        with store.write() as connection:
            connection.execute(
                update(EventRow)
                .where(EventRow.id == fair.event.id)
                .values(owner_id=people[Role.ORGANIZER])
            )
        elsewhere = add_person(store, "Organizer elsewhere", other.event.id, Role.ORGANIZER)
        known = {**things_at(fair), "act": "force"}
    return House(home, fair.event.id, elsewhere, people, known)


def things_at(fair: Fair) -> dict[str, Any]:
    """Something of each kind that is there, so that little is refused for being missing."""
    booked = fair.sell_all(["Ada", "Grace"], paid=False)
    scanned = check_in(fair.store, SYSTEM, fair.scan(fair.token(booked)), now=NOON)
    return {
        "event_id": fair.event.id,
        "now": NOON,
        "booking_id": booked.booking_id,
        "ticket_id": booked.ticket_ids[0],
        "ticket_a": booked.ticket_ids[0],
        "ticket_b": booked.ticket_ids[1],
        "ticket_ids": list(booked.ticket_ids[:1]),
        "ticket_type_id": fair.vip,
        "type_id": fair.vip,
        "list_id": fair.door.id,
        "gate_id": fair.gate.id,
        "scan_id": scanned.scan_id,
        "role": Role.STAFF,
        "pin": "271828",
        "secret": "battery staple",
        "email": "somebody@example.org",
        "ends_at": NOON + timedelta(hours=1),
        "time_zone": "Europe/Berlin",
        "folder": fair.store.home.parent / "mirror",
    }


@pytest.fixture
def opened(house: House, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(house.home, tmp_path / "copy")
    with Store(tmp_path / "copy") as store:
        yield store


def grant(store: Store, house: House, permissions: Collection[Permission]) -> None:
    with store.write() as connection:
        connection.execute(
            update(EventRoleRow)
            .where(EventRoleRow.account_id == house.accounts[Role.COHOST])
            .values(permissions=[str(each) for each in permissions])
        )


def person(store: Store, house: House, role: Role) -> Actor:
    signed_in = Actor(
        ActorKind.ACCOUNT, house.accounts[role], f"Some {role}", Role.ATTENDEE, store.device_id
    )
    here = standing(store, signed_in)
    return here if role is Role.ATTENDEE else at_event(store, here, house.event_id)


def is_refused(
    store: Store, house: House, role: Role, use_case: Callable[..., Any], *, own: bool = False
) -> bool:
    """Whether the use case refuses this role; what else may be wrong is not asked here.

    What is somebody's own is not at hand here, so where only that is allowed nothing is named.
    """
    actor = person(store, house, role)
    known = {"event_id": house.event_id, "now": NOON} if own else house.known
    try:
        use_case(store, actor, **arguments(use_case, **known, account_id=actor.id))
    except SupervisorNeededError:
        return False  # with a supervisor's word it may
    except NotAllowedError:
        return True
    except EventDeskError:
        return False
    return False


@pytest.mark.parametrize(
    ("use_case", "line"), CELLS, ids=[f"{line.module}.{line.verb}" for _, line in CELLS]
)
def test_every_cell_is_as_the_page_says(
    opened: Store, house: House, use_case: Callable[..., Any], line: Allowed
) -> None:
    for role, cell in roles_that_may(line).items():
        granted = [each for each in GRANTABLE if each in line.permissions]
        grant(opened, house, granted or GRANTABLE)
        if cell:
            own = cell == "own"
            if own and line.verb == "at_event":
                continue  # what is one's own there is a role, and this one has none
            assert not is_refused(opened, house, role, use_case, own=own), f"{role} may"
        else:
            assert is_refused(opened, house, role, use_case), f"{role} may not"
        others = [each for each in GRANTABLE if each not in granted]
        if cell == "granted" and others and not line.own:
            grant(opened, house, others)
            assert is_refused(opened, house, role, use_case), "a co-host without the grant"


AT_AN_EVENT = [
    (use_case, line)
    for use_case, line in CELLS
    if Permission.ATTEND not in line.permissions
    and not line.own
    and line.permissions != (Permission.INSTALLATION,)
]


@pytest.mark.parametrize(
    ("use_case", "line"), AT_AN_EVENT, ids=[f"{one.module}.{one.verb}" for _, one in AT_AN_EVENT]
)
def test_a_role_elsewhere_gets_no_answer_here(
    opened: Store, house: House, use_case: Callable[..., Any], line: Allowed
) -> None:
    stranger = standing(
        opened,
        Actor(ActorKind.ACCOUNT, house.elsewhere_id, "Stranger", Role.ATTENDEE, opened.device_id),
    )
    with pytest.raises(EventDeskError):  # also that there is no such thing
        use_case(opened, stranger, **arguments(use_case, **house.known))


@pytest.mark.parametrize(
    ("use_case", "line"), CELLS, ids=[f"{line.module}.{line.verb}" for _, line in CELLS]
)
def test_who_was_banned_gets_no_answer_at_all(
    opened: Store, house: House, use_case: Callable[..., Any], line: Allowed
) -> None:
    actor = person(opened, house, Role.ADMIN)
    add_admin(opened)
    ban(opened, SYSTEM, house.accounts[Role.ADMIN], reason="A test", now=NOON)
    with pytest.raises(EventDeskError):  # also that there is no such thing
        use_case(opened, actor, **arguments(use_case, **house.known, account_id=actor.id))


def test_every_use_case_that_takes_an_actor_says_who_may_call_it() -> None:
    assert undeclared() == []


def test_the_page_of_permissions_is_what_the_code_says() -> None:
    page = permissions_page()
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(page, encoding="utf-8")
    with suppress(FileNotFoundError):
        assert page == PAGE.read_text(encoding="utf-8"), "UPDATE_SNAPSHOTS=1 writes it anew"
        return
    raise AssertionError(f"{PAGE} is missing; UPDATE_SNAPSHOTS=1 writes it")
