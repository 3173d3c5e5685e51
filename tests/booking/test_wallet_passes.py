"""Tickets in wallets: what a pass says, and what of a ticket a pass from before may see."""

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.booking import (
    APPLE,
    GOOGLE,
    apple_pass,
    cancel_booking,
    fresh_pass,
    google_pass_link,
    my_tickets,
    newer_passes,
    register_pass,
    transfer_ticket,
    unregister_pass,
    wallets,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from eventdesk.core.made_file import MadeFile
from eventdesk.services import add_service, change_service, list_services
from tests.build import SUPERVISOR, Fair
from tests.figures.crowd import EARLY, person, set_event, ticket_for
from tests.integrations.google_house import pem
from tests.integrations.wallet.issuing import PASS_TYPE, apple, google_values

BASE = "https://desk.example.org"
PHONE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def ada(fair: Fair) -> Actor:
    """Somebody with a ticket, in a house with both wallets."""
    fair.store.clock = lambda: EARLY
    add_service(fair.store, SYSTEM, APPLE, apple().values())
    add_service(fair.store, SYSTEM, GOOGLE, google_values())
    who = person(fair.store, "Ada")
    ticket_for(fair, who)
    return who


def said(made: MadeFile) -> Any:
    with ZipFile(io.BytesIO(made.content)) as archive:
        return json.loads(archive.read("pass.json"))


def own_pass(fair: Fair, who: Actor) -> Any:
    (ticket,) = my_tickets(fair.store, who)
    return said(apple_pass(fair.store, who, ticket.id, base=BASE))


def fetched(fair: Fair, had: Any) -> Any:
    known = PASS_TYPE, had["serialNumber"], had["authenticationToken"]
    return said(fresh_pass(fair.store, VISITOR, *known, base=BASE).file)


def register(fair: Fair, had: Any, device: str = PHONE) -> bool:
    known = PASS_TYPE, had["serialNumber"], had["authenticationToken"]
    return register_pass(fair.store, VISITOR, device, *known)


def test_passes_carry_the_tickets_own_code(fair: Fair, ada: Actor) -> None:
    (ticket,) = my_tickets(fair.store, ada)
    had = own_pass(fair, ada)
    assert had["barcodes"][0]["message"] == ticket.token
    assert had["webServiceURL"] == f"{BASE}/wallet"
    link = google_pass_link(fair.store, ada, ticket.id)
    public = RSAKey.import_key(pem())
    claims = jwt.decode(link.rpartition("/")[2], public, algorithms=["RS256"]).claims
    assert claims["payload"]["eventTicketObjects"][0]["barcode"]["value"] == ticket.token


def test_only_what_is_set_up_and_switched_on_is_offered(fair: Fair, ada: Actor) -> None:
    (ticket,) = my_tickets(fair.store, ada)
    assert wallets(fair.store, ada, ticket.id) == (APPLE, GOOGLE)
    (service,) = (each for each in list_services(fair.store, SYSTEM) if each.kind == APPLE)
    change_service(fair.store, SYSTEM, service.id, {}, enabled=False)
    assert wallets(fair.store, ada, ticket.id) == (GOOGLE,)
    with pytest.raises(InvalidInputError, match="not set up"):
        apple_pass(fair.store, ada, ticket.id)


def test_nobody_gets_the_pass_of_somebody_else(fair: Fair, ada: Actor) -> None:
    (ticket,) = my_tickets(fair.store, ada)
    mallory = person(fair.store, "Mallory")
    with pytest.raises(NotAllowedError):
        apple_pass(fair.store, mallory, ticket.id)
    with pytest.raises(NotAllowedError):
        google_pass_link(fair.store, mallory, ticket.id)
    with pytest.raises(NotAllowedError):
        wallets(fair.store, mallory, ticket.id)


def test_a_ticket_without_a_code_gets_no_pass(fair: Fair, ada: Actor) -> None:
    bob = person(fair.store, "Bob")
    ticket_for(fair, bob, paid=False)
    (ticket,) = my_tickets(fair.store, bob)
    assert wallets(fair.store, bob, ticket.id) == ()
    with pytest.raises(InvalidInputError, match="paid"):
        apple_pass(fair.store, bob, ticket.id)


def test_a_pass_learns_of_another_time(fair: Fair, ada: Actor) -> None:
    had = own_pass(fair, ada)
    assert register(fair, had)
    assert not register(fair, had)
    first = newer_passes(fair.store, VISITOR, PHONE, PASS_TYPE)
    assert first.serials == (had["serialNumber"],)
    fair.store.clock = lambda: EARLY + timedelta(hours=1)
    assert newer_passes(fair.store, VISITOR, PHONE, PASS_TYPE, since=first.upto).serials == ()
    set_event(fair, starts_at=fair.event.starts_at + timedelta(hours=1))
    then = newer_passes(fair.store, VISITOR, PHONE, PASS_TYPE, since=first.upto)
    assert then.serials == (had["serialNumber"],)
    assert fetched(fair, had)["relevantDate"] != had["relevantDate"]
    assert newer_passes(fair.store, VISITOR, PHONE, PASS_TYPE, since=then.upto).serials == ()


def test_a_cancelled_ticket_is_a_void_pass(fair: Fair, ada: Actor) -> None:
    had = own_pass(fair, ada)
    (ticket,) = my_tickets(fair.store, ada)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), ticket.booking_id, reason="ill")
    now = fetched(fair, had)
    assert now["voided"] is True
    assert "barcodes" not in now


def test_a_pass_of_a_ticket_that_was_handed_on_is_void_and_names_nobody(
    fair: Fair, ada: Actor
) -> None:
    had = own_pass(fair, ada)
    (ticket,) = my_tickets(fair.store, ada)
    transfer_ticket(fair.store, ada, ticket.id, name="Grace Hopper", email="grace@example.org")
    now = fetched(fair, had)
    assert now["voided"] is True
    assert "barcodes" not in now
    assert "Grace" not in json.dumps(now)
    assert ticket.code not in json.dumps(now)


def test_a_pass_that_the_house_did_not_make_opens_nothing(fair: Fair, ada: Actor) -> None:
    had = own_pass(fair, ada)
    serial, token = had["serialNumber"], had["authenticationToken"]
    bob = person(fair.store, "Bob")
    ticket_for(fair, bob)
    other = own_pass(fair, bob)
    wrong = [
        (serial, ""),
        (serial, "edp_" + "A" * 50),
        (serial, token[:-2] + ("AA" if token[-2:] != "AA" else "BB")),
        (other["serialNumber"], token),
        ("not-a-serial", token),
    ]
    for each in wrong:
        with pytest.raises(SignInError):
            fresh_pass(fair.store, VISITOR, PASS_TYPE, *each, base=BASE)
        with pytest.raises(SignInError):
            register_pass(fair.store, VISITOR, PHONE, PASS_TYPE, *each)
        with pytest.raises(SignInError):
            unregister_pass(fair.store, VISITOR, PHONE, PASS_TYPE, *each)


def test_a_device_that_unregistered_hears_nothing(fair: Fair, ada: Actor) -> None:
    had = own_pass(fair, ada)
    register(fair, had)
    known = PASS_TYPE, had["serialNumber"], had["authenticationToken"]
    unregister_pass(fair.store, VISITOR, PHONE, *known)
    assert newer_passes(fair.store, VISITOR, PHONE, PASS_TYPE).serials == ()
    assert newer_passes(fair.store, VISITOR, "another", PASS_TYPE).serials == ()


def test_a_pass_is_on_so_many_devices_at_most(fair: Fair, ada: Actor) -> None:
    had = own_pass(fair, ada)
    for number in range(20):
        register(fair, had, f"{number:032x}")
    with pytest.raises(InvalidInputError, match="too many devices"):
        register(fair, had, "f" * 32)


def test_passes_of_another_type_are_not_here(fair: Fair, ada: Actor) -> None:
    had = own_pass(fair, ada)
    known = had["serialNumber"], had["authenticationToken"]
    with pytest.raises(NotFoundError):
        fresh_pass(fair.store, VISITOR, "pass.other", *known, base=BASE)


def test_without_https_a_pass_asks_nowhere(fair: Fair, ada: Actor) -> None:
    (ticket,) = my_tickets(fair.store, ada)
    made = said(apple_pass(fair.store, ada, ticket.id, base="http://desk.example.org"))
    assert "webServiceURL" not in made
    assert "authenticationToken" not in made


def test_a_void_pass_stays_void_however_often_it_asks(fair: Fair, ada: Actor) -> None:
    had = own_pass(fair, ada)
    (ticket,) = my_tickets(fair.store, ada)
    transfer_ticket(fair.store, ada, ticket.id, name="Grace Hopper", email="grace@example.org")
    again = fetched(fair, fetched(fair, had))
    assert again["voided"] is True
    assert "Grace" not in json.dumps(again)
