"""Making people with accounts in a few words."""

from sqlalchemy import insert, select

from data.schema import AccountRow, EventRoleRow
from data.store import Store
from eventdesk.accounts import (
    add_account,
    add_member,
    create_first_admin,
    set_secret,
    sign_in,
    sign_up,
    who_am_i,
)
from eventdesk.accounts import make_admin as promote
from eventdesk.accounts.signing_up import SecretKind
from eventdesk.acts import SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.core.folding import fold
from tests.build import NOON, Fair

PASSWORD = "battery staple"
PIN = "271828"
ADMIN = ("admin@example.org", "Ada Admin", "correct horse")


def make_admin(store: Store) -> Actor:
    """The first account of a store, signed in."""
    return create_first_admin(store, SYSTEM.at(NOON), *ADMIN)


def make_guest(store: Store, name: str = "Gus", *, secret: str = PIN) -> Actor:
    """Somebody who signed up by themselves, signed in."""
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    kind: SecretKind = "pin" if secret.isdecimal() else "password"
    sign_up(store, SYSTEM.at(NOON), email=email, name=name, secret=secret, kind=kind)
    return sign_in(store, SYSTEM.at(NOON), email, secret)


def make_known(fair: Fair, actor: Actor) -> None:
    """Give an actor of a test an account, and its role at the event, where the store has none."""
    if actor.kind is not ActorKind.ACCOUNT or actor.id is None:
        return
    there = select(AccountRow.id).where(AccountRow.id == actor.id)
    with fair.store.write() as connection:
        if connection.execute(there).first() is not None:
            return
        connection.execute(
            insert(AccountRow).values(
                id=actor.id,
                email=f"{actor.id}@example.org",
                name=actor.name,
                folded_name=fold(actor.name),
                is_admin=actor.role is Role.ADMIN,
                secret_kind="password",
                secret_hash="unusable",
                created_at=NOON,
            )
        )
        connection.execute(
            insert(EventRoleRow).values(
                event_id=fair.event.id, account_id=actor.id, role=actor.role.value
            )
        )


def make_another_admin(store: Store, name: str = "Boss") -> Actor:
    """An admin of a store that has accounts already, signed in."""
    boss = make_guest(store, name, secret=PASSWORD)
    assert boss.id is not None
    promote(store, SYSTEM.at(NOON), boss.id)
    return who_am_i(store, boss)


def make_staff(fair: Fair, role: Role = Role.STAFF, name: str = "Sam") -> Actor:
    """Somebody with a role at the event, signed in there."""
    email = f"{name.lower()}@example.org"
    add_account(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        email=email,
        name=name,
        role=role,
        secret=PASSWORD,
    )
    return sign_in(fair.store, SYSTEM.at(NOON), email, PASSWORD, event_id=fair.event.id)


def make_cohost(fair: Fair, *granted: Permission, name: str = "Cora") -> Actor:
    """A co-host of the event with some permissions, signed in there."""
    email = f"{name.lower()}@example.org"
    added = add_member(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        email=email,
        role=Role.COHOST,
        permissions=granted,
        name=name,
    )
    set_secret(fair.store, SYSTEM.at(NOON), email=email, code=added.code, secret=PASSWORD)
    return sign_in(fair.store, SYSTEM.at(NOON), email, PASSWORD, event_id=fair.event.id)
