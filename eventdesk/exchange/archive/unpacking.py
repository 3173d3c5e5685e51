"""Import of an archive: an event of another house with its ids, codes and keys."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from data import search
from data.bulk import insert_many
from data.migrate import HEAD
from data.numbers import next_number
from data.schema import AccountRow, DeviceRow, EventRow, TokenKeyRow
from data.sealed_rows import bounds_of, seal_of
from data.store import Store
from eventdesk.acts import Permission, Steps, steps
from eventdesk.booking import read_foreign_code
from eventdesk.core.booking_states import GIVEN
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_code
from eventdesk.core.messages import msg
from eventdesk.core.token import looks_like_token
from eventdesk.events import learn_event
from eventdesk.exchange.archive.package import Package, opened_package
from eventdesk.exchange.archive.scope import PARTS, Part, references
from eventdesk.exchange.archive.sound import (
    need_balanced,
    need_own,
    need_own_targets,
    need_sound,
    need_sound_lists,
)
from eventdesk.exchange.archive.values import fields_of, rows_of

BATCH = 1000
"""Rows written at a time."""

BATCH_SIZE = 8_000_000
"""Characters of rows in memory at a time."""

CODE_LENGTHS = {"event": 6, "booking": 6, "ticket": 8}
NUMBERED = ("booking", "waitlist_entry", "queue_request", "scan", "ledger", "cash_movement")
"""Tables whose `no` counts in the whole house; incoming rows get the next ones."""


@dataclass(frozen=True, slots=True)
class Brought:
    """An imported event.

    Attributes:
        new_codes: Short codes that were taken here, with their replacements. QR codes stay valid.
        new_accounts: People without an account here; they choose a secret by a one-time code.
    """

    event_id: UUID
    name: str
    tickets: int
    new_codes: tuple[tuple[str, str], ...]
    new_accounts: int


@steps(Permission.INSTALLATION, local=True)
def bring_event(
    steps: Steps,
    path: Path,
    *,
    passphrase: str,
    on_progress: Callable[[int], None] = lambda done: None,
) -> Brought:
    """Import an event from an archive, with the same ids and valid codes; all of it or nothing.

    People are known by their e-mail address; a new account has no secret.

    Raises:
        InvalidInputError: The event is here already, the archive is incomplete, changed or of a
            newer version, or the passphrase is wrong.
        KeyFileError: Its keys cannot be added to those of this house.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    with opened_package(path, passphrase) as package:
        if package.schema > HEAD:
            raise InvalidInputError(
                msg("This archive was written by a newer eventdesk."),
                hint=msg("Install that one here."),
            )
        with steps.read() as act:
            _need_absent(act.connection, package)
        # Before the transaction, since it writes a file; unused keys do no harm.
        key_ids = steps.store.keys.adopt(package.keys, package.event_id)
        steps.store.reread_keys()
        try:
            with steps.write() as act:
                act.need(None, Permission.INSTALLATION)
                _need_absent(act.connection, package)
                bringing = _Bringing(act.connection, package, key_ids, act.now, on_progress)
                bringing.note_keys(act.store)
                bringing.bring()
                act.record(
                    "bring_event",
                    ("event", package.event_id),
                    event_id=package.event_id,
                    file=path.name,
                    tickets=package.rows.get("ticket", 0),
                    new_codes=len(bringing.new_codes),
                    sealed=[
                        seal_of(act.connection, *bounds)
                        for bounds in bounds_of(act.connection, package.event_id.bytes)
                    ],
                )
        except (IntegrityError, NotFoundError, ValueError, KeyError, TypeError) as error:
            raise InvalidInputError(
                msg("The archive does not fit together: {error}.", error=_shortly(error)),
                hint=msg("Nothing was taken in. Ask for the file again."),
            ) from error
    return Brought(
        package.event_id,
        package.event_name,
        package.rows.get("ticket", 0),
        tuple(bringing.new_codes),
        bringing.new_accounts,
    )


def _need_absent(connection: Connection, package: Package) -> None:
    here = select(EventRow.name).where(EventRow.id == package.event_id)
    name = connection.execute(here).scalar_one_or_none()
    if name is not None:
        raise InvalidInputError(
            msg("The event {name!r} is in this house already.", name=name),
            hint=msg("An archive makes an event anew; it does not bring one up to date."),
        )


class _Bringing:
    """One import, with what was mapped so far."""

    def __init__(
        self,
        connection: Connection,
        package: Package,
        key_ids: dict[int, int],
        now: datetime,
        on_progress: Callable[[int], None],
    ) -> None:
        self._connection, self._package, self._key_ids = connection, package, key_ids
        self._now, self._on_progress = now, on_progress
        self._account_ids: dict[UUID, UUID] = {}
        self._devices: set[UUID] = set()
        self._booking_codes: dict[UUID, str] = {}
        self.new_codes: list[tuple[str, str]] = []
        self.new_accounts = 0
        self._event_number = next_number(connection, EventRow.number)
        self._search_no = search.first_no(self._event_number)
        self._done = 0

    def note_keys(self, store: Store) -> None:
        """Note the keys of the tickets, so that a lost one is detected."""
        known = set(self._connection.execute(select(TokenKeyRow.key_id)).scalars())
        for key_id in set(self._key_ids.values()) - known:
            self._connection.execute(
                insert(TokenKeyRow).values(
                    key_id=key_id,
                    fingerprint=store.keys.fingerprint(key_id),
                    first_used_at=self._now,
                )
            )

    def bring(self) -> None:
        """Write all rows."""
        self._bring_accounts()
        self._bring_devices()
        late: list[tuple[Part, str, list[dict[str, Any]]]] = []
        for part in PARTS:
            accounts = tuple(references(part, AccountRow))
            devices = tuple(references(part, DeviceRow))
            for rows in self._batches(part):
                for name in part.late:
                    late.append((part, name, _taken_out(rows, name)))
                for row in rows if part.left_out else ():
                    row.update(part.left_out)
                for name in accounts:
                    for row in rows:
                        row[name] = self._account_ids[row[name]] if row[name] else None
                for name in devices:
                    if any(row[name] not in self._devices for row in rows):
                        raise ValueError(
                            msg(
                                "a {table} names a {other} that did not come with it",
                                table=part.name,
                                other="device",
                            )
                        )
                if part.name in NUMBERED:
                    first = next_number(self._connection, part.table.c["no"], len(rows))
                    for no, row in enumerate(rows, first):
                        row["no"] = no
                need_own(self._connection, part, rows, self._package.event_id)
                self._fit(part, rows)
                insert_many(self._connection, part.row, rows)
                if part.name == "ticket":
                    self._index(rows)
        for part, name, pairs in late:
            self._point(part, name, pairs)
        need_sound_lists(self._connection, self._package.event_id)
        need_balanced(self._connection, self._package.event_id)
        learn_event(self._connection, self._package.event_id)

    def _batches(self, part: Part) -> Iterator[list[dict[str, Any]]]:
        for batch in _batches(self._package.lines(part.name)):
            rows = rows_of(part.table, batch)
            need_sound(part.name, rows)
            yield rows
            self._done += len(batch)
            self._on_progress(self._done)

    def _fit(self, part: Part, rows: list[dict[str, Any]]) -> None:
        """Give rows numbers and codes of this house."""
        if part.name in CODE_LENGTHS:
            self._free_codes(part, rows)
        if part.name == "event":
            rows[0]["number"] = self._event_number
        elif part.name == "booking":
            self._booking_codes.update((row["id"], row["code"]) for row in rows)
        elif part.name == "ticket":
            for row in rows:
                if code := row.get("foreign_code"):
                    _need_foreign_code(code)
                self._search_no += 1
                row["search_no"] = self._search_no
                row["key_id"] = self._key_ids[row["key_id"]]

    def _free_codes(self, part: Part, rows: list[dict[str, Any]]) -> None:
        """Replace short codes that are taken here."""
        column = part.table.c["code"]
        codes = [row["code"] for row in rows]
        used = set(self._connection.execute(select(column).where(column.in_(codes))).scalars())
        for row in rows:
            if row["code"] not in used:
                continue
            code = new_code(CODE_LENGTHS[part.name])
            while self._connection.execute(select(column).where(column == code)).first():
                code = new_code(CODE_LENGTHS[part.name])
            self.new_codes.append((row["code"], code))
            row["code"] = code

    def _index(self, rows: list[dict[str, Any]]) -> None:
        rows = [row for row in rows if row["state"] != GIVEN]
        if not rows:
            return
        search.put(
            self._connection,
            [
                search.entry(
                    row["search_no"],
                    name=row["holder_name"],
                    email=row["holder_email"],
                    codes=(row["code"], self._booking_codes[row["booking_id"]]),
                    seat=row["seat"],
                )
                for row in rows
            ],
        )
        search.learn(self._connection, (row["holder_name"] for row in rows))

    def _point(self, part: Part, name: str, pairs: list[dict[str, Any]]) -> None:
        """Fill a late column in."""
        column = part.table.c[name]
        for start in range(0, len(pairs), BATCH):
            some = [pair["target"] for pair in pairs[start : start + BATCH]]
            need_own_targets(self._connection, column, some, self._package.event_id)
        if pairs:
            self._connection.execute(
                update(part.table)
                .where(part.table.c["id"] == bindparam("row_id", type_=column.type))
                .values({name: bindparam("target", type_=column.type)}),
                pairs,
            )

    def _bring_accounts(self) -> None:
        kinds = {"id": UUID, "email": str, "name": str}
        for line in self._package.lines("account"):
            person = fields_of(kinds, line)
            need_sound("account", [person])
            email = person["email"]
            known = self._connection.execute(
                select(AccountRow.id)
                .where((AccountRow.email == email) | (AccountRow.id == person["id"]))
                .order_by(AccountRow.email != email)
            ).scalars()
            here = known.first()
            if here is None:
                self._add_account(person)
            self._account_ids[person["id"]] = here or person["id"]

    def _add_account(self, person: dict[str, Any]) -> None:
        self.new_accounts += 1
        self._connection.execute(
            insert(AccountRow).values(
                **person,
                is_admin=False,
                secret_kind="pin",
                secret_hash="",  # no secret is right until a one-time code sets one
                created_at=self._now,
                folded_name=fold(person["name"]),
            )
        )

    def _bring_devices(self) -> None:
        known = set(self._connection.execute(select(DeviceRow.id)).scalars())
        kinds = {"id": UUID, "name": str, "created_at": datetime}
        for line in self._package.lines("device"):
            device = fields_of(kinds, line)
            need_sound("device", [device])
            self._devices.add(device["id"])
            if device["id"] not in known:
                self._connection.execute(insert(DeviceRow).values(**device, revoked_at=self._now))


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    """Up to `BATCH` lines at a time, fewer where they are long."""
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) == BATCH or size > BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _taken_out(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Empty a column; returns its values, to be put in later."""
    pairs = [{"row_id": row["id"], "target": row[name]} for row in rows if row[name] is not None]
    for row in rows:
        row[name] = None
    return pairs


def _need_foreign_code(code: str) -> None:
    """Refuse codes that an import would not have taken."""
    if read_foreign_code(code) != code or looks_like_token(code):
        raise ValueError(msg("a ticket has a code that no other system gives out"))


def _shortly(error: Exception) -> str:
    return str(error.orig if isinstance(error, IntegrityError) else error)[:200]
