"""Migrations: they make exactly the tables of the schema, after a backup, with the data in."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import data.migrate
from data.files import keys_sold_with, problems
from data.migrate import HEAD, bring_up_to_date, migrate, revision_of
from data.schema import Base
from data.sqlite.engine import make_engine
from data.store import FILE_NAME, Store
from eventdesk.core.errors import StoreBrokenError
from eventdesk.core.keyring import Keyring
from tests.build import make_fair

MIGRATIONS = Path(data.migrate.__file__).parent / "migrations"
DESCENDING = {f"ix_waitlist_entry_{of}" for of in ("event", "ticket_type_id", "session_id")}
"""Indexes that alembic cannot compare, because a column of theirs is in descending order."""

NEXT = f"{int(HEAD) + 1:04}"


def test_the_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    migrate(path)
    engine = make_engine(path)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _parents: (
                    not (kind == "table" and name.startswith("ticket_search"))
                ),
                "include_object": lambda thing, name, kind, _is_there, _other: (
                    kind != "index" or name not in DESCENDING
                ),
            },
        )
        differences = compare_metadata(context, Base.metadata)
        spelled = indexes(connection)
    engine.dispose()
    assert differences == []
    engine = make_engine(tmp_path / "declared.db")
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        declared = indexes(connection)
    engine.dispose()
    assert {name: spelled[name] for name in DESCENDING} == {
        name: declared[name] for name in DESCENDING
    }


def indexes(connection: Connection) -> dict[str, str]:
    """How each index is spelled."""
    found = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return {name: " ".join(sql.split()) for name, sql in connection.execute(found)}


def test_head_is_the_newest_script_and_each_follows_the_one_before() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    numbers = [step.revision for step in script.walk_revisions()]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] == HEAD
    assert script.get_heads() == [HEAD]


def test_a_store_of_this_program_is_not_migrated_again(store: Store) -> None:
    content = store.path.read_bytes()
    bring_up_to_date(store.path)
    assert store.path.read_bytes() == content
    assert not (store.home / "backups").exists()


@pytest.fixture
def grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program one migration ahead; returns the folder of its scripts."""
    folder = tmp_path / "migrations"
    versions = folder / "versions"
    versions.mkdir(parents=True)
    for script in (MIGRATIONS / "versions").glob("0*.py"):
        (versions / script.name).write_text(script.read_text())
    monkeypatch.setattr(data.migrate, "HEAD", NEXT)
    monkeypatch.setattr(data.migrate, "SCRIPTS", folder)
    return folder


def _add_script(folder: Path, upgrade: str) -> None:
    (folder / "versions" / f"{NEXT}_next.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f'revision = "{NEXT}"\n'
        f'down_revision = "{HEAD}"\n'
        "def upgrade() -> None:\n" + upgrade
    )


def test_an_older_file_is_backed_up_and_migrated_with_its_data(store: Store, grown: Path) -> None:
    make_fair(store).sell("Ada Lovelace")
    store.close()
    _add_script(
        grown,
        '    op.add_column("gate", sa.Column("floor", sa.Integer, server_default="7"))\n'
        '    op.execute("UPDATE ticket SET holder_name = upper(holder_name)")\n',
    )
    with Store(store.home) as newer, newer.read() as connection:
        assert connection.exec_driver_sql("SELECT floor FROM gate").scalar_one() == 7
        names = connection.exec_driver_sql("SELECT holder_name FROM ticket").scalars().all()
        assert names == ["ADA LOVELACE"]
    assert revision_of(store.path) == NEXT
    (backup,) = (store.home / "backups").glob("*.db")
    assert backup.name.endswith(f"-before-migration-from-{HEAD}.db")
    assert problems(backup) == []
    assert revision_of(backup) == HEAD
    assert _names(backup) == ["Ada Lovelace"]
    Keyring.open(backup.with_suffix(".keys")).check(keys_sold_with(backup))


def test_a_migration_that_fails_changes_nothing(store: Store, grown: Path) -> None:
    make_fair(store).sell("Ada Lovelace")
    store.close()
    _add_script(
        grown,
        '    op.add_column("gate", sa.Column("floor", sa.Integer))\n'
        '    op.execute("DELETE FROM name_word")\n'
        "    raise ZeroDivisionError\n",
    )
    with pytest.raises(ZeroDivisionError):
        Store(store.home)
    assert revision_of(store.path) == HEAD
    assert problems(store.path) == []
    connection = sqlite3.connect(store.path)
    assert connection.execute("SELECT count(*) FROM name_word").fetchone() == (2,)
    assert "floor" not in [row[1] for row in connection.execute("PRAGMA table_info(gate)")]
    connection.close()


def test_what_has_no_revision_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.close()
    with pytest.raises(StoreBrokenError, match=r"/test_what_has_no_revision_is_n0/eventdesk\.db"):
        revision_of(path)


@pytest.mark.parametrize("revision", ["0000", "ae1027a6acf", "", "zzzz", "00010"])
def test_a_schema_nobody_here_made_is_said_and_left_alone(store: Store, revision: str) -> None:
    store.close()
    connection = sqlite3.connect(store.path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()
    with pytest.raises(StoreBrokenError, match="no eventdesk made"):
        Store(store.home)
    assert revision_of(store.path) == revision
    assert not (store.home / "backups").exists()


def test_a_migration_the_data_refuse_is_said(store: Store, grown: Path) -> None:
    make_fair(store).sell_all(["Ada Lovelace", "Grace Hopper"])
    store.close()
    _add_script(grown, '    op.execute("CREATE UNIQUE INDEX one ON ticket (event_id)")\n')
    with pytest.raises(StoreBrokenError, match="cannot be brought from schema"):
        Store(store.home)
    assert revision_of(store.path) == HEAD


def _names(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT holder_name FROM ticket")]
    finally:
        connection.close()
