"""What a provider's ID token has to be, and what is made of one that is not."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey

from eventdesk.core.errors import ServiceError, ServiceRefusedError, ServiceSilentError
from eventdesk.integrations.oidc import known
from eventdesk.integrations.oidc.identity import Identity, Trip
from eventdesk.integrations.oidc.openid import OpenId, challenge
from tests.integrations.chaos import Fault
from tests.integrations.oidc.lying import CLIENT, FIRST, SECOND, Lying, lying

TRIP = Trip("the state", "the nonce", "the verifier", "https://house/sign-in/back")


@pytest.fixture
def provider() -> Iterator[Lying]:
    with lying() as said:
        yield said


def client(provider: Lying, secret: str = "s+e cret") -> OpenId:
    return OpenId(provider.issuer, CLIENT, secret)


def identity(provider: Lying) -> Identity:
    return client(provider).identity("code", TRIP, now=datetime.now(UTC))


def test_a_browser_is_led_there_with_state_nonce_and_a_challenge(provider: Lying) -> None:
    parts = urlsplit(client(provider).address(TRIP))
    asked = {name: value[0] for name, value in parse_qs(parts.query).items()}
    assert parts.path == "/auth"
    assert (asked["state"], asked["nonce"]) == (TRIP.state, TRIP.nonce)
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (
        challenge(TRIP.verifier),
        "S256",
    )
    assert TRIP.verifier not in parts.query
    assert asked["redirect_uri"] == TRIP.back


def test_the_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_becomes_who_came(provider: Lying) -> None:
    assert identity(provider) == Identity(
        provider.issuer, "ada-7", "ada@example.org", True, "Ada", ("crew",)
    )
    [token] = [each for each in provider.there.asked if each.path == "/token"]
    assert token.form["code_verifier"] == TRIP.verifier
    assert token.headers["authorization"] == "Basic ZXZlbnRkZXNrOnMlMkJlK2NyZXQ="


def test_a_secret_goes_into_the_form_where_no_header_is_taken(provider: Lying) -> None:
    provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    identity(provider)
    [token] = [each for each in provider.there.asked if each.path == "/token"]
    assert token.form["client_secret"] == "s+e cret"
    assert "authorization" not in token.headers


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://evil.example"}, "Another provider made it"),
        ({"iss": ...}, "Another provider made it"),
        ({"aud": "another"}, "for another program"),
        ({"aud": ["eventdesk", "another"]}, "for another program"),
        ({"aud": ["eventdesk"], "azp": "another"}, "made for another program"),
        ({"aud": ...}, "for another program"),
        ({"nonce": "another"}, "another sign-in"),
        ({"nonce": ...}, "another sign-in"),
        ({"sub": ""}, "names nobody"),
        ({"sub": 7}, "names nobody"),
        ({"exp": ...}, "how long it holds"),
        ({"exp": "soon"}, "how long it holds"),
        ({"exp": True}, "how long it holds"),
        ({"iat": ...}, "how long it holds"),
    ],
)
def test_a_token_that_says_something_else_is_refused(
    provider: Lying, claims: dict[str, Any], why: str
) -> None:
    provider.claims = claims
    with pytest.raises(ServiceRefusedError, match=why):
        identity(provider)


def test_a_token_for_several_is_taken_where_it_names_us(provider: Lying) -> None:
    provider.claims = {"aud": ["eventdesk", "another"], "azp": "eventdesk"}
    assert identity(provider).subject == "ada-7"


def test_a_token_that_is_over_is_refused(provider: Lying) -> None:
    now_s = int(time.time())
    provider.claims = {"iat": now_s - 200, "exp": now_s - 100}
    with pytest.raises(ServiceRefusedError, match="holds no more"):
        identity(provider)


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_off_is_named(provider: Lying, minutes: int) -> None:
    wrong = datetime.now(UTC) + timedelta(minutes=minutes)
    with pytest.raises(ServiceRefusedError, match="10 minutes apart") as refused:
        client(provider).identity("code", TRIP, now=wrong)
    assert "Set the clock" in refused.value.hint


def test_what_nobody_signed_is_refused(provider: Lying) -> None:
    provider.header, provider.forged_with = {"alg": "none"}, b""
    with pytest.raises(ServiceRefusedError, match="proves nothing"):
        identity(provider)


def test_a_public_key_is_no_secret(provider: Lying) -> None:
    """The oldest attack: HS256 with what everybody can read as the key."""
    provider.forged_with = FIRST.as_pem(private=False)
    provider.header = {"alg": "HS256", "kid": "first"}
    with pytest.raises(ServiceRefusedError, match="proves nothing"):
        identity(provider)


def test_a_shared_secret_among_the_keys_signs_nothing(provider: Lying) -> None:
    shared = OctKey.generate_key(256, {"kid": "first"})
    provider.keys, provider.signs_with = [shared], shared  # type: ignore[list-item]
    provider.header = {"alg": "HS256", "kid": "first"}
    with pytest.raises(ServiceRefusedError, match="proves nothing"):
        identity(provider)


def test_a_foreign_key_signs_nothing(provider: Lying) -> None:
    provider.signs_with = SECOND
    with pytest.raises(ServiceRefusedError, match="No key of the provider"):
        identity(provider)


def test_keys_are_kept_and_read_again_when_a_new_one_signs(
    provider: Lying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "AGAIN_S", -1.0)
    identity(provider)
    identity(provider)
    assert [each.path for each in provider.there.asked].count("/keys") == 1
    provider.keys, provider.signs_with = [FIRST, SECOND], SECOND
    provider.header = {"alg": "RS256", "kid": "second"}
    assert identity(provider).subject == "ada-7"
    assert [each.path for each in provider.there.asked].count("/keys") == 2


def test_unknown_keys_do_not_make_us_ask_again_and_again(provider: Lying) -> None:
    identity(provider)
    provider.header = {"alg": "RS256", "kid": "made up"}
    for _ in range(3):
        with pytest.raises(ServiceRefusedError):
            identity(provider)
    assert [each.path for each in provider.there.asked].count("/keys") == 1


def test_the_document_is_kept(provider: Lying) -> None:
    for _ in range(3):
        client(provider).address(TRIP)
    assert len(provider.there.asked) == 1


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"issuer": "https://evil.example"}, "calls itself https://evil.example"),
        ({"token_endpoint": ""}, "does not say its token address"),
        ({"token_endpoint": "http://evil.example/token"}, "without TLS"),
    ],
)
def test_a_document_that_is_none_is_refused(
    provider: Lying, document: dict[str, Any], why: str
) -> None:
    provider.document = document
    with pytest.raises(ServiceRefusedError, match=why):
        client(provider).address(TRIP)


def test_an_address_is_verified_by_who_told_it(provider: Lying) -> None:
    provider.claims = {"email": "boss@example.org", "email_verified": ...}
    provider.told = {"sub": "ada-7", "email": "ada@example.org", "email_verified": True}
    assert (identity(provider).email, identity(provider).is_verified) == ("boss@example.org", False)
    provider.claims = {"email": ...}
    assert (identity(provider).email, identity(provider).is_verified) == ("ada@example.org", True)


def test_what_is_told_of_somebody_else_is_refused(provider: Lying) -> None:
    provider.told = {"sub": "bob-8"}
    with pytest.raises(ServiceRefusedError, match="somebody else"):
        identity(provider)


def test_the_answer_has_to_be_of_the_provider_that_was_asked(provider: Lying) -> None:
    assert client(provider).came_from(provider.issuer)
    assert client(provider).came_from("")
    assert not client(provider).came_from("https://evil.example")
    known.forget()
    provider.document = {"authorization_response_iss_parameter_supported": True}
    assert not client(provider).came_from("")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("invalid_client", "does not know this house"),
        ("invalid_grant", "does not take this sign-in"),
        ("something_new", r"refuses the sign-in \(something_new\)"),
    ],
)
def test_a_refusal_is_told_in_words(provider: Lying, word: str, said: str) -> None:
    provider.token = {"error": word}
    with pytest.raises(ServiceRefusedError, match=said):
        identity(provider)


FAULTS = (
    *(Fault.DROPPED, Fault.RESET, Fault.HTML, Fault.GARBAGE),
    *(Fault.TOO_MANY, Fault.OUT_OF_ORDER, Fault.ELSEWHERE),
)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one_clear_line_and_heals(provider: Lying, fault: Fault) -> None:
    provider.there.fails(fault, times=None)
    with pytest.raises(ServiceError) as silent:
        client(provider).address(TRIP)
    assert str(silent.value)
    assert silent.value.hint
    provider.there.heals()
    assert client(provider).address(TRIP)


def test_a_silent_provider_is_given_up(provider: Lying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "TIMEOUT_S", 0.2)
    provider.there.fails(Fault.SILENT, times=None)
    with pytest.raises(ServiceSilentError, match="did not answer"):
        client(provider).address(TRIP)


def test_who_asks_a_silent_provider_again_does_not_wait_again(
    provider: Lying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "TIMEOUT_S", 0.2)
    monkeypatch.setattr(known, "SLOW_S", 0.1)
    provider.there.fails(Fault.SILENT, times=1)
    for _ in range(2):
        with pytest.raises(ServiceSilentError, match="did not answer"):
            client(provider).address(TRIP)
    known.forget()
    assert client(provider).address(TRIP)


def test_another_device_signs_in_when_it_has(provider: Lying) -> None:
    offer = client(provider).device_code()
    assert (offer.typed, offer.interval_s) == ("WDJB-MJHT", 5)
    assert offer.scanned.endswith("user_code=WDJB-MJHT")
    now = datetime.now(UTC)
    for word in ("authorization_pending", "slow_down"):
        provider.token = {"error": word}
        assert client(provider).by_device(offer.code, now=now) is None
    for word, said in (("expired_token", "code is over"), ("access_denied", "given up")):
        provider.token = {"error": word}
        with pytest.raises(ServiceRefusedError, match=said):
            client(provider).by_device(offer.code, now=now)
    provider.token = None
    came = client(provider).by_device(offer.code, now=now)
    assert came is not None
    assert came.subject == "ada-7"


def test_a_provider_without_devices_says_so(provider: Lying) -> None:
    provider.document = {"device_authorization_endpoint": None}
    with pytest.raises(ServiceRefusedError, match="no sign-in with another device"):
        client(provider).device_code()
