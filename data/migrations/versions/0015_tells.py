"""What staff read with each verdict of a check-in list."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column; lists that are there show nothing more."""
    op.add_column(
        "check_in_list", sa.Column("tells", sa.JSON(), server_default="{}", nullable=False)
    )
