"""What a house does, in numbers: for programs that watch it."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from data.schema import DeliveryRow, QueueRequestRow, ScanRow, WaitlistEntryRow
from eventdesk.acts import Act, Permission, reads

OPEN = ("queued", "leased")
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HouseFigures:
    """Counts of the whole house; they name nobody.

    Attributes:
        scans: Scans so far, by their outcome.
        deliveries_open: What waits to leave, by its kind: badges, mails, messages to services.
        deliveries_failed: What did not get out, by its kind.
        waiting: People on waitlists of ticket types and sessions.
        queued: Requests in the queues of opening hours.
    """

    scans: dict[str, int]
    deliveries_open: dict[str, int]
    deliveries_failed: dict[str, int]
    waiting: int
    queued: int


@reads(Permission.INSTALLATION)
def house_figures(act: Act) -> HouseFigures:
    """Count what the house did and what waits in it."""
    act.need(None, Permission.INSTALLATION)
    count = func.count()
    by_outcome = select(ScanRow.outcome, count).group_by(ScanRow.outcome)
    by_kind = select(DeliveryRow.kind, count).group_by(DeliveryRow.kind)
    waiting = select(count).select_from(WaitlistEntryRow).where(WaitlistEntryRow.state == "waiting")
    queued = select(count).select_from(QueueRequestRow).where(QueueRequestRow.state == "waiting")

    def counted(query: Select[str, int]) -> dict[str, int]:
        return dict(act.connection.execute(query).all())

    return HouseFigures(
        counted(by_outcome),
        counted(by_kind.where(DeliveryRow.state.in_(OPEN))),
        counted(by_kind.where(DeliveryRow.state == FAILED)),
        act.connection.execute(waiting).scalar_one(),
        act.connection.execute(queued).scalar_one(),
    )
