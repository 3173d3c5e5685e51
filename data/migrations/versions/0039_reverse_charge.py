"""Reverse charge: whether an event allows it, and the tax that buyers owe themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Add the switch of an event, and the tax that was taken off a ticket."""
    op.add_column(
        "event",
        sa.Column("reverse_charge", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "ticket", sa.Column("reverse_minor", sa.Integer(), server_default="0", nullable=False)
    )
