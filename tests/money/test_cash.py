"""Cash drawers: floats, movements that stay, counts, closing and handing over."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from data.schema import CashMovementRow, CashShiftRow
from data.store import Store
from eventdesk.accounts import approve, set_desk_pin
from eventdesk.acts import SYSTEM, Actor, Permission, Role
from eventdesk.core.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SupervisorNeededError,
)
from eventdesk.core.money import Money
from eventdesk.core.paying import Method
from eventdesk.exchange import bring_event, pack_event
from eventdesk.figures import drawers_report, save_report, shift_report
from eventdesk.keeping import erase_account
from eventdesk.money import (
    MovementKind,
    ShiftView,
    cash_agreement,
    close_shift,
    count,
    counter,
    find_shift,
    hand_out_refund,
    hand_over,
    list_movements,
    list_shifts,
    move,
    open_shift,
    open_shift_of,
    payments_of,
    refund,
    successors,
    take_payment,
)
from eventdesk.money.drawers import read_shift
from tests.build import NOON, STAFF, Fair, empty_store, make_fair
from tests.payments import eur, owe
from tests.people import make_cohost, make_staff


def opened(fair: Fair, actor: Actor, drawer: str = "Desk 1", minor: int = 10000) -> ShiftView:
    return open_shift(
        fair.store, actor.at(NOON), fair.event.id, drawer=drawer, float_amount=eur(minor)
    )


def expected(fair: Fair, actor: Actor, shift_id: UUID) -> int:
    return read_shift(fair.store, actor, shift_id).expected.minor


def id_of(actor: Actor) -> UUID:
    assert actor.id is not None
    return actor.id


def test_a_drawer_begins_with_its_float_as_its_first_movement(fair: Fair) -> None:
    sam = make_staff(fair)
    assert open_shift_of(fair.store, sam, fair.event.id) is None
    shift = opened(fair, sam)
    assert (shift.operator, shift.drawer, shift.expected) == ("Sam", "Desk 1", eur(10000))
    assert open_shift_of(fair.store, sam, fair.event.id) == shift
    moves, total = list_movements(fair.store, sam, shift.id)
    assert total == 1
    assert (moves[0].kind, moves[0].amount, moves[0].by) == (MovementKind.FLOAT, eur(10000), "Sam")


def test_cash_of_who_has_a_drawer_goes_into_it_in_the_same_transaction(fair: Fair) -> None:
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    shift = opened(fair, sam)
    one, two, three = owe(fair, 12000), owe(fair, 5000), owe(fair, 700)
    take_payment(fair.store, sam.at(NOON), one.booking_id, method=Method.CASH)
    take_payment(fair.store, olu.at(NOON), two.booking_id, method=Method.CASH)
    take_payment(fair.store, sam.at(NOON), three.booking_id, method=Method.TERMINAL, reference="17")
    moves, _ = list_movements(fair.store, sam, shift.id)
    assert [(each.kind, each.amount.minor, each.booking_code) for each in moves] == [
        (MovementKind.SALE, 12000, one.code),
        (MovementKind.FLOAT, 10000, ""),
    ]
    agrees = cash_agreement(fair.store, SYSTEM, fair.event.id)
    assert (agrees.ledger, agrees.drawers, agrees.outside) == (eur(17000), eur(12000), eur(5000))
    assert agrees.agrees


def test_a_refund_in_cash_comes_out_of_the_drawer_of_who_hands_it_out(fair: Fair) -> None:
    cora = make_cohost(fair, Permission.MONEY)
    shift = opened(fair, cora)
    owed = owe(fair, 12000)
    take_payment(fair.store, cora.at(NOON), owed.booking_id, method=Method.CASH)
    refund(fair.store, cora.at(NOON), owed.booking_id, amount=eur(2000), reason="late")
    assert expected(fair, cora, shift.id) == 22000, "a promise moves nothing"
    (promised,) = payments_of(fair.store, cora, owed.booking_id).refunds
    hand_out_refund(fair.store, cora.at(NOON), promised.id)
    assert expected(fair, cora, shift.id) == 20000
    (back, *_), _ = list_movements(fair.store, cora, shift.id)
    assert (back.kind, back.amount, back.booking_code) == (
        MovementKind.REFUND,
        eur(-2000),
        owed.code,
    )
    assert cash_agreement(fair.store, SYSTEM, fair.event.id).agrees


def test_a_refund_given_by_transfer_leaves_the_drawer_alone(fair: Fair) -> None:
    cora = make_cohost(fair, Permission.MONEY)
    shift = opened(fair, cora)
    owed = owe(fair, 12000)
    take_payment(fair.store, cora.at(NOON), owed.booking_id, method=Method.CASH)
    refund(fair.store, cora.at(NOON), owed.booking_id, amount=eur(2000), reason="late")
    (promised,) = payments_of(fair.store, cora, owed.booking_id).refunds
    hand_out_refund(fair.store, cora.at(NOON), promised.id, by=Method.TRANSFER)
    assert expected(fair, cora, shift.id) == 22000


def test_money_is_put_in_and_taken_out_for_a_reason(fair: Fair) -> None:
    sam = make_staff(fair)
    shift = opened(fair, sam)
    given: dict[str, Any] = {"reason": "change"}
    move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(500), **given)
    out = move(fair.store, sam.at(NOON), shift.id, kind="out", amount=eur(2500), **given)
    assert out.amount == eur(-2500)
    assert expected(fair, sam, shift.id) == 8000
    with pytest.raises(InvalidInputError, match=r"holds 80\.00 EUR"):
        move(fair.store, sam.at(NOON), shift.id, kind="out", amount=eur(8001), **given)
    with pytest.raises(InvalidInputError, match="A reason is needed"):
        move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(1), reason=" ")
    with pytest.raises(InvalidInputError, match="by hand"):
        move(fair.store, sam.at(NOON), shift.id, kind="sale", amount=eur(1), **given)
    with pytest.raises(InvalidInputError, match="counted in EUR"):
        move(fair.store, sam.at(NOON), shift.id, kind="in", amount=Money(1, "USD"), **given)
    with pytest.raises(InvalidInputError, match="more than nothing"):
        move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(0), **given)


def test_a_movement_is_countered_once_and_both_stay(fair: Fair) -> None:
    sam = make_staff(fair)
    shift = opened(fair, sam)
    slip = move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(500), reason="x")
    back = counter(fair.store, sam.at(NOON), slip.id, reason="typed wrongly")
    assert (back.amount, back.counters) == (eur(-500), slip.no)
    assert expected(fair, sam, shift.id) == 10000
    moves, total = list_movements(fair.store, sam, shift.id, newest_first=False)
    assert total == 3
    assert [each.countered for each in moves] == [False, True, False]
    for movement, words in (
        (slip.id, "already"),
        (back.id, "takes another"),
        (moves[0].id, "A float stays"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            counter(fair.store, sam.at(NOON), movement, reason="again")


def test_a_sale_leaves_a_drawer_with_a_supervisors_word_only(fair: Fair) -> None:
    sam, sue = make_staff(fair), make_staff(fair, Role.ORGANIZER, "Sue")
    shift = opened(fair, sam)
    owed = owe(fair, 12000)
    take_payment(fair.store, sam.at(NOON), owed.booking_id, method=Method.CASH)
    (sale, _), _ = list_movements(fair.store, sam, shift.id)
    with pytest.raises(SupervisorNeededError):
        counter(fair.store, sam.at(NOON), sale.id, reason="was a card")
    set_desk_pin(fair.store, sue.at(NOON), "271828")
    word = approve(fair.store, sam.at(NOON), fair.event.id, "271828", what="cash")
    counter(fair.store, sam.at(NOON, approval=word), sale.id, reason="was a card")
    agrees = cash_agreement(fair.store, sue, fair.event.id)
    assert (agrees.drawers, agrees.outside, agrees.agrees) == (eur(0), eur(12000), True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cash_movement SET amount_minor = 1",
        "UPDATE cash_movement SET reason = 'other'",
        "UPDATE cash_movement SET kind = 'in', shift_id = shift_id",
        "UPDATE cash_movement SET at = '2020-01-01'",
        "DELETE FROM cash_movement",
        "DELETE FROM cash_movement WHERE no = 1",
    ],
)
def test_the_store_itself_refuses_to_change_or_delete_a_movement(
    fair: Fair, statement: str
) -> None:
    sam = make_staff(fair)
    opened(fair, sam)
    with fair.store.read() as connection:
        before = connection.execute(select(CashMovementRow.__table__)).all()
    with pytest.raises(IntegrityError, match="never"), fair.store.write() as connection:
        connection.execute(text(statement))
    with fair.store.read() as connection:
        assert connection.execute(select(CashMovementRow.__table__)).all() == before


def test_one_operator_has_one_drawer_and_one_drawer_one_operator(fair: Fair) -> None:
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    opened(fair, sam)
    with pytest.raises(InvalidInputError, match="Sam has Desk 1 open"):
        opened(fair, sam, "Desk 2")
    with pytest.raises(InvalidInputError, match="Sam has Desk 1 open"):
        opened(fair, olu, "desk 1")
    assert opened(fair, olu, "Desk 2").drawer == "Desk 2"


def test_who_has_no_account_has_a_drawer_by_name(fair: Fair) -> None:
    shift = opened(fair, STAFF)
    assert shift.operator_id is None
    owed = owe(fair, 12000)
    take_payment(fair.store, STAFF.at(NOON), owed.booking_id, method=Method.CASH)
    assert expected(fair, STAFF, shift.id) == 22000
    with pytest.raises(InvalidInputError, match="has Desk 1 open"):
        opened(fair, STAFF, "Desk 2")


def test_a_float_is_in_the_currency_of_the_event(fair: Fair) -> None:
    for amount in (Money(1, "USD"), eur(-1)):
        with pytest.raises(InvalidInputError, match=r"A float is nothing or|This drawer is"):
            open_shift(fair.store, STAFF.at(NOON), fair.event.id, drawer="A", float_amount=amount)
    with pytest.raises(InvalidInputError, match="name of a drawer"):
        open_shift(fair.store, STAFF.at(NOON), fair.event.id, drawer=" ", float_amount=eur(0))


def test_a_drawer_is_opened_for_somebody_else_by_who_manages_the_money(fair: Fair) -> None:
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    cora = make_cohost(fair, Permission.MONEY)
    given: dict[str, Any] = {"drawer": "A", "float_amount": eur(0), "operator_id": sam.id}
    with pytest.raises(NotAllowedError):
        open_shift(fair.store, olu.at(NOON), fair.event.id, **given)
    assert open_shift(fair.store, cora.at(NOON), fair.event.id, **given).operator == "Sam"
    shift = open_shift_of(fair.store, sam, fair.event.id)
    assert shift is not None
    assert shift.mine


def test_staff_see_their_own_drawers_and_who_manages_the_money_sees_all(fair: Fair) -> None:
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    cora = make_cohost(fair, Permission.MONEY)
    shift = opened(fair, sam)
    opened(fair, olu, "Desk 2")
    assert [each.drawer for each in list_shifts(fair.store, sam, fair.event.id)[0]] == ["Desk 1"]
    assert list_shifts(fair.store, cora, fair.event.id)[1] == 2
    with pytest.raises(NotAllowedError, match="Sam has this drawer"):
        list_movements(fair.store, olu, shift.id)
    with pytest.raises(NotAllowedError):
        close_shift(fair.store, olu.at(NOON), shift.id, {})
    assert read_shift(fair.store, cora, shift.id).operator == "Sam"
    with pytest.raises(NotFoundError, match="There is no such drawer"):
        read_shift(fair.store, cora, UUID(int=9))


def test_a_count_says_what_is_missing_and_the_drawer_goes_on(fair: Fair) -> None:
    sam = make_staff(fair)
    shift = opened(fair, sam)
    found = count(fair.store, sam.at(NOON), shift.id, {5000: 1, 2000: 2, 500: 1})
    assert (found.counted, found.difference) == (eur(9500), eur(-500))
    assert found.verdict == "✗ 5.00 EUR missing"
    again = read_shift(fair.store, sam, shift.id)
    assert again.is_open
    assert again.counts == {5000: 1, 2000: 2, 500: 1}
    with pytest.raises(InvalidInputError, match=r"no note or coin of 3\.00"):
        count(fair.store, sam.at(NOON), shift.id, {300: 1})


def test_a_drawer_closes_as_it_was_counted_and_a_difference_is_explained(fair: Fair) -> None:
    sam = make_staff(fair)
    shift = opened(fair, sam)
    with pytest.raises(InvalidInputError, match="a difference needs a note"):
        close_shift(fair.store, sam.at(NOON), shift.id, {5000: 1})
    later = NOON + timedelta(hours=8)
    closed = close_shift(fair.store, sam.at(later), shift.id, {5000: 1}, note="stolen")
    assert (closed.closed_at, closed.difference, closed.note) == (later, eur(-5000), "stolen")
    assert open_shift_of(fair.store, sam, fair.event.id) is None
    for act in (
        lambda: move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(1), reason="x"),
        lambda: count(fair.store, sam.at(NOON), shift.id, {}),
        lambda: close_shift(fair.store, sam.at(NOON), shift.id, {}),
        lambda: counter(
            fair.store, sam.at(NOON), list_movements(fair.store, sam, shift.id)[0][0].id, reason="x"
        ),
    ):
        with pytest.raises(InvalidInputError, match="was closed"):
            act()
    owed = owe(fair, 12000)
    take_payment(fair.store, sam.at(NOON), owed.booking_id, method=Method.CASH)
    assert list_movements(fair.store, sam, shift.id)[1] == 1
    assert opened(fair, sam).is_open, "the drawer can be opened again"


def test_a_handover_closes_and_opens_at_once_and_names_both(fair: Fair) -> None:
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    shift = opened(fair, sam)
    named = [(each.name, each.busy) for each in successors(fair.store, sam, fair.event.id)]
    assert named == [("Olu", "")]
    done = hand_over(
        fair.store, sam.at(NOON), shift.id, {5000: 1}, to_id=id_of(olu), note="late bus"
    )
    assert (done.closed.operator, done.closed.handed_to) == ("Sam", "Olu")
    assert (done.opened.operator, done.opened.drawer) == ("Olu", "Desk 1")
    assert done.opened.expected == eur(5000)
    assert open_shift_of(fair.store, olu, fair.event.id) is not None


def test_a_handover_that_cannot_be_leaves_the_drawer_open(fair: Fair) -> None:
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    guest = make_staff(fair, name="Gil")
    shift = opened(fair, sam)
    opened(fair, olu, "Desk 2")
    with fair.store.write() as connection:
        connection.execute(text("DELETE FROM event_role WHERE account_id = :a"), {
            "a": id_of(guest).bytes
        })  # fmt: skip
    full = {10000: 1}
    for to_id, words in (
        (id_of(olu), "Olu has Desk 2 open"),
        (id_of(sam), "has this drawer already"),
        (id_of(guest), "does not work at this event"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            hand_over(fair.store, sam.at(NOON), shift.id, full, to_id=to_id)
    with pytest.raises(NotFoundError, match="There is no such account"):
        hand_over(fair.store, sam.at(NOON), shift.id, full, to_id=UUID(int=7))
    assert read_shift(fair.store, sam, shift.id).is_open


def test_a_drawer_is_found_by_name_and_the_only_open_one_without(fair: Fair) -> None:
    with pytest.raises(NotFoundError, match="No drawer is open"):
        find_shift(fair.store, SYSTEM, fair.event.id, "")
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    shift = opened(fair, sam)
    assert find_shift(fair.store, SYSTEM, fair.event.id, "").id == shift.id
    opened(fair, olu, "Desk 2")
    with pytest.raises(NotFoundError, match="several"):
        find_shift(fair.store, SYSTEM, fair.event.id, "")
    assert find_shift(fair.store, SYSTEM, fair.event.id, "desk 1").id == shift.id
    with pytest.raises(NotFoundError, match="no drawer"):
        find_shift(fair.store, SYSTEM, fair.event.id, "Desk 3")


def test_the_close_out_holds_sums_pieces_and_every_movement(fair: Fair, tmp_path: Path) -> None:
    sam = make_staff(fair)
    shift = opened(fair, sam)
    owed = owe(fair, 12000)
    take_payment(fair.store, sam.at(NOON), owed.booking_id, method=Method.CASH)
    slip = move(
        fair.store, sam.at(NOON), shift.id, kind="out", amount=eur(500), reason="=cmd|'tea'"
    )
    counter(fair.store, sam.at(NOON), slip.id, reason="never was")
    close_shift(fair.store, sam.at(NOON), shift.id, {20000: 1, 1000: 1}, note="hm")
    report = shift_report(fair.store, sam.at(NOON), shift.id)
    summary = {str(row[0]): row[2] for row in report.tables[0].rows}
    assert summary["Expected"] == eur(22000)
    assert summary["Difference"] == eur(-1000)
    assert summary["Sale"] == eur(12000)
    assert report.tables[1].rows == ((eur(20000), 1, eur(20000)), (eur(1000), 1, eur(1000)))
    assert [row[6] for row in report.tables[2].rows] == [
        eur(10000), eur(12000), eur(-500), eur(500),
    ]  # fmt: skip
    assert "takes back no." in str(report.tables[2].rows[3][5])
    (pdf,) = save_report(fair.store, sam.at(NOON), report, form="pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    files = save_report(fair.store, sam.at(NOON), report, form="csv")
    assert "\"'=cmd|'tea' (taken back)\"" in files[2].read_text(encoding="utf-8-sig")


def test_the_overview_puts_drawers_and_books_beside_each_other(fair: Fair) -> None:
    sam = make_staff(fair)
    opened(fair, sam)
    report = drawers_report(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert report.tables[1].rows[0][:2] == ("Desk 1", "Sam")
    assert report.remarks == ("✓ Books and drawers agree.",)
    with pytest.raises(NotAllowedError):
        drawers_report(fair.store, sam.at(NOON), fair.event.id)


def test_erasing_an_operator_takes_the_name_out_of_drawers_and_movements(fair: Fair) -> None:
    sam = make_staff(fair)
    shift = opened(fair, sam)
    move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(1), reason="x")
    close_shift(fair.store, sam.at(NOON), shift.id, {10000: 1, 1: 1})
    erase_account(fair.store, SYSTEM.at(NOON + timedelta(days=60)), id_of(sam))
    with fair.store.read() as connection:
        names = set(connection.execute(select(CashMovementRow.actor_name)).scalars())
        operators = set(connection.execute(select(CashShiftRow.operator_name)).scalars())
    assert names == operators == {"Erased person"}
    assert read_shift(fair.store, SYSTEM, shift.id).expected == eur(10001)


def test_drawers_go_with_an_event_into_another_house(fair: Fair, tmp_path: Path) -> None:
    sam, olu = make_staff(fair), make_staff(fair, name="Olu")
    shift = opened(fair, sam)
    slip = move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(1), reason="x")
    counter(fair.store, sam.at(NOON), slip.id, reason="slip")
    hand_over(fair.store, sam.at(NOON), shift.id, {10000: 1}, to_id=id_of(olu))
    path, secret = tmp_path / "fair.zip", "battery staple horse"
    pack_event(fair.store, SYSTEM.at(NOON), fair.event.id, passphrase=secret, path=path)
    with empty_store(tmp_path / "other") as other:
        opened(make_fair(other, "Theirs"), STAFF)  # whose movements have the same numbers
        bring_event(other, SYSTEM.at(NOON), path, passphrase=secret)
        there, _ = list_shifts(other, SYSTEM, fair.event.id)
        here, _ = list_shifts(fair.store, SYSTEM, fair.event.id)
        assert [(s.operator, s.expected, s.handed_to) for s in there] == [
            (s.operator, s.expected, s.handed_to) for s in here
        ]
        moves, _ = list_movements(other, SYSTEM, shift.id, newest_first=False)
        assert [(each.amount.minor, each.countered) for each in moves] == [
            (10000, False),
            (1, True),
            (-1, False),
        ]


def test_a_stranger_sees_no_drawer(fair: Fair, store: Store) -> None:
    shift = opened(fair, STAFF)
    stranger = Actor(STAFF.kind, UUID(int=77), "Gus", Role.ATTENDEE)
    with pytest.raises(NotAllowedError):
        read_shift(store, stranger, shift.id)
