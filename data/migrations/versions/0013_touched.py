"""What changed last, by topic and event, for those who show it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table; it fills with what is changed from now on."""
    op.create_table(
        "touched",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("event_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "event_id"),
    )
    op.create_index("ix_touched_version", "touched", ["version"])
