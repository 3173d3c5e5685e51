"""Writing an event into an archive."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.migrate import HEAD
from data.schema import AccountRow, DeviceRow, TicketRow
from eventdesk import __version__
from eventdesk.acts import Act, Permission, Steps, event_row, steps
from eventdesk.core.output_files import drafted
from eventdesk.core.token import MAX_KEY_ID, TokenKey
from eventdesk.exchange.archive.package import (
    FORMAT,
    KEYS,
    MANIFEST,
    SUFFIX,
    Lock,
    check_passphrase,
    seal_keys,
)
from eventdesk.exchange.archive.scope import ACCOUNT_FIELDS, DEVICE_FIELDS, PARTS, Part, named_rows
from eventdesk.exchange.archive.values import line_of
from eventdesk.tables.files import free_path

STEP = 500
"""Rows between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A written archive."""

    path: Path
    rows: int
    tickets: int


@steps(Permission.INSTALLATION, local=True, about="event_id")
def pack_event(
    steps: Steps,
    event_id: UUID,
    *,
    passphrase: str,
    path: Path | None = None,
    overwrite: bool = False,
    on_progress: Callable[[int], None] = lambda done: None,
) -> Packed:
    """Write an event with all that belongs to it into one file.

    Its keys open and make tickets of every event that was sold with them, so the passphrase must
    be kept like the key folder. Later tickets are sealed with a new key.

    Args:
        path: Where; None is the home's folder for exports.

    Raises:
        InvalidInputError: The passphrase is too short, or the file cannot be written.
        KeyFileLostError: A key that tickets were sold with is missing.
        KeyFileError: No new key can be added.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
        check_passphrase(passphrase)
        event = event_row(act.connection, event_id)
        keys = _keys(act, event_id)
        path = path or free_path(act.store.home, f"{event.name} {act.now:%Y-%m-%d}", SUFFIX)
        with (
            drafted(path, overwrite=overwrite) as draft,
            zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed,
        ):
            writer = _Writer(packed, act.now, on_progress)
            for target, fields in ((AccountRow, ACCOUNT_FIELDS), (DeviceRow, DEVICE_FIELDS)):
                rows = act.connection.execute(named_rows(event_id, target, fields))
                writer.add(target.__tablename__, fields, rows)
            for part in PARTS:
                writer.add_part(act.connection, part, event_id)
            lock = Lock.new()
            manifest = {
                "format": FORMAT,
                "eventdesk": __version__,
                "schema": HEAD,
                "made_at": act.now.astimezone(UTC).isoformat(),
                "event": {"id": str(event_id), "name": event.name},
                "files": writer.files,
                "keys": lock.spelled(),
            }
            spelled = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            writer.put(KEYS, seal_keys(lock, passphrase, spelled, keys))
            writer.put(MANIFEST, spelled)
            # Before the file appears: no archive without it.
            new_key = _retire(steps, {key.key_id for key, _ in keys})
    tickets = writer.files["tables/ticket.json"]["rows"]
    with steps.write() as act:
        told = {"file": path.name, "tickets": tickets} | ({"key": new_key} if new_key else {})
        act.record("pack_event", ("event", event_id), event_id=event_id, **told)
    return Packed(path, writer.rows, tickets)


def _keys(act: Act, event_id: UUID) -> list[tuple[TokenKey, datetime]]:
    """The keys that the event's tickets were sold with."""
    ids = act.connection.execute(
        select(TicketRow.key_id).where(TicketRow.event_id == event_id).group_by(TicketRow.key_id)
    ).scalars()
    keys = [act.store.key(key_id) for key_id in ids]
    return [(key, act.store.keys.created_at[key.key_id]) for key in keys]


def _retire(steps: Steps, given_away: set[int]) -> int | None:
    """Seal later tickets with a new key, as long as there are numbers for keys; returns which."""
    steps.store.reread_keys()
    keys = steps.store.keys
    if keys.active_id not in given_away or len(keys.token_keys) >= MAX_KEY_ID:
        return None
    steps.store.keys = keys.rotate(steps.now)
    return steps.store.keys.active_id


class _Writer:
    """Writes the files of an archive, with their rows and digests."""

    def __init__(
        self, packed: zipfile.ZipFile, now: datetime, on_progress: Callable[[int], None]
    ) -> None:
        self._packed, self._now, self._on_progress = packed, now, on_progress
        self.files: dict[str, dict[str, Any]] = {}
        self.rows = 0

    def add_part(self, connection: Connection, part: Part, event_id: UUID) -> None:
        """Write the rows of one table."""
        columns = part.written(event_id)
        query = part.of(event_id).with_only_columns(*columns)
        rows = connection.execute(query, execution_options={"yield_per": STEP})
        self.add(part.name, [str(column.key) for column in columns], rows)

    def add(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write rows, one a line."""
        digest, count = hashlib.sha256(), 0
        name = f"tables/{table}.json"
        with self._packed.open(self._entry(name), "w", force_zip64=True) as file:
            for line in _lines(names, rows):
                content = line.encode(errors="replace")
                digest.update(content)
                file.write(content)
                count += 1
                if count % STEP == 0:
                    self._on_progress(self.rows + count)
        count -= 1  # the end of the list is a line, too
        self.rows += count
        self.files[name] = {"rows": count, "sha256": digest.hexdigest()}
        self._on_progress(self.rows)

    def put(self, name: str, content: bytes) -> None:
        """Write a small file."""
        self._packed.writestr(self._entry(name), content)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._now.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry


def _lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A JSON list with one row on each line, after its comma."""
    before = "["
    for row in rows:
        yield f"{before}{line_of(names, row)}\n"
        before = ","
    yield "[]\n" if before == "[" else "]\n"
