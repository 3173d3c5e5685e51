"""Reading the log of who changed what, and checking that it is whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, select

from data.schema import AuditRow, EventRow
from data.sealed_rows import DETAIL as SEALS
from eventdesk.acts import (
    Act,
    AuditReport,
    Permission,
    Steps,
    Unreadable,
    read_entries,
    reads,
    steps,
    verify_audit,
)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the log.

    Attributes:
        seq: Its number; they follow each other without gaps.
        at: When; 1970 where that cannot be read.
        event_name: The event it belongs to; "" where it belongs to none.
        detail: What changed, as words: `reason: a doubled booking; tickets: 2`.
    """

    id: UUID
    seq: int
    at: datetime
    actor_name: str
    verb: str
    subject_kind: str
    subject_id: UUID | None
    event_name: str
    detail: str


@reads(Permission.INSTALLATION)
def list_audit(
    act: Act, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[AuditEntry], int]:
    """Read a page of the log, the latest first, and how many entries match.

    Searched are who did it, what was done, and what to.
    """
    act.need(None, Permission.INSTALLATION)
    if search.strip():
        # The numbers of all that match, in one walk: counting alone would take as long.
        matches = select(AuditRow.seq).where(_matches(search)).order_by(AuditRow.seq.desc())
        found = act.connection.execute(matches).scalars().all()
        total, seqs = len(found), found[offset : offset + limit]
    else:
        # Numbers have no gaps, so a page is found by its number, however far down it is.
        last = act.connection.execute(select(func.max(AuditRow.seq))).scalar_one() or 0
        total, seqs = last, range(last - offset, max(0, last - offset - limit), -1)
    entries = [*read_entries(act.connection, sorted(seqs))]
    events = {each.event_id for each in entries if not isinstance(each, Unreadable)}
    names = select(EventRow.id, EventRow.name).where(EventRow.id.in_(events - {None}))
    called = {row.id: row.name for row in act.connection.execute(names)}
    return [_entry(each, called) for each in reversed(entries)], total


@steps(Permission.INSTALLATION)
def check_audit(steps: Steps) -> AuditReport:
    """Walk the whole log and name every changed, missing or added entry."""
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    return verify_audit(steps.store)


def _matches(search: str) -> ColumnElement[bool]:
    """Whose text has this somewhere; a space stands for any sign, as between words of a verb."""
    typed = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace(" ", "_")
    text = AuditRow.verb + " " + AuditRow.actor_name + " " + AuditRow.subject_kind + " "
    return (text + cast(AuditRow.detail, String)).like(f"%{typed}%", escape="\\")


def _entry(row: Any, called: Mapping[UUID, str]) -> AuditEntry:
    if isinstance(row, Unreadable):
        return AuditEntry(
            UUID(int=row.seq), row.seq, _NEVER, "", "cannot_be_read", "", None, "", str(row.problem)
        )
    return AuditEntry(
        row.id,
        row.seq,
        row.at,
        row.actor_name,
        row.verb,
        row.subject_kind,
        row.subject_id,
        called.get(row.event_id, ""),
        _in_words(row.detail),
    )


def _in_words(detail: dict[str, object]) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')}: {_word(value)}"
        for name, value in detail.items()
        if name != SEALS
    )


def _word(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_word, value)) or "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
