"""Ticket codes of the systems that tickets were sold by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("ticket", sa.Column("foreign_code", sa.Text(collation="NOCASE"), nullable=True))
    op.create_index(
        "uq_ticket_foreign_code",
        "ticket",
        ["foreign_code", "event_id"],
        unique=True,
        sqlite_where=sa.text("foreign_code IS NOT NULL"),
    )
