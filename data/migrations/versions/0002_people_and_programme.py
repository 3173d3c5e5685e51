"""People and programme, seats and codes: the tables before the door."""

import sqlalchemy as sa
from alembic import op

from data.types import Id, Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of people, programme, seats and discount codes."""
    op.create_table(
        "one_time_code",
        sa.Column("id", Id(), nullable=False),
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_one_time_code_account_id_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_code"),
    )
    op.create_index("ix_one_time_code_account_id", "one_time_code", ["account_id"], unique=False)
    op.create_table(
        "profile",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("pronouns", sa.Text(), server_default="", nullable=False),
        sa.Column("organization", sa.Text(), server_default="", nullable=False),
        sa.Column("badge_line", sa.Text(), server_default="", nullable=False),
        sa.Column("interests", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("dietary", sa.Text(), server_default="", nullable=False),
        sa.Column("access_needs", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_method", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("silenced", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_profile_account_id_account"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_profile"),
    )
    op.create_table(
        "discount",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("most_tickets", sa.Integer(), nullable=True),
        sa.Column("valid_from", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_discount_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_discount"),
        sa.UniqueConstraint("event_id", "code", name="uq_discount_event_id_code"),
    )
    op.create_table(
        "invitation",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("invited_at", Instant(), nullable=False),
        sa.Column("vip", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_invitation_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("event_id", "email", name="uq_invitation_event_id_email"),
    )
    op.create_table(
        "notice",
        sa.Column("id", Id(), nullable=False),
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_notice_account_id_account"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_notice_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index(
        "ix_notice_account_id_created_at", "notice", ["account_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "seat_section",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_seat_section_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_seat_section"),
    )
    op.create_index("ix_seat_section_event_id", "seat_section", ["event_id"], unique=False)
    op.create_table(
        "speaker",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("biography", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_speaker_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_speaker"),
    )
    op.create_index("ix_speaker_event_id", "speaker", ["event_id"], unique=False)
    op.create_table(
        "sponsor",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("on_badges", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_sponsor_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_sponsor"),
    )
    op.create_index("ix_sponsor_event_id", "sponsor", ["event_id"], unique=False)
    op.create_table(
        "venue",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_venue_event_id_event"),
        sa.PrimaryKeyConstraint("id", name="pk_venue"),
    )
    op.create_index("ix_venue_event_id", "venue", ["event_id"], unique=False)
    op.create_table(
        "discount_type",
        sa.Column("discount_id", Id(), nullable=False),
        sa.Column("ticket_type_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discount_id"], ["discount.id"], name="fk_discount_type_discount_id_discount"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"],
            ["ticket_type.id"],
            name="fk_discount_type_ticket_type_id_ticket_type",
        ),
        sa.PrimaryKeyConstraint("discount_id", "ticket_type_id", name="pk_discount_type"),
    )
    op.create_table(
        "room",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("venue_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_room_event_id_event"),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name="fk_room_venue_id_venue"),
        sa.PrimaryKeyConstraint("id", name="pk_room"),
    )
    op.create_index("ix_room_event_id", "room", ["event_id"], unique=False)
    op.create_index("ix_room_venue_id", "room", ["venue_id"], unique=False)
    op.create_table(
        "seat",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("section_id", Id(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("row_name", sa.Text(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("column_no", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("ticket_id", Id(), nullable=True),
        sa.Column("held_by", Id(), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_seat_event_id_event"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["seat_section.id"], name="fk_seat_section_id_seat_section"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_seat_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_seat"),
        sa.UniqueConstraint("event_id", "label", name="uq_seat_event_id_label"),
        sa.UniqueConstraint(
            "section_id", "row_no", "column_no", name="uq_seat_section_id_row_no_column_no"
        ),
        sa.UniqueConstraint("ticket_id", name="uq_seat_ticket_id"),
    )
    op.create_index(
        "ix_seat_held_by",
        "seat",
        ["held_by"],
        unique=False,
        sqlite_where=sa.text("held_by IS NOT NULL"),
    )
    op.create_table(
        "session",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("room_id", Id(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("tags", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("sign_up", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_session_event_id_event"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_session_room_id_room"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index(
        "ix_session_event_id_starts_at", "session", ["event_id", "starts_at"], unique=False
    )
    op.create_index("ix_session_room_id", "session", ["room_id"], unique=False)
    op.create_table(
        "session_speaker",
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("speaker_id", Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_session_speaker_session_id_session"
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name="fk_session_speaker_speaker_id_speaker"
        ),
        sa.PrimaryKeyConstraint("session_id", "speaker_id", name="pk_session_speaker"),
    )
    op.create_index(
        "ix_session_speaker_speaker_id", "session_speaker", ["speaker_id"], unique=False
    )
    op.create_table(
        "sign_up",
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_sign_up_account_id_account"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_sign_up_event_id_event"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_sign_up_session_id_session"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sign_up"),
        sa.UniqueConstraint("session_id", "account_id", name="uq_sign_up_session_id_account_id"),
    )
    op.create_index("ix_sign_up_account_id", "sign_up", ["account_id"], unique=False)
    op.create_table(
        "ticket_type_session",
        sa.Column("ticket_type_id", Id(), nullable=False),
        sa.Column("session_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_ticket_type_session_session_id_session"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"],
            ["ticket_type.id"],
            name="fk_ticket_type_session_ticket_type_id_ticket_type",
        ),
        sa.PrimaryKeyConstraint("ticket_type_id", "session_id", name="pk_ticket_type_session"),
    )
