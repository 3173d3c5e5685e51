"""One-time codes by mail: made when they are sent, so that they lie nowhere in plain."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.accounts import ask_for_code, set_secret, sign_in, sign_up
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import SignInError
from tests.integrations.mail.post_office import PostOffice
from tests.mailing.office import deliver, queued, sent_to, states
from tests.mailing.test_mails import text_of


def code_in(office: PostOffice) -> str:
    found = re.search(r"password: (\S+)", text_of(office.letters[-1]))
    assert found is not None
    return found[1]


def test_who_forgot_a_pin_gets_a_code_that_sets_another(store: Store, office: PostOffice) -> None:
    sign_up(store, SYSTEM, email="ada@example.org", name="Ada", secret="271828")
    assert ask_for_code(store, SYSTEM, "ada@example.org")
    deliver(store)
    code = code_in(office)
    assert all(code not in str(row) for row in queued(store))
    set_secret(store, SYSTEM, email="ada@example.org", code=code, secret="314159")
    assert sign_in(store, SYSTEM, email="ada@example.org", secret="314159").name == "Ada"


def test_it_says_the_same_of_an_address_without_an_account(
    store: Store, office: PostOffice
) -> None:
    assert ask_for_code(store, SYSTEM, "nobody@example.org")
    assert queued(store) == []


def test_a_code_that_nobody_waits_for_any_more_is_not_made(
    store: Store, office: PostOffice
) -> None:
    sign_up(store, SYSTEM, email="ada@example.org", name="Ada", secret="271828")
    ask_for_code(store, SYSTEM, "ada@example.org")
    with store.write() as connection:
        old = utc_now() - timedelta(hours=2)
        connection.execute(update(DeliveryRow).values(created_at=old))
    deliver(store)
    assert sent_to(office) == []
    assert states(store) == ["cancelled"]


def test_a_code_by_mail_takes_no_lock_off(store: Store, office: PostOffice) -> None:
    sign_up(store, SYSTEM, email="ada@example.org", name="Ada", secret="271828")
    for _ in range(3):
        with pytest.raises(SignInError, match="wrong"):
            sign_in(store, SYSTEM, email="ada@example.org", secret="161803")
    ask_for_code(store, VISITOR, "ada@example.org")
    deliver(store)
    assert code_in(office)
    with pytest.raises(SignInError, match="Too many"):
        sign_in(store, SYSTEM, email="ada@example.org", secret="161803")
