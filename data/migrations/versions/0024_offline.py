"""Doors that go on without the house: which lists allow it, and what was decided there."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_ID = sa.LargeBinary(length=16)


def upgrade() -> None:
    """Add the setting, which no list has yet, and the table."""
    op.add_column(
        "check_in_list",
        sa.Column("offline", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "check_in_list",
        sa.Column("offline_hours", sa.Integer(), server_default="12", nullable=False),
    )
    op.create_table(
        "offline_scan",
        sa.Column("scan_id", _ID, sa.ForeignKey("scan.id"), primary_key=True),
        sa.Column("event_id", _ID, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=False),
        sa.Column("conflict", sa.Text(), nullable=True),
        sa.Column("other_id", _ID, sa.ForeignKey("scan.id"), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.Text(), server_default="", nullable=False),
        sa.Column("word", sa.Text(), server_default="", nullable=False),
    )
    op.create_index(
        "ix_offline_scan_conflict",
        "offline_scan",
        ["event_id"],
        sqlite_where=sa.text("conflict IS NOT NULL"),
    )
