"""Files of a provider that overlap, come late, twice and in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.money import Money
from eventdesk.money import FeeReport, import_provider_fees, verify_ledger
from tests.build import NOON, SUPERVISOR, fair_of, make_fair, store_with_fair
from tests.histories import tries
from tests.money.test_payouts import STRIPE
from tests.money.test_provider_fees import paid
from tests.payments import Owed, accounts, eur

PRICES = (12000, 8000, 101)
STRANGER = len(PRICES)
"""The payment of another program."""


@dataclass(frozen=True)
class Settled:
    """A line of the provider's: a share of a payment, as it came in or went back."""

    about: int
    share: int
    fee: int
    payout: int
    """0 is none."""

    @property
    def gross(self) -> int:
        return (*PRICES, 5000)[self.about] * self.share // 100

    @property
    def net(self) -> int:
        return self.gross - self.fee


LINE = st.builds(
    Settled,
    st.integers(0, STRANGER),
    st.sampled_from((100, 100, 50, -50, -100)),
    st.sampled_from((0, 1, 30, -30)),
    st.integers(0, 3),
)
FILE = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=12)
"""Which lines are in a file, and whether it is of a time when their payout was not known yet."""


@settings(max_examples=tries(25))
@given(lines=st.lists(LINE, min_size=1, max_size=10), files=st.lists(FILE, min_size=1, max_size=5))
def test_whatever_files_come_each_line_goes_to_the_bank_once_and_the_books_balance(
    lines: list[Settled], files: list[list[tuple[int, bool]]]
) -> None:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        with store_with_fair(home / "home") as store:
            fairs = fair_of(store), make_fair(store, "Other Days")
            sold = [paid(store, fairs[no % 2], "stripe", minor) for no, minor in enumerate(PRICES)]
            ids = [payment_id for _owed, payment_id in sold] + [UUID(int=7)]
            costs: set[int] = set()
            out: set[int] = set()
            for file in files:
                here = [(no % len(lines), early) for no, early in file]
                report = _import(store, home / "payout.csv", lines, ids, here)
                costs |= {no for no, _early in here}
                out |= {no for no, early in here if lines[no].payout and not early}
                _check(store, [owed for owed, _id in sold], lines, costs, out)
                _check_report(report, lines, out, [owed for owed, _id in sold], store)
            for fair in fairs:
                assert verify_ledger(store, SUPERVISOR, fair.event.id).problems == ()


def _import(
    store: Store,
    path: Path,
    lines: Sequence[Settled],
    ids: Sequence[UUID],
    here: Sequence[tuple[int, bool]],
) -> FeeReport:
    rows = [STRIPE]
    for no, early in here:
        line = lines[no]
        payout = f"po_{line.payout}" if line.payout and not early else ""
        amounts = ",".join(eur(each).amount for each in (line.gross, line.fee, line.net))
        rows.append(f"{payout},,txn_{no},eur,{amounts},charge,Days,{ids[line.about]}")
    path.write_text("\n".join(rows) + "\n")
    return import_provider_fees(store, SYSTEM.at(NOON), path, provider="stripe")


def _check(
    store: Store, sold: Sequence[Owed], lines: Sequence[Settled], costs: set[int], out: set[int]
) -> None:
    """What stands at the provider is what came in, less each fee and each payout once."""
    for about, owed in enumerate(sold):
        fees = sum(lines[no].fee for no in costs if lines[no].about == about)
        bank = sum(lines[no].net for no in out if lines[no].about == about)
        stands = accounts(store, owed.booking_id)
        assert stands.get("provider_fees", 0) == fees
        assert stands.get("bank", 0) == bank
        assert stands.get("gateway", 0) == PRICES[about] - fees - bank


def _check_report(
    report: FeeReport, lines: Sequence[Settled], out: set[int], sold: Sequence[Owed], store: Store
) -> None:
    """A payout says what it has of payments here, whichever files they came in."""
    for payout in report.payouts:
        of_it = [no for no in out if f"po_{lines[no].payout}" == payout.name]
        assert payout.here.minor == sum(
            lines[no].net for no in of_it if lines[no].about != STRANGER
        )
    if report.payouts:
        left = {each.booking_code: each.left.minor for each in report.waiting}
        stands = {owed.code: accounts(store, owed.booking_id).get("gateway", 0) for owed in sold}
        assert left == {code: minor for code, minor in stands.items() if minor}
        total = sum(left.values())
        assert report.left == ((Money(total, "EUR"),) if total else ())
