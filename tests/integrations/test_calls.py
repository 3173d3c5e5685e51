"""One door to services over HTTP: every way they fail is an error for people, in bounded time."""

import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import (
    GatewayRefusedError,
    GatewaySilentError,
    InvalidInputError,
    ServiceError,
    ServiceRefusedError,
    ServiceSilentError,
)
from eventdesk.integrations.calls import MAX_WAIT_S, Caller
from tests.integrations.chaos import Asked, Certificate, Counterpart, Fault, Reply, counterpart


def takings(asked: Asked) -> Reply:
    """A service that says what it was asked."""
    return Reply.of({"method": asked.method, "path": asked.path, "body": asked.body.decode()})


@pytest.fixture
def there() -> Iterator[Counterpart]:
    with counterpart(takings) as there:
        yield there


@pytest.fixture
def caller(there: Counterpart) -> Iterator[Caller]:
    with Caller(there.url, service="The bank", timeout_s=0.3) as caller:
        yield caller


def test_a_call_carries_key_query_and_json(there: Counterpart) -> None:
    with Caller(f"{there.url}/v1/", headers={"Authorization": "Bearer k"}) as caller:
        answer = caller.call(
            "POST", "/refunds", query={"dry": "ü"}, json={"n": 1}, headers={"Idempotency-Key": "7"}
        )
    [asked] = there.asked
    assert answer.members()["path"] == "/v1/refunds"
    assert (asked.query, asked.json()) == ({"dry": "ü"}, {"n": 1})
    assert (asked.headers["authorization"], asked.headers["idempotency-key"]) == ("Bearer k", "7")
    assert asked.headers["content-type"] == "application/json"


def test_a_form_is_sent_as_one(there: Counterpart, caller: Caller) -> None:
    caller.call("POST", "/token", form={"grant": "a&b"})
    assert there.asked[0].form == {"grant": "a&b"}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault.RESET, "The line to The bank was cut in the middle."),
        (Fault.DROPPED, "The line to The bank was cut in the middle."),
        (Fault.SILENT, "The bank did not answer within 0 seconds."),
        (Fault.TRICKLE, "The bank did not answer within 0 seconds."),
        (Fault.GARBAGE, "The line to The bank was cut in the middle."),
        (Fault.HTML, "A page came in the place of an answer of The bank."),
        (Fault.TOO_MANY, "The bank wants fewer calls for a while (429)."),
        (Fault.OUT_OF_ORDER, "The bank has a fault of its own (500)."),
        (Fault.ENDLESS, "The bank answered more than is taken."),
        (Fault.HUGE, "The bank answered more than is taken."),
        (Fault.ELSEWHERE, "The bank leads elsewhere (302), where no call follows."),
    ],
)
def test_each_fault_is_said_in_time_and_the_next_call_works(
    there: Counterpart, caller: Caller, fault: Fault, says: str
) -> None:
    there.fails(fault)
    began = time.monotonic()
    with pytest.raises(ServiceSilentError) as failed:
        caller.call("POST", "/pay", json={}).members()
    assert str(failed.value) == says
    assert failed.value.hint
    assert time.monotonic() - began < 1.0
    assert caller.call("GET", "/again").members()["path"] == "/again"


def test_who_is_down_cannot_be_reached_until_it_is_up(there: Counterpart, caller: Caller) -> None:
    caller.call("GET", "/")
    there.down()
    with pytest.raises(ServiceSilentError, match=r"The bank cannot be reached\."):
        caller.call("GET", "/")
    there.up()
    assert caller.call("GET", "/").status == 200


def test_a_name_that_nobody_has_is_named() -> None:
    with (
        Caller("https://nobody.invalid") as caller,
        pytest.raises(ServiceSilentError, match=r"There is no machine called nobody\.invalid\."),
    ):
        caller.call("GET", "/")


@pytest.mark.parametrize(
    ("certificate", "says"),
    [
        (Certificate.SELF_SIGNED, "is not trusted here"),
        (Certificate.WRONG_NAME, "is for another name"),
        (Certificate.EXPIRED, "does not hold today"),
        (Certificate.EARLY, "does not hold today"),
    ],
)
def test_a_certificate_that_does_not_hold_is_told_and_nothing_is_sent(
    tmp_path: Path, certificate: Certificate, says: str
) -> None:
    with counterpart(takings, certificate=certificate, folder=tmp_path) as there:
        trusted = tmp_path / "authority.pem"
        with (
            Caller(there.url, ca_file=trusted) as caller,
            pytest.raises(ServiceSilentError, match=says),
        ):
            caller.call("POST", "/", json={"key": "secret"})
        assert there.asked == []


def test_a_certificate_that_holds_is_enough(tmp_path: Path) -> None:
    with (
        counterpart(takings, certificate=Certificate.GOOD, folder=tmp_path) as there,
        Caller(there.url, ca_file=tmp_path / "authority.pem") as caller,
    ):
        assert caller.call("GET", "/").status == 200


def test_what_does_not_speak_tls_is_told(there: Counterpart) -> None:
    with (
        Caller(there.url.replace("http:", "https:"), timeout_s=0.3) as caller,
        pytest.raises(ServiceSilentError, match="does not speak TLS"),
    ):
        caller.call("GET", "/")


def test_an_answer_without_end_takes_little_memory(there: Counterpart) -> None:
    there.fails(Fault.ENDLESS)
    with Caller(there.url, max_bytes=200_000) as caller:
        tracemalloc.start()
        with pytest.raises(ServiceSilentError, match="more than is taken"):
            caller.call("GET", "/")
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 3_000_000


def test_a_redirect_leads_nowhere(there: Counterpart, caller: Caller) -> None:
    with counterpart() as other:
        there.elsewhere = other.url
        there.fails(Fault.ELSEWHERE)
        with pytest.raises(ServiceSilentError):
            caller.call("GET", "/")
        assert other.asked == []


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "Look at its key: it may be wrong, ended or withdrawn."),
        (403, "Look at the rights of its key."),
        (422, ""),
    ],
)
def test_what_is_refused_says_why(status: int, hint: str) -> None:
    with (
        counterpart(lambda asked: Reply(status, b"no such\x1b[2J refund")) as there,
        Caller(there.url, service="The bank") as caller,
        pytest.raises(ServiceRefusedError) as failed,
    ):
        caller.call("GET", "/")
    assert str(failed.value).startswith(f"The bank refuses the call ({status}): no such")
    assert "\x1b" not in str(failed.value)
    assert (failed.value.status, failed.value.hint) == (status, hint)


def test_a_status_may_be_an_answer() -> None:
    with counterpart(lambda asked: Reply(404)) as there, Caller(there.url) as caller:
        assert caller.call("GET", "/", also=(404,)).status == 404


LATER = utc_now() + timedelta(minutes=40)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "9" * 400}, MAX_WAIT_S),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
        (
            {
                "Retry-After": format_datetime(LATER, usegmt=True),
                "Date": format_datetime(LATER - timedelta(minutes=5), usegmt=True),
            },
            300,
        ),
    ],
)
def test_how_long_to_wait_is_by_the_clock_of_the_service(
    headers: dict[str, str], wait_s: int | None
) -> None:
    with (
        counterpart(lambda asked: Reply(503, b"", headers)) as there,
        Caller(there.url) as caller,
        pytest.raises(ServiceSilentError) as failed,
    ):
        caller.call("GET", "/")
    assert failed.value.wait_s == wait_s


@pytest.mark.parametrize("body", [b"", b"[" * 200_000, b"\xff\xfe{", b"[1]", b"null"])
def test_an_answer_that_is_no_object_makes_no_sense(body: bytes) -> None:
    with (
        counterpart(lambda asked: Reply(200, body)) as there,
        Caller(there.url) as caller,
        pytest.raises(ServiceSilentError, match="makes no sense"),
    ):
        caller.call("GET", "/").members()


@pytest.mark.parametrize("key", ["a\r\nX-Other: b", "schlüssel", "\u201ckey\u201d"])
def test_a_key_that_cannot_be_sent_is_told(there: Counterpart, key: str) -> None:
    with (
        Caller(there.url, headers={"Authorization": key}) as caller,
        pytest.raises(ServiceRefusedError, match="cannot be sent"),
    ):
        caller.call("GET", "/")
    assert there.asked == []


@pytest.mark.parametrize(
    "origin", ["", "api.example.com", "ftp://example.com", "https://me@example.com", "http://:1"]
)
def test_what_is_no_address_is_refused(origin: str) -> None:
    with pytest.raises(InvalidInputError, match="not the address of a service"):
        Caller(origin)


def test_an_address_that_must_not_be_called_is_not_connected_to(there: Counterpart) -> None:
    looked_at: list[IPv4Address | IPv6Address] = []

    def never(address: IPv4Address | IPv6Address) -> bool:
        looked_at.append(address)
        return False

    with (
        Caller(there.url, may_reach=never) as caller,
        pytest.raises(ServiceRefusedError, match="must not be called"),
    ):
        caller.call("GET", "/")
    assert (looked_at, there.asked) == ([IPv4Address("127.0.0.1")], [])


def test_what_fails_at_a_gateway_fails_at_a_service() -> None:
    assert issubclass(GatewaySilentError, ServiceSilentError)
    assert issubclass(GatewayRefusedError, ServiceRefusedError)
    assert GatewaySilentError("No.").wait_s is None
    assert issubclass(ServiceSilentError, ServiceError)
