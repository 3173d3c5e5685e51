"""Calls that are done once: kept with what they did, in one transaction."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from data.rows import count_rows
from data.schema import BookingRow, CallRow
from data.store import Store
from eventdesk.accounts import change_secret, make_token, profile
from eventdesk.acts import SYSTEM, Actor, Asked, Once, Permission, thin_calls
from eventdesk.acts.old_calls import KEPT_FOR
from eventdesk.booking import Booked, NewBooking, NewTicket, order
from eventdesk.core.errors import CallCutOffError, KeyReusedError, SignInError
from tests.build import NOON, Fair
from tests.orders import EARLY, person
from tests.people import PIN, make_guest

ATTEND = frozenset({Permission.ATTEND})
NEW_PIN = "481516"


def once(key: str = "one", *, asked: str = "this", dump: Callable[[object], str] = str) -> Once:
    return Once("somebody", key, asked, dump, lambda kept: f"kept: {kept}")


def book(fair: Fair, actor: Actor, once: Once) -> Booked:
    return book_at(fair.store, fair.event.id, fair.regular, actor, once)


def book_at(store: Store, event_id: UUID, type_id: UUID, actor: Actor, once: Once) -> Booked:
    ticket = NewTicket(name=actor.name, ticket_type_id=type_id)
    wanted = NewBooking(actor.name, "zoe@example.org", (ticket,))
    return order(store, Asked(actor, EARLY, once=once), event_id, wanted)


def count(store: Store, row: type[BookingRow] | type[CallRow]) -> int:
    with store.read() as connection:
        return count_rows(connection, row.created_at.is_not(None))


def test_eight_at_once_with_one_key_are_one_booking(fair: Fair) -> None:
    zoe = person(fair.store, "Zoe")
    numbered = once(dump=lambda booked: json.dumps(str(getattr(booked, "id", booked))))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: str(book(fair, zoe, numbered)), range(8)))
    assert count(fair.store, BookingRow) == 1
    assert sum(answer.startswith("kept: ") for answer in answers) == 7


def test_another_question_with_the_same_key_is_refused(fair: Fair) -> None:
    zoe = person(fair.store, "Zoe")
    book(fair, zoe, once())
    with pytest.raises(KeyReusedError):
        book(fair, zoe, once(asked="that"))
    with pytest.raises(KeyReusedError):
        make_token(fair.store, Asked(zoe, once=once()), "another use case", ATTEND)
    book(fair, zoe, replace(once(), caller="somebody else"))
    assert count(fair.store, BookingRow) == 2


def test_neither_is_there_where_the_answer_cannot_be_kept(fair: Fair) -> None:
    zoe = person(fair.store, "Zoe")
    with pytest.raises(ZeroDivisionError):
        book(fair, zoe, once(dump=lambda _: str(1 // 0)))
    assert (count(fair.store, BookingRow), count(fair.store, CallRow)) == (0, 0)


def test_steps_are_taken_once(store: Store) -> None:
    gus = make_guest(store)
    for _ in range(2):  # a second time the old PIN would be wrong
        change_secret(store, Asked(gus, once=once()), old=PIN, new=NEW_PIN)


def test_steps_that_were_refused_may_be_asked_for_again(store: Store) -> None:
    gus = make_guest(store)
    for _ in range(2):
        with pytest.raises(SignInError):
            change_secret(store, Asked(gus, once=once()), old="000000", new=NEW_PIN)
    assert count(store, CallRow) == 0


def test_steps_that_were_cut_off_are_told_as_such(store: Store) -> None:
    gus = make_guest(store)
    change_secret(store, Asked(gus, once=once()), old=PIN, new=NEW_PIN)
    with store.write() as connection:
        connection.execute(update(CallRow).values(answer=None))
    with pytest.raises(CallCutOffError, match="not known"):
        change_secret(store, Asked(gus, once=once()), old=PIN, new=NEW_PIN)


def test_steps_that_were_killed_leave_a_call_without_an_answer(store: Store) -> None:
    gus = make_guest(store)
    with pytest.raises(KeyboardInterrupt):
        change_secret(store, Asked(gus, once=once(dump=interrupted)), old=PIN, new=NEW_PIN)
    with pytest.raises(CallCutOffError):
        change_secret(store, Asked(gus, once=once()), old=PIN, new=NEW_PIN)


def interrupted(_result: object) -> str:
    raise KeyboardInterrupt


def test_what_is_read_is_not_kept(store: Store) -> None:
    gus = make_guest(store)
    profile(store, Asked(gus, once=once()))
    assert count(store, CallRow) == 0


def test_calls_are_kept_for_a_week(store: Store) -> None:
    gus = make_guest(store)
    make_token(store, Asked(gus, once=once()), "mine", ATTEND)
    with store.write() as connection:
        connection.execute(update(CallRow).values(created_at=NOON))
    assert thin_calls(store, SYSTEM.at(NOON + KEPT_FOR)) == 0
    assert thin_calls(store, SYSTEM.at(NOON + KEPT_FOR + timedelta(seconds=1))) == 1
    assert count(store, CallRow) == 0


KILLED = """\
import os, signal, sys
from pathlib import Path
from uuid import UUID
from data.store import Store
from eventdesk.acts import Actor, ActorKind, Role
from tests.acts.test_once import book_at, once

def die(_result):
    os.kill(os.getpid(), signal.SIGKILL)

with Store(Path(sys.argv[1])) as store:
    zoe_id, event_id, type_id = map(UUID, sys.argv[3:])
    zoe = Actor(ActorKind.ACCOUNT, zoe_id, "Zoe", Role.ATTENDEE)
    book_at(store, event_id, type_id, zoe, once(dump=die) if sys.argv[2] == "before" else once())
    die(None)
"""


@pytest.mark.long
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_program_that_is_killed_leaves_both_or_neither(fair: Fair, when: str) -> None:
    zoe = person(fair.store, "Zoe")
    arguments = [fair.store.home, when, zoe.id, fair.event.id, fair.regular]
    program = subprocess.run([sys.executable, "-c", KILLED, *map(str, arguments)], check=False)
    assert program.returncode == -signal.SIGKILL
    done = 1 if when == "after" else 0
    assert (count(fair.store, BookingRow), count(fair.store, CallRow)) == (done, done)
    answer = book(fair, zoe, once())
    assert str(answer).startswith("kept: ") == bool(done)
    assert count(fair.store, BookingRow) == 1
