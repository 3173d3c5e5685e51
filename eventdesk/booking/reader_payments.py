"""Payments at card readers, as a desk follows them; what is paid late revives its booking."""

from functools import partial
from uuid import UUID

from data.schema import PaymentRow
from eventdesk.acts import Permission, Steps, event_of, steps
from eventdesk.booking.expiry import revive_late
from eventdesk.money import PaymentView, follow_at_reader


@steps(Permission.MONEY, Permission.DOOR, about=event_of(PaymentRow, "payment_id"))
def ask_at_reader(steps: Steps, payment_id: UUID) -> PaymentView:
    """Ask what became of a payment at a card reader; one that nobody paid in time is taken off.

    A service that does not answer changes nothing, and the payment says so.

    Raises:
        InvalidInputError: It is no payment at a card reader.
    """
    return follow_at_reader(steps, payment_id, wanted=True, paid_late=partial(revive_late, steps))


@steps(Permission.MONEY, Permission.DOOR, about=event_of(PaymentRow, "payment_id"))
def cancel_at_reader(steps: Steps, payment_id: UUID) -> PaymentView:
    """Take a payment off its card reader, and say what became of it.

    It is failed where nothing was charged, paid where the card was quicker, and goes on waiting
    where a card is being charged or the service does not answer.

    Raises:
        InvalidInputError: It is no payment at a card reader.
    """
    return follow_at_reader(steps, payment_id, wanted=False, paid_late=partial(revive_late, steps))
