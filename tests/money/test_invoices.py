from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.schema import InvoiceRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import NewBooking, NewTicket, book, cancel_booking
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.money import Money
from eventdesk.documents.document import DocumentSeries, Item, TaxShare
from eventdesk.money import (
    correct_invoice,
    documents_of,
    export_document,
    issue_invoice,
    issue_receipt,
    let_off,
    list_documents,
    read_document,
    take_payment,
)
from eventdesk.money.invoices import _rate
from eventdesk.sales import NewTicketType, Terms, add_ticket_type, price_of
from eventdesk.sales.price import split
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.orders import person
from tests.payments import cancel_tickets, eur, owe

ROUNDS, PROCESSES = 5, 8


def test_a_receipt_says_what_came_in_and_is_issued_once(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    paid = take_payment(
        store, STAFF.at(NOON), owed.booking_id, method="terminal", amount=eur(5000), reference="17"
    )
    issued = issue_receipt(store, STAFF.at(NOON), paid.id)
    assert issued == issue_receipt(store, STAFF.at(NOON), paid.id)
    assert (issued.name, issued.total) == (f"{fair.event.code}-R-00001", eur(5000))
    receipt = read_document(store, STAFF, issued.id)
    assert [(each.text, each.on) for each in receipt.paid] == [("terminal 17", "2026-06-01")]


def test_an_invoice_lists_tickets_fees_and_taxes_by_rate(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12050, 12050, tax=1900, fee=150)
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash", amount=eur(1000))
    issued = issue_invoice(
        store, SUPERVISOR.at(NOON), owed.booking_id, recipient="Ada Ltd\n\n Street 1 "
    )
    invoice = read_document(store, SUPERVISOR, issued.id)
    assert invoice.recipient == ("Ada Ltd", "Street 1")
    assert invoice.items == (Item("Regular", 2, 11900, 1900), Item("Service fee", 2, 150, 0))
    assert invoice.taxes == (TaxShare(0, 300, 0), TaxShare(1900, 20000, 3800))
    assert (invoice.total, invoice.due) == (eur(24100), eur(23100))
    nets = sum(tax.net_minor + tax.tax_minor for tax in invoice.taxes)
    assert nets == invoice.total_minor


def test_another_vat_id_is_another_invoice_and_left_out_it_stays(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    who = SUPERVISOR.at(NOON)
    first = issue_invoice(store, who, owed.booking_id, vat_id="FR 12 345678901")
    assert issue_invoice(store, who, owed.booking_id) == first
    assert "VAT ID: FR12345678901" in read_document(store, who, first.id).addressee
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        assert not correct_invoice(act, owed.booking_id)
    second = issue_invoice(store, who, owed.booking_id, vat_id="")
    assert (second.vat_id, first.vat_id) == ("", "FR12345678901")
    assert [each.series for each in documents_of(store, who, owed.booking_id)].count(
        DocumentSeries.CREDIT
    ) == 1


def test_a_package_is_invoiced_at_one_rate(store: Store, fair: Fair) -> None:
    family = NewTicketType("Family", Money(10000, "EUR"), admits=4, tax_bp=1900)
    kind = add_ticket_type(store, SUPERVISOR.at(NOON), fair.event.id, family)
    four = NewBooking("Ann", "", tuple(NewTicket(kind, f"Guest {number}") for number in range(4)))
    (booked,) = book(store, SUPERVISOR.at(NOON), fair.event.id, [four])
    issued = issue_invoice(store, SUPERVISOR.at(NOON), booked.booking_id)
    invoice = read_document(store, SUPERVISOR, issued.id)
    assert invoice.taxes == (TaxShare(1900, 8403, 1597),)
    assert {item.tax_bp for item in invoice.items} == {1900}


@given(
    minor=st.integers(0, 30_000),
    ways=st.integers(1, 12),
    tax_bp=st.integers(0, 10_000),
    included=st.booleans(),
)
def test_each_of_a_package_has_the_rate_of_its_type(
    minor: int, ways: int, tax_bp: int, included: bool
) -> None:
    terms = Terms(Money(minor, "EUR"), tax_bp=tax_bp, tax_included=included, fee_bp=333)
    shares = split(price_of(terms), ways)
    rates = {_rate(each.total_minor - each.fee_minor, each.tax_minor, tax_bp) for each in shares}
    assert rates == {tax_bp}


def test_a_ticket_keeps_the_rate_it_was_sold_at_when_its_type_changes() -> None:
    assert [_rate(11900, 1900, now) for now in (0, 700, 1800, 1900)] == [1900] * 4
    assert _rate(101, 1, 0) == 100


def test_asked_again_it_is_the_same_invoice_until_something_changes(
    store: Store, fair: Fair
) -> None:
    owed = owe(fair, 12000, 5000)
    first = issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash")
    assert issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id) == first
    kept = read_document(store, SUPERVISOR, first.id)
    cancel_tickets(store, owed, owed.ticket_ids[:1], kept=1000)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        assert correct_invoice(act, owed.booking_id)
        assert not correct_invoice(act, owed.booking_id)
    second = issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    assert second.total == eur(6000)
    assert read_document(store, SUPERVISOR, first.id) == kept
    seen = documents_of(store, SUPERVISOR, owed.booking_id)
    assert sorted((each.name[-7:], each.total.minor) for each in seen) == [
        ("C-00001", -17000),
        ("I-00001", 17000),
        ("I-00002", 6000),
    ]
    credit = next(each for each in seen if each.series is DocumentSeries.CREDIT)
    assert read_document(store, SUPERVISOR, credit.id).refers_to == first.name


def test_another_recipient_takes_the_first_invoice_back(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id, recipient="Ada Ltd")
    _found, total = list_documents(store, SUPERVISOR, fair.event.id)
    assert total == 3
    assert list_documents(store, SUPERVISOR, fair.event.id, series=DocumentSeries.INVOICE)[1] == 2


def test_what_was_cancelled_has_no_invoice(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    cancel_tickets(store, owed, owed.ticket_ids, state="cancelled")
    with pytest.raises(InvalidInputError, match="Nothing is sold"):
        issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)


def test_only_the_team_and_the_owner_see_documents(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    issued = issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    for refused in (
        lambda: issue_invoice(store, ATTENDEE.at(NOON), owed.booking_id),
        lambda: documents_of(store, ATTENDEE, owed.booking_id),
        lambda: read_document(store, ATTENDEE, issued.id),
        lambda: list_documents(store, STAFF, fair.event.id),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    with pytest.raises(NotFoundError, match="There is no such document"):
        read_document(store, SUPERVISOR, UUID(int=5))


def test_a_document_is_exported_under_its_number(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000, name="../../etc/Łukasz")
    issued = issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    text = export_document(store, SUPERVISOR, issued.id, form="txt")
    assert text == store.home / "exports" / f"invoice-{issued.name}.txt"
    assert "../../etc/Łukasz" in text.read_text(encoding="utf-8")
    assert export_document(store, SUPERVISOR, issued.id, form="pdf").read_bytes()[:5] == b"%PDF-"
    with pytest.raises(InvalidInputError, match="no form"):
        export_document(store, SUPERVISOR, issued.id, form="exe")


@pytest.mark.long
def test_numbers_have_no_gap_and_no_double_when_many_processes_issue(
    store: Store, fair: Fair
) -> None:
    owed = [owe(fair, 12000).booking_id for _ in range(ROUNDS * PROCESSES)]
    failing = owe(fair, 12000)
    cancel_tickets(store, failing, failing.ticket_ids)
    parts = [owed[at::PROCESSES] for at in range(PROCESSES)]
    with get_context("spawn").Pool(PROCESSES) as pool:
        pool.starmap(_issue_all, [(store.home, part, failing.booking_id) for part in parts])
    with store.read() as connection:
        numbers = connection.execute(
            select(InvoiceRow.number).where(InvoiceRow.series == "invoice")
        ).scalars()
        assert sorted(numbers) == list(range(1, ROUNDS * PROCESSES + 1))


def _issue_all(home: Path, booking_ids: list[UUID], failing: UUID) -> None:
    """What each process does: issue its invoices, and fail in between."""
    with Store(home) as store:
        for booking_id in booking_ids:
            issue_invoice(store, SYSTEM.at(NOON), booking_id)
            with pytest.raises(InvalidInputError):
                issue_invoice(store, SYSTEM.at(NOON), failing)


def test_a_cancellation_takes_the_invoice_back(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000, 5000)
    issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    cancel_booking(store, SUPERVISOR.at(NOON), owed.booking_id, reason="ill")
    seen = documents_of(store, SUPERVISOR, owed.booking_id)
    assert sum(each.total.minor for each in seen) == 0
    assert len(seen) == 2


def test_a_lower_price_takes_the_invoice_back(store: Store, fair: Fair) -> None:
    owed = owe(fair, 12000)
    issue_invoice(store, SUPERVISOR.at(NOON), owed.booking_id)
    let_off(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(2000), reason="why")
    seen = documents_of(store, SUPERVISOR, owed.booking_id)
    assert sorted(each.total.minor for each in seen) == [-12000, 12000]


def test_who_booked_gets_the_papers_of_their_own_booking(store: Store, fair: Fair) -> None:
    ann, eve = person(store, "Ann"), person(store, "Eve")
    owed = owe(fair, 12000, account_id=ann.id)
    paid = take_payment(store, STAFF.at(NOON), owed.booking_id, method="cash")
    for issued in (
        issue_receipt(store, ann.at(NOON), paid.id),
        issue_invoice(store, ann.at(NOON), owed.booking_id, recipient="Ann Ltd"),
    ):
        assert read_document(store, ann, issued.id).name == issued.name
        assert export_document(store, ann, issued.id, form="txt").exists()
        with pytest.raises(NotAllowedError):
            read_document(store, eve, issued.id)
    assert len(documents_of(store, ann, owed.booking_id)) == 2
    with pytest.raises(NotAllowedError):
        issue_receipt(store, eve.at(NOON), paid.id)
