"""Who changed what: entries, the chain that seals them, and its check.

Each link is HMAC-SHA256, with the audit key of the key file, over the link before and the
entry's own fields. Entries are numbered without gaps by the store. The seal says how far the
chain reaches; it is authenticated too, so entries cut off at the end are missed as well.
A whole store put back from an older backup verifies, because it is what it was then.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from data.schema import AuditLinkRow, AuditRow, SettingRow
from data.store import Store
from eventdesk.model.ids import new_id
from eventdesk.model.people import Actor

_FIRST = bytes(32)
_SEAL = "audit_seal"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check of the audit found.

    Attributes:
        entries: Entries sealed by the chain and found as they were.
        unsealed: Entries too new to be sealed yet; the spooler seals every few seconds.
        problems: One sentence for each changed or missing entry; empty when all is well.
    """

    entries: int
    unsealed: int
    problems: tuple[str, ...]


def record(
    connection: Connection,
    actor: Actor,
    verb: str,
    subject: tuple[str, UUID | None],
    *,
    now: datetime,
    event_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Write down one change, inside the transaction that makes it.

    Args:
        connection: The transaction.
        actor: Who did it.
        verb: What was done, as the use case is called.
        subject: Kind and id of what it was done to.
        now: When, aware UTC.
        event_id: The event it belongs to.
        detail: Plain values that tell what changed.
    """
    connection.execute(
        insert(AuditRow),
        {
            "id": new_id(),
            "at": now,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.name,
            "verb": verb,
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "event_id": event_id,
            "detail": detail,
        },
    )


def seal_audit(store: Store, *, batch: int = 1000) -> int:
    """Chain the entries that are not yet chained; the spooler calls this every few seconds.

    Returns:
        How many entries were sealed; `batch` means that more may wait.
    """
    with store.read() as connection:
        if not _unsealed(connection, 1):
            return 0
    with store.write() as connection:
        digest = _last_link(connection)[1]
        rows = _unsealed(connection, batch)
        links = []
        for row in rows:
            digest = _link(store.keys.audit_key, digest, row)
            links.append({"seq": row.seq, "digest": digest})
        if links:
            connection.execute(insert(AuditLinkRow), links)
            seal = _seal(store.keys.audit_key, links[-1]["seq"], digest)
            connection.exec_driver_sql(
                "INSERT INTO setting (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (_SEAL, seal),
            )
        return len(links)


def verify_audit(store: Store) -> AuditReport:
    """Walk the whole chain and name every changed, missing or added entry."""
    key = store.keys.audit_key
    problems: list[str] = []
    digest, expected, sealed = _FIRST, 1, 0
    with store.read() as connection:
        last_seq, last_digest = _last_link(connection)
        links = connection.execution_options(stream_results=True).execute(
            select(AuditLinkRow.seq, AuditLinkRow.digest, *_FIELDS)
            .select_from(AuditLinkRow)
            .outerjoin(AuditRow, AuditRow.seq == AuditLinkRow.seq)
            .order_by(AuditLinkRow.seq)
        )
        for link in links:
            if link.seq != expected:
                problems.append(f"Links {expected} to {link.seq - 1} of the chain are missing.")
            expected = link.seq + 1
            if link.id is None:
                problems.append(f"Entry {link.seq} is missing.")
            elif hmac.compare_digest(_link(key, digest, link), link.digest):
                sealed += 1
            else:
                problems.append(f"Entry {link.seq} was changed ({link.verb}, {link.actor_name}).")
            digest = link.digest
        seal = connection.execute(
            select(SettingRow.value).where(SettingRow.key == _SEAL)
        ).scalar_one_or_none()
        if (seal or "") != (_seal(key, last_seq, last_digest) if last_seq else ""):
            problems.append("The end of the chain was cut off or changed.")
        loose = connection.execute(
            select(AuditRow.seq)
            .outerjoin(AuditLinkRow, AuditLinkRow.seq == AuditRow.seq)
            .where(AuditLinkRow.seq.is_(None))
            .order_by(AuditRow.seq)
        ).scalars()
        unsealed = 0
        for seq in loose:
            unsealed += 1
            if seq < expected:
                problems.append(f"Entry {seq} was put in later.")
            elif seq > expected:
                problems.append(f"Entries {expected} to {seq - 1} are missing.")
            expected = max(expected, seq + 1)
    return AuditReport(sealed, unsealed, tuple(problems))


_FIELDS = (
    AuditRow.id,
    AuditRow.at,
    AuditRow.actor_kind,
    AuditRow.actor_id,
    AuditRow.actor_name,
    AuditRow.verb,
    AuditRow.subject_kind,
    AuditRow.subject_id,
    AuditRow.event_id,
    AuditRow.detail,
)


def _unsealed(connection: Connection, limit: int) -> list[Any]:
    return list(
        connection.execute(
            select(AuditRow.seq, *_FIELDS)
            .where(AuditRow.seq > _last_link(connection)[0])
            .order_by(AuditRow.seq)
            .limit(limit)
        )
    )


def _last_link(connection: Connection) -> tuple[int, bytes]:
    row = connection.execute(
        select(AuditLinkRow.seq, AuditLinkRow.digest).order_by(AuditLinkRow.seq.desc()).limit(1)
    ).one_or_none()
    return (row.seq, row.digest) if row is not None else (0, _FIRST)


def _link(key: bytes, previous: bytes, row: Any) -> bytes:
    entry = [
        row.seq,
        *(str(getattr(row, field.key)) for field in _FIELDS[:-1]),
        json.dumps(row.detail, sort_keys=True, ensure_ascii=True),
    ]
    text = json.dumps(entry, ensure_ascii=True).encode()
    return hmac.digest(key, previous + text, hashlib.sha256)


def _seal(key: bytes, seq: int, digest: bytes) -> str:
    return (
        f"{seq}:{hmac.new(key, b'seal' + str(seq).encode() + digest, hashlib.sha256).hexdigest()}"
    )
