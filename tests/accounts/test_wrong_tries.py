"""Wrong tries: anybody may make them for any address, so what is old of them goes."""

from datetime import timedelta

import pytest

from data.rows import count_rows
from data.schema import WrongTryRow
from data.store import Store
from eventdesk.accounts import sign_in, thin_wrong_tries
from eventdesk.accounts.credential import PAUSES
from eventdesk.accounts.wrong_tries import REMEMBERED_FOR
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.core.errors import SignInError
from tests.build import NOON

SECOND = timedelta(seconds=1)


def kept(store: Store) -> int:
    with store.read() as connection:
        return count_rows(connection, WrongTryRow.tries > 0)


def test_wrong_tries_go_a_day_after_the_last(store: Store) -> None:
    for number in range(3):
        at = NOON if number else NOON - SECOND
        with pytest.raises(SignInError):
            sign_in(store, VISITOR.at(at), f"{number}@example.org", "wrong")
    assert thin_wrong_tries(store, SYSTEM.at(NOON)) == 0
    assert thin_wrong_tries(store, SYSTEM.at(NOON + REMEMBERED_FOR)) == 1
    assert kept(store) == 2
    assert thin_wrong_tries(store, SYSTEM.at(NOON + REMEMBERED_FOR + SECOND)) == 2
    assert kept(store) == 0


def test_no_lock_ends_with_what_is_forgotten() -> None:
    assert max(PAUSES) < REMEMBERED_FOR
