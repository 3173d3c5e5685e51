"""Texts that the program wrote into rows, as messages beside their English words."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TABLES = ("notice", "queue_request", "delivery", "statement_line")


def upgrade() -> None:
    """Add the columns; rows that are there keep only their words."""
    for table in TABLES:
        op.add_column(table, sa.Column("said", sa.JSON(none_as_null=True), nullable=True))
