"""People at providers elsewhere who may sign in to an account."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add the table; nobody is linked before they said so."""
    op.create_table(
        "linked_identity",
        sa.Column("id", sa.LargeBinary(length=16), primary_key=True),
        sa.Column(
            "account_id", sa.LargeBinary(length=16), sa.ForeignKey("account.id"), nullable=False
        ),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("given", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.UniqueConstraint("issuer", "subject", name="uq_linked_identity_issuer_subject"),
    )
    op.create_index("ix_linked_identity_account_id", "linked_identity", ["account_id"])
