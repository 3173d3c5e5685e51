"""What Stripe says of a payment: https://docs.stripe.com/api/events/types."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from eventdesk.core.messages import _
from eventdesk.integrations.payments import PaymentNotice, Told
from eventdesk.integrations.stripe.amounts import amount_of

OURS: Final = "eventdesk_payment"
"""Under this name Stripe keeps our id of a payment, with the session, the intent and the charge."""

SESSIONS: Final = {
    "checkout.session.completed": None,
    "checkout.session.async_payment_succeeded": Told.PAID,
    "checkout.session.async_payment_failed": Told.FAILED,
    "checkout.session.expired": Told.EXPIRED,
}
"""Kinds of events about sessions, and what they say; None is for its state to say."""

DISPUTES: Final = ("charge.dispute.created", "charge.dispute.closed")

READERS: Final = ("terminal.reader.action_succeeded", "terminal.reader.action_failed")
"""What a card reader did; the payment itself is asked what came of it."""

KINDS: Final = (*SESSIONS, "payment_intent.succeeded", "charge.refunded", *DISPUTES, *READERS)
"""The events a webhook should be set up for."""


def our_id(thing: Mapping[str, Any]) -> UUID | None:
    """Our id of the payment that something at Stripe belongs to; None where it is not ours."""
    try:
        return UUID(str((thing.get("metadata") or {}).get(OURS)))
    except ValueError:
        return None


def intent_of(event: Mapping[str, Any]) -> str:
    """The payment intent of an event that is about something else; "" where there is none."""
    kind, thing = event["type"], event["data"]["object"]
    if kind in DISPUTES:
        return str(thing.get("payment_intent") or "")
    return intent_on(thing) if kind in READERS else ""


def intent_on(reader: Mapping[str, Any]) -> str:
    """The payment intent that a card reader had to do with last; "" where there is none."""
    action = reader.get("action") or {}
    intent = (action.get("process_payment_intent") or {}).get("payment_intent") or ""
    return str(intent["id"] if isinstance(intent, Mapping) else intent)


def notices_of(event: Mapping[str, Any], payment_id: UUID | None) -> list[PaymentNotice]:
    """What an event says of one of our payments; other events say nothing.

    Args:
        event: An event as it came.
        payment_id: Our id of the payment it is about.
    """
    kind, thing, notice = str(event["type"]), event["data"]["object"], str(event["id"])
    if payment_id is None:
        return []
    if kind in SESSIONS:
        said = SESSIONS[kind] or session_state(thing)
        return [session_notice(thing, payment_id, said, notice)]
    if kind == "payment_intent.succeeded":
        came = amount_of(int(thing.get("amount_received", thing["amount"])), thing["currency"])
        return [PaymentNotice(notice, payment_id, Told.PAID, received=came)]
    if kind == "charge.refunded":
        back = amount_of(int(thing["amount_refunded"]), thing["currency"])
        state = Told.REFUNDED if thing.get("refunded") else Told.PARTLY_REFUNDED
        return [PaymentNotice(notice, payment_id, state, refunded=back)]
    if kind in READERS:
        return [PaymentNotice(notice, payment_id, Told.PENDING)]
    return [_dispute(thing, payment_id, notice)] if kind in DISPUTES else []


def session_state(session: Mapping[str, Any]) -> Told:
    """How the payment of a checkout session stands."""
    if session.get("payment_status") == "paid":
        return Told.PAID
    if session.get("status") == "expired":
        return Told.EXPIRED
    intent = session.get("payment_intent")
    is_over = session.get("status") == "complete" and isinstance(intent, Mapping)
    if is_over and intent is not None and intent.get("status") == "requires_payment_method":
        return Told.FAILED  # a bank refused it days later
    return Told.PENDING


def session_notice(
    session: Mapping[str, Any], payment_id: UUID, said: Told, notice: str
) -> PaymentNotice:
    """A notice of how a session stands."""
    came = None
    if said is Told.PAID:
        came = amount_of(int(session["amount_total"]), session["currency"])
    reason = _("The bank refused it.") if said is Told.FAILED else ""
    return PaymentNotice(notice, payment_id, said, received=came, reason=reason)


def _dispute(dispute: Mapping[str, Any], payment_id: UUID, notice: str) -> PaymentNotice:
    amount = amount_of(int(dispute["amount"]), dispute["currency"])
    why = str(dispute.get("reason") or "general").replace("_", " ")
    status = dispute.get("status")
    if status == "lost":
        return PaymentNotice(notice, payment_id, Told.CHARGED_BACK, refunded=amount, reason=why)
    if status in ("won", "warning_closed"):
        return PaymentNotice(notice, payment_id, Told.DISPUTE_WON)
    return PaymentNotice(notice, payment_id, Told.DISPUTED, refunded=amount, reason=why)
