"""Statements of the door and of its search: none of them walks over the tickets of an event."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from data.sqlite.driver import driver
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import reissue
from eventdesk.door import (
    Direction,
    ScanSource,
    booking_group,
    check_in,
    find_tickets,
    guest_at,
    recent_scans,
    reprint,
    rest_of_booking,
    ticket_view,
    undo,
)
from tests.build import NOON, STAFF, SUPERVISOR, Fair

MANY = 100_000

LARGE = r"(?:ticket|booking|scan|admission|delivery|answer)(?:_\d)?"
WALK = re.compile(
    rf"SCAN {LARGE}\b(?! VIRTUAL)"
    rf"|SEARCH {LARGE} USING [A-Z ]*INDEX \w+ \((?:event_id|list_id)=\?\)"
)
"""A step of a plan that reads all rows of a large table, or all those of an event or list."""

IN_ORDER = re.compile(r"SEARCH scan USING INDEX ix_scan_list_id_no \(list_id=\?\)")
"""The newest of a list are read so, and no more than the limit says."""

FOREIGN = "z3fsn8jyufm5kpk768q69gkbyr5f4h6w"
TYPED = (
    *(
        "Ada",
        "ada lovelace",
        "Lovelcae",
        "a",
        "ad lo",
        "Übermut",
        "日本",
        "zzq0001",
        "the quick brown fox",
    ),
    *("zzq0001", "ada@example.org", "adda@example.org", "@", "a@", ".com"),
    *(FOREIGN, "#1001", "1001", "4711", "15298091", "B7", "K7QM-2X9P"),
    *("https://example.org/t/K7QM2X9P?a=1&b=2", "www.example.org", "'; DROP TABLE ticket; --"),
)


@pytest.fixture
def crowd(fair: Fair) -> Fair:
    """The fair with very many tickets, each in a booking of its own."""
    fair.sell("Grace Hopper")
    with fair.store.write() as connection:
        for table, own in (
            ("booking", {"id": "CAST(printf('%016d', n.i) AS BLOB)", "no": "n.i + 1"}),
            (
                "ticket",
                {"id": "randomblob(16)", "booking_id": "CAST(printf('%016d', n.i) AS BLOB)"},
            ),
        ):
            names = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
            own |= {"code": "printf('%08x', n.i)", "search_no": "search_no + n.i"}
            values = ", ".join(own.get(name, name) for name in names)
            connection.exec_driver_sql(
                f"INSERT INTO {table} ({', '.join(names)})"
                f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})"
                f" SELECT {values} FROM (SELECT * FROM {table} LIMIT 1), n"
            )
    return fair


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Every statement that runs meanwhile, as SQLite itself is given it, with its values."""
    told: dict[str, None] = {}
    engine = store._file.engine

    def follow(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(told.setdefault)

    follow(store._file.writer().connection.dbapi_connection)
    event.listen(engine, "checkout", follow)
    found: list[str] = []
    try:
        yield found
    finally:
        event.remove(engine, "checkout", follow)
        follow(store._file.writer().connection.dbapi_connection)
        found += told


def walks(store: Store, ran: list[str]) -> list[str]:
    """Those of some statements that walk over a large table or an event, with their plans."""
    found = []
    with closing(driver.connect(str(store.path))) as connection:
        for statement in ran:
            if not re.match("SELECT|UPDATE|DELETE|INSERT|WITH", statement.lstrip("( ")):
                continue
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            if " LIMIT " in statement and not any("TEMP B-TREE" in step for step in plan):
                plan = [step for step in plan if not IN_ORDER.match(step)]
            if any(map(WALK.search, plan)):
                found.append(f"{statement}\n{plan}")
    return found


def test_the_search_walks_over_no_event_whatever_is_typed(crowd: Fair) -> None:
    booked = crowd.sell("Ada Lovelace", seat="B7", foreign_code=FOREIGN)
    typed = (*TYPED, booked.code, *booked.ticket_codes, crowd.token(booked))
    with statements(crowd.store) as ran:
        for text in typed:
            find_tickets(crowd.store, STAFF.at(NOON), crowd.event.id, text, list_id=crowd.door.id)
    assert sum("ticket_search MATCH" in each for each in ran) > 10
    assert any("ticket.code IN" in each for each in ran)
    assert walks(crowd.store, ran) == []


def test_no_statement_of_the_door_walks_over_an_event(crowd: Fair) -> None:
    store, staff, boss = crowd.store, STAFF.at(NOON), SUPERVISOR.at(NOON)
    booked = crowd.sell_all(["Ada Lovelace", "Ben"], foreign_code=None)
    ticket_id = booked.ticket_ids[0]
    reissue(store, SYSTEM.at(NOON), booked.ticket_ids[1], reason="lost")
    with statements(store) as ran:
        for text in (*booked.ticket_codes, crowd.token(booked), "nothing of ours", FOREIGN):
            result = check_in(store, staff, crowd.scan(text, source=ScanSource.TYPED))
            check_in(store, boss, crowd.scan(text, force_reason="agreed"))
        guest_at(store, staff, ticket_id, crowd.door.id)
        ticket_view(store, staff, ticket_id, list_id=crowd.door.id)
        rest_of_booking(store, staff, ticket_id, crowd.door.id)
        booking_group(store, staff, ticket_id, crowd.door.id)
        recent_scans(store, STAFF, crowd.door.id)
        out = check_in(store, staff, crowd.scan(crowd.token(booked), direction=Direction.EXIT))
        undo(store, boss, out.scan_id)
        reprint(store, boss, ticket_id, reason="lost")
    assert result.outcome
    assert sum(each.startswith("INSERT INTO scan") for each in ran) > 5
    assert walks(store, ran) == []
