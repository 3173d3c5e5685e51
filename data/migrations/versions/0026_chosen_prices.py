"""Ticket types whose price is named by who books."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the columns; the prices of types that are there stay fixed."""
    op.add_column(
        "ticket_type",
        sa.Column("price_chosen", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("ticket_type", sa.Column("suggested_minor", sa.Integer(), nullable=True))
