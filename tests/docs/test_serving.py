"""What docs/serving.md says of limits and numbers is what the server has."""

import re
from typing import Final

import pytest

from eventdesk.web import bodies, connections, guesses, rates, serving, stream
from tests.areas import ROOT
from tests.build import Fair
from tests.web.serving import served

PAGE: Final = (ROOT / "docs/serving.md").read_text(encoding="utf-8")

KILO: Final = 1024
MEGA: Final = 1024 * KILO

LIMITS: Final[dict[str, float]] = {
    "requests a minute with one token or session that the house knows": rates.KNOWN,
    "requests a minute from one address, of all others": rates.UNKNOWN,
    "sign-ins a minute from one address": rates.COSTLY["start_web_session"],
    "new accounts, codes to set a secret, or links by mail a minute from one address, each": (
        rates.COSTLY["sign_up"]
    ),
    "pairing codes tried a minute from one address": rates.COSTLY["pair_device"],
    "bookings without an account a minute from one address": rates.COSTLY["order_as_guest"],
    "access codes of private events that open nothing, a minute from one address": (
        guesses.MOST_A_MINUTE
    ),
    "the same an hour": guesses.MOST_AN_HOUR,
    "connections": connections.MOST,
    "connections of one address, beside this machine's": connections.MOST_OF_ADDRESS,
    "streams of changes": stream.MOST,
    "seconds until a head of a request, or the agreement on TLS, is here": connections.HEAD_S,
    "kilobytes of a head": connections.HEAD_BYTES / KILO,
    "seconds until a body begins to be too slow": bodies.WAIT_S,
    "kilobytes a second that it needs from then on": bodies.LEAST_RATE / KILO,
    "megabytes of a body": bodies.MOST_BYTES / MEGA,
    "kilobytes of a body of somebody whom the house does not know": bodies.MOST_OF_NOBODY / KILO,
    "megabytes of all bodies at once": bodies.MOST_TOGETHER / MEGA,
    "megabytes of those of all whom the house does not know": bodies.MOST_OF_STRANGERS / MEGA,
    "seconds that an answer may stay unread": connections.UNREAD_S,
    "seconds that a connection may wait for its next request": serving.IDLE_S,
}


def test_the_page_has_the_limits_of_the_server() -> None:
    [table] = re.findall(r"^\| what \| at most \|\n\|---\|---\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    said = dict(re.findall(r"^\| (.*) \| (.*) \|$", table, re.MULTILINE))
    assert said == {words: f"{number:,.0f}" for words, number in LIMITS.items()}
    alike = ("sign_up", "ask_for_code", "ask_for_links")
    assert len({rates.COSTLY[name] for name in alike}) == 1
    assert rates.COSTLY["start_app_session"] == rates.COSTLY["start_web_session"]


def test_the_page_names_each_number(fair: Fair) -> None:
    with served(fair.store) as house:
        told = house.http.get("/metrics").text
    families = {f"{name}_total" if name == "eventdesk_scans" else name for name in _of(told)}
    said = set(re.findall(r"`(eventdesk_\w+)`", PAGE))
    assert said == families


def _of(told: str) -> set[str]:
    names = set(re.findall(r"^# TYPE (\w+) ", told, re.MULTILINE))
    return {name.removesuffix("_created").removesuffix("_total") for name in names}


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/docs", "/api/v1/openapi.json"])
def test_what_the_page_names_is_there(fair: Fair, address: str) -> None:
    assert f"| `{address}` |" in PAGE
    with served(fair.store) as house:
        assert house.http.get(address).status_code == 200
