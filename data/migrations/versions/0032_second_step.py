"""The second step at sign-in: a code of an app, and the codes that stand in for it."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the tables; nobody has a second step before they set one up."""
    op.create_table(
        "second_step",
        sa.Column(
            "account_id", sa.LargeBinary(length=16), sa.ForeignKey("account.id"), primary_key=True
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
    )
    op.create_table(
        "recovery_code",
        sa.Column(
            "account_id", sa.LargeBinary(length=16), sa.ForeignKey("account.id"), primary_key=True
        ),
        sa.Column("code_hash", sa.Text(), primary_key=True),
        sa.Column("used_at", sa.BigInteger()),
    )
