"""Discount codes: made, changed, ended, and counted by the tickets that carry them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from data.schema import TicketRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.core.errors import CodeError, InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.sales import (
    DiscountView,
    NewDiscount,
    add_discount,
    add_discounts,
    change_discount,
    end_discount,
    fold_code,
    list_discounts,
    usable_code,
)
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair

TENTH = NewDiscount("EARLY", "percent", 1000)


def add(fair: Fair, new: NewDiscount) -> DiscountView:
    return add_discount(fair.store, SUPERVISOR.at(NOON), fair.event.id, new)


def listed(fair: Fair, **page: Any) -> list[str]:
    views, _ = list_discounts(fair.store, SUPERVISOR.at(NOON), fair.event.id, **page)
    return [view.about.code for view in views]


def use(fair: Fair, discount_id: UUID, names: list[str]) -> tuple[UUID, ...]:
    """Sell tickets that carry a code."""
    ids = fair.sell_all(names).ticket_ids
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id.in_(ids)).values(discount_id=discount_id)
        )
    return ids


def code(fair: Fair, typed: str, *, later: timedelta = timedelta()) -> UUID:
    with Steps(fair.store, SYSTEM.at(NOON + later)).read() as act:
        return usable_code(act, fair.event.id, typed).id


def test_case_and_spaces_of_a_code_do_not_matter(fair: Fair) -> None:
    view = add(fair, replace(TENTH, code=" early bird "))
    assert view.about.code == "EARLYBIRD"
    assert code(fair, "Early BIRD") == code(fair, "earlybird") == view.id
    assert fold_code("ｅａｒｌｙ") == "EARLY"


def test_a_code_is_there_once_at_an_event_and_again_at_another(fair: Fair) -> None:
    add(fair, TENTH)
    with pytest.raises(InvalidInputError, match="EARLY already"):
        add(fair, replace(TENTH, code="e a r l y"))
    other = make_fair(fair.store, "Other")
    assert add(other, TENTH).about.code == "EARLY"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "  "},
        {"code": "x" * 41},
        {"code": "\x1b[31mRED"},
        {"value": 0},
        {"value": 10_001},
        {"kind": "amount", "value": -1},
        {"kind": "unlock", "value": 0},
        {"kind": "gift"},
        {"most_tickets": 0},
        {"valid_from": NOON, "valid_until": NOON},
        {"note": "x" * 501},
    ],
)
def test_what_is_no_code_is_refused(fair: Fair, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        add(fair, replace(TENTH, **wrong))
    assert listed(fair) == []


def test_a_code_is_for_ticket_types_of_its_event_only(fair: Fair) -> None:
    other = make_fair(fair.store, "Other")
    for foreign in (other.vip, uuid4()):
        with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
            add(fair, replace(TENTH, type_ids=frozenset({foreign})))


@pytest.mark.parametrize(
    ("about", "later", "message"),
    [
        ({"valid_from": NOON + timedelta(hours=1)}, timedelta(), "is not good yet"),
        ({"valid_until": NOON + timedelta(hours=1)}, timedelta(hours=1), "is over"),
    ],
)
def test_a_code_holds_only_in_its_time(
    fair: Fair, about: dict[str, Any], later: timedelta, message: str
) -> None:
    add(fair, replace(TENTH, **about))
    with pytest.raises(CodeError, match=message):
        code(fair, "EARLY", later=later)


def test_an_ended_code_is_taken_no_more_until_it_is_taken_again(fair: Fair) -> None:
    view = add(fair, TENTH)
    end_discount(fair.store, SUPERVISOR.at(NOON), view.id)
    with pytest.raises(CodeError, match="no longer taken"):
        code(fair, "EARLY")
    end_discount(fair.store, SUPERVISOR.at(NOON), view.id, active=True)
    assert code(fair, "EARLY") == view.id


def test_a_limit_counts_tickets_and_a_cancelled_one_gives_its_use_back(fair: Fair) -> None:
    view = add(fair, replace(TENTH, most_tickets=2))
    first, _second = use(fair, view.id, ["Ada", "Grace"])
    with pytest.raises(CodeError, match="used up"):
        code(fair, "EARLY")
    with fair.store.write() as connection:
        connection.execute(update(TicketRow).where(TicketRow.id == first).values(state="cancelled"))
    assert code(fair, "EARLY") == view.id
    views, _ = list_discounts(fair.store, SUPERVISOR.at(NOON), fair.event.id)
    assert [(view.used, view.state(NOON)) for view in views] == [(1, "good")]


def test_a_code_that_nobody_knows_is_said_without_repeating_what_could_harm(fair: Fair) -> None:
    with pytest.raises(CodeError, match="There is no code “free”") as caught:
        code(fair, "\x1b]0;owned\x07free")
    assert "\x1b" not in str(caught.value)


def test_many_codes_are_made_at_once_and_all_are_different(fair: Fair) -> None:
    new = NewDiscount("guest-", "percent", 10_000, most_tickets=1, note="Speakers")
    made = add_discounts(fair.store, SUPERVISOR.at(NOON), fair.event.id, new, 250)
    codes = {view.about.code for view in made}
    assert len(codes) == 250
    assert all(each.startswith("GUEST-") and len(each) == 14 for each in codes)
    assert len(listed(fair, limit=500)) == 250
    for wrong in (0, 10_001):
        with pytest.raises(InvalidInputError, match="codes cannot be made at once"):
            add_discounts(fair.store, SUPERVISOR.at(NOON), fair.event.id, new, wrong)


def test_a_list_of_codes_is_read_by_the_page_and_found_by_its_beginning(fair: Fair) -> None:
    for name in ("ALPHA", "BETA", "BETA2", "GAMMA"):
        add(fair, replace(TENTH, code=name))
    assert listed(fair, offset=1, limit=2) == ["BETA", "BETA2"]
    assert listed(fair, search="be ta") == ["BETA", "BETA2"]
    _, total = list_discounts(fair.store, SUPERVISOR.at(NOON), fair.event.id, search="b", limit=1)
    assert total == 2


def test_a_changed_code_keeps_its_uses(fair: Fair) -> None:
    view = add(fair, TENTH)
    use(fair, view.id, ["Ada"])
    new = NewDiscount("LATE", "amount", 500, type_ids=frozenset({fair.vip}), note="For Ada")
    after = change_discount(fair.store, SUPERVISOR.at(NOON), view.id, new)
    assert (after.about, after.used) == (new, 1)
    assert listed(fair) == ["LATE"]
    add(fair, TENTH)
    with pytest.raises(InvalidInputError, match="EARLY already"):
        change_discount(fair.store, SUPERVISOR.at(NOON), view.id, TENTH)


@pytest.mark.parametrize("actor", [ATTENDEE, STAFF])
def test_only_who_may_sell_makes_and_reads_codes(fair: Fair, actor: Any) -> None:
    view = add(fair, TENTH)
    with pytest.raises(NotAllowedError):
        add_discount(fair.store, actor.at(NOON), fair.event.id, replace(TENTH, code="X"))
    with pytest.raises(NotAllowedError):
        add_discounts(fair.store, actor.at(NOON), fair.event.id, TENTH, 2)
    with pytest.raises(NotAllowedError):
        change_discount(fair.store, actor.at(NOON), view.id, TENTH)
    with pytest.raises(NotAllowedError):
        end_discount(fair.store, actor.at(NOON), view.id)
    with pytest.raises(NotAllowedError):
        list_discounts(fair.store, actor.at(NOON), fair.event.id)


def test_a_code_that_is_gone_is_said(fair: Fair) -> None:
    with pytest.raises(NotFoundError, match="There is no such code"):
        change_discount(fair.store, SUPERVISOR.at(NOON), uuid4(), TENTH)
    with pytest.raises(NotFoundError, match="There is no such code"):
        end_discount(fair.store, SUPERVISOR.at(NOON), uuid4())
