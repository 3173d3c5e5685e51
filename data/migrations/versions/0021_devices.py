"""Devices that work through this house, and the codes with which they pair."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_ID = sa.LargeBinary(length=16)


def upgrade() -> None:
    """Add the tables; they fill once a device is paired."""
    op.create_table(
        "paired_device",
        sa.Column("id", _ID, sa.ForeignKey("device.id"), primary_key=True),
        *_profile(),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("paired_by", _ID, sa.ForeignKey("account.id"), nullable=True),
        sa.Column("paired_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("secret_hash", name="uq_paired_device_secret_hash"),
    )
    op.create_index("ix_paired_device_event_id", "paired_device", ["event_id"])
    op.create_table(
        "pairing_offer",
        sa.Column("code_hash", sa.Text(), primary_key=True),
        *_profile(),
        sa.Column("offered_by", _ID, sa.ForeignKey("account.id"), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("device_id", _ID, sa.ForeignKey("device.id"), nullable=True),
    )
    op.create_index("ix_pairing_offer_event_id", "pairing_offer", ["event_id"])


def _profile() -> list[sa.Column[object]]:
    """The columns that say what a device is for."""
    return [
        sa.Column("event_id", _ID, sa.ForeignKey("event.id", ondelete="CASCADE"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        _place("list_id", "check_in_list.id"),
        _place("gate_id", "gate.id"),
        _place("printer_id", "printer.id"),
    ]


def _place(name: str, of: str) -> sa.Column[object]:
    return sa.Column(name, _ID, sa.ForeignKey(of, ondelete="SET NULL"), nullable=True)
