"""Events whose sales anybody may see."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the column; nobody but the team sees the sales of events that are there."""
    op.add_column(
        "event", sa.Column("public_sales", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
