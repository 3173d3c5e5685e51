"""The gateway of Flutterwave, version 3: a link to its page, verified transactions, refunds.

https://developer.flutterwave.com/v3.0.0/docs/flutterwave-standard-1. A payment is known by our id,
its `tx_ref`. What a notice says is never believed: the transaction is asked for, and its reference,
amount and currency are compared.
"""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from eventdesk.core.errors import GatewayRefusedError, GatewaySilentError, NoticeRefusedError
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.money import EXPONENTS, Money
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
from eventdesk.integrations.service import Values

ORIGIN: Final = "https://api.flutterwave.com"

SAID: Final = frozenset({400, 403, 404, 409, 422})
"""Statuses with which Flutterwave says in JSON why it did not do something."""

LONGEST: Final = timedelta(hours=24)
"""A session takes at most a day."""


class FlutterwaveGateway:
    """Takes payments on Flutterwave's page.

    Args:
        values: How it was set up: see `kind`.
        origin: Where Flutterwave answers; the usual place, where it is left out.
    """

    name = "flutterwave"
    title = msg("Mobile money, bank or card (Flutterwave)")

    def __init__(self, values: Values, *, origin: str = "") -> None:
        self._address = str(values.get("address") or "").rstrip("/")
        self._hash = str(values.get("secret_hash") or "")
        self._origin = origin or ORIGIN
        self._headers = {"Authorization": f"Bearer {values.get('key') or ''}"}

    def start(self, order: PaymentOrder) -> Started:
        """Ask for a link, unless the order was paid through one that was made before."""
        if not order.email:
            raise GatewayRefusedError(
                msg("Flutterwave needs the e-mail address of who pays."),
                hint=msg("Write it into the booking, or pay in another way."),
            )
        ends = min(order.expires_at or order.created_at + LONGEST, order.created_at + LONGEST)
        minutes = max(1, int((ends - order.created_at).total_seconds() // 60))
        reference = str(order.payment_id)
        if order.reference and _is_paid(self._by_reference(reference)):
            told = _("Flutterwave has it, and has yet to say that it was paid.")
            return Started(reference, told, ends)
        content = {
            "tx_ref": reference,
            "amount": order.amount.amount,
            "currency": order.amount.currency,
            "redirect_url": self._address + order.back_to,
            "session_duration": minutes,
            "customer": {"email": order.email},
            "customizations": {"title": order.purpose[:100] or "eventdesk"},
        }
        made = _done(self._call("POST", "/v3/payments", json=content))
        address = str(made["link"])
        return Started(reference, _("Pay on Flutterwave's page:"), ends, address, self._address)

    def poll(self) -> list[PaymentNotice]:
        """Nothing waits to be fetched: Flutterwave sends its notices."""
        return []

    def acknowledge(self, notice: PaymentNotice) -> None:
        """Nothing: the answer to its call tells Flutterwave that a notice was taken in."""

    def ask(self, payment: OpenPayment) -> list[PaymentNotice]:
        """Ask for the transaction of a payment; after one that failed a person may try again."""
        transaction = self._by_reference(str(payment.payment_id))
        if transaction is not None and transaction.get("status") == "pending":
            notice = f"{transaction['id']} pending"
            return [PaymentNotice(notice, payment.payment_id, Told.PENDING)]
        if transaction is None or not _is_paid(transaction):
            return []
        return [_paid(transaction, payment.payment_id)]

    def hear(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> list[PaymentNotice]:
        """Read a notice, and ask Flutterwave whether it is so."""
        del now  # the hash tells nothing of the time, and the transaction is asked for
        given = headers.get("verif-hash", "")
        if not self._hash or not hmac.compare_digest(given.encode(), self._hash.encode()):
            raise NoticeRefusedError(
                msg("This notice does not have the secret hash."),
                hint=msg("Type the same secret hash here and at Flutterwave."),
            )
        try:
            told = json.loads(body)["data"]
            number, payment_id = int(told["id"]), _our_id(told)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise NoticeRefusedError(msg("This notice of Flutterwave cannot be read.")) from error
        if payment_id is None:
            return []
        transaction = _done(self._call("GET", f"/v3/transactions/{number}/verify"))
        if _our_id(transaction) != payment_id or not _is_paid(transaction):
            return []
        return [_paid(transaction, payment_id)]

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Give money back once: calls have no keys, so what was given back is looked at first."""
        transaction = self._by_reference(order.reference)
        if transaction is None or not _is_paid(transaction):
            raise GatewayRefusedError(msg("Nothing was paid with this link of Flutterwave."))
        number, name = int(transaction["id"]), str(order.refund_id)
        for made in self._refunds(number):
            if name in str(made.get("comment")) and _state(made) is not RefundState.FAILED:
                return RefundAnswer(_state(made), str(made["id"]))
        content = {"amount": order.amount.amount, "comments": name}
        answer = self._call("POST", f"/v3/transactions/{number}/refund", json=content)
        if answer.status >= 400:
            return RefundAnswer(RefundState.FAILED, reason=_why(answer))
        made = _done(answer)
        return RefundAnswer(_state(made), str(made["id"]))

    def try_out(self) -> Message:
        """Ask for the balances.

        Raises:
            ServiceError: Flutterwave does not know the key, or does not answer.
        """
        answer = self._call("GET", "/v3/balances")
        if answer.status >= 400:
            _done(answer)
        if self._hash:
            return msg("Flutterwave answers.")
        return msg("Flutterwave answers. Without a secret hash its notices are not heard.")

    def _by_reference(self, reference: str) -> dict[str, Any] | None:
        """The transaction of a payment; None where nobody tried to pay yet."""
        query = {"tx_ref": quote(reference, safe="")}
        answer = self._call("GET", "/v3/transactions/verify_by_reference", query=query)
        if answer.status in (400, 404):
            return None
        transaction = _done(answer)
        return transaction if transaction.get("tx_ref") == reference else None

    def _refunds(self, number: int) -> list[dict[str, Any]]:
        """The refunds of a transaction.

        Raises:
            GatewaySilentError: Nobody says which there are, so none may be added.
        """
        answer = self._call("GET", "/v3/refunds", query={"id": str(number)})
        if answer.status >= 400:
            raise GatewaySilentError(
                msg("Flutterwave does not say what it gave back: {why}", why=_why(answer))
            )
        found: Any = answer.members().get("data")
        return [each for each in found or [] if each.get("transaction_id") == number]

    def _call(self, method: str, path: str, **more: Any) -> Answer:
        with Caller(self._origin, service="Flutterwave", headers=self._headers) as caller:
            return caller.call(method, path, also=SAID, **more)


def probe(values: Values) -> Message:
    """Try how Flutterwave was set up.

    Raises:
        ServiceError: It does not work; the message says why.
    """
    return FlutterwaveGateway(values).try_out()


def _our_id(transaction: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(transaction.get("tx_ref")))
    except ValueError:
        return None


def _is_paid(transaction: Mapping[str, Any] | None) -> bool:
    return transaction is not None and transaction.get("status") == "successful"


def _paid(transaction: Mapping[str, Any], payment_id: UUID) -> PaymentNotice:
    code = str(transaction["currency"])
    exponent = EXPONENTS.get(code, 2)
    came = Decimal(str(transaction["amount"])).scaleb(exponent)
    received = Money(int(came), code, exponent)
    return PaymentNotice(str(transaction["id"]), payment_id, Told.PAID, received=received)


def _state(refund: Mapping[str, Any]) -> RefundState:
    status = str(refund.get("status"))
    if status.startswith(("completed", "successful")):
        return RefundState.PAID
    return RefundState.FAILED if status == "failed" else RefundState.PENDING


def _done(answer: Answer) -> dict[str, Any]:
    """What Flutterwave answered.

    Raises:
        GatewayRefusedError: That it will not.
    """
    said: Any = answer.members()
    if answer.status >= 400 or said.get("status") != "success":
        raise GatewayRefusedError(msg("Flutterwave refused: {why}", why=_why(answer)))
    return said["data"] if isinstance(said.get("data"), dict) else {}


def _why(answer: Answer) -> str:
    return str(answer.members().get("message") or answer.status)[:160]
