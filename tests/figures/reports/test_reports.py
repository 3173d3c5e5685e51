"""Figures of reports agree with the rows they come from, recounted in plain Python."""

import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, insert, select, update

from data.schema import (
    AdmissionRow,
    BookingRow,
    CheckInListRow,
    LedgerRow,
    PaymentRow,
    RefundRow,
    SessionRow,
    SignUpRow,
    TicketRow,
    TicketTypeRow,
    WaitlistEntryRow,
)
from data.schema.base import Base
from data.store import Store
from eventdesk.acts import SYSTEM, Actor, ActorKind, Role
from eventdesk.booking import NewBooking, NewTicket, book, cancel_tickets
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import reading
from eventdesk.core.money import Money
from eventdesk.core.reports import Report, ReportTable
from eventdesk.documents.report_text import report_text
from eventdesk.door import check_in
from eventdesk.figures import (
    REPORTS,
    ReportForm,
    platform_report,
    revenue_report,
    sales_panels,
    save_report,
    session_report,
)
from eventdesk.figures.reports.attendance import attendance_report, no_show_report
from eventdesk.figures.reports.interest import waitlist_report
from eventdesk.figures.reports.sales import sales_report
from eventdesk.money import take_payment
from eventdesk.sales import TicketPrice
from eventdesk.tables.files import open_table
from eventdesk.waiting import sweep
from tests.build import NOON, STAFF, Fair, make_fair
from tests.histories import tries
from tests.orders import order_for, person
from tests.payments import unlock_ledger

BERLIN = ZoneInfo("Europe/Berlin")

sales = st.lists(
    st.tuples(
        st.integers(0, 3),  # days later
        st.lists(  # type, price, discount, tax, fee, commission of each ticket
            st.tuples(st.booleans(), *(st.integers(0, 9999) for _ in range(5))),
            min_size=1,
            max_size=3,
        ),
        st.booleans(),  # paid elsewhere
        st.sampled_from(["", "cash", "cancel"]),  # what happens next
        st.booleans(),  # the first ticket comes
    ),
    max_size=6,
)


def rows_of(store: Store, row: type[Base]) -> list[Any]:
    table = row.__table__
    assert isinstance(table, Table)
    with store.read() as connection:
        return list(connection.execute(select(table)))


def table_of(report: Report, title: str) -> ReportTable:
    return next(table for table in report.tables if table.title.startswith(title))


def minor(figure: Any) -> int:
    assert isinstance(figure, Money)
    return figure.minor


def _price(price: int, discount: int, tax: int, fee: int, commission: int) -> TicketPrice:
    """A price whose parts fit into it."""
    tax %= price + 1
    return TicketPrice(
        price + discount, discount, tax, fee % (price - tax + 1), commission % (price + 1), price
    )


def play(fair: Fair, history: Sequence[Any]) -> None:
    """Sell, pay, cancel and check in as a history tells."""
    for later, tickets, paid, then, comes in history:
        now = NOON + timedelta(days=later)
        new = tuple(
            NewTicket(
                fair.vip if vip else fair.regular,
                "Guest",
                sold_at=_price(price, discount, tax, fee, commission),
            )
            for vip, price, discount, tax, fee, commission in tickets
        )  # fmt: skip
        booking = NewBooking("Buyer", "b@example.org", new, paid=paid, source="desk")
        (booked,) = book(fair.store, SYSTEM.at(now), fair.event.id, [booking])
        assert booked.total is not None
        if then == "cash" and not paid and booked.total.minor:
            take_payment(fair.store, SYSTEM.at(now), booked.booking_id, method="cash")
        if comes:
            check_in(fair.store, STAFF.at(now), fair.scan(fair.token(booked), seen_at=now))
        if then == "cancel":
            cancel_tickets(
                fair.store,
                SYSTEM.at(now + timedelta(hours=1)),
                booked.ticket_ids[-1:],
                reason="ill",
            )


@settings(max_examples=tries(15))
@given(history=sales)
def test_every_figure_agrees_with_the_rows(history: Sequence[Any]) -> None:
    with TemporaryDirectory() as folder, Store.create(Path(folder) / "home") as store:
        fair = make_fair(store)
        play(fair, history)
        given = (store, SYSTEM.at(NOON), fair.event.id)
        _check_revenue(fair, revenue_report(*given))
        _check_sales(fair, sales_report(*given))
        _check_attendance(fair, attendance_report(*given))
        _check_no_shows(fair, no_show_report(*given))


def _check_revenue(fair: Fair, report: Report) -> None:
    tickets = [row for row in rows_of(fair.store, TicketRow) if row.state == "valid"]
    bookings = rows_of(fair.store, BookingRow)
    payments = [row for row in rows_of(fair.store, PaymentRow) if row.state == "paid"]
    refunds = [row for row in rows_of(fair.store, RefundRow) if row.state == "paid"]
    kept = sum(row.kept_minor for row in bookings)
    price = sum(row.price_minor for row in tickets)
    tax, fee = sum(row.tax_minor for row in tickets), sum(row.fee_minor for row in tickets)
    commission = sum(row.commission_minor for row in tickets)
    came = sum(row.amount_minor for row in payments if row.method != "free")
    let_off = sum(row.amount_minor for row in payments if row.method == "free")
    back = sum(row.amount_minor for row in refunds)
    summary = {str(name).strip(): minor(each) for name, each in table_of(report, "Summary").rows}
    assert summary == {
        "Before discounts": price + sum(row.discount_minor for row in tickets),
        "Discounts": -sum(row.discount_minor for row in tickets),
        "Cancellation fees kept": kept,
        "Sold (gross)": sum(row.total_minor for row in bookings),
        "of it tax": tax,
        "of it service fees": fee,
        "of it net": price + kept - tax - fee,
        "commission on the net": commission,
        "net after commission": price + kept - tax - fee - commission,
        "Came in": came,
        "Let off": let_off,
        "Given back": -back,
        "Came in, less given back": came - back,
        **_still(fair, payments, refunds),
    }
    # The ledger holds what buyers owe, less what they have to their credit.
    receivable = sum(
        row.amount_minor for row in rows_of(fair.store, LedgerRow) if row.account == "receivable"
    )
    promised = sum(
        row.amount_minor for row in rows_of(fair.store, RefundRow) if row.state == "pending"
    )
    assert summary["Still to come in"] + summary["Still to go back"] == receivable - promised
    names = {row.id: row.name for row in rows_of(fair.store, TicketTypeRow)}
    by_type: Counter[str] = Counter()
    for row in tickets:
        by_type[names[row.ticket_type_id]] += row.price_minor
    types = table_of(report, "By ticket type")
    assert {row[0]: minor(row[4]) for row in types.rows} == dict(by_type)
    assert types.total is not None
    assert minor(types.total[4]) == price
    by_method: Counter[str] = Counter()
    for row in payments:
        by_method[row.method] += row.amount_minor
    method_of = {row.id: row.method for row in rows_of(fair.store, PaymentRow)}
    for row in refunds:
        by_method[method_of[row.payment_id]] -= row.amount_minor
    methods = table_of(report, "By method")
    assert {row[0]: minor(row[4]) for row in methods.rows} == dict(by_method)
    sold_by_day: Counter[str] = Counter()
    for row in rows_of(fair.store, LedgerRow):
        if row.account in ("revenue", "tax", "fees", "cancellation_fees"):
            sold_by_day[row.at.astimezone(BERLIN).date().isoformat()] -= row.amount_minor
    days = table_of(report, "By day")
    assert {str(row[0]): minor(row[1]) for row in days.rows if minor(row[1])} == {
        day: amount for day, amount in sold_by_day.items() if amount
    }
    assert days.total is not None
    assert minor(days.total[1]) == price + kept
    assert minor(days.total[4]) == came - back


def _still(fair: Fair, payments: Sequence[Any], refunds: Sequence[Any]) -> dict[str, int]:
    """What is still to come in and to go back, booking by booking."""
    owed = {row.id: row.total_minor for row in rows_of(fair.store, BookingRow)}
    promised = [row for row in rows_of(fair.store, RefundRow) if row.state == "pending"]
    for row in payments:
        owed[row.booking_id] -= row.amount_minor
    for row in (*refunds, *promised):
        owed[row.booking_id] += row.amount_minor
    credit = sum(-each for each in owed.values() if each < 0)
    return {
        "Still to come in": sum(each for each in owed.values() if each > 0),
        "Still to go back": -credit - sum(row.amount_minor for row in promised),
    }


def _check_sales(fair: Fair, report: Report) -> None:
    tickets = [row for row in rows_of(fair.store, TicketRow) if row.state == "valid"]
    counted: Counter[str] = Counter()
    prices: Counter[str] = Counter()
    for row in tickets:
        day = row.created_at.astimezone(BERLIN).date().isoformat()
        counted[day] += 1
        prices[day] += row.price_minor
    days = table_of(report, "By day")
    assert {row[0]: (row[1], minor(row[3])) for row in days.rows} == {
        day: (counted[day], prices[day]) for day in counted
    }
    counts = [row[1] for row in days.rows if isinstance(row[1], int)]
    assert [row[2] for row in days.rows] == list(itertools.accumulate(counts))
    source = table_of(report, "By source")
    assert source.total is not None
    assert source.total[1] == len(tickets)


def _check_attendance(fair: Fair, report: Report) -> None:
    tickets = {row.id: row for row in rows_of(fair.store, TicketRow)}
    admissions = rows_of(fair.store, AdmissionRow)
    came = {row.ticket_id for row in admissions}
    names = {row.id: row.name for row in rows_of(fair.store, TicketTypeRow)}
    expected: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for row in tickets.values():
        if row.state == "valid":
            expected[names[row.ticket_type_id]] += 1
            inside[names[row.ticket_type_id]] += row.id in came
    types = table_of(report, "By ticket type")
    assert {row[0]: row[1:4] for row in types.rows} == {
        name: (expected[name], inside[name], expected[name] - inside[name]) for name in expected
    }
    hours = table_of(report, "First arrivals")
    assert hours.total is not None
    assert hours.total[1] == len(came)
    lists = {row.name: row.id for row in rows_of(fair.store, CheckInListRow)}
    for name, let_in, entries, _refused in table_of(report, "By check-in list").rows:
        mine = [row for row in admissions if row.list_id == lists[str(name)]]
        assert (let_in, entries) == (len({row.ticket_id for row in mine}), len(mine))


def _check_no_shows(fair: Fair, report: Report) -> None:
    paid = {row.id for row in rows_of(fair.store, BookingRow) if row.state == "paid"}
    came = {row.ticket_id for row in rows_of(fair.store, AdmissionRow)}
    absent = [
        row
        for row in rows_of(fair.store, TicketRow)
        if row.state == "valid" and row.booking_id in paid and row.id not in came
    ]
    total = table_of(report, "By ticket type").total
    assert total is not None
    assert total[2] == len(absent)
    assert {row[3] for row in table_of(report, "People").rows} == {row.code for row in absent}


def test_a_refund_that_is_not_out_pays_for_no_other_booking(fair: Fair) -> None:
    paid, _unpaid = fair.sell("Ada"), fair.sell_all(["Kay"], paid=False)
    cancel_tickets(fair.store, SYSTEM.at(NOON), paid.ticket_ids, reason="ill")
    summary = table_of(revenue_report(fair.store, SYSTEM.at(NOON), fair.event.id), "Summary")
    still = {str(name): minor(each) for name, each in summary.rows}
    assert (still["Still to come in"], still["Still to go back"]) == (12000, -12000)


def test_what_was_not_paid_in_time_is_not_sold(fair: Fair) -> None:
    fair.sell("Ada")
    until = order_for(fair, person(fair.store, "Kay")).expires_at
    assert until is not None
    late = (fair.store, SYSTEM.at(until))

    def read() -> tuple[Report, Report, Report]:
        return (
            revenue_report(*late, fair.event.id),
            sales_report(*late, fair.event.id),
            platform_report(*late),
        )

    revenue, sales, platform = before = read()
    summary = {str(name): minor(each) for name, each in table_of(revenue, "Summary").rows}
    assert (summary["Sold (gross)"], summary["Still to come in"]) == (12000, 0)
    totals = [table_of(revenue, title).total for title in ("By ticket type", "By day")]
    assert [total and (total[1], total[4]) for total in totals] == [
        (1, Money(12000, "EUR")),
        (Money(12000, "EUR"), Money(12000, "EUR")),
    ]
    by_day = table_of(sales, "By day").total
    assert by_day is not None
    assert by_day[1] == platform.tables[0].rows[0][2] == 1
    assert sweep(*late) == 1
    assert [each.tables[0] for each in read()] == [each.tables[0] for each in before]


def test_sold_means_paid_in_all_of_the_sales_report(fair: Fair) -> None:
    fair.sell_all(["Kay"], paid=False)
    report = sales_report(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert [each.title for each in report.tables if "Sold" in each.columns] == ["By ticket type"]
    assert table_of(report, "By ticket type").rows[0][:3] == ("Regular", 0, 1)
    assert table_of(report, "By day").total == ("Together", 1, None, Money(12000, "EUR"))


def test_two_currencies_are_never_added(fair: Fair) -> None:
    first, second = fair.sell("Ada"), fair.sell("Kay")
    with fair.store.write() as connection:
        unlock_ledger(connection)
        for changed, column in (
            (BookingRow, BookingRow.id),
            (PaymentRow, PaymentRow.booking_id),
            (LedgerRow, LedgerRow.booking_id),
        ):
            connection.execute(
                update(changed)
                .where(column == second.booking_id)
                .values(currency="JPY", currency_exponent=0)
            )
    report = revenue_report(fair.store, SYSTEM.at(NOON), fair.event.id)
    titles = [table.title for table in report.tables if table.title.startswith("Summary")]
    assert titles == ["Summary in EUR", "Summary in JPY"]
    for table in report.tables:
        figures = [each for row in (*table.rows, table.total or ()) for each in row]
        assert len({each.currency for each in figures if isinstance(each, Money)}) <= 1
    sold = {each.title: minor(each.rows[3][1]) for each in report.tables if each.columns[0] == ""}
    assert sold == {"Summary in EUR": 12000, "Summary in JPY": 12000}
    assert first.booking_id != second.booking_id
    with reading("de"):
        german = revenue_report(fair.store, SYSTEM.at(NOON), fair.event.id)
        panels = sales_panels(german)
    titles = [table.title for table in german.tables if table.title.startswith("Nach Ticketart")]
    assert titles == ["Nach Ticketart in EUR", "Nach Ticketart in JPY"]
    assert [each.key for each in panels] == ["sales", "sales-2"]


def test_sessions_stand_by_popularity(fair: Fair) -> None:
    popular, quiet = new_id(), new_id()
    with fair.store.write() as connection:
        connection.execute(
            insert(SessionRow),
            [
                {
                    "id": each, "event_id": fair.event.id, "title": title, "description": "",
                    "starts_at": NOON, "ends_at": NOON, "capacity": 4, "sign_up": True,
                }
                for each, title in ((quiet, "Quiet"), (popular, "Popular"))
            ],
        )  # fmt: skip
    people = [person(fair.store, name) for name in ("Ada", "Kay")]
    with fair.store.write() as connection:
        connection.execute(
            insert(SignUpRow),
            [
                {
                    "id": new_id(), "event_id": fair.event.id, "session_id": popular,
                    "account_id": each.id, "created_at": NOON,
                }
                for each in people
            ],
        )  # fmt: skip
    (table,) = session_report(fair.store, SYSTEM.at(NOON), fair.event.id).tables
    assert [(row[0], row[4], row[6]) for row in table.rows] == [
        ("Popular", 2, "50.0 %"),
        ("Quiet", 0, "0.0 %"),
    ]
    assert table.shares == (1.0, 0.0)


def test_the_waitlist_tells_what_became_of_it(fair: Fair) -> None:
    states = ("waiting", "offered", "taken", "taken", "expired", "left")
    with fair.store.write() as connection:
        for no, state in enumerate(states, 1):
            offered = state in ("offered", "taken", "expired")
            connection.execute(
                insert(WaitlistEntryRow).values(
                    id=new_id(), no=no, event_id=fair.event.id, ticket_type_id=fair.vip,
                    name="W", email="", priority=0, state=state, created_at=NOON,
                    offered_at=NOON + timedelta(minutes=10 * no) if offered else None,
                )
            )  # fmt: skip
    (table,) = waitlist_report(fair.store, SYSTEM.at(NOON), fair.event.id).tables
    assert table.rows == (("VIP", 6, 4, 1, 1, 2, 1, 1, "35 min"),)


def test_every_report_is_text_csv_xlsx_and_pdf(fair: Fair, tmp_path: Path) -> None:
    fair.sell_all(["=Ada\x1b[31m", "神谷 =1+1", "محمد"])
    for kind, spec in REPORTS.items():
        report = spec.make(fair.store, SYSTEM.at(NOON), fair.event.id)
        text = report_text(report)
        assert text.startswith(f"{spec.title} · {fair.event.name}")
        assert "\x1b" not in text
        for form in ReportForm:
            files = save_report(fair.store, SYSTEM, report, form=form)
            assert len(files) == (len(report.tables) if form is ReportForm.CSV else 1)
            assert all(file.stat().st_size for file in files)
            assert files[0].read_bytes().startswith(b"%PDF") is (form is ReportForm.PDF)
            if form is ReportForm.CSV:
                assert open_table(files[0]).heading == tuple(
                    column.strip() for column in report.tables[0].columns
                ), kind


def test_reports_are_for_those_who_manage_what_they_tell(fair: Fair) -> None:
    stranger = Actor(ActorKind.ACCOUNT, new_id(), "Ann", Role.ATTENDEE)
    for spec in REPORTS.values():
        for actor in (STAFF, stranger):
            with pytest.raises(NotAllowedError):
                spec.make(fair.store, actor.at(NOON), fair.event.id)
