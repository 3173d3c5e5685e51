"""Passes in wallets: which device has which, and what it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the table; wallets register by themselves."""
    op.create_table(
        "wallet_pass",
        sa.Column("device", sa.Text(), primary_key=True),
        sa.Column(
            "ticket_id", sa.LargeBinary(length=16), sa.ForeignKey("ticket.id"), primary_key=True
        ),
        sa.Column("event_id", sa.LargeBinary(length=16), sa.ForeignKey("event.id"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
    )
    for column in ("event_id", "ticket_id"):
        op.create_index(f"ix_wallet_pass_{column}", "wallet_pass", [column])
