"""Mails: words that organizers changed, addresses that want none, when guests are reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_ID = sa.LargeBinary(length=16)


def upgrade() -> None:
    """Add both tables, and when an event reminds its guests."""
    op.add_column("event", sa.Column("reminders", sa.Text(), nullable=False, server_default="day"))
    op.create_table(
        "mail_text",
        sa.Column("event_id", _ID, sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("language", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "mail_stop",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=False),
    )
