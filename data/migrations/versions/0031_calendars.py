"""Subscribed calendars: people's secret addresses, and what was told last of each entry."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the tables; nobody has an address before they ask for one."""
    op.create_table(
        "calendar_link",
        sa.Column(
            "account_id", sa.LargeBinary(length=16), sa.ForeignKey("account.id"), primary_key=True
        ),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "calendar_entry",
        sa.Column("id", sa.LargeBinary(length=16), primary_key=True),
        sa.Column("event_id", sa.LargeBinary(length=16), sa.ForeignKey("event.id"), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_calendar_entry_event_id", "calendar_entry", ["event_id"])
