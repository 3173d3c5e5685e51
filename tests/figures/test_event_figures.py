"""How an event stands, and who may see its money."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from data.schema import EventRoleRow
from eventdesk.acts import SYSTEM, Role
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.money import Money
from eventdesk.figures import event_overview
from tests.build import NOON, Fair
from tests.events.organizing import person


def test_figures_count_what_was_sold(fair: Fair) -> None:
    fair.sell_all(["Ada", "Bob"])
    fair.sell("Cara", ticket_type_id=fair.vip)
    fair.sell_all(["Dan"], paid=False)
    overview = event_overview(fair.store, SYSTEM.at(NOON), fair.event.id)
    figures = overview.figures
    assert (figures.taken, figures.paid, figures.pending) == (4, 2, 1)
    assert figures.revenue == Money(2 * 12000 + 29000, "EUR")
    assert figures.due == Money(12000, "EUR")
    assert (figures.waiting, figures.sign_ups) == (0, 0)
    assert overview.event.name == "Demo Days"
    assert {one.text: one.done for one in overview.checks}["A check-in list"]


def test_an_event_without_bookings_has_earned_nothing(fair: Fair) -> None:
    figures = event_overview(fair.store, SYSTEM.at(NOON), fair.event.id).figures
    assert (figures.revenue, figures.due) == (Money(0, "EUR"), Money(0, "EUR"))


def test_the_money_is_for_those_who_may_see_it(fair: Fair) -> None:
    helper = person(fair.store, "Hal Helper")
    with fair.store.write() as connection:
        role = {"event_id": fair.event.id, "account_id": helper.id, "role": Role.STAFF}
        connection.execute(insert(EventRoleRow).values(role))
    figures = event_overview(
        fair.store, replace(helper, role=Role.STAFF).at(NOON), fair.event.id
    ).figures
    assert (figures.revenue, figures.due) == (None, None)
    stranger = replace(person(fair.store, "Sam Stranger"), role=Role.STAFF)
    with pytest.raises(NotAllowedError):
        event_overview(fair.store, stranger.at(NOON), fair.event.id)
