"""Tokens of apps, which are made of a key that never changes."""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Forget the number of a key; apps that signed in before sign in once more."""
    op.drop_column("app_session", "key_id")
