"""Fees of providers in the ledger, read from the files in which they settle."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from data.schema import PaymentRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.money import Money
from eventdesk.core.paying import Method
from eventdesk.money import (
    FeeLine,
    FeeReport,
    add_payment,
    booking_row,
    import_provider_fees,
    preview_provider_fees,
    verify_ledger,
)
from eventdesk.money.provider_fees import _Payments
from eventdesk.money.provider_files import amount_of, entries
from tests.build import NOON, SUPERVISOR, Fair
from tests.payments import Owed, accounts, owe
from tests.plans import plans

HEADS = {
    "stripe": "automatic_payout_id,balance_transaction_id,currency,gross,fee,net,description,"
    "payment_metadata[eventdesk_payment]",
    "paypal": '"Status","Currency","Gross","Fee","Net","Transaction ID","Custom Number"',
    "flutterwave": "id,tx_ref,amount,currency,app_fee",
}
ROWS = {
    "stripe": 'po_1,txn_1,eur,120.00,3.25,116.75,"Days, booking AB",{payment}',
    "paypal": '"Completed","EUR","120.00","-3.25","116.75","9KM1",{payment}',
    "flutterwave": "4975363,{payment},120,EUR,3.25",
}


def paid(
    store: Store, fair: Fair, provider: str, minor: int = 12000, *, name: str = "Ada Lovelace"
) -> tuple[Owed, UUID]:
    """Book and pay, as through a provider."""
    owed = owe(fair, minor, name=name)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        booking = booking_row(act.connection, owed.booking_id)
        payment_id = add_payment(act, booking, Method.GATEWAY, minor)
        act.connection.execute(
            update(PaymentRow).where(PaymentRow.id == payment_id).values(provider=provider)
        )
    return owed, payment_id


def read(store: Store, path: Path, provider: str, *rows: str) -> FeeReport:
    path.write_text("\n".join((HEADS[provider], *rows)) + "\n")
    return import_provider_fees(store, SYSTEM.at(NOON), path, provider=provider)


def only(report: FeeReport) -> FeeLine:
    [line] = report.lines
    return line


@pytest.mark.parametrize("provider", HEADS)
def test_a_fee_is_a_cost_of_the_event_and_posted_once(
    store: Store, fair: Fair, tmp_path: Path, provider: str
) -> None:
    owed, payment_id = paid(store, fair, provider)
    row = ROWS[provider].format(payment=payment_id)
    report = read(store, tmp_path / "1.csv", provider, row, row)
    in_payout = provider == "stripe"
    assert [line.outcome for line in report.lines] == ["both" if in_payout else "posted", "known"]
    assert report.lines[0].booking_code == owed.code
    assert only(read(store, tmp_path / "2.csv", provider, row)).outcome == "known"
    here = accounts(store)
    where = "bank" if in_payout else "gateway"
    assert {name: here.get(name, 0) for name in ("provider_fees", "gateway", "bank")} == {
        "provider_fees": 325,
        "gateway": 0,
        "bank": 0,
        where: 11675,
    }
    assert verify_ledger(store, SUPERVISOR, fair.event.id).problems == ()


def test_a_preview_changes_nothing(store: Store, fair: Fair, tmp_path: Path) -> None:
    _owed, payment_id = paid(store, fair, "stripe")
    path = tmp_path / "fees.csv"
    path.write_text(f"{HEADS['stripe']}\n{ROWS['stripe'].format(payment=payment_id)}\n")
    before = accounts(store)
    report = preview_provider_fees(store, SYSTEM.at(NOON), path, provider="stripe")
    assert (only(report).outcome, only(report).payout, report.posted) == ("both", "po_1", False)
    assert accounts(store) == before


def test_without_the_metadata_a_stripe_payment_is_known_by_its_booking(
    store: Store, fair: Fair, tmp_path: Path
) -> None:
    owed, _payment_id = paid(store, fair, "stripe")
    row = f'po_1,txn_1,eur,120.00,3.25,116.75,"Days, booking {owed.code}",'
    assert only(read(store, tmp_path / "1.csv", "stripe", row)).booking_code == owed.code


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (ROWS["stripe"].format(payment=UUID(int=7)), "strange"),
        ("po_1,txn_1,eur,0,3.25,0,Stripe Tax,", "strange"),
        ("po_1,txn_1,usd,120.00,3.25,116.75,,{payment}", "wrong"),
        ("po_1,txn_1,eur,120.00,much,116.75,,{payment}", "wrong"),
        (",txn_1,eur,120.00,0.00,120.00,,{payment}", "free"),
        ("po_1,txn_1,eur,120.01,3.25,116.76,,{payment}", "wrong"),
    ],
)
def test_what_is_not_of_a_payment_here_is_named_and_not_posted(
    store: Store, fair: Fair, tmp_path: Path, row: str, outcome: str
) -> None:
    _owed, payment_id = paid(store, fair, "stripe")
    line = only(read(store, tmp_path / "1.csv", "stripe", row.format(payment=payment_id)))
    assert (line.outcome, line.name) == (outcome, "txn_1")
    assert "provider_fees" not in accounts(store)


def test_the_payment_of_another_provider_is_not_meant(
    store: Store, fair: Fair, tmp_path: Path
) -> None:
    _owed, payment_id = paid(store, fair, "paypal")
    row = ROWS["stripe"].format(payment=payment_id)
    assert only(read(store, tmp_path / "1.csv", "stripe", row)).outcome == "strange"


def test_a_fee_that_was_given_back_lowers_the_cost(
    store: Store, fair: Fair, tmp_path: Path
) -> None:
    _owed, payment_id = paid(store, fair, "paypal")
    back = f'"Completed","EUR","-120.00","3.00","-117.00","9KM2",{payment_id}'
    waits = f'"Pending","EUR","-120.00","3.00","-117.00","9KM3",{payment_id}'
    first = ROWS["paypal"].format(payment=payment_id)
    report = read(store, tmp_path / "1.csv", "paypal", first, back, waits)
    assert [line.outcome for line in report.lines] == ["posted", "posted", "waits"]
    assert accounts(store)["provider_fees"] == 25


def test_another_file_says_which_column_is_missing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "1.csv"
    path.write_text("Date,Amount\n2026-06-01,1\n")
    with pytest.raises(InvalidInputError, match="balance_transaction_id, fee, currency"):
        import_provider_fees(store, SYSTEM.at(NOON), path, provider="stripe")
    with pytest.raises(InvalidInputError, match="provider"):
        import_provider_fees(store, SYSTEM.at(NOON), path, provider="other")


def test_only_who_runs_the_house_may(store: Store, fair: Fair, tmp_path: Path) -> None:
    del fair
    with pytest.raises(NotAllowedError):
        preview_provider_fees(store, SUPERVISOR.at(NOON), tmp_path / "1.csv", provider="stripe")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("-1.234,50", "EUR", -123450),
        ("1,234.50", "EUR", 123450),
        ("1,234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("", "EUR", 0),
        ("12.00", "JPY", 12),
    ],
)
def test_amounts_are_read_as_providers_write_them(text: str, currency: str, minor: int) -> None:
    read = amount_of(text, currency, 1)
    assert isinstance(read, Money)
    assert read.minor == minor


@pytest.mark.parametrize("text", ["much", "1e9", "NaN", "1.2.3,4,5", "9" * 40])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert amount_of(text, "EUR", 1) is None


def test_the_payments_of_lines_are_found_without_reading_all_there_are(
    store: Store, fair: Fair, tmp_path: Path
) -> None:
    owed, payment_id = paid(store, fair, "stripe")
    path = tmp_path / "fees.csv"
    row = ROWS["stripe"].format(payment=payment_id)
    by_code = f'po_1,txn_2,eur,120.00,3.25,116.75,"Days, booking {owed.code}",'
    path.write_text("\n".join((HEADS["stripe"], row, by_code)))
    found = entries(path, "stripe", "")
    with store.read() as connection:
        how = plans(connection, lambda: _Payments(connection, "stripe", found), "payment")
    assert any("SEARCH payment" in each for each in how)
    assert not any("SCAN" in each for each in how)
