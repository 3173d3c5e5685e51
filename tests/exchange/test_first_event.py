"""An event in one go: what is typed for it, when it is, and in which currency."""

from datetime import UTC, datetime

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.events import list_events
from eventdesk.exchange import FirstEvent, TypeToSell, begin_event, read_types
from eventdesk.sales import list_ticket_types, sale_terms

MORNING = datetime(2030, 6, 1, 5, 0, tzinfo=UTC)
"""07:00 in Berlin."""


@pytest.mark.parametrize(
    ("typed", "types"),
    [
        ("", ()),
        (" ; ,", ()),
        ("Regular", (TypeToSell("Regular"),)),
        (
            "Regular 120@25.00,Student 40",
            (TypeToSell("Regular", 120, "25.00"), TypeToSell("Student", 40)),
        ),
        ("A 1 @ 25,00, B 2", (TypeToSell("A", 1, "25,00"), TypeToSell("B", 2))),
        ("A@25,00", (TypeToSell("A", None, "25,00"),)),
        ("Day 2 100@5", (TypeToSell("Day 2", 100, "5"),)),
    ],
)
def test_types_are_read_as_they_are_typed(typed: str, types: tuple[TypeToSell, ...]) -> None:
    assert read_types(typed) == types


@pytest.mark.parametrize("typed", ["@5", "A@1@2", "A 1, a 2", "A,B," * 200 + "C"])
def test_what_is_no_line_of_types_says_why(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_types(typed)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("now", "starts", "ends"),
    [
        (MORNING, (1, 7), (1, 16)),
        (MORNING.replace(hour=15), (1, 7), (1, 16)),
        (MORNING.replace(hour=19), (1, 7), (1, 21)),
        (MORNING.replace(hour=23), (2, 7), (2, 16)),
    ],
)
def test_it_is_today_by_the_clock_of_its_place(
    store: Store, now: datetime, starts: tuple[int, int], ends: tuple[int, int]
) -> None:
    begun = begin_event(store, SYSTEM.at(now), FirstEvent("Fair", time_zone="Europe/Berlin"))
    assert (begun.event.starts_at.day, begun.event.starts_at.hour) == starts
    assert (begun.event.ends_at.day, begun.event.ends_at.hour) == ends


@pytest.mark.parametrize(
    ("spoken", "currency"), [("de_CH.UTF-8", "CHF"), ("ja_JP", "JPY"), ("C", "EUR"), ("eo", "EUR")]
)
def test_its_currency_is_that_of_the_region(
    store: Store, monkeypatch: pytest.MonkeyPatch, spoken: str, currency: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_MONETARY", spoken)
    monkeypatch.setenv("LANG", "C")
    begun = begin_event(store, SYSTEM.at(MORNING), FirstEvent("Fair"))
    assert sale_terms(store, SYSTEM, begun.event.id).currency == currency


def test_what_is_there_is_kept_and_what_is_missing_is_made(store: Store) -> None:
    begin_event(store, SYSTEM.at(MORNING), FirstEvent("Fair", read_types("VIP 5@10")))
    again = begin_event(store, SYSTEM.at(MORNING), FirstEvent("fair", read_types("vip 9, Crew")))
    assert (again.made, again.types, again.list_made, again.staff_pin) == (
        False,
        ("Crew",),
        False,
        "",
    )
    kinds = list_ticket_types(store, SYSTEM, again.event.id)
    assert [(one.about.name, one.about.quota) for one in kinds] == [("VIP", 5), ("Crew", None)]
    same = begin_event(store, SYSTEM.at(MORNING), FirstEvent("Fair"))
    assert same.nothing_new
    assert len(list_events(store, SYSTEM)) == 1


def test_strangers_begin_none(store: Store) -> None:
    with pytest.raises(NotAllowedError):
        begin_event(store, VISITOR.at(MORNING), FirstEvent("Fair"))
