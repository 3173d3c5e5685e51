"""What providers keep of payments, and what they pay out of them to the bank, each posted once.

Both are in the files in which they settle (`provider_files`). A fee goes from the account of the
gateways to that of the providers' fees; what of a line is in a payout goes from there to the bank,
at the event and the booking of its payment. So what stands at the gateways for a booking is what is
in no payout yet.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.bulk import chunks
from data.rows import AnyRow
from data.schema import BookingRow, LedgerRow, PaymentRow
from eventdesk.acts import (
    Act,
    Permission,
    ReadingSteps,
    Steps,
    Topic,
    need_readable,
    reads_in_steps,
    steps,
)
from eventdesk.core.formats import money
from eventdesk.core.ids import read_code
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method, PaymentState
from eventdesk.money.ledger import (
    MONEY_ACCOUNTS,
    PROVIDER_FEES,
    Sides,
    transaction_rows,
    write_down,
)
from eventdesk.money.provider_files import Entry, entries, need_provider

AT_ONCE: Final = 100
"""Lines posted in one transaction, so that the door does not wait."""

MAX_WAITING: Final = 1000
"""Bookings that are named as not paid out yet."""

GATEWAY: Final = MONEY_ACCOUNTS[Method.GATEWAY]
BANK: Final = MONEY_ACCOUNTS[Method.TRANSFER]


class FeeOutcome(StrEnum):
    """What becomes of a line."""

    POSTED = "posted"
    """Its fee is a cost of the event."""
    BOTH = "both"
    """Its fee is a cost of the event, and the rest of it goes to the bank."""
    PAID_OUT = "out"
    """It goes to the bank; its fee was posted before, or it has none."""
    KNOWN = "known"
    """It was posted before."""
    FREE = "free"
    """It has no fee, and is in no payout."""
    WAITS = "waits"
    """The provider has not done it yet."""
    PAYOUT = "payout"
    """It is no payment, but a payout of others."""
    REST = "rest"
    """A payout that left something with the provider, so that nobody says what is in it."""
    STRANGE = "strange"
    """No payment here is meant."""
    WRONG = "wrong"
    """It cannot be read, is not in the currency of its payment, or is more than that."""


OUTCOME_WORDS: Final[dict[FeeOutcome, Message]] = {
    FeeOutcome.POSTED: msg("a cost"),
    FeeOutcome.BOTH: msg("a cost, to the bank"),
    FeeOutcome.PAID_OUT: msg("to the bank"),
    FeeOutcome.KNOWN: msg("known"),
    FeeOutcome.FREE: msg("no fee"),
    FeeOutcome.WAITS: msg("not done yet"),
    FeeOutcome.PAYOUT: msg("a payout"),
    FeeOutcome.REST: msg("leaves a rest"),
    FeeOutcome.STRANGE: msg("no payment here"),
    FeeOutcome.WRONG: msg("cannot be used"),
}
"""What people read of a line."""

HAS_FEE: Final = (FeeOutcome.POSTED, FeeOutcome.BOTH)
GOES_OUT: Final = (FeeOutcome.BOTH, FeeOutcome.PAID_OUT)


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of such a file.

    Attributes:
        row: Its row in the file.
        name: What the provider calls it.
        fee: What it keeps; below zero where it gave a fee back. None where that cannot be read.
        net: What the line adds to the provider's account; None where the file does not say.
        payout: The payout it is in, where the file says so.
        booking_code: The booking it is about, or "".
    """

    row: int
    name: str
    fee: Money | None
    net: Money | None
    payout: str
    outcome: FeeOutcome
    booking_code: str = ""


@dataclass(frozen=True, slots=True)
class Payout:
    """What a provider paid to the bank at once.

    Attributes:
        name: What the provider calls it.
        on: Its day, as the file writes it, or "".
        total: How much it is.
        here: How much of it is of payments here.
        is_new: Whether something of it is posted, or would be, by this file.
    """

    name: str
    on: str
    total: Money
    here: Money
    is_new: bool

    @property
    def strange(self) -> Money:
        """How much of it is of no payment here."""
        return self.total - self.here


@dataclass(frozen=True, slots=True)
class NotPaidOut:
    """What a provider has for a booking that is in no payout; below zero it paid out too much."""

    booking_code: str
    left: Money


@dataclass(frozen=True, slots=True)
class FeeReport:
    """All lines of a file, and whether they were posted.

    Attributes:
        payouts: Those that the file names, in its order.
        waiting: What is in no payout with this file, the oldest first, at most `MAX_WAITING`; of a
            file without payouts, none.
        left: How much that is altogether, by currency.
    """

    lines: tuple[FeeLine, ...]
    posted: bool
    payouts: tuple[Payout, ...] = ()
    waiting: tuple[NotPaidOut, ...] = ()
    left: tuple[Money, ...] = ()

    def count(self, *outcomes: FeeOutcome) -> int:
        """How many lines came to one of these."""
        return sum(line.outcome in outcomes for line in self.lines)

    @property
    def changes(self) -> bool:
        """Whether anything was posted, or would be."""
        return self.count(*HAS_FEE, *GOES_OUT) > 0

    @property
    def sums(self) -> tuple[Money, ...]:
        """What is posted of fees, or would be, by currency."""
        return _sums(line.fee for line in self.lines if line.outcome in HAS_FEE)

    @property
    def sentence(self) -> str:
        """What became of the lines and the payouts, or would."""
        counts = {
            "posted": self.count(*HAS_FEE),
            "sums": _said(self.sums),
            "known": self.count(FeeOutcome.KNOWN),
            "strange": self.count(FeeOutcome.STRANGE),
            "wrong": self.count(FeeOutcome.WRONG),
        }
        said = (
            _(
                "{posted} are posted ({sums}), {known} were known, {strange} are of no payment "
                "here, {wrong} cannot be used.",
                **counts,
            )
            if self.posted
            else _(
                "{posted} would be posted ({sums}), {known} were known, {strange} are of no "
                "payment here, {wrong} cannot be used.",
                **counts,
            )
        )
        return f"{said} {self._of_payouts()}".strip()

    def _of_payouts(self) -> str:
        if not self.payouts:
            return ""
        amounts = {
            "out": _said(_sums(line.net for line in self.lines if line.outcome in GOES_OUT)),
            "total": _said(_sums(payout.total for payout in self.payouts)),
            "strange": _said(_sums(payout.strange for payout in self.payouts)),
            "left": _said(self.left),
        }
        if self.posted:
            return _(
                "To the bank: {out}. Of payouts of {total}, {strange} are of no payment here; "
                "{left} are in no payout yet.",
                **amounts,
            )
        return _(
            "To the bank would go: {out}. Of payouts of {total}, {strange} are of no payment here; "
            "{left} would be in no payout yet.",
            **amounts,
        )


def _sums(amounts: Iterable[Money | None]) -> tuple[Money, ...]:
    """Sums by currency, without what is nothing."""
    by: Counter[tuple[str, int]] = Counter()
    for amount in amounts:
        if amount is not None:
            by[amount.currency, amount.exponent] += amount.minor
    return tuple(Money(minor, *key) for key, minor in sorted(by.items()) if minor)


def _said(sums: Sequence[Money]) -> str:
    return " + ".join(map(money, sums)) or "0"


@reads_in_steps(Permission.INSTALLATION, local=True)
def preview_provider_fees(
    steps: ReadingSteps, path: Path, *, provider: str, encoding: str = ""
) -> FeeReport:
    """Say what posting the fees and payouts in a provider's file would do; nothing is changed.

    `encoding` "" is guessed.

    Raises:
        InvalidInputError: It is no file of this provider; the message says why.
    """
    found = _read(steps, path, provider, encoding)
    seen: set[str] = set()
    with steps.read() as act:
        plans = [
            plan
            for part in chunks(found, AT_ONCE)
            for plan in _plan(act.connection, provider, part, seen)
        ]
        standing = _Standing(act.connection, provider, found)
    standing.plan(plans)
    return standing.report(found, [line for line, _payment in plans], posted=False)


@steps(Permission.INSTALLATION, local=True)
def import_provider_fees(
    steps: Steps, path: Path, *, provider: str, encoding: str = ""
) -> FeeReport:
    """Post the fees in a provider's file as costs of the events whose payments they are of.

    What of it was paid out goes to the bank. Each line is posted once, also where files overlap.
    `encoding` "" is guessed.

    Raises:
        InvalidInputError: It is no file of this provider; nothing was changed.
    """
    found = _read(steps, path, provider, encoding)
    lines: list[FeeLine] = []
    seen: set[str] = set()
    for part in chunks(found, AT_ONCE):
        with steps.write() as act:
            act.need(None, Permission.INSTALLATION)
            lines += _post(act, provider, list(_plan(act.connection, provider, part, seen)))
    with steps.read() as act:
        standing = _Standing(act.connection, provider, found)
    return standing.report(found, lines, posted=True)


def _post(
    act: Act, provider: str, plan: Sequence[tuple[FeeLine, AnyRow | None]]
) -> Iterator[FeeLine]:
    """Post the fees of some lines and what went to the bank, with a log line for each event."""
    posted: Counter[UUID] = Counter()
    paid_out: Counter[UUID] = Counter()
    for line, payment in plan:
        if payment is not None:
            parts = (
                (_fee_of(line), PROVIDER_FEES, _fee_memo(provider, line.name), posted),
                (_out_of(line), BANK, _payout_memo(provider, line.name, line.payout), paid_out),
            )
            for minor, account, memo, by_event in parts:
                sides: Sides = {(account, None): minor, (GATEWAY, None): -minor}
                event_id, booking_id = payment.event_id, payment.booking_id
                rows = transaction_rows(
                    event_id, booking_id, payment, sides, memo=memo, now=act.now
                )
                write_down(act.connection, rows)
                if rows:
                    by_event[event_id] += minor
        yield line
    for event_id in posted | paid_out:
        act.touch(Topic.MONEY, event_id)
        act.record(
            "import_provider_fees",
            ("event", event_id),
            event_id=event_id,
            provider=provider,
            amount_minor=posted[event_id],
            paid_out_minor=paid_out[event_id],
        )


def _plan(
    connection: Connection, provider: str, part: Sequence[Entry], seen: set[str]
) -> Iterator[tuple[FeeLine, AnyRow | None]]:
    """Say what becomes of lines; `seen` holds what those before posted, and is filled."""
    payments = _Payments(connection, provider, part)
    for entry in part:
        payment = payments.of(entry)
        outcome = _outcome(entry, payment)
        if outcome in (FeeOutcome.POSTED, FeeOutcome.FREE):
            keys = {_fee_memo(provider, entry.name)} if outcome is FeeOutcome.POSTED else set()
            if entry.payout and entry.net is not None and entry.net.minor:
                keys.add(_payout_memo(provider, entry.name))
            new = keys - payments.posted - seen
            seen |= keys
            if keys:
                outcome = _BECOMES[
                    _fee_memo(provider, entry.name) in new,
                    _payout_memo(provider, entry.name) in new,
                ]
        code = payment.code if payment else ""
        told = (entry.row, entry.name, entry.fee, entry.net, entry.payout, outcome, code)
        yield FeeLine(*told), payment


_BECOMES: Final = {
    (True, True): FeeOutcome.BOTH,
    (True, False): FeeOutcome.POSTED,
    (False, True): FeeOutcome.PAID_OUT,
    (False, False): FeeOutcome.KNOWN,
}
"""What becomes of a line, by whether its fee is new and whether its payout is."""


def _outcome(entry: Entry, payment: AnyRow | None) -> FeeOutcome:
    if not entry.is_done:
        return FeeOutcome.WAITS
    if entry.fee is None or not entry.name:
        return FeeOutcome.WRONG
    if entry.is_payout:
        return FeeOutcome.PAYOUT if entry.payout else FeeOutcome.REST
    if payment is None:
        return FeeOutcome.STRANGE
    if entry.currency != payment.currency or entry.fee.exponent != payment.currency_exponent:
        return FeeOutcome.WRONG
    if entry.net is not None and abs(entry.net.minor + entry.fee.minor) > payment.amount_minor:
        return FeeOutcome.WRONG
    return FeeOutcome.POSTED if entry.fee.minor else FeeOutcome.FREE


def _fee_of(line: FeeLine) -> int:
    """What of a line is posted as a fee, in minor units."""
    return line.fee.minor if line.fee is not None and line.outcome in HAS_FEE else 0


def _out_of(line: FeeLine) -> int:
    """What of a line goes to the bank, in minor units."""
    return line.net.minor if line.net is not None and line.outcome in GOES_OUT else 0


class _Payments:
    """The payments that lines may be about, and what of them was posted."""

    def __init__(self, connection: Connection, provider: str, part: Sequence[Entry]) -> None:
        ids = [UUID(each) for entry in part for each in _UUID.findall(entry.about)]
        codes = [read_code(each) for entry in part for each in _BOOKING.findall(entry.about)]
        # As a condition on both tables SQLite would read all payments for each part of a file.
        of_codes = select(BookingRow.id).where(BookingRow.code.in_(codes))
        rows = connection.execute(
            select(PaymentRow.__table__, BookingRow.code)
            .join(BookingRow, BookingRow.id == PaymentRow.booking_id)
            .where(
                PaymentRow.provider == provider,
                PaymentRow.state == PaymentState.PAID,
                PaymentRow.id.in_(ids) | PaymentRow.booking_id.in_(of_codes),
            )
        ).all()
        self._by_id = {str(row.id): row for row in rows}
        self._by_code: dict[str, list[AnyRow]] = {}
        for row in rows:
            self._by_code.setdefault(row.code, []).append(row)
        asked = select(LedgerRow.memo).where(
            LedgerRow.booking_id.in_([row.booking_id for row in rows]),
            LedgerRow.account.in_((PROVIDER_FEES, BANK)),
        )
        memos = connection.execute(asked).scalars()
        self.posted = {" ".join(memo.split(" ")[:3]) for memo in memos}

    def of(self, entry: Entry) -> AnyRow | None:
        """The payment a line names; by its booking only where that has no other one there."""
        for each in _UUID.findall(entry.about):
            if (row := self._by_id.get(each.lower())) is not None:
                return row
        codes = _BOOKING.findall(entry.about)
        rows = self._by_code.get(read_code(codes[-1]), []) if codes else []
        return rows[0] if len(rows) == 1 else None


_UUID: Final = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_BOOKING: Final = re.compile(r"\bbooking ([A-Z0-9]{4,12})\b")


def _fee_memo(provider: str, name: str) -> str:
    """What a posted fee is known by."""
    return f"{provider} fee {name}"


def _payout_memo(provider: str, name: str, payout: str = "") -> str:
    """What went to the bank is known by; the payout stands behind for people."""
    return f"{provider} payout {name} {payout}".rstrip()


class _Standing:
    """What the ledger has at a provider by booking, and what of each payout it has at the bank.

    Nothing is read for a file without payouts.
    """

    def __init__(self, connection: Connection, provider: str, found: Sequence[Entry]) -> None:
        self._at: dict[UUID, tuple[str, Counter[tuple[str, int]]]] = {}
        self._out: Counter[tuple[str, str]] = Counter()
        if not any(entry.payout for entry in found):
            return
        paid = select(PaymentRow.booking_id).where(
            PaymentRow.provider == provider, PaymentRow.state == PaymentState.PAID
        )
        unit = LedgerRow.currency, LedgerRow.currency_exponent
        rows = connection.execute(
            select(
                LedgerRow.booking_id,
                BookingRow.code,
                LedgerRow.memo,
                *unit,
                func.sum(LedgerRow.amount_minor).label("minor"),
            )
            .join(BookingRow, BookingRow.id == LedgerRow.booking_id)
            .where(LedgerRow.booking_id.in_(paid), LedgerRow.account == GATEWAY)
            .group_by(LedgerRow.booking_id, BookingRow.code, LedgerRow.memo, *unit)
            .order_by(func.min(LedgerRow.no))
        )
        for booking_id, code, memo, currency, exponent, minor in rows:
            assert booking_id is not None
            self._add(booking_id, code, (currency, exponent), int(minor))
            if memo.startswith(f"{provider} payout "):
                self._out[memo.split(" ")[-1], currency] -= int(minor)

    def plan(self, plans: Iterable[tuple[FeeLine, AnyRow | None]]) -> None:
        """Count what is only planned."""
        for line, payment in plans:
            if payment is not None and line.fee is not None:
                unit = line.fee.currency, line.fee.exponent
                taken = _fee_of(line) + _out_of(line)
                self._add(payment.booking_id, payment.code, unit, -taken)
                self._out[line.payout, line.fee.currency] += _out_of(line)

    def _add(self, booking_id: UUID, code: str, unit: tuple[str, int], minor: int) -> None:
        self._at.setdefault(booking_id, (code, Counter()))[1][unit] += minor

    def report(
        self, found: Sequence[Entry], lines: Sequence[FeeLine], *, posted: bool
    ) -> FeeReport:
        """All there is to say of a file."""
        payouts = tuple(self._payouts(found, lines))
        waiting = [
            NotPaidOut(code, Money(minor, *unit))
            for code, sums in self._at.values()
            for unit, minor in sums.items()
            if minor and payouts
        ]
        left = _sums(each.left for each in waiting)
        return FeeReport(tuple(lines), posted, payouts, tuple(waiting[:MAX_WAITING]), left)

    def _payouts(self, found: Sequence[Entry], lines: Sequence[FeeLine]) -> Iterator[Payout]:
        """The payouts of a file: as much as it says itself, else what is in its lines."""
        groups: dict[tuple[str, str], list[tuple[Entry, FeeLine, Money]]] = {}
        for entry, line in zip(found, lines, strict=True):
            if entry.payout and entry.is_done and entry.net is not None:
                key = entry.payout, entry.currency
                groups.setdefault(key, []).append((entry, line, entry.net))
        for (name, currency), group in groups.items():
            said = -sum(net.minor for entry, _line, net in group if entry.is_payout)
            strange = sum(
                net.minor
                for _entry, line, net in group
                if line.outcome in (FeeOutcome.STRANGE, FeeOutcome.WRONG)
            )
            here, exponent = self._out[name, currency], group[0][2].exponent
            yield Payout(
                name,
                group[0][0].on,
                Money(said or here + strange, currency, exponent),
                Money(here, currency, exponent),
                any(line.outcome in GOES_OUT for _entry, line, _net in group),
            )


def _read(steps: ReadingSteps, path: Path, provider: str, encoding: str) -> list[Entry]:
    """Read a provider's file.

    Raises:
        InvalidInputError: It is none.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
        need_readable(act, path)
    need_provider(provider)
    return entries(path, provider, encoding)
