"""Stripe on loopback: checkout sessions, intents, refunds and signed notices.

What it takes and refuses follows https://docs.stripe.com/api; names it does not know are refused.
"""

import hashlib
import hmac
import json
import re
from copy import deepcopy
from datetime import timedelta
from typing import Any

from tests.integrations.vendor import Asked, RefusalError, Vendor

KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"
SIGNING_SECRET = "whsec_test_5WqPkTfsRqY4xa"

SESSION = {
    "mode": r"payment",
    "client_reference_id": r".{1,200}",
    "success_url": r"https?://\S{1,5000}",
    "cancel_url": r"https?://\S{1,5000}",
    "expires_at": r"[0-9]{10}",
    "line_items[0][quantity]": r"[1-9][0-9]*",
    "line_items[0][price_data][currency]": r"[a-z]{3}",
    "line_items[0][price_data][unit_amount]": r"[0-9]{1,12}",
    "line_items[0][price_data][product_data][name]": r".{1,250}",
    "payment_intent_data[description]": r".{1,1000}",
}
NEEDED = {"mode", "success_url", "line_items[0][price_data][currency]"} | {
    "line_items[0][quantity]",
    "line_items[0][price_data][unit_amount]",
    "line_items[0][price_data][product_data][name]",
}
REFUND = {
    "payment_intent": r"pi_\w+",
    "amount": r"[1-9][0-9]*",
    "reason": r"duplicate|fraudulent|requested_by_customer",
}
INTENT = {
    "amount": r"[1-9][0-9]*",
    "currency": r"[a-z]{3}",
    "allowed_payment_method_types[0]": r"card_present",
    "capture_method": r"automatic",
    "description": r".{1,1000}",
}
PROCESS = {
    "payment_intent": r"pi_\w+",
    "process_config[enable_customer_cancellation]": r"true|false",
    "process_config[skip_tipping]": r"true|false",
}
METADATA = re.compile(r"(?:payment_intent_data\[)?metadata\]?\[([^\]\[]{1,40})\]")


def no(
    status: int, message: str, kind: str = "invalid_request_error", code: str = ""
) -> RefusalError:
    return RefusalError(status, {"error": {"type": kind, "message": message, "code": code}})


class StripeVendor(Vendor):
    """Attributes: `sessions`, `intents`, `refunds`, `readers` by their ids, as they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.refunds_end = "succeeded"
        self.readers: dict[str, dict[str, Any]] = {}
        self.fault = ""
        """The code of the error with which readers answer; "" while they work."""
        self._keys: dict[str, tuple[str, dict[str, str], Any]] = {}
        self._counter = 0

    def answer(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            raise no(401, "Invalid API Key provided: sk_test_****")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d\.[a-z]+", asked.headers.get("stripe-version", "")):
            raise no(400, "Invalid Stripe API version")
        key = asked.headers.get("idempotency-key")
        if key is None or asked.method != "POST":
            return self._do(asked)
        place, form, before = self._keys.get(key, ("", {}, None))
        if before is not None:
            if (place, form) != (asked.path, asked.form):
                raise no(400, "Keys can only be used with the same parameters", "idempotency_error")
            return before
        done = self._do(asked)
        self._keys[key] = (asked.path, asked.form, deepcopy(done))
        return done

    def _do(self, asked: Asked) -> Any:
        match [asked.method, *asked.path.strip("/").split("/")]:
            case ["GET", "v1", "balance"]:
                return {"object": "balance", "livemode": False, "available": []}
            case ["POST", "v1", "checkout", "sessions"]:
                return self._make_session(asked.form)
            case ["GET", "v1", "checkout", "sessions", name]:
                session = dict(self._known(self.sessions, name))
                if asked.query.get("expand[]") == "payment_intent" and session["payment_intent"]:
                    session["payment_intent"] = self.intents[session["payment_intent"]]
                return session
            case ["POST", "v1", "checkout", "sessions", name, "expire"]:
                session = self._known(self.sessions, name)
                if session["status"] != "open":
                    raise no(
                        400, 'Only Checkout Sessions with a status in ["open"] can be expired.'
                    )
                session["status"] = "expired"
                return session
            case ["GET", "v1", "payment_intents", name]:
                return self._known(self.intents, name)
            case ["POST", "v1", "payment_intents"]:
                return self._make_intent(asked.form)
            case ["POST", "v1", "payment_intents", name, "cancel"]:
                _check(asked.form, {"cancellation_reason": "abandoned"}, set())
                intent = self._known(self.intents, name)
                if intent["status"] in ("succeeded", "canceled", "processing"):
                    code = "payment_intent_unexpected_state"
                    raise no(400, "You cannot cancel this PaymentIntent.", code=code)
                intent["status"] = "canceled"
                return intent
            case ["GET", "v1", "terminal", "readers"]:
                assert 1 <= int(asked.query["limit"]) <= 100
                return {"object": "list", "data": [*self.readers.values()], "has_more": False}
            case ["GET", "v1", "terminal", "readers", name]:
                return self._known(self.readers, name)
            case ["POST", "v1", "terminal", "readers", name, "process_payment_intent"]:
                return self._process(self._known(self.readers, name), asked.form)
            case ["POST", "v1", "terminal", "readers", name, "cancel_action"]:
                reader = self._known(self.readers, name)
                if reader["_charges"]:
                    raise no(400, "Reader is busy", code="terminal_reader_busy")
                reader["action"] = None
                return reader
            case ["POST", "v1", "refunds"]:
                return self._refund(asked.form)
            case ["GET", "v1", "refunds"]:
                assert asked.query.keys() <= {"payment_intent", "limit", "charge"}
                assert 1 <= int(asked.query["limit"]) <= 100
                of = [
                    each
                    for each in self.refunds.values()
                    if each["payment_intent"] == asked.query["payment_intent"]
                ]
                return {"object": "list", "data": of[::-1], "has_more": False}
        raise no(404, f"Unrecognized request URL ({asked.method}: {asked.path}).")

    def _make_session(self, form: dict[str, str]) -> dict[str, Any]:
        _check(form, SESSION, NEEDED)
        ends = int(form.get("expires_at") or self.now.timestamp() + 86400)
        left = ends - self.now.timestamp()
        if not timedelta(minutes=30).total_seconds() <= left <= 86400:
            raise no(400, "`expires_at` must be 30 minutes to 24 hours from creation.")
        units = int(form["line_items[0][price_data][unit_amount]"])
        currency = form["line_items[0][price_data][currency]"]
        if currency in ("kwd", "bhd", "jod", "omr", "tnd") and units % 10:
            raise no(400, "Invalid amount: the last digit must be 0", code="amount_invalid")
        if currency in ("isk", "ugx") and units % 100:
            raise no(400, "Invalid amount", code="invalid_charge_amount_no_decimal_compatible")
        if units < 50:
            raise no(400, "The total must be at least 50", code="amount_too_small")
        name = self._name("cs_test_")
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "mode": "payment",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": units * int(form["line_items[0][quantity]"]),
            "currency": currency,
            "client_reference_id": form.get("client_reference_id"),
            "success_url": form["success_url"],
            "expires_at": ends,
            "url": f"https://checkout.stripe.com/c/pay/{name}",
            "payment_intent": None,
            "metadata": _metadata(form, "metadata"),
            "_intent_metadata": _metadata(form, "payment_intent_data"),
            "livemode": False,
        }
        return self.sessions[name]

    def _make_intent(self, form: dict[str, str]) -> dict[str, Any]:
        _check(form, INTENT, {"amount", "currency", "allowed_payment_method_types[0]"})
        name = self._name("pi_")
        self.intents[name] = {
            "id": name,
            "object": "payment_intent",
            "amount": int(form["amount"]),
            "amount_received": 0,
            "currency": form["currency"],
            "status": "requires_payment_method",
            "metadata": _metadata(form, "metadata"),
            "_refunded": 0,
        }
        return self.intents[name]

    def _process(self, reader: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
        _check(form, PROCESS, {"payment_intent"})
        if self.fault and self.fault != "terminal_reader_timeout":
            raise no(400, "The reader does not do it.", code=self.fault)
        if self._known(self.intents, form["payment_intent"])["status"] != "requires_payment_method":
            raise no(400, "PaymentIntent cannot be processed", code="intent_invalid_state")
        if (reader["action"] or {}).get("status") == "in_progress":
            raise no(400, "Reader is busy", code="terminal_reader_busy")
        reader["action"] = {
            "type": "process_payment_intent",
            "status": "in_progress",
            "failure_code": None,
            "failure_message": None,
            "process_payment_intent": {"payment_intent": form["payment_intent"]},
        }
        if self.fault:
            raise no(400, "Reader timed out", code=self.fault)
        return reader

    def _refund(self, form: dict[str, str]) -> dict[str, Any]:
        _check(form, REFUND, {"payment_intent"})
        intent = self._known(self.intents, form["payment_intent"])
        if intent["status"] != "succeeded":
            raise no(400, "This PaymentIntent does not have a successful charge to refund.")
        units = int(form.get("amount", intent["amount"]))
        if units > intent["amount_received"] - intent["_refunded"]:
            raise no(400, "Refund amount is greater than unrefunded amount on charge")
        name = self._name("re_")
        ends = self.refunds_end
        self.refunds[name] = {
            "id": name,
            "object": "refund",
            "amount": units,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "status": ends,
            "failure_reason": "expired_or_canceled_card" if ends == "failed" else None,
            "metadata": _metadata(form, "metadata"),
        }
        if ends != "failed":
            intent["_refunded"] += units
        return self.refunds[name]

    def _known(self, things: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
        if name not in things:
            raise no(404, f"No such object: '{name}'", code="resource_missing")
        return things[name]

    def _name(self, prefix: str) -> str:
        self._counter += 1
        return f"{prefix}{self._counter:024d}"

    # What people do at card readers.

    def add_reader(self, label: str = "Desk 1", *, online: bool = True) -> str:
        """Register a reader; returns its name."""
        name = self._name("tmr_")
        self.readers[name] = {
            "id": name,
            "object": "terminal.reader",
            "label": label,
            "device_type": "stripe_s700",
            "status": "online" if online else "offline",
            "action": None,
            "_charges": False,
        }
        return name

    def on_reader(self, reader: str) -> str:
        """The intent that a reader waits with for a card; "" where it does not."""
        action = self.readers[reader]["action"] or {}
        waits = action.get("status") == "in_progress"
        return str(action["process_payment_intent"]["payment_intent"]) if waits else ""

    def tap(self, reader: str) -> dict[str, Any]:
        """A guest holds a card to a reader, and it is charged."""
        intent = self.intents[self.on_reader(reader)]
        assert intent["status"] == "requires_payment_method"
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        self.readers[reader]["action"]["status"] = "succeeded"
        return self.readers[reader]

    def fail(self, reader: str, code: str = "card_declined") -> dict[str, Any]:
        """What a reader was to do comes to nothing."""
        action = self.readers[reader]["action"]
        action |= {"status": "failed", "failure_code": code, "failure_message": "No funds."}
        return self.readers[reader]

    # What people do on Stripe's own pages.

    def pay(self, session: str, *, later: bool = False) -> dict[str, Any]:
        """Somebody pays; `later` is by a bank that has yet to say whether it does."""
        it = self.sessions[session]
        assert it["status"] == "open"
        name = self._name("pi_")
        self.intents[name] = {
            "id": name,
            "object": "payment_intent",
            "amount": it["amount_total"],
            "amount_received": 0 if later else it["amount_total"],
            "currency": it["currency"],
            "status": "processing" if later else "succeeded",
            "metadata": it["_intent_metadata"],
            "_refunded": 0,
        }
        it |= {"status": "complete", "payment_intent": name}
        it["payment_status"] = "unpaid" if later else "paid"
        return it

    def bank_says(self, session: str, *, paid: bool) -> dict[str, Any]:
        """The bank of a payment that came later decides."""
        it = self.sessions[session]
        intent = self.intents[it["payment_intent"]]
        intent["status"] = "succeeded" if paid else "requires_payment_method"
        if paid:
            intent["amount_received"], it["payment_status"] = intent["amount"], "paid"
        return it

    def charge(self, intent: str) -> dict[str, Any]:
        """The charge of an intent, as events show it."""
        it = self.intents[intent]
        return {
            "id": "ch_1",
            "object": "charge",
            "amount": it["amount"],
            "amount_refunded": it["_refunded"],
            "refunded": it["_refunded"] == it["amount"],
            "currency": it["currency"],
            "payment_intent": intent,
            "metadata": it["metadata"],
        }

    def dispute(self, intent: str, status: str = "needs_response") -> dict[str, Any]:
        """A dispute about a payment, as events show it: it does not have our metadata."""
        it = self.intents[intent]
        return {
            "id": "dp_1",
            "object": "dispute",
            "amount": it["amount"],
            "currency": it["currency"],
            "charge": "ch_1",
            "payment_intent": intent,
            "reason": "product_not_received",
            "status": status,
            "metadata": {},
        }

    def event(self, kind: str, thing: dict[str, Any]) -> bytes:
        """The body of a notice."""
        shown = {name: value for name, value in thing.items() if not name.startswith("_")}
        event = {"id": self._name("evt_"), "object": "event", "type": kind}
        return json.dumps({**event, "data": {"object": shown}}, indent=2).encode()

    def signed(self, body: bytes, *, secret: str = SIGNING_SECRET) -> dict[str, str]:
        """The headers of a notice that is sent now."""
        at = int(self.now.timestamp())
        proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={at},v1={proof},v0=6ffbb59b2300aae63f272406069a9788"}


def _check(form: dict[str, str], known: dict[str, str], needed: set[str]) -> None:
    for name, value in form.items():
        if found := METADATA.fullmatch(name):
            if len(value) > 500:
                raise no(400, f"Metadata values can have up to 500 characters: {found[1]}")
        elif name not in known:
            raise no(400, f"Received unknown parameter: {name}", code="parameter_unknown")
        elif not re.fullmatch(known[name], value):
            raise no(400, f"Invalid {name}: {value!r}")
    if missing := needed - form.keys():
        raise no(400, f"Missing required param: {min(missing)}.", code="parameter_missing")


def _metadata(form: dict[str, str], where: str) -> dict[str, str]:
    found = ((METADATA.fullmatch(name), name, value) for name, value in form.items())
    return {one[1]: value for one, name, value in found if one and name.startswith(where)}
