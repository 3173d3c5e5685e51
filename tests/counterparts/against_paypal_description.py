"""The requests of the gateway of PayPal against PayPal's published description of its interface.

Run by `make services`, not by the suite. $PAYPAL_DESCRIPTION is the folder `openapi` of
github.com/paypal/paypal-rest-api-specifications (Apache-2.0), which is not kept here.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from eventdesk.integrations.paypal.gateway import PayPalGateway
from tests.build import NOON
from tests.integrations.paypal_vendor import PayPalVendor
from tests.integrations.test_paypal import VALUES, approved, back

FOLDER = os.environ.get("PAYPAL_DESCRIPTION", "")

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
pytestmark = pytest.mark.skipif(not FOLDER, reason="$PAYPAL_DESCRIPTION is not set")

KINDS = {
    "/v2/checkout/orders": ("checkout_orders_v2", "order_request"),
    "/refund": ("payments_payment_v2", "refund_request"),
    "/capture": ("checkout_orders_v2", "order_capture_request"),
    "/verify-webhook-signature": ("notifications_webhooks_v1", "verify_webhook_signature"),
}


def schema_of(file: str, name: str) -> dict[str, Any]:
    """A schema as it stands, but that no other members are allowed below it."""
    whole = json.loads((Path(FOLDER) / f"{file}.json").read_text())
    for each in whole["components"]["schemas"].values():
        if "properties" in each and "allOf" not in each and "type" in each:
            each.setdefault("additionalProperties", each.get("title") == "Webhook Event")
    return {"$ref": f"#/components/schemas/{name}", "components": whole["components"]}


def test_each_request_is_as_described() -> None:
    with PayPalVendor() as vendor:
        gateway = PayPalGateway(VALUES, origin=vendor.origin)
        payment = approved(gateway, vendor)
        gateway.ask(payment)
        gateway.refund(back(payment.reference, 5000))
        headers, body = vendor.send(
            "PAYMENT.CAPTURE.COMPLETED", vendor.capture_of(payment.reference)
        )
        gateway.hear(headers, body, now=NOON)
        made = [each for each in vendor.asked if each.method == "POST"]
    seen = set()
    for each in made:
        for end, (file, name) in KINDS.items():
            if each.path.endswith(end):
                jsonschema.validate(each.json, schema_of(file, name))
                seen.add(end)
    assert seen == KINDS.keys()
