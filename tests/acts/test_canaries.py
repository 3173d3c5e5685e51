"""What somebody reads, over the wire, holds nothing that they may not read."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from sqlalchemy import JSON

from data.schema import Base
from data.types import PlainText
from tests.acts.canaries import NO_CANARY, UNSUNG, WHO_READS
from tests.acts.canary_house import ADMIN, CanaryHouse, Reader, all_reads

READERS = 14
"""How many read; they are known only once the store is built."""

BEARING = {f"{table}.{column}" for table, columns in WHO_READS.items() for column in columns}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CanaryHouse]:
    house = CanaryHouse.build(tmp_path_factory.mktemp("canaries") / "home")
    yield house
    house.store.close()


def leaks(house: CanaryHouse, reader: Reader) -> dict[str, set[str]]:
    """Columns of which somebody read what they may not, and in which use cases."""
    found: dict[str, set[str]] = defaultdict(set)
    with house.standing(reader):
        for reading in house.answers(reader, all_reads()):
            for canary in house.canaries.within(reading.text):
                if not reader.may_read(canary):
                    found[canary.column].add(reading.verb.name)
    return dict(found)


@pytest.mark.parametrize("number", range(READERS))
def test_nobody_reads_what_is_not_for_them(house: CanaryHouse, number: int) -> None:
    reader = house.readers[number]
    assert leaks(house, reader) == {}, str(reader)


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
