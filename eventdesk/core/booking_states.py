"""The states of a booking, as rows and views name them."""

PENDING, PAID, CANCELLED, EXPIRED = "pending", "paid", "cancelled", "expired"
"""What a booking may be; its tickets take places while it is pending or paid."""
