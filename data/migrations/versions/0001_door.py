"""The first schema: people, events, tickets, lists, scans, admissions, deliveries, audit."""

import sqlalchemy as sa
from alembic import op

from data.types import Id, Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first release."""
    op.create_table(
        "account",
        sa.Column("id", Id(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("secret_kind", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("banned_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", Id(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("event_id", Id(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sa.UniqueConstraint("id", name="uq_audit_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit_link",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_link"),
    )
    op.create_table(
        "device",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
    )
    op.create_table(
        "event",
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("currency_exponent", sa.Integer(), nullable=False),
        sa.Column("staff_pin_hash", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("code", name="uq_event_code"),
        sa.UniqueConstraint("number", name="uq_event_number"),
    )
    op.create_table(
        "name_word",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name="pk_name_word"),
        sa.UniqueConstraint("word", name="uq_name_word_word"),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    op.create_table(
        "token_key",
        sa.Column("key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("first_used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_token_key"),
    )
    op.create_table(
        "wrong_try",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_wrong_try"),
    )
    op.create_table(
        "booking",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("account_id", Id(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("currency_exponent", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_booking_account_id_account"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_booking_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
        sa.UniqueConstraint("code", name="uq_booking_code"),
    )
    op.create_index("ix_booking_account_id", "booking", ["account_id"], unique=False)
    op.create_index("ix_booking_event_id", "booking", ["event_id"], unique=False)
    op.create_table(
        "check_in_list",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=True),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.Column("entry_policy", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("unpaid_policy", sa.Text(), nullable=False),
        sa.Column("print_policy", sa.Text(), nullable=False),
        sa.Column("exit_needs_entry", sa.Boolean(), nullable=False),
        sa.Column("min_minutes_between", sa.Integer(), nullable=False),
        sa.Column("max_entries", sa.Integer(), nullable=True),
        sa.Column("attention", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_check_in_list_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_check_in_list"),
    )
    op.create_index("ix_check_in_list_event_id", "check_in_list", ["event_id"], unique=False)
    op.create_table(
        "event_role",
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_event_role_account_id_account"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_event_role_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "account_id", name="pk_event_role"),
    )
    op.create_index("ix_event_role_account_id", "event_role", ["account_id"], unique=False)
    op.create_table(
        "gate",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_gate_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_gate"),
    )
    op.create_index("ix_gate_event_id", "gate", ["event_id"], unique=False)
    op.create_table(
        "ticket_type",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("sales_from", Instant(), nullable=True),
        sa.Column("sales_until", Instant(), nullable=True),
        sa.Column("valid_from", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_ticket_type_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_type"),
    )
    op.create_index("ix_ticket_type_event_id", "ticket_type", ["event_id"], unique=False)
    op.create_table(
        "check_in_list_type",
        sa.Column("list_id", Id(), nullable=False),
        sa.Column("ticket_type_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["check_in_list.id"], name="fk_check_in_list_type_list_id_check_in_list"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"],
            ["ticket_type.id"],
            name="fk_check_in_list_type_ticket_type_id_ticket_type",
        ),
        sa.PrimaryKeyConstraint("list_id", "ticket_type_id", name="pk_check_in_list_type"),
    )
    op.create_table(
        "ticket",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("booking_id", Id(), nullable=False),
        sa.Column("ticket_type_id", Id(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("holder_email", sa.Text(), nullable=False),
        sa.Column("line_two", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("attention", sa.Text(), nullable=False),
        sa.Column("blocked_note", sa.Text(), nullable=True),
        sa.Column("valid_from", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("search_no", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name="fk_ticket_booking_id_booking"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_ticket_event_id_event"),
        sa.ForeignKeyConstraint(
            ["key_id"], ["token_key.key_id"], name="fk_ticket_key_id_token_key"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name="fk_ticket_ticket_type_id_ticket_type"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("code", name="uq_ticket_code"),
        sa.UniqueConstraint("search_no", name="uq_ticket_search_no"),
    )
    op.create_index("ix_ticket_booking_id", "ticket", ["booking_id"], unique=False)
    op.create_index(
        "ix_ticket_event_id_ticket_type_id_state",
        "ticket",
        ["event_id", "ticket_type_id", "state"],
        unique=False,
    )
    op.create_table(
        "scan",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("device_id", Id(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("list_id", Id(), nullable=False),
        sa.Column("ticket_id", Id(), nullable=True),
        sa.Column("gate_id", Id(), nullable=True),
        sa.Column("actor_id", Id(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scanned", sa.Text(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("force_reason", sa.Text(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("annulled_at", Instant(), nullable=True),
        sa.Column("annulled_by", sa.Text(), nullable=True),
        sa.Column("annulled_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_scan_device_id_device"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_scan_event_id_event"),
        sa.ForeignKeyConstraint(["gate_id"], ["gate.id"], name="fk_scan_gate_id_gate"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["check_in_list.id"], name="fk_scan_list_id_check_in_list"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_scan_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("no", name="pk_scan"),
        sa.UniqueConstraint("device_id", "nonce", name="uq_scan_device_id_nonce"),
        sa.UniqueConstraint("id", name="uq_scan_id"),
    )
    op.create_index("ix_scan_list_id_no", "scan", ["list_id", "no"], unique=False)
    op.create_index("ix_scan_list_id_outcome", "scan", ["list_id", "outcome"], unique=False)
    op.create_index(
        "ix_scan_ticket_id_list_id",
        "scan",
        ["ticket_id", "list_id"],
        unique=False,
        sqlite_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.create_table(
        "token_revocation",
        sa.Column("ticket_id", Id(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name="fk_token_revocation_ticket_id_ticket"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "revision", name="pk_token_revocation"),
    )
    op.create_table(
        "admission",
        sa.Column("id", Id(), nullable=False),
        sa.Column("ticket_id", Id(), nullable=False),
        sa.Column("list_id", Id(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("scan_id", Id(), nullable=False),
        sa.Column("admitted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["check_in_list.id"], name="fk_admission_list_id_check_in_list"
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name="fk_admission_scan_id_scan"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_admission_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_admission"),
        sa.UniqueConstraint("scan_id", name="uq_admission_scan_id"),
        sa.UniqueConstraint(
            "ticket_id", "list_id", "slot", name="uq_admission_ticket_id_list_id_slot"
        ),
    )
    op.create_index(
        "ix_admission_list_id_ticket_id", "admission", ["list_id", "ticket_id"], unique=False
    )
    op.create_table(
        "delivery",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("ticket_id", Id(), nullable=True),
        sa.Column("scan_id", Id(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("delivered_to", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_delivery_event_id_event"),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name="fk_delivery_scan_id_scan"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_delivery_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["kind"],
        unique=False,
        sqlite_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["kind", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'leased')"),
    )
    op.create_index("ix_delivery_scan_id", "delivery", ["scan_id"], unique=False)
    op.create_index("ix_delivery_ticket_id", "delivery", ["ticket_id"], unique=False)
    op.execute(
        """CREATE VIRTUAL TABLE ticket_search USING fts5(
            name, email, code, seat,
            content='', contentless_delete=1, detail=column, prefix='1 2 3',
            tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co So'"
        )"""
    )
