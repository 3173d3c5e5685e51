"""Announcements to the guests of an event."""

import sqlalchemy as sa
from alembic import op

from data.types import Id, Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, and the index that counts who has read one."""
    op.create_table(
        "announcement",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("sent_by", Id(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_through", Id(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_announcement_event_id_event"),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["account.id"], name="fk_announcement_sent_by_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_announcement"),
    )
    op.create_index("ix_announcement_sent_by", "announcement", ["sent_by"], unique=False)
    op.create_index(
        "ix_announcement_event_id_sent_at", "announcement", ["event_id", "sent_at"], unique=False
    )
    op.create_index(
        "ix_announcement_unfinished",
        "announcement",
        ["sent_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_notice_announcement",
        "notice",
        ["subject_id"],
        unique=False,
        sqlite_where=sa.text("subject_kind = 'announcement'"),
    )
