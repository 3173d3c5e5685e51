"""Services outside of the house, and deliveries that go to them, some of no event."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_ID = sa.LargeBinary(length=16)

_KEPT = (
    *("id", "kind", "event_id", "ticket_id", "scan_id", "state", "payload", "reason", "mark"),
    *("attempts", "due_at", "leased_until", "leased_by", "delivered_to", "last_error"),
    *("created_at", "finished_at", "gate_id", "device_id", "printer_id", "job_ref", "sent_at"),
    "said",
)
"""What a delivery had before."""

_PARTIAL = (
    ("ix_delivery_sent", ["printer_id"], "state = 'sent' AND job_ref IS NOT NULL"),
    ("ix_delivery_open", ["kind", "due_at"], "state IN ('queued', 'leased')"),
    ("ix_delivery_failed", ["kind"], "state = 'failed'"),
    ("ix_delivery_service_id", ["service_id"], "service_id IS NOT NULL"),
    ("ix_delivery_account_id", ["account_id"], "account_id IS NOT NULL"),
    ("ix_delivery_booking_id", ["booking_id"], "booking_id IS NOT NULL"),
)


def upgrade() -> None:
    """Add the table, and let a delivery belong to a service, an account or a booking."""
    op.create_table(
        "service",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", _ID, sa.ForeignKey("event.id", ondelete="CASCADE")),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("health_text", sa.Text(), nullable=False),
        sa.Column("said", sa.JSON()),
        sa.Column("checked_at", sa.BigInteger()),
        sa.Column("failing_since", sa.BigInteger()),
        sa.Column("rests_until", sa.BigInteger()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_index("ix_service_event_id", "service", ["event_id"])
    op.create_table(
        "delivery_new",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", _ID, sa.ForeignKey("event.id")),
        sa.Column("ticket_id", _ID, sa.ForeignKey("ticket.id")),
        sa.Column("scan_id", _ID, sa.ForeignKey("scan.id")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("leased_by", sa.Text()),
        sa.Column("delivered_to", sa.Text()),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("gate_id", _ID, sa.ForeignKey("gate.id")),
        sa.Column("device_id", _ID, sa.ForeignKey("device.id")),
        sa.Column("printer_id", _ID, sa.ForeignKey("printer.id")),
        sa.Column("job_ref", sa.Text()),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("said", sa.JSON()),
        sa.Column("service_id", _ID),
        sa.Column("account_id", _ID),
        sa.Column("booking_id", _ID),
    )
    kept = ", ".join(_KEPT)
    op.execute(f"INSERT INTO delivery_new ({kept}) SELECT {kept} FROM delivery")
    op.drop_table("delivery")
    op.rename_table("delivery_new", "delivery")
    op.create_index("ix_delivery_ticket_id", "delivery", ["ticket_id"])
    op.create_index("ix_delivery_scan_id", "delivery", ["scan_id"])
    for name, columns, where in _PARTIAL:
        condition = sa.text(where)
        op.create_index(
            name, "delivery", columns, sqlite_where=condition, postgresql_where=condition
        )
