"""Printers for tests: rows in a store, and a printer that fails as it is told."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from badges.badge import Badge
from badges.paper import PrintedBadge
from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import PrinterOfflineError, PrinterRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status
from eventdesk.door import check_in
from eventdesk.printing import BadgeOut, NewPrinter, add_printer, assign, confirm_badges
from tests.build import NOON, STAFF, Fair

READY = Status(Health.READY)


class PowerCutError(BaseException):
    """The program ends here and now."""


@dataclass
class MoodyPrinter:
    """A printer whose next badges go wrong as told; what comes out lies in `papers`.

    Attributes:
        moods: What happens to the next badges, in turn: `silent` and `half` are no answer, before
            and behind the paper, `lost` no answer behind half a transfer; `refuses`; `dies` and
            `dies late` end the program before and behind the paper; `jams` is a paper end that
            shows only behind a badge; else it prints.
        says: What it answers when it is asked how it is.
        confirms: Whether it says that a badge is printed.
        queues: Whether it takes badges into a queue of its own, which `outcomes` decides about.
    """

    name: str = "moody"
    moods: list[str] = field(default_factory=list)
    says: Status = READY
    confirms: bool = True
    queues: bool = False
    outcomes: dict[str, str] = field(default_factory=dict)
    papers: list[tuple[str, str]] = field(default_factory=list)
    """Job and mark of each paper that came out."""

    asked: int = 0
    on_send: Callable[[], None] | None = None

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        if self.on_send is not None:
            self.on_send()
        mood = self.moods.pop(0) if self.moods else ""
        if mood == "silent":
            raise PrinterOfflineError(self.name, "no answer")
        if mood == "lost":
            raise PrinterOfflineError(self.name, "cut off", may_be_out=True)
        if mood == "refuses":
            raise PrinterRefusedError("It would not take the badge.")
        if mood == "dies":
            raise PowerCutError
        self.papers.append((job, badge.mark))
        if mood == "half":
            raise PrinterOfflineError(self.name, "cut off", may_be_out=True)
        if mood == "dies late":
            raise PowerCutError
        if mood == "jams":
            self.says = Status(Health.PAPER_OUT, msg("it is out of paper"))
            return PrintedBadge(confirmed=False, where=self.name)
        if self.queues:
            return PrintedBadge(confirmed=False, where=self.name, job_ref=job)
        return PrintedBadge(confirmed=self.confirms, where=self.name)

    def status(self) -> Status:
        self.asked += 1
        return self.says

    def follow(self, job_ref: str) -> PrintedBadge | None:
        outcome = self.outcomes.get(job_ref, "")
        if outcome == "fails":
            raise PrinterRefusedError("The job was cancelled.")
        return PrintedBadge(confirmed=True, where=self.name) if outcome == "prints" else None


def set_up(
    fair: Fair, name: str, spec: str = "folder", *gates: UUID, now: datetime = NOON, **given: object
) -> UUID:
    """Set a printer up, and let it stand at these gates."""
    new = NewPrinter(name, spec, **given)  # type: ignore[arg-type]
    printer = add_printer(fair.store, SYSTEM.at(now), new)
    if gates:
        assign(fair.store, SYSTEM.at(now), printer.id, event_id=fair.event.id, gate_ids=gates)
    return printer.id


def admit(
    fair: Fair, name: str = "Ada Lovelace", gate: UUID | None = None, *, now: datetime = NOON
) -> UUID:
    """Let a guest in at a gate, and return the delivery of the badge."""
    scan = fair.scan(fair.token(fair.sell(name)), gate_id=gate)
    delivery_id = check_in(fair.store, STAFF.at(now), scan).delivery_id
    assert delivery_id is not None
    return delivery_id


def states(store: Store) -> Counter[str]:
    """How many badges there are in each state."""
    with store.read() as connection:
        return Counter(connection.execute(select(DeliveryRow.state)).scalars())


def state_of(store: Store, delivery_id: UUID) -> str:
    """The state of one badge."""
    with store.read() as connection:
        query = select(DeliveryRow.state).where(DeliveryRow.id == delivery_id)
        return connection.execute(query).scalar_one()


def confirm_badge(
    store: Store,
    courier: str,
    delivery_id: UUID,
    *,
    attempts: int,
    confirmed: bool,
    where: str,
    now: datetime,
    job_ref: str = "",
    printer_id: UUID | None = None,
    status: Status | None = None,
) -> None:
    """Note that one badge is out."""
    out = BadgeOut(delivery_id, attempts, confirmed, where, now, job_ref)
    confirm_badges(store, SYSTEM.at(out.at), courier, [out], printer_id=printer_id, status=status)
