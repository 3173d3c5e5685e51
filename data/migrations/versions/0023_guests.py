"""Bookings without an account, and the links that they are seen and changed by."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the columns and the table; events that are there go on asking for an account."""
    op.add_column("booking", sa.Column("link_no", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "event", sa.Column("guest_bookings", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.execute("UPDATE event SET guest_bookings = 0")
    op.create_table(
        "link_request",
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
    )
