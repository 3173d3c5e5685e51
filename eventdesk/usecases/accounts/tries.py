"""Wrong tries, as accounts count them; `wrong_tries` says how."""

from eventdesk.usecases.wrong_tries import (
    MAX_EMAIL,
    WRONG,
    address_of,
    charge,
    forgive,
    refund,
    subject_of,
)

__all__ = ["MAX_EMAIL", "WRONG", "address_of", "charge", "forgive", "refund", "subject_of"]
