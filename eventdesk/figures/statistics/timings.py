"""Times that guests wait: noted after each verdict, read as median and 95th percentile."""

import statistics
from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    bindparam,
    func,
    insert,
    or_,
    select,
    type_coerce,
)

from data.schema import DeliveryRow, ScanRow, ScanTimingRow
from eventdesk.acts import Act, Permission, Topic, writes
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.figures.panel_values import Quantiles, WaitTimes

LAST: Final = 300
"""The last scans, whose times are read."""

MAX_MS: Final = 10 * 60 * 1000
"""A longer time comes from a clock that was set."""


@writes(Permission.DOOR)
def note_verdicts(act: Act, verdicts: Sequence[tuple[UUID, float]]) -> int:
    """Note the milliseconds from seeing a code to showing its answer; returns how many were noted.

    Scans that are not in the store, or were noted already, are left out.

    Raises:
        NotFoundError: None of them is in the store.
    """
    times = {scan: min(MAX_MS, max(0, round(ms))) for scan, ms in verdicts}
    if not times:
        return 0
    connection, asked = act.connection, {"ids": list(times)}
    known = {row.id: row.event_id for row in connection.execute(_SCANS, asked)}
    for event_id in set(known.values()):
        act.need(event_id, Permission.DOOR)
    if not known:
        raise NotFoundError(msg("There is no such scan."), hint=advise(Remedy.READ_AGAIN))
    new = set(known) - set(connection.execute(_NOTED, asked).scalars())
    if new:
        for event_id in {known[scan] for scan in new}:
            act.touch(Topic.DOOR, event_id)
        rows = [{"scan_id": scan, "verdict_ms": times[scan]} for scan in times if scan in new]
        connection.execute(insert(ScanTimingRow), rows)
    return len(new)


def waits(
    connection: Connection,
    event_id: UUID,
    *,
    since_no: int,
    list_ids: Collection[UUID],
    gate_id: UUID | None,
) -> WaitTimes:
    """Read the times of scans at some lists and a gate, from a number on, and count badges."""
    given = {
        "since": since_no,
        "event_id": event_id,
        "lists": list(list_ids),
        "any_gate": gate_id is None,
        "gate_id": gate_id,
    }
    verdicts: Any = connection.execute(_VERDICTS, given).scalars()
    papers: Any = connection.execute(_PAPERS, given)
    return WaitTimes(
        quantiles([each for each in verdicts if each is not None]),
        quantiles([max(0, round((out - begun) / 1000)) for begun, out in papers if out]),
        connection.execute(_WAITING, {"event_id": event_id}).scalar_one(),
        connection.execute(_FAILED, {"event_id": event_id}).scalar_one(),
    )


def quantiles(times_ms: Sequence[int]) -> Quantiles | None:
    """Median and 95th percentile, by nearest rank; None where nothing was measured.

    >>> quantiles([10, 20, 90])
    Quantiles(count=3, median_ms=20, p95_ms=90)
    """
    if not times_ms:
        return None
    ordered = sorted(times_ms)
    last = ordered[min(len(ordered) - 1, -(-len(ordered) * 95 // 100) - 1)]
    return Quantiles(len(ordered), round(statistics.median(ordered)), last)


def _us(column: Any) -> Any:
    return type_coerce(column, BigInteger)


_LOOKED_AT = (
    ScanRow.no >= bindparam("since"),
    ScanRow.event_id == bindparam("event_id", type_=ScanRow.event_id.type),
    ScanRow.list_id.in_(bindparam("lists", expanding=True)),
    or_(
        bindparam("any_gate", type_=Boolean),
        ScanRow.gate_id == bindparam("gate_id", type_=ScanRow.gate_id.type),
    ),
)
# From scans to times; the other way round all times of the store would be read.
_VERDICTS = (
    select(ScanTimingRow.verdict_ms)
    .select_from(ScanRow)
    .outerjoin(ScanTimingRow, ScanTimingRow.scan_id == ScanRow.id)
    .where(*_LOOKED_AT)
)
_PAPERS = (
    select(
        _us(ScanRow.recorded_at), _us(func.coalesce(DeliveryRow.finished_at, DeliveryRow.sent_at))
    )
    .select_from(ScanRow)
    .outerjoin(
        DeliveryRow,
        (DeliveryRow.scan_id == ScanRow.id) & DeliveryRow.state.in_(("printed", "sent")),
    )
    .where(*_LOOKED_AT)
)
_SCANS = select(ScanRow.id, ScanRow.event_id).where(
    ScanRow.id.in_(bindparam("ids", expanding=True))
)
_NOTED = select(ScanTimingRow.scan_id).where(
    ScanTimingRow.scan_id.in_(bindparam("ids", expanding=True))
)
_BADGES = (
    DeliveryRow.kind == "badge",
    DeliveryRow.event_id == bindparam("event_id", type_=DeliveryRow.event_id.type),
)
_WAITING = select(func.count()).where(
    *_BADGES, or_(DeliveryRow.state == "queued", DeliveryRow.state == "leased")
)
_FAILED = select(func.count()).where(*_BADGES, DeliveryRow.state == "failed")
