"""What PayPal says of a payment: https://developer.paypal.com/api/rest/webhooks/event-names/."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from eventdesk.integrations.payments import PaymentNotice, Told
from eventdesk.integrations.paypal.amounts import read

CAPTURES: Final = {
    "COMPLETED": Told.PAID,
    "PENDING": Told.PENDING,
    "DECLINED": Told.FAILED,
    "FAILED": Told.FAILED,
    "PARTIALLY_REFUNDED": Told.PAID,
    "REFUNDED": Told.PAID,
}
"""What the state of a capture says; how much went back is said by notices of its own."""

KINDS: Final = (
    "CHECKOUT.ORDER.APPROVED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.DECLINED",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.RESOLVED",
)
"""The events a webhook should be set up for."""

_STATES: Final = {
    "PAYMENT.CAPTURE.COMPLETED": Told.PAID,
    "PAYMENT.CAPTURE.PENDING": Told.PENDING,
    "PAYMENT.CAPTURE.DENIED": Told.FAILED,
    "PAYMENT.CAPTURE.DECLINED": Told.FAILED,
}


def notices_of(event: Mapping[str, Any]) -> list[PaymentNotice]:
    """What an event says of one of our payments; others say nothing.

    Raises:
        ValueError, KeyError, TypeError: It is not as PayPal's are.
    """
    kind, thing, notice = str(event["event_type"]), event["resource"], str(event["id"])
    if kind not in KINDS:
        return []
    payment_id = _our_id(kind, thing)
    if payment_id is None:
        return []
    if kind == "CHECKOUT.ORDER.APPROVED":
        return [PaymentNotice(notice, payment_id, Told.PENDING)]
    if kind in _STATES:
        return [capture_notice(thing, payment_id, _STATES[kind], notice)]
    if kind == "PAYMENT.CAPTURE.REFUNDED":
        back = read(thing["seller_payable_breakdown"]["total_refunded_amount"])
        return [PaymentNotice(notice, payment_id, Told.PARTLY_REFUNDED, refunded=back)]
    if kind == "PAYMENT.CAPTURE.REVERSED":
        back = read(thing["amount"])
        return [PaymentNotice(notice, payment_id, Told.CHARGED_BACK, refunded=back)]
    return _dispute(kind, thing, payment_id, notice)


def capture_notice(
    capture: Mapping[str, Any], payment_id: UUID, said: Told, notice: str
) -> PaymentNotice:
    """A notice of how a capture stands."""
    came = read(capture["amount"]) if said is Told.PAID else None
    why = (capture.get("status_details") or {}).get("reason", "") if said is not Told.PAID else ""
    return PaymentNotice(
        notice, payment_id, said, reason=str(why).replace("_", " ").lower(), received=came
    )


def _our_id(kind: str, thing: Mapping[str, Any]) -> UUID | None:
    """Our id of the payment that an event is about, as we gave it to PayPal with the order."""
    if kind == "CHECKOUT.ORDER.APPROVED":
        name = thing["purchase_units"][0].get("custom_id")
    elif kind.startswith("CUSTOMER.DISPUTE."):
        name = thing["disputed_transactions"][0].get("custom")
    else:
        name = thing.get("custom_id")
    try:
        return UUID(str(name))
    except ValueError:
        return None


def _dispute(
    kind: str, thing: Mapping[str, Any], payment_id: UUID, notice: str
) -> list[PaymentNotice]:
    """What a dispute says; that the money is gone is said by the capture's reversal."""
    if kind == "CUSTOMER.DISPUTE.CREATED":
        why = str(thing.get("reason") or "").replace("_", " ").lower()
        amount = read(thing["dispute_amount"])
        return [PaymentNotice(notice, payment_id, Told.DISPUTED, refunded=amount, reason=why)]
    outcome = (thing.get("dispute_outcome") or {}).get("outcome_code")
    won = outcome in ("RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER")
    return [PaymentNotice(notice, payment_id, Told.DISPUTE_WON)] if won else []
