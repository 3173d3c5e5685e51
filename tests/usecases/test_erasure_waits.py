"""The log is walked before the store is locked: what is written meanwhile is erased, too."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from data.schema import AuditRow
from data.store import Store
from eventdesk.errors import AuditBrokenError
from eventdesk.model.people import Actor
from eventdesk.usecases.accounts import erase_account, erase_guest
from eventdesk.usecases.audit import record, seal_audit, verify_audit
from tests.build import NOON, SUPERVISOR, Fair
from tests.people import make_guest

AFTER = NOON + timedelta(days=30)
NAME = "Zebulon Quark"
BROKEN = "UPDATE audit SET detail = '{' WHERE seq = 1"


@pytest.fixture
def guest(fair: Fair) -> Actor:
    return make_guest(fair.store, NAME)


def note(connection: Connection, text: str) -> None:
    record(connection, SUPERVISOR, "undo", ("list", None), now=NOON, reason=text)


def meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch, act: Callable[[Connection], object]
) -> None:
    """Let something be written between the walk and the next transaction that writes."""
    write = store.write

    @contextmanager
    def second() -> Iterator[Connection]:
        monkeypatch.setattr(store, "write", write)
        with write() as connection:
            act(connection)
        with write() as connection:
            yield connection

    monkeypatch.setattr(store, "write", second)


def told(store: Store) -> list[object]:
    with store.read() as connection:
        return [row.get("reason") for row in connection.execute(select(AuditRow.detail)).scalars()]


@pytest.mark.parametrize("who", ["account", "guest"])
def test_what_is_written_behind_the_walk_is_erased_and_nothing_read_again(
    fair: Fair, guest: Actor, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    with fair.store.write() as connection:
        note(connection, f"for {NAME}, as asked")
    sold = fair.sell(NAME)

    def act(connection: Connection) -> None:
        note(connection, f"{NAME} came back")
        connection.exec_driver_sql(BROKEN)  # which a second walk would stumble over

    meanwhile(fair.store, monkeypatch, act)
    if who == "account":
        erase_account(fair.store, guest, now=AFTER)
    else:
        erase_guest(fair.store, SUPERVISOR, fair.event.id, sold.ticket_codes[0], now=AFTER)
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE audit SET detail = '{}' WHERE seq = 1")
    assert NAME not in str(told(fair.store))


def test_an_audit_that_was_replaced_meanwhile_is_walked_again(
    fair: Fair, guest: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fair.store.write() as connection:
        for _ in range(3):
            note(connection, "nothing of theirs")

    def act(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 1")
        connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'audit'")
        for _ in range(8):
            note(connection, f"{NAME} was here")

    meanwhile(fair.store, monkeypatch, act)
    erase_account(fair.store, guest, now=AFTER)
    assert NAME not in str(told(fair.store))


def test_nobody_is_erased_while_an_entry_cannot_be_read(fair: Fair, guest: Actor) -> None:
    with fair.store.write() as connection:
        note(connection, f"for {NAME}, as asked")
        connection.exec_driver_sql(BROKEN)
    with pytest.raises(AuditBrokenError, match="Entry 1 cannot be read"):
        erase_account(fair.store, guest, now=AFTER)
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE audit SET detail = '{}' WHERE seq = 1")
    assert NAME in str(told(fair.store))


def test_the_chain_holds_after_an_erasure(fair: Fair, guest: Actor) -> None:
    with fair.store.write() as connection:
        note(connection, f"for {NAME}, as asked")
    seal_audit(fair.store)
    erase_account(fair.store, guest, now=AFTER)
    seal_audit(fair.store)
    assert verify_audit(fair.store).problems == ()
