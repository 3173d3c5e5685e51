"""Mails of announcements: found by what they bring, and held while somebody wants that."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add what holds an announcement, and which one a delivery brings."""
    op.add_column("announcement", sa.Column("hold", sa.Text(), nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("announcement_id", sa.LargeBinary(length=16)))
    where = sa.text("announcement_id IS NOT NULL")
    op.create_index(
        "ix_delivery_announcement_id",
        "delivery",
        ["announcement_id", "state"],
        sqlite_where=where,
        postgresql_where=where,
    )
