"""PayPal on loopback: tokens, orders, captures, refunds, and what it says of its own notices.

What it takes and refuses follows https://developer.paypal.com/docs/api/; names it does not know
are refused.
"""

import base64
import json
import re
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from tests.integrations.vendor import Asked, RefusalError, Vendor

CLIENT_ID, SECRET = "AeA1QIZXiflr1_-r0U2UbWTziOWX1GRQer5jkUq4ZfWT5qwb6qQRPq7j", "EC_s"
WEBHOOK_ID = "1JE4291016473214C"

CURRENCIES = {"EUR": 2, "USD": 2, "HUF": 0, "JPY": 0, "TWD": 0}


def no(status: int, issue: str, words: str = "") -> RefusalError:
    name = {401: "AUTHENTICATION_FAILURE", 404: "RESOURCE_NOT_FOUND"}.get(
        status, "UNPROCESSABLE_ENTITY"
    )
    details = [{"issue": issue, "description": words or issue}]
    return RefusalError(status, {"name": name, "message": "It failed.", "details": details})


def need(thing: dict[str, Any], **shape: str) -> None:
    """See that a thing has no other members than these, and all whose pattern has no `?` before."""
    if unknown := thing.keys() - shape.keys():
        raise no(400, "INVALID_PARAMETER_SYNTAX", f"unknown: {sorted(unknown)}")
    for name, pattern in shape.items():
        if name not in thing:
            if not pattern.startswith("?"):
                raise no(400, "MISSING_REQUIRED_PARAMETER", name)
        elif isinstance(thing[name], str) and not re.fullmatch(pattern.lstrip("?"), thing[name]):
            raise no(400, "INVALID_PARAMETER_VALUE", f"{name}: {thing[name]!r}")


def need_amount(amount: dict[str, Any]) -> None:
    need(amount, currency_code=r"[A-Z]{3}", value=r"[0-9]+(\.[0-9]+)?")
    digits = CURRENCIES.get(amount["currency_code"])
    if digits is None:
        raise no(422, "CURRENCY_NOT_SUPPORTED")
    if len(amount["value"].partition(".")[2]) != digits:
        raise no(422, "DECIMAL_PRECISION")


class PayPalVendor(Vendor):
    """Attributes: `orders` and `sent` notices by their ids; `captures_end` is what they come to.

    `at_work` is the status of what is asked while PayPal does it already; 0 where it does not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, dict[str, Any]] = {}
        self.sent: dict[str, str] = {}
        self.tokens = {"A21AAF"}
        self.captures_end = "COMPLETED"
        self.refunds_end = "COMPLETED"
        self.at_work = 0
        self._keys: dict[str, Any] = {}
        self._invoices: set[str] = set()
        self._counter = 0

    def answer(self, asked: Asked) -> Any:
        if asked.path == "/v1/oauth2/token":
            return self._token(asked)
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.tokens:
            raise no(401, "INVALID_TOKEN")
        if asked.method == "POST" and asked.headers.get("content-type") != "application/json":
            raise no(415, "UNSUPPORTED_MEDIA_TYPE")
        key = asked.headers.get("paypal-request-id")
        if self.at_work and key is not None:
            raise no(self.at_work, "PREVIOUS_REQUEST_IN_PROGRESS")
        if key in self._keys:
            return self._keys[key]
        done = self._do(asked)
        if key is not None:
            self._keys[key] = deepcopy(done)
        return done

    def _do(self, asked: Asked) -> Any:
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["POST", "v2", "checkout", "orders"]:
                return 201, self._make(asked.json)
            case ["GET", "v2", "checkout", "orders", name]:
                return self._known(name)
            case ["POST", "v2", "checkout", "orders", name, "capture"]:
                need(asked.json, payment_source="?")
                return 201, self._capture(self._known(name))
            case ["POST", "v2", "payments", "captures", name, "refund"]:
                return 201, self._refund(name, asked.json)
            case ["GET", "v1", "notifications", "webhooks", name]:
                if name != WEBHOOK_ID:
                    raise no(404, "INVALID_RESOURCE_ID")
                return {"id": name}
            case ["POST", "v1", "notifications", "verify-webhook-signature"]:
                return self._verify(asked)
        raise no(404, "INVALID_RESOURCE_ID", asked.path)

    def _token(self, asked: Asked) -> Any:
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {basic}":
            raise RefusalError(401, {"error": "invalid_client"})
        assert asked.form == {"grant_type": "client_credentials"}
        token = self._name("A21AA")
        self.tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 32400}

    def _make(self, order: dict[str, Any]) -> Any:
        need(order, intent=r"CAPTURE|AUTHORIZE", purchase_units="", payment_source="?")
        [unit] = order["purchase_units"]
        need(
            unit,
            amount="",
            custom_id=r"?.{1,127}",
            invoice_id=r"?.{1,127}",
            description=r"?.{1,127}",
        )
        need_amount(unit["amount"])
        paypal = order["payment_source"]["paypal"]
        need(paypal, experience_context="?")
        context = paypal["experience_context"]
        need(
            context,
            shipping_preference=r"?GET_FROM_FILE|NO_SHIPPING|SET_PROVIDED_ADDRESS",
            user_action=r"?CONTINUE|PAY_NOW",
            return_url=r"https?://\S+",
            cancel_url=r"https?://\S+",
        )
        assert urlsplit(context["return_url"]).hostname
        name = self._name("5O190127TN36471")
        self.orders[name] = {
            "id": name,
            "intent": "CAPTURE",
            "status": "PAYER_ACTION_REQUIRED",
            "purchase_units": [{**unit, "reference_id": "default"}],
            "links": [
                {
                    "rel": "payer-action",
                    "href": f"https://www.paypal.com/checkoutnow?token={name}",
                    "method": "GET",
                }
            ],
        }
        return self.orders[name]

    def _capture(self, order: dict[str, Any]) -> Any:
        if order["status"] == "COMPLETED":
            raise no(422, "ORDER_ALREADY_CAPTURED")
        if order["status"] != "APPROVED":
            raise no(422, "ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
        unit = order["purchase_units"][0]
        if unit["invoice_id"] in self._invoices:
            raise no(422, "DUPLICATE_INVOICE_ID")
        if self.captures_end == "refused":
            raise no(422, "INSTRUMENT_DECLINED", "The card was declined by the bank.")
        self._invoices.add(unit["invoice_id"])
        order["status"] = "COMPLETED"
        capture = {
            "id": self._name("3C679366HH908"),
            "status": self.captures_end,
            "amount": unit["amount"],
            "custom_id": unit["custom_id"],
            "final_capture": True,
        }
        if self.captures_end != "COMPLETED":
            capture["status_details"] = {"reason": "PENDING_REVIEW"}
        unit["payments"] = {"captures": [capture], "refunds": []}
        return order

    def _refund(self, name: str, asked: dict[str, Any]) -> Any:
        need(asked, amount="", custom_id=r"?.{1,127}", invoice_id="?", note_to_payer="?")
        need_amount(asked["amount"])
        for order in self.orders.values():
            payments = order["purchase_units"][0].get("payments") or {"captures": []}
            for capture in payments["captures"]:
                if capture["id"] != name:
                    continue
                back = sum(
                    float(each["amount"]["value"])
                    for each in payments["refunds"]
                    if each["status"] != "FAILED"
                )
                if back + float(asked["amount"]["value"]) > float(capture["amount"]["value"]):
                    raise no(422, "REFUND_AMOUNT_EXCEEDED", "The refund is more than what is left.")
                refund = {"id": self._name("1JU08902781691"), "status": self.refunds_end, **asked}
                payments["refunds"].append(refund)
                return refund
        raise no(404, "INVALID_RESOURCE_ID")

    def _verify(self, asked: Asked) -> Any:
        proof = asked.json
        need(
            proof,
            auth_algo=r"[a-zA-Z0-9]+",
            cert_url=r"https://\S+",
            transmission_id=r"(?!\d+$)\w+\S+",
            transmission_sig=r"(?!\d+$)\w+\S+",
            transmission_time=r"\d{4}-\d\d-\d\dT\S+",
            webhook_id=r"[a-zA-Z0-9]+",
            webhook_event="",
        )
        body = asked.body[asked.body.index(b'"webhook_event": ') + 17 : -1].decode()
        known = self.sent.get(proof["transmission_id"]) == body
        right = known and proof["webhook_id"] == WEBHOOK_ID and proof["transmission_sig"] == "sig=1"
        return {"verification_status": "SUCCESS" if right else "FAILURE"}

    def _known(self, name: str) -> dict[str, Any]:
        if name not in self.orders:
            raise no(404, "INVALID_RESOURCE_ID", "Specified resource ID does not exist.")
        return self.orders[name]

    def _name(self, prefix: str) -> str:
        self._counter += 1
        return f"{prefix}{self._counter:03d}"

    # What people do on PayPal's own pages, and what PayPal sends.

    def approve(self, order: str) -> dict[str, Any]:
        """Somebody approves an order."""
        self.orders[order]["status"] = "APPROVED"
        return self.orders[order]

    def capture_of(self, order: str) -> dict[str, Any]:
        found: dict[str, Any] = self.orders[order]["purchase_units"][0]["payments"]["captures"][0]
        return found

    def send(self, kind: str, resource: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        """A notice with its headers."""
        event = {"id": self._name("WH-"), "event_type": kind, "resource": resource}
        body = json.dumps(event, indent=1)
        name = self._name("69cd13f0-d67a-")
        self.sent[name] = body
        headers = {
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": "https://api.paypal.com/v1/notifications/certs/CERT-1",
            "paypal-transmission-id": name,
            "paypal-transmission-sig": "sig=1",
            "paypal-transmission-time": "2026-06-01T10:00:00Z",
        }
        return headers, body.encode()
