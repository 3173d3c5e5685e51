"""Named sets of columns of exports, with their schedules."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ID = sa.LargeBinary(length=16)


def upgrade() -> None:
    """Add the table; it fills with what people name from now on."""
    op.create_table(
        "export_set",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("event_id", _ID, sa.ForeignKey("event.id"), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("name", "folder", "listing", "form")
        ),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("descending", sa.Boolean(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("minute", "weekday", "hours", "keep")
        ),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("try_at", sa.BigInteger(), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_by", _ID, sa.ForeignKey("account.id"), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("event_id", "folder", name="uq_export_set_event_id_folder"),
    )
    op.create_index(
        "ix_export_set_try", "export_set", ["try_at"], sqlite_where=sa.text("try_at IS NOT NULL")
    )
