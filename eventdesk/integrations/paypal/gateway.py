"""The gateway of PayPal: an order for each payment, approved on PayPal's page and captured here.

https://developer.paypal.com/docs/api/orders/v2/ and /payments/v2/. Nothing is taken before the
capture, so an order that nobody needs any more is simply not captured.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from eventdesk.core.errors import GatewayRefusedError, GatewaySilentError, NoticeRefusedError
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.paying import RefundState
from eventdesk.integrations.calls import Answer, Caller
from eventdesk.integrations.payments import (
    OpenPayment,
    PaymentNotice,
    PaymentOrder,
    RefundAnswer,
    RefundOrder,
    Started,
    Told,
)
from eventdesk.integrations.paypal.amounts import written
from eventdesk.integrations.paypal.events import CAPTURES, capture_notice, notices_of
from eventdesk.integrations.service import Values

ORIGIN: Final = "https://api-m.paypal.com"
SANDBOX: Final = "https://api-m.sandbox.paypal.com"

SAID: Final = frozenset({400, 403, 404, 409, 422})
"""Statuses with which PayPal says in JSON why it did not do something."""

AT_WORK: Final = "PREVIOUS_REQUEST_IN_PROGRESS"
"""What PayPal calls it when the same is asked for while it does it."""

MAX_PURPOSE: Final = 127

CERTIFICATES: Final = re.compile(r"https://[a-z0-9.-]+\.paypal\.com/")
"""Where the certificates are that PayPal signs its notices with."""

UNREADABLE: Final = (
    ValueError,
    ArithmeticError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
)
"""What reading a notice raises that is not as PayPal's are."""

SPARE_S: Final = 60
"""So much earlier than PayPal says a token counts as over."""

_REFUNDS: Final = {
    "COMPLETED": RefundState.PAID,
    "FAILED": RefundState.FAILED,
    "CANCELLED": RefundState.FAILED,
}

_SIGNED: Final = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}
"""What PayPal is asked to look at of a notice, and the headers it comes in."""


class Tokens:
    """Access tokens of this process, by who they are for; threads share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str, str], tuple[str, float]] = {}

    def find(self, whose: tuple[str, str, str]) -> str:
        """A token that holds a while longer; "" for none."""
        with self._lock:
            token, until_s = self._known.get(whose, ("", 0.0))
        return token if time.monotonic() < until_s else ""

    def keep(self, whose: tuple[str, str, str], token: str, *, holds_s: float) -> None:
        """Keep a token."""
        with self._lock:
            self._known[whose] = token, time.monotonic() + holds_s - SPARE_S

    def forget(self, whose: tuple[str, str, str]) -> None:
        """Forget a token that PayPal does not take any more."""
        with self._lock:
            self._known.pop(whose, None)


TOKENS: Final = Tokens()


class PayPalGateway:
    """Takes payments on PayPal's page.

    Args:
        values: How it was set up: see `kind`.
        origin: Where PayPal answers; the usual place, where it is left out.
    """

    name = "paypal"
    title = msg("PayPal")

    def __init__(self, values: Values, *, origin: str = "") -> None:
        self._address = str(values.get("address") or "").rstrip("/")
        self._webhook_id = str(values.get("webhook_id") or "")
        self._origin = origin or (SANDBOX if values.get("sandbox") else ORIGIN)
        self._whose = self._origin, str(values["client_id"]), str(values.get("secret"))

    def start(self, order: PaymentOrder) -> Started:
        """Make the order of a payment, or find the one that was made."""
        if order.reference:
            made = self._order(order.reference)
        else:
            content = _ordered(order, self._address)
            key = {"PayPal-Request-Id": str(order.payment_id)}
            made = _done(self._call("POST", "/v2/checkout/orders", json=content, headers=key))
        return _started(made, self._address)

    def poll(self) -> list[PaymentNotice]:
        """Nothing waits to be fetched: PayPal sends its notices."""
        return []

    def acknowledge(self, notice: PaymentNotice) -> None:
        """Nothing: the answer to its call tells PayPal that a notice was taken in."""

    def ask(self, payment: OpenPayment) -> list[PaymentNotice]:
        """Ask how an order stands, and capture what was approved, if it is wanted still."""
        order = self._order(payment.reference)
        if _unit(order).get("custom_id") != str(payment.payment_id):
            return []
        if order.get("status") == "APPROVED" and payment.wanted:
            order = self._capture(payment.reference, payment.payment_id)
        return _answers(order, payment)

    def hear(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> list[PaymentNotice]:
        """Read a notice that PayPal sent, which PayPal itself says of it.

        PayPal is not asked about one that says nothing of our payments.
        """
        del now  # PayPal looks at the time
        proof = self._proof(headers)
        try:
            notices = notices_of(json.loads(body))
        except UNREADABLE as error:
            raise NoticeRefusedError(msg("This notice of PayPal cannot be read.")) from error
        if notices:
            self._need_sent(proof, body)
        return notices

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Give money back once, however often it is asked for; one that failed is tried anew."""
        payments = _unit(self._order(order.reference)).get("payments") or {}
        captures = payments.get("captures") or []
        if not captures:
            raise GatewayRefusedError(msg("Nothing was paid with this order at PayPal."))
        name = str(order.refund_id)
        made = [each for each in payments.get("refunds") or [] if each.get("custom_id") == name]
        failed = [each for each in made if _REFUNDS.get(each["status"]) is RefundState.FAILED]
        stands = next((each for each in made if each not in failed), None)
        if stands is not None:
            return _refund_answer(stands)
        answer = self._call(
            "POST",
            f"/v2/payments/captures/{quote(str(captures[0]['id']), safe='')}/refund",
            json={"amount": written(order.amount), "custom_id": name},
            headers={"PayPal-Request-Id": f"{name}-{len(failed)}"},
        )
        if answer.status >= 400:
            return RefundAnswer(RefundState.FAILED, reason=_why(answer))
        return _refund_answer(answer.members())

    def try_out(self) -> Message:
        """Sign in, and look whether the webhook is there.

        Raises:
            ServiceError: PayPal does not know the app or the webhook, or does not answer.
        """
        TOKENS.forget(self._whose)
        self._token()
        told = msg("PayPal answers. Real money moves.")
        if self._origin != ORIGIN:
            told = msg("PayPal's sandbox answers: no real money moves.")
        if not self._webhook_id:
            return msg("{told} Without a webhook its notices are not heard.", told=told)
        place = quote(self._webhook_id, safe="")
        _done(self._call("GET", f"/v1/notifications/webhooks/{place}"))
        return told

    def _proof(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What a notice says to prove itself; nobody but PayPal can tell whether it does."""
        proof = {name: headers.get(header, "") for name, header in _SIGNED.items()}
        is_whole = bool(self._webhook_id) and all(proof.values())
        if not is_whole or not CERTIFICATES.match(proof["cert_url"]):
            raise NoticeRefusedError(msg("This notice is not signed by PayPal."))
        return proof

    def _need_sent(self, proof: Mapping[str, str], body: bytes) -> None:
        """Let PayPal say whether it sent a notice; its event is handed back byte for byte."""
        asked = json.dumps({**proof, "webhook_id": self._webhook_id}).encode()
        answer = self._call(
            "POST",
            "/v1/notifications/verify-webhook-signature",
            content=asked[:-1] + b', "webhook_event": ' + body + b"}",
            headers={"Content-Type": "application/json"},
        )
        if answer.status >= 400 or answer.members().get("verification_status") != "SUCCESS":
            raise NoticeRefusedError(
                msg("PayPal did not send this notice."),
                hint=msg("Compare the webhook ID with that in your app at PayPal."),
            )

    def _order(self, reference: str) -> dict[str, Any]:
        return _done(self._call("GET", f"/v2/checkout/orders/{quote(reference, safe='')}"))

    def _capture(self, reference: str, payment_id: UUID) -> dict[str, Any]:
        """Take what was approved; the same capture again answers the same."""
        answer = self._call(
            "POST",
            f"/v2/checkout/orders/{quote(reference, safe='')}/capture",
            json={},
            headers={
                "PayPal-Request-Id": f"{payment_id}-capture",
                "Prefer": "return=representation",
            },
        )
        if answer.status < 400:
            return answer.members()
        order = self._order(reference)
        return order if _captures(order) else order | {"declined": _why(answer)}

    def _token(self) -> str:
        """A token to call with, asked for where none is known."""
        if token := TOKENS.find(self._whose):
            return token
        _origin, client_id, secret = self._whose
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        with Caller(self._origin, service="PayPal") as caller:
            answer = caller.call(
                "POST",
                "/v1/oauth2/token",
                form={"grant_type": "client_credentials"},
                headers={"Authorization": f"Basic {basic}"},
            ).members()
        token, holds_s = str(answer["access_token"]), float(str(answer["expires_in"]))
        TOKENS.keep(self._whose, token, holds_s=holds_s)
        return token

    def _call(self, method: str, path: str, **more: Any) -> Answer:
        """Call PayPal; once more with a new token, where it does not take the one we had.

        A call that PayPal is still at work on is like no answer.
        """
        headers = more.pop("headers", {})
        answer = self._once(method, path, headers, more, also=SAID | {401})
        if answer.status == 401:
            TOKENS.forget(self._whose)
            answer = self._once(method, path, headers, more, also=SAID)
        if answer.status == 409 or (answer.status >= 400 and AT_WORK in _issues(answer)):
            raise GatewaySilentError(msg("PayPal is at work on this already."))
        return answer

    def _once(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        more: Mapping[str, Any],
        *,
        also: Collection[int],
    ) -> Answer:
        mine = {"Authorization": f"Bearer {self._token()}"}
        with Caller(self._origin, service="PayPal", headers=mine) as caller:
            return caller.call(method, path, headers=headers, also=also, **more)


def probe(values: Values) -> Message:
    """Try how PayPal was set up.

    Raises:
        ServiceError: It does not work; the message says why.
    """
    return PayPalGateway(values).try_out()


def _ordered(order: PaymentOrder, address: str) -> dict[str, Any]:
    """What PayPal is asked to take."""
    back = address + order.back_to
    ours = str(order.payment_id)
    return {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "custom_id": ours,
                "invoice_id": ours,
                "description": order.purpose[:MAX_PURPOSE],
                "amount": written(order.amount),
            }
        ],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "shipping_preference": "NO_SHIPPING",
                    "user_action": "PAY_NOW",
                    "return_url": back,
                    "cancel_url": back,
                }
            }
        },
    }


def _started(order: Mapping[str, Any], house: str) -> Started:
    """What an order means for who pays.

    Raises:
        GatewayRefusedError: It is over.
    """
    if order.get("status") == "VOIDED":
        raise GatewayRefusedError(
            msg("This order is closed at PayPal."), hint=msg("Begin to pay once more.")
        )
    links = order.get("links") or []
    leads = {str(each.get("rel")): str(each.get("href")) for each in links}
    address = leads.get("payer-action") or leads.get("approve") or ""
    reference = str(order["id"])
    if not address or order.get("status") in ("APPROVED", "COMPLETED"):
        return Started(reference, _("PayPal has it, and has yet to say that it was paid."))
    return Started(reference, _("Pay on PayPal's page:"), None, address, house)


def _answers(order: Mapping[str, Any], payment: OpenPayment) -> list[PaymentNotice]:
    """What an order says of its payment; nothing where nobody decided yet."""
    if why := order.get("declined"):
        notice = f"{payment.reference} declined"
        return [PaymentNotice(notice, payment.payment_id, Told.FAILED, reason=str(why))]
    if order.get("status") == "VOIDED":
        return [PaymentNotice(f"{payment.reference} voided", payment.payment_id, Told.EXPIRED)]
    captures = _captures(order)
    if not captures:
        return []
    capture = captures[-1]
    said = CAPTURES.get(str(capture["status"]), Told.PENDING)
    notice = f"{capture['id']} {said}"
    return [capture_notice(capture, payment.payment_id, said, notice)]


def _captures(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (_unit(order).get("payments") or {}).get("captures") or []


def _unit(order: Mapping[str, Any]) -> Mapping[str, Any]:
    units: Any = order.get("purchase_units") or [{}]
    return dict(units[0])


def _refund_answer(refund: Mapping[str, Any]) -> RefundAnswer:
    state = _REFUNDS.get(str(refund["status"]), RefundState.PENDING)
    why = (refund.get("status_details") or {}).get("reason", "")
    return RefundAnswer(state, str(refund["id"]), str(why).replace("_", " ").lower())


def _done(answer: Answer) -> dict[str, Any]:
    """What PayPal answered.

    Raises:
        GatewayRefusedError: That it will not.
    """
    if answer.status >= 400:
        raise GatewayRefusedError(msg("PayPal refused: {why}", why=_why(answer)))
    return answer.members()


def _issues(answer: Answer) -> list[str]:
    said: Any = answer.members()
    return [str(each.get("issue")) for each in said.get("details") or []]


def _why(answer: Answer) -> str:
    """What PayPal says of a refusal; its details say more than its message."""
    said: Any = answer.members()
    details = said.get("details") or [{}]
    why = details[0].get("description") or details[0].get("issue") or said.get("message")
    return str(why or answer.status)[:160]
