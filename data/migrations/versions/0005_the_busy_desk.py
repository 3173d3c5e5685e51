"""Printers, cash drawers, and what lists, scans, tickets and badges know more."""

import sqlalchemy as sa
from alembic import op

from data.types import Id, Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the new tables, and add the columns."""
    _printers()
    _cash()
    _lists()
    _scans()
    _text("event", "badge_layout")
    _flag("event", "badge_correction")
    op.add_column(
        "event", sa.Column("reprint_limit", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("account", sa.Column("desk_pin_hash", sa.Text(), nullable=True))
    _flag("ticket_type", "accompanied")
    _reference("ticket", "companion_of", "ticket")
    op.create_index(
        "ix_ticket_companion_of",
        "ticket",
        ["companion_of"],
        unique=False,
        sqlite_where=sa.text("companion_of IS NOT NULL"),
    )
    for name, target in (("gate_id", "gate"), ("device_id", "device"), ("printer_id", "printer")):
        _reference("delivery", name, target)
    op.add_column("delivery", sa.Column("job_ref", sa.Text(), nullable=True))
    op.add_column("delivery", sa.Column("sent_at", Instant(), nullable=True))
    op.create_index(
        "ix_delivery_sent",
        "delivery",
        ["printer_id"],
        unique=False,
        sqlite_where=sa.text("state = 'sent' AND job_ref IS NOT NULL"),
    )


def _printers() -> None:
    op.create_table(
        "printer",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("device_id", Id(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("labels_left", sa.Integer(), nullable=True),
        sa.Column("labels_warn", sa.Integer(), nullable=False),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("health_text", sa.Text(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_printer_device_id_device"),
        sa.PrimaryKeyConstraint("id", name="pk_printer"),
        sa.UniqueConstraint("name", name="uq_printer_name"),
    )
    op.create_table(
        "printer_gate",
        sa.Column("printer_id", Id(), nullable=False),
        sa.Column("gate_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["printer_id"], ["printer.id"], name="fk_printer_gate_printer_id_printer"
        ),
        sa.ForeignKeyConstraint(["gate_id"], ["gate.id"], name="fk_printer_gate_gate_id_gate"),
        sa.PrimaryKeyConstraint("printer_id", "gate_id", name="pk_printer_gate"),
    )


def _cash() -> None:
    op.create_table(
        "cash_shift",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("drawer", sa.Text(), nullable=False),
        sa.Column("operator_id", Id(), nullable=True),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("currency_exponent", sa.Integer(), nullable=False),
        sa.Column("float_minor", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("expected_minor", sa.Integer(), nullable=True),
        sa.Column("counted_minor", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handed_to_id", Id(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_cash_shift_event_id_event"),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["account.id"], name="fk_cash_shift_operator_id_account"
        ),
        sa.ForeignKeyConstraint(
            ["handed_to_id"], ["cash_shift.id"], name="fk_cash_shift_handed_to_id_cash_shift"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cash_shift"),
    )
    op.create_index("ix_cash_shift_event_id", "cash_shift", ["event_id"], unique=False)
    op.create_index(
        "uq_cash_shift_drawer",
        "cash_shift",
        ["event_id", "drawer"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_cash_shift_operator",
        "cash_shift",
        ["event_id", "operator_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND operator_id IS NOT NULL"),
    )
    op.create_table(
        "cash_movement",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("shift_id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("payment_id", Id(), nullable=True),
        sa.Column("refund_id", Id(), nullable=True),
        sa.Column("counters_id", Id(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["cash_shift.id"], name="fk_cash_movement_shift_id_cash_shift"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name="fk_cash_movement_payment_id_payment"
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refund.id"], name="fk_cash_movement_refund_id_refund"
        ),
        sa.ForeignKeyConstraint(
            ["counters_id"],
            ["cash_movement.id"],
            name="fk_cash_movement_counters_id_cash_movement",
        ),
        sa.PrimaryKeyConstraint("no", name="pk_cash_movement"),
        sa.UniqueConstraint("id", name="uq_cash_movement_id"),
        sa.UniqueConstraint("payment_id", name="uq_cash_movement_payment_id"),
        sa.UniqueConstraint("refund_id", name="uq_cash_movement_refund_id"),
        sa.UniqueConstraint("counters_id", name="uq_cash_movement_counters_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cash_movement_shift_id", "cash_movement", ["shift_id"], unique=False)
    # Names may be erased; everything else of a movement stays as it was written.
    op.execute(
        "CREATE TRIGGER cash_movement_stays BEFORE UPDATE OF "
        "no, id, shift_id, kind, amount_minor, payment_id, refund_id, counters_id, reason, at "
        "ON cash_movement BEGIN SELECT RAISE(ABORT, 'a cash movement is never changed'); END"
    )
    op.execute(
        "CREATE TRIGGER cash_movement_is_kept BEFORE DELETE ON cash_movement "
        "BEGIN SELECT RAISE(ABORT, 'a cash movement is never deleted'); END"
    )


def _lists() -> None:
    op.add_column(
        "check_in_list", sa.Column("kind", sa.Text(), server_default="arrive", nullable=False)
    )
    op.execute("UPDATE check_in_list SET kind = 'leave' WHERE direction = 'exit'")
    op.add_column(
        "check_in_list", sa.Column("rules", sa.JSON(), server_default="[]", nullable=False)
    )
    _reference("check_in_list", "room_id", "room")
    _reference("check_in_list", "session_id", "session")
    op.add_column("check_in_list", sa.Column("capacity", sa.Integer(), nullable=True))
    _text("check_in_list", "item")
    _reference("check_in_list", "item_question_id", "question")
    _text("check_in_list", "auto_exit")


def _scans() -> None:
    op.add_column("scan", sa.Column("answers", sa.JSON(), server_default="{}", nullable=False))
    _text("scan", "approved_by")
    op.add_column("scan", sa.Column("group_id", Id(), nullable=True))
    op.create_index(
        "ix_scan_annulled_at",
        "scan",
        ["annulled_at"],
        unique=False,
        sqlite_where=sa.text("annulled_at IS NOT NULL"),
    )
    op.create_table(
        "scan_timing",
        sa.Column("scan_id", Id(), nullable=False),
        sa.Column("verdict_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name="fk_scan_timing_scan_id_scan"),
        sa.PrimaryKeyConstraint("scan_id", name="pk_scan_timing"),
    )


def _text(table: str, name: str) -> None:
    op.add_column(table, sa.Column(name, sa.Text(), server_default="", nullable=False))


def _flag(table: str, name: str) -> None:
    op.add_column(table, sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))


def _reference(table: str, name: str, target: str) -> None:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}_{target}")
    op.add_column(table, sa.Column(name, Id(), key, nullable=True), inline_references=True)
