"""Against a provider by others, npm oidc-provider: code with PKCE, device flow, probe."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.integrations.oidc.identity import Identity, Trip
from eventdesk.integrations.oidc.known import forget
from eventdesk.integrations.oidc.openid import OpenId
from eventdesk.integrations.oidc.probe import probe
from tests.integrations.oidc.walker import Walker

pytestmark = pytest.mark.long

SECRET = "a secret between the two"
TRIP = Trip("the state", "the nonce", "v" * 43, "http://house/sign-in/back")


@pytest.fixture
def client(oidc_provider: str) -> Iterator[OpenId]:
    forget()
    yield OpenId(oidc_provider, "eventdesk", SECRET)
    forget()


@pytest.fixture
def walker(oidc_provider: str) -> Iterator[Walker]:
    walker = Walker(oidc_provider)
    walker.tell("ada", email="ada@example.org", email_verified=True, name="Ada", groups=["crew"])
    yield walker
    walker.browser.close()


def test_a_person_signs_in_by_code_and_pkce(
    client: OpenId, walker: Walker, oidc_provider: str
) -> None:
    back = {
        name: said[0]
        for name, said in parse_qs(urlsplit(walker.walk(client.address(TRIP))).query).items()
    }
    assert back["state"] == TRIP.state
    assert client.came_from(back["iss"])
    assert not client.came_from("")
    came = client.identity(back["code"], TRIP, now=datetime.now(UTC))
    assert came == Identity(oidc_provider, "ada", "ada@example.org", True, "Ada", ("crew",))
    with pytest.raises(ServiceRefusedError, match="does not take this sign-in"):
        client.identity(back["code"], TRIP, now=datetime.now(UTC))


def test_a_code_is_of_no_use_without_the_verifier(client: OpenId, walker: Walker) -> None:
    back = parse_qs(urlsplit(walker.walk(client.address(TRIP))).query)
    stolen = Trip(TRIP.state, TRIP.nonce, "w" * 43, TRIP.back)
    with pytest.raises(ServiceRefusedError, match="does not take this sign-in"):
        client.identity(back["code"][0], stolen, now=datetime.now(UTC))


def test_a_wrong_secret_is_named(oidc_provider: str, walker: Walker, client: OpenId) -> None:
    back = parse_qs(urlsplit(walker.walk(client.address(TRIP))).query)
    wrong = OpenId(oidc_provider, "eventdesk", "another")
    with pytest.raises(ServiceRefusedError, match="does not know this house"):
        wrong.identity(back["code"][0], TRIP, now=datetime.now(UTC))


def test_another_device_signs_in(client: OpenId, walker: Walker) -> None:
    offer = client.device_code()
    assert client.by_device(offer.code, now=datetime.now(UTC)) is None
    walker.confirm_device(offer.scanned)
    came = client.by_device(offer.code, now=datetime.now(UTC))
    assert came is not None
    assert (came.subject, came.email) == ("ada", "ada@example.org")


def test_the_probe_says_what_is_wrong(oidc_provider: str) -> None:
    values = {
        "provider": "openid",
        "issuer": oidc_provider,
        "client_id": "eventdesk",
        "client_secret": SECRET,
    }
    assert "knows this house" in str(probe(values))
    for wrong, said in (
        ({"issuer": f"{oidc_provider}/"}, "calls itself"),
        ({"client_id": "another"}, "does not know this house"),
        ({"client_secret": "another"}, "does not know this house"),
        ({"issuer": ""}, "issuer is missing"),
    ):
        with pytest.raises(ServiceRefusedError, match=said):
            probe({**values, **wrong})
