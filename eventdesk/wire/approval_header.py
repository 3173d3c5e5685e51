"""A supervisor's approval as a header: it only names the entry of the house, which is asked."""

import json
from typing import Final

from eventdesk.acts import Approval
from eventdesk.wire.codec import adapter, read_json

APPROVAL: Final = "Approval"


def write_approval(approval: Approval) -> str:
    """The header's value: JSON in ASCII."""
    return json.dumps(adapter(Approval).dump_python(approval, mode="json"))


def read_approval(written: str | None) -> Approval | None:
    """The approval of a header; None without one.

    Raises:
        InvalidInputError: It is none.
    """
    return None if written is None else read_json(Approval, written.encode())
