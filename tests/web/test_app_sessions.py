"""Apps sign in over HTTP: short access tokens, refresh tokens that are good once."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from eventdesk.accounts import ban, end_app_session, sign_out_everywhere
from eventdesk.accounts.app_sessions import AGAIN
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.app_keys import DAY_S, signing_seed
from eventdesk.core.clock import utc_now
from eventdesk.core.keyring import Keyring
from eventdesk.web.access_tokens import ALGORITHM, AUDIENCE, LASTS
from tests.build import Fair
from tests.people import PIN, make_guest
from tests.web.serving import Served

GUS = "gus@example.org"
PATH = "/app-sessions"


@pytest.fixture
def gus(fair: Fair) -> Actor:
    return make_guest(fair.store)


@pytest.fixture
def app(house: Served, gus: Actor) -> dict[str, Any]:
    assert gus.id is not None
    body = {"email": GUS, "secret": PIN, "name": "A phone"}
    answer = house.ask("POST", PATH, json=body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def status(house: Served, token: str) -> int:
    """What a call with an access token is answered."""
    answer = house.ask("GET", "/me", bearer(token))
    assert answer.status_code < 400 or answer.json()["code"] in ("sign_in", "access_token"), (
        answer.text
    )
    return int(answer.status_code)


def renew(house: Served, app: dict[str, Any]) -> Any:
    return house.ask("POST", f"{PATH}/renewals", json={"refresh_token": app["refresh_token"]})


def pair(keys: Keyring, day: int) -> OKPKey:
    seed = Ed25519PrivateKey.from_private_bytes(signing_seed(keys, day))
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return OKPKey.import_key(seed.private_bytes(*form))


def signed(house: Served, app: dict[str, Any], **changed: Any) -> str:
    """An access token as the house makes it, but for what is changed; None leaves out."""
    now_s = int(house.store.clock().timestamp())
    claims = {
        "iss": f"urn:uuid:{house.store.device_id}",
        "aud": AUDIENCE,
        "sub": app["session_id"],
        "iat": now_s,
        "exp": now_s + 60,
        **changed,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    day = now_s // DAY_S
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": str(day)}
    return jwt.encode(header, claims, pair(house.store.keys, day), algorithms=[ALGORITHM])


def test_an_access_token_is_its_person(house: Served, app: dict[str, Any]) -> None:
    answer = house.ask("GET", "/me", bearer(app["access_token"]))
    assert (answer.status_code, answer.json()["name"]) == (200, app["name"])
    assert app["token_type"] == "Bearer"
    assert 0 < app["expires_in"] <= LASTS.total_seconds()
    assert status(house, signed(house, app)) == 200  # so those below are refused for one reason


def test_what_is_wrong_signs_nobody_in(house: Served, gus: Actor) -> None:
    assert gus.id is not None
    wrong = house.ask("POST", PATH, json={"email": GUS, "secret": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in")
    assert house.ask("POST", PATH, json={"email": GUS}).status_code == 400
    assert house.ask("POST", PATH, json={"email": GUS, "secret": "\0"}).status_code in (400, 401)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another api"},
        {"aud": None},
        {"aud": [AUDIENCE, "another api"]},
        {"iss": "urn:uuid:another-house"},
        {"iss": None},
        {"sub": None},
        {"sub": "nobody"},
        {"sub": 7},
        {"sub": str(UUID(int=7))},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 1},
        {"exp": True},
        {"iat": None},
        {"iat": 1},
    ],
    ids=str,
)
def test_another_claim_is_refused(
    house: Served, app: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert status(house, signed(house, app, **changed)) == 401


def test_a_token_for_longer_than_the_house_gives_is_refused(
    house: Served, app: dict[str, Any]
) -> None:
    until = int(house.store.clock().timestamp() + LASTS.total_seconds() + 60)
    assert status(house, signed(house, app, exp=until)) == 401


def test_a_token_of_later_is_refused(house: Served, app: dict[str, Any]) -> None:
    later = int(house.store.clock().timestamp()) + 300
    assert status(house, signed(house, app, iat=later, exp=later + 60)) == 401


def spelled(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(house: Served, app: dict[str, Any]) -> str:
    _header, claims, _signature = app["access_token"].split(".")
    return f"{spelled({'alg': 'none', 'typ': 'at+jwt', 'kid': '1'})}.{claims}."


def by_another_house(house: Served, app: dict[str, Any]) -> str:
    header, claims, _signature = app["access_token"].split(".")
    other = replace(house.store.keys, audit_key=b"x" * 32)
    told = json.loads(base64.urlsafe_b64decode(header + "=="))
    body = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return jwt.encode(told, body, pair(other, int(told["kid"])), algorithms=[ALGORITHM])


def by_a_shared_secret(house: Served, app: dict[str, Any]) -> str:
    """Signed with HMAC by what verifies: what is public elsewhere."""
    now_s = int(house.store.clock().timestamp())
    public = pair(house.store.keys, now_s // DAY_S).as_pem(private=False)
    claims = json.loads(base64.urlsafe_b64decode(app["access_token"].split(".")[1] + "=="))
    header = {"alg": "HS256", "typ": "at+jwt", "kid": str(now_s // DAY_S)}
    return jwt.encode(header, claims, OctKey.import_key(spelled(public.hex())))


def of_another_day(house: Served, app: dict[str, Any]) -> str:
    now_s = int(house.store.clock().timestamp())
    claims = json.loads(base64.urlsafe_b64decode(app["access_token"].split(".")[1] + "=="))
    day = now_s // DAY_S - 3
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": str(day)}
    return jwt.encode(header, claims, pair(house.store.keys, day), algorithms=[ALGORITHM])


def of_a_strange_header(house: Served, app: dict[str, Any]) -> str:
    return f"{spelled({'alg': ALGORITHM, 'kid': {}, 'jku': 'http://127.0.0.1/'})}.e30.AAAA"


@pytest.mark.parametrize(
    "forged",
    [
        unsigned,
        by_another_house,
        by_a_shared_secret,
        of_another_day,
        of_a_strange_header,
        lambda _house, _app: "ey..",
        lambda _house, _app: "eyJ\x7f.e30.e30",
        lambda _house, app: app["access_token"] + "a" * 2000,
        lambda _house, app: app["access_token"].replace(".", ".A", 1),
    ],
)
def test_what_the_house_did_not_sign_is_refused(
    house: Served, app: dict[str, Any], forged: Callable[[Served, dict[str, Any]], str]
) -> None:
    assert status(house, forged(house, app)) == 401


def test_an_access_token_ends_by_itself(house: Served, app: dict[str, Any]) -> None:
    at = utc_now()
    house.store.clock = lambda: at + LASTS + timedelta(seconds=1)
    assert status(house, app["access_token"]) == 401
    assert status(house, renew(house, app).json()["access_token"]) == 200


def test_a_refresh_token_is_good_once_and_then_ends_it_for_both(
    house: Served, app: dict[str, Any]
) -> None:
    mine = renew(house, app).json()
    at = utc_now()
    house.store.clock = lambda: at + AGAIN + timedelta(seconds=5)
    replayed = renew(house, app)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "sign_in")
    assert status(house, mine["access_token"]) == 401
    assert renew(house, mine).status_code == 401


@pytest.mark.parametrize("token", ["", "edr_", "edr_nobody", "\x00", "x" * 3000])
def test_what_is_no_refresh_token_is_refused(house: Served, token: str) -> None:
    assert renew(house, {"refresh_token": token}).status_code == 401


def test_a_ban_holds_at_once(house: Served, gus: Actor, app: dict[str, Any]) -> None:
    assert status(house, app["access_token"]) == 200
    assert gus.id is not None
    ban(house.store, SYSTEM, gus.id, reason="A test")
    assert status(house, app["access_token"]) == 401
    assert renew(house, app).status_code == 401


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_sign_in_that_its_person_ended_is_over_at_once(
    house: Served, gus: Actor, app: dict[str, Any], everywhere: bool
) -> None:
    if everywhere:
        sign_out_everywhere(house.store, gus)
    else:
        end_app_session(house.store, gus, UUID(app["session_id"]))
    assert status(house, app["access_token"]) == 401


@pytest.mark.parametrize("by_refresh", [False, True])
def test_an_app_ends_its_own_sign_in(house: Served, app: dict[str, Any], by_refresh: bool) -> None:
    body = {"json": {"refresh_token": app["refresh_token"]}} if by_refresh else {}
    by = {} if by_refresh else bearer(app["access_token"])
    assert house.ask("DELETE", f"{PATH}/current", by, **body).status_code == 204
    assert status(house, app["access_token"]) == 401
    assert renew(house, app).status_code == 401


def test_who_has_no_app_ends_nothing(house: Served, gus: Actor) -> None:
    assert house.ask("DELETE", f"{PATH}/current").status_code == 401
    assert house.ask("DELETE", f"{PATH}/current", house.as_(gus)).status_code == 401
