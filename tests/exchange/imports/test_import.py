"""Importing: checked to the last row, all or nothing, never twice."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from data.schema import (
    AnswerRow,
    AuditRow,
    BookingRow,
    EventRow,
    LedgerRow,
    QuestionRow,
    SeatRow,
    SeatSectionRow,
    TicketRow,
    TicketTypeRow,
)
from eventdesk.acts import SYSTEM
from eventdesk.booking import token_of
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.door import Outcome, check_in, find_tickets
from eventdesk.exchange import (
    DryRun,
    Field,
    Imported,
    ImportPlan,
    check_import,
    look_at,
    run_import,
)
from eventdesk.exchange.imports.plan import Reason
from eventdesk.money import balances
from eventdesk.tables.files import Form, save_table
from tests.build import NOON, STAFF, Fair
from tests.exchange.imports.test_guess import EVENTBRITE, PRETIX


def written(tmp_path: Path, text: str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def plan_for(fair: Fair, path: Path, **given: Any) -> ImportPlan:
    look = look_at(fair.store, SYSTEM, fair.event.id, path)
    return ImportPlan(look.columns, **given)


def checked(fair: Fair, path: Path, **given: Any) -> DryRun:
    plan = plan_for(fair, path, **given)
    return check_import(fair.store, SYSTEM.at(NOON), fair.event.id, path, plan)


def imported(fair: Fair, path: Path, **given: Any) -> Imported:
    plan = plan_for(fair, path, **given)
    return run_import(fair.store, SYSTEM.at(NOON), fair.event.id, path, plan)


def count(fair: Fair, table: Any) -> int:
    with fair.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


GOOD = """Name,Email,Ticket,Price,Paid,Order,Position,Company
Ada Lovelace,ada@example.org,Regular,99.50,yes,K1,1,Analytical Ltd
Grace Hopper,grace@example.org,VIP,290,yes,K1,2,
Kay,,Regular,120,no,K2,1,
Gone,gone@example.org,Regular,120,cancelled,K3,1,
"""


def test_tells_what_would_come_of_it_and_changes_nothing(fair: Fair, tmp_path: Path) -> None:
    run = checked(fair, written(tmp_path, GOOD))
    assert run.possible
    assert (run.rows, run.tickets, run.bookings, run.paid, run.left_out) == (4, 3, 2, 2, 1)
    assert run.total == Money(9950 + 29000 + 12000, "EUR")
    assert run.by_type == {"Regular": 2, "VIP": 1}
    assert count(fair, BookingRow) == 0


def test_takes_state_total_and_price_from_the_file_and_the_books_agree(
    fair: Fair, tmp_path: Path
) -> None:
    assert imported(fair, written(tmp_path, GOOD)).tickets == 3
    with fair.store.read() as connection:
        rows = connection.execute(select(BookingRow).order_by(BookingRow.no)).all()
        stands = balances(connection, [row.id for row in rows])
        sides = connection.execute(select(func.sum(LedgerRow.amount_minor))).scalar_one()
    assert [(row.external_ref, row.state, row.total_minor, row.source) for row in rows] == [
        ("K1", "paid", 38950, "import"),
        ("K2", "pending", 12000, "import"),
    ]
    assert [stands[row.id].due.minor for row in rows] == [0, 12000]
    assert [row.expires_at for row in rows] == [None, None]
    assert sides == 0


def test_an_imported_ticket_opens_the_door(fair: Fair, tmp_path: Path) -> None:
    imported(fair, written(tmp_path, GOOD))
    (ada,) = find_tickets(fair.store, SYSTEM, fair.event.id, "Lovelace")
    assert ada.line_two == "Analytical Ltd"
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(token_of(fair.store, SYSTEM, ada.id)))
    assert result.outcome is Outcome.ADMITTED


@pytest.mark.parametrize("text", [GOOD, "Name,Email\nAda,ada@example.org\nKay,\n"])
def test_importing_twice_doubles_nothing(fair: Fair, tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    plan = {"default_type": fair.regular}
    first = imported(fair, path, **plan)
    before = count(fair, TicketRow), count(fair, BookingRow), count(fair, LedgerRow)
    again = imported(fair, path, **plan)
    assert (again.tickets, again.bookings, again.already) == (0, 0, first.tickets)
    assert (count(fair, TicketRow), count(fair, BookingRow), count(fair, LedgerRow)) == before


def test_a_file_that_grew_brings_only_what_is_new(fair: Fair, tmp_path: Path) -> None:
    imported(fair, written(tmp_path, GOOD))
    grown = written(tmp_path, GOOD + "Mary Shelley,m@example.org,VIP,290,yes,K4,1,\n")
    done = imported(fair, grown)
    assert (done.tickets, done.already) == (1, 3)


def test_who_has_a_ticket_from_elsewhere_is_named_before(fair: Fair, tmp_path: Path) -> None:
    (code,) = fair.sell("ada  LOVELACE", email="Ada@example.org").ticket_codes
    fair.sell("Grace Hopper", email="another@example.org")
    path = written(tmp_path, GOOD)
    run = checked(fair, path)
    assert run.possible
    assert [(each.row, each.name, each.ticket) for each in run.alike] == [(2, "Ada Lovelace", code)]
    imported(fair, path)
    assert checked(fair, path).alike == ()


def test_a_row_more_in_a_booking_that_is_here_is_told(fair: Fair, tmp_path: Path) -> None:
    imported(fair, written(tmp_path, GOOD))
    grown = written(tmp_path, GOOD + "Mary Shelley,m@example.org,VIP,290,yes,K1,3,\n")
    run = checked(fair, grown)
    assert [(each.row, each.reason) for each in run.problems] == [(6, Reason.CHANGED)]


def test_what_is_paid_of_a_mixed_booking_is_a_booking_of_its_own(
    fair: Fair, tmp_path: Path
) -> None:
    path = written(
        tmp_path, "Name,Ticket,Price,Paid,Order\nAda,VIP,290,no,K1\nKay,VIP,290,yes,K1\n"
    )
    assert imported(fair, path).bookings == 2
    again = imported(fair, path)
    assert (again.tickets, again.already) == (0, 2)


def test_names_every_problem_with_its_row_and_reason(fair: Fair, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Name,Email,Ticket,Price,Paid,Order,Position,Date,Tickets,Currency\n"
        ",a@example.org,Regular,1,yes,A,1,,,\n"
        "Ada,no-address,Regular,1,yes,B,1,,,\n"
        "Ada,a@example.org,Backstage,1,yes,C,1,,,\n"
        'Ada,a@example.org,Regular,"1,234",yes,D,1,,,\n'
        "Ada,a@example.org,Regular,-5,yes,E,1,,,\n"
        "Ada,a@example.org,Regular,1,maybe,F,1,,,\n"
        "Ada,a@example.org,Regular,1,yes,G,1,yesterday,,\n"
        "Ada,a@example.org,Regular,1,yes,H,1,,0,\n"
        "Ada,a@example.org,Regular,1,yes,I,1,,,USD\n"
        "Ada,a@example.org,Regular,1,yes,K,1,,,\n"
        "Kay,k@example.org,Regular,1,yes,K,1,,,\n"
        "Ada,a@example.org,Regular,1,yes,L,1,,,,stray\n"
        f"{'x' * 4001},a@example.org,Regular,1,yes,M,1,,,\n"
        "Ada,a@example.org,,1,yes,N,1,,,\n",
    )
    run = checked(fair, path)
    assert [(each.row, each.reason) for each in run.problems] == [
        (2, Reason.NO_NAME),
        (3, Reason.BAD_EMAIL),
        (4, Reason.UNKNOWN_TYPE),
        (5, Reason.BAD_PRICE),
        (6, Reason.BAD_PRICE),
        (7, Reason.BAD_STATE),
        (8, Reason.BAD_DATE),
        (9, Reason.BAD_COUNT),
        (10, Reason.OTHER_CURRENCY),
        (12, Reason.DUPLICATE),
        (13, Reason.TOO_MANY_CELLS),
        (14, Reason.TOO_LONG),
        (15, Reason.UNKNOWN_TYPE),
    ]
    assert run.unknown_types == {"Backstage": 1, "": 1}
    assert "row 11" in run.problems[9].text
    with pytest.raises(InvalidInputError, match="13 problems"):
        imported(fair, path)
    assert count(fair, BookingRow) == 0


def test_two_rows_alike_without_a_code_are_a_problem(fair: Fair, tmp_path: Path) -> None:
    run = checked(fair, written(tmp_path, "Name,Ticket\nAda,VIP\nKay,VIP\nAda,VIP\n"))
    assert [(each.row, each.reason) for each in run.problems] == [(4, Reason.DUPLICATE)]


def test_unknown_types_are_mapped_or_added_with_their_usual_price(
    fair: Fair, tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        "Name,Ticket,Price\nAda,Backstage,50\nKay,Backstage,50\nGrace,Backstage,10\nMary,Gold,1\n",
    )
    run = checked(fair, path, create_types=True, types={"gold": fair.vip})
    assert run.possible
    assert run.new_types == (("Backstage", Money(5000, "EUR")),)
    done = imported(fair, path, create_types=True, types={"gold": fair.vip})
    assert done.new_types == ("Backstage",)
    with fair.store.read() as connection:
        rows = connection.execute(
            select(TicketTypeRow.name, TicketTypeRow.price_minor, TicketTypeRow.position).order_by(
                TicketTypeRow.position
            )
        ).all()
        prices = connection.execute(
            select(TicketRow.holder_name, TicketRow.price_minor).order_by(TicketRow.search_no)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("Regular", 12000, 0),
        ("VIP", 29000, 1),
        ("Backstage", 5000, 2),
    ]
    assert [tuple(row) for row in prices] == [
        ("Ada", 5000),
        ("Kay", 5000),
        ("Grace", 1000),
        ("Mary", 100),
    ]


def test_every_row_over_the_quota_is_told_unless_more_may_come(fair: Fair, tmp_path: Path) -> None:
    with fair.store.write() as connection:
        connection.execute(
            update(TicketTypeRow).where(TicketTypeRow.id == fair.vip).values(quota=2)
        )
        connection.execute(update(EventRow).values(capacity=4))
    path = written(
        tmp_path, "Name,Ticket\n" + "".join(f"Vip {n},VIP\nRegular {n},Regular\n" for n in range(3))
    )
    run = checked(fair, path)
    assert [(each.row, each.reason) for each in run.problems] == [
        (6, Reason.OVER_QUOTA),
        (7, Reason.OVER_QUOTA),
    ]
    with pytest.raises(InvalidInputError, match="over quota"):
        imported(fair, path)
    assert imported(fair, path, force=True).tickets == 6


def test_what_stops_in_the_middle_leaves_nothing(fair: Fair, tmp_path: Path) -> None:
    rows = "".join(f"Guest {n},Backstage\n" for n in range(1500))
    path = written(tmp_path, "Name,Ticket\n" + rows)
    plan = plan_for(fair, path, create_types=True)
    stop = threading.Event()

    def progress(done: int, total: int) -> None:
        if done >= 1000 and total:
            stop.set()

    with pytest.raises(InvalidInputError, match="stopped"):
        run_import(
            fair.store, SYSTEM.at(NOON), fair.event.id, path, plan, on_progress=progress, stop=stop
        )
    assert count(fair, BookingRow) == count(fair, TicketRow) == 0
    assert count(fair, TicketTypeRow) == 2


def test_a_pretix_export_comes_in_as_it_is(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, PRETIX)
    assert imported(fair, path).tickets == 1
    with fair.store.read() as connection:
        ticket = connection.execute(select(TicketRow)).one()
        booking = connection.execute(select(BookingRow)).one()
    assert (ticket.holder_name, ticket.holder_email) == ("Ada Lovelace", "ada@example.org")
    assert (ticket.price_minor, ticket.seat, ticket.external_ref) == (12000, "A-1", "A1B2C-1")
    assert (booking.email, booking.external_ref) == ("buyer@example.org", "A1B2C")
    assert booking.created_at.isoformat() == "2026-04-01T08:15:00+00:00"


def test_an_eventbrite_report_comes_in_as_it_is(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, EVENTBRITE)
    assert imported(fair, path).tickets == 1
    with fair.store.read() as connection:
        ticket = connection.execute(select(TicketRow)).one()
        booking = connection.execute(select(BookingRow)).one()
    assert (ticket.holder_name, ticket.price_minor) == ("Ada Lovelace", 12000)
    assert (booking.name, booking.external_ref) == ("Charles Babbage", "123456")
    assert booking.created_at.isoformat() == "2026-04-03T19:15:00+00:00"


def test_a_row_for_several_tickets_shares_its_total_out(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Ticket,Tickets,Total\nAda,VIP,3,100\n")
    done = imported(fair, path)
    assert (done.tickets, done.bookings) == (3, 1)
    with fair.store.read() as connection:
        prices = connection.execute(
            select(TicketRow.price_minor).order_by(TicketRow.search_no)
        ).scalars()
        assert list(prices) == [3334, 3333, 3333]
    assert imported(fair, path).already == 1


def test_answers_come_in_and_wrong_ones_are_told(fair: Fair, tmp_path: Path) -> None:
    question = new_id()
    with fair.store.write() as connection:
        connection.execute(
            insert(QuestionRow).values(
                id=question, event_id=fair.event.id, text="Food?", kind="choice", required=True,
                choices=["Vegan", "Anything"], position=1, depends_value="", active=True,
            )
        )  # fmt: skip
    bad = written(tmp_path, "Name,Ticket,Food?\nAda,VIP,Stones\n")
    assert [each.reason for each in checked(fair, bad).problems] == [Reason.BAD_ANSWER]
    imported(fair, written(tmp_path, "Name,Ticket,Food?\nAda,VIP,vegan\nKay,VIP,\n"))
    with fair.store.read() as connection:
        assert connection.execute(select(AnswerRow.value)).scalars().all() == ["Vegan"]


def test_seats_of_the_plan_are_taken_once(fair: Fair, tmp_path: Path) -> None:
    section, seats = new_id(), [new_id(), new_id()]
    with fair.store.write() as connection:
        connection.execute(
            insert(SeatSectionRow).values(
                id=section, event_id=fair.event.id, name="Hall", position=1
            )
        )
        connection.execute(
            insert(SeatRow),
            [
                {
                    "id": seat, "event_id": fair.event.id, "section_id": section,
                    "label": f"A-{no}", "row_name": "A", "row_no": 1, "column_no": no,
                    "blocked": no == 2,
                }
                for no, seat in enumerate(seats, 1)
            ],
        )  # fmt: skip
    path = written(
        tmp_path, "Name,Ticket,Seat\nAda,VIP,A-1\nKay,VIP,A-1\nMary,VIP,A-2\nEva,VIP,Z-9\n"
    )
    assert [(each.row, each.reason) for each in checked(fair, path).problems] == [
        (3, Reason.BAD_SEAT),
        (4, Reason.BAD_SEAT),
        (5, Reason.BAD_SEAT),
    ]
    imported(fair, written(tmp_path, "Name,Ticket,Seat\nAda,VIP,A-1\n"))
    with fair.store.read() as connection:
        taken = connection.execute(select(SeatRow.ticket_id).where(SeatRow.label == "A-1"))
        assert taken.scalar_one() is not None


@pytest.mark.parametrize("form", list(Form))
def test_every_form_comes_in_alike(fair: Fair, tmp_path: Path, form: Form) -> None:
    path = tmp_path / f"people.{form}"
    rows = [("=Ada", "ada@example.org", "VIP", Money(1250, "EUR"), True)]
    save_table(path, form, ("Name", "Email", "Ticket", "Price", "Paid"), rows)
    assert imported(fair, path).tickets == 1
    with fair.store.read() as connection:
        row = connection.execute(select(TicketRow.holder_name, TicketRow.price_minor)).one()
    assert tuple(row) == ("=Ada", 1250)


def test_a_file_that_changed_its_columns_meanwhile_is_refused(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    plan = plan_for(fair, path)
    written(tmp_path, "Name\nAda\n")
    with pytest.raises(InvalidInputError, match="other columns"):
        run_import(fair.store, SYSTEM.at(NOON), fair.event.id, path, plan)


def test_dates_that_may_be_meant_in_two_ways_wait_for_a_word(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Ticket,Date\nAda,VIP,03/04/2026\n")
    assert [each.reason for each in checked(fair, path).problems] == [Reason.BAD_DATE]
    assert checked(fair, path, month_first=True).possible


def test_staff_of_the_door_may_not_import(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    plan = plan_for(fair, path)
    with pytest.raises(NotAllowedError):
        run_import(fair.store, STAFF.at(NOON), fair.event.id, path, plan)
    with pytest.raises(NotAllowedError):
        look_at(fair.store, STAFF, fair.event.id, path)


def test_the_audit_says_what_came_from_which_file(fair: Fair, tmp_path: Path) -> None:
    imported(fair, written(tmp_path, GOOD))
    with fair.store.read() as connection:
        detail = connection.execute(
            select(AuditRow.detail).where(AuditRow.verb == "run_import")
        ).scalar_one()
    assert (detail["file"], detail["tickets"]) == ("people.csv", 3)


def test_a_plan_names_its_fields(fair: Fair, tmp_path: Path) -> None:
    plan = plan_for(fair, written(tmp_path, GOOD))
    assert plan.has(Field.ORDER)
    assert not plan.has(Field.SEAT)


HEAD = "Name,Email,Ticket,Note\n"


@pytest.mark.parametrize(
    "text",
    [
        '"Ada\nBob",ada@example.org,VIP,\n',
        "Ada\0,ada@example.org,VIP,\n",
        "Ada\x85,ada@example.org,VIP\u2028x,\n",
        'Ada",ada@example.org,VIP,\n',
        'Ada,"ada@example.org\nb",VIP,\n',
        "Ada,ada@example.org,VIP,x\0y\n",
    ],
)
def test_what_an_odd_quotation_mark_leaves_in_a_name_stops_the_import(
    fair: Fair, tmp_path: Path, text: str
) -> None:
    path = written(tmp_path, HEAD + "Kay,,VIP,\n" + text)
    run = checked(fair, path)
    assert run.counts[Reason.NOT_ONE_LINE] == 1
    assert [each.row for each in run.problems if each.reason is Reason.NOT_ONE_LINE] == [3]
    with pytest.raises(InvalidInputError, match="problems stand in the way, the first in row 3:"):
        imported(fair, path)
    assert count(fair, TicketRow) == 0


def test_rows_behind_an_unclosed_quotation_mark_are_not_lost(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + 'Kay,,VIP,\n"Ada,a@b.org,VIP,\nGrace,g@b.org,VIP,\n')
    with pytest.raises(InvalidInputError, match="row 3, which begins in line 3"):
        checked(fair, path)


def test_a_note_may_have_several_lines(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + 'Ada,,VIP,"a 27"" screen,\nplease"\n')
    assert imported(fair, path).tickets == 1
    with fair.store.read() as connection:
        assert connection.execute(select(BookingRow.note)).scalar_one() == 'a 27" screen,\nplease'


def test_a_guessed_code_page_is_imported_only_when_somebody_says_so(
    fair: Fair, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("Name,Ticket\nИван Петров,VIP\n".encode("koi8-r"))
    run = checked(fair, path)
    assert (run.possible, run.encoding.guessed, run.encoding.words[0]) == (True, True, "Иван")
    with pytest.raises(InvalidInputError, match=r"only guessed .* Иван"):
        imported(fair, path)
    assert count(fair, TicketRow) == 0
    assert imported(fair, path, encoding="koi8-r").tickets == 1
    assert find_tickets(fair.store, SYSTEM, fair.event.id, "Петров")
