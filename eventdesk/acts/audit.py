"""Audit of who changed what: entries, the chain that seals them, and its check.

Each link is HMAC-SHA256, with the audit key of the key file, over the link before and the
entry's own fields, its texts as salted digests (`eventdesk.acts.audit_entries`). Entries are
numbered without gaps by the store. How far the chain reaches is sealed in the database and, in a
mark beside the keys, outside of it (`data.audit_mark`): who can write the database only can
neither cut off its end nor put an older one back unseen.

What this does not show: changes by whoever can read the key file, for they can seal anew;
changes to entries of the last seconds, which are not sealed yet; and the loss of a mark by
whoever may delete in the keys folder, since without one the seal in the database has to do. Rows
that no entry seals, such as holders of tickets, are not compared with it.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from data.audit_mark import Mark, put_mark, read_mark
from data.guards import missing_guards, strange_guards
from data.rows import put_setting, setting
from data.schema import AuditLinkRow, AuditRow, CashMovementRow, CashShiftRow
from data.sealed_rows import DETAIL, bounds_of, digest, rows_of
from data.touched import HOUSE, note_touched
from eventdesk.acts.act import ReadingSteps, Steps
from eventdesk.acts.actor import ERASED
from eventdesk.acts.audit_entries import (
    AT_ONCE,
    FACTS,
    Unreadable,
    has_array,
    parts_of,
    read_entries,
    salts_for,
    withheld_problems,
)
from eventdesk.acts.changes import Topic
from eventdesk.acts.verbs import reads_in_steps, steps
from eventdesk.core.errors import AuditBrokenError
from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import Remedy, advise


def row_problems(connection: Connection) -> Iterator[Message]:
    """Name every sealed row that was changed, removed or put in by no use case.

    The entries that hold the seals are checked by the chain of the audit itself.
    """
    covered: dict[tuple[str, str], set[int]] = defaultdict(set)
    for entry, seal in _seals(connection):
        try:
            table, scope, first, last, sealed = seal
            if [type(each) for each in seal] != [str, str, int, int, str]:
                raise TypeError
            rows = rows_of(connection, table, scope, first, last)
        except (TypeError, ValueError, KeyError, OverflowError):
            yield msg("Entry {seq} holds a seal that cannot be read.", seq=entry.seq)
            continue
        numbers = {row[0] for row in rows}
        if digest(rows) != sealed:
            called = _called(table, scope, first, last)
            yield msg("{called} was changed or removed ({verb}).", called=called, verb=entry.verb)
        elif numbers & covered[table, scope]:
            yield msg("{called} was sealed twice.", called=_called(table, scope, first, last))
        elif entry.subject_kind == "cash_movement":
            yield from _other_name(connection, first, entry)
        covered[table, scope] |= numbers
    yield from _other_floats(connection)
    for table, scope, first, last in bounds_of(connection):
        numbers = {row[0] for row in rows_of(connection, table, scope, first, last)}
        for number in sorted(numbers - covered[table, scope]):
            called = _called(table, scope, number, number)
            yield msg("{called} was put in by no use case.", called=called)


def _seals(connection: Connection) -> Iterator[tuple[Any, Any]]:
    sealing = select(AuditRow.seq).where(has_array(DETAIL)).order_by(AuditRow.seq)
    for entry in read_entries(connection, connection.execute(sealing).scalars().all()):
        if isinstance(entry, Unreadable):
            continue  # the chain names it
        for seal in entry.detail[DETAIL]:
            yield entry, seal


def _other_name(connection: Connection, number: int, entry: Any) -> Iterator[Message]:
    """Who moved the cash is the one whom the entry names, or erased."""
    name = connection.execute(
        select(CashMovementRow.actor_name).where(CashMovementRow.no == number)
    ).scalar_one()
    if name not in (entry.actor_name, ERASED):
        yield msg(
            "Cash movement {number} names {name}, the audit {other}.",
            number=number,
            name=name,
            other=entry.actor_name,
        )


def _other_floats(connection: Connection) -> Iterator[Message]:
    """The float of a drawer is the amount of the movement that put it in, which is sealed."""
    shifts = connection.execute(
        select(
            CashShiftRow.drawer,
            CashShiftRow.float_minor,
            CashMovementRow.no,
            CashMovementRow.amount_minor,
        )
        .join(CashMovementRow, CashMovementRow.shift_id == CashShiftRow.id)
        .where(
            CashMovementRow.kind == "float",
            CashMovementRow.amount_minor != CashShiftRow.float_minor,
        )
        .order_by(CashMovementRow.no)
    )
    for shift in shifts:
        yield msg(
            "The float of drawer {drawer} is {minor} minor units, cash movement {number} says "
            "{moved}.",
            drawer=shift.drawer,
            minor=shift.float_minor,
            number=shift.no,
            moved=shift.amount_minor,
        )


def _called(table: str, scope: str, first: int, last: int) -> Message:
    """Sealed rows by their kind and numbers; those of invoices are counted in a series."""
    if table == "cash_movement":
        if last > first:
            return msg("Cash movement {first} to {last}", first=first, last=last)
        return msg("Cash movement {first}", first=first)
    series = scope.partition("/")[2]
    if last > first:
        return msg("Invoice {first} to {last} ({series})", first=first, last=last, series=series)
    return msg("Invoice {first} ({series})", first=first, series=series)


_FIRST = bytes(32)
_SEAL = "audit_seal"
_RENEWED = "audit_renewed"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a check of the audit found.

    Attributes:
        entries: Entries sealed by the chain and found as they were.
        unsealed: Entries too new to be sealed yet; the spooler seals every few seconds.
        problems: A sentence for each changed or missing entry, cash movement, float of a drawer,
            invoice or trigger; empty when all is well.
    """

    entries: int
    unsealed: int
    problems: tuple[str, ...]


@steps(internal=True)
def seal_audit(steps: Steps, *, batch: int = 1000) -> int:
    """Chain the entries that are not yet chained; the spooler calls this every few seconds.

    Returns:
        How many entries were sealed; `batch` means that more may wait.

    Raises:
        AuditBrokenError: The end of the chain is not the one sealed last, or an entry cannot be
            read; nothing was sealed, for that would hide it.
    """
    folder, key = steps.store.keys.folder, steps.store.keys.audit_key
    with steps.read() as act:
        if not _unsealed(act.connection, 1):
            return 0
    mark = read_mark(folder, key)
    with steps.write() as act:
        for problem in _end_problems(act.connection, key, mark):
            raise AuditBrokenError(
                problem,
                hint=msg("Nothing more is sealed. {remedy}", remedy=advise(Remedy.VERIFY_AUDIT)),
            )
        count, last = _extend(act.connection, key, batch)
        note_touched(act.connection, [(Topic.AUDIT, HOUSE)])
    if count:
        put_mark(folder, key, last)
    return count


def _extend(connection: Connection, key: bytes, batch: int) -> tuple[int, Mark]:
    """Add links and seal the new end; returns how many, and the end."""
    seq, digest = _last_link(connection)
    links = []
    for row in read_entries(connection, _unsealed(connection, batch)):
        link = None if isinstance(row, Unreadable) else _link(key, digest, row)
        if link is None:
            raise AuditBrokenError(
                Unreadable(row.seq).problem,
                hint=msg("Nothing more is sealed. {remedy}", remedy=advise(Remedy.VERIFY_AUDIT)),
            )
        seq, digest = row.seq, link
        links.append({"seq": seq, "digest": digest})
    if links:
        connection.execute(insert(AuditLinkRow), links)
        put_setting(connection, _SEAL, _seal(key, seq, digest))
    return len(links), Mark(seq, digest)


@reads_in_steps(internal=True)
def verify_audit(steps: ReadingSteps) -> AuditReport:
    """Walk the whole chain and name every changed, missing or added entry."""
    key = steps.store.keys.audit_key
    mark, problems = None, list[Message]()
    try:
        mark = read_mark(steps.store.keys.folder, key)
    except AuditBrokenError as error:
        problems.append(error.message)
    with steps.read() as act:
        sealed, ahead = _walk(act.connection, key, problems)
        problems.extend(_end_problems(act.connection, key, mark))
        problems.extend(row_problems(act.connection))
        problems.extend(missing_guards(act.connection))
        problems.extend(strange_guards(act.connection))
        problems.extend(withheld_problems(act.connection))
        unsealed = _count_loose(act.connection, ahead, problems)
    return AuditReport(sealed, unsealed, tuple(map(str, problems)))


def salt_audit(connection: Connection, key: bytes, mark: Mark | None) -> None:
    """Salt the texts of entries that an older program wrote, so that they can be erased.

    Their chain is checked and made anew, once. The mark beside the keys, read before, knows the
    former chain, so what it says is kept, sealed, until it moves on.

    Raises:
        AuditBrokenError: The chain does not hold; nothing may be made anew over that.
    """
    unsalted = select(AuditRow.seq).where(AuditRow.salts.is_(None)).order_by(AuditRow.seq)
    seqs = connection.execute(unsalted).scalars().all()
    if not seqs:
        return
    old = list(read_entries(connection, seqs))
    readable = [row for row in old if not isinstance(row, Unreadable)]
    problems = [row.problem for row in old if isinstance(row, Unreadable)]
    _walk(connection, key, problems)
    problems.extend(_end_problems(connection, key, mark))
    for problem in problems:
        raise AuditBrokenError(
            problem, hint=msg("Nothing was erased. {remedy}", remedy=advise(Remedy.VERIFY_AUDIT))
        )
    end, last = _last_link(connection)
    known = mark or Mark(end, last)
    connection.execute(
        update(AuditRow)
        .where(AuditRow.seq == bindparam("number"))
        .values(salts=bindparam("drawn", type_=AuditRow.salts.type)),
        [{"number": row.seq, "drawn": salts_for(row.detail)} for row in readable],
    )
    if not end:
        return
    digest, links = _FIRST, []
    sealed = select(AuditRow.seq).where(AuditRow.seq <= end).order_by(AuditRow.seq)
    for row in read_entries(connection, connection.execute(sealed).scalars().all()):
        digest = _link(key, digest, row) or _FIRST
        links.append({"number": row.seq, "link": digest})
    connection.execute(
        update(AuditLinkRow)
        .where(AuditLinkRow.seq == bindparam("number"))
        .values(digest=bindparam("link")),
        links,
    )
    put_setting(connection, _SEAL, _seal(key, end, digest))
    now = _digest_at(connection, known.seq) or b""
    put_setting(
        connection, _RENEWED, f"{known.seq}:{known.digest.hex()}:{_renewal(key, known, now)}"
    )


def _was_renewed(connection: Connection, key: bytes, mark: Mark) -> bool:
    """Whether a mark is of the chain as it was before its entries were salted."""
    end, _, rest = str(setting(connection, _RENEWED) or "").partition(":")
    was, _, proof = rest.partition(":")
    now = _digest_at(connection, mark.seq)
    if now is None or (end, was) != (str(mark.seq), mark.digest.hex()):
        return False
    return hmac.compare_digest(proof.encode(), _renewal(key, mark, now).encode())


def _renewal(key: bytes, mark: Mark, digest: bytes) -> str:
    text = b"renewed" + str(mark.seq).encode() + mark.digest + digest
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _walk(connection: Connection, key: bytes, problems: list[Message]) -> tuple[int, int]:
    """Follow the links; returns how many entries are as they were, and the number after them."""
    digest, expected, sealed = _FIRST, 1, 0
    links = connection.execute(
        select(AuditLinkRow.seq, AuditLinkRow.digest).order_by(AuditLinkRow.seq)
    )
    for some in links.partitions(AT_ONCE):
        entries = {row.seq: row for row in read_entries(connection, [link.seq for link in some])}
        for link in some:
            if link.seq != expected:
                gap = {"first": expected, "last": link.seq - 1}
                problems.append(msg("Links {first} to {last} of the chain are missing.", **gap))
            expected, stands = link.seq + 1, _bytes(link.digest)
            entry = entries.get(link.seq)
            if entry is None:
                problems.append(msg("Entry {seq} is missing.", seq=link.seq))
            elif isinstance(entry, Unreadable):
                problems.append(entry.problem)
            elif hmac.compare_digest(_link(key, digest, entry) or b"", stands):
                sealed += 1
            else:
                who = {"verb": entry.verb, "name": entry.actor_name}
                problems.append(
                    msg("Entry {seq} was changed ({verb}, {name}).", seq=link.seq, **who)
                )
            digest = stands
    return sealed, expected


def _end_problems(connection: Connection, key: bytes, mark: Mark | None) -> Iterator[Message]:
    """Compare the end of the chain with its seal, and with a mark read before."""
    seq, digest = _last_link(connection)
    if mark is not None and mark.seq > seq:
        yield msg(
            "The chain ends at entry {seq}, but {sealed} entries were sealed.",
            seq=seq,
            sealed=mark.seq,
        )
    elif (setting(connection, _SEAL) or "") != (_seal(key, seq, digest) if seq else ""):
        yield msg("The end of the chain was cut off or changed.")
    elif (
        mark is not None
        and mark.digest != _digest_at(connection, mark.seq)
        and not _was_renewed(connection, key, mark)
    ):
        yield msg(
            "The chain up to entry {seq} is another than the one that was sealed.", seq=mark.seq
        )


def _count_loose(connection: Connection, expected: int, problems: list[Message]) -> int:
    """Count the entries without a link; those not after the chain were put in later."""
    without = (
        select(AuditRow.seq)
        .outerjoin(AuditLinkRow, AuditLinkRow.seq == AuditRow.seq)
        .where(AuditLinkRow.seq.is_(None))
        .order_by(AuditRow.seq)
    )
    loose = connection.execute(without).scalars().all()
    unsealed = 0
    for entry in read_entries(connection, loose):
        seq = entry.seq
        unsealed += 1
        if isinstance(entry, Unreadable):
            problems.append(entry.problem)
        if seq < expected:
            problems.append(msg("Entry {seq} was put in later.", seq=seq))
        elif seq > expected:
            gap = {"first": expected, "last": seq - 1}
            problems.append(msg("Entries {first} to {last} are missing.", **gap))
        expected = max(expected, seq + 1)
    return unsealed


def _unsealed(connection: Connection, limit: int) -> Sequence[int]:
    return (
        connection.execute(
            select(AuditRow.seq)
            .where(AuditRow.seq > _last_link(connection)[0])
            .order_by(AuditRow.seq)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def _last_link(connection: Connection) -> tuple[int, bytes]:
    row = connection.execute(
        select(AuditLinkRow.seq, AuditLinkRow.digest).order_by(AuditLinkRow.seq.desc()).limit(1)
    ).one_or_none()
    return (row.seq, _bytes(row.digest)) if row is not None else (0, _FIRST)


def _digest_at(connection: Connection, seq: int) -> bytes | None:
    found = connection.execute(
        select(AuditLinkRow.digest).where(AuditLinkRow.seq == seq)
    ).scalar_one_or_none()
    return None if found is None else _bytes(found)


def _bytes(digest: object) -> bytes:
    """A digest as it lies in the file; nothing where something else lies there."""
    return digest if isinstance(digest, bytes) else b""


def _link(key: bytes, previous: bytes, row: Any) -> bytes | None:
    """Work out the link of an entry; None of one that is too deep to be spelled."""
    try:
        return _digest(key, previous, row)
    except RecursionError:
        return None


def _digest(key: bytes, previous: bytes, row: Any) -> bytes:
    facts = {field.key: str(getattr(row, field.key)) for field in FACTS}
    if row.salts is None:  # as older programs wrote and sealed it
        detail: object = json.dumps(row.detail, sort_keys=True, ensure_ascii=True)
        entry = [row.seq, *facts.values(), detail]
    else:
        actor, detail = parts_of(row)
        entry = [row.seq, *(facts | {"actor_name": actor}).values(), detail]
    text = json.dumps(entry, ensure_ascii=True).encode()
    return hmac.digest(key, previous + text, hashlib.sha256)


def _seal(key: bytes, seq: int, digest: bytes) -> str:
    return (
        f"{seq}:{hmac.new(key, b'seal' + str(seq).encode() + digest, hashlib.sha256).hexdigest()}"
    )
