"""Archives with values no use case could have written: refused by name, or harmless."""

import json
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli import cli
from eventdesk.core.errors import InvalidInputError
from eventdesk.events import each_event
from eventdesk.exchange import LISTINGS, PARTS, opened_package, pack_event
from eventdesk.exchange.archive.sound import need_sound
from eventdesk.exchange.archive.values import rows_of
from eventdesk.spooler.chores import SWEEPS
from eventdesk.tables.files import Form
from eventdesk.waiting import remind, serve_queues
from tests.build import NOON, empty_store, make_fair
from tests.exchange.archive.test_hostile_archives import PASSPHRASE, Rows, _fill, bring, write_anew
from tests.histories import tries

TABLES = {part.name: part.table for part in PARTS}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    path = folder / "fair.eventdesk.zip"
    with empty_store(folder / "home") as store:
        fair = make_fair(store)
        _fill(fair)
        fair.sell_all(["Grace"], paid=False)
        pack_event(store, SYSTEM.at(NOON), fair.event.id, passphrase=PASSPHRASE, path=path)
    return path


@pytest.fixture(scope="module")
def rows(archive: Path) -> Rows:
    with opened_package(archive, PASSPHRASE) as package:
        found = {name: [json.loads(line) for line in package.lines(name)] for name in package.rows}
    return {name: lines for name, lines in found.items() if lines and name in TABLES}


LATE = "9999-12-31T23:59:59+00:00"

UNSOUND = [
    ("event", "offer_minutes", 10**12),
    ("event", "hold_minutes", -1),
    ("event", "time_zone", "Nowhere/Land"),
    ("event", "time_zone", "../../etc/passwd"),
    ("event", "code", "\x1b]52;c;eA==\x07"),
    ("event", "code", "../../X"),
    ("event", "state", "on fire"),
    ("event", "visibility", "everybody"),
    ("event", "currency", "\x1b[2J"),
    ("event", "currency_exponent", 99),
    ("event", "ends_at", LATE),
    ("event", "capacity", 10**15),
    ("event", "name", "x" * 100_000),
    ("event", "badge_layout", "../../keys/eventdesk-keys"),
    ("event", "online_url", "file:///etc/passwd"),
    ("booking", "code", "../../K7QM2X"),
    ("booking", "state", "free"),
    ("booking", "created_at", "0001-01-01T00:00:00+00:00"),
    ("booking", "total_minor", 10**17),
    ("ticket", "code", "../../../etc/cron.d/x"),
    ("ticket", "code", ""),
    ("ticket", "holder_name", "x" * 5000),
    ("ticket", "holder_name", "two\nlines"),
    ("ticket_type", "price_minor", -100),
    ("ticket_type", "quota", 10**15),
    ("ticket_type", "tax_bp", 10**6),
    ("question", "kind", "shell"),
    ("question", "choices", [1, {}]),
    ("check_in_list", "entry_policy", "always"),
    ("check_in_list", "auto_exit", "99:99"),
    ("payment", "method", "bitcoin"),
    ("payment", "amount_minor", -5),
    ("ticket", "revision", -1),
    ("ticket", "revision", 2**32),
    ("ticket", "discount_minor", -5),
    ("token_revocation", "revision", -1),
    ("booking", "link_no", -1),
    ("payment", "state", "maybe"),
    ("scan", "outcome", "come in"),
    ("scan", "direction", "up"),
]


@pytest.mark.parametrize(("table", "column", "value"), UNSOUND)
def test_a_value_that_cannot_be_is_refused_by_its_name(
    rows: Rows, table: str, column: str, value: Any
) -> None:
    line = {**rows[table][0], column: value}
    with pytest.raises(ValueError, match=rf"{table}\.{column} "):
        need_sound(table, rows_of(TABLES[table], [json.dumps(line)]))


@pytest.mark.parametrize(("table", "column", "value"), UNSOUND)
def test_a_value_that_cannot_be_is_refused_among_rows_that_can(
    rows: Rows, table: str, column: str, value: Any
) -> None:
    sound = rows[table][0]
    lines = [json.dumps(line) for line in (sound, {**sound, column: value}, sound)]
    with pytest.raises(ValueError, match=rf"{table}\.{column} "):
        need_sound(table, rows_of(TABLES[table], lines))


@pytest.mark.parametrize(
    ("good", "wrong"),
    [
        ('{"id": "00000000-0000-0000-0000-000000000001"}', '{"id": 1}'),
        ('{"id": "00000000-0000-0000-0000-000000000001"}', '{"id": "not one"}'),
        ('{"code": "ABCDEF"}', '{"code": 7}'),
        ('{"code": "ABCDEF"}', '{"code": null}'),
        ('{"approved": true}', '{"approved": 1}'),
        ('{"total_minor": 5}', '{"total_minor": 1.5}'),
        ('{"total_minor": 5}', '{"total_minor": true}'),
        ('{"created_at": "2026-06-01T10:00:00Z"}', '{"created_at": "2026-06-01T10:00:00"}'),
        ('{"code": "ABCDEF"}', '{"nothing": 1}'),
        ('{"code": "ABCDEF"}', '{"code": "ABCDEG", "state": "paid"}'),
        ('{"code": "ABCDEF", "state": "paid"}', '{"code": "ABCDEG"}'),
        ('{"code": "ABCDEF"}', '{"code": "ABCDEG"}, {"code": "ABCDEH"}'),
        ('{"code": "ABCDEF"}', "[]"),
        ('{"code": "ABCDEF"}', "{"),
    ],
)
def test_a_line_that_is_no_row_of_its_table_is_refused_among_rows(good: str, wrong: str) -> None:
    assert len(rows_of(TABLES["booking"], [good, good])) == 2
    with pytest.raises(ValueError, match=r"."):
        rows_of(TABLES["booking"], [good, wrong])


def test_every_value_that_this_house_writes_is_sound(rows: Rows) -> None:
    for table, lines in rows.items():
        for line in lines:
            need_sound(table, rows_of(TABLES[table], [json.dumps(line)]))


def test_the_request_of_somebody_who_was_erased_is_sound() -> None:
    need_sound("queue_request", [{"wish": {}}])


@pytest.mark.parametrize("days", [-1, 10**9])
def test_days_after_an_event_that_nobody_could_wait_for_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match=r"event_erasure\.days "):
        need_sound("event_erasure", [{"days": days}])


def test_a_list_nobody_could_read_at_the_door_is_refused(archive: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(archive, tmp_path / "bad.zip"))

    def spoil(rows: Rows) -> None:
        rows["check_in_list"][0]["rules"] = [{"kind": "anything goes"}]

    write_anew(path, spoil)
    with (
        empty_store(tmp_path / "home") as store,
        pytest.raises(InvalidInputError, match=r"check_in_list .* cannot be read"),
    ):
        bring(store, path)


HOSTILE: dict[type, st.SearchStrategy[Any]] = {
    str: st.one_of(
        st.sampled_from(
            ["", "\x1b]52;c;eA==\x07", "\x00", "../../x", "CON", "=1+1", "a\u202eb", LATE]
        ),
        st.text(max_size=30),
    ),
    int: st.sampled_from([0, -1, 1, 10**6, 10**12, 2**63 - 1, -(2**63)]),
    bool: st.booleans(),
    list: st.sampled_from([[], [[]], [1], ["\x1b[2J"], [{}]]),
    dict: st.sampled_from([{}, {"a": 1}, {"\x1b": {"text": 1}}]),
    type(None): st.sampled_from([None, "x", 1]),
}


@pytest.mark.long
@settings(
    max_examples=tries(12),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_an_archive_says_the_house_goes_on(
    archive: Path, rows: Rows, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = Path(shutil.copy(archive, folder / "bad.zip"))
    table = data.draw(st.sampled_from(sorted(rows)))
    column = data.draw(st.sampled_from(sorted(rows[table][0])))
    value = data.draw(HOSTILE[type(rows[table][0][column])])

    def spoil(rows: Rows) -> None:
        rows[table][0][column] = value

    write_anew(path, spoil)
    with empty_store(folder / "home") as store:
        own = make_fair(store, "Our own")
        with suppress(InvalidInputError):
            bring(store, path)
        use(store)
        assert not [key for key in each_event._told if key[0] == store.home]
        shown = CliRunner().invoke(cli, ["--home", str(store.home), "events"])
        assert shown.exit_code == 0, shown.output
        assert own.event.name in shown.output
        assert "\x1b" not in shown.output


def use(store: Store) -> None:
    """Do what is done every day: chores now and later, and every list of every event."""
    for now in (NOON - timedelta(hours=3), NOON + timedelta(days=400)):
        for chore in (*SWEEPS, remind):
            chore(store, SYSTEM.at(now))
        serve_queues(store, SYSTEM.at(now))
    with store.read() as connection:
        events = TABLES["event"].select().with_only_columns(TABLES["event"].c.id)
        ids = list(connection.execute(events).scalars())
    for event_id in ids:
        for spec in LISTINGS.values():
            done = spec.write(store, SYSTEM.at(NOON), Form.CSV, event_id=event_id)
            assert done.path.parent == store.home / "exports"
