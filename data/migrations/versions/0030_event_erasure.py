"""When the personal data of an event go, and how far their erasure has come."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the table; nothing is erased before somebody says so."""
    op.create_table(
        "event_erasure",
        sa.Column(
            "event_id", sa.LargeBinary(length=16), sa.ForeignKey("event.id"), primary_key=True
        ),
        sa.Column("days", sa.Integer()),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("begun_at", sa.BigInteger()),
        sa.Column("log_read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bookings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tickets", sa.Integer(), server_default="0", nullable=False),
        sa.Column("entries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("erased_at", sa.BigInteger()),
    )
