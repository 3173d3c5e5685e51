"""Making people with accounts in a few words."""

from data.store import Store
from eventdesk.model.people import SYSTEM, Actor, Permission, Role
from eventdesk.usecases.accounts import (
    SecretKind,
    add_account,
    add_member,
    create_first_admin,
    set_secret,
    sign_in,
    sign_up,
    standing,
)
from eventdesk.usecases.accounts import make_admin as promote
from tests.build import NOON, Fair

PASSWORD = "battery staple"
PIN = "271828"
ADMIN = ("admin@example.org", "Ada Admin", "correct horse")


def make_admin(store: Store) -> Actor:
    """The first account of a store, signed in."""
    return create_first_admin(store, *ADMIN, now=NOON)


def make_guest(store: Store, name: str = "Gus", *, secret: str = PIN) -> Actor:
    """Somebody who signed up by themselves, signed in."""
    email = f"{name.split()[0].lower()}@example.org"
    kind: SecretKind = "pin" if secret.isdecimal() else "password"
    sign_up(store, email=email, name=name, secret=secret, kind=kind, now=NOON)
    return sign_in(store, email, secret, now=NOON)


def make_another_admin(store: Store, name: str = "Boss") -> Actor:
    """An admin of a store that has accounts already, signed in."""
    boss = make_guest(store, name, secret=PASSWORD)
    assert boss.id is not None
    promote(store, SYSTEM, boss.id, now=NOON)
    return standing(store, boss)


def make_staff(fair: Fair, role: Role = Role.STAFF, name: str = "Sam") -> Actor:
    """Somebody with a role at the event, signed in there."""
    email = f"{name.lower()}@example.org"
    add_account(
        fair.store,
        SYSTEM,
        fair.event.id,
        email=email,
        name=name,
        role=role,
        secret=PASSWORD,
        now=NOON,
    )
    return sign_in(fair.store, email, PASSWORD, event_id=fair.event.id, now=NOON)


def make_cohost(fair: Fair, *granted: Permission, name: str = "Cora") -> Actor:
    """A co-host of the event with some permissions, signed in there."""
    email = f"{name.lower()}@example.org"
    added = add_member(
        fair.store,
        SYSTEM,
        fair.event.id,
        email=email,
        role=Role.COHOST,
        permissions=granted,
        name=name,
        now=NOON,
    )
    set_secret(fair.store, email=email, code=added.code, secret=PASSWORD, now=NOON)
    return sign_in(fair.store, email, PASSWORD, event_id=fair.event.id, now=NOON)
