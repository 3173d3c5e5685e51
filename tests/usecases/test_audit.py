"""The audit: every change is written down, and what was tampered with is found."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import AuditRow
from data.store import Store
from eventdesk.usecases.audit import record, seal_audit, verify_audit
from eventdesk.usecases.checkin import check_in, undo
from eventdesk.usecases.tickets import rename
from tests.build import NOON, STAFF, SUPERVISOR, Fair

ENTRIES = 12


@pytest.fixture
def sealed(store: Store) -> Store:
    """A store with twelve entries, sealed in batches of five."""
    _write(store, ENTRIES)
    while seal_audit(store, batch=5):
        pass
    return store


def _write(store: Store, count: int) -> None:
    with store.write() as connection:
        for number in range(count):
            at = NOON + timedelta(seconds=number)
            record(connection, STAFF, "try", ("thing", None), now=at, number=number)


def _tamper(store: Store, statement: str) -> tuple[str, ...]:
    with store.write() as connection:
        connection.exec_driver_sql(statement)
    return verify_audit(store).problems


def test_a_chain_across_batches_verifies(sealed: Store) -> None:
    report = verify_audit(sealed)
    assert (report.entries, report.unsealed, report.problems) == (ENTRIES, 0, ())
    _write(sealed, 2)
    assert verify_audit(sealed).unsealed == 2
    assert seal_audit(sealed) == 2
    assert seal_audit(sealed) == 0
    assert verify_audit(sealed).entries == ENTRIES + 2


def test_an_empty_audit_verifies(store: Store) -> None:
    assert seal_audit(store) == 0
    assert verify_audit(store).problems == ()


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Somebody else'",
        "verb = 'other'",
        "at = at + 1",
        "detail = '{\"number\": 99}'",
        "subject_kind = 'other'",
        "actor_kind = 'system'",
        "actor_id = NULL",
        "event_id = x'00000000000000000000000000000001'",
        "subject_id = x'00000000000000000000000000000001'",
        "id = x'00000000000000000000000000000001'",
    ],
)
def test_a_changed_entry_is_named(sealed: Store, change: str) -> None:
    problems = _tamper(sealed, f"UPDATE audit SET {change} WHERE seq = 6")
    assert len(problems) == 1
    assert problems[0].startswith("Entry 6 was changed")


@pytest.mark.parametrize("seq", [1, 5, 6, 12])
def test_a_missing_entry_is_named(sealed: Store, seq: int) -> None:
    assert _tamper(sealed, f"DELETE FROM audit WHERE seq = {seq}") == (f"Entry {seq} is missing.",)


def test_an_entry_removed_with_its_link_is_missed(sealed: Store) -> None:
    with sealed.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq = 6")
    problems = _tamper(sealed, "DELETE FROM audit_link WHERE seq = 6")
    assert "Links 6 to 6 of the chain are missing." in problems


def test_an_end_cut_off_with_its_links_is_missed(sealed: Store) -> None:
    with sealed.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 9")
    problems = _tamper(sealed, "DELETE FROM audit_link WHERE seq > 9")
    assert problems == ("The end of the chain was cut off or changed.",)


def test_a_chain_cut_off_wholly_with_its_seal_is_missed(sealed: Store) -> None:
    with sealed.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq < 12")
        connection.exec_driver_sql("DELETE FROM audit_link")
    assert _tamper(sealed, "DELETE FROM setting WHERE key = 'audit_seal'")


def test_an_entry_put_in_later_is_named(sealed: Store) -> None:
    with sealed.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit_link WHERE seq = 6")
    assert any("Entry 6 was put in later." in problem for problem in verify_audit(sealed).problems)


def test_an_entry_that_vanished_before_it_was_sealed_is_missed(sealed: Store) -> None:
    _write(sealed, 3)
    problems = _tamper(sealed, f"DELETE FROM audit WHERE seq = {ENTRIES + 2}")
    assert problems == (f"Entries {ENTRIES + 2} to {ENTRIES + 2} are missing.",)


def test_links_made_without_the_key_are_found(sealed: Store) -> None:
    problems = _tamper(sealed, "UPDATE audit_link SET digest = zeroblob(32) WHERE seq = 12")
    assert any(problem.startswith("Entry 12 was changed") for problem in problems)
    assert "The end of the chain was cut off or changed." in problems


def test_who_did_what_is_written_down_with_the_change_itself(fair: Fair) -> None:
    booked = fair.sell()
    ticket_id = booked.ticket_ids[0]
    rename(fair.store, STAFF, ticket_id, name="Ada King", line_two="", now=NOON)
    result = check_in(fair.store, STAFF, fair.scan(fair.token(booked)), now=NOON)
    again = fair.scan(fair.token(booked), force_reason="came back")
    check_in(fair.store, SUPERVISOR, again, now=NOON)
    undo(fair.store, STAFF, result.scan_id, now=NOON, reason="wrong person")
    with fair.store.read() as connection:
        rows = connection.execute(
            select(AuditRow.verb, AuditRow.actor_name, AuditRow.detail).order_by(AuditRow.seq)
        ).all()
    renamed, forced, undone = rows[-3:]
    assert (renamed.verb, renamed.actor_name) == ("rename", "Sam Staff")
    assert renamed.detail == {"before": "Ada Lovelace", "after": "Ada King"}
    assert (forced.verb, forced.actor_name) == ("force", "Sue Supervisor")
    assert forced.detail["overridden"] == "already_in"
    assert (undone.verb, undone.detail["reason"]) == ("undo", "wrong person")
    seal_audit(fair.store)
    assert verify_audit(fair.store).problems == ()


def test_what_failed_leaves_no_entry(fair: Fair) -> None:
    before = verify_audit(fair.store).unsealed
    with suppress(ZeroDivisionError), fair.store.write() as connection:
        record(connection, STAFF, "try", ("thing", None), now=NOON)
        raise ZeroDivisionError
    assert verify_audit(fair.store).unsealed == before
