"""Badges that guests print by themselves: whether an event lets them."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Add the switch of an event; no event that is there lets them."""
    op.add_column(
        "event", sa.Column("own_badges", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
