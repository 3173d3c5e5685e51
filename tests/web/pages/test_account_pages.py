"""Making an account and getting into it again: alike for every address."""

import pytest

from data.rows import count_rows
from data.schema import AccountRow
from eventdesk.accounts import make_code
from eventdesk.acts import SYSTEM
from eventdesk.web import rates
from tests.build import NOON, Fair
from tests.people import PASSWORD, PIN, make_guest
from tests.web.pages.browsing import Browser
from tests.web.serving import Served

NEW = {"name": "Ann Other", "email": "Ann@Example.org", "secret": PIN, "next": "/tickets/new"}


@pytest.fixture(autouse=True)
def _in_time(fair: Fair) -> None:
    fair.store.clock = lambda: NOON


@pytest.fixture
def visitor(house: Served) -> Browser:
    return Browser(house).leave()


def accounts(fair: Fair) -> int:
    with fair.store.read() as connection:
        return count_rows(connection, AccountRow.email == "ann@example.org")


@pytest.mark.parametrize("secret", [PIN, PASSWORD])
def test_who_makes_an_account_signs_in_with_it(fair: Fair, visitor: Browser, secret: str) -> None:
    form = visitor.open("/sign-up?next=%2Ftickets%2Fnew").form("/sign-up")
    assert form.values["next"] == "/tickets/new"
    where = visitor.led("/sign-up", **form.values | NEW | {"secret": secret})
    assert where == "/sign-in?new=1&next=%2Ftickets%2Fnew"
    page = visitor.open(where)
    assert "Sign in with what you chose." in page.one("main").text
    typed = page.form("/sign-in").values | {"email": "ann@example.org", "secret": secret}
    assert visitor.led("/sign-in", **typed) == "/tickets/new"
    assert "Ann Other" in visitor.open("/me").one("header").text
    for each in ("/sign-up", "/forgotten", "/new-secret"):
        assert visitor.ask(each).headers["location"] == "/me"


def test_an_address_that_is_taken_looks_like_any_other(fair: Fair, visitor: Browser) -> None:
    make_guest(fair.store, "Ann", secret=PASSWORD)
    taken, free = (
        visitor.send("/sign-up", **NEW | {"email": each})
        for each in ("ann@example.org", "new@example.org")
    )
    assert (taken.status_code, taken.headers["location"]) == (303, free.headers["location"])
    assert taken.text == free.text
    assert accounts(fair) == 1


def test_what_is_wrong_is_said_at_its_field_and_no_secret_comes_back(
    fair: Fair, visitor: Browser
) -> None:
    hostile = '"><script>x</script>'
    wrong = {"name": " ", "email": hostile, "secret": "123456", "next": "//evil.example"}
    page = visitor.refused("/sign-up", wrong)
    for field in ("name", "email", "secret"):
        assert page.by_id(f"{field}-wrong").text
    assert page.form("/sign-up").values == {
        "name": " ",
        "email": hostile,
        "secret": "",
        "next": "/",
    }
    assert accounts(fair) == 0


@pytest.mark.parametrize("email", ["ann@example.org", "nobody@example.org"])
def test_a_forgotten_pin_is_asked_for_alike_for_every_address(
    fair: Fair, visitor: Browser, email: str
) -> None:
    make_guest(fair.store, "Ann", secret=PIN)
    where = visitor.led(
        "/forgotten", **visitor.open("/forgotten").form("/forgotten").values | {"email": email}
    )
    assert where == "/new-secret?asked=admins"
    assert "the administrators were told" in visitor.open(where).one("main").text
    page = visitor.refused("/new-secret", {"email": email, "code": "GUESS", "secret": "314159265"})
    assert "is wrong" in page.by_id("problem").text
    values = page.form("/new-secret").values
    assert values == {"email": email, "code": "", "secret": ""}
    for _number in range(20):
        answer = visitor.send("/forgotten", email=email)
    assert answer.status_code == 422


def test_a_code_sets_a_new_pin(fair: Fair, visitor: Browser) -> None:
    ann = make_guest(fair.store, "Ann", secret=PIN)
    assert ann.id is not None
    code = make_code(fair.store, SYSTEM.at(NOON), ann.id)
    missing = visitor.refused("/new-secret", {"email": "x", "code": " ", "secret": "1"})
    for field in ("email", "code", "secret"):
        assert missing.by_id(f"{field}-wrong").text
    new = {"email": "ann@example.org", "code": code, "secret": "8675309"}
    assert visitor.led("/new-secret", **new) == "/sign-in?new=1&next=%2F"
    assert visitor.led("/sign-in", **new) == "/"
    visitor.leave()
    visitor.refused("/new-secret", new)


def test_calls_are_counted_and_other_sites_are_refused(fair: Fair, visitor: Browser) -> None:
    headers = {"accept": "text/html", "sec-fetch-site": "cross-site"}
    for each in ("/sign-up", "/forgotten", "/new-secret"):
        assert visitor.house.http.post(each, data=NEW, headers=headers).status_code == 403
    assert accounts(fair) == 0
    answers = [visitor.send("/sign-up", **NEW) for _number in range(rates.COSTLY["sign_up"] + 1)]
    assert answers[0].status_code == 303
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert accounts(fair) == 1
