"""Promises of a rehearsal: the store and the badges against what guests were told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from data.files import problems
from data.schema import AdmissionRow, DeliveryRow, ScanRow, TicketRow
from data.store import Store
from eventdesk.core.messages import _
from eventdesk.door import CheckInList, EntryPolicy
from eventdesk.exercises.rehearsal.crowd import Kind
from eventdesk.exercises.rehearsal.flow import Flow, Heard
from eventdesk.exercises.rehearsal.printer import Printed


@dataclass(frozen=True, slots=True)
class Promises:
    """What must not happen; every figure but the copies has to be 0.

    Attributes:
        admissions_lost: Guests who were let in, of whom the store knows nothing, and good tickets
            that were never answered.
        admissions_doubled: Tickets that are in more often than their list allows.
        strangers_admitted: Guests who were let in with nothing that is a ticket of the event.
        answers_changed: Attempts that were answered otherwise when they were repeated.
        badges_lost: Badges that are due, did not come out and wait no more.
        badges_doubled: Badges that came out twice without a mark.
        store_problems: What is wrong with the file.
        copies: Badges that came out once more, with the mark that says so.
        badges_stuck: Badges that still wait, although the rehearsal was not stopped.
        waiting: Badges that still wait, because the rehearsal was stopped.
        details: One sentence for each broken promise that can name somebody.
    """

    admissions_lost: int = 0
    admissions_doubled: int = 0
    strangers_admitted: int = 0
    answers_changed: int = 0
    badges_lost: int = 0
    badges_stuck: int = 0
    badges_doubled: int = 0
    store_problems: int = 0
    copies: int = 0
    waiting: int = 0
    details: tuple[str, ...] = field(default=())

    @property
    def kept(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not any(number for _name, number in self.figures())

    def figures(self) -> list[tuple[str, int]]:
        """Each promise in words, and how often it was broken."""
        return [
            (_("admissions lost"), self.admissions_lost),
            (_("admissions doubled"), self.admissions_doubled),
            (_("strangers admitted"), self.strangers_admitted),
            (_("answers changed by repeating"), self.answers_changed),
            (_("badges lost"), self.badges_lost),
            (_("badges that still wait"), self.badges_stuck),
            (_("badges doubled"), self.badges_doubled),
            (_("damage to the store"), self.store_problems),
        ]


def check(store: Store, door: CheckInList, flow: Flow, *, since_no: int, stopped: bool) -> Promises:
    """Compare what the store holds with what guests were told; the store is only read.

    Scans up to the number `since_no` were there before. Badges may wait where it was `stopped`.
    """
    book = _Book.read(store, door, since_no)
    found = _admissions(flow, door, book)
    badges = _badges(flow.papers, book)
    damage = problems(store.path)
    return Promises(
        admissions_lost=len(found.lost),
        admissions_doubled=len(found.doubled),
        strangers_admitted=len(found.strangers),
        answers_changed=len(found.changed),
        badges_lost=len(badges.lost),
        badges_stuck=0 if stopped else badges.waiting,
        badges_doubled=len(badges.doubled),
        store_problems=len(damage),
        copies=badges.copies,
        waiting=badges.waiting if stopped else 0,
        details=(*found.sentences(), *badges.sentences(), *damage),
    )


def last_scan_no(store: Store) -> int:
    """The number of the newest scan, 0 without any."""
    with store.read() as connection:
        return connection.execute(select(func.max(ScanRow.no))).scalar_one() or 0


@dataclass(frozen=True, slots=True)
class _Book:
    """What the store holds of the rehearsal.

    Attributes:
        scans: Outcome and id by nonce.
        admissions: Number by ticket.
        badges: Rows of deliveries, each with the ticket's code.
    """

    scans: dict[str, tuple[str, str]]
    admissions: Counter[UUID]
    badges: list[Any]

    @classmethod
    def read(cls, store: Store, door: CheckInList, since_no: int) -> "_Book":
        ours = ScanRow.no > since_no, ScanRow.list_id == door.id
        with store.read() as connection:
            scans = connection.execute(
                select(ScanRow.nonce, ScanRow.outcome, ScanRow.id).where(*ours)
            ).all()
            admissions = connection.execute(
                select(AdmissionRow.ticket_id)
                .join(ScanRow, ScanRow.id == AdmissionRow.scan_id)
                .where(*ours)
            ).scalars()
            badges = connection.execute(
                select(DeliveryRow.id, DeliveryRow.state, DeliveryRow.last_error, TicketRow.code)
                .join(ScanRow, ScanRow.id == DeliveryRow.scan_id)
                .join(TicketRow, TicketRow.id == DeliveryRow.ticket_id)
                .where(*ours)
            ).all()
            return cls(
                {row.nonce: (row.outcome, str(row.id)) for row in scans},
                Counter(admissions),
                list(badges),
            )


@dataclass(slots=True)
class _Found:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.strangers, *self.changed]


def _admissions(flow: Flow, door: CheckInList, book: _Book) -> _Found:
    found = _Found()
    shown: Counter[UUID] = Counter()
    for one in flow.heard:
        who = _(
            "guest {number} ({kind}, lane {lane})",
            number=one.guest.number + 1,
            kind=one.guest.kind,
            lane=one.lane + 1,
        )
        written = book.scans.get(one.nonce)
        if one.guest.ticket_id is not None:
            shown[one.guest.ticket_id] += 1 + one.repeats
        if one.outcome and written != (one.outcome, one.scan):
            words = _(
                "{who} heard {outcome!r}; the store says {written}",
                who=who,
                outcome=one.outcome,
                written=written,
            )
            (found.lost if one.admitted and written is None else found.changed).append(words)
        if not one.outcome and one.guest.kind is Kind.GENUINE:
            found.lost.append(_("{who} was never answered: {said}", who=who, said=one.said))
        if one.admitted and one.guest.ticket_id is None:
            found.strangers.append(_("{who} was let in", who=who))
        if one.admitted and one.guest.ticket_id and not book.admissions[one.guest.ticket_id]:
            found.lost.append(_("{who} was let in and is not in", who=who))
    once = door.entry_policy in (EntryPolicy.ONCE, EntryPolicy.ONCE_PER_DAY)
    for ticket_id, count in book.admissions.items():
        if count > (1 if once else shown[ticket_id]):
            found.doubled.append(
                _("ticket {ticket_id} is in {count} times", ticket_id=ticket_id, count=count)
            )
    return found


@dataclass(slots=True)
class _Badges:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    copies: int = 0
    waiting: int = 0

    def sentences(self) -> list[str]:
        return [*self.lost, *self.doubled]


def _badges(papers: Sequence[Printed], book: _Book) -> _Badges:
    due = Counter(row.code for row in book.badges if row.state != "cancelled")
    state = {row.code: f"{row.state} {row.last_error or ''}".strip() for row in book.badges}
    open_now = {row.code for row in book.badges if row.state in ("queued", "leased")}
    plain: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    for paper in papers:
        for code in paper.codes:
            if code in due:
                (marked if paper.marked else plain)[code] += 1
    result = _Badges(copies=0)
    for code, wanted in due.items():
        out = plain[code] + marked[code]
        result.copies += max(0, out - wanted)
        if out < wanted and code in open_now:
            result.waiting += 1
        elif out < wanted:
            result.lost.append(
                _("the badge of {code} did not come out ({state})", code=code, state=state[code])
            )
        if plain[code] > wanted:
            result.doubled.append(
                _(
                    "the badge of {code} came out {count} times unmarked",
                    code=code,
                    count=plain[code],
                )
            )
    return result


def turned_away(heard: Sequence[Heard]) -> Counter[str]:
    """Good tickets that a rule kept out, by outcome and reason; whose ticket came in is not."""
    let_in = {one.guest.ticket_id for one in heard if one.admitted}
    kept_out = [
        one
        for one in heard
        if one.guest.kind is Kind.GENUINE
        and one.guest.ticket_id not in let_in
        # Whose first answer was lost with a lane hears of it when the ticket is shown again.
        and not (one.repeats and one.outcome == "already_in")
    ]
    return Counter(f"{one.outcome}: {one.reason}".rstrip(": ") for one in kept_out if one.outcome)
