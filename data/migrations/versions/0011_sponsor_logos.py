"""Logos of sponsors."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("sponsor", sa.Column("logo", sa.Text(), server_default="", nullable=False))
