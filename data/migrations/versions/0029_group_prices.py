"""Prices for groups: of a ticket type, and of the tickets that were sold at one."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the columns; no type that is there has such a price."""
    op.add_column("ticket_type", sa.Column("group_from", sa.Integer(), nullable=True))
    op.add_column("ticket_type", sa.Column("group_minor", sa.Integer(), nullable=True))
    op.add_column("ticket", sa.Column("group_from", sa.Integer(), nullable=True))
