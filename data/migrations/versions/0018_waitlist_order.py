"""Waitlists in the order in which places are given, so that a page is read from an index."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

TABLE = "waitlist_entry"


def upgrade() -> None:
    """Put the longer indexes in the place of those they begin with."""
    order: list[str | sa.TextClause] = ["state", sa.text("priority DESC"), "no"]
    op.create_index("ix_waitlist_entry_event", TABLE, ["event_id", *order])
    for of in ("ticket_type_id", "session_id"):
        op.drop_index(f"ix_waitlist_entry_{of}_state", TABLE)
        op.create_index(f"ix_waitlist_entry_{of}", TABLE, [of, *order, "event_id"])
