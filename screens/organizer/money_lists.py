"""The lists of an event's money: their columns, lines and sources."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from eventdesk.core.messages import _, msg
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.documents.document import Series
from eventdesk.money import (
    CreditView,
    DocumentView,
    EventMoney,
    Match,
    PaymentView,
    RefundView,
    StatementLine,
    VoucherView,
    list_credits,
    list_documents,
    list_payments,
    list_refunds,
    list_statement_lines,
    list_vouchers,
)
from screens.organizer.tab import EventPart
from screens.widgets.paged_lines import Column, Line, Source

PAYMENTS: Final = {
    PaymentState.PAID: (msg("✓ paid"), ""),
    PaymentState.PENDING: (msg("◌ waiting"), "warning"),
    PaymentState.FAILED: (msg("✗ failed"), "faint"),
    PaymentState.EXPIRED: (msg("✗ not paid"), "faint"),
}
REFUNDS: Final = {
    RefundState.PAID: (msg("✓ out"), "faint"),
    RefundState.PENDING: (msg("◌ to pay"), "warning"),
    RefundState.FAILED: (msg("✗ refused"), "bad"),
    RefundState.SUPERSEDED: (msg("– taken back"), "faint"),
}
MATCHES: Final = {
    Match.PAID: (msg("✓ pays it"), "good"),
    Match.PART: (msg("! a part"), "warning"),
    Match.OVER: (msg("! too much"), "warning"),
    Match.KNOWN: (msg("– known"), "faint"),
    Match.OUTGOING: (msg("– went out"), "faint"),
    Match.REMARK: (msg("– no amount"), "faint"),
    Match.OPEN: (msg("! look at it"), "warning"),
}
"""What comes of a line of a statement, and its tone."""

ACCOUNTS: Final = {
    "cash": msg("cash"),
    "terminal": msg("card"),
    "bank": msg("bank"),
    "voucher": msg("vouchers"),
    "gateway": msg("online"),
    "elsewhere": msg("elsewhere"),
}

OPEN: Final = {
    "refunds": msg("to give back"),
    "cancellation_fees": msg("fees kept"),
    "commission_owed": msg("commission"),
}


@dataclass(frozen=True, slots=True)
class MoneyList:
    """One list."""

    id: str
    title: str
    columns: tuple[Column, ...]
    empty: str
    source: Source
    searchable: bool = False


At = Callable[[datetime | None], str]


def money_lists(part: EventPart) -> tuple[MoneyList, ...]:
    """The lists of an event's money, in the order of their keys."""
    when = Column(_("When"), 12, least=64)
    amount = Column(_("Amount"), 14, right=True)
    booking = Column(_("Booking"), 8)
    return (
        MoneyList(
            "payments",
            _("Payments"),
            (when, booking, Column(_("By"), 9), amount, Column("", 10), Column(_("Reference"))),
            _("No payments yet. They are taken at a booking: open one and press P."),
            part.source(list_payments, partial(_payment, part.at)),
            searchable=True,
        ),
        MoneyList(
            "refunds",
            _("Refunds"),
            (when, booking, Column(_("By"), 9), amount, Column("", 10), Column(_("Why"))),
            _("No refund is open. Cancelling a paid ticket makes one."),
            part.source(list_refunds, partial(_refund, part.at), open_only=True),
            searchable=True,
        ),
        MoneyList(
            "credits",
            _("Credits"),
            (booking, Column("", 11), Column(_("Credit"), 14, right=True), Column(_("Name"))),
            _("Nobody paid too much or too late."),
            part.source(list_credits, _credit),
        ),
        MoneyList(
            "bank",
            _("Bank"),
            (Column(_("Day"), 10), amount, Column(_("Payer"), 18, least=90), Column(_("Purpose"))),
            _("No line needs a look. Press I to import a bank's statement."),
            part.source(list_statement_lines, _statement_line),
        ),
        MoneyList(
            "vouchers",
            _("Vouchers"),
            (
                Column(_("Code"), 12),
                Column(_("Value"), 13, right=True),
                Column(_("Left"), 13, right=True),
                Column(_("Until"), 12, least=80),
                Column(_("Note")),
            ),
            _("No vouchers yet. Press N to issue some."),
            part.source(list_vouchers, partial(_voucher, part.at)),
            searchable=True,
        ),
        MoneyList(
            "papers",
            _("Papers"),
            (
                Column(_("Number"), 15),
                Column("", 11, least=70),
                amount,
                Column(_("For")),
                Column(_("When"), 12, least=90),
            ),
            _("Nothing is issued yet. Invoices are issued at a booking, by its buyer or by you."),
            part.source(list_documents, partial(_document, part.at)),
        ),
    )


def _payment(at: At, view: PaymentView) -> Line:
    sign, tone = PAYMENTS[view.state]
    by = _("let off") if view.method is Method.FREE else view.provider or view.method.value
    cells = (
        at(view.settled_at or view.created_at),
        view.booking_code,
        by,
        str(view.amount),
        str(sign),
        view.error or view.reference,
    )
    return Line(view.id, cells, tone)


def _refund(at: At, view: RefundView) -> Line:
    sign, tone = REFUNDS[view.state]
    why = view.error or view.reason
    cells = (
        at(view.created_at),
        view.booking_code,
        view.method.value,
        str(view.amount),
        str(sign),
        why,
    )
    return Line(view.id, cells, tone)


def _credit(view: CreditView) -> Line:
    cells = (view.booking_code, f"! {view.state}", str(view.credit), view.name)
    return Line(view.booking_id, cells, "warning")


def _statement_line(view: StatementLine) -> Line:
    cells = (view.booked_on, str(view.amount), view.payer, f"{view.purpose} · {view.problem}")
    assert view.id is not None
    return Line(view.id, cells)


def _voucher(at: At, view: VoucherView) -> Line:
    left = _("✗ cancelled") if view.cancelled_at else str(view.left)
    tone = "faint" if view.cancelled_at or not view.left.minor else ""
    cells = (view.code, str(view.value), left, at(view.valid_until), view.note)
    return Line(view.id, cells, tone)


def _document(at: At, view: DocumentView) -> Line:
    tone = "faint" if view.series is Series.CREDIT else ""
    cells = (view.name, view.series.heading, str(view.total), view.recipient, at(view.issued_at))
    return Line(view.id, cells, tone)


def figures(money: EventMoney) -> str:
    """The balance of an event in two lines: what came in by method, and what is open."""
    came = [
        f"{words} {money.at(account).amount}"
        for account, words in ACCOUNTS.items()
        if money.at(account).minor
    ]
    others = sorted({amount.currency for _account, amount in money.lines} - {money.currency})
    open_parts = [
        f"{words} {money.at(account).amount.lstrip('-')}"
        for account, words in OPEN.items()
        if money.at(account).minor
    ]
    due = money.at("receivable")
    if due.minor:
        words = _("still due") if due.minor > 0 else _("paid too much")
        open_parts.insert(0, f"{words} {due.amount.lstrip('-')}")
    if others:
        open_parts.append(_("also in {others}", others=", ".join(others)))
    came_in = _("in: {amounts}", amounts=" · ".join(came) or _("nothing yet"))
    return f"{money.currency}  {came_in}\n{' · '.join(open_parts) or _('nothing open')}"
