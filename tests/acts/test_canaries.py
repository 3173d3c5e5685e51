"""What somebody reads, over the wire, holds nothing that they may not read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON

from data.schema import Base
from data.types import PlainText
from eventdesk.acts import Topic, Verb
from eventdesk.core.errors import EventDeskError, NotAllowedError, NotFoundError
from eventdesk.events import FOR_ALL, hearing
from tests.acts.canaries import NO_CANARY, UNSUNG, WHO_READS
from tests.acts.canary_house import ADMIN, CanaryHouse, Reader, Reading, all_reads
from tests.acts.trials import Checks, Site, said

READERS = 14
"""How many read; they are known only once the store is built."""

LETS_NOTHING_OUT = (
    "bookings.my_bookings",
    "event_erasure.events_holding_data",
    "groups.booking_group",
    "holders.need_own_hold",
    "own_tickets.my_tickets",
    "queue.my_requests",
    "standing.events_on_wall",
    "standing.standing",
    "summary.sales_summary",
    "team_events.events_of",
    "team_events.events_of_team",
    "team_events.events_to_issue_for",
)
"""Guards that let no canary out when they alone are taken away: they ask only whether somebody is
signed in, who reads what is theirs, another one refuses too, or what they hide bears none."""

BEARING = {f"{table}.{column}" for table, columns in WHO_READS.items() for column in columns}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CanaryHouse]:
    house = CanaryHouse.build(tmp_path_factory.mktemp("canaries") / "home")
    yield house
    house.store.close()


def leaks(
    house: CanaryHouse, reader: Reader, verbs: Collection[Verb[..., Any]], *, briefly: bool = False
) -> dict[str, set[str]]:
    """Columns of which somebody reads what they may not, and in which of these use cases."""
    with house.standing(reader):
        return told_too_much(house, reader, house.answers(reader, verbs, briefly=briefly))


def told_too_much(
    house: CanaryHouse, reader: Reader, readings: Iterable[Reading]
) -> dict[str, set[str]]:
    """Columns in these answers that one may not read, and the use cases that gave them."""
    found: dict[str, set[str]] = defaultdict(set)
    for reading in readings:
        for canary in house.canaries.within(reading.text):
            if not reader.may_read(canary):
                found[canary.column].add(reading.verb.name)
    return dict(found)


@pytest.mark.parametrize("number", range(READERS))
def test_nobody_reads_what_is_not_for_them(house: CanaryHouse, number: int) -> None:
    reader = house.readers[number]
    assert leaks(house, reader, all_reads()) == {}, str(reader)


@pytest.mark.parametrize("number", range(READERS))
def test_what_is_not_there_and_what_is_not_yours_are_refused_alike(
    house: CanaryHouse, number: int
) -> None:
    reader, differ = house.readers[number], defaultdict(set)
    with house.standing(reader):
        for verb in all_reads():
            for given in house.questions(verb):
                error = house.asked(reader, verb, given)
                if not isinstance(error, EventDeskError) or _is_of_team(error):
                    continue
                if not _is_no(error) and house.knows_of(reader, given):
                    continue
                for instead in house.not_there(reader, given):
                    missing = house.asked(reader, verb, instead)
                    if not isinstance(missing, EventDeskError) or said(missing) != said(error):
                        differ[verb.name].add((repr(error), repr(missing)))
    assert not differ, f"{reader}: {dict(differ)}"


def _is_no(error: EventDeskError) -> bool:
    """Whether it says that something is not there, or is not one's own."""
    return isinstance(error, NotFoundError | NotAllowedError)


def _is_of_team(error: EventDeskError) -> bool:
    """Whether somebody was refused who has a part in the event, and so knows what there is."""
    return isinstance(error, NotAllowedError) and not error.of_stranger


def test_each_canary_that_somebody_may_read_is_read_by_the_program(house: CanaryHouse) -> None:
    assert len(house.readers) == READERS
    with house.standing(ADMIN):
        texts = [reading.text for reading in house.answers(ADMIN, all_reads())]
    sung = {canary.column for text in texts for canary in house.canaries.within(text)}
    planted = {canary.column for canary in house.canaries.by_word.values()}
    for_nobody = {one.column for one in house.canaries.by_word.values() if "nobody" in one.readers}
    assert planted - sung == for_nobody | UNSUNG
    assert planted == BEARING


def test_each_text_of_the_store_bears_a_canary_or_is_said_to_bear_none() -> None:
    texts = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, PlainText | JSON)
    }
    bare = {f"{table}.{each}" for table, said in NO_CANARY.items() for each in said.split()}
    assert not BEARING & bare
    assert texts - BEARING == bare


BY_VISIBILITY = (
    "eventdesk.events.events",
    "eventdesk.programme.programme",
    "eventdesk.sales.pricing",
    "eventdesk.sales.questions",
    "eventdesk.sales.summary",
    "eventdesk.seating.seating_plans",
    "eventdesk.seating.seats",
)
"""Modules with reads for everybody who may see an event."""


@pytest.mark.parametrize("module", BY_VISIBILITY)
def test_without_looking_who_may_see_an_event_a_canary_sings(
    house: CanaryHouse, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{module}.need_visible", lambda *_given, **_codes: None)
    verbs = [verb for verb in all_reads() if verb.__module__ == module]
    assert leaks(house, house.readers[0], verbs)


@pytest.mark.long
def test_without_any_one_guard_a_canary_sings_where_the_answer_bears_one(
    house: CanaryHouse,
) -> None:
    checks, grand = Checks(), house.readers[1].remembering_admin()
    came_by: dict[Site, list[Verb[..., Any]]] = defaultdict(list)
    tells: set[Verb[..., Any]] = set()
    with checks.watched():
        for verb in all_reads():
            with house.standing(ADMIN):
                if told_too_much(house, grand, house.answers(ADMIN, [verb], briefly=True)):
                    tells.add(verb)
            checks.reached.clear()
            assert not leaks(house, grand, [verb], briefly=True), verb.name
            for site in checks.reached:
                came_by[site].append(verb)
        silent = []
        for site, verbs in came_by.items():
            telling = [verb for verb in verbs if verb in tells]
            checks.taken = {site}.__contains__
            if telling and not leaks(house, grand, telling, briefly=True):
                silent.append(f"{Path(site[0]).stem}.{site[2]}")
        checks.taken = lambda site: False
    assert len(came_by) > 80
    assert sorted(silent) == sorted(LETS_NOTHING_OUT)


@pytest.mark.parametrize("number", range(READERS))
def test_who_listens_is_told_of_events_that_they_may_see(house: CanaryHouse, number: int) -> None:
    reader = house.readers[number]
    with house.standing(reader):
        heard = house.asked(reader, hearing, {})
    told = {
        (each, topic) for each in house.event_ids for topic in Topic if heard.hears(topic, each)
    }
    assert told
    for event_id, topic in told:
        assert event_id in reader.roles or (event_id in reader.knows and topic in FOR_ALL)
