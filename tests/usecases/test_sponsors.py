"""Sponsors: in which order they are thanked, and on which badges."""

import pytest

from data.store import Store
from eventdesk.model.people import SYSTEM, Actor
from eventdesk.usecases.checkin import check_in
from eventdesk.usecases.codes import ticket_badge
from eventdesk.usecases.deliveries import claim_badges
from eventdesk.usecases.programme_view import Programme, read_programme
from eventdesk.usecases.sponsors import (
    NewSponsor,
    add_sponsor,
    change_sponsor,
    move_sponsor,
    remove_sponsor,
)
from tests.build import NOON, Fair
from tests.usecases.organizing import House, make_house


@pytest.fixture
def house(store: Store) -> House:
    return make_house(store).complete()


def read(house: House, actor: Actor | None = None) -> Programme:
    return read_programme(house.store, actor or house.organizer, house.event_id, now=NOON)


def test_sponsors_are_thanked_in_the_order_chosen(house: House) -> None:
    made = [
        add_sponsor(house.store, house.organizer, house.event_id, NewSponsor(name), now=NOON)
        for name in ("Anna", "Bert", "Carl")
    ]
    move_sponsor(house.store, house.organizer, made[2].id, down=False, now=NOON)
    move_sponsor(house.store, house.organizer, made[0].id, down=False, now=NOON)
    assert [one.name for one in read(house).sponsors] == ["Anna", "Carl", "Bert"]
    gold = NewSponsor("Bert", "Gold", "Builds bridges", "https://example.org", on_badges=True)
    change_sponsor(house.store, house.organizer, made[1].id, gold, now=NOON)
    remove_sponsor(house.store, house.organizer, made[0].id, now=NOON)
    carl, bert = read(house).sponsors
    assert (carl.name, bert.level, bert.on_badges) == ("Carl", "Gold", True)


def test_badges_thank_the_sponsors_chosen_for_them(fair: Fair) -> None:
    for name, on_badges in (("Anna", True), ("Bert", False), ("Carl", True)):
        new = NewSponsor(name, on_badges=on_badges)
        add_sponsor(fair.store, SYSTEM, fair.event.id, new, now=NOON)
    sold = fair.sell()
    assert ticket_badge(fair.store, sold.ticket_ids[0]).sponsors == "Supported by Anna, Carl"
    check_in(fair.store, SYSTEM, fair.scan(fair.token(sold)), now=NOON)
    (job,) = claim_badges(fair.store, "a courier", now=NOON)
    assert job.badge.sponsors == "Supported by Anna, Carl"
