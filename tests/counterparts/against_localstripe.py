"""The gateway of Stripe against localstripe, an emulator of Stripe's interface by others.

Run by `make services`, not by the suite: localstripe is GPL and runs as a program of its own, put
into a folder of its own. Its program is $LOCALSTRIPE_PROGRAM or `localstripe` on the path. It
knows intents, refunds and signed notices; it has no checkout pages.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from eventdesk.core.money import Money
from eventdesk.core.paying import RefundState
from eventdesk.integrations.payments import RefundOrder, Told
from eventdesk.integrations.stripe.events import OURS
from eventdesk.integrations.stripe.gateway import StripeGateway
from tests.integrations.stripe_vendor import KEY, SIGNING_SECRET
from tests.integrations.vendor import Asked, Vendor

PROGRAM = shutil.which(os.environ.get("LOCALSTRIPE_PROGRAM") or "localstripe")
PATIENCE_S = 10.0

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="localstripe is not installed")


class Ears(Vendor):
    """Where localstripe sends its notices."""

    def answer(self, asked: Asked) -> Any:
        return {"took": asked.path}


class Localstripe:
    """The running emulator."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def call(self, path: str, **form: str) -> Any:
        body = urlencode(form).encode() if form else None
        asked = urllib.request.Request(self.origin + path, body)
        asked.add_header("Authorization", f"Bearer {KEY}")
        with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def paid(self, payment_id: UUID, units: int) -> str:
        """Somebody pays with a card; the id of the intent."""
        card = {"card[number]": "4242424242424242", "card[exp_month]": "12"}
        card |= {"card[exp_year]": "2040", "card[cvc]": "123", "type": "card"}
        method = self.call("/v1/payment_methods", **card)
        intent = self.call(
            "/v1/payment_intents",
            payment_method=method["id"],
            amount=str(units),
            currency="eur",
            **{f"metadata[{OURS}]": str(payment_id)},
        )
        self.call(f"/v1/payment_intents/{intent['id']}/confirm", **{"expand[]": "latest_charge"})
        return str(intent["id"])


@pytest.fixture
def localstripe() -> Iterator[Localstripe]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert PROGRAM is not None
    with subprocess.Popen(
        [PROGRAM, "--port", str(port), "--from-scratch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        there = Localstripe(f"http://127.0.0.1:{port}")
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                there.call("/v1/customers")
                break
            except urllib.error.URLError:
                time.sleep(0.05)
        yield there
        process.terminate()


@pytest.fixture
def gateway(localstripe: Localstripe) -> StripeGateway:
    values = {"key": KEY, "signing_secret": SIGNING_SECRET, "address": "https://example.org"}
    return StripeGateway(values, origin=localstripe.origin)


def test_its_signed_notice_is_heard(localstripe: Localstripe, gateway: StripeGateway) -> None:
    payment_id = uuid4()
    with Ears() as ears:
        localstripe.call(
            "/_config/webhooks/house",
            **{"url": f"{ears.origin}/notices/stripe", "secret": SIGNING_SECRET},
        )
        localstripe.paid(payment_id, 12000)
        until = time.monotonic() + PATIENCE_S
        heard: list[Any] = []
        while not heard and time.monotonic() < until:
            time.sleep(0.05)
            for asked in list(ears.asked):
                heard += gateway.hear(asked.headers, asked.body, now=datetime.now(UTC))
    assert (heard[0].payment_id, heard[0].state) == (payment_id, Told.PAID)
    assert heard[0].received == Money(12000, "EUR")


def test_it_gives_back_in_parts_once_each_and_never_beyond(
    localstripe: Localstripe, gateway: StripeGateway
) -> None:
    intent = localstripe.paid(uuid4(), 12000)

    def back(minor: int) -> RefundOrder:
        return RefundOrder(uuid4(), uuid4(), intent, Money(minor, "EUR"))

    part = back(5000)
    assert gateway.refund(part).state is RefundState.PAID
    assert gateway.refund(part).state is RefundState.PAID
    assert gateway.refund(back(7000)).state is RefundState.PAID
    given = localstripe.call(f"/v1/refunds?payment_intent={intent}")["data"]
    assert sorted(each["amount"] for each in given) == [5000, 7000]
