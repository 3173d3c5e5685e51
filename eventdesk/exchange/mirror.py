"""Mirror of the store in plain files, to be read in an editor or a spreadsheet.

    FOLDER/events.csv, events.json
    FOLDER/K7QM2X Demo Days/attendees.csv, registrations.csv, transactions.csv, waitlist.csv,
                            queue.csv, availability.csv, each as .json too
    FOLDER/.mirror.json     the SHA-256 of each file as it was written

The program never reads the mirror: changes made in it are overwritten.
"""

import glob
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Final

from sqlalchemy import select

from data.rows import AnyRow
from data.schema import EventRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import Act, Permission, ReadingSteps, reads_in_steps
from eventdesk.core.errors import FileTakenError, InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.output_files import need_folder, need_place, write_file
from eventdesk.core.plain_text import file_name
from eventdesk.core.remedies import Remedy, advise
from eventdesk.exchange.exports import lists
from eventdesk.exchange.exports.lists import Rows
from eventdesk.exchange.exports.transactions import transactions
from eventdesk.sales import availability
from eventdesk.tables.cells import Cell
from eventdesk.tables.files import Form, save_table

log = logging.getLogger(__name__)

STATE: Final = ".mirror.json"
FORMS: Final = (Form.CSV, Form.JSON)
POLL_S: Final = 0.5
REST: Final = 3
"""A refresh is followed by a pause of so many times its length: desks come first."""

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The files of a refresh: new or changed, unchanged, and changed by hand but overwritten."""

    written: tuple[str, ...]
    unchanged: int
    overwritten: tuple[str, ...]


@reads_in_steps(Permission.INSTALLATION, local=True)
def refresh_mirror(steps: ReadingSteps, folder: Path, *, overwrite: bool = False) -> Mirrored:
    """Update a folder from the store, replacing files that differ.

    Args:
        overwrite: Whether files that no mirror wrote are replaced.

    Raises:
        FileTakenError: A file is there that no mirror wrote.
        InvalidInputError: The folder is inside the home folder of a store.
    """
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
        keeper = _Keeper(folder, overwrite=overwrite)
        keeper.put("events", partial(lists.events, act, None))
        events = act.connection.execute(
            select(
                EventRow.id,
                EventRow.code,
                EventRow.name,
                EventRow.time_zone,
                EventRow.currency,
                EventRow.currency_exponent,
            ).order_by(EventRow.number)
        ).all()
        for event in events:
            place = keeper.folder_of(event.code, event.name)
            for name, read in _LISTS:
                keeper.put(f"{place}/{name}", partial(read, act, event))
            keeper.put(f"{place}/availability", partial(_availability, act, event))
    keeper.remember()
    return Mirrored(tuple(keeper.written), keeper.unchanged, tuple(keeper.overwritten))


def follow_store(
    store: Store, refresh: Callable[[], None], *, stop: Event, poll_s: float = POLL_S
) -> None:
    """Refresh a mirror whenever a process changed the store, until `stop` is set."""
    with store.watch() as version:
        seen: int | None = None
        while not stop.is_set():
            current = version()
            if current != seen:
                seen = current
                begun = time.monotonic()
                refresh()
                stop.wait(REST * (time.monotonic() - begun))
            stop.wait(poll_s)


_LISTS: Final[Sequence[tuple[str, Callable[[Act, Any], Rows]]]] = (
    ("attendees", lists.attendees),
    ("registrations", lists.bookings),
    ("transactions", transactions),
    ("waitlist", lists.waitlist),
    ("queue", lists.requests),
)


def _availability(act: Act, event: AnyRow) -> Rows:
    standing = availability(act, event.id)
    kinds = act.connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name, TicketTypeRow.price_minor)
        .where(TicketTypeRow.event_id == event.id)
        .order_by(TicketTypeRow.position)
    ).all()

    def rows() -> Iterator[Sequence[Cell]]:
        for kind in kinds:
            one = standing[kind.id]
            price = Money(kind.price_minor, event.currency, event.currency_exponent)
            yield kind.name, price, event.currency, one.quota, one.taken, one.promised, one.left

    names = ("ticket type", "price", "currency", "quota", "taken", "waiting", "left")
    return names, rows()


class _Keeper:
    """Writes files that differ, and remembers their digests."""

    def __init__(self, folder: Path, *, overwrite: bool) -> None:
        self._folder, self._overwrite = need_folder(folder), overwrite
        self._sums = _remembered(folder / STATE)
        self.written: list[str] = []
        self.overwritten: list[str] = []
        self.unchanged = 0

    def folder_of(self, code: str, name: str) -> str:
        """The folder of an event; it is renamed with the event."""
        code = file_name(code, fallback="event")
        wanted = f"{code} {file_name(name, fallback='event')}"
        for old in self._folder.glob(f"{glob.escape(code)} *"):
            if old.is_dir() and old.name != wanted and not (self._folder / wanted).exists():
                old.rename(self._folder / wanted)
                self._sums = {
                    path.replace(f"{old.name}/", f"{wanted}/", 1): each
                    for path, each in self._sums.items()
                }
        return wanted

    def put(self, name: str, read: Callable[[], Rows]) -> None:
        """Write a list in all forms; each reads it again, since it may not fit into memory."""
        for form in FORMS:
            self._put(f"{name}.{form}", form, *read())

    def remember(self) -> None:
        """Save the digests, by which changes by hand are detected."""
        content = json.dumps(self._sums, ensure_ascii=False, indent=1)
        write_file(self._folder / STATE, content.encode(), overwrite=True)

    def _put(self, name: str, form: Form, heading: Sequence[str], rows: Any) -> None:
        # Replace files of a mirror, and files with the right content.
        path = need_place(self._folder / name, overwrite=True)
        draft = path.with_name(f".{path.name}.{new_id().hex}.new")
        try:
            save_table(draft, form, heading, rows)
            digest, there = _digest(draft), _digest(path)
            if digest == there:
                self.unchanged += 1
            else:
                if there and not self._overwrite and name not in self._sums:
                    raise FileTakenError(
                        msg("{path} was there before the mirror.", path=path),
                        hint=advise(Remedy.EMPTY_FOLDER),
                    )
                if there and self._sums.get(name) not in (None, there):
                    self.overwritten.append(name)
                    log.warning("%s was changed by hand and is overwritten", path)
                draft.replace(path)
                self.written.append(name)
            self._sums[name] = digest
        except OSError as error:
            why = error.strerror or error
            raise InvalidInputError(
                msg("{path} cannot be written: {strerror}.", path=path, strerror=why),
                hint=msg("Choose another folder, or make room."),
            ) from error
        finally:
            draft.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    """The SHA-256 of a file; "" where there is none."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _remembered(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(name): str(each) for name, each in content.items()}
