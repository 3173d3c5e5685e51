"""GitHub: who came is said by its API, over the same sockets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.integrations.oidc.github import GitHub
from eventdesk.integrations.oidc.identity import Identity, Trip
from tests.integrations.chaos import Asked, Counterpart, Reply, counterpart

TRIP = Trip("the state", "the nonce", "the verifier", "https://house/sign-in/back")
NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
ADDRESSES = [
    {"email": "old@example.org", "primary": False, "verified": True},
    {"email": "ada@example.org", "primary": True, "verified": True},
]


class Enterprise:
    """A GitHub Enterprise Server with one person."""

    def __init__(self) -> None:
        self.token: dict[str, Any] = {"access_token": "gho_1", "token_type": "bearer"}
        self.addresses = ADDRESSES

    def answer(self, asked: Asked) -> Reply:
        match asked.path:
            case "/login/oauth/access_token":
                return Reply.of(self.token)
            case "/api/v3/user":
                return Reply.of({"id": 583231, "login": "octocat", "name": None})
            case "/api/v3/user/emails":
                return Reply.of(self.addresses)
            case "/api/v3/user/orgs":
                return Reply.of([{"login": "crew"}, {"login": "planners"}])
        return Reply(404)


@pytest.fixture
def said() -> Enterprise:
    return Enterprise()


@pytest.fixture
def there(said: Enterprise) -> Iterator[Counterpart]:
    with counterpart(said.answer) as there:
        yield there


def github(there: Counterpart, *, groups: bool = True) -> GitHub:
    return GitHub("id", "secret", home=there.url, reads_groups=groups)


def test_the_way_there_has_state_and_challenge(there: Counterpart) -> None:
    asked = parse_qs(urlsplit(github(there).address(TRIP)).query)
    assert asked["state"] == ["the state"]
    assert asked["scope"] == ["read:user user:email read:org"]
    assert "code_challenge" in asked
    assert GitHub("id", "").address(TRIP).startswith("https://github.com/login/oauth/authorize?")


def test_who_came_is_named_by_number_and_main_address(there: Counterpart) -> None:
    came = github(there).identity("code", TRIP, now=NOW)
    groups = ("crew", "planners")
    assert came == Identity(there.url, "583231", "ada@example.org", True, "octocat", groups)
    assert there.asked[1].headers["authorization"] == "Bearer gho_1"
    assert there.asked[0].form["code_verifier"] == "the verifier"


def test_an_address_that_was_not_made_sure_of_is_none(there: Counterpart, said: Enterprise) -> None:
    said.addresses = [{"email": "ada@example.org", "primary": True, "verified": False}]
    came = github(there, groups=False).identity("code", TRIP, now=NOW)
    assert (came.email, came.is_verified, came.groups) == ("", False, ())


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("bad_verification_code", "does not take"),
        ("incorrect_client_credentials", "does not know this house"),
    ],
)
def test_refusals_come_with_status_200(
    there: Counterpart, said: Enterprise, word: str, told: str
) -> None:
    said.token = {"error": word}
    with pytest.raises(ServiceRefusedError, match=told):
        github(there).identity("code", TRIP, now=NOW)


def test_another_device_waits_and_signs_in(there: Counterpart, said: Enterprise) -> None:
    said.token = {"error": "authorization_pending"}
    assert github(there).by_device("device", now=NOW) is None
    said.token = {"access_token": "gho_1"}
    came = github(there).by_device("device", now=NOW)
    assert came is not None
    assert came.subject == "583231"
