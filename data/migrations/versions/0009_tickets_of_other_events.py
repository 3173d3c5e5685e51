"""Scans of tickets of other events keep nothing of these tickets."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Take out what scans that were refused for the wrong event kept."""
    op.execute(
        "UPDATE scan SET ticket_id = NULL, scanned = '', result = json_set(result, "
        "'$.ticket_id', NULL, '$.ticket_code', NULL, '$.name', NULL, '$.line_two', '', "
        "'$.ticket_type', '', '$.seat', '', '$.reason', '', '$.attention', '', "
        "'$.first_admitted_at', NULL, '$.first_gate', '') WHERE outcome = 'wrong_event'"
    )
