"""Hashes of secrets made with older parameters are made anew when the secret is typed."""

from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from data.schema import AccountRow, EventRow
from data.store import Store
from eventdesk.accounts import approve, set_desk_pin, sign_in
from eventdesk.accounts.credential import needs_rehash
from eventdesk.acts import SYSTEM, Role
from eventdesk.core.errors import SignInError
from eventdesk.door import check_staff_pin, set_staff_pin
from tests.build import NOON, Fair
from tests.people import PASSWORD, make_staff

PIN = "481516"

pytestmark = pytest.mark.usefixtures("dear_hashes")


def older(secret: str) -> str:
    """A hash as an older program made it."""
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(secret)


def put(store: Store, table: Any, row_id: UUID | None, **values: str) -> None:
    with store.write() as connection:
        connection.execute(update(table).where(table.id == row_id).values(**values))


def kept(store: Store, column: Any, row_id: UUID | None) -> str:
    with store.read() as connection:
        return str(connection.execute(select(column).where(column.table.c.id == row_id)).scalar())


def test_signing_in_keeps_a_newer_hash_of_the_same_secret(fair: Fair) -> None:
    sam = make_staff(fair)
    put(fair.store, AccountRow, sam.id, secret_hash=older(PASSWORD))
    with pytest.raises(SignInError, match="The e-mail address or the PIN or password is wrong"):
        sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", "another secret")
    assert needs_rehash(kept(fair.store, AccountRow.secret_hash, sam.id))
    sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD)
    renewed = kept(fair.store, AccountRow.secret_hash, sam.id)
    assert not needs_rehash(renewed)
    sign_in(fair.store, SYSTEM.at(NOON), "sam@example.org", PASSWORD)
    assert kept(fair.store, AccountRow.secret_hash, sam.id) == renewed


def test_a_desk_pin_is_hashed_anew_when_it_approves(fair: Fair) -> None:
    sam, sue = make_staff(fair), make_staff(fair, Role.ORGANIZER, "Sue")
    set_desk_pin(fair.store, sue.at(NOON), PIN)
    put(fair.store, AccountRow, sue.id, desk_pin_hash=older(PIN))
    approve(fair.store, sam.at(NOON), fair.event.id, PIN, what="force")
    assert not needs_rehash(kept(fair.store, AccountRow.desk_pin_hash, sue.id))
    approve(fair.store, sam.at(NOON), fair.event.id, PIN, what="force")


def test_a_staff_pin_is_hashed_anew_when_it_unlocks(fair: Fair) -> None:
    set_staff_pin(fair.store, SYSTEM.at(NOON), fair.event.id, PIN)
    put(fair.store, EventRow, fair.event.id, staff_pin_hash=older(PIN))
    check_staff_pin(fair.store, SYSTEM.at(NOON), fair.event.id, PIN)
    assert not needs_rehash(kept(fair.store, EventRow.staff_pin_hash, fair.event.id))
    check_staff_pin(fair.store, SYSTEM.at(NOON), fair.event.id, PIN)
