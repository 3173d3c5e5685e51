"""What people and providers do to payments while histories of outages are played."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar
from uuid import uuid4

from tests.integrations.flutterwave_vendor import HASH, FlutterwaveVendor
from tests.integrations.paypal_vendor import PayPalVendor
from tests.integrations.stripe_vendor import StripeVendor
from tests.integrations.test_flutterwave import VALUES as FLUTTERWAVE_VALUES
from tests.integrations.test_paypal import VALUES as PAYPAL_VALUES
from tests.integrations.test_stripe import VALUES as STRIPE_VALUES
from tests.integrations.vendor import Vendor

V = TypeVar("V", bound=Vendor)
Notice = tuple[dict[str, str], bytes]

ENDS: Final = ("paid", "pending", "failed")
"""What becomes of a refund at a provider."""

LOST: Final = ("start", "list refunds", "refund", "close", "ask")
"""Calls whose answer may be lost."""


class Player(ABC, Generic[V]):
    """One provider, and what happens there of the payments of one booking.

    Attributes:
        pages: The references of what was begun, in their order.
        sent: The notices that were sent so far, as they are sent again.
    """

    provider: str
    values: Mapping[str, str]
    losing: Mapping[str, str]

    def __init__(self, vendor: V) -> None:
        self.vendor = vendor
        self.begin()

    def begin(self) -> None:
        """Forget the booking before."""
        self.pages: list[str] = []
        self.sent: list[Any] = []
        self._known = set(self.things())

    def look(self) -> None:
        """Note what was begun since."""
        self.pages += [each for each in self.things() if each not in self._known]
        self._known = set(self.things())

    def lose(self, what: str) -> None:
        """Let the answer to the next such call be lost."""
        self.vendor.lose = self.losing.get(what, "")

    @abstractmethod
    def things(self) -> list[str]: ...

    @abstractmethod
    def pay(self, page: str) -> None: ...

    @abstractmethod
    def notice(self, which: int) -> Notice | None:
        """A notice as it is sent now, for the first time or again."""

    @abstractmethod
    def forged(self) -> Notice: ...

    @abstractmethod
    def foreign(self) -> Notice: ...

    @abstractmethod
    def refund_there(self, page: str, minor: int) -> None: ...

    @abstractmethod
    def refunds_end(self, how: str) -> None: ...

    @abstractmethod
    def settle(self) -> None:
        """What waits at a bank comes to its end."""

    @abstractmethod
    def held(self, page: str) -> tuple[int, int]:
        """What was paid there, and what was given back of it, in cents."""


class StripePlayer(Player[StripeVendor]):
    """Pages that are open are paid; what is paid is told twice over."""

    provider, values = "stripe", STRIPE_VALUES
    losing = {
        "start": "POST /v1/checkout/sessions",
        "list refunds": "GET /v1/refunds",
        "refund": "POST /v1/refunds",
        "close": "/expire",
    }

    def things(self) -> list[str]:
        return [*self.vendor.sessions]

    def pay(self, page: str) -> None:
        if self.vendor.sessions[page]["status"] == "open":
            session = self.vendor.pay(page)
            intent = self.vendor.intents[session["payment_intent"]]
            self.sent.append(self.vendor.event("checkout.session.completed", session))
            self.sent.append(self.vendor.event("payment_intent.succeeded", intent))

    def notice(self, which: int) -> Notice | None:
        for body in self.sent[which : which + 1]:
            return self.vendor.signed(body), body
        return None

    def forged(self) -> Notice:
        body = self._about(self._last_payment())
        return self.vendor.signed(body, secret="whsec_other"), body

    def foreign(self) -> Notice:
        body = self._about(str(uuid4()))
        return self.vendor.signed(body), body

    def _about(self, payment: str) -> bytes:
        paid = {"payment_status": "paid", "amount_total": 12000, "currency": "eur"}
        thing = {**paid, "metadata": {"eventdesk_payment": payment}}
        return self.vendor.event("checkout.session.completed", thing)

    def _last_payment(self) -> str:
        ours = [self.vendor.sessions[each]["client_reference_id"] for each in self.pages]
        return str(ours[-1] if ours else uuid4())

    def refund_there(self, page: str, minor: int) -> None:
        if name := self.vendor.sessions[page]["payment_intent"]:
            intent = self.vendor.intents[name]
            intent["_refunded"] = min(intent["amount"], intent["_refunded"] + minor)
            self.sent.append(self.vendor.event("charge.refunded", self.vendor.charge(name)))

    def refunds_end(self, how: str) -> None:
        self.vendor.refunds_end = "succeeded" if how == "paid" else how

    def settle(self) -> None:
        for each in self.vendor.refunds.values():
            if each["status"] == "pending":
                each["status"] = "succeeded"

    def held(self, page: str) -> tuple[int, int]:
        name = self.vendor.sessions[page]["payment_intent"]
        intent = self.vendor.intents[name] if name else {"amount": 0, "_refunded": 0}
        return intent["amount"], intent["_refunded"]


class PayPalPlayer(Player[PayPalVendor]):
    """Orders are approved; the house captures them, and PayPal tells of both."""

    provider, values = "paypal", PAYPAL_VALUES
    losing = {
        "start": "POST /v2/checkout/orders",
        "refund": "/refund",
        "close": "/capture",
        "ask": "/v1/notifications/verify-webhook-signature",
    }

    def begin(self) -> None:
        super().begin()
        self._told: set[str] = set()

    def things(self) -> list[str]:
        return [*self.vendor.orders]

    def pay(self, page: str) -> None:
        if self.vendor.orders[page]["status"] == "PAYER_ACTION_REQUIRED":
            order = self.vendor.approve(page)
            self.sent.append(self.vendor.send("CHECKOUT.ORDER.APPROVED", order))

    def notice(self, which: int) -> Notice | None:
        for page in self.pages:
            if page not in self._told and self._payments(page)["captures"]:
                self._told.add(page)
                capture = self.vendor.capture_of(page)
                self.sent.append(self.vendor.send("PAYMENT.CAPTURE.COMPLETED", capture))
        return next(iter(self.sent[which : which + 1]), None)

    def forged(self) -> Notice:
        orders = [self.vendor.orders[each]["purchase_units"][0] for each in self.pages]
        ours = orders[-1]["custom_id"] if orders else str(uuid4())
        headers, body = self._about(ours)
        return {**headers, "paypal-transmission-sig": "sig=2"}, body

    def foreign(self) -> Notice:
        return self._about(str(uuid4()))

    def _about(self, payment: str) -> Notice:
        amount = {"currency_code": "EUR", "value": "120.00"}
        capture = {"id": "C1", "status": "COMPLETED", "amount": amount, "custom_id": payment}
        return self.vendor.send("PAYMENT.CAPTURE.COMPLETED", capture)

    def refund_there(self, page: str, minor: int) -> None:
        payments = self._payments(page)
        paid, back = self.held(page)
        if minor := min(minor, paid - back):
            amount = {"currency_code": "EUR", "value": f"{Decimal(minor) / 100:.2f}"}
            payments["refunds"].append({"id": "R", "status": "COMPLETED", "amount": amount})
            total = {"currency_code": "EUR", "value": f"{Decimal(back + minor) / 100:.2f}"}
            ours = self.vendor.capture_of(page)["custom_id"]
            told = {"seller_payable_breakdown": {"total_refunded_amount": total}}
            self.sent.append(
                self.vendor.send("PAYMENT.CAPTURE.REFUNDED", {"custom_id": ours, **told})
            )

    def refunds_end(self, how: str) -> None:
        ends = {"paid": "COMPLETED", "pending": "PENDING", "failed": "FAILED"}
        self.vendor.refunds_end = ends[how]

    def settle(self) -> None:
        for page in self.pages:
            for each in self._payments(page)["refunds"]:
                if each["status"] == "PENDING":
                    each["status"] = "COMPLETED"

    def held(self, page: str) -> tuple[int, int]:
        payments = self._payments(page)
        paid = sum(_cents(each["amount"]["value"]) for each in payments["captures"])
        stands = [each for each in payments["refunds"] if each["status"] != "FAILED"]
        return paid, sum(_cents(each["amount"]["value"]) for each in stands)

    def _payments(self, page: str) -> dict[str, Any]:
        unit = self.vendor.orders[page]["purchase_units"][0]
        found: dict[str, Any] = unit.get("payments") or {"captures": [], "refunds": []}
        return found


class FlutterwavePlayer(Player[FlutterwaveVendor]):
    """Links are tried, fail, wait for the money on a phone, and are paid once."""

    provider, values = "flutterwave", FLUTTERWAVE_VALUES
    losing = {
        "start": "POST /v3/payments",
        "list refunds": "GET /v3/refunds",
        "refund": "/refund",
        "ask": "/verify",
    }

    def things(self) -> list[str]:
        return [*self.vendor.links]

    def pay(self, page: str) -> None:
        tried = list(self._of(page))
        if not tried:
            self._tell(self.vendor.pay(page, status="failed"))
        elif tried[-1]["status"] == "failed":
            self._tell(self.vendor.pay(page, status="pending"))
        elif tried[-1]["status"] == "pending":
            tried[-1]["status"] = "successful"
            self._tell(tried[-1])

    def notice(self, which: int) -> Notice | None:
        for body in self.sent[which : which + 1]:
            return {"verif-hash": HASH}, body
        return None

    def forged(self) -> Notice:
        ours = self.pages[-1] if self.pages else str(uuid4())
        return {"verif-hash": "other"}, self._body({"id": 4975363, "tx_ref": ours})

    def foreign(self) -> Notice:
        """Of another's payment, under the number of one of ours where there is one."""
        mine = [each for page in self.pages for each in self._of(page)]
        number = mine[-1]["id"] if mine else 7
        return {"verif-hash": HASH}, self._body({"id": number, "tx_ref": str(uuid4())})

    def refund_there(self, page: str, minor: int) -> None:
        """Flutterwave tells nothing of it: the file of its settlements does."""

    def refunds_end(self, how: str) -> None:
        self.vendor.refunds_end = "completed" if how == "paid" else how

    def settle(self) -> None:
        for each in self.vendor.transactions:
            if each["status"] == "pending" and each["tx_ref"] in self.pages:
                each["status"] = "successful"
                self._tell(each)
        for each in self.vendor.refunds:
            if each["status"] == "pending":
                each["status"] = "completed"

    def held(self, page: str) -> tuple[int, int]:
        paid = [each for each in self._of(page) if each["status"] == "successful"]
        numbers = [each["id"] for each in paid]
        back = [
            each
            for each in self.vendor.refunds
            if each["transaction_id"] in numbers and each["status"] != "failed"
        ]
        return (
            sum(_cents(each["amount"]) for each in paid),
            sum(_cents(each["amount_refunded"]) for each in back),
        )

    def _of(self, page: str) -> Iterator[dict[str, Any]]:
        return (each for each in self.vendor.transactions if each["tx_ref"] == page)

    def _tell(self, transaction: dict[str, Any]) -> None:
        self.sent.append(self._body(transaction))

    def _body(self, told: dict[str, Any]) -> bytes:
        return json.dumps({"event": "charge.completed", "data": told}).encode()


def _cents(amount: object) -> int:
    return int(Decimal(str(amount)) * 100)


PLAYERS: Final[Mapping[str, tuple[type[Vendor], Any]]] = {
    "stripe": (StripeVendor, StripePlayer),
    "paypal": (PayPalVendor, PayPalPlayer),
    "flutterwave": (FlutterwaveVendor, FlutterwavePlayer),
}
