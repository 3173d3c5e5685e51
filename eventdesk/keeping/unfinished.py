"""Erasures whose files are still to be deleted: kept in the store until that is done.

They are written down in the transaction that erases, so that a program which ends right behind it
leaves nothing: the next one to open the store goes on.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from data.schema import SettingRow
from eventdesk.core.ids import new_id
from eventdesk.keeping.traces import Noted
from eventdesk.printing.printed_files import files_of_badge

_KEY = "erasing/"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An erasure that is committed, and the badges in folders that go with it.

    Attributes:
        badges: Each by the id of its delivery, and where that went. Files are looked for by the
            id in their names, so that no row of the store names a file of anything else.
    """

    key: str
    of: Noted
    badges: tuple[tuple[UUID, str], ...]

    def files(self) -> list[Path]:
        """The texts, pictures and PDFs of the badges."""
        return [path for badge in self.badges for path in files_of_badge(*badge)]


def put_unfinished(
    connection: Connection, of: Noted, badges: Iterable[tuple[UUID, str]]
) -> Unfinished:
    """Write down, in the transaction that erases, what is to be deleted after it."""
    one = Unfinished(f"{_KEY}{new_id()}", of, tuple(badges))
    fields = {
        "account": None if of.account_id is None else str(of.account_id),
        "bookings": list(map(str, of.bookings)),
        "tickets": list(map(str, of.tickets)),
        "entries": list(map(str, of.entries)),
        "badges": [[str(badge), where] for badge, where in one.badges],
    }
    connection.execute(insert(SettingRow).values(key=one.key, value=json.dumps(fields)))
    return one


def read_unfinished(connection: Connection) -> list[Unfinished]:
    """Read the erasures that somebody began and did not finish; what is no such row is left out."""
    found = []
    rows = select(SettingRow.key, SettingRow.value).where(SettingRow.key.startswith(_KEY))
    for row in connection.execute(rows).all():
        with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            fields = json.loads(row.value)
            ids = (tuple(map(UUID, fields[name])) for name in ("bookings", "tickets", "entries"))
            of = Noted(UUID(fields["account"]) if fields["account"] else None, *ids)
            badges = ((UUID(badge), str(where)) for badge, where in fields["badges"])
            found.append(Unfinished(row.key, of, tuple(badges)))
    return found


def clear_unfinished(connection: Connection, one: Unfinished) -> None:
    """Forget an erasure whose files are deleted."""
    connection.execute(delete(SettingRow).where(SettingRow.key == one.key))
