"""The log is walked before the store is locked, files are deleted behind it: nothing is missed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert, select

from badges.folder_printer import FolderPrinter
from data.schema import AuditRow, SettingRow
from data.store import Store
from eventdesk.acts import SYSTEM, Act, Actor, Steps, seal_audit, verify_audit
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import AuditBrokenError
from eventdesk.door import check_in
from eventdesk.keeping import (
    erase_account,
    erase_guest,
    erasure,
    export_personal_data,
    finish_erasures,
)
from eventdesk.keeping.erasure import read_unfinished
from eventdesk.keeping.personal_data import personal_data
from eventdesk.keeping.traces import noted_erasures
from eventdesk.spooler import Spooler
from tests.build import NOON, SUPERVISOR, Fair
from tests.people import make_guest

AFTER = NOON + timedelta(days=30)
NAME = "Zebulon Quark"
BROKEN = "UPDATE audit SET detail = '{' WHERE seq = 1"


@pytest.fixture
def guest(fair: Fair) -> Actor:
    return make_guest(fair.store, NAME)


def note(store: Store, connection: Connection, text: str) -> None:
    Act(store, connection, SUPERVISOR.at(NOON)).record("undo", ("list", None), reason=text)


def meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch, act: Callable[[Connection], object]
) -> None:
    """Let something be written between the walk and the next transaction that writes."""
    write = store.write

    @contextmanager
    def second(*, about: UUID | None = None) -> Iterator[Connection]:
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
        note(fair.store, connection, f"for {NAME}, as asked")
    sold = fair.sell(NAME)

    def act(connection: Connection) -> None:
        note(fair.store, connection, f"{NAME} came back")
        connection.exec_driver_sql(BROKEN)  # which a second walk would stumble over

    meanwhile(fair.store, monkeypatch, act)
    if who == "account":
        erase_account(fair.store, guest.at(AFTER))
    else:
        erase_guest(fair.store, SUPERVISOR.at(AFTER), fair.event.id, sold.ticket_codes[0])
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE audit SET detail = '{}' WHERE seq = 1")
    assert NAME not in str(told(fair.store))


def test_an_audit_that_was_replaced_meanwhile_is_walked_again(
    fair: Fair, guest: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fair.store.write() as connection:
        for _ in range(3):
            note(fair.store, connection, "nothing of theirs")

    def act(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 1")
        connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'audit'")
        for _ in range(8):
            note(fair.store, connection, f"{NAME} was here")

    meanwhile(fair.store, monkeypatch, act)
    erase_account(fair.store, guest.at(AFTER))
    assert NAME not in str(told(fair.store))


def test_nobody_is_erased_while_an_entry_cannot_be_read(fair: Fair, guest: Actor) -> None:
    with fair.store.write() as connection:
        note(fair.store, connection, f"for {NAME}, as asked")
        connection.exec_driver_sql(BROKEN)
    with pytest.raises(AuditBrokenError, match="Entry 1 cannot be read"):
        erase_account(fair.store, guest.at(AFTER))
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE audit SET detail = '{}' WHERE seq = 1")
    assert NAME in str(told(fair.store))


def test_an_entry_that_cannot_be_read_does_not_keep_their_data_from_them(
    fair: Fair, guest: Actor
) -> None:
    with Steps(fair.store, guest.at(NOON)).write() as act:
        act.record("undo", ("list", None), reason="one")
        act.record("undo", ("list", None), reason="two")
        act.connection.exec_driver_sql(
            "UPDATE audit SET detail = '{' WHERE detail LIKE '%\"one\"%'"
        )
    log = personal_data(fair.store, guest.at(NOON)).parts["log"]
    said = [entry["detail"] for entry in log]
    assert {"reason": "two"} in said
    assert any("cannot be read" in str(each) for each in said)


def test_the_chain_holds_after_an_erasure(fair: Fair, guest: Actor) -> None:
    with fair.store.write() as connection:
        note(fair.store, connection, f"for {NAME}, as asked")
    seal_audit(fair.store, SYSTEM)
    erase_account(fair.store, guest.at(AFTER))
    seal_audit(fair.store, SYSTEM)
    assert verify_audit(fair.store, SYSTEM).problems == ()


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("place", ["delete_files", "note_erasure", "delete_exports"])
def test_an_erasure_whose_program_ended_behind_it_is_finished_by_the_next(
    fair: Fair, guest: Actor, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    printed = FolderPrinter(fair.store.home / "badges")
    sold = fair.sell(NAME, account_id=guest.id)
    check_in(fair.store, SUPERVISOR.at(NOON), fair.scan(fair.token(sold)))
    Spooler(fair.store, printed, backups=False).drain(deadline=utc_now() + timedelta(seconds=20))
    export_personal_data(fair.store, guest.at(NOON))

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(erasure, place, killed)
        with pytest.raises(Killed):
            erase_account(fair.store, guest.at(AFTER))
    assert finish_erasures(fair.store, SYSTEM.at(AFTER)) > 0
    assert finish_erasures(fair.store, SYSTEM.at(AFTER)) == 0
    assert list(fair.store.home.rglob("*Quark*")) == []
    assert [*(fair.store.home / "exports").iterdir()] == []
    assert [one.account_id for one in noted_erasures(fair.store.home)] == [guest.id]
    with fair.store.read() as connection:
        kept = select(SettingRow.key).where(SettingRow.key.startswith("erasing/"))
        assert connection.execute(kept).all() == []


def test_a_preview_leaves_nothing_to_finish(fair: Fair, guest: Actor) -> None:
    erase_account(fair.store, guest.at(AFTER), preview=True)
    with fair.store.read() as connection:
        assert read_unfinished(connection) == []


@pytest.mark.parametrize("value", ["", "{", "[]", "5", '{"account": "x"}', "[" * 5000])
def test_a_row_that_is_no_erasure_is_left_out(store: Store, value: str) -> None:
    with store.write() as connection:
        connection.execute(insert(SettingRow).values(key="erasing/x", value=value))
    assert finish_erasures(store, SYSTEM.at(AFTER)) == 0


def test_a_row_that_somebody_made_up_deletes_no_file(store: Store) -> None:
    file = store.home / "list.txt"
    file.write_text("x", encoding="ascii")
    fields: dict[str, object] = {"account": None, "bookings": [], "tickets": [], "entries": []}
    badges = [[str(UUID(int=1)), str(file)]]
    with store.write() as connection:
        value = json.dumps(fields | {"badges": badges})
        connection.execute(insert(SettingRow).values(key="erasing/x", value=value))
    finish_erasures(store, SYSTEM.at(AFTER))
    assert file.exists()
