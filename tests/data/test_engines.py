"""The schema as PostgreSQL would have it, and values that one of the engines cannot keep."""

import pytest
from sqlalchemy import BigInteger, Connection, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from data.bulk import insert_many
from data.numbers import next_number
from data.prepared import Prepared
from data.schema import Base, BookingRow, EventRow, GateRow, TicketRow
from data.store import Store
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.typed_text import line
from tests.build import make_fair

POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
TABLES = Base.metadata.sorted_tables


def test_every_table_can_be_written_for_postgresql() -> None:
    made = " ".join(str(CreateTable(table).compile(dialect=POSTGRESQL)) for table in TABLES)
    assert "UUID" in made
    assert "BLOB" not in made
    assert " INTEGER" not in made


def test_a_partial_index_is_partial_on_both_engines() -> None:
    partial = [
        index
        for table in TABLES
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    ]
    assert len(partial) >= 20
    for index in partial:
        condition = str(index.dialect_options["sqlite"]["where"])
        assert str(CreateIndex(index).compile(dialect=POSTGRESQL)).endswith(f"WHERE {condition}")


@pytest.mark.parametrize("name", ["price_minor", "search_no", "created_at"])
def test_money_numbers_and_instants_have_64_bits_everywhere(name: str) -> None:
    kind = TicketRow.__table__.c[name].type.dialect_impl(POSTGRESQL)
    assert isinstance(getattr(kind, "impl", kind), BigInteger)


def _write(connection: Connection, how: str, gate: dict[str, object]) -> None:
    connection.execute(update(EventRow).values(name="Half"))
    if how == "execute":
        connection.execute(insert(GateRow), gate)
    elif how == "prepared":
        Prepared(insert(GateRow)).run(connection, gate)
    elif how == "many":
        insert_many(connection, GateRow, [gate])
    else:
        connection.execute(select(GateRow.id).where(GateRow.name == gate["name"]))


@pytest.mark.parametrize("how", ["execute", "prepared", "many", "compared"])
def test_text_with_a_nul_character_is_refused_and_nothing_is_written(
    store: Store, how: str
) -> None:
    fair = make_fair(store)
    gate: dict[str, object] = {"id": new_id(), "event_id": fair.event.id, "name": "Gate\0"}

    def transaction() -> None:
        with store.write() as connection:
            _write(connection, how, gate)

    with pytest.raises(InvalidInputError, match="NUL"):
        transaction()
    with store.read() as connection:
        assert connection.execute(select(EventRow.name)).scalars().all() == ["Demo Days"]


def test_typed_text_with_a_nul_character_is_refused_by_the_name_of_its_field() -> None:
    with pytest.raises(InvalidInputError, match="A title holds what is no text"):
        line("half\0way", msg("A title"))


def test_the_next_number_follows_the_highest_and_begins_with_one(store: Store) -> None:
    with store.write() as connection:
        assert next_number(connection, EventRow.number) == 1
    fair = make_fair(store)
    make_fair(store, "Another event")
    fair.sell("Ada Lovelace")
    fair.sell("Grace Hopper")
    with store.write() as connection:
        assert next_number(connection, EventRow.number) == 3
        assert next_number(connection, BookingRow.no, 5) == 3
        numbers = connection.execute(select(BookingRow.no).order_by(BookingRow.no)).scalars()
        assert list(numbers) == [1, 2]
