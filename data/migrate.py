"""Bring a file to the schema of this program, forward only, after a backup."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data.sqlite.engine import driver, make_engine
from data.sqlite.errors import translate
from data.sqlite.files import copy_file
from eventdesk.errors import StoreBrokenError, StoreNewerError
from eventdesk.model.clock import utc_now

if TYPE_CHECKING:  # alembic costs 80 ms and is needed only when something is to be migrated
    from alembic.script import Script, ScriptDirectory

HEAD = "0001"
"""Newest migration in `data/migrations/versions`; they are numbered in order."""

SCRIPTS = Path(__file__).parent / "migrations"


def bring_up_to_date(path: Path) -> None:
    """Migrate an existing file when it is older than this program.

    Raises:
        StoreNewerError: A newer eventdesk wrote it; nothing was changed.
        StoreBrokenError: It is no eventdesk store.
        StoreError: It cannot be read or written.
    """
    revision = revision_of(path)
    if revision == HEAD:
        return
    if revision > HEAD:
        raise StoreNewerError(
            f"{path} was written by a newer eventdesk (schema {revision}, this one knows {HEAD}).",
            hint="Update eventdesk, or open a backup made before the update.",
        )
    copy_file(path, before_migration(path, revision, utc_now()))
    migrate(path)


def before_migration(path: Path, revision: str, now: datetime) -> Path:
    """Where the backup taken before a migration goes."""
    folder = path.parent / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{now:%Y%m%dT%H%M%SZ}-before-migration-from-{revision}.db"


def revision_of(path: Path) -> str:
    """The newest migration a file has seen.

    Raises:
        StoreBrokenError: It is no eventdesk store.
        StoreError: It cannot be read.
    """
    try:
        connection = driver.connect(str(path), timeout=10)
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except driver.Error as error:
        if "no such table" not in str(error):
            raise translate(error, path) or error from error
        row = None
    if row is None:
        raise StoreBrokenError(
            f"{path} is not an eventdesk store.",
            hint="Choose another folder with --home, or restore a backup: `eventdesk restore`.",
        )
    return str(row[0])


def migrate(path: Path) -> None:
    """Run the migrations a file lacks, in one transaction: all of them or none."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(SCRIPTS))
    engine = make_engine(path)
    try:
        with engine.connect() as connection:
            # A table is rebuilt by copying; references to it must not be enforced meanwhile.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                context = MigrationContext.configure(connection)
                with Operations.context(context):
                    for step in _missing(script, context.get_current_revision()):
                        step.module.upgrade()
                        context.stamp(script, step.revision)
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                if connection.connection.in_transaction:
                    connection.exec_driver_sql("ROLLBACK")
                raise
    finally:
        engine.dispose()


def _missing(script: "ScriptDirectory", current: str | None) -> "list[Script]":
    """The migrations after `current`, oldest first."""
    return list(reversed(list(script.iterate_revisions(HEAD, current or "base"))))
