"""Ticket types that let nobody in."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the column; each of the types that are there lets one in."""
    op.add_column(
        "ticket_type", sa.Column("admits", sa.Integer(), server_default="1", nullable=False)
    )
