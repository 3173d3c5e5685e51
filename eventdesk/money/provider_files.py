"""The files in which providers settle: their lines, and which payout each is in.

Columns:

- Stripe, Payout reconciliation, itemized (https://docs.stripe.com/reports/report-types/
  payout-reconciliation), and Payouts, itemized (https://docs.stripe.com/reports/report-types/
  balance).
- PayPal, Activity Download, in English (https://developer.paypal.com/docs/reports/online-reports/
  activity-download/); its types are the descriptions of T-codes (https://developer.paypal.com/
  reports/reference/t-codes). The Transfer ID is that of the Disbursement Reconciliation report
  (https://developer.paypal.com/reports/disbursement-reconciliation).
- Flutterwave, as its interface names settlements and their transactions, in the documentation of
  its own library (https://github.com/Flutterwave/Node-v3, documentation/settlements.md).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.core.money import EXPONENTS, Money
from eventdesk.tables.csv_file import open_csv

MAX_BYTES: Final = 20_000_000
MAX_AMOUNT: Final = 20
MAX_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as it stands in the file.

    Attributes:
        row: Its row in the file.
        name: What the provider calls it, without blanks.
        fee: What the provider keeps; below zero where it gave a fee back. None where that cannot be
            read.
        net: What the line adds to the provider's account, after the fee; None where the file does
            not say.
        about: Where our id of the payment may stand, or the code of the booking.
        is_done: Whether the provider has done it.
        payout: The payout it is in, "" for none that is known. A payout is in itself.
        is_payout: Whether it is no payment, but what went to the bank.
        on: The day of its payout, as the file writes it.
        balance: What stands in the provider's account after it, where the file says so.
        follows: The line that it is a consequence of, such as the payment that a refund gives back.
    """

    row: int
    name: str
    fee: Money | None
    net: Money | None
    currency: str
    about: str
    is_done: bool = True
    payout: str = ""
    is_payout: bool = False
    on: str = ""
    balance: Money | None = None
    follows: str = ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """How a provider's file calls what is read of it; each the first of several that is there.

    Attributes:
        fee: Its first is looked for; all of `more_fees` are added to it.
        about: All of them are read.
        payouts: What stands in `kind` of a payout, in small letters.
        of_payout: What a payout itself is called, where that is not its name.
        impact: What says `memo` of a line that moves nothing.
        sign: By which fees are multiplied.
    """

    name: tuple[str, ...]
    fee: tuple[str, ...]
    net: tuple[str, ...]
    currency: tuple[str, ...]
    about: tuple[str, ...]
    more_fees: tuple[str, ...] = ()
    payout: tuple[str, ...] = ()
    of_payout: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    payouts: str = "payout"
    status: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    sign: int = 1


_FILES: Final[Mapping[str, _Columns]] = {
    "stripe": _Columns(
        ("balance_transaction_id",),
        ("fee",),
        ("net",),
        ("currency",),
        ("payment_metadata_eventdesk_payment", "description"),
        payout=("automatic_payout_id",),
        of_payout=("payout_id", "source_id"),
        on=("automatic_payout_effective_at", "automatic_payout_effective_at_utc", "effective_at"),
        kind=("reporting_category", "type"),
    ),
    "paypal": _Columns(
        ("transaction_id",),
        ("fee",),
        ("net",),
        ("currency",),
        ("custom_number", "custom_field", "invoice_number", "invoice_id"),
        payout=("transfer_id",),
        on=("transfer_date", "date"),
        kind=("type", "transaction_event_code"),
        payouts=r"(general|user initiated) withdrawal.*|auto.?sweep.*|t04\d\d",
        status=("status",),
        balance=("balance",),
        impact=("balance_impact",),
        follows=("reference_txn_id",),
        sign=-1,
    ),
    "flutterwave": _Columns(
        ("id", "transaction_id", "flw_ref"),
        ("app_fee", "fee"),
        ("settlement_amount", "amount_settled"),
        ("currency",),
        ("tx_ref", "transaction_reference"),
        more_fees=("merchant_fee", "stampduty_charge"),
        payout=("settlement_id",),
        on=("processed_date", "due_date", "settlement_date"),
        status=("status",),
    ),
}

PROVIDERS_OF_FEES: Final = {"stripe": "Stripe", "paypal": "PayPal", "flutterwave": "Flutterwave"}
"""Whose files are read, and what people call them."""

_HINTS: Final[Mapping[str, Message]] = {
    "stripe": msg(
        "Take Reports, Payout reconciliation, Itemized, with the metadata eventdesk_payment."
    ),
    "paypal": msg("Take Activity, Download, as CSV and in English, with the custom number."),
    "flutterwave": msg("Take the transactions of a settlement as CSV."),
}

_DONE: Final = ("", "completed", "successful", "paid", "refunded", "partially refunded")


def need_provider(provider: str) -> None:
    """Refuse a provider whose files are not read.

    Raises:
        InvalidInputError: There is no such provider.
    """
    if provider not in _FILES:
        raise InvalidInputError(
            msg("There is no such provider."),
            hint=msg("Choose one: {known}.", known=", ".join(_FILES)),
        )


def entries(path: Path, provider: str, encoding: str) -> list[Entry]:
    """Read the lines of a provider's file; `encoding` "" is guessed.

    Raises:
        InvalidInputError: It is none; the message says why.
    """
    names = _FILES[provider]
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise InvalidInputError(
                msg("{name} is no file, or too large.", name=path.name),
                hint=msg("Export fewer days."),
            )
        rows = open_csv(path, encoding).rows()
        _number, heading = next(rows, (0, []))
        at = {_plain(head): place for place, head in enumerate(heading)}
        about = [each for each in names.about if each in at]
        missing = [
            each[0]
            for each in (names.name, names.fee, names.currency)
            if not any(one in at for one in each)
        ]
        missing += [] if about else [names.about[0]]
        if missing:
            raise InvalidInputError(
                msg(
                    "This is no file of {provider}: it has no column {missing}.",
                    provider=PROVIDERS_OF_FEES[provider],
                    missing=", ".join(missing),
                ),
                hint=_HINTS[provider],
            )
        found = [_entry(number, _Cells(cells, at), names) for number, cells in rows]
    except OSError as error:
        raise InvalidInputError(
            msg("{path} cannot be read: {strerror}.", path=path, strerror=error.strerror or error),
            hint=msg("Check the path."),
        ) from error
    abouts = {entry.name: entry.about for entry in found if entry.about.strip()}
    found = [
        entry if entry.about.strip() else replace(entry, about=abouts.get(entry.follows, ""))
        for entry in found
    ]
    itemized = any(name in at for name in names.payout)
    return _swept(found) if names.balance and not itemized else found


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a row, by their headings."""

    cells: Sequence[str]
    at: Mapping[str, int]

    def first(self, names: Iterable[str]) -> str:
        """What stands in the first column of these that the file has; "" without any."""
        place = next((self.at[name] for name in names if name in self.at), len(self.cells))
        return self.cells[place].strip() if place < len(self.cells) else ""

    def amount(self, names: Iterable[str], currency: str, sign: int = 1) -> Money | None:
        """An amount in the first of these columns; None without any, or where it is none."""
        there = [name for name in names if name in self.at]
        return amount_of(self.first(there), currency, sign) if there else None


def _entry(number: int, row: _Cells, names: _Columns) -> Entry:
    currency = row.first(names.currency).upper()
    fees = [
        row.amount([name], currency, names.sign)
        for name in (*_one(names.fee, row.at), *names.more_fees)
        if name in row.at
    ]
    read = [fee for fee in fees if fee is not None]
    fee = Money(sum(each.minor for each in read), currency, read[0].exponent) if read else None
    name = _name(row.first(names.name))
    is_payout = re.fullmatch(names.payouts, row.first(names.kind).lower()) is not None
    payout = _name(row.first(names.payout))
    if is_payout:
        payout = _name(row.first(names.of_payout)) or payout or name
    balance = row.first(names.balance)
    return Entry(
        number,
        name,
        fee if len(read) == len(fees) else None,
        row.amount(names.net, currency),
        currency,
        " ".join(row.first([each]) for each in names.about),
        row.first(names.status).lower() in _DONE and row.first(names.impact).lower() != "memo",
        payout,
        is_payout,
        row.first(names.on)[:MAX_NAME],
        amount_of(balance, currency, 1) if balance else None,
        _name(row.first(names.follows)),
    )


def _one(names: Iterable[str], at: Mapping[str, int]) -> list[str]:
    """The first of these columns that the file has."""
    return [name for name in names if name in at][:1]


def _swept(found: Sequence[Entry]) -> list[Entry]:
    """Say which payout each line is in, by what stood in the account after it.

    Such a provider pays out of a balance, and does not say what of it. Only a payout that leaves
    nothing tells: whatever came before it is out. Earlier ones that left something are a part of
    it, and later lines are in none yet.
    """
    told = {entry.row: replace(entry, payout="") for entry in found}
    for currency in {entry.currency for entry in found}:
        here = [
            entry
            for entry in found
            if entry.currency == currency
            and entry.is_done
            and None not in (entry.net, entry.balance)
        ]
        window: list[Entry] = []
        for entry in _in_order(here):
            window.append(entry)
            if entry.is_payout and entry.balance is not None and not entry.balance.minor:
                for each in window:
                    told[each.row] = replace(each, payout=entry.payout, on=entry.on)
                window = []
    return [told[entry.row] for entry in found]


def _in_order(lines: Sequence[Entry]) -> Sequence[Entry]:
    """The oldest line first, as their balances follow one another."""

    def follow(before: Entry, after: Entry) -> bool:
        assert before.balance is not None
        assert after.balance is not None
        assert after.net is not None
        return before.balance.minor + after.net.minor == after.balance.minor

    forwards = sum(follow(one, other) for one, other in pairwise(lines))
    backwards = sum(follow(other, one) for one, other in pairwise(lines))
    return lines if forwards >= backwards else lines[::-1]


def amount_of(text: str, currency: str, sign: int) -> Money | None:
    """Read an amount; three digits behind a sign are thousands, where its currency has fewer.

    Args:
        text: As the file has it; "" is nothing.
        currency: Three capital letters.
        sign: 1, or -1 to turn it round.

    >>> amount_of("-1.234,50", "EUR", -1)
    Money(minor=123450, currency='EUR', exponent=2)
    """
    exponent = EXPONENTS.get(currency)
    if exponent is None or len(text) > MAX_AMOUNT:
        return None
    digits = 3 if exponent == 3 else 2
    found = re.fullmatch(
        rf"(-?)(\d+|\d{{1,3}}(?:[.,]\d{{3}})+)(?:[.,](\d{{1,{digits}}}))?", text or "0", re.ASCII
    )
    if found is None:
        return None
    whole = re.sub(r"[.,]", "", found[2])
    minor = Decimal(f"{found[1]}{whole}.{found[3] or 0}").scaleb(exponent) * sign
    return Money(int(minor), currency, exponent) if minor == int(minor) else None


def _name(cell: str) -> str:
    """A name in one word."""
    return re.sub(r"\s+", "_", cell[:MAX_NAME])


def _plain(head: str) -> str:
    """A heading in small letters, its words parted alike."""
    return re.sub(r"[^a-z0-9]+", "_", head.lower()).strip("_")
