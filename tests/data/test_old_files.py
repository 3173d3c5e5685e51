"""Files of the first release, with data in them, brought up to this one."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, update

import data.migrate
from data.migrate import HEAD, bring_up_to_date, migrate, revision_of
from data.schema import ScanRow
from eventdesk.door.checkin import check_in
from tests.build import NOON, STAFF, empty_store, make_fair

tickets_of_other_events = import_module("data.migrations.versions.0009_tickets_of_other_events")

OLD = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MICROSECONDS = int(OLD.timestamp()) * 1_000_000


def put(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """Insert a row as the first release wrote it."""
    kept = [each.bytes if isinstance(each, UUID) else each for each in values.values()]
    marks = ", ".join("?" * len(kept))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", kept)


@pytest.fixture
def old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of the first release: an organizer, an event, a type, three bookings."""
    path = tmp_path / "eventdesk.db"
    with monkeypatch.context() as patched:
        patched.setattr(data.migrate, "HEAD", "0001")
        migrate(path)
    connection = sqlite3.connect(path)
    olga, event, kind = uuid4(), uuid4(), uuid4()
    put(
        connection, "account", id=olga, email="olga@example.org", name="Ólga Ørsted", is_admin=0,
        secret_kind="password", secret_hash="", banned_at=None, created_at=MICROSECONDS,
    )  # fmt: skip
    put(
        connection, "event", id=event, number=1, code="ABCDEF", name="Fête", state="published",
        time_zone="Europe/Berlin", starts_at=MICROSECONDS, ends_at=MICROSECONDS + 1,
        currency="EUR", currency_exponent=2, created_at=MICROSECONDS,
    )  # fmt: skip
    put(connection, "event_role", event_id=event, account_id=olga, role="organizer")
    put(
        connection, "ticket_type", id=kind, event_id=event, name="Regular", price_minor=12000,
        priority=0, position=0, needs_approval=0,
    )  # fmt: skip
    put(connection, "token_key", key_id=1, fingerprint="f", first_used_at=MICROSECONDS)
    for place, name in enumerate(("Third", "First", "Second")):
        booking = uuid4()
        put(
            connection, "booking", id=booking, event_id=event, code=f"BOOK{place}X", state="paid",
            approved=1, name=name, email="", total_minor=12000, currency="EUR",
            currency_exponent=2, created_at=MICROSECONDS + (place or 9),
        )  # fmt: skip
        put(
            connection, "ticket", id=uuid4(), event_id=event, booking_id=booking,
            ticket_type_id=kind, code=f"TICKET{place}", state="valid", holder_name=name,
            holder_email="", line_two="", seat="", attention="", key_id=1, revision=1,
            search_no=place + 1, created_at=MICROSECONDS,
        )  # fmt: skip
    connection.commit()
    connection.close()
    return path


def test_a_file_of_the_first_release_has_the_values_it_would_have_now(old_file: Path) -> None:
    assert revision_of(old_file) == "0001"
    bring_up_to_date(old_file)
    assert revision_of(old_file) == HEAD
    connection = sqlite3.connect(old_file)
    bookings = connection.execute("SELECT name, no, folded_name FROM booking ORDER BY no")
    assert bookings.fetchall() == [
        ("First", 1, "first"),
        ("Second", 2, "second"),
        ("Third", 3, "third"),
    ]
    assert connection.execute("SELECT DISTINCT price_minor FROM ticket").fetchall() == [(12000,)]
    published, owner, folded = connection.execute(
        "SELECT published_at, owner_id, folded_name FROM event"
    ).fetchone()
    (olga, name) = connection.execute("SELECT id, folded_name FROM account").fetchone()
    assert (published, owner, folded) == (MICROSECONDS, olga, "fete")
    assert name == "olga orsted"
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_scans_of_other_events_tickets_lose_what_an_older_release_kept(tmp_path: Path) -> None:
    with empty_store(tmp_path / "home") as store:
        fair, other = make_fair(store), make_fair(store, "Another event")
        booked = other.sell("Grace Hopper")
        refused = check_in(store, STAFF, fair.scan(other.token(booked)), now=NOON)
        own = check_in(store, STAFF, other.scan(other.token(booked)), now=NOON)
        before = replace(refused, name="Grace Hopper", ticket_id=own.ticket_id, seat="A 12")
        with store.write() as connection:
            connection.execute(
                update(ScanRow)
                .where(ScanRow.id == refused.scan_id)
                .values(ticket_id=own.ticket_id, result=before.to_json())
            )
            with Operations.context(MigrationContext.configure(connection)):
                tickets_of_other_events.upgrade()
        asked = fair.scan("anything", nonce=refused.nonce)
        assert check_in(store, STAFF, asked, now=NOON) == refused
        with store.read() as connection:
            kept = connection.execute(select(ScanRow.ticket_id).order_by(ScanRow.no)).scalars()
            assert list(kept) == [None, own.ticket_id]
