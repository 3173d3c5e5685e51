"""The audit log: read by page or search, verify."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, select

from data.rows import AnyRow
from data.schema import AuditRow, EventRow
from data.sealed_rows import DETAIL as SEALS
from eventdesk.acts import (
    SYSTEM,
    Act,
    AuditReport,
    Permission,
    ReadingSteps,
    Unreadable,
    read_entries,
    reads,
    reads_in_steps,
    verify_audit,
)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the log.

    Attributes:
        seq: Its number; numbers have no gaps.
        at: 1970 where it cannot be read.
        event_name: "" without an event.
        detail: What changed, in words: `reason: a doubled booking; tickets: 2`.
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
    act: Act,
    *,
    search: str = "",
    event_id: UUID | None = None,
    verb: str = "",
    by: str = "",
    begin: datetime | None = None,
    end: datetime | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[AuditEntry], int]:
    """Read a page of the log, the latest first, and how many entries match.

    The search looks at actors, verbs, kinds of subjects and details.

    Args:
        search: A text that entries hold.
        event_id: Only entries of this event.
        verb: Only of this act, such as `cancel_booking`, also with spaces.
        by: Only of actors whose name holds this.
        begin: Only from then on.
        end: Only before then.
    """
    act.need(None, Permission.INSTALLATION)
    wanted = [_matches(search)] if search.strip() else []
    if event_id is not None:
        wanted.append(AuditRow.event_id == event_id)
    if verb.strip():
        wanted.append(AuditRow.verb == "_".join(re.split(r"[\s_-]+", verb.strip().lower())))
    if by.strip():
        wanted.append(AuditRow.actor_name.icontains(by.strip(), autoescape=True))
    if begin is not None:
        wanted.append(AuditRow.at >= begin)
    if end is not None:
        wanted.append(AuditRow.at < end)
    if wanted:
        # One walk finds the numbers of all matches; counting alone would take as long.
        matches = select(AuditRow.seq).where(*wanted).order_by(AuditRow.seq.desc())
        found = act.connection.execute(matches).scalars().all()
        total, seqs = len(found), found[offset : offset + limit]
    else:
        # Numbers have no gaps, so any page is found by number alone.
        last = act.connection.execute(select(func.max(AuditRow.seq))).scalar_one() or 0
        total, seqs = last, range(last - offset, max(0, last - offset - limit), -1)
    entries = [*read_entries(act.connection, sorted(seqs))]
    events = {each.event_id for each in entries if not isinstance(each, Unreadable)}
    names = select(EventRow.id, EventRow.name).where(EventRow.id.in_(events - {None}))
    called = {row.id: row.name for row in act.connection.execute(names)}
    return [_entry(each, called) for each in reversed(entries)], total


@reads_in_steps(Permission.INSTALLATION)
def check_audit(steps: ReadingSteps) -> AuditReport:
    """Walk the whole log and name every changed, missing or added entry."""
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
    return verify_audit(steps.store, SYSTEM)


def _matches(search: str) -> ColumnElement[bool]:
    """Entries with this text; a space matches any character, as between the words of a verb."""
    typed = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace(" ", "_")
    text = AuditRow.verb + " " + AuditRow.actor_name + " " + AuditRow.subject_kind + " "
    return (text + cast(AuditRow.detail, String)).like(f"%{typed}%", escape="\\")


def _entry(row: AnyRow | Unreadable, called: Mapping[UUID, str]) -> AuditEntry:
    if isinstance(row, Unreadable):
        return AuditEntry(
            UUID(int=row.seq), row.seq, _NEVER, "", "cannot_be_read", "", None, "", str(row.problem)
        )
    told = [(name.replace("_", " "), value) for name, value in row.detail.items() if name != SEALS]
    return AuditEntry(
        id=row.id,
        seq=row.seq,
        at=row.at,
        actor_name=row.actor_name,
        verb=row.verb,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        event_name=called.get(row.event_id, ""),
        detail="; ".join(f"{name}: {_word(value)}" for name, value in told),
    )


def _word(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_word, value)) or "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
