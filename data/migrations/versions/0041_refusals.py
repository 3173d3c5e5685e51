"""Refused bookings, and when each ticket ended: what a list of all transactions tells."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_ID = sa.LargeBinary(length=16)


def upgrade() -> None:
    """Add both; tickets that ended before have the instant of their booking or of the ledger."""
    op.create_table(
        "refusal",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("event_id", _ID, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("ticket_type_id", _ID, sa.ForeignKey("ticket_type.id")),
        sa.Column("account_id", _ID, sa.ForeignKey("account.id")),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_refusal_event_id_refused_at", "refusal", ["event_id", "refused_at"])
    op.create_index("ix_refusal_account_id", "refusal", ["account_id"])
    where = sa.text("ticket_type_id IS NOT NULL")
    op.create_index(
        "ix_refusal_ticket_type_id",
        "refusal",
        ["ticket_type_id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.add_column("ticket", sa.Column("ended_at", sa.BigInteger()))
    op.execute(
        "UPDATE ticket SET ended_at = coalesce("
        "(SELECT cancelled_at FROM booking WHERE booking.id = ticket.booking_id), "
        "(SELECT max(at) FROM ledger WHERE ledger.booking_id = ticket.booking_id "
        "AND memo IN ('cancelled', 'expired', 'changed elsewhere'))) "
        "WHERE state IN ('cancelled', 'expired')"
    )
