"""The parts of an entry of the audit: what the chain seals of each, and taking one out.

The chain does not seal the words themselves but a salted digest of each text. Where a person is
erased, the text and its salt go and the digest stays: the chain still holds, and nobody can find
out by guessing what stood there. Which entries were treated so, an entry of the erasure says.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from data.schema import AuditRow
from data.sealed_rows import DETAIL as SEALS
from eventdesk.acts.actor import ERASED
from eventdesk.acts.audit_entries import Unreadable, has_array, read_entries

ACTOR = "@actor"
"""The part that is the name of who acted; the others are called as in the detail."""

WITHHELD = "withheld"
"""Where the entry of an erasure lists the numbers of the entries it took something out of."""

_SALT_BYTES = 16


def salts_for(detail: Mapping[str, Any]) -> dict[str, str]:
    """Draw a salt for each text of a new entry."""
    texts = [ACTOR, *(name for name, value in detail.items() if _is_text(name, value))]
    return {name: secrets.token_hex(_SALT_BYTES) for name in texts}


def parts_of(row: Any) -> tuple[object, dict[str, Any]]:
    """What the chain seals of who acted and of the detail."""
    salts, withheld = row.salts or {}, row.withheld or {}

    def sealed(name: str, value: object) -> object:
        if name in withheld:
            return withheld[name]
        return _digest(salts[name], value) if name in salts else value

    names = sorted(row.detail)
    return sealed(ACTOR, row.actor_name), {name: sealed(name, row.detail[name]) for name in names}


def withhold(connection: Connection, parts: Mapping[int, Collection[str]]) -> list[int]:
    """Take texts out of entries, by number of the entry; their digests stay.

    Every entry must have salts (`eventdesk.acts.audit.salt_audit`). What is no text of an
    entry, or is gone already, is left.

    Returns:
        The numbers of the entries that something was taken out of, for the entry of the erasure.
    """
    changed = []
    for seq in sorted(parts):
        row = connection.execute(_PARTS.where(AuditRow.seq == seq)).one()
        salts, withheld = dict(row.salts), dict(row.withheld or {})
        going = [name for name in parts[seq] if name in salts]
        for name in going:
            value = row.actor_name if name == ACTOR else row.detail[name]
            withheld[name] = _digest(salts.pop(name), value)
        if not going:
            continue
        detail = {name: "" if name in going else value for name, value in row.detail.items()}
        values: dict[str, Any] = {"salts": salts, "withheld": withheld, "detail": detail}
        if ACTOR in going:
            values["actor_name"] = ERASED
        connection.execute(update(AuditRow).where(AuditRow.seq == seq).values(values))
        changed.append(seq)
    return changed


def withheld_problems(connection: Connection) -> Iterator[str]:
    """Name the entries that something was taken out of by no erasure."""
    told: set[object] = set()
    telling = select(AuditRow.seq).where(has_array(WITHHELD)).order_by(AuditRow.seq)
    for entry in read_entries(connection, connection.execute(telling).scalars().all()):
        if not isinstance(entry, Unreadable):
            told.update(each for each in entry.detail[WITHHELD] if isinstance(each, int))
    bare = select(AuditRow.seq).where(AuditRow.withheld.is_not(None)).order_by(AuditRow.seq)
    for seq in connection.execute(bare).scalars():
        if seq not in told:
            yield f"Something was taken out of entry {seq} by no erasure."


_PARTS = select(
    AuditRow.seq, AuditRow.actor_name, AuditRow.detail, AuditRow.salts, AuditRow.withheld
)


def _is_text(name: str, value: object) -> bool:
    plain = value is None or isinstance(value, bool | int | float)
    return not plain and name not in (SEALS, WITHHELD)


def _digest(salt: str, value: object) -> str:
    text = json.dumps([salt, value], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
