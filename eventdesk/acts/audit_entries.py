"""Entries of the audit: read one by one, their parts that the chain seals, and taking one out.

Somebody may have written anything into the file. A value that is not what its column holds (no
JSON, half an id, bytes that are no text) fails when it is read, and with it all that is read at
once. Here the others are read all the same.

The chain does not seal the words themselves but a salted digest of each text. Where a person is
erased, the text and its salt go and the digest stays: the chain still holds, and nobody can find
out by guessing what stood there. Which entries were treated so, an entry of the erasure says.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, String, case, cast, func, select, update
from sqlalchemy.exc import DBAPIError

from data.rows import AnyRow
from data.schema import AuditRow
from data.sealed_rows import DETAIL as SEALS
from data.types import is_of_value
from eventdesk.acts.actor import ERASED
from eventdesk.core.messages import Message, msg

FACTS: Final = (
    AuditRow.id,
    AuditRow.at,
    AuditRow.actor_kind,
    AuditRow.actor_id,
    AuditRow.actor_name,
    AuditRow.verb,
    AuditRow.subject_kind,
    AuditRow.subject_id,
    AuditRow.event_id,
)

ALL: Final = (*FACTS, AuditRow.detail, AuditRow.salts, AuditRow.withheld)

AT_ONCE: Final = 500
"""Entries read by one statement."""

_FAILS: Final = (ValueError, TypeError, ArithmeticError, RecursionError, DBAPIError)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry that cannot be read, by its number."""

    seq: int

    @property
    def problem(self) -> Message:
        """The sentence for people."""
        return msg("Entry {seq} cannot be read.", seq=self.seq)


def read_entries(
    connection: Connection, seqs: Sequence[int], columns: Sequence[ColumnElement[Any]] = ALL
) -> Iterator[AnyRow | Unreadable]:
    """Read entries by their numbers, ascending; a number without an entry is left out.

    Rows have the number and the columns.
    """
    query = select(AuditRow.seq, *columns).order_by(AuditRow.seq)
    for start in range(0, len(seqs), AT_ONCE):
        yield from _read(connection, query, seqs[start : start + AT_ONCE])


def has_array(name: str) -> ColumnElement[bool]:
    """Whether the detail of an entry is JSON and has an array of this name."""
    kind = func.json_type(AuditRow.detail, f"$.{name}")
    text = cast(AuditRow.detail, String)
    return case((func.json_valid(text) == 1, kind), else_="") == "array"


def _read(
    connection: Connection, query: Select[Any], seqs: Sequence[int]
) -> Iterator[AnyRow | Unreadable]:
    first, last = seqs[0], seqs[-1]
    # Without gaps, as they nearly always are, their bounds are enough.
    whole = last - first + 1 == len(seqs)
    these = AuditRow.seq.between(first, last) if whole else AuditRow.seq.in_(seqs)
    try:
        rows = connection.execute(query.where(these)).all()
    except _FAILS as error:
        if isinstance(error, DBAPIError) and not is_of_value(error):
            raise
        if len(seqs) == 1:
            yield Unreadable(seqs[0])
            return
        half = len(seqs) // 2
        yield from _read(connection, query, seqs[:half])
        yield from _read(connection, query, seqs[half:])
        return
    names = query.selected_columns.keys()
    kinds = [(place, _KINDS[name]) for place, name in enumerate(names) if name in _KINDS]
    for row in rows:
        whole = all(isinstance(row[place], kind) for place, kind in kinds)
        yield row if whole else Unreadable(row.seq)


# What a column holds once it is read, where its type takes more than that.
_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    **dict.fromkeys(("actor_kind", "actor_name", "verb", "subject_kind"), str),
    "detail": dict,
    **dict.fromkeys(("salts", "withheld"), (dict, type(None))),
}


ACTOR = "@actor"
"""The part that is the name of who acted; the others are called as in the detail."""

WITHHELD = "withheld"
"""Where the entry of an erasure lists the numbers of the entries it took something out of."""

_SALT_BYTES = 16


def salts_for(detail: Mapping[str, Any]) -> dict[str, str]:
    """Draw a salt for each text of a new entry."""
    texts = [ACTOR, *(name for name, value in detail.items() if _is_text(name, value))]
    return {name: secrets.token_hex(_SALT_BYTES) for name in texts}


def parts_of(row: AnyRow) -> tuple[object, dict[str, Any]]:
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


def withheld_problems(connection: Connection) -> Iterator[Message]:
    """Name the entries that something was taken out of by no erasure."""
    told: set[object] = set()
    telling = select(AuditRow.seq).where(has_array(WITHHELD)).order_by(AuditRow.seq)
    for entry in read_entries(connection, connection.execute(telling).scalars().all()):
        if not isinstance(entry, Unreadable):
            told.update(each for each in entry.detail[WITHHELD] if isinstance(each, int))
    bare = select(AuditRow.seq).where(AuditRow.withheld.is_not(None)).order_by(AuditRow.seq)
    for seq in connection.execute(bare).scalars():
        if seq not in told:
            yield msg("Something was taken out of entry {seq} by no erasure.", seq=seq)


_PARTS = select(
    AuditRow.seq, AuditRow.actor_name, AuditRow.detail, AuditRow.salts, AuditRow.withheld
)


def _is_text(name: str, value: object) -> bool:
    plain = value is None or isinstance(value, bool | int | float)
    return not plain and name not in (SEALS, WITHHELD)


def _digest(salt: str, value: object) -> str:
    text = json.dumps([salt, value], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
