"""Many desks sell to walk-ins at once, and some of them die: never oversold, never halved."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from subprocess import Popen, TimeoutExpired

import pytest
from sqlalchemy import func, select

from data.files import problems
from data.schema import (
    AdmissionRow,
    BookingRow,
    CashMovementRow,
    DeliveryRow,
    PaymentRow,
    ScanRow,
    TicketRow,
)
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.money import cash_agreement, verify_ledger
from tests.build import Fair, make_fair
from tests.faults.processes import start
from tests.orders import set_type

pytestmark = pytest.mark.long

DESKS = 8
PLACES = 21
KILLS = 12
MAX_LIFE_S = 0.3


def desk(fair: Fair, name: object, sales: int, drawer: int) -> "Popen[str]":
    return start(
        "walk_in_program",
        fair.store.home,
        fair.event.id,
        fair.regular,
        fair.door.id,
        name,
        sales,
        drawer,
    )


def ready(process: "Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def check_books(fair: Fair) -> list[tuple[str, str]]:
    """Every sale is whole: booked, paid, in a drawer, in, with a badge. Returns nonce and code."""
    with fair.store.read() as connection:
        sold = connection.execute(
            select(
                BookingRow.external_ref,
                BookingRow.state,
                TicketRow.code,
                select(func.count()).where(PaymentRow.booking_id == BookingRow.id)
                .scalar_subquery().label("payments"),
                select(func.count()).where(ScanRow.ticket_id == TicketRow.id)
                .scalar_subquery().label("scans"),
                select(func.count()).where(AdmissionRow.ticket_id == TicketRow.id)
                .scalar_subquery().label("admissions"),
                select(func.count()).where(DeliveryRow.ticket_id == TicketRow.id)
                .scalar_subquery().label("badges"),
            ).join(TicketRow, TicketRow.booking_id == BookingRow.id)
        ).all()  # fmt: skip
        moved = connection.execute(
            select(func.count()).where(CashMovementRow.kind == "sale")
        ).scalar_one()
    for row in sold:
        whole = (row.state, row.payments, row.scans, row.admissions, row.badges)
        assert whole == ("paid", 1, 1, 1, 1)
    assert moved == len(sold)
    agrees = cash_agreement(fair.store, SYSTEM, fair.event.id)
    assert agrees.agrees
    assert (agrees.outside.minor, agrees.drawers.minor) == (0, 12000 * len(sold))
    assert verify_ledger(fair.store, SYSTEM, fair.event.id).problems == ()
    assert problems(fair.store.path) == []
    return [(str(row.external_ref).removeprefix("walk-in "), row.code) for row in sold]


def test_eight_desks_sell_the_last_tickets_once_and_no_more(store: Store) -> None:
    fair = make_fair(store)
    set_type(fair, fair.regular, quota=PLACES)
    # Two desks each try the same nonces: one of them sells, the other is given its answer.
    desks = [desk(fair, number // 2, 8, number) for number in range(DESKS)]
    for each in desks:
        ready(each)
    with ThreadPoolExecutor(DESKS) as threads:
        answers = [out for out, _ in threads.map(lambda each: each.communicate(""), desks)]
    assert [each.returncode for each in desks] == [0] * DESKS
    said = Counter(line for answer in answers for line in answer.splitlines())
    sold = check_books(fair)
    assert len(sold) == PLACES
    told = {tuple(line.split()) for line in said if line != "sold out"}
    assert told == set(sold), "two desks were told something else of one sale"
    assert said["sold out"] > 0


def test_a_desk_that_is_killed_leaves_whole_sales_or_none(store: Store) -> None:
    fair = make_fair(store)
    chance = random.Random(7)
    told: list[tuple[str, ...]] = []
    for kill in range(KILLS):
        process = desk(fair, kill, 500, kill)
        ready(process)
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        assert process.stdout is not None
        # Every other one dies only after its first answer, however slow the machine is.
        first = process.stdout.readline() if kill % 2 else ""
        with suppress(TimeoutExpired):
            process.wait(chance.uniform(0.05, MAX_LIFE_S))
        process.kill()
        lines = [first, *process.stdout.read().splitlines()]
        process.stdout.close()
        process.wait()
        told += [tuple(line.split()) for line in lines if len(line.split()) == 2]
        sold = check_books(fair)
        assert set(told) <= set(sold), "a sale that was answered is gone"
    assert len(told) >= KILLS // 2, "the desks were killed before they sold anything"
