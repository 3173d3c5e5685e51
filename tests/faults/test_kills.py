"""Programs killed at random moments lose nothing they answered for, and repeat nothing."""

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import func, select

from badges.folder_printer import FolderPrinter
from data.files import problems
from data.schema import AdmissionRow, DeliveryRow, TicketRow
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.printing import LEASE, REPEATED, badge_queue
from eventdesk.spooler import BATCH, Spooler
from tests.build import Fair, make_fair
from tests.faults.mortal_programs import deliver_for_ever, scan_all

pytestmark = pytest.mark.long

ROUNDS = 50
GUESTS = 6000
MAX_LIFE_S = 0.15
SCANNED_AGAIN = 5
"""How many tickets of the round before are scanned again: none may enter twice."""


def test_fifty_kills_lose_no_answered_admission_no_badge_and_double_none(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "badges"
    with Store.create(home) as store:
        fair = make_fair(store)
        tokens = _sell(fair)
    answered: list[str] = []
    for _ in range(ROUNDS):
        first = max(0, len(answered) - SCANNED_AGAIN)
        answered += _let_in(_round(fair, home, folder, tokens[first : first + 500]))
        assert problems(home / FILE_NAME) == []
        with Store(home) as store:
            admitted = _admitted(store)
        assert set(answered) <= admitted.keys(), "an answered admission was lost"
    assert max(Counter(answered).values()) == 1, "a ticket was let in twice"
    assert max(admitted.values()) == 1
    assert len(answered) > ROUNDS, "the doors were killed before they did anything"
    with Store(home) as store:
        _drain(store, folder)
        assert badge_queue(store, SYSTEM).waiting == 0
        code_of = _codes_by_delivery(store)
        repeated = _repeated(store)
    printed = Counter(code_of[badge.stem.split()[-1]] for badge in folder.iterdir())
    assert printed == admitted, "not one badge for each admitted ticket"
    assert 0 < repeated <= ROUNDS * BATCH, "no spooler was killed with badges in its hands"


def _sell(fair: Fair) -> list[str]:
    booked = fair.sell_all([f"Guest {number}" for number in range(GUESTS)])
    return [fair.token(booked, index) for index in range(GUESTS)]


def _round(fair: Fair, home: Path, folder: Path, tokens: list[str]) -> list[str]:
    """Let a door and a spooler live for a random while, and return what the door answered."""
    listening, speaking = PROCESSES.Pipe(duplex=False)
    door = PROCESSES.Process(target=scan_all, args=(home, fair.door.id, tokens, speaking))
    spooler = PROCESSES.Process(target=deliver_for_ever, args=(home, folder))
    door.start()
    spooler.start()
    speaking.close()
    answers = [listening.recv()]
    door.join(random.uniform(0, MAX_LIFE_S))
    first, second = random.sample([door, spooler], 2)
    first.kill()
    second.kill()
    answers += _rest(listening)
    listening.close()
    for process in (door, spooler):
        process.join()
        process.close()
    return answers


def _rest(listening: "Connection[str, str]") -> Iterator[str]:
    while True:
        try:
            yield listening.recv()
        except EOFError:
            return


def _let_in(answers: list[str]) -> list[str]:
    pairs = [answer.split() for answer in answers]
    return [code for outcome, code in pairs if outcome == "admitted"]


def _admitted(store: Store) -> Counter[str]:
    with store.read() as connection:
        return Counter(
            connection.execute(
                select(TicketRow.code).join(AdmissionRow, AdmissionRow.ticket_id == TicketRow.id)
            ).scalars()
        )


def _drain(store: Store, folder: Path) -> None:
    """Print what is left once the leases of the dead have run out."""
    heir = Spooler(store, FolderPrinter(folder), backups=False)
    while heir.deliver_due(now=utc_now() + LEASE):
        pass


def _codes_by_delivery(store: Store) -> dict[str, str]:
    """Ticket codes by the delivery's id, which ends the name of a badge's file."""
    query = select(DeliveryRow.id, TicketRow.code).join(
        TicketRow, TicketRow.id == DeliveryRow.ticket_id
    )
    with store.read() as connection:
        return {str(delivery_id): code for delivery_id, code in connection.execute(query)}


def _repeated(store: Store) -> int:
    with store.read() as connection:
        marked = select(func.count()).where(DeliveryRow.mark == REPEATED)
        return connection.execute(marked).scalar_one()


PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.mortal_programs"])
