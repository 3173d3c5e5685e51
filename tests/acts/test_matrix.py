"""Every cell of the matrix of use cases and roles, walked with real accounts at a real event."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from eventdesk.acts import Reach, Verb
from eventdesk.acts.catalogue import catalogue, permissions_page, undeclared, use_cases
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from tests.acts.trials import Checks, House, is_no, is_yes, said

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
CELLS = list(use_cases())
NAMES = [f"{verb.module}.{verb.name}" for verb in CELLS]
REACHED = [verb for verb in CELLS if verb.reach is not Reach.LOCAL]

PARTS = {
    "eventdesk.accounts.resets.mailed_code",
    "eventdesk.accounts.signing_in.verify",
    "eventdesk.accounts.wrong_tries.charge",
    "eventdesk.accounts.wrong_tries.refund",
    "eventdesk.events.each_event.each_by_itself",
    "eventdesk.events.in_calendars.calendar_changes",
    "eventdesk.money.at_readers.follow_at_reader",
}
"""What use cases of other areas do among their steps, which are theirs alone to give."""

LASTING = {"eventdesk.exchange.mirror.follow_store", "eventdesk.keeping.replica.replicate"}
"""What a command does as long as it runs, around the use cases of which each takes a moment."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House.build(tmp_path_factory.mktemp("matrix") / "home")
    yield house
    house.store.close()


@pytest.mark.parametrize("verb", CELLS, ids=NAMES)
def test_who_may_do_it_does(house: House, verb: Verb[..., Any]) -> None:
    for one in house.rights(verb):
        error = house.outcome(one)
        assert is_yes(error), f"{one}: {error!r}"


@pytest.mark.parametrize("verb", CELLS, ids=NAMES)
def test_who_may_not_is_refused_whatever_they_remember_being(
    house: House, verb: Verb[..., Any]
) -> None:
    tries = list(house.wrongs(verb))
    assert tries
    for one in tries:
        error = house.outcome(one)
        assert is_no(error), f"{one}: {error!r}"


STRANGERS = ("an organizer elsewhere", "attendee")


@pytest.mark.parametrize("verb", REACHED, ids=map(str, REACHED))
def test_a_stranger_is_told_the_same_of_what_is_there_and_what_is_not(
    house: House, verb: Verb[..., Any]
) -> None:
    for one in house.wrongs(verb):
        if one.who in STRANGERS:
            there, missing = house.outcome(one), house.outcome(house.of_nothing(one))
            assert said(there) == said(missing), f"{one}: {there!r}, {missing!r}"


@pytest.mark.parametrize("verb", CELLS, ids=NAMES)
def test_without_its_checks_somebody_gets_through(house: House, verb: Verb[..., Any]) -> None:
    checks = Checks()
    checks.taken = lambda site: True
    tries = reversed(list(house.wrongs(verb)))  # who believe to be an admin come last
    with checks.watched():
        assert any(not is_no(house.outcome(one)) for one in tries)


def test_whatever_reaches_the_store_says_who_may_call_it() -> None:
    assert set(undeclared()) == PARTS | LASTING


def test_the_errors_of_a_use_case_are_what_it_says_and_what_its_permission_means() -> None:
    errors = {(entry.module, entry.name): entry.errors for entry in catalogue()}
    assert errors["bans", "ban"] == (NotAllowedError, NotFoundError, InvalidInputError)
    assert errors["events", "create_event"].count(NotAllowedError) == 1
    assert errors["event_states", "event_checklist"] == (NotAllowedError, NotFoundError)


def test_the_page_of_permissions_is_what_the_code_says() -> None:
    page = permissions_page()
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(page, encoding="utf-8")
    with suppress(FileNotFoundError):
        assert page == PAGE.read_text(encoding="utf-8"), "UPDATE_SNAPSHOTS=1 writes it anew"
        return
    raise AssertionError(f"{PAGE} is missing; UPDATE_SNAPSHOTS=1 writes it")
