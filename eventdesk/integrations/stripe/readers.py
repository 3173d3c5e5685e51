"""Card readers that Stripe drives: a payment is shown on one, asked about, taken off.

https://docs.stripe.com/terminal/payments/collect-card-payment?terminal-sdk-platform=server-driven.
The reader's display and keys are Stripe's own, so no card comes near the house. Whether money moved
is said by the payment intent alone: one that was cancelled is never paid, and one that is paid is
not cancelled any more.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from eventdesk.core.errors import GatewayRefusedError, GatewaySilentError
from eventdesk.core.messages import _, msg
from eventdesk.integrations.payments import (
    CardReader,
    OpenPayment,
    PaymentNotice,
    PaymentOrder,
    Started,
    Told,
)
from eventdesk.integrations.stripe.amounts import amount_of, units
from eventdesk.integrations.stripe.events import OURS, intent_on, our_id
from eventdesk.integrations.stripe.line import StripeLine, code_of, done, why

INTENT: Final = "pi_"
READER: Final = "tmr_"
"""What Stripe's names of payment intents and of card readers begin with."""

OURS_READER: Final = "eventdesk_reader"
"""Under this name an intent keeps its reader."""

MAX_PURPOSE: Final = 200
MAX_READERS: Final = 100
"""The most that Stripe lists at once."""

BUSY: Final = "terminal_reader_busy"
OFFLINE: Final = "terminal_reader_offline"
TIMED_OUT: Final = "terminal_reader_timeout"
UNKNOWN: Final = "resource_missing"

PAY_IN_ANOTHER_WAY: Final = msg("Try again, or pay in another way.")


class StripeReaders:
    """Payments at card readers.

    Args:
        line: Calls Stripe.
    """

    def __init__(self, line: StripeLine) -> None:
        self._line = line

    def known(self) -> list[CardReader]:
        """The card readers of the account, those that are online first, then by name."""
        query = {"limit": str(MAX_READERS)}
        found = done(self._line.call("GET", "/v1/terminal/readers", query=query))["data"]
        readers = [
            CardReader(
                str(each["id"]),
                str(each.get("label") or each["id"]),
                str(each.get("device_type") or "").replace("_", " "),
                each.get("status") == "online",
            )
            for each in found
        ]
        return sorted(readers, key=lambda each: (not each.online, each.label.casefold()))

    def start(self, order: PaymentOrder) -> Started:
        """Make the intent of a payment; the same order again finds it."""
        if not order.reader.startswith(READER):
            raise _unknown()
        form = {
            "amount": str(units(order.amount)),
            "currency": order.amount.currency.lower(),
            "allowed_payment_method_types[0]": "card_present",
            "capture_method": "automatic",
            "description": order.purpose[:MAX_PURPOSE],
            f"metadata[{OURS}]": str(order.payment_id),
            f"metadata[{OURS_READER}]": order.reader,
        }
        digest = hashlib.sha256(urlencode(form).encode()).hexdigest()[:16]
        key = {"Idempotency-Key": f"{order.payment_id}-{digest}"}
        intent = done(self._line.call("POST", "/v1/payment_intents", form=form, headers=key))
        return Started(str(intent["id"]), _("Ask the guest to tap or insert the card."))

    def present(self, reference: str, reader: str) -> None:
        """Show a payment on a reader that does nothing else.

        Tips are left out: what comes in is what is due.
        """
        there = self._reader(reader)
        if _is_at_work(there) and intent_on(there) != reference:
            raise _busy()
        answer = self._line.call(
            "POST",
            f"/v1/terminal/readers/{quote(reader, safe='')}/process_payment_intent",
            form={
                "payment_intent": reference,
                "process_config[enable_customer_cancellation]": "true",
                "process_config[skip_tipping]": "true",
            },
        )
        if answer.status < 400:
            return
        code = code_of(answer)
        if code == TIMED_OUT:
            raise GatewaySilentError(
                msg("The card reader did not answer in time."), hint=PAY_IN_ANOTHER_WAY
            )
        if code == BUSY:
            raise _busy()
        if code == OFFLINE:
            raise GatewayRefusedError(
                msg("The card reader is offline."),
                hint=msg("See that it is on and has a network, or pay in another way."),
            )
        raise GatewayRefusedError(msg("Stripe refused: {why}", why=why(answer)))

    def ask(self, payment: OpenPayment) -> list[PaymentNotice]:
        """Ask what became of a payment; one that failed or is not wanted is made unpayable."""
        if not payment.reference.startswith(INTENT):
            return []  # it never came to an intent
        intent = self._line.thing("/v1/payment_intents", payment.reference)
        if our_id(intent) != payment.payment_id:
            return []
        if intent["status"] in ("succeeded", "canceled", "processing"):
            return [_notice(payment, intent)]
        name = str((intent.get("metadata") or {}).get(OURS_READER) or "")
        reader = self._reader_or_none(name)
        is_there = intent_on(reader) == payment.reference
        if is_there and _is_at_work(reader):
            if payment.wanted:
                return []
            if not self._took_off(name):
                return [
                    PaymentNotice(f"{payment.reference} taken", payment.payment_id, Told.PENDING)
                ]
        elif payment.wanted and not is_there and not payment.presented:
            return []
        return [self._ended(payment, _reason(reader) if is_there else _gone(payment))]

    def _ended(self, payment: OpenPayment, reason: str) -> PaymentNotice:
        """Cancel the intent, so that nothing can pay it; where that is too late it says so."""
        place = f"/v1/payment_intents/{quote(payment.reference, safe='')}"
        form = {"cancellation_reason": "abandoned"}
        answer = self._line.call("POST", f"{place}/cancel", form=form)
        if answer.status < 400:
            return _notice(payment, answer.members(), reason)
        return _notice(payment, self._line.thing("/v1/payment_intents", payment.reference), reason)

    def _took_off(self, reader: str) -> bool:
        """Reset a reader; it refuses while it is at work on a card."""
        place = f"/v1/terminal/readers/{quote(reader, safe='')}/cancel_action"
        return code_of(self._line.call("POST", place)) != BUSY

    def _reader(self, name: str) -> dict[str, Any]:
        answer = self._line.call("GET", f"/v1/terminal/readers/{quote(name, safe='')}")
        if code_of(answer) == UNKNOWN:
            raise _unknown()
        return done(answer)

    def _reader_or_none(self, name: str) -> Mapping[str, Any]:
        """A reader, or nothing of one that was removed meanwhile."""
        try:
            return self._reader(name)
        except GatewayRefusedError:
            return {}


def _unknown() -> GatewayRefusedError:
    return GatewayRefusedError(
        msg("Stripe knows no such card reader."),
        hint=msg("Choose the card reader of this desk again."),
    )


def _busy() -> GatewayRefusedError:
    return GatewayRefusedError(
        msg("The card reader is busy with something else."),
        hint=msg("Wait until it is free, or pay in another way."),
    )


def _is_at_work(reader: Mapping[str, Any]) -> bool:
    return (reader.get("action") or {}).get("status") == "in_progress"


def _reason(reader: Mapping[str, Any]) -> str:
    """Why a reader's action came to nothing."""
    action = reader.get("action") or {}
    match action.get("failure_code"):
        case None:
            return _("It was taken off the card reader.")
        case "customer_canceled":
            return _("The guest cancelled it on the card reader.")
        case "connection_error":
            return _("The card reader lost its connection.")
        case "card_declined":
            return _("The card was declined: {why}", why=str(action.get("failure_message"))[:120])
    return str(action.get("failure_message") or action["failure_code"])[:160]


def _gone(payment: OpenPayment) -> str:
    if payment.wanted:
        return _("The card reader does not show it any more.")
    return _("It was taken off the card reader.")


def _notice(payment: OpenPayment, intent: Mapping[str, Any], reason: str = "") -> PaymentNotice:
    """What an intent says of its payment."""
    if intent["status"] == "succeeded":
        came = amount_of(int(intent["amount_received"]), intent["currency"])
        told = f"{payment.reference} {Told.PAID}"
        return PaymentNotice(told, payment.payment_id, Told.PAID, received=came)
    if intent["status"] != "canceled":
        return _under_way(payment)
    reason = reason or _("It was taken off the card reader.")
    told = f"{payment.reference} {Told.FAILED}"
    return PaymentNotice(told, payment.payment_id, Told.FAILED, reason=reason, at_desk=True)


def _under_way(payment: OpenPayment) -> PaymentNotice:
    """A notice that a card is being charged, which cannot be stopped any more."""
    return PaymentNotice(f"{payment.reference} taken", payment.payment_id, Told.PENDING)
