"""The sender of who was let in: told to the shop in the order of the doors, each by its own id.

What that id names counts once, so what a program was killed at is told again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.rows import AnyRow
from data.schema import ScanRow, TicketRow
from data.store import Store
from eventdesk.core.errors import InvalidInputError, ServiceError, ServiceSilentError
from eventdesk.core.messages import Message
from eventdesk.exchange.in_step.admissions import BACK, CHECK_IN
from eventdesk.integrations.pretix.check_ins import Passage, ToldList
from eventdesk.integrations.pretix.kind import PRETIX, TOLD
from eventdesk.services import Dropped, Failed, Fate, Later, Outgoing, Sent, SetUp, Told


@dataclass(frozen=True, slots=True)
class AdmissionSender:
    """Tells a check-in list in pretix who came in and went out, in the order of the doors."""

    kind: str = CHECK_IN
    service: str = PRETIX.name
    patience: timedelta = timedelta(days=30)
    at_once: int = 20

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Tell of each; whatever is wrong with all of them is tried again: it may be mended.

        Raises:
            ServiceSilentError: None can be told now.
        """
        waiting: dict[UUID | None, Later] = {}
        try:
            with ToldList(service.values) as there:
                for job in jobs:
                    scan = _scan(store, job) if service.text(TOLD) else None
                    if scan is None:
                        told(job.id, Dropped())
                        continue
                    behind = waiting.get(job.ticket_id)
                    fate = behind or _fate(there, scan, str(job.payload["way"]))
                    if isinstance(fate, Later):  # what the ticket did next waits behind it
                        waiting[job.ticket_id] = fate
                    told(job.id, fate)
        except ServiceSilentError:
            raise
        except (InvalidInputError, ServiceError) as error:
            raise ServiceSilentError(error.message, hint=error.advice) from error


def _fate(there: ToldList, scan: AnyRow, way: str) -> Fate:
    """Tell of one. Where only this one has no answer, it waits and holds up none behind it.

    Raises:
        ServiceError: None can be told now.
    """
    try:
        fault = _tell(there, scan, way)
    except ServiceSilentError as error:
        try:
            there.try_out()
        except ServiceError:
            raise error from None
        return Later(error.whole)
    return Sent(there.name) if fault is None else Failed(fault)


def _tell(there: ToldList, scan: AnyRow, way: str) -> Message | None:
    """Tell of one; returns why it was not taken."""
    if way == BACK:
        return there.take_back(scan.id.hex, scan.annulled_at)
    return there.tell(Passage(scan.id.hex, scan.foreign_code, way, scan.recorded_at))


def _scan(store: Store, job: Outgoing) -> AnyRow | None:
    """The scan of a delivery; None where nobody needs to be told of it any more.

    What was taken back before it could be told is not told; what is erased neither.
    """
    if not job.payload:
        return None
    with store.read() as connection:
        found = select(ScanRow.id, ScanRow.recorded_at, ScanRow.annulled_at, TicketRow.foreign_code)
        row = connection.execute(
            found.join(TicketRow, TicketRow.id == ScanRow.ticket_id).where(
                ScanRow.id == UUID(hex=job.payload["scan"])
            )
        ).one_or_none()
    if row is None or row.foreign_code is None:
        return None
    is_back = job.payload["way"] == BACK
    return row if is_back is (row.annulled_at is not None) else None


SENDER: Final = AdmissionSender()
