"""Companies of other countries of the EU that owe the tax themselves."""

from collections.abc import Callable
from uuid import UUID

import pytest

from eventdesk.booking import Booked, NewBooking, NewTicket, book, upgrade_ticket
from eventdesk.booking.upgrades import upgrade
from eventdesk.core.errors import InvalidInputError
from eventdesk.documents.document import Document, Item, TaxShare
from eventdesk.documents.text import as_text
from eventdesk.documents.xml_invoice import as_xml
from eventdesk.events import EventChanges, change_event
from eventdesk.money import (
    balance,
    documents_of,
    issue_invoice,
    let_off,
    list_credits,
    read_document,
    refund,
    take_payment,
    verify_ledger,
)
from tests.build import NOON, SUPERVISOR, Fair
from tests.orders import booking_of, ledger_of, set_event, set_type, tickets_of
from tests.payments import eur

FRENCH, GERMAN, SWISS = "FR12345678901", "DE987654321", "CHE123456789"
WHO = SUPERVISOR.at(NOON)


@pytest.fixture
def fair(fair: Fair) -> Fair:
    """An event with tickets at 19 % tax, whose organizer allows reverse charge."""
    for kind, price in ((fair.regular, 11900), (fair.vip, 23800)):
        set_type(fair, kind, price_minor=price, tax_bp=1900, fee_minor=150)
    set_event(fair, invoice_sender="House\nQuay 1\nVAT ID DE123456789", reverse_charge=True)
    return fair


def owe(fair: Fair, *, tickets: int = 2, paid: bool = False) -> Booked:
    guests = tuple(NewTicket(fair.regular, f"Guest {number}") for number in range(tickets))
    (booked,) = book(fair.store, WHO, fair.event.id, [NewBooking("Ada", "", guests, paid=False)])
    if paid:
        take_payment(fair.store, WHO, booked.booking_id, method="cash")
    return booked


def invoice(fair: Fair, booked: Booked, vat_id: str | None = FRENCH) -> Document:
    made = issue_invoice(fair.store, WHO, booked.booking_id, recipient="Ada SA", vat_id=vat_id)
    return read_document(fair.store, WHO, made.id)


def due(fair: Fair, booking_id: UUID) -> int:
    with fair.store.read() as connection:
        return balance(connection, booking_id).due.minor


def test_the_tax_comes_off_the_price_and_the_invoice_says_who_owes_it(fair: Fair) -> None:
    booked = owe(fair)
    paper = invoice(fair, booked)
    assert paper.items == (
        Item("Regular", 2, 10000, 0, is_reverse=True),
        Item("Service fee", 2, 150, 0),
    )
    assert paper.taxes == (TaxShare(0, 300, 0), TaxShare(0, 20000, 0, is_reverse=True))
    text = as_text(paper)
    for words in ("Reverse charge: the recipient owes the VAT.", FRENCH, "DE123456789", "203.00"):
        assert words in text
    assert "contains" not in text
    assert b"VATEX-EU-AE" in as_xml(paper)


def test_what_is_due_posted_and_reported_is_without_tax(fair: Fair) -> None:
    booked = owe(fair)
    invoice(fair, booked)
    assert due(fair, booked.booking_id) == 20300
    assert booking_of(fair.store, booked.booking_id).total_minor == 20300
    take_payment(fair.store, WHO, booked.booking_id, method="cash")
    held = ledger_of(fair.store, booked.booking_id)
    assert held == {"cash": 20300, "revenue": -20000, "fees": -300}
    assert verify_ledger(fair.store, WHO, fair.event.id).problems == ()
    assert booking_of(fair.store, booked.booking_id).state == "paid"


@pytest.mark.parametrize("vat_id", ["", GERMAN, SWISS, "GB123456789", "XI123456789"])
def test_who_is_no_company_elsewhere_in_the_eu_pays_the_tax(fair: Fair, vat_id: str) -> None:
    booked = owe(fair)
    paper = invoice(fair, booked, vat_id)
    assert paper.taxes == (TaxShare(0, 300, 0), TaxShare(1900, 20000, 3800))
    assert due(fair, booked.booking_id) == 24100


@pytest.mark.parametrize(
    "before",
    [
        {"reverse_charge": False},
        {"invoice_sender": "House"},
        {"invoice_sender": "House\nCHE-123.456.789 MWST"},
        {"invoice_sender": "House\nFR98765432109"},
    ],
)
def test_where_it_is_not_allowed_or_the_seller_is_not_elsewhere_nothing_changes(
    fair: Fair, before: dict[str, object]
) -> None:
    set_event(fair, **before)
    booked = owe(fair)
    assert invoice(fair, booked).taxes[-1] == TaxShare(1900, 20000, 3800)
    assert due(fair, booked.booking_id) == 24100


def test_what_was_paid_too_much_is_a_credit_that_goes_back(fair: Fair) -> None:
    booked = owe(fair, paid=True)
    taxed = invoice(fair, booked, "")
    invoice(fair, booked)
    papers = documents_of(fair.store, WHO, booked.booking_id)
    assert sorted(each.total.minor for each in papers) == [-24100, 20300, 24100]
    assert taxed.total_minor == 24100
    (credit,), _total = list_credits(fair.store, WHO, fair.event.id)
    assert credit.credit == eur(3800)
    refund(fair.store, WHO, booked.booking_id, amount=eur(3800), reason="reverse charge")
    assert verify_ledger(fair.store, WHO, fair.event.id).problems == ()


def test_without_the_vat_id_the_tax_comes_back_to_the_cent(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=9999)
    booked = owe(fair)
    before = tickets_of(fair.store, booked.booking_id)
    invoice(fair, booked)
    assert invoice(fair, booked, "").taxes[-1].tax_minor == 2 * 1596
    assert tickets_of(fair.store, booked.booking_id) == before
    assert verify_ledger(fair.store, WHO, fair.event.id).problems == ()


def test_asked_again_it_is_the_same_invoice_also_when_the_event_stops_it(fair: Fair) -> None:
    booked = owe(fair)
    paper = invoice(fair, booked)
    set_event(fair, reverse_charge=False)
    assert invoice(fair, booked, None) == paper
    assert due(fair, booked.booking_id) == 20300


def test_another_type_is_without_tax_too(fair: Fair) -> None:
    booked = owe(fair, tickets=1)
    invoice(fair, booked)
    asked = fair.store, WHO, booked.ticket_ids[0], fair.vip
    assert upgrade(*asked).difference == eur(10000)
    assert upgrade_ticket(*asked).difference == eur(10000)
    assert due(fair, booked.booking_id) == 20150
    paper = invoice(fair, booked, None)
    assert paper.taxes[-1] == TaxShare(0, 20000, 0, is_reverse=True)
    assert paper.vat_id == FRENCH


def test_of_what_is_let_off_no_tax_comes_back(fair: Fair) -> None:
    booked = owe(fair, tickets=1)
    invoice(fair, booked)
    let_off(fair.store, WHO, booked.booking_id, amount=eur(5075), reason="late")
    assert due(fair, booked.booking_id) == 5075
    assert invoice(fair, booked, "").taxes[-1] == TaxShare(1900, 5000, 950)
    assert verify_ledger(fair.store, WHO, fair.event.id).problems == ()


def test_tickets_of_another_system_keep_the_price_they_have_there(fair: Fair) -> None:
    guest = NewTicket(fair.regular, "Guest", external_ref="T-1")
    (booked,) = book(fair.store, WHO, fair.event.id, [NewBooking("Ada", "", (guest,), paid=False)])
    invoice(fair, booked)
    assert due(fair, booked.booking_id) == 12050


def test_it_is_allowed_only_with_the_sellers_vat_id(fair: Fair) -> None:
    change: Callable[[EventChanges], object] = lambda values: change_event(  # noqa: E731
        fair.store, WHO, fair.event.id, values
    )
    for sender in ("House", "House\nCHE-123.456.789 MWST"):
        with pytest.raises(InvalidInputError, match="VAT ID"):
            change({"invoice_sender": sender})
    change({"reverse_charge": False, "invoice_sender": "House"})
    with pytest.raises(InvalidInputError, match="VAT ID"):
        change({"reverse_charge": True})
    change({"reverse_charge": True, "invoice_sender": "House\nATU12345678"})
