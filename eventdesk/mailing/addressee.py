"""Whom a mail goes to."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail goes to.

    Attributes:
        account_id: Their account; None is who has none.
        language: In which they read; "" is the event's, then the program's.
        booker: Whether all of a booking is theirs, not only their own tickets.
    """

    address: str
    name: str
    account_id: UUID | None = None
    language: str = ""
    booker: bool = False
