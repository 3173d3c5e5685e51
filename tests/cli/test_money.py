"""Money on the command line, as somebody at a till and a bookkeeper use it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.build import Fair, empty_store, make_fair
from tests.cli.conftest import Call
from tests.money.test_payouts import STRIPE, settled
from tests.money.test_provider_fees import paid
from tests.payments import Owed, accounts, cancel_tickets, owe


@pytest.fixture
def fair(home: Path) -> Iterator[Fair]:
    with empty_store(home) as store:
        yield make_fair(store)


@pytest.fixture
def owed(fair: Fair) -> Owed:
    return owe(fair, 12000, tax=1916)


def said(call: Call, *arguments: str, status: int = 0) -> str:
    shown = call(*arguments)
    assert shown.exit_code == status, shown.output
    return shown.output


def test_a_booking_is_paid_in_parts_and_given_back(call: Call, owed: Owed) -> None:
    assert "70.00 EUR are still due" in said(call, "pay", owed.code.lower(), "--amount", "50")
    assert "Give 30.00 EUR of change" in said(call, "pay", owed.code, "--amount", "100", status=2)
    said(call, "pay", owed.code, "--method", "terminal", "--reference", "17")
    assert "terminal" in said(call, "payments", "list", "--search", owed.code)
    assert "20.00 EUR go back" in said(
        call, "refund", owed.code, "--amount", "20", "--reason", "late"
    )
    assert "pending" in said(call, "payments", "refunds")
    assert "20.00 EUR are out" in said(call, "payments", "hand-out", owed.code)
    assert "No refund" in said(call, "payments", "hand-out", owed.code, status=2)
    assert "of 1 booking are right" in said(call, "payments", "check")
    assert "terminal" in said(call, "payments", "balance")


def test_what_is_let_off_needs_a_reason(call: Call, owed: Owed) -> None:
    assert "Say why" in said(call, "pay", owed.code, "--method", "free", status=2)
    assert "free" in said(call, "pay", owed.code, "--method", "free", "--reference", "speaker")


def test_a_person_drives_the_test_desk_from_another_terminal(call: Call, owed: Owed) -> None:
    assert "not offered" in said(call, "pay", owed.code, "--gateway", "test-desk", status=2)
    assert "eventdesk gateway enable" in said(call, "gateway", "list")
    said(call, "gateway", "enable")
    assert "no payment yet" in said(call, "gateway", "list")
    shown = said(call, "pay", owed.code, "--gateway", "test-desk")
    reference = said(call, "gateway", "list").split()[0]
    assert f"gateway answer {reference} paid" in shown
    assert "told twice of 120.00 EUR" in said(call, "gateway", "answer", reference, "twice")
    assert said(call, "payments", "list").count("paid") == 1
    said(call, "refund", owed.code, "--amount", "1", "--reason", "why")
    assert "paid" in said(call, "payments", "retry", owed.code)


def test_a_statement_is_tried_imported_and_known(call: Call, owed: Owed, tmp_path: Path) -> None:
    file = tmp_path / "june.csv"
    file.write_text(f"date,amount,purpose,payer\n2026-06-01,120.00,{owed.code},=Ada\n")
    assert "1 would be booked" in said(call, "statement", "import", str(file), "--dry-run")
    assert "1 are booked" in said(call, "statement", "import", str(file))
    assert "1 were known" in said(call, "statement", "import", str(file))
    assert "0 of 0" in said(call, "statement", "open")


def test_a_payout_is_tried_posted_and_known(call: Call, fair: Fair, tmp_path: Path) -> None:
    sold, payment_id = paid(fair.store, fair, "stripe")
    late, _payment_id = paid(fair.store, fair, "stripe", 5000)
    file = tmp_path / "payout.csv"
    strange = "po_1,2026-06-03,txn_2,eur,10.00,0.50,9.50,charge,Shop,"
    file.write_text("\n".join((STRIPE, settled("txn_1", payment_id), strange, "")))
    command = ("fees", "import", str(file), "--provider", "stripe")
    tried = said(call, *command, "--dry-run")
    assert "To the bank would go: 116.75 EUR. Of payouts of 126.25 EUR, 9.50 EUR are" in tried
    lines = [line.split("  ") for line in tried.splitlines()]
    assert [part.strip() for part in lines[0] if part] == [
        *("paid", "126.25 EUR", "116.75 EUR", "9.50 EUR", "po_1", "2026-06-03")
    ]
    assert [part.strip() for part in lines[1] if part] == [
        *("both", "3.25 EUR", "116.75 EUR", sold.code, "txn_1", "po_1")
    ]
    assert f"50.00 EUR  {late.code}" in tried
    assert "bank" not in accounts(fair.store)
    assert "To the bank: 116.75 EUR." in said(call, *command)
    assert accounts(fair.store)["bank"] == 11675
    again = said(call, *command)
    assert "0 are posted (0), 1 were known" in again
    assert "To the bank: 0. Of payouts of 126.25 EUR" in again


def test_vouchers_are_issued_and_spent(call: Call, owed: Owed) -> None:
    codes = said(call, "voucher", "add", "50", "--count", "2", "--note", "speakers").split()
    assert len(codes) == 2
    said(call, "pay", owed.code, "--method", "voucher", "--reference", codes[0])
    shown = said(call, "voucher", "list")
    assert "0.00 EUR left" in shown
    assert "50.00 EUR left" in shown
    assert "deadline has passed" in said(
        call, "voucher", "add", "5", "--until", "2020-01-01 10:00", status=2
    )


def test_an_invoice_is_issued_shown_and_exported(
    call: Call, home: Path, owed: Owed, tmp_path: Path
) -> None:
    name = said(call, "invoice", "issue", owed.code, "--to", "Ada Ltd", "--to", "Street 1").strip()
    assert "Street 1" in said(call, "invoice", "show", name.lower())
    assert said(call, "invoice", "export", name).strip() == str(
        home / "exports" / f"invoice-{name}.pdf"
    )
    target = tmp_path / "invoice.txt"
    said(call, "invoice", "export", name, "--to", str(target))
    assert "Ada Ltd" in target.read_text(encoding="utf-8")
    assert name in said(call, "invoice", "list", "--series", "invoice")
    assert "no such document" in said(call, "invoice", "show", "X-I-1", status=2)


def test_a_booking_paid_late_is_listed_and_revived(call: Call, fair: Fair, owed: Owed) -> None:
    cancel_tickets(fair.store, owed, owed.ticket_ids, state="expired")
    assert "revive it or give" in said(
        call, "pay", owed.code, "--method", "transfer", "--amount", "120"
    )
    assert "expired" in said(call, "payments", "credits")
    assert "is paid" in said(call, "payments", "revive", owed.code)
