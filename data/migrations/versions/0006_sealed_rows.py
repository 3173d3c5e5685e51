"""Cash movements, invoices and the ledger cannot be replaced either, and the audit seals them."""

import json
import time

from alembic import op

from data.sealed_rows import DETAIL, bounds_of, seal_of
from eventdesk.core.ids import new_id

revision = "0006"
down_revision = "0005"

_KEYS = {
    "cash_movement": ("no", "id", "payment_id", "refund_id", "counters_id"),
    "invoice": ("id",),
    "ledger": ("no",),
}


def upgrade() -> None:
    """Add the triggers, and seal what is there in one entry of the audit."""
    for table, keys in _KEYS.items():
        there = " OR ".join(f"{key} = NEW.{key}" for key in keys)
        if table == "invoice":
            there += " OR (event_id, series, number) = (NEW.event_id, NEW.series, NEW.number)"
        words = table.replace("_", " ")
        # INSERT OR REPLACE deletes without asking the triggers for deleting.
        op.execute(
            f"CREATE TRIGGER {table}_is_new BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) "
            f"BEGIN SELECT RAISE(ABORT, 'this {words} is there already'); END"
        )
    for table in ("invoice", "ledger"):
        for name, act in (("stays", "UPDATE"), ("is_kept", "DELETE")):
            done = "changed" if act == "UPDATE" else "deleted"
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the {table} is never {done}'); END"
            )
    _seal()


def _seal() -> None:
    connection = op.get_bind()
    seals = [seal_of(connection, *bounds) for bounds in bounds_of(connection)]
    if seals:
        connection.exec_driver_sql(
            "INSERT INTO audit (id, at, actor_kind, actor_name, verb, subject_kind, detail)"
            " VALUES (?, ?, 'system', 'eventdesk', 'seal_rows', 'store', ?)",
            (new_id().bytes, time.time_ns() // 1000, json.dumps({DETAIL: seals})),
        )
