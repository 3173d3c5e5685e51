"""Couriers: each drives one printer and writes down what came of each badge.

A printer that takes its badges in no time, such as a folder or a stream of text, has a few
claimed in one transaction and confirmed in one; each has a lease of its own all the same.

A courier asks its printer how it is before a badge and after it. One that cannot print is left
alone until it can again; its badges are the next printer's at once. A printer that fails although
it says it is well rests a little longer each time. What came of a badge is kept until the store
takes it, and no other badge is printed before.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from badges.paper import PrintedBadge, Printer
from data.store import Store
from eventdesk.acts import Verb
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import (
    EventDeskError,
    PrinterOfflineError,
    PrinterRefusedError,
    StoreError,
)
from eventdesk.core.kept_child import ChildLostError, NoChildError
from eventdesk.core.messages import Message, msg
from eventdesk.core.printing import Health, Status
from eventdesk.printing import (
    FOLLOWED_FOR,
    STUCK_AFTER,
    BadgeJob,
    BadgeOut,
    Lease,
    badges_due,
    claim_badges,
    confirm_badges,
    forget_job,
    give_up_badge,
    note_health,
    pass_on_badge,
    retry_badge,
    return_badges,
    sent_jobs,
    settle_job,
    take_back_job,
)
from eventdesk.spooler.house import House, house_of
from eventdesk.spooler.outcomes import AGAIN_S, Outcomes, note_unusable

T = TypeVar("T")

log = logging.getLogger(__name__)

BATCH = 8
"""Most badges claimed at a time, and so what a crash may leave in doubt. A printer that is not
quick gets one: then that is the one in its hands."""

QUICK_S = 0.03
"""A printer that takes a badge in this time is quick."""

BATCH_S = 2.0
"""What was claimed so long ago and has not begun to print goes back: leases end."""

RESTS, MAX_YIELD_S = 4, 0.4
"""How many times as long as it computed a courier rests while others write, and at most."""

OWN_WRITES = 2
"""Transactions of a turn: claim and confirm."""

MAX_DRAWN = 4
"""A badge that was taken so often and then loses what draws it has failed."""

DUE_S = 1.0
"""How often retries that fell due are looked for, and a printer in trouble is asked again."""

REST_S = 3.0
"""The same while the printer is well and has nothing to do: what is committed wakes it at once."""

CROWD_S = 0.03
"""After nothing was found so much is committed together until it is looked again: a rush of scans
that print nothing is not slowed by looks for badges."""

FRESH_S = 0.5
"""What the printer said so long ago still holds for the next badge of a row."""

IDLE_CHECK_S = 15.0
"""How often a printer with nothing to do is asked how it is."""

FIRST_REST_S, MAX_REST_S = 1.0, 30.0
"""A printer that fails one badge after the other rests, twice as long each time."""

STALLED_S = 8.0
"""A printer that takes longer over one badge is passed by until it has finished."""

STALLED = Status(Health.OFFLINE, msg("it takes too long over one badge"))
DOUBTFUL = frozenset({Health.PAPER_OUT, Health.COVER_OPEN})
"""Said right behind a badge that was only sent, these mean that it may not be whole."""


class Courier:
    """Takes badges to one printer.

    Args:
        house: Where deliveries live.
        name: How leases name this courier.
        printer: What it drives.
        printer_id: The printer's row; None is the one of the settings or the command line.
        holder: How the lease of the printer names the program that drives it.
        wake_others: Called when a badge went back that another printer may take.
        now: The clock, aware UTC.
        seconds: A clock that only goes on, for pauses.
        only_badge: The delivery it takes; None takes all.
    """

    def __init__(
        self,
        house: Store | House,
        name: str,
        printer: Printer,
        *,
        printer_id: UUID | None = None,
        holder: str = "",
        wake_others: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
        seconds: Callable[[], float] = time.monotonic,
        only_badge: UUID | None = None,
    ) -> None:
        self.name, self.printer, self.printer_id = name, printer, printer_id
        self.status = Status(Health.UNKNOWN)
        self._house, self._holder, self._wake_others = house_of(house), holder, wake_others
        self._now, self._seconds = now, seconds
        self._only_badge = only_badge
        self._asked_at_s = self._followed_at_s = float("-inf")
        self._resting_until_s, self._failures = 0.0, 0
        self._took_s = float("inf")
        self._claimed: deque[BadgeJob] = deque()
        self._back: deque[BadgeJob] = deque()
        self._out: deque[BadgeOut] = deque()
        self._busy_since_s: float | None = None
        self._told_stalled = self._follows = False
        self._outcomes = Outcomes(self._wake_others_if_in_trouble)
        self._stop, self._news = threading.Event(), threading.Event()
        self.thread = threading.Thread(
            target=self._run, name=f"courier {printer.name}"[:60], daemon=True
        )

    def wake(self) -> None:
        """Look at once for what is due."""
        self._news.set()

    def end(self) -> None:
        """Finish the badge at hand, then end the thread."""
        self._stop.set()
        self._news.set()

    def turn(self, *, now: datetime | None = None) -> int:
        """Take a few badges that are due to the printer, and return how many were tried.

        Raises:
            StoreError: The store cannot be used; the next turn begins where this one ended.
        """
        self._keep_results()
        self._outcomes.write()
        at = now or self._now()
        if self._seconds() < self._resting_until_s:
            return 0
        if not self._house.call(
            badges_due, at, printer_id=self.printer_id, courier=self._holder, only=self._only_badge
        ):
            return 0
        if not self._is_ready():
            return 0
        limit = BATCH if self._took_s <= QUICK_S else 1
        took_s, self._took_s = self._took_s, float("inf")  # one that cannot be read comes alone
        jobs = self._house.call(
            claim_badges,
            at,
            self.name,
            limit=limit,
            printer_id=self.printer_id,
            holder=self._holder,
            asked=True,
            only=self._only_badge,
        )
        self._took_s = took_s
        self._claimed.extend(jobs)
        try:
            tried = self._deliver_claimed()
        finally:
            self._back.extend(_taken_from(self._claimed))
            self._keep_results()
        self._outcomes.write()
        return tried

    def look_after(self) -> None:
        """Ask how the printer is when it is time, and what became of the badges it took."""
        now_s = self._seconds()
        every_s = IDLE_CHECK_S if self.status.health.prints else DUE_S
        if now_s >= max(self._asked_at_s + every_s, self._resting_until_s):
            self._ask()
        if now_s >= self._followed_at_s + DUE_S:
            self._followed_at_s = now_s
            self._follows = self._follow_jobs()

    def note_if_stalled(self) -> None:
        """Let others take the badges while the printer is stuck over one; asked by the keeper.

        Those that are out are confirmed before their leases end.
        """
        since_s = self._busy_since_s
        stalled = since_s is not None and self._seconds() - since_s > STALLED_S
        if stalled:
            self._back.extend(_taken_from(self._claimed))
            self._write_down(self._out, self._confirming)
            self._write_down(self._back, self._returning)
        if stalled and not self._told_stalled and self.printer_id is not None:
            self._house.call(note_health, self._now(), self.printer_id, STALLED)
        self._told_stalled = stalled

    def write_last(self) -> None:
        """Write down before the end what came of badges, and give back those not begun."""
        self._keep_results()
        self._outcomes.write_last()

    # The thread

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._work()
            except StoreError as error:
                note_unusable(error)
                self._stop.wait(AGAIN_S if self._outcomes else DUE_S)
            except Exception:
                log.exception("A courier met an unexpected error and goes on")
                self._stop.wait(DUE_S)
        self.write_last()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._news.clear()
            while not self._stop.is_set() and self._turn_gently():
                pass
            looked_s = self._seconds()
            if not self._stop.is_set():
                self.look_after()
            at_rest = self.status.health.prints and not self._follows and not self._failures
            if self._news.wait(REST_S if at_rest else DUE_S):
                self._stop.wait(max(0.0, looked_s + CROWD_S - self._seconds()))

    def _turn_gently(self) -> int:
        """Take a turn, then rest some times as long as it computed if others wrote meanwhile.

        Of the threads of this process one computes at a time: a guest who is being checked in
        comes before a long queue of badges.
        """
        writes, begun_s = self._house.writes, time.thread_time()
        tried = self.turn()
        if tried and self._house.writes - writes > OWN_WRITES:
            self._stop.wait(min(RESTS * (time.thread_time() - begun_s), MAX_YIELD_S))
        return tried

    # The printer

    def _is_ready(self) -> bool:
        """Whether a badge may be sent now, by what the printer says.

        One that is not set up in the store is tried once all the same, so that its badge says why.
        """
        if self.status.health.prints and self._seconds() - self._asked_at_s > FRESH_S:
            self._ask()
        untold = self.printer_id is None and not self._failures
        return self.status.health.prints or untold

    def _ask(self) -> None:
        before, self.status = self.status, self._say()
        if self.printer_id is not None:
            self._house.call(note_health, self._now(), self.printer_id, self.status)
        if before.health.prints != self.status.health.prints:
            said = self.status.text or self.status.health.value
            log.warning("Printer %s: %s", self.printer.name, said)
            self._wake_others()
            self._news.set()

    def _say(self) -> Status:
        try:
            return self.printer.status()
        except Exception as error:
            log.exception("Printer %s cannot be asked", self.printer.name)
            return Status(Health.ERROR, Message(str(error)[:200]))
        finally:
            self._asked_at_s = self._seconds()

    # What was claimed

    def _deliver_claimed(self) -> int:
        """Deliver what was claimed, as long as nothing is the matter, and say how many."""
        claimed_at_s, tried = self._seconds(), 0
        while job := _next(self._claimed):
            self._busy_since_s = self._seconds()
            try:
                self._deliver(job)
            finally:
                self._busy_since_s = None
            tried += 1
            if not self._may_go_on(claimed_at_s):
                break
        return tried

    def _may_go_on(self, claimed_at_s: float) -> bool:
        now_s = self._seconds()
        return (
            not self._stop.is_set()
            and self.status.health.prints
            and now_s >= self._resting_until_s
            and now_s - claimed_at_s <= BATCH_S
        )

    def _write_down(
        self, results: deque[T], writing: Callable[[Sequence[T]], Callable[[], None]]
    ) -> None:
        """Write results down at once, in the keeper, while the courier is stuck over a badge."""
        taken = _taken_from(results)
        if not taken:
            return
        try:
            writing(taken)()
        except BaseException:
            results.extend(taken)  # the keeper tries again, or the next turn does
            raise
        self._wake_others()

    def _keep_results(self) -> None:
        """Hand what is out and what goes back to the outcomes, a transaction for each."""
        if out := _taken_from(self._out):
            self._outcomes.keep(self._confirming(out))
        if left := _taken_from(self._back):
            self._outcomes.keep(self._returning(left))

    def _confirming(self, out: Sequence[BadgeOut]) -> Callable[[], None]:
        return partial(
            self._house.call,
            confirm_badges,
            out[-1].at,
            self.name,
            out,
            printer_id=self.printer_id,
            status=self.status,
        )

    def _returning(self, left: Sequence[BadgeJob]) -> Callable[[], None]:
        leases = [Lease(each.delivery_id, each.attempts) for each in left]
        return partial(self._house.call, return_badges, None, self.name, leases)

    def _note(self, outcome: Callable[[], object]) -> None:
        """Write down what came of a badge, behind what is out already."""
        self._keep_results()
        self._outcomes.add(outcome)

    def _end_lease(
        self, verb: Verb[..., Any], job: BadgeJob, error: str | Message, **more: object
    ) -> None:
        """Write down by `retry_badge` or `give_up_badge` that a badge did not get out."""
        asked = (verb, self._now(), self.name, job.delivery_id)
        self._note(partial(self._house.call, *asked, attempts=job.attempts, error=error, **more))

    # One badge

    def _deliver(self, job: BadgeJob) -> None:
        """Print one badge and write down what came of it.

        No badge comes out of a store that was deleted or moved: it goes back until that is here.
        """
        try:
            self._house.check()
        except StoreError as error:
            self._end_lease(retry_badge, job, error.message, at_once=True)
            return
        begun_s = self._seconds()
        try:
            paper = self.printer.send(job.badge, job=str(job.delivery_id))
        except PrinterOfflineError as error:
            self._put_back(job, error.message, _how(error), may_be_out=error.may_be_out)
        except PrinterRefusedError as error:
            self._give_up(job, error.whole, elsewhere=True)
        except ChildLostError as error:
            reason = msg("The badge could not be drawn: {error}", error=error.message)
            self._draw_later(job, reason, to_blame=not isinstance(error, NoChildError))
        except EventDeskError as error:
            self._give_up(job, error.whole)
        except Exception as error:
            log.exception("Badge %s cannot be printed", job.delivery_id)
            self._give_up(job, msg("The badge cannot be drawn: {error}", error=error))
        else:
            self._took_s = self._seconds() - begun_s
            self._conclude(job, paper)

    def _conclude(self, job: BadgeJob, paper: PrintedBadge) -> None:
        """Ask how the printer is behind a badge, and note the badge as out, or as in doubt."""
        self.status = self._say()
        if not paper.confirmed and not paper.job_ref and self.status.health in DOUBTFUL:
            self._put_back(job, self._why_not(), self._state(), may_be_out=True)
            return
        self._failures = 0
        self._out.append(
            BadgeOut(
                job.delivery_id,
                job.attempts,
                confirmed=paper.confirmed,
                where=paper.where,
                at=self._now(),
                job_ref=paper.job_ref,
            )
        )

    def _put_back(
        self, job: BadgeJob, error: Message, reason: Message, *, may_be_out: bool
    ) -> None:
        """Put a badge back for the next printer, and leave this one alone for a while."""
        rest_s = min(MAX_REST_S, FIRST_REST_S * (1 << min(self._failures, 10)))
        self._failures += 1
        said = self._say()
        # It failed whatever it says; what it says is believed again after the rest.
        self.status = Status(Health.OFFLINE, reason) if said.health.prints else said
        self._resting_until_s = self._seconds() + rest_s
        log.warning("Badge %s goes elsewhere or waits: %s", job.delivery_id, error)
        self._took_s = float("inf")
        self._end_lease(
            retry_badge,
            job,
            error,
            may_be_out=may_be_out,
            at_once=True,
            printer_id=self.printer_id,
            status=self.status,
        )

    def _give_up(self, job: BadgeJob, reason: Message, *, elsewhere: bool = False) -> None:
        if elsewhere and self.printer_id is not None:
            self._note(partial(self._pass_on, job, self.printer_id, reason, self._now()))
        else:
            log.error("Badge %s failed: %s", job.delivery_id, reason)
            self._end_lease(give_up_badge, job, reason)

    def _draw_later(self, job: BadgeJob, error: Message, *, to_blame: bool) -> None:
        """Put a badge back whose drawing was lost; the printer is well and takes the others."""
        if to_blame and job.attempts >= MAX_DRAWN:
            self._give_up(job, error)
            return
        log.warning("Badge %s waits: %s", job.delivery_id, error)
        self._end_lease(retry_badge, job, error)

    def _pass_on(self, job: BadgeJob, printer_id: UUID, reason: Message, now: datetime) -> None:
        following = self._house.call(
            pass_on_badge,
            now,
            self.name,
            job.delivery_id,
            attempts=job.attempts,
            printer_id=printer_id,
            error=reason,
        )
        self._wake_others()
        if following:
            log.warning("Badge %s goes to %s: %s", job.delivery_id, following, reason)
        else:
            log.error("Badge %s failed: %s", job.delivery_id, reason)

    def _wake_others_if_in_trouble(self) -> None:
        if not self.status.health.prints:
            self._wake_others()

    # Badges in the printer's own queue

    def _follow_jobs(self) -> bool:
        """Ask what became of badges that are in a queue of the printer; whether there are any."""
        jobs = self._house.call(sent_jobs, self._now(), self.printer_id, self.printer.name)
        for job in jobs:
            if self._stop.is_set():
                break
            now = self._now()
            try:
                paper = self.printer.follow(job.job_ref)
            except PrinterRefusedError as error:
                reason = error.whole
                self._house.call(settle_job, now, job, printed=False, error=reason)
                log.error("Badge %s failed: %s", job.delivery_id, reason)
                continue
            except EventDeskError as error:
                log.warning("Printer %s cannot be asked: %s", self.printer.name, error)
                break
            if paper is not None and paper.confirmed:
                self._house.call(settle_job, now, job, printed=True, error=msg(""))
            elif now - job.sent_at > FOLLOWED_FOR:
                self._house.call(forget_job, now, job)
            elif now - job.sent_at > STUCK_AFTER and not self.status.health.prints:
                self._house.call(take_back_job, now, job, error=self._why_not())
                self._wake_others()
        return bool(jobs)

    def _why_not(self) -> Message:
        return msg("Printer {name}: {how}", name=self.printer.name, how=self._state())

    def _state(self) -> Message:
        return self.status.text or Message(self.status.health.value)


def _how(error: PrinterOfflineError) -> Message:
    """The status text of a printer that failed."""
    if not error.reason:
        return msg("does not answer")
    if error.answers:
        return msg("cannot print just now: {reason}", reason=error.reason)
    return msg("does not answer: {reason}", reason=error.reason)


def _next(claimed: deque[T]) -> T | None:
    try:
        return claimed.popleft()
    except IndexError:
        return None


def _taken_from(results: deque[T]) -> list[T]:
    """Empty a deque item by item: the courier and the keeper may both do so."""
    return list(iter(partial(_next, results), None))
