"""Any history of a waitlist: order, nobody skipped, never too many, no deadline too late."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from data.schema import InvitationRow, TicketRow, TicketTypeRow, WaitlistEntryRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import expire_due
from eventdesk.core.errors import InvalidInputError
from eventdesk.waiting import EntryState, accept, join, leave
from eventdesk.waiting.waitlist_offers import fill, lapse_offers
from tests.build import Fair, empty_store, make_fair
from tests.figures.crowd import EARLY, sell_out, set_event
from tests.histories import tries

QUOTA = 3
steps = st.lists(
    st.sampled_from(["join", "join vip", "free", "accept", "leave", "wait", "lapse", "quota"]),
    min_size=1,
    max_size=25,
)


class _Waitlist:
    """The store beside what must be true of it."""

    def __init__(self, fair: Fair, auto: bool) -> None:
        self.fair, self.store, self.now = fair, fair.store, EARLY
        self.quota, self.people = QUOTA, 0
        set_event(fair, waitlist_auto=auto, offer_minutes=60)
        sell_out(fair, fair.regular, QUOTA)

    def do(self, step: str) -> None:
        self.end_unpaid()
        before = self.waiting()
        given: list[UUID] = []
        if step.startswith("join"):
            self.join(vip=step.endswith("vip"))
            return
        with Steps(self.store, SYSTEM.at(self.now)).write() as act:
            if step == "free":
                one = select(TicketRow.id).where(TicketRow.state == "valid").limit(1)
                cancelled = update(TicketRow).where(TicketRow.id.in_(one))
                act.connection.execute(cancelled.values(state="cancelled"))
                given = fill(act, self.fair.event.id)
            elif step == "lapse":
                lapse_offers(act, None)
            elif step == "wait":
                self.now += timedelta(minutes=45)
        if step == "quota":
            self.quota += 1
            with Steps(self.store, SYSTEM.at(self.now)).write() as act:
                act.connection.execute(
                    update(TicketTypeRow)
                    .where(TicketTypeRow.id == self.fair.regular)
                    .values(quota=self.quota)
                )
                given = fill(act, self.fair.event.id)
        elif step in ("accept", "leave"):
            self.answer(step)
        assert given == before[: len(given)]
        gone = before[: len(before) - len(self.waiting())]
        assert self.waiting() == before[len(gone) :], "somebody was passed over"

    def end_unpaid(self) -> None:
        """End what was not paid in time, as everything does that gives places."""
        with Steps(self.store, SYSTEM.at(self.now)).write() as act:
            if expire_due(act, self.fair.event.id):
                fill(act, self.fair.event.id)

    def join(self, *, vip: bool) -> None:
        self.people += 1
        name = f"Guest {self.people}"
        email = f"{self.people}@example.org"
        if vip:
            with self.store.write() as connection:
                connection.execute(
                    insert(InvitationRow).values(
                        id=uuid4(),
                        event_id=self.fair.event.id,
                        email=email,
                        invited_at=EARLY,
                        vip=True,
                    )
                )
        kept = sum(until > self.now for _, until in self.offered())  # one that lapsed is free
        full = self.taken() + kept >= self.quota or bool(self.waiting())
        try:
            join(
                self.store,
                SYSTEM.at(self.now),
                self.fair.event.id,
                ticket_type_id=self.fair.regular,
                name=name,
                email=email,
            )
        except InvalidInputError:
            assert not full
        else:
            assert full

    def answer(self, step: str) -> None:
        offered = self.offered()
        if not offered:
            return
        entry_id, until = offered[0]
        if step == "leave":
            leave(self.store, SYSTEM.at(self.now), entry_id)
        elif until > self.now:
            accept(self.store, SYSTEM.at(self.now), entry_id)

    def waiting(self) -> list[UUID]:
        """Who waits, in the order that the rule gives: VIP first, then by time."""
        with self.store.read() as connection:
            rows = connection.execute(
                select(WaitlistEntryRow.id, WaitlistEntryRow.priority, WaitlistEntryRow.no).where(
                    WaitlistEntryRow.state == EntryState.WAITING
                )
            ).all()
        return [row.id for row in sorted(rows, key=lambda row: (-row.priority, row.no))]

    def offered(self) -> list[tuple[UUID, datetime]]:
        with self.store.read() as connection:
            rows = connection.execute(
                select(WaitlistEntryRow.id, WaitlistEntryRow.offer_until)
                .where(WaitlistEntryRow.state == EntryState.OFFERED)
                .order_by(WaitlistEntryRow.no)
            )
            return [(row.id, row.offer_until) for row in rows if row.offer_until is not None]

    def taken(self) -> int:
        with self.store.read() as connection:
            return connection.execute(
                select(func.count()).where(TicketRow.state == "valid")
            ).scalar_one()

    def busy(self) -> int:
        return self.taken() + len(self.offered())

    def check(self) -> None:
        assert self.busy() <= self.quota
        begin = self.fair.event.starts_at
        assert all(until <= begin for _, until in self.offered())
        assert all(until <= self.now + timedelta(minutes=60) for _, until in self.offered())


@settings(max_examples=tries(30))
@given(steps=steps, auto=st.booleans())
@example(steps=["join", "free", "accept", "wait", "wait", "join"], auto=False)
def test_places_go_to_vips_first_and_then_by_time_and_never_to_more_than_there_are(
    steps: list[str], auto: bool
) -> None:
    with TemporaryDirectory() as folder, empty_store(Path(folder) / "home") as store:
        waitlist = _Waitlist(make_fair(store), auto)
        for step in steps:
            waitlist.do(step)
            waitlist.check()


parties = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.integers(1, QUOTA), st.booleans()),
        st.tuples(st.sampled_from(["free", "accept", "leave", "wait"]), st.just(0), st.booleans()),
    ),
    min_size=1,
    max_size=30,
)


class _Parties(_Waitlist):
    """A waitlist on which people wait for several places together."""

    def step(self, step: str, places: int, fewer: bool) -> None:
        if step == "join":
            self.join_together(places, fewer)
        elif step == "wait":
            self.now += timedelta(minutes=45)
        elif step == "free":
            one = select(TicketRow.id).where(TicketRow.state == "valid").limit(1 + fewer)
            with self.store.write() as connection:
                cancelled = update(TicketRow).where(TicketRow.id.in_(one))
                connection.execute(cancelled.values(state="cancelled"))
        else:
            self.answer(step)
        with Steps(self.store, SYSTEM.at(self.now)).write() as act:
            expire_due(act, self.fair.event.id)
            lapse_offers(act, None)
            fill(act, self.fair.event.id)

    def join_together(self, places: int, fewer: bool) -> None:
        self.people += 1
        with suppress(InvalidInputError):  # there are places
            join(
                self.store,
                SYSTEM.at(self.now),
                self.fair.event.id,
                ticket_type_id=self.fair.regular,
                name=f"Guest {self.people}",
                email=f"{self.people}@example.org",
                places=places,
                fewer=fewer,
            )

    def check(self) -> None:
        with self.store.read() as connection:
            rows = connection.execute(
                select(WaitlistEntryRow.__table__).order_by(WaitlistEntryRow.no)
            ).all()
        offered = sum(row.places for row in rows if row.state == EntryState.OFFERED)
        free = self.quota - self.taken() - offered
        assert free >= 0, "oversold"
        assert all(row.least <= row.places <= QUOTA for row in rows)
        # One entry takes the last places that go past somebody, as many as it waits for.
        assert all(row.passed < row.least + QUOTA for row in rows)
        for row in rows:
            if row.state == EntryState.WAITING:
                assert row.least > free, "passed over with enough free places"
                if row.passed >= row.least > 1:
                    break


@pytest.mark.long
@settings(max_examples=tries(15))
@given(steps=parties, auto=st.booleans())
def test_parties_are_passed_over_by_the_rule_and_nothing_is_oversold(
    steps: list[tuple[str, int, bool]], auto: bool
) -> None:
    with TemporaryDirectory() as folder, empty_store(Path(folder) / "home") as store:
        waitlist = _Parties(make_fair(store), auto)
        for step in steps:
            waitlist.step(*step)
            waitlist.check()
