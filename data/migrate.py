"""Bring a file to the schema of this program, forward only, after a backup."""

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from data.files import copy_file, reading
from data.schema import Base
from data.sqlite.driver import driver
from data.sqlite.engine import make_engine
from data.sqlite.errors import translate
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import KeyFileError, StoreBrokenError, StoreNewerError
from eventdesk.core.ids import new_id
from eventdesk.core.keyring import FOLDER_NAME, Keyring
from eventdesk.core.messages import msg
from eventdesk.core.private_file import folder_lock

if TYPE_CHECKING:  # alembic costs 80 ms and is needed only when something is to be migrated
    from alembic.script import Script, ScriptDirectory

HEAD = "0043"
"""Newest migration in `data/migrations/versions`; they are numbered in order."""

OLDEST, BASE = "0001", "0012"
"""The first schema of 0.1.0, and the one that all older files are brought to in one step."""

SCRIPTS = Path(__file__).parent / "migrations"
_NUMBER = re.compile(r"[0-9]{4}")


def bring_up_to_date(path: Path, *, keep: bool = True) -> Path | None:
    """Migrate an existing file when it is older than this program.

    Of programs that open it at once one does it, and the others wait.

    Returns the copy kept in the folder of the backups; None where nothing had to be done or kept.

    Raises:
        StoreNewerError: A newer eventdesk wrote it; nothing was changed.
        StoreBrokenError: It is no eventdesk store.
        StoreError: It cannot be read or written.
    """
    revision = revision_of(path)
    if revision == HEAD:
        return None
    if not _NUMBER.fullmatch(revision) or revision < OLDEST:
        raise _unknown(path, revision)
    if revision > HEAD:
        raise StoreNewerError(
            msg(
                "{path} was written by a newer eventdesk (schema {revision}, this one knows "
                "{head}).",
                path=path,
                revision=revision,
                head=HEAD,
            ),
            hint=msg("Update eventdesk, or open a backup made before the update."),
        )
    from alembic.script.revision import RevisionError

    try:
        _missing(_scripts(), revision)
        if not keep:
            migrate(path)
            return None
        with folder_lock(_backups(path)):
            if revision_of(path) == HEAD:
                return None
            kept = before_migration(path, revision, utc_now())
            _back_up(path, kept)
            migrate(path)
        return kept
    except RevisionError as error:
        raise _unknown(path, revision) from error
    except DBAPIError as error:
        raise translate(error, path) or StoreBrokenError(
            msg(
                "{path} cannot be brought from schema {revision} to {head}: {orig}.",
                path=path,
                revision=revision,
                head=HEAD,
                orig=error.orig,
            ),
            hint=msg("Nothing was changed. Restore a backup: `eventdesk restore`."),
        ) from error


def lacking_tables(path: Path) -> list[str]:
    """The tables of this program's schema that a file does not have.

    Raises:
        StoreError: It cannot be read.
    """
    engine = make_engine(path)
    try:
        there = set(inspect(engine).get_table_names())
    except DBAPIError as error:
        raise translate(error, path) or error from error
    finally:
        engine.dispose()
    return sorted(set(Base.metadata.tables) - there)


def before_migration(path: Path, revision: str, now: datetime) -> Path:
    """Where the backup taken before a migration goes."""
    return _backups(path) / f"{now:%Y%m%dT%H%M%SZ}-before-migration-from-{revision}.db"


def _backups(path: Path) -> Path:
    """The folder of the backups beside a file, made where there is none."""
    folder = path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def kept_before_migration(path: Path) -> Path | None:
    """The copy that was made before the last migration to this schema; None without one."""
    found = [
        kept
        for kept in (path.parent / "backups").glob("*-before-migration-from-*.db")
        if kept.stem[-4:] < HEAD
    ]
    return max(found, key=lambda kept: kept.name, default=None)


def revision_of(path: Path) -> str:
    """The newest migration a file has seen.

    Raises:
        StoreBrokenError: It is no eventdesk store.
        StoreError: It cannot be read.
    """
    try:
        with reading(path) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except driver.Error as error:
        if "no such table" not in str(error):
            raise translate(error, path) or error from error
        row = None
    if row is None:
        raise StoreBrokenError(
            msg("{path} is not an eventdesk store.", path=path),
            hint=msg(
                "Choose another folder with --home, or restore a backup: `eventdesk restore`."
            ),
        )
    return str(row[0])


def migrate(path: Path) -> None:
    """Run the migrations a file lacks, in one transaction: all of them or none."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    script = _scripts()
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
                if not connection.invalidated and connection.connection.in_transaction:
                    connection.exec_driver_sql("ROLLBACK")
                raise
    finally:
        engine.dispose()


def _back_up(path: Path, target: Path) -> None:
    """Copy a file and its keys; a copy that was cut short never has the name of a backup."""
    draft = target.with_suffix(f".{new_id().hex}.part")
    try:
        copy_file(path, draft)
        with suppress(KeyFileError):  # a file that was put here alone has none
            Keyring.open(path.parent / FOLDER_NAME).copy_to(target.with_suffix(".keys"))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _unknown(path: Path, revision: str) -> StoreBrokenError:
    return StoreBrokenError(
        msg(
            "{path} has a schema that no eventdesk made ({revision}).", path=path, revision=revision
        ),
        hint=msg("Choose another folder with --home, or restore a backup: `eventdesk restore`."),
    )


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(SCRIPTS))


def _missing(script: "ScriptDirectory", current: str | None) -> "list[Script]":
    """The migrations after `current`, oldest first."""
    since = "base" if current is None or current < BASE else current
    return list(reversed(list(script.iterate_revisions(HEAD, since))))
