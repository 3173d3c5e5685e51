"""Real files of every schema that older programs wrote, brought up to this one."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import select, update

from data.comparison import count_rows, differing
from data.files import problems
from data.migrate import BASE, HEAD, bring_up_to_date, migrate, revision_of
from data.schema import CheckInListRow, ScanRow, TicketRow
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM, verify_audit
from eventdesk.booking import token_of
from eventdesk.door import Outcome, Scan, check_in
from tests.build import NOON, STAFF, empty_store, make_fair
from tests.data.old_homes import REVISIONS, old_home

base = import_module(f"data.migrations.versions.{BASE}_base")

USED_AT = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
"""When the old homes were used."""


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_old_file_gets_the_schema_of_a_new_one(tmp_path: Path, revision: str) -> None:
    path, fresh = old_home(tmp_path / "home", revision) / FILE_NAME, tmp_path / "fresh.db"
    assert revision_of(path) == revision
    bring_up_to_date(path)
    migrate(fresh)
    assert revision_of(path) == HEAD
    assert _schema(path) == _schema(fresh)
    assert problems(path) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_old_file_keeps_its_rows_its_audit_and_its_tickets(
    tmp_path: Path, revision: str
) -> None:
    home = old_home(tmp_path / "home", revision)
    former = old_home(tmp_path / "former", revision) / FILE_NAME
    with Store(home) as store:
        assert all(each.former == each.present for each in count_rows(former, store.path))
        untouched = {"device", "gate", "token_key", "token_revocation", "admission", "delivery"}
        assert not untouched & {each.table for each in differing(former, store.path, {})}
        assert verify_audit(store, SYSTEM).problems == ()
        with store.read() as connection:
            valid = select(TicketRow.id).where(TicketRow.state == "valid").order_by(TicketRow.code)
            tokens = [token_of(store, SYSTEM, each) for each in connection.execute(valid).scalars()]
            door = select(CheckInListRow.id).where(CheckInListRow.name == "Main entrance")
            list_id = connection.execute(door).scalar_one()
        scans = [Scan(token, list_id, f"again {no}", USED_AT) for no, token in enumerate(tokens)]
        outcomes = [check_in(store, SYSTEM.at(USED_AT), scan).outcome for scan in scans]
    assert Outcome.ADMITTED in outcomes
    assert outcomes.count(Outcome.ALREADY_IN) == 2
    assert not {Outcome.UNKNOWN, Outcome.FORGED} & set(outcomes)


def test_a_file_of_the_first_schema_has_the_values_it_would_have_now(tmp_path: Path) -> None:
    path = old_home(tmp_path / "home", "0001") / FILE_NAME
    bring_up_to_date(path)
    connection = sqlite3.connect(path)
    numbered = connection.execute("SELECT no FROM booking ORDER BY created_at, id").fetchall()
    assert numbered == [(no,) for no in range(1, 6)]
    assert connection.execute("SELECT DISTINCT source FROM booking").fetchall() == [("desk",)]
    prices = "SELECT count(*) FROM ticket JOIN ticket_type t ON t.id = ticket_type_id WHERE"
    assert connection.execute(f"{prices} ticket.price_minor = t.price_minor").fetchone() == (6,)
    assert connection.execute(
        "SELECT published_at = event.created_at, owner.name, event.folded_name"
        " FROM event JOIN account owner ON owner.id = owner_id"
    ).fetchone() == (1, "Olga Organizer", "demo days 2026")
    folded = connection.execute("SELECT folded_name FROM account").fetchall()
    assert ("olga organizer",) in folded
    connection.close()


@pytest.mark.parametrize("revision", ["0004", REVISIONS[-1]])
def test_a_ticket_that_ended_before_has_the_instant_of_its_cancellation(
    tmp_path: Path, revision: str
) -> None:
    path = old_home(tmp_path / "home", revision) / FILE_NAME
    bring_up_to_date(path)
    connection = sqlite3.connect(path)
    ended = connection.execute(
        "SELECT state, ended_at = (SELECT max(at) FROM ledger WHERE memo = 'cancelled'"
        " AND ledger.booking_id = ticket.booking_id) FROM ticket WHERE ended_at IS NOT NULL"
    ).fetchall()
    connection.close()
    assert ended == [("cancelled", 1)]


def test_an_index_that_an_older_program_made_otherwise_is_made_anew(tmp_path: Path) -> None:
    path, fresh = old_home(tmp_path / "home", "0005") / FILE_NAME, tmp_path / "fresh.db"
    connection = sqlite3.connect(path)
    connection.execute("DROP INDEX ix_refund_open")
    connection.execute("CREATE INDEX ix_refund_open ON refund (event_id)")
    connection.close()
    bring_up_to_date(path)
    migrate(fresh)
    assert _schema(path) == _schema(fresh)


def test_scans_of_other_events_tickets_lose_what_an_older_release_kept(tmp_path: Path) -> None:
    with empty_store(tmp_path / "home") as store:
        fair, other = make_fair(store), make_fair(store, "Another event")
        booked = other.sell("Grace Hopper")
        refused = check_in(store, STAFF.at(NOON), fair.scan(other.token(booked)))
        own = check_in(store, STAFF.at(NOON), other.scan(other.token(booked)))
        before = replace(refused, name="Grace Hopper", ticket_id=own.ticket_id, seat="A 12")
        with store.write() as connection:
            connection.execute(
                update(ScanRow)
                .where(ScanRow.id == refused.scan_id)
                .values(ticket_id=own.ticket_id, result=before.to_json())
            )
            base.forget_other_events(connection)
        asked = fair.scan("anything", nonce=refused.nonce)
        assert check_in(store, STAFF.at(NOON), asked) == refused
        with store.read() as connection:
            kept = connection.execute(select(ScanRow.ticket_id).order_by(ScanRow.no)).scalars()
            assert list(kept) == [None, own.ticket_id]


def _schema(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {base.plain(sql) for (sql,) in rows}
    finally:
        connection.close()
