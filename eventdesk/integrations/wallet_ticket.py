"""A ticket as wallets show it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WalletTicket:
    """What stands on a pass; texts as people typed them.

    Attributes:
        revision: How often its code was made: a pass of another revision is another pass.
        token: Text of the QR code; "" where it has none, and then the pass is void.
        code: The short code a person can type.
        seat: "" for none.
        where: Venue and address in one line; may be "".
        time_zone: The event's, by its IANA name.
        booking_address: Where its owner reads more; "" for nowhere.
        language: The reader's, as BCP 47 writes it.
    """

    ticket_id: UUID
    event_id: UUID
    revision: int
    token: str
    code: str
    holder: str
    ticket_type: str
    seat: str
    event: str
    where: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    booking_address: str = ""
    language: str = "en"
