"""The gateway of Stripe: checkout pages and card readers, asked about, closed and refunded.

https://docs.stripe.com/api/checkout/sessions and https://docs.stripe.com/api/refunds. The page is
Stripe's own, so no card number comes near the house.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from eventdesk.core.errors import GatewayRefusedError, NoticeRefusedError
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.paying import RefundState
from eventdesk.integrations.payments import (
    CardReader,
    OpenPayment,
    PaymentNotice,
    PaymentOrder,
    RefundAnswer,
    RefundOrder,
    Started,
    Told,
)
from eventdesk.integrations.service import Values
from eventdesk.integrations.stripe.amounts import units
from eventdesk.integrations.stripe.events import (
    OURS,
    intent_of,
    notices_of,
    our_id,
    session_notice,
    session_state,
)
from eventdesk.integrations.stripe.line import StripeLine, done, why
from eventdesk.integrations.stripe.readers import INTENT, READER, StripeReaders
from eventdesk.integrations.stripe.signature import need_signed

ORIGIN: Final = "https://api.stripe.com"

OURS_REFUND: Final = "eventdesk_refund"
"""Under this name Stripe keeps our id of a refund."""

SHORTEST: Final = timedelta(minutes=31)
LONGEST: Final = timedelta(hours=23, minutes=59)
"""A session ends 30 minutes to 24 hours after it was made, by Stripe's clock."""

MAX_PURPOSE: Final = 200
REFUNDS: Final = 100
"""Refunds of one payment that are looked through, the most that Stripe lists at once."""

_STATES: Final = {
    "succeeded": RefundState.PAID,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


class StripeGateway:
    """Takes payments on Stripe's checkout page and at its card readers.

    Args:
        values: How it was set up: see `kind`.
        origin: Where Stripe answers; the usual place, where it is left out.
    """

    name = "stripe"
    title = msg("Card and more (Stripe)")

    def __init__(self, values: Values, *, origin: str = "") -> None:
        self._address = str(values.get("address") or "").rstrip("/")
        self._signing = str(values.get("signing_secret") or "")
        self._line = StripeLine(str(values.get("key") or ""), origin or ORIGIN)
        self._readers = StripeReaders(self._line)

    def start(self, order: PaymentOrder) -> Started:
        """Make the checkout page of a payment, or find the one that was made.

        At a reader it makes what `present` shows there.
        """
        if order.reader:
            return self._readers.start(order)
        if order.reference:
            session = self._session(order.reference)
        else:
            form = _checkout(order, self._address)
            key = {"Idempotency-Key": f"{order.payment_id}-{_digest(form)}"}
            answer = self._line.call("POST", "/v1/checkout/sessions", form=form, headers=key)
            session = done(answer)
        return _started(session, self._address)

    def poll(self) -> list[PaymentNotice]:
        """Nothing waits to be fetched: Stripe sends its notices."""
        return []

    def acknowledge(self, notice: PaymentNotice) -> None:
        """Nothing: the answer to its call tells Stripe that a notice was taken in."""

    def ask(self, payment: OpenPayment) -> list[PaymentNotice]:
        """Ask how the session of a payment stands; one that nobody has to pay is ended."""
        if self.is_at_reader(payment.reference):
            return self._readers.ask(payment)
        if not payment.wanted:  # one that is over already stays as it is
            place = quote(payment.reference, safe="")
            self._line.call("POST", f"/v1/checkout/sessions/{place}/expire")
        session = self._session(payment.reference)
        said = session_state(session)
        is_open = said is Told.PENDING and session.get("status") != "complete"
        if our_id(session) != payment.payment_id or is_open:
            return []
        return [session_notice(session, payment.payment_id, said, f"{payment.reference} {said}")]

    def hear(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> list[PaymentNotice]:
        """Read a notice that Stripe sent; one about somebody else's payment says nothing."""
        need_signed(headers.get("stripe-signature", ""), body, secret=self._signing, now=now)
        try:
            event = json.loads(body)
            thing = event["data"]["object"]
            ours, intent = our_id(thing), intent_of(event)
            if ours is None and intent:
                ours = our_id(self._line.thing("/v1/payment_intents", intent))
            return notices_of(event, ours)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoticeRefusedError(msg("This notice of Stripe cannot be read.")) from error

    def readers(self) -> Sequence[CardReader]:
        """The card readers of the account, those that are online first."""
        return self._readers.known()

    def is_at_reader(self, reference: str) -> bool:
        """Whether a reference is of a payment at a reader: pages have names of their own."""
        return reference.startswith((INTENT, READER))

    def present(self, reference: str, reader: str) -> None:
        """Show a payment on its reader."""
        self._readers.present(reference, reader)

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Give money back once, however often it is asked for.

        Stripe forgets the key of a call after a day, so what was given back is looked at first.
        One that failed is tried anew.
        """
        intent = self._intent(order.reference)
        made = [
            each
            for each in self._refunds(intent)
            if (each.get("metadata") or {}).get(OURS_REFUND) == str(order.refund_id)
        ]
        failed = [each for each in made if _STATES.get(each["status"]) is RefundState.FAILED]
        stands = next((each for each in made if each not in failed), None)
        if stands is not None:
            return _refund_answer(stands)
        answer = self._line.call(
            "POST",
            "/v1/refunds",
            form={
                "payment_intent": intent,
                "amount": str(units(order.amount)),
                f"metadata[{OURS_REFUND}]": str(order.refund_id),
            },
            headers={"Idempotency-Key": f"{order.refund_id}-{len(failed)}"},
        )
        if answer.status >= 400:
            return RefundAnswer(RefundState.FAILED, reason=why(answer))
        return _refund_answer(answer.members())

    def try_out(self) -> Message:
        """Ask for the balance, which the key has to be allowed to read.

        Raises:
            ServiceError: Stripe does not know the key, or does not answer.
        """
        answer = self._line.call("GET", "/v1/balance")
        live = done(answer).get("livemode")
        told = msg("Stripe answers. Real money moves.")
        return told if live else msg("Stripe answers. This is a test key: no real money moves.")

    def _session(self, reference: str) -> dict[str, Any]:
        return self._line.thing("/v1/checkout/sessions", reference, expand="payment_intent")

    def _intent(self, reference: str) -> str:
        """The payment intent behind a reference."""
        if reference.startswith(INTENT):
            return reference
        intent = self._session(reference).get("payment_intent")
        if not isinstance(intent, dict):
            raise GatewayRefusedError(msg("Nothing was paid on this page of Stripe."))
        return str(intent["id"])

    def _refunds(self, intent: str) -> list[dict[str, Any]]:
        query = {"payment_intent": intent, "limit": str(REFUNDS)}
        found: Any = done(self._line.call("GET", "/v1/refunds", query=query))["data"]
        return list(found)


def probe(values: Values) -> Message:
    """Try how Stripe was set up.

    Raises:
        ServiceError: It does not work; the message says why.
    """
    told = StripeGateway(values).try_out()
    if values.get("signing_secret"):
        return told
    return msg("{told} Without a signing secret its notices are not heard.", told=told)


def _checkout(order: PaymentOrder, address: str) -> dict[str, str]:
    """What the checkout page of an order is made of."""
    purpose, ours = order.purpose[:MAX_PURPOSE], str(order.payment_id)
    ends = order.expires_at or order.created_at + LONGEST
    ends = min(max(ends, order.created_at + SHORTEST), order.created_at + LONGEST)
    back = address + order.back_to
    return {
        "mode": "payment",
        "client_reference_id": ours,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": order.amount.currency.lower(),
        "line_items[0][price_data][unit_amount]": str(units(order.amount)),
        "line_items[0][price_data][product_data][name]": purpose,
        "payment_intent_data[description]": purpose,
        f"payment_intent_data[metadata][{OURS}]": ours,
        f"metadata[{OURS}]": ours,
        "success_url": back,
        "cancel_url": back,
        "expires_at": str(int(ends.timestamp())),
    }


def _digest(form: Mapping[str, str]) -> str:
    """What tells forms apart: Stripe takes a key for one form only."""
    return hashlib.sha256(urlencode(form).encode()).hexdigest()[:16]


def _started(session: Mapping[str, Any], house: str) -> Started:
    """What a session means for who pays.

    Raises:
        GatewayRefusedError: It is over.
    """
    if session.get("status") == "expired":
        raise GatewayRefusedError(
            msg("This page of Stripe is closed."), hint=msg("Begin to pay once more.")
        )
    reference, ends = str(session["id"]), _instant(session["expires_at"])
    if session.get("status") == "complete" or not session.get("url"):
        return Started(reference, _("Stripe has it, and has yet to say that it was paid."), ends)
    return Started(reference, _("Pay on Stripe's page:"), ends, str(session["url"]), house)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _refund_answer(refund: Mapping[str, Any]) -> RefundAnswer:
    state = _STATES.get(str(refund["status"]), RefundState.PENDING)
    reason = str(refund.get("failure_reason") or "").replace("_", " ")
    return RefundAnswer(state, str(refund["id"]), reason)
