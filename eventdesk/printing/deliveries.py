"""The delivery queue: badges claimed by couriers, confirmed, tried again, passed on.

A delivery is queued in the transaction that causes it. A courier claims it with a lease, so that
the next takes over from one that died; what was claimed and never confirmed is marked, since
nobody knows whether the paper came out.

    queued → leased → sent → printed
                 ↘ queued (at another printer)  ↘ failed  (a person must look)

`sent` is what a printer took; where it can be asked about a job later, its answer makes it
printed or failed. A courier drives one printer of the store (`printer_leases`), or the only one
where none is set up.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    false,
    func,
    not_,
    or_,
    select,
    text,
    true,
    update,
)

from badges.badge import Badge
from data.schema import DeliveryRow, EventRow, ScanRow, TicketRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import SYSTEM, Act, ActorKind, Steps, Topic, event_of, reads, steps, writes
from eventdesk.booking import MAX_NOTE
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message, kept_texts
from eventdesk.core.printing import Status
from eventdesk.printing.couriers import its_own, need_courier
from eventdesk.printing.layout_files import SentLayout, sent_layout
from eventdesk.printing.link_slips import slip_of
from eventdesk.printing.printer_leases import put_health
from eventdesk.printing.printer_routes import (
    ALWAYS,
    PrinterFacts,
    first_that_prints,
    in_order,
    is_for,
    read_printers,
)
from eventdesk.printing.ticket_badges import badge_of, facts_of, sponsor_lines

LEASE = timedelta(seconds=30)
"""How long a courier may take before another one takes over."""

MAX_DELAY = timedelta(minutes=5)
"""No badge is ever put off for so long: one that is due later was queued by a clock set back."""

REPEATED = "COPY?"
"""Mark of a badge that may have been printed before a crash."""

_Query: TypeAlias = Select[*tuple[Any, ...]]
_Rows: TypeAlias = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class BadgeJob:
    """A claimed badge, ready to print; `attempts` numbers its lease.

    Attributes:
        layout: For a paired device the files of the layout, where it is the house's own.
    """

    delivery_id: UUID
    badge: Badge
    attempts: int
    layout: SentLayout | None = None


@reads(devices=True)
def badges_due(
    act: Act, *, printer_id: UUID | None = None, courier: str = "", only: UUID | None = None
) -> bool:
    """Whether `claim_badges` would find anything."""
    need_courier(act, printer_id)
    query = _query_for(act, printer_id, courier, only)
    return query is not None and bool(_due(act, query, 1))


@steps(devices=True)
def claim_badges(
    steps: Steps,
    courier: str,
    *,
    limit: int = 20,
    printer_id: UUID | None = None,
    holder: str = "",
    asked: bool = False,
    only: UUID | None = None,
    known: Collection[str] = (),
) -> list[BadgeJob]:
    """Take the badges that are due, oldest first, for as long as the lease lasts.

    A badge whose lease ran out was being printed when its courier died: it is taken again and
    marked, because the first may have come out. So is one that is leased for longer than any
    lease lasts, by a clock that was ahead. What stands on a badge is read once it is taken,
    beside the desks that write; a badge that cannot be made has failed.

    Args:
        courier: Name of the taker, never used again; only it may say what came of the lease.
        limit: Most badges to take.
        printer_id: Take only what goes to this printer now; None takes all.
        holder: Who drives that printer; nothing is taken when somebody else does by now.
        asked: Whether `badges_due` has just said that there are some.
        only: The one delivery that is taken, if it is due.
        known: The marks of the layouts that a paired device has already.
    """
    if not asked and not badges_due(
        steps.store, steps.asked, printer_id=printer_id, courier=holder, only=only
    ):
        return []
    taken: list[UUID] = []
    with steps.write() as act:
        need_courier(act, printer_id)
        act.touch(Topic.PRINTING)
        query = _query_for(act, printer_id, holder, only)
        while query is not None and len(taken) < limit:
            rows = _due(act, query, limit - len(taken))
            if not rows:
                break
            valid = _without_undone(act, rows)
            if valid:
                _take(act, valid, courier, printer_id)
            taken += [row.id for row in valid]
    jobs = _jobs(steps, courier, taken) if taken else []
    if steps.actor.kind is ActorKind.SYSTEM:
        return jobs
    return [_with_layout(steps.store, each, known) for each in jobs]


def _with_layout(store: Store, job: BadgeJob, known: Collection[str]) -> BadgeJob:
    """The job for a machine that does not have the files of the house's layouts."""
    layout = sent_layout(store.home, job.badge.layout, known)
    if layout is None:
        return job
    return replace(job, badge=replace(job.badge, layout=layout.name), layout=layout)


def _jobs(steps: Steps, courier: str, taken: Sequence[UUID]) -> list[BadgeJob]:
    """Read what stands on the badges that were taken."""
    jobs: list[BadgeJob] = []
    failed: list[tuple[UUID, int, Message]] = []
    with steps.read() as act:
        rows = act.connection.execute(_BADGES, {"taken": taken}).all()
        sponsors = sponsor_lines(act.connection, [row.event_id for row in rows])
        tickets = [row.id for row in rows if row.id is not None]
        facts = facts_of(act.connection, act.store.home, tickets)
        for row in rows:
            try:
                if row.id is None:
                    badge = slip_of(act, row)
                else:
                    thanks = sponsors.get(row.event_id, "")
                    badge = badge_of(act, row, mark=row.mark, sponsors=thanks, facts=facts[row.id])
            except EventDeskError as error:
                failed.append((row.delivery_id, row.attempts, error.whole))
            else:
                jobs.append(BadgeJob(row.delivery_id, badge, row.attempts))
    for delivery_id, attempts, reason in failed:
        system = SYSTEM.at(steps.now)
        give_up_badge(steps.store, system, courier, delivery_id, attempts=attempts, error=reason)
    return jobs


# In these words, because SQLite uses the index of each state only where they are repeated.
OPEN = text("delivery.state IN ('queued', 'leased')")
FAILED = text("delivery.state = 'failed'")
SENT = text("delivery.state = 'sent' AND delivery.job_ref IS NOT NULL")
"""Taken by a printer that can be asked what became of it."""

_BADGES = (
    select(
        DeliveryRow.id.label("delivery_id"),
        DeliveryRow.event_id,
        DeliveryRow.payload,
        DeliveryRow.mark,
        DeliveryRow.attempts,
        TicketRow.id,
        TicketRow.key_id,
        TicketRow.revision,
        TicketRow.code,
        TicketRow.holder_name,
        TicketRow.line_two,
        TicketRow.seat,
        TicketTypeRow.name.label("ticket_type"),
        EventRow.name.label("event_name"),
        EventRow.language,
    )
    .join(EventRow, EventRow.id == DeliveryRow.event_id)
    .outerjoin(TicketRow, TicketRow.id == DeliveryRow.ticket_id)
    .outerjoin(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
    .where(DeliveryRow.id.in_(bindparam("taken", expanding=True)))
    .order_by(DeliveryRow.created_at, DeliveryRow.id)
)


def _query_for(act: Act, printer_id: UUID | None, holder: str, only: UUID | None) -> _Query | None:
    """What a courier may take: all, or what goes to its printer while it drives that.

    All is what goes to no paired device.
    """
    printers = read_printers(act.connection)
    if printer_id is None:
        away = tuple(each.as_routed(act.now) for each in printers if each.is_away)
        query = _not_away(away) if away else _ALL
    else:
        if holder and not any(one.id == printer_id and one.leased_by == holder for one in printers):
            return None
        query = _routed(tuple(one.as_routed(act.now) for one in printers), printer_id)
    return query if only is None else query.where(DeliveryRow.id == only)


@lru_cache(maxsize=256)
def _routed(printers: tuple[PrinterFacts, ...], printer_id: UUID) -> _Query:
    """Build the query once for each state of the printers: that takes longer than to run it."""
    return _due_where(is_for(printers, printer_id, ALWAYS))


@lru_cache(maxsize=256)
def _not_away(away: tuple[PrinterFacts, ...]) -> _Query:
    theirs = or_(*(is_for(away, each.id, ALWAYS) for each in away))
    return _due_where(not_(func.coalesce(theirs, false())))  # NOT of NULL is NULL


def _due_where(mine: ColumnElement[bool]) -> _Query:
    now = bindparam("now", type_=DeliveryRow.due_at.type)
    far = bindparam("far", type_=DeliveryRow.due_at.type)
    queued = DeliveryRow.state == "queued"
    due = or_(
        queued & (DeliveryRow.due_at <= now),
        queued & (DeliveryRow.due_at > far),
        (DeliveryRow.state == "leased")
        & or_(DeliveryRow.leased_until <= now, DeliveryRow.leased_until > far),
    )
    query: _Query = (
        select(
            DeliveryRow.id,
            DeliveryRow.state,
            DeliveryRow.mark,
            DeliveryRow.ticket_id,
            DeliveryRow.scan_id,
        )
        .where(DeliveryRow.kind == "badge", OPEN, due, mine)
        .order_by(DeliveryRow.due_at, DeliveryRow.id)
        .limit(bindparam("most", type_=Integer))
    )
    return query


_ALL = _due_where(true())


def _due(act: Act, query: _Query, most: int) -> _Rows:
    return act.connection.execute(
        query, {"now": act.now, "far": act.now + MAX_DELAY, "most": most}
    ).all()


_LEASE = (
    update(DeliveryRow)
    .where(DeliveryRow.id == bindparam("this"))
    .values(attempts=DeliveryRow.attempts + 1, state="leased", job_ref=None, sent_at=None)
)
_CALL_OFF = update(DeliveryRow).where(DeliveryRow.id == bindparam("this"))


def _without_undone(act: Act, rows: _Rows) -> list[Row[*tuple[Any, ...]]]:
    """Call off the badges whose scan was undone meanwhile, and return the others."""
    scans = [row.scan_id for row in rows if row.scan_id is not None]
    undone = set(act.connection.execute(_UNDONE, {"scans": scans}).scalars()) if scans else set()
    over = {"state": "cancelled", "finished_at": act.now, "leased_by": None, "leased_until": None}
    for row in rows:
        if row.scan_id in undone:
            # One that was leased may be out all the same, which the next badge must say.
            mark = row.mark or (REPEATED if row.state == "leased" else "")
            act.connection.execute(_CALL_OFF, {"this": row.id, "mark": mark, **over})
    return [row for row in rows if row.scan_id not in undone]


def _take(act: Act, rows: _Rows, courier: str, printer_id: UUID | None) -> None:
    """Lease badges."""
    before = _printed_before(act.connection, rows)
    leases = [
        {
            "this": row.id,
            "leased_by": courier,
            "leased_until": act.now + LEASE,
            "mark": row.mark or (REPEATED if row.state == "leased" or row.id in before else ""),
            "printer_id": printer_id,
        }
        for row in rows
    ]
    act.connection.execute(_LEASE, leases)


_UNDONE = select(ScanRow.id).where(
    ScanRow.id.in_(bindparam("scans", expanding=True)), ScanRow.annulled_at.is_not(None)
)
_BEFORE = (
    select(DeliveryRow.ticket_id, DeliveryRow.id)
    .join(ScanRow, ScanRow.id == DeliveryRow.scan_id)
    .where(
        DeliveryRow.ticket_id.in_(bindparam("tickets", expanding=True)),
        ScanRow.annulled_at.is_not(None),
        or_(DeliveryRow.state.in_(("leased", "sent", "printed")), DeliveryRow.mark == REPEATED),
    )
)


def _printed_before(connection: Connection, rows: _Rows) -> frozenset[UUID]:
    """Return those of whose ticket a badge of an undone scan is out already, or may be.

    One that was tried and did not get out is no reason for a mark: nobody holds it.
    """
    asked = {"tickets": [row.ticket_id for row in rows]}
    found = connection.execute(_BEFORE, asked).all()
    return frozenset(
        row.id
        for row in rows
        if any(each.ticket_id == row.ticket_id and each.id != row.id for each in found)
    )


FIRST_RETRY = timedelta(seconds=1)
LAST_RETRY = timedelta(seconds=60)
"""Pauses after a failed attempt double from the first to the last."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A badge that a courier had taken; `attempts` numbers its lease."""

    delivery_id: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class BadgeOut:
    """A badge that went to its printer.

    Attributes:
        attempts: The number of its lease.
        confirmed: Whether the printer said that it is printed.
        where: Path or address it went to.
        at: When, by the store's clock, aware UTC.
        job_ref: What to ask the printer by later; "" when nothing more will be known.
    """

    delivery_id: UUID
    attempts: int
    confirmed: bool
    where: str
    at: datetime
    job_ref: str = ""


@writes(devices=True)
def confirm_badges(
    act: Act,
    courier: str,
    out: Sequence[BadgeOut],
    *,
    printer_id: UUID | None = None,
    status: Status | None = None,
) -> None:
    """Note that badges are out, in this order: printed when the printer said so, else only sent.

    Nothing happens to one that another courier has taken over meanwhile; a label it used is
    counted all the same.

    Args:
        courier: Who had taken them.
        out: One badge or more.
        printer_id: The printer of the store they came out of.
        status: How that printer was afterwards.
    """
    need_courier(act, printer_id)
    act.touch(Topic.PRINTING)
    if act.actor.kind is ActorKind.DEVICE:  # whose clock may be another
        out = [replace(each, at=act.now) for each in out]
    act.connection.execute(_OUT.where(its_own(act)), [_as_out(each, courier) for each in out])
    if printer_id is not None and status is not None:
        put_health(act, printer_id, status, used=len(out))


@writes(devices=True)
def return_badges(act: Act, courier: str, jobs: Sequence[Lease]) -> None:
    """Put badges back that were taken and never sent to a printer: they wait as before.

    What another courier than this one has taken over meanwhile stays there.
    """
    mine = its_own(act)
    act.touch(Topic.PRINTING)
    leases = [
        {"this": each.delivery_id, "courier": courier, "lease": each.attempts} for each in jobs
    ]
    act.connection.execute(_RETURNED.where(mine), leases)


@writes(devices=True, about=event_of(DeliveryRow, "delivery_id"))
def retry_badge(
    act: Act,
    courier: str,
    delivery_id: UUID,
    *,
    attempts: int,
    error: str | Message,
    may_be_out: bool = False,
    at_once: bool = False,
    printer_id: UUID | None = None,
    status: Status | None = None,
) -> datetime:
    """Put a badge back that did not get out, and say when it is due again.

    Args:
        courier: Who had taken it.
        delivery_id: The badge.
        attempts: The number of its lease, which is how often it was tried.
        error: Why it did not get out.
        may_be_out: The printer had taken all or part of it; the next one is marked.
        at_once: Whether it is due at once: the next printer takes it, or this one rests.
        printer_id: The printer of the store it did not come out of.
        status: How that printer is, noted in the same transaction.
    """
    act.touch(Topic.PRINTING)
    pause = min(LAST_RETRY, FIRST_RETRY * (1 << max(0, min(attempts - 1, 10))))
    due_at = act.now if at_once else act.now + pause
    _finish(
        act,
        courier,
        delivery_id,
        attempts,
        state="queued",
        due_at=due_at,
        printer_id=None,
        **_why(error),
        **(MARKED if may_be_out else {}),
    )
    if printer_id is not None and status is not None:
        need_courier(act, printer_id)
        put_health(act, printer_id, status)
    return due_at


@writes(devices=True, about=event_of(DeliveryRow, "delivery_id"))
def give_up_badge(
    act: Act, courier: str, delivery_id: UUID, *, attempts: int, error: str | Message
) -> None:
    """Note that a badge cannot get out whatever is tried; a person must look."""
    act.touch(Topic.PRINTING)
    _finish(act, courier, delivery_id, attempts, state="failed", finished_at=act.now, **_why(error))


@writes(devices=True, about=event_of(DeliveryRow, "delivery_id"))
def pass_on_badge(
    act: Act,
    courier: str,
    delivery_id: UUID,
    *,
    attempts: int,
    printer_id: UUID,
    error: str | Message,
) -> str:
    """Hand a badge its printer refused to the next one that has not; without one it failed.

    Returns the name of the next printer; "" when a person must look.
    """
    need_courier(act, printer_id)
    act.touch(Topic.PRINTING)
    row = act.connection.execute(
        select(DeliveryRow.gate_id, DeliveryRow.device_id, DeliveryRow.payload).where(
            DeliveryRow.id == delivery_id
        )
    ).one()
    refused = [*row.payload.get(REFUSED_BY, ()), str(printer_id)]
    others = in_order(read_printers(act.connection), row.gate_id, row.device_id)
    following = first_that_prints([one for one in others if str(one.id) not in refused], act.now)
    values = _why(error)
    if following is None:
        values |= {"state": "failed", "finished_at": act.now}
    else:
        values |= {
            "state": "queued",
            "due_at": act.now,
            "printer_id": following.id,
            "payload": {**row.payload, REFUSED_BY: refused},
        }
    _finish(act, courier, delivery_id, attempts, **values)
    return following.name if following is not None else ""


REFUSED_BY = "refused_by"
"""Key of a badge's payload: the printers that would not print it."""

BY_NOBODY = func.json_remove(DeliveryRow.payload, f"$.{REFUSED_BY}")
"""The payload of a badge that any printer may be asked for again."""

MARKED = {"mark": func.coalesce(func.nullif(DeliveryRow.mark, ""), REPEATED)}
"""What makes a badge a copy that may be a second one."""


_LEASED = (
    update(DeliveryRow)
    .where(
        DeliveryRow.id == bindparam("this"),
        DeliveryRow.state == "leased",
        DeliveryRow.leased_by == bindparam("courier"),
        DeliveryRow.attempts == bindparam("lease"),
    )
    .values(leased_until=None, leased_by=None)
)
"""Ends a lease; one that was taken over meanwhile is not touched."""

_OUT = _LEASED.values(last_error=None, said=None)
_RETURNED = _LEASED.values(state="queued", printer_id=None)


def _as_out(out: BadgeOut, courier: str) -> dict[str, object]:
    return {
        "this": out.delivery_id,
        "courier": courier,
        "lease": out.attempts,
        "state": "printed" if out.confirmed else "sent",
        "delivered_to": out.where,
        "sent_at": out.at,
        "finished_at": None if out.job_ref and not out.confirmed else out.at,
        "job_ref": None if out.confirmed else out.job_ref or None,
    }


def _finish(act: Act, courier: str, delivery_id: UUID, lease: int, **values: object) -> None:
    """End a lease with what came of it; one that was taken over meanwhile is not touched."""
    act.connection.execute(
        _LEASED.where(its_own(act)).values(**values),
        {"this": delivery_id, "courier": courier, "lease": lease},
    )


FOLLOWED_FOR = timedelta(hours=1)
"""How long a printer is asked about a badge; then it stays sent."""

UNCLAIMED_FOR = timedelta(days=1)
"""How long a badge is kept to be asked about while no open program drives its printer."""

STUCK_AFTER = timedelta(seconds=10)
"""So long a badge lies in the queue of a printer that cannot print before the next one takes it."""


@dataclass(frozen=True, slots=True)
class SentJob:
    """A badge that a printer took and has not said to be out; `attempts` numbers its lease."""

    delivery_id: UUID
    job_ref: str
    sent_at: datetime
    attempts: int


@reads(devices=True)
def sent_jobs(act: Act, printer_id: UUID | None, name: str, *, limit: int = 20) -> list[SentJob]:
    """Read what a printer is to be asked about, the oldest first.

    One that is not set up in the store (None) is told by its name: what went there is its own.
    """
    need_courier(act, printer_id)
    its_own = DeliveryRow.printer_id == printer_id
    if printer_id is None:
        its_own = and_(DeliveryRow.printer_id.is_(None), DeliveryRow.delivered_to == name)
    query = (
        select(DeliveryRow.id, DeliveryRow.job_ref, DeliveryRow.sent_at, DeliveryRow.attempts)
        .where(its_own, SENT)
        .order_by(DeliveryRow.sent_at)
        .limit(limit)
    )
    return [
        SentJob(row.id, row.job_ref or "", row.sent_at or act.now, row.attempts)
        for row in act.connection.execute(query)
    ]


def _why(error: str | Message) -> dict[str, Any]:
    """The columns that say why a badge is not out; a long text is cut, and kept in English only."""
    kept = kept_texts(last_error=error)
    if len(kept["last_error"]) > MAX_NOTE:
        return {"last_error": kept["last_error"][:MAX_NOTE], "said": None}
    return kept


@steps(devices=True)
def settle_job(steps: Steps, job: SentJob, *, printed: bool, error: str | Message) -> None:
    """Write down whether a badge in a printer's queue is out; else the next try is marked.

    Nothing happens when it was settled meanwhile.
    """
    values: dict[str, object] = {"state": "printed", "finished_at": steps.now, "job_ref": None}
    if not printed:
        values = {**values, **MARKED, "state": "failed", **_why(error)}
    _settle(steps, job, values)


@steps(devices=True)
def forget_job(steps: Steps, job: SentJob) -> None:
    """Ask no more about a badge; nobody will know more than that it was sent."""
    _settle(steps, job, {"finished_at": steps.now, "job_ref": None})


@steps(internal=True)
def forget_unclaimed(steps: Steps) -> int:
    """Ask no more about badges whose printer nobody drove for a day; returns how many."""
    old = and_(SENT, DeliveryRow.sent_at < steps.now - UNCLAIMED_FOR)
    with steps.read() as act:
        if act.connection.execute(select(DeliveryRow.id).where(old).limit(1)).first() is None:
            return 0
    with steps.write() as act:
        act.touch(Topic.PRINTING)
        forgotten = update(DeliveryRow).where(old).values(finished_at=act.now, job_ref=None)
        return act.connection.execute(forgotten).rowcount


@writes(devices=True)
def take_back_job(act: Act, job: SentJob, *, error: str | Message) -> bool:
    """Give a badge that lies in the queue of a printer in trouble to the next one, marked.

    Without another printer it stays where it is, and the answer is False.
    """
    mine = its_own(act)
    act.touch(Topic.PRINTING)
    row = act.connection.execute(
        select(DeliveryRow.gate_id, DeliveryRow.device_id).where(DeliveryRow.id == job.delivery_id)
    ).one_or_none()
    if row is None:
        return False
    choice = in_order(read_printers(act.connection), row.gate_id, row.device_id)
    if first_that_prints(choice, act.now) is None:
        return False
    changed = act.connection.execute(
        update(DeliveryRow)
        .where(_still(job), mine)
        .values(
            state="queued",
            due_at=act.now,
            printer_id=None,
            job_ref=None,
            sent_at=None,
            **_why(error),
            **MARKED,
        )
    )
    return changed.rowcount > 0


def _still(job: SentJob) -> ColumnElement[bool]:
    """Whether a badge lies where it was asked about: printers number their jobs anew."""
    return and_(
        DeliveryRow.id == job.delivery_id,
        DeliveryRow.state == "sent",
        DeliveryRow.job_ref == job.job_ref,
        DeliveryRow.attempts == job.attempts,
    )


def _settle(steps: Steps, job: SentJob, values: dict[str, object]) -> None:
    with steps.write() as act:
        act.touch(Topic.PRINTING)
        act.connection.execute(update(DeliveryRow).where(_still(job), its_own(act)).values(values))
