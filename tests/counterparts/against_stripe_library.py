"""The requests and signatures of the gateway of Stripe against Stripe's own library.

Run by `make services`, not by the suite: the library is made of Stripe's published description of
its interface, is 13 MB, and nothing else needs it. It says which parameters there are and of which
types, and it signs notices.
"""

import re
import sys
from dataclasses import replace
from types import SimpleNamespace, UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

import pytest
from typing_extensions import get_type_hints, is_typeddict

from eventdesk.integrations.stripe.gateway import StripeGateway
from eventdesk.integrations.stripe.line import VERSION
from tests.build import NOON
from tests.integrations.stripe_vendor import SIGNING_SECRET, StripeVendor
from tests.integrations.test_stripe import VALUES, back, order, waiting

stripe = pytest.importorskip("stripe", reason="stripe is not installed")


SAID = {"true": True, "false": False}


def nested(form: dict[str, str]) -> dict[str, Any]:
    """A form of Stripe as its library takes it: `a[b][0][c]` are dicts and lists."""
    whole: dict[str, Any] = {}
    for name, value in form.items():
        *places, last = re.findall(r"[^\[\]]+", name)
        here = whole
        for place in places:
            here = here.setdefault(place, {})
        here[last] = int(value) if value.isdecimal() else SAID.get(value, value)
    return {name: _lists(value) for name, value in whole.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(each, str) and each.isdecimal() for each in value):
        return [_lists(each) for each in value.values()]
    return {name: _lists(each) for name, each in value.items()}


def need_known(kind: Any, value: Any) -> None:
    """See that a value is of a type, and a dict has only what its `TypedDict` names."""
    if get_origin(kind) in (NotRequired, Required):
        need_known(get_args(kind)[0], value)
    elif is_typeddict(kind):
        assert value.keys() <= kind.__annotations__.keys()
        for name, each in value.items():
            only = SimpleNamespace(__annotations__={name: kind.__annotations__[name]})
            names = vars(sys.modules[kind.__module__])
            need_known(get_type_hints(only, globalns=names)[name], each)
    elif get_origin(kind) is list:
        for each in value:
            need_known(get_args(kind)[0], each)
    elif get_origin(kind) in (Union, UnionType):
        assert any(_is_one(one, value) for one in get_args(kind)), f"{value!r} is no {kind}"
    elif get_origin(kind) is Literal:
        assert value in get_args(kind)
    else:
        assert isinstance(value, get_origin(kind) or kind), f"{value!r} is no {kind}"


def _is_one(kind: Any, value: Any) -> bool:
    try:
        need_known(kind, value)
    except AssertionError:
        return False
    return True


def test_each_parameter_is_known_to_stripe_and_of_its_type() -> None:
    with StripeVendor() as vendor:
        gateway = StripeGateway(VALUES, origin=vendor.origin)
        asked = order()
        started = gateway.start(asked)
        vendor.pay(started.reference)
        gateway.ask(waiting(asked, started))
        gateway.refund(back(started.reference, 5000))
        made = [each for each in vendor.asked if each.method == "POST"]
    kinds = {
        "/v1/checkout/sessions": stripe.params.checkout.SessionCreateParams,
        "/v1/refunds": stripe.params.RefundCreateParams,
    }
    assert [each.path for each in made] == [*kinds]
    for each in made:
        need_known(kinds[each.path], nested(each.form))
    assert stripe.api_version == VERSION


def test_each_parameter_of_a_card_reader_is_known_to_stripe_and_of_its_type() -> None:
    with StripeVendor() as vendor:
        gateway = StripeGateway(VALUES, origin=vendor.origin)
        reader = vendor.add_reader()
        assert gateway.readers()
        asked = replace(order(), reader=reader)
        started = gateway.start(asked)
        gateway.present(started.reference, reader)
        gateway.ask(waiting(asked, started, wanted=False))
        made = [each for each in vendor.asked if each.method == "POST"]
    intent, at = f"/v1/payment_intents/{started.reference}", f"/v1/terminal/readers/{reader}"
    kinds = {
        "/v1/payment_intents": stripe.params.PaymentIntentCreateParams,
        f"{at}/process_payment_intent": stripe.params.terminal.ReaderProcessPaymentIntentParams,
        f"{at}/cancel_action": stripe.params.terminal.ReaderCancelActionParams,
        f"{intent}/cancel": stripe.params.PaymentIntentCancelParams,
    }
    assert [each.path for each in made] == [*kinds]
    for each in made:
        need_known(kinds[each.path], nested(each.form))


def test_what_the_library_signs_is_heard_and_what_the_vendor_signs_it_takes() -> None:
    with StripeVendor() as vendor:
        gateway = StripeGateway(VALUES, origin=vendor.origin)
        started = gateway.start(order())
        body = vendor.event("checkout.session.completed", vendor.pay(started.reference))
    header = stripe.WebhookSignature.generate_signature_header(
        body.decode(), SIGNING_SECRET, timestamp=int(NOON.timestamp())
    )
    assert gateway.hear({"stripe-signature": header}, body, now=NOON)
    ours = vendor.signed(body)["stripe-signature"]
    assert stripe.WebhookSignature.verify_header(body, ours, SIGNING_SECRET)
