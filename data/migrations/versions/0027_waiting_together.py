"""Waitlist entries for several places together, and how many places went past each."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

TABLE = "waitlist_entry"
PARTY = sa.text("state = 'waiting' AND least > 1")


def upgrade() -> None:
    """Add the columns, and count places in the indexes that entries were counted in."""
    for name, default in (("places", "1"), ("least", "1"), ("passed", "0")):
        column = sa.Column(name, sa.Integer(), server_default=default, nullable=False)
        op.add_column(TABLE, column)
    order: list[str | sa.TextClause] = ["state", sa.text("priority DESC"), "no", "event_id"]
    for of in ("ticket_type_id", "session_id"):
        op.drop_index(f"ix_waitlist_entry_{of}", TABLE)
        op.create_index(f"ix_waitlist_entry_{of}", TABLE, [of, *order, "places", "least"])
    op.create_index(
        "ix_waitlist_entry_party",
        TABLE,
        ["ticket_type_id"],
        sqlite_where=PARTY,
        postgresql_where=PARTY,
    )
