"""Entries of the audit from which a person's words can be taken without breaking the chain."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the salts of an entry's texts, and the digests of those that were erased."""
    op.add_column("audit", sa.Column("salts", sa.JSON(), nullable=True))
    op.add_column("audit", sa.Column("withheld", sa.JSON(), nullable=True))
