"""Flutterwave, version 3, on loopback: links, transactions, refunds.

What it takes and refuses follows https://developer.flutterwave.com/v3.0.0/; names it does not know
are refused.
"""

import re
from decimal import Decimal
from typing import Any

from tests.integrations.vendor import Asked, RefusalError, Vendor

KEY, HASH = "FLWSECK_TEST-SANDBOXDEMOKEY-X", "s3cret-hash"

PAYMENT = {
    "tx_ref",
    "amount",
    "currency",
    "redirect_url",
    "session_duration",
    "max_retry_attempt",
    "customer",
    "customizations",
    "meta",
    "payment_options",
}


def no(status: int, message: str) -> RefusalError:
    return RefusalError(status, {"status": "error", "message": message, "data": None})


def yes(data: Any) -> dict[str, Any]:
    return {"status": "success", "message": "Done", "data": data}


class FlutterwaveVendor(Vendor):
    """Attributes: `links` by reference; `transactions` and `refunds` as they came.

    `hides_refunds` says whether the list of refunds is refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, dict[str, Any]] = {}
        self.transactions: list[dict[str, Any]] = []
        self.refunds: list[dict[str, Any]] = []
        self.refunds_end = "completed"
        self.hides_refunds = False

    def answer(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            raise no(401, "Invalid authorization key")
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["GET", "v3", "balances"]:
                return yes([{"currency": "NGN", "available_balance": 0}])
            case ["POST", "v3", "payments"]:
                return yes({"link": self._link(asked.json)})
            case ["GET", "v3", "transactions", "verify_by_reference"]:
                name = asked.query["tx_ref"]
                found = [each for each in self.transactions if each["tx_ref"] == name]
                if not found:
                    raise no(400, "No transaction was found for this id")
                return yes(found[-1])
            case ["GET", "v3", "transactions", number, "verify"]:
                return yes(self._known(number))
            case ["POST", "v3", "transactions", number, "refund"]:
                return yes(self._refund(self._known(number), asked.json))
            case ["GET", "v3", "refunds"] if self.hides_refunds:
                raise no(403, "You are not allowed to list refunds")
            case ["GET", "v3", "refunds"]:
                number = asked.query["id"]
                of = [each for each in self.refunds if str(each["transaction_id"]) == number]
                shown = [{**each, "amount_refunded": str(each["amount_refunded"])} for each in of]
                return yes(shown)
        raise no(404, "Cannot find this address")

    def _link(self, asked: dict[str, Any]) -> str:
        if unknown := asked.keys() - PAYMENT:
            raise no(400, f"{sorted(unknown)} not allowed")
        for name in ("tx_ref", "amount", "redirect_url", "customer"):
            if not asked.get(name):
                raise no(400, f"{name} is required")
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", asked["customer"]["email"]):
            raise no(400, "customer.email must be a valid email")
        if not re.fullmatch(r"[A-Z]{3}", asked["currency"]):
            raise no(400, "currency must be valid")
        if not re.fullmatch(r"\d+(\.\d+)?", str(asked["amount"])):
            raise no(400, "amount must be a number")
        if not 1 <= asked.get("session_duration", 1) <= 1440:
            raise no(400, "session_duration must be at most 1440")
        self.links[asked["tx_ref"]] = asked
        return f"https://checkout.flutterwave.com/v3/hosted/pay/{len(self.links):020x}"

    def _refund(self, transaction: dict[str, Any], asked: dict[str, Any]) -> Any:
        if unknown := asked.keys() - {"amount", "comments", "callbackurl"}:
            raise no(400, f"{sorted(unknown)} not allowed")
        of = [
            each
            for each in self.refunds
            if each["transaction_id"] == transaction["id"] and each["status"] != "failed"
        ]
        back = sum((each["amount_refunded"] for each in of), Decimal(asked["amount"]))
        if back > Decimal(str(transaction["amount"])):
            raise no(400, "Refund amount is more than the transaction amount")
        refund = {
            "id": 75900 + len(self.refunds),
            "transaction_id": transaction["id"],
            "amount_refunded": float(asked["amount"]),
            "comment": asked.get("comments"),
            "status": self.refunds_end,
        }
        self.refunds.append({**refund, "amount_refunded": Decimal(asked["amount"])})
        return refund

    def _known(self, number: str) -> dict[str, Any]:
        for each in self.transactions:
            if str(each["id"]) == number:
                return each
        raise no(404, "No transaction was found for this id")

    def pay(
        self, reference: str, *, status: str = "successful", amount: str = "", currency: str = ""
    ) -> dict[str, Any]:
        """Somebody tries to pay on the page of a link."""
        link = self.links[reference]
        transaction = {
            "id": 4975363 + len(self.transactions),
            "tx_ref": reference,
            "amount": float(amount or link["amount"]),
            "currency": currency or link["currency"],
            "charged_amount": float(amount or link["amount"]),
            "status": status,
        }
        self.transactions.append(transaction)
        return transaction
