"""Passes that are told of changes: whose wallet they are in, and by what a device is told."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Add both; the passes that are there are Apple's, and are told once they register again."""
    for name, usual in (("wallet", "apple-wallet"), ("push_token", "")):
        op.add_column(
            "wallet_pass", sa.Column(name, sa.Text(), nullable=False, server_default=usual)
        )
