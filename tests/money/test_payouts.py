"""What providers paid out to the bank, read from the files in which they settle."""

from pathlib import Path
from uuid import UUID

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.money import Money
from eventdesk.money import (
    FeeReport,
    NotPaidOut,
    import_provider_fees,
    preview_provider_fees,
    refund,
    verify_ledger,
)
from tests.build import NOON, SUPERVISOR, Fair, make_fair
from tests.money.test_provider_fees import paid
from tests.payments import accounts, eur

STRIPE = (
    "automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,currency,gross,fee,"
    "net,reporting_category,description,payment_metadata[eventdesk_payment]"
)
PAYOUTS = (
    "payout_id,effective_at,balance_transaction_id,currency,gross,fee,net,reporting_category,"
    "description"
)
PAYPAL = (
    '"Date","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Custom Number",'
    '"Balance"'
)
FLUTTERWAVE = (
    "settlement_id,due_date,id,tx_ref,currency,charged_amount,app_fee,merchant_fee,"
    "stampduty_charge,settlement_amount,status"
)


def settled(name: str, payment_id: UUID, payout: str = "po_1", minor: int = 12000) -> str:
    """A line of Stripe's about a payment of which it keeps 3.25."""
    gross, net = eur(minor).amount, eur(minor - 325).amount
    on = "2026-06-03" if payout else ""
    return f"{payout},{on},{name},eur,{gross},3.25,{net},charge,Days,{payment_id}"


def swept(
    kind: str, net: str, balance: str, name: str, payment_id: UUID | str = "", fee: str = "0.00"
) -> str:
    """A line of PayPal's; what it keeps is a part of the net."""
    amounts = f'"EUR","","{fee}","{net}"'
    return f'"01/06/2026","{kind}","Completed",{amounts},"{name}",{payment_id},"{balance}"'


def read(store: Store, path: Path, provider: str, *rows: str) -> FeeReport:
    """Import a file, of which the preview said the same."""
    path.write_text("\n".join(rows) + "\n")
    before = accounts(store)
    seen = preview_provider_fees(store, SYSTEM.at(NOON), path, provider=provider)
    assert accounts(store) == before
    report = import_provider_fees(store, SYSTEM.at(NOON), path, provider=provider)
    assert (seen.lines, seen.payouts, seen.waiting, seen.left, seen.changes) == (
        report.lines,
        report.payouts,
        report.waiting,
        report.left,
        report.changes,
    )
    return report


def outcomes(report: FeeReport) -> list[str]:
    return [line.outcome for line in report.lines]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "payout.csv"


def test_a_payout_of_two_events_goes_to_the_bank_and_says_what_is_strange(
    store: Store, fair: Fair, file: Path
) -> None:
    other = make_fair(store, "Other Days")
    _here, first = paid(store, fair, "stripe")
    _there, second = paid(store, other, "stripe", 8000)
    late, _waits = paid(store, fair, "stripe", 5000)
    strange = "po_1,2026-06-03,txn_3,eur,10.00,0.50,9.50,charge,Shop,"
    rows = (STRIPE, settled("txn_1", first), settled("txn_2", second, minor=8000), strange)
    report = read(store, file, "stripe", *rows)
    assert outcomes(report) == ["both", "both", "strange"]
    [payout] = report.payouts
    assert (payout.name, payout.on, payout.is_new) == ("po_1", "2026-06-03", True)
    assert (payout.total, payout.here, payout.strange) == (eur(20300), eur(19350), eur(950))
    assert report.waiting == (NotPaidOut(late.code, eur(5000)),)
    assert report.left == (eur(5000),)
    here = accounts(store)
    assert (here["gateway"], here["bank"], here["provider_fees"]) == (5000, 19350, 650)
    for event in (fair.event, other.event):
        assert verify_ledger(store, SUPERVISOR, event.id).problems == ()
    again = read(store, file, "stripe", *rows)
    assert outcomes(again) == ["known", "known", "strange"]
    assert not again.changes
    [known] = again.payouts
    assert (known.is_new, known.total, known.here) == (False, payout.total, payout.here)
    assert accounts(store) == here


def test_a_fee_that_was_posted_before_its_payout_is_not_posted_again(
    store: Store, fair: Fair, file: Path
) -> None:
    _owed, payment_id = paid(store, fair, "stripe")
    first = read(store, file, "stripe", STRIPE, settled("txn_1", payment_id, payout=""))
    assert (outcomes(first), first.payouts, first.waiting) == (["posted"], (), ())
    then = read(store, file, "stripe", STRIPE, settled("txn_1", payment_id))
    assert (outcomes(then), then.changes, then.left) == (["out"], True, ())
    assert {name: accounts(store).get(name, 0) for name in ("gateway", "bank")} == {
        "gateway": 0,
        "bank": 11675,
    }


def test_a_refund_in_a_payout_comes_off_the_bank(store: Store, fair: Fair, file: Path) -> None:
    owed, payment_id = paid(store, fair, "stripe")
    back = f"po_2,2026-06-05,txn_2,eur,-20.00,0.00,-20.00,refund,Days,{payment_id}"
    report = read(store, file, "stripe", STRIPE, settled("txn_1", payment_id), back)
    assert [payout.total for payout in report.payouts] == [eur(11675), eur(-2000)]
    # Nothing was given back here yet: the provider paid out less than what came in says.
    assert report.waiting == (NotPaidOut(owed.code, eur(2000)),)
    refund(store, SUPERVISOR.at(NOON), owed.booking_id, amount=eur(2000), reason="ill")
    assert accounts(store)["bank"] == 9675


def test_a_list_of_payouts_is_compared_with_what_was_posted_of_them(
    store: Store, fair: Fair, file: Path
) -> None:
    _owed, payment_id = paid(store, fair, "stripe")
    read(store, file, "stripe", STRIPE, settled("txn_1", payment_id))
    report = read(
        store,
        file,
        "stripe",
        PAYOUTS,
        "po_1,2026-06-03,txn_8,eur,-126.75,0.00,-126.75,payout,STRIPE PAYOUT",
        "po_9,2026-06-04,txn_9,eur,5.00,0.00,5.00,payout_reversal,STRIPE PAYOUT",
    )
    assert outcomes(report) == ["payout", "strange"]
    assert not report.changes
    [payout] = report.payouts
    assert (payout.total, payout.here, payout.strange) == (eur(12675), eur(11675), eur(1000))


@pytest.mark.parametrize("backwards", [False, True])
def test_a_withdrawal_that_empties_a_balance_holds_what_came_before(
    store: Store, fair: Fair, file: Path, backwards: bool
) -> None:
    first, second, third = (paid(store, fair, "paypal") for _each in range(3))
    rows = [
        swept("Mobile Payment", "20.00", "70.00", "9A"),  # 50.00 stood there before
        swept("Website Payment", "116.75", "186.75", "9B", first[1], "-3.25"),
        swept("General Withdrawal", "-100.00", "86.75", "9C"),
        swept("Website Payment", "116.75", "203.50", "9D", second[1], "-3.25"),
        swept("User Initiated Withdrawal", "-203.50", "0.00", "9E"),
        swept("Website Payment", "116.75", "116.75", "9F", third[1], "-3.25"),
        swept("General Withdrawal", "-16.75", "100.00", "9G"),
    ]
    report = read(store, file, "paypal", PAYPAL, *(rows[::-1] if backwards else rows))
    told = {line.name: (line.outcome, line.payout) for line in report.lines}
    assert told == {
        "9A": ("strange", "9E"),
        "9B": ("both", "9E"),
        "9C": ("payout", "9E"),
        "9D": ("both", "9E"),
        "9E": ("payout", "9E"),
        "9F": ("posted", ""),
        "9G": ("rest", ""),
    }
    [payout] = report.payouts
    assert (payout.total, payout.here, payout.strange) == (eur(30350), eur(23350), eur(7000))
    assert report.waiting == (NotPaidOut(third[0].code, eur(11675)),)
    later = read(
        store,
        file,
        "paypal",
        PAYPAL,
        rows[-2],
        rows[-1],
        swept("Auto-sweep", "-100.00", "0.00", "9H"),
    )
    assert outcomes(later) == ["out", "payout", "payout"]
    assert later.payouts[0].strange == eur(0)
    assert accounts(store)["bank"] == 35025
    assert "gateway" not in accounts(store)


def test_a_refund_is_of_the_payment_that_it_gives_back_and_a_hold_moves_nothing(
    store: Store, fair: Fair, file: Path
) -> None:
    owed, payment_id = paid(store, fair, "paypal")
    heads = PAYPAL + ',"Balance Impact","Reference Txn ID"'
    rows = [
        swept("Website Payment", "116.75", "116.75", "9B", payment_id, "-3.25") + ",Credit,",
        swept("Payment Hold", "-116.75", "116.75", "9C") + ",Memo,9B",
        swept("Payment Refund", "-20.00", "96.75", "9D") + ",Debit,9B",
        swept("Other Refund", "-6.75", "90.00", "9E") + ",Debit,8Z",
        swept("General Withdrawal", "-90.00", "0.00", "9F") + ",Debit,",
    ]
    report = read(store, file, "paypal", heads, *rows)
    assert outcomes(report) == ["both", "waits", "out", "strange", "payout"]
    assert report.lines[2].booking_code == owed.code
    assert report.payouts[0].strange == eur(-675)
    assert accounts(store)["bank"] == 9675


def test_without_a_balance_no_withdrawal_says_what_is_in_it(
    store: Store, fair: Fair, file: Path
) -> None:
    _owed, payment_id = paid(store, fair, "paypal")
    heads, *rows = (
        line.rpartition(",")[0]
        for line in (
            PAYPAL,
            swept("Website Payment", "116.75", "116.75", "9B", payment_id, "-3.25"),
            swept("General Withdrawal", "-116.75", "0.00", "9C"),
        )
    )
    report = read(store, file, "paypal", heads, *rows)
    assert (outcomes(report), report.payouts) == (["posted", "rest"], ())
    assert accounts(store)["gateway"] == 11675


def test_a_transfer_that_names_its_payments_is_a_payout(
    store: Store, fair: Fair, file: Path
) -> None:
    _owed, payment_id = paid(store, fair, "paypal")
    heads = "Transfer ID,Transfer Date,Transaction ID,Custom Field,Currency,Fee,Net"
    row = f"TR1,2026-06-03,9B,{payment_id},EUR,-3.25,116.75"
    report = read(store, file, "paypal", heads, row)
    assert (outcomes(report), report.payouts[0].name) == (["both"], "TR1")
    assert accounts(store)["bank"] == 11675


def test_a_settlement_of_flutterwave_goes_to_the_bank_after_all_its_fees(
    store: Store, fair: Fair, file: Path
) -> None:
    _owed, payment_id = paid(store, fair, "flutterwave")
    row = f"41497,2026-06-03,984411,{payment_id},EUR,120.00,2.00,1.00,0.25,116.75,successful"
    report = read(store, file, "flutterwave", FLUTTERWAVE, row)
    assert report.lines[0].fee == Money(325, "EUR")
    assert report.payouts[0].total == eur(11675)
    assert accounts(store)["bank"] == 11675
    assert "gateway" not in accounts(store)


def test_what_the_provider_has_not_done_is_in_no_payout(
    store: Store, fair: Fair, file: Path
) -> None:
    _owed, payment_id = paid(store, fair, "flutterwave")
    row = f"41497,2026-06-03,984411,{payment_id},EUR,120.00,3.25,0,0,116.75,pending"
    report = read(store, file, "flutterwave", FLUTTERWAVE, row)
    assert (outcomes(report), report.payouts, report.changes) == (["waits"], (), False)
    assert "bank" not in accounts(store)
