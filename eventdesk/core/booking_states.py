"""The states of a booking, as rows and views name them."""

from typing import Final

from eventdesk.core.messages import msg_p

PENDING, PAID, CANCELLED, EXPIRED = "pending", "paid", "cancelled", "expired"
"""What a booking may be; its tickets take places while it is pending or paid."""

VALID, GIVEN = "valid", "given"
"""What a ticket may be besides cancelled or expired; a given one, a donation, lets nobody in."""

SOLD_STATES: Final = (VALID, GIVEN)
"""The states of tickets that a booking costs."""

STATE_WORDS: Final = {
    PENDING: msg_p("booking", "pending"),
    PAID: msg_p("booking", "paid"),
    CANCELLED: msg_p("booking", "cancelled"),
    EXPIRED: msg_p("booking", "expired"),
}
"""How a sentence names each state."""
