"""Lists whose entries end the stay in other rooms."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; nothing changes for lists that are there."""
    op.add_column(
        "check_in_list",
        sa.Column("ends_stays", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
