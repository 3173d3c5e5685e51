"""Prepared statements: what they take and give is what SQLAlchemy's own execution does."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import (
    Connection,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, OperationalError

from data.prepared import MAX_MADE, Prepared
from data.schema import (
    AccountRow,
    AdmissionRow,
    CheckInListRow,
    DeviceRow,
    EventRoleRow,
    ScanRow,
    SettingRow,
)
from data.sqlite.driver import driver
from data.store import Store
from eventdesk.acts import SYSTEM, permission
from eventdesk.core.errors import InvalidInputError, StoreFullError
from eventdesk.door import check_in, checkin, history, list_reading, recognition
from tests.build import NOON, Fair
from tests.people import make_staff

LAST = datetime.max.replace(tzinfo=UTC)

SETTING = Prepared(select(SettingRow.value).where(SettingRow.key == bindparam("key")))


def scanned(fair: Fair) -> dict[str, Any]:
    """Every column of a scan, of every type that the door writes."""
    return {
        "id": uuid4(),
        "device_id": fair.store.device_id,
        "nonce": "n-1 🎟 “Zoë”",
        "event_id": fair.event.id,
        "list_id": fair.door.id,
        "ticket_id": None,
        "gate_id": fair.gate.id,
        "actor_id": None,
        "actor_name": "",
        "source": "camera",
        "direction": "entry",
        "outcome": "admitted",
        "reason": "a control \x01 inside",
        "scanned": "x" * 10_000,
        "forced": True,
        "force_reason": "",
        "seen_at": datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        "recorded_at": LAST,
        "result": '{"answer": 42}',
        "answers": {"size": "“L”", "deep": [1, None, {"é": True}]},
        "approved_by": "",
        "group_id": uuid4(),
    }


def raw_scan(connection: Connection) -> tuple[Any, ...]:
    """The last scan as it lies in the file, without what tells two of them apart."""
    rows = connection.exec_driver_sql("SELECT * FROM scan ORDER BY no DESC LIMIT 1")
    kept = dict(rows.mappings().one())
    return tuple((name, type(kept[name]), kept[name]) for name in sorted(kept.keys() - {"no"}))


def test_writes_each_type_as_sqlalchemy_does(fair: Fair) -> None:
    values = scanned(fair)
    with fair.store.write() as connection:
        assert Prepared(insert(ScanRow)).run(connection, values) == 1
        ours = raw_scan(connection)
        connection.execute(delete(ScanRow))
        connection.execute(insert(ScanRow), values)
        assert raw_scan(connection) == ours


def test_reads_each_type_as_sqlalchemy_does(fair: Fair) -> None:
    values = scanned(fair)
    query = select(ScanRow.__table__).where(ScanRow.id == bindparam("id"))
    with fair.store.write() as connection:
        connection.execute(insert(ScanRow), values)
        (ours,) = Prepared(query).all(connection, {"id": values["id"]})
        theirs = connection.execute(query, {"id": values["id"]}).one()
    assert ours == theirs
    assert list(map(type, ours)) == list(map(type, theirs))
    assert ours._asdict() == theirs._asdict()
    assert {name: getattr(ours, name) for name in values} == values


def test_each_statement_of_the_door_gives_the_rows_that_sqlalchemy_gives(fair: Fair) -> None:
    sam = make_staff(fair)
    booked = fair.sell("Ada Lovelace", attention="Guest of honour", foreign_code="SECRET-0001")
    scan = fair.scan(fair.token(booked), gate_id=fair.gate.id)
    check_in(fair.store, sam.at(NOON), scan)
    asked: dict[Prepared, dict[str, Any]] = {
        checkin._KNOWN: {"device_id": fair.store.device_id, "nonce": scan.nonce},
        list_reading._DOOR: {"list_id": fair.door.id},
        permission._STANDING: {"account_id": sam.id, "event_id": fair.event.id},
        list_reading._GATE: {"gate_id": fair.gate.id},
        recognition._BY_ID: {"ticket_id": booked.ticket_ids[0]},
        recognition._BY_CODE: {"code": booked.ticket_codes[0]},
        recognition._BY_FOREIGN_CODE: {"code": "secret-0001", "event_id": fair.event.id},
        history._PASSAGES: {"ticket_id": booked.ticket_ids[0], "list_id": fair.door.id},
    }
    with fair.store.read() as connection:
        for prepared, values in asked.items():
            ours = prepared.all(connection, values)
            assert len(ours) == 1
            assert ours == list(connection.execute(prepared.statement, values).all())


def test_changes_and_says_how_many_rows(store: Store) -> None:
    change = Prepared(
        update(SettingRow)
        .where(SettingRow.key == bindparam("of_key"))
        .values(value=bindparam("new_value"))
    )
    with store.write() as connection:
        assert change.run(connection, {"of_key": "device_id", "new_value": "other"}) == 1
        assert change.run(connection, {"of_key": "nothing", "new_value": "other"}) == 0
        row = SETTING.one_or_none(connection, {"key": "device_id"})
        assert row is not None
        assert row.value == "other"


def test_a_parameter_too_few_or_too_many_is_named(store: Store) -> None:
    with store.read() as connection:
        with pytest.raises(TypeError, match="no value for key: SELECT setting"):
            SETTING.all(connection, {})
        with pytest.raises(TypeError, match="no value for key; no parameter name: SELECT"):
            SETTING.all(connection, {"name": "device_id"})
        with pytest.raises(TypeError, match="no parameter more: SELECT"):
            SETTING.all(connection, {"key": "device_id", "more": 1})


def test_an_insert_with_a_column_that_is_not_there_is_refused_and_works_afterwards(
    store: Store,
) -> None:
    add = Prepared(insert(SettingRow))
    with store.write() as connection:
        with pytest.raises(TypeError, match="no parameter nothing: INSERT INTO setting"):
            add.run(connection, {"key": "k", "value": "v", "nothing": 1})
        with pytest.raises(IntegrityError, match="NOT NULL"):
            add.run(connection, {"key": "k"})
        assert add.run(connection, {"value": "v", "key": "k"}) == 1
        assert SETTING.all(connection, {"key": "k"}) == [("v",)]


def test_what_only_sqlalchemy_does_at_each_execution_is_refused(store: Store) -> None:
    listed = Prepared(select(SettingRow.value).where(SettingRow.key.in_(["device_id"])))
    with store.read() as connection, pytest.raises(TypeError, match="cannot be prepared"):
        listed.all(connection, {})


def test_two_rows_where_one_was_expected_are_an_error(store: Store) -> None:
    twice = select(SettingRow.key).union_all(select(SettingRow.key)).subquery()
    with store.read() as connection, pytest.raises(MultipleResultsFound):
        Prepared(select(twice.c.key)).one_or_none(connection, {})


def test_a_constraint_that_is_broken_is_the_error_that_sqlalchemy_raises(fair: Fair) -> None:
    values = scanned(fair)
    for name, wrong in (("list_id", uuid4()), ("source", None)):
        raised = []
        for run in (
            lambda connection, given: Prepared(insert(ScanRow)).run(connection, given),
            lambda connection, given: connection.execute(insert(ScanRow), given),
        ):
            with fair.store.write() as connection:
                try:
                    run(connection, values | {name: wrong})
                except IntegrityError as error:
                    raised.append((str(error.orig), getattr(error.orig, "sqlite_errorname", "")))
        assert len(raised) == 2
        assert raised[0] == raised[1]


def test_a_naive_instant_is_refused_as_everywhere(fair: Fair) -> None:
    values = scanned(fair) | {"seen_at": NOON.replace(tzinfo=None)}
    with fair.store.write() as connection, pytest.raises(ValueError, match="needs a time zone"):
        Prepared(insert(ScanRow)).run(connection, values)


def test_half_a_character_is_said_in_words(store: Store) -> None:
    with pytest.raises(InvalidInputError, match="cannot be kept"), store.read() as connection:
        SETTING.all(connection, {"key": "\ud800"})


def test_a_full_disk_is_said_in_words_and_nothing_stays(store: Store) -> None:
    add = Prepared(insert(SettingRow))

    def fill() -> None:
        with store.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
            for number in range(1000):
                add.run(connection, {"key": f"k{number}", "value": "x" * 4000})

    with pytest.raises(StoreFullError):
        fill()
    with store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=4294967294")
        assert SETTING.all(connection, {"key": "k0"}) == []


def test_bytes_that_are_no_text_are_the_error_that_sqlalchemy_raises(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO setting (key, value) VALUES ('broken', CAST(x'ff' AS TEXT))"
        )
        with pytest.raises(OperationalError, match="UTF-8"):
            SETTING.all(connection, {"key": "broken"})
        with pytest.raises(OperationalError, match="UTF-8"):
            connection.execute(SETTING.statement, {"key": "broken"}).all()


def test_outside_a_transaction_it_does_not_run(store: Store) -> None:
    with store._file.engine.connect() as connection, pytest.raises(AssertionError):
        SETTING.all(connection, {"key": "device_id"})


def test_on_another_engine_it_is_executed_as_any_other_statement() -> None:
    engine = create_engine("sqlite://", module=driver)
    SettingRow.metadata.tables["setting"].create(engine)
    engine.dialect.name = "another"
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    add = Prepared(insert(SettingRow))
    with engine.begin() as connection:
        assert add.run(connection, {"key": "k", "value": "v"}) == 1
        assert SETTING.all(connection, {"key": "k"}) == [("v",)]
        assert SETTING.one_or_none(connection, {"key": "other"}) is None
        assert SETTING.made(connection, {"key": "k"}, lambda rows: rows[0].value) == "v"
    assert len(seen) == 4
    engine.dispose()


def test_what_is_made_of_rows_is_made_again_exactly_when_they_differ(store: Store) -> None:
    made: list[str] = []

    def value_of(rows: Any) -> str:
        made.append(rows[0].value if rows else "none")
        return made[-1]

    def put(value: str) -> None:
        with store.write() as connection:
            key = SettingRow.key == "device_name"
            if not connection.execute(update(SettingRow).where(key).values(value=value)).rowcount:
                connection.execute(insert(SettingRow).values(key="device_name", value=value))

    setting = Prepared(SETTING.statement)
    for value in ("one", "one", "two", "one"):
        put(value)
        with store.read() as connection:
            assert setting.made(connection, {"key": "device_name"}, value_of) == value
    assert made == ["one", "two"]


def test_what_is_made_is_forgotten_when_it_is_too_much(store: Store) -> None:
    number = Prepared(select(func.abs(bindparam("n", type_=literal(1).type))))
    with store.read() as connection:
        for n in range(3 * MAX_MADE):
            assert number.made(connection, {"n": n}, lambda rows: rows[0][0]) == n
        assert len(number._made) <= MAX_MADE


def test_a_check_in_runs_no_statement_through_sqlalchemy(fair: Fair) -> None:
    """Ten statements of its own between BEGIN and COMMIT, all of them prepared."""
    sam = make_staff(fair)
    booked = fair.sell_all(["Ada", "Grace"])
    check_in(fair.store, sam.at(NOON), fair.scan(fair.token(booked)))
    scan = fair.scan(fair.token(booked, 1), gate_id=fair.gate.id)
    slow: list[str] = []
    ran: list[str] = []

    def note(*given: Any) -> None:
        slow.append(given[2])

    with fair.store.write() as connection:
        raw: Any = connection.connection.driver_connection
    event.listen(fair.store._file.engine, "before_cursor_execute", note)
    raw.set_trace_callback(ran.append)
    check_in(fair.store, sam.at(NOON + timedelta(seconds=1)), scan)
    raw.set_trace_callback(None)
    event.remove(fair.store._file.engine, "before_cursor_execute", note)
    assert slow == []
    begin, *between, commit = ran
    assert (begin, commit) == ("BEGIN IMMEDIATE", "COMMIT")
    assert [each.split()[0] for each in between] == ["SELECT"] * 7 + ["INSERT"] * 3


def test_types_of_rows_that_the_door_reads_are_covered() -> None:
    """The types above are all there are in the tables of a check-in."""
    covered = {type(column.type) for column in ScanRow.__table__.c}
    for table in (CheckInListRow, AdmissionRow, AccountRow, EventRoleRow, DeviceRow):
        assert {type(column.type) for column in table.__table__.c} <= covered
    assert SYSTEM.id is None
