"""Badges once more: as often as the event allows, then with a supervisor's word."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from data.schema import DeliveryRow, EventRow
from eventdesk.accounts import approve, set_desk_pin
from eventdesk.acts import SYSTEM, Actor, Asked, Role
from eventdesk.cli.group import cli
from eventdesk.core.errors import InvalidInputError, NotFoundError, SupervisorNeededError
from eventdesk.core.ids import new_id
from eventdesk.door import check_in, reprint
from eventdesk.door.reprints import REPRINT
from eventdesk.events import change_event, event_detail
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.people import make_staff

PIN = "481516"


def again(fair: Fair, ticket: object, actor: Actor | Asked = STAFF, **given: object) -> None:
    reprint(fair.store, actor.at(NOON), ticket, reason="torn", **given)  # type: ignore[arg-type]


def marks(fair: Fair) -> list[str]:
    with fair.store.read() as connection:
        return list(connection.execute(select(DeliveryRow.mark)).scalars())


def test_staff_prints_again_as_often_as_the_event_allows(fair: Fair) -> None:
    ticket = fair.sell().ticket_ids[0]
    again(fair, ticket)
    with pytest.raises(SupervisorNeededError, match="printed again once"):
        again(fair, ticket)
    change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"reprint_limit": 2})
    again(fair, ticket)
    with pytest.raises(SupervisorNeededError, match="printed again twice"):
        again(fair, ticket)
    assert marks(fair) == [REPRINT, REPRINT]


def test_the_badge_of_the_check_in_does_not_count(fair: Fair) -> None:
    booked = fair.sell()
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    again(fair, booked.ticket_ids[0])
    assert sorted(marks(fair)) == ["", REPRINT]


def test_each_ticket_has_its_own_count(fair: Fair) -> None:
    for ticket in fair.sell_all(["Ada", "Grace"]).ticket_ids:
        again(fair, ticket)


def test_what_was_called_off_does_not_count_and_what_failed_does(fair: Fair) -> None:
    ticket = fair.sell().ticket_ids[0]
    again(fair, ticket)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state="cancelled"))
    again(fair, ticket)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state="failed"))
    with pytest.raises(SupervisorNeededError):
        again(fair, ticket)


def test_a_limit_of_none_asks_every_time(fair: Fair) -> None:
    change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"reprint_limit": 0})
    with pytest.raises(SupervisorNeededError, match="print a badge again at this event"):
        again(fair, fair.sell().ticket_ids[0])


def test_a_supervisor_has_no_limit(fair: Fair) -> None:
    ticket = fair.sell().ticket_ids[0]
    for _time in range(3):
        again(fair, ticket, SUPERVISOR)
    assert marks(fair) == [REPRINT] * 3


def test_a_word_is_for_one_badge(fair: Fair) -> None:
    boss, staff = make_staff(fair, Role.ORGANIZER, "Sue"), make_staff(fair)
    set_desk_pin(fair.store, boss.at(NOON), PIN)
    ticket = fair.sell().ticket_ids[0]
    again(fair, ticket, staff)
    word = approve(fair.store, staff.at(NOON), fair.event.id, PIN, what="reprint")
    again(fair, ticket, staff.with_approval(word))
    with pytest.raises(SupervisorNeededError, match="that was done"):
        again(fair, ticket, staff.with_approval(word))


def test_it_comes_out_where_the_guest_stands(fair: Fair) -> None:
    again(fair, fair.sell().ticket_ids[0], gate_id=fair.gate.id)
    with fair.store.read() as connection:
        assert connection.execute(select(DeliveryRow.gate_id)).scalar_one() == fair.gate.id


def test_it_needs_a_reason_and_a_ticket(fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="reason"):
        reprint(fair.store, STAFF.at(NOON), fair.sell().ticket_ids[0], reason=" ")
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        again(fair, new_id())


@pytest.mark.parametrize("wrong", [-1, 101])
def test_the_limit_is_a_sensible_number(fair: Fair, wrong: int) -> None:
    with pytest.raises(InvalidInputError, match="printed again"):
        change_event(fair.store, SYSTEM.at(NOON), fair.event.id, {"reprint_limit": wrong})


def test_the_command_line_sets_the_limit(fair: Fair) -> None:
    with fair.store.write() as connection:  # the command line goes by the clock on the wall
        connection.execute(update(EventRow).values(ends_at=datetime(2100, 1, 1, tzinfo=UTC)))
    command = ["--home", str(fair.store.home), "event", "change", fair.event.name]
    for field in (["reprint-limit", "3"], ["badge-correction", "yes"]):
        done = CliRunner().invoke(cli, [*command, *field])
        assert done.exit_code == 0, done.output
    rules = event_detail(fair.store, SYSTEM.at(NOON), fair.event.id).rules
    assert (rules.reprint_limit, rules.badge_correction) == (3, True)
    with fair.store.read() as connection:
        assert connection.execute(select(EventRow.reprint_limit)).scalar_one() == 3
