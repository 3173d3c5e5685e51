"""Reminders come in time, and each once."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from data.schema import ProfileRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.waiting import join, remind, reminders
from tests.build import Fair
from tests.figures.crowd import EARLY, free, notices, person, sell_out, set_event, ticket_for


def test_guests_are_reminded_once_the_day_before(store: Store, fair: Fair) -> None:
    ada, eve = person(store, "Ada"), person(store, "Eve")
    ticket_for(fair, ada)
    ticket_for(fair, ada, fair.vip)
    begins = fair.event.starts_at
    assert remind(store, SYSTEM.at(begins - timedelta(hours=25))) == 0
    assert remind(store, SYSTEM.at(begins - timedelta(hours=24))) == 1
    assert remind(store, SYSTEM.at(begins - timedelta(hours=23))) == 0
    assert [title for kind, title in notices(store, ada) if kind == "reminder"] == [
        "Demo Days is about to begin"
    ]
    assert notices(store, eve) == []


@pytest.mark.parametrize(
    ("rule", "hours"),
    [("none", []), ("day", [24]), ("week", [168, 24]), ("hours", [24, 2]), ("all", [168, 24, 2])],
)
def test_guests_are_reminded_when_the_organizer_wants_it(
    store: Store, fair: Fair, rule: str, hours: list[int]
) -> None:
    ticket_for(fair, person(store, "Ada"))
    set_event(fair, reminders=rule)
    reminded = [
        left
        for left in range(200, 0, -1)
        if remind(store, SYSTEM.at(fair.event.starts_at - timedelta(hours=left)))
    ]
    assert reminded == hours


def test_who_comes_late_to_a_program_gets_the_last_reminder_only(store: Store, fair: Fair) -> None:
    ada = person(store, "Ada")
    ticket_for(fair, ada)
    set_event(fair, reminders="all")
    assert remind(store, SYSTEM.at(fair.event.starts_at - timedelta(hours=1))) == 1
    assert [kind for kind, _ in notices(store, ada)].count("reminder") == 1


def test_many_are_told_in_small_steps_and_each_once(
    store: Store, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "AT_ONCE", 2)
    people = [person(store, f"P{n}") for n in range(5)]
    for each in (*people, people[0]):
        ticket_for(fair, each)
    assert remind(store, SYSTEM.at(fair.event.starts_at - timedelta(hours=1))) == 5
    for each in people:
        assert [kind for kind, _ in notices(store, each)].count("reminder") == 1


def test_nobody_is_reminded_of_what_does_not_take_place(store: Store, fair: Fair) -> None:
    ada = person(store, "Ada")
    ticket_for(fair, ada)
    set_event(fair, state="cancelled")
    assert remind(store, SYSTEM.at(fair.event.starts_at - timedelta(hours=1))) == 0


def test_one_is_reminded_before_an_offer_ends(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    join(store, ada.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    free(fair, ticket)
    assert remind(store, SYSTEM.at(EARLY + timedelta(minutes=89))) == 0
    assert remind(store, SYSTEM.at(EARLY + timedelta(minutes=90))) == 1
    assert remind(store, SYSTEM.at(EARLY + timedelta(minutes=91))) == 0
    assert notices(store, ada)[-1] == ("reminder", "Your place is kept a little longer: Regular")


def test_who_silenced_reminders_gets_none(store: Store, fair: Fair) -> None:
    (ticket,) = sell_out(fair, fair.regular)
    ada = person(store, "Ada")
    with store.write() as connection:
        connection.execute(
            insert(ProfileRow).values(
                account_id=ada.id, silenced=["reminder"], interests=[], changed_at=EARLY
            )
        )
    join(store, ada.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    free(fair, ticket)
    assert remind(store, SYSTEM.at(EARLY + timedelta(minutes=100))) == 0
    assert [kind for kind, _ in notices(store, ada)] == ["offer"]
