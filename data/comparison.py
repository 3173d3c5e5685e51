"""Comparing two store files: how many rows, what the ledger holds, and which tables differ."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from data.files import reading

AT_ONCE = 4096
"""Rows that are read and compared at once."""

DERIVED = "ticket_search"
"""The full-text index and its shadow tables, which are made of the tickets."""

BALANCES = (
    "SELECT hex(event_id), account, currency, sum(amount_minor) FROM ledger"
    " GROUP BY event_id, account, currency"
)


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows a table has in two files."""

    table: str
    former: int
    present: int


def count_rows(former: Path, present: Path) -> list[Rows]:
    """Count the rows of every table that both files have.

    Entries that were added to the audit count not, for a migration may seal rows there.
    """
    with ExitStack() as open_files:
        files = [open_files.enter_context(reading(path)) for path in (former, present)]
        (last,) = files[0].execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone()
        found = []
        for table in sorted(set(_tables(files[0])) & set(_tables(files[1]))):
            asked = f'SELECT count(*) FROM "{table}"'
            if table == "audit":
                asked += f" WHERE seq <= {last}"
            found.append(Rows(table, *(file.execute(asked).fetchone()[0] for file in files)))
    return found


def ledger_balances(path: Path) -> dict[tuple[str, str, str], int] | None:
    """Minor units by event, account and currency; None where a file has no ledger yet."""
    with reading(path) as file:
        if "ledger" not in _tables(file):
            return None
        return {tuple(row[:3]): row[3] for row in file.execute(BALANCES)}


def differing(former: Path, present: Path, but_for: Mapping[str, str]) -> list[Rows]:
    """Compare every row of two files of one schema.

    `but_for` has the condition for the rows that count, of tables where not all do. Named are the
    tables that differ, also where they have as many rows.
    """
    with ExitStack() as open_files:
        files = [open_files.enter_context(reading(path)) for path in (former, present)]
        found = []
        for table in _tables(files[0]):
            condition = but_for.get(table, "true")
            asked = f'FROM "{table}" WHERE {condition}'
            columns = ", ".join(
                f'"{row[1]}"' for row in files[0].execute(f'PRAGMA table_info("{table}")')
            )
            rows = [_blocks(file, f"SELECT {columns} {asked} ORDER BY rowid") for file in files]
            if any(ours != theirs for ours, theirs in zip_longest(*rows)):
                counts = [file.execute(f"SELECT count(*) {asked}").fetchone()[0] for file in files]
                found.append(Rows(table, *counts))
    return found


def link_digest(path: Path, seq: int) -> bytes | None:
    """The digest of a link of the audit's chain; None where the chain does not reach it."""
    with reading(path) as file:
        row = file.execute("SELECT digest FROM audit_link WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else bytes(row[0])


def _tables(file: Any) -> list[str]:
    rows = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in rows if not name.startswith(("sqlite_", "alembic_", DERIVED))]


def _blocks(file: Any, asked: str) -> Iterator[list[Any]]:
    cursor = file.execute(asked)
    while block := cursor.fetchmany(AT_ONCE):
        yield block
