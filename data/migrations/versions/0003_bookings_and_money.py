"""Questions, waitlists, payments and the ledger."""

import sqlalchemy as sa
from alembic import op

from data.types import Id, Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of what is booked and paid."""
    op.create_table(
        "question",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("depends_on", Id(), nullable=True),
        sa.Column("depends_value", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["depends_on"], ["question.id"], name="fk_question_depends_on_question"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_question_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_event_id", "question", ["event_id"], unique=False)
    op.create_table(
        "voucher",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value_minor", sa.Integer(), nullable=False),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_voucher_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_voucher"),
        sa.UniqueConstraint("event_id", "code", name="uq_voucher_event_id_code"),
    )
    op.create_table(
        "invoice",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("booking_id", Id(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name="fk_invoice_booking_id_booking"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_invoice_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.UniqueConstraint(
            "event_id", "series", "number", name="uq_invoice_event_id_series_number"
        ),
    )
    op.create_index("ix_invoice_booking_id", "invoice", ["booking_id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("transaction_id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("booking_id", Id(), nullable=True),
        sa.Column("ticket_type_id", Id(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("currency_exponent", sa.Integer(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name="fk_ledger_booking_id_booking"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_ledger_event_id_event"),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name="fk_ledger_ticket_type_id_ticket_type"
        ),
        sa.PrimaryKeyConstraint("no", name="pk_ledger"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_booking_id", "ledger", ["booking_id"], unique=False)
    op.create_index(
        "ix_ledger_event_id_account_at", "ledger", ["event_id", "account", "at"], unique=False
    )
    op.create_index("ix_ledger_transaction_id", "ledger", ["transaction_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("booking_id", Id(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("currency_exponent", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("voucher_id", Id(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name="fk_payment_booking_id_booking"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_payment_event_id_event"),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name="fk_payment_voucher_id_voucher"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
    )
    op.create_index("ix_payment_booking_id", "payment", ["booking_id"], unique=False)
    op.create_index(
        "ix_payment_event_id_created_at", "payment", ["event_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_payment_open",
        "payment",
        ["provider"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "question_type",
        sa.Column("question_id", Id(), nullable=False),
        sa.Column("ticket_type_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name="fk_question_type_question_id_question"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"],
            ["ticket_type.id"],
            name="fk_question_type_ticket_type_id_ticket_type",
        ),
        sa.PrimaryKeyConstraint("question_id", "ticket_type_id", name="pk_question_type"),
    )
    op.create_table(
        "queue_request",
        sa.Column("id", Id(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("account_id", Id(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("booking_id", Id(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_queue_request_account_id_account"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name="fk_queue_request_booking_id_booking"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_queue_request_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_queue_request"),
        sa.UniqueConstraint("no", name="uq_queue_request_no"),
    )
    op.create_index("ix_queue_request_account_id", "queue_request", ["account_id"], unique=False)
    op.create_index(
        "ix_queue_request_event_id_state_priority",
        "queue_request",
        ["event_id", "state", "priority", "no"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("ticket_id", Id(), nullable=False),
        sa.Column("question_id", Id(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name="fk_answer_question_id_question"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_answer_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("ticket_id", "question_id", name="pk_answer"),
    )
    op.create_index("ix_answer_question_id", "answer", ["question_id"], unique=False)
    op.create_table(
        "payment_notice",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("payment_id", Id(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_payment_notice_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("provider", "notice", name="pk_payment_notice"),
    )
    op.create_table(
        "refund",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("booking_id", Id(), nullable=False),
        sa.Column("payment_id", Id(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name="fk_refund_booking_id_booking"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_refund_event_id_event"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_refund_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
    )
    op.create_index("ix_refund_booking_id", "refund", ["booking_id"], unique=False)
    op.create_index(
        "ix_refund_event_id_created_at", "refund", ["event_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_refund_open", "refund", ["event_id"], sqlite_where=sa.text("state != 'paid'")
    )
    op.create_index("ix_refund_payment_id", "refund", ["payment_id"], unique=False)
    op.create_table(
        "statement_line",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("payment_id", Id(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_statement_line_event_id_event"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_statement_line_payment_id_payment"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_statement_line"),
        sa.UniqueConstraint("event_id", "digest", name="uq_statement_line_event_id_digest"),
    )
    op.create_table(
        "waitlist_entry",
        sa.Column("id", Id(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("ticket_type_id", Id(), nullable=True),
        sa.Column("session_id", Id(), nullable=True),
        sa.Column("account_id", Id(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_at", Instant(), nullable=True),
        sa.Column("offer_until", Instant(), nullable=True),
        sa.Column("ticket_id", Id(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_waitlist_entry_account_id_account"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_waitlist_entry_event_id_event"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_waitlist_entry_session_id_session"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name="fk_waitlist_entry_ticket_id_ticket"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"],
            ["ticket_type.id"],
            name="fk_waitlist_entry_ticket_type_id_ticket_type",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waitlist_entry"),
        sa.UniqueConstraint("no", name="uq_waitlist_entry_no"),
    )
    op.create_index("ix_waitlist_entry_account_id", "waitlist_entry", ["account_id"], unique=False)
    op.create_index(
        "ix_waitlist_entry_due",
        "waitlist_entry",
        ["offer_until"],
        unique=False,
        sqlite_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "ix_waitlist_entry_event_id_no", "waitlist_entry", ["event_id", "no"], unique=False
    )
    op.create_index(
        "ix_waitlist_entry_session_id_state",
        "waitlist_entry",
        ["session_id", "state"],
        unique=False,
    )
    op.create_index(
        "ix_waitlist_entry_ticket_type_id_state",
        "waitlist_entry",
        ["ticket_type_id", "state"],
        unique=False,
    )
    op.create_index(
        "uq_waitlist_entry_session",
        "waitlist_entry",
        ["account_id", "session_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'offered') AND session_id IS NOT NULL"),
    )
    op.create_index(
        "uq_waitlist_entry_type",
        "waitlist_entry",
        ["account_id", "ticket_type_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'offered') AND ticket_type_id IS NOT NULL"),
    )
