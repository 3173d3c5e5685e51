"""What accounts, events, ticket types, bookings and tickets know more."""

import sqlalchemy as sa
from alembic import op

from data.types import Id, Instant
from eventdesk.core.folding import fold

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, and fill them for what is there."""
    op.add_column("account", sa.Column("ban_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("account", sa.Column("erased_at", Instant(), nullable=True))
    op.add_column("account", sa.Column("commission_bp", sa.Integer(), nullable=True))
    op.add_column("account", sa.Column("folded_name", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_account_folded_name", "account", ["folded_name"], unique=False)
    op.add_column("booking", sa.Column("no", sa.Integer(), nullable=True))
    op.add_column("booking", sa.Column("expires_at", Instant(), nullable=True))
    op.add_column("booking", sa.Column("cancelled_at", Instant(), nullable=True))
    op.add_column("booking", sa.Column("source", sa.Text(), server_default="", nullable=False))
    op.add_column("booking", sa.Column("external_ref", sa.Text(), nullable=True))
    op.add_column(
        "booking", sa.Column("discount_code", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("booking", sa.Column("folded_name", sa.Text(), server_default="", nullable=False))
    op.add_column("booking", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "booking", sa.Column("kept_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(
        "ix_booking_due",
        "booking",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending' AND expires_at IS NOT NULL"),
    )
    op.create_index("ix_booking_email", "booking", ["email"], unique=False)
    op.create_index(
        "ix_booking_event_id_folded_name", "booking", ["event_id", "folded_name"], unique=False
    )
    op.create_index("ix_booking_event_id_state_no", "booking", ["event_id", "state", "no"])
    op.create_index("ix_booking_event_id_no", "booking", ["event_id", "no"], unique=False)
    op.create_index(
        "uq_booking_external_ref",
        "booking",
        ["event_id", "external_ref"],
        unique=True,
        sqlite_where=sa.text("external_ref IS NOT NULL"),
    )
    op.create_index("uq_booking_no", "booking", ["no"], unique=True)
    op.add_column("event", sa.Column("folded_name", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("category", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("language", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "event",
        sa.Column(
            "venue_id",
            Id(),
            sa.ForeignKey("venue.id", name="fk_event_venue_id_venue"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("event", sa.Column("online_url", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column(
        "event", sa.Column("visibility", sa.Text(), server_default="public", nullable=False)
    )
    op.add_column("event", sa.Column("access_code", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("refusal", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("submitted_at", Instant(), nullable=True))
    op.add_column("event", sa.Column("published_at", Instant(), nullable=True))
    op.add_column("event", sa.Column("cancelled_at", Instant(), nullable=True))
    op.add_column(
        "event",
        sa.Column(
            "owner_id",
            Id(),
            sa.ForeignKey("account.id", name="fk_event_owner_id_account"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("event", sa.Column("commission_bp", sa.Integer(), nullable=True))
    op.add_column(
        "event",
        sa.Column("prices_include_tax", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column(
        "event", sa.Column("hold_minutes", sa.Integer(), server_default="15", nullable=False)
    )
    op.add_column(
        "event", sa.Column("offer_minutes", sa.Integer(), server_default="120", nullable=False)
    )
    op.add_column(
        "event",
        sa.Column("waitlist_auto", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("event", sa.Column("cancel_until", Instant(), nullable=True))
    op.add_column(
        "event", sa.Column("cancel_fee_bp", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "event", sa.Column("cancel_fee_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("event", sa.Column("transfer_until", Instant(), nullable=True))
    op.add_column("event", sa.Column("queue_from", Instant(), nullable=True))
    op.add_column("event", sa.Column("queue_until", Instant(), nullable=True))
    op.add_column(
        "event", sa.Column("invoice_sender", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("event", sa.Column("bank_details", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_event_owner_id", "event", ["owner_id"], unique=False)
    op.create_index("ix_event_state_starts_at", "event", ["state", "starts_at"], unique=False)
    op.add_column(
        "event_role", sa.Column("permissions", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column(
        "ticket",
        sa.Column(
            "account_id",
            Id(),
            sa.ForeignKey("account.id", name="fk_ticket_account_id_account"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "ticket", sa.Column("price_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket", sa.Column("discount_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket", sa.Column("tax_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket", sa.Column("fee_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket", sa.Column("commission_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket",
        sa.Column(
            "discount_id",
            Id(),
            sa.ForeignKey("discount.id", name="fk_ticket_discount_id_discount"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("ticket", sa.Column("external_ref", sa.Text(), nullable=True))
    op.create_index(
        "ix_ticket_account_id",
        "ticket",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_discount_id",
        "ticket",
        ["discount_id"],
        unique=False,
        sqlite_where=sa.text("discount_id IS NOT NULL"),
    )
    op.add_column(
        "ticket_type", sa.Column("description", sa.Text(), server_default="", nullable=False)
    )
    op.add_column(
        "ticket_type",
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column(
        "ticket_type",
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("ticket_type", sa.Column("most_per_booking", sa.Integer(), nullable=True))
    op.add_column(
        "ticket_type", sa.Column("tax_bp", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket_type", sa.Column("fee_bp", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket_type", sa.Column("fee_minor", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "ticket_type",
        sa.Column(
            "section_id",
            Id(),
            sa.ForeignKey("seat_section.id", name="fk_ticket_type_section_id_seat_section"),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column(
        "ticket_type",
        sa.Column("waitlist", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    _fill()


def _fill() -> None:
    """Give what an older release wrote the values it would have now."""
    op.execute(
        "UPDATE booking SET no = numbered.no, source = 'desk' FROM"
        " (SELECT id, row_number() OVER (ORDER BY created_at, id) AS no FROM booking) AS numbered"
        " WHERE numbered.id = booking.id"
    )
    op.execute(
        "UPDATE ticket SET price_minor = ticket_type.price_minor FROM ticket_type"
        " WHERE ticket_type.id = ticket.ticket_type_id"
    )
    op.execute("UPDATE event SET published_at = created_at WHERE state = 'published'")
    op.execute(
        "UPDATE event SET owner_id = (SELECT account_id FROM event_role"
        " WHERE event_role.event_id = event.id AND event_role.role = 'organizer' LIMIT 1)"
    )
    connection = op.get_bind()
    for table in ("account", "event", "booking"):
        rows = connection.exec_driver_sql(f"SELECT rowid, name FROM {table}").all()
        folded = [(fold(name), number) for number, name in rows]
        if folded:
            connection.exec_driver_sql(
                f"UPDATE {table} SET folded_name = ? WHERE rowid = ?", folded
            )
