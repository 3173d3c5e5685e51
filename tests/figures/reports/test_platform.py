"""Revenue and commission over all events."""

import pytest
from sqlalchemy import update

from data.schema import BookingRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM, Role
from eventdesk.booking import NewBooking, NewTicket, book, cancel_booking
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.money import Money
from eventdesk.figures import platform_report, revenue_report, sales_report
from eventdesk.sales import NewTicketType, add_ticket_type
from tests.build import NOON, Fair, make_fair
from tests.people import make_staff


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_every_event_is_a_line_and_all_are_added_up(store: Store, fair: Fair) -> None:
    other = make_fair(store, "Winter Days")
    fair.sell_all(["Ada", "Grace"])
    other.sell("Kay")
    with store.write() as connection:
        connection.execute(update(TicketRow).values(tax_minor=1900, commission_minor=505))
    (table,) = platform_report(store, SYSTEM.at(NOON)).tables
    lines = {row[0]: row[2:] for row in table.rows}
    assert lines["Demo Days"] == (2, eur(24000), eur(20200), eur(1010), eur(24000))
    assert lines["Winter Days"] == (1, eur(12000), eur(10100), eur(505), eur(12000))
    assert table.total is not None
    assert table.total[2:] == (3, eur(36000), eur(30300), eur(1515), eur(36000))


def test_it_agrees_with_the_revenue_of_the_event(store: Store, fair: Fair) -> None:
    fair.sell_all(["Ada", "Grace"])
    gone = fair.sell("Zed")
    cancel_booking(store, SYSTEM.at(NOON), gone.booking_id, reason="")
    (table,) = platform_report(store, SYSTEM.at(NOON)).tables
    revenue = revenue_report(store, SYSTEM.at(NOON), fair.event.id)
    summary = {row[0]: row[1] for row in revenue.tables[0].rows}
    ((_name, _owner, _tickets, sold, net, commission, came_in),) = table.rows
    assert sold == summary["Sold (gross)"]
    assert net == summary["  of it net"]
    assert commission == summary["  commission on the net"]
    assert came_in == summary["Came in, less given back"]


def test_currencies_are_tables_of_their_own(store: Store, fair: Fair) -> None:
    fair.sell("Ada")
    second = make_fair(store, "Tokyo").sell("Kay")
    with store.write() as connection:
        connection.execute(
            update(BookingRow)
            .where(BookingRow.id == second.booking_id)
            .values(currency="JPY", currency_exponent=0)
        )
    titles = [table.title for table in platform_report(store, SYSTEM.at(NOON)).tables]
    assert titles == ["Revenue in EUR", "Revenue in JPY"]


def test_a_house_without_sales_says_so(store: Store) -> None:
    (table,) = platform_report(store, SYSTEM.at(NOON)).tables
    assert (table.rows, table.empty) == ((), "No ticket was sold yet.")


def test_an_organizer_does_not_see_what_others_earn(fair: Fair) -> None:
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    with pytest.raises(NotAllowedError, match="for admins"):
        platform_report(fair.store, olga.at(NOON))


def test_donations_are_sold_and_are_no_tickets(store: Store, fair: Fair) -> None:
    gift = NewTicketType("Donation", eur(0), price_chosen=True, admits=0)
    given = add_ticket_type(store, SYSTEM.at(NOON), fair.event.id, gift)
    tickets = (NewTicket(fair.regular, "Ada"), NewTicket(given, "Ada", chosen_minor=2500))
    book(store, SYSTEM.at(NOON), fair.event.id, [NewBooking("Ada", "", tickets)])
    (table,) = platform_report(store, SYSTEM.at(NOON)).tables
    assert table.rows[0][2:] == (1, eur(14500), eur(14500), eur(0), eur(14500))
    days, *_others = sales_report(store, SYSTEM.at(NOON), fair.event.id).tables
    assert days.total == ("Together", 1, None, eur(14500))
