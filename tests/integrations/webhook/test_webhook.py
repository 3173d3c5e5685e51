"""Webhooks outside of the store: what is typed, where they may lead, and what a receiver gets."""

import json
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError, ServiceRefusedError, ServiceSilentError
from eventdesk.integrations.service import Value
from eventdesk.integrations.webhook.inside import is_inside, may_reach, read_networks
from eventdesk.integrations.webhook.kind import EVENTS, NETWORKS, WEBHOOK, new_secret
from eventdesk.integrations.webhook.posting import Target, message, post, probe, signed
from tests.integrations.chaos import Asked, Certificate, Counterpart, Fault, Reply, counterpart

LOOPBACK = {NETWORKS: "127.0.0.0/8"}


def values(there: Counterpart, **more: Value) -> Mapping[str, Value]:
    return {"url": f"{there.url}/hooks?key=a%2Fb", "secret": new_secret(), **LOOPBACK, **more}


class Receiver:
    """A program that takes webhooks as Standard Webhooks tells it to."""

    def __init__(self, secret: str) -> None:
        self.secret, self.taken = secret, list[dict[str, object]]()

    def __call__(self, asked: Asked) -> Reply:
        try:
            self.taken.append(Webhook(self.secret).verify(asked.body, dict(asked.headers)))
        except WebhookVerificationError as error:
            return Reply(401, str(error).encode())
        return Reply(204)


def test_the_probe_posts_a_signed_test_event() -> None:
    receiver = Receiver(new_secret())
    with counterpart(receiver) as there:
        said = probe(values(there, secret=receiver.secret))
    assert str(said) == "127.0.0.1 took a test event (204)."
    assert [each["type"] for each in receiver.taken] == ["test"]
    assert (there.asked[0].path, there.asked[0].query) == ("/hooks", {"key": "a/b"})


def test_a_receiver_with_another_secret_refuses_it() -> None:
    with (
        counterpart(Receiver(new_secret())) as there,
        pytest.raises(ServiceRefusedError, match="No matching signature found"),
    ):
        probe(values(there))


@pytest.mark.parametrize("age_h", [1, 23])
def test_the_secret_before_signs_too_for_a_day(age_h: int) -> None:
    old, until = new_secret(), utc_now() + timedelta(hours=24 - age_h)
    receiver = Receiver(old)
    with counterpart(receiver) as there:
        probe(values(there, former_secret=old, former_until=until.isoformat()))
    assert len(receiver.taken) == 1


def test_after_a_day_it_does_not() -> None:
    old, until = new_secret(), utc_now() - timedelta(seconds=1)
    with counterpart(Receiver(old)) as there, pytest.raises(ServiceRefusedError):
        probe(values(there, former_secret=old, former_until=until.isoformat()))


def test_a_message_in_many_scripts_is_signed_as_it_is_sent() -> None:
    secret = new_secret()
    body = message("book", datetime(2026, 6, 1, tzinfo=UTC), {"name": "Łódź 東京 \u2028"})
    headers = signed((secret,), "msg_1", body, now=utc_now())
    assert Webhook(secret).verify(body, dict(headers)) == json.loads(body)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "100.100.100.200", "168.63.129.16", "224.0.0.1", "255.255.255.255"),
        *("192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1"),
        *("fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::10.0.0.1", "::10.0.0.1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1"),
        *("2001:0:4136:e378:8000:63bf:f5ff:fffe",),
    ],
)
def test_an_address_inside_is_known(address: str) -> None:
    assert is_inside(ip_address(address))
    assert not may_reach((), only_allowed=False)(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::1.1.1.1"]
)
def test_an_address_outside_may_be_reached(address: str) -> None:
    assert may_reach((), only_allowed=False)(ip_address(address))
    assert not may_reach((), only_allowed=True)(ip_address(address))


def test_an_admin_allows_networks_inside() -> None:
    may = may_reach(read_networks(["10.1.0.0/16", "fd00::7"]), only_allowed=False)
    asked = ("10.1.2.3", "10.2.0.1", "fd00::7", "fd00::8", "::ffff:10.1.2.3", "169.254.169.254")
    assert [may(ip_address(each)) for each in asked] == [True, False, True, False, True, False]


def test_nothing_is_sent_to_an_address_inside() -> None:
    with (
        counterpart(Receiver(new_secret())) as there,
        pytest.raises(ServiceRefusedError, match=r"must not be called") as refused,
    ):
        probe({**values(there), NETWORKS: ""})
    assert there.asked == []
    assert refused.value.hint.startswith("Without https:// only addresses are called that an")
    assert refused.value.hint.endswith("by eventdesk service webhook-networks 192.168.1.20")


def test_a_redirect_into_the_network_is_not_followed(tmp_path: Path) -> None:
    with counterpart() as inside, counterpart() as there:
        there.elsewhere = inside.url
        there.fails(Fault.ELSEWHERE, None)
        with pytest.raises(ServiceSilentError, match="leads elsewhere"):
            probe(values(there))
        assert inside.asked == []


def test_a_name_that_means_another_machine_a_moment_later_leads_to_the_one_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, real = list[str](), socket.getaddrinfo

    def turning(host: str, *rest: object, **more: object) -> object:
        if host != "rebinding.example":
            return real(host, *rest, **more)  # type: ignore[arg-type]
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    receiver = Receiver(new_secret())
    with counterpart(receiver) as there:
        url = f"http://rebinding.example:{there.port}/"
        probe(values(there, url=url, secret=receiver.secret))
        with pytest.raises(ServiceRefusedError, match="must not be called"):
            probe(values(there, url=url, secret=receiver.secret))
    assert (len(asked), len(receiver.taken)) == (2, 1)


def test_an_event_goes_out_by_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver(new_secret())
    with counterpart(receiver, certificate=Certificate.GOOD, folder=tmp_path) as there:
        trusted = ssl.create_default_context(cafile=tmp_path / "authority.pem")
        monkeypatch.setattr("eventdesk.integrations.calls._usual_trust", lambda *_files: trusted)
        probe(values(there, secret=receiver.secret))
    assert len(receiver.taken) == 1


def test_a_long_answer_is_an_answer() -> None:
    with counterpart(lambda asked: Reply(200, b"x" * 300_000)) as there:
        assert str(probe(values(there))).endswith("(200).")


def test_clocks_that_differ_are_named_where_it_is_refused() -> None:
    ahead = format_datetime(utc_now() + timedelta(minutes=10), usegmt=True)
    with (
        counterpart(lambda asked: Reply(400, b"too old", {"Date": ahead})) as there,
        pytest.raises(ServiceSilentError, match="its clock and the one here are 10 min apart"),
    ):
        probe(values(there))


def test_the_same_message_has_the_same_name_each_time() -> None:
    with counterpart() as there:
        target = Target.of(values(there), now=utc_now())
        with target.caller() as caller:
            for _ in range(2):
                post(caller, target, "msg_7", b"{}")
    assert [asked.headers["webhook-id"] for asked in there.asked] == ["msg_7", "msg_7"]


def test_an_empty_secret_has_one_made() -> None:
    clean = WEBHOOK.clean({"url": "https://example.org/h", "events": ["book"], "secret": ""})
    secret = str(clean["secret"])
    assert secret.startswith("whsec_")
    assert WEBHOOK.clean({**clean})["secret"] == secret


def test_events_may_be_typed_in_one_line() -> None:
    typed = {"url": "https://example.org", "events": "book, check_in,cancel_booking"}
    assert WEBHOOK.clean(typed)["events"] == ["book", "cancel_booking", "check_in"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("secret", "whsec_c2hvcnQ=", "no secret of a webhook"),
        ("secret", "nö", "no secret of a webhook"),
        ("url", "example.org", "not the address of a service"),
        ("url", "https://me:key@example.org", "not the address of a service"),
        ("url", "file:///etc/passwd", "not the address of a service"),
        ("events", ["bok"], "cannot be 'bok'"),
        ("events", [], "at least one event"),
    ],
)
def test_what_cannot_be_is_refused_as_it_is_typed(field: str, value: Value, says: str) -> None:
    typed: dict[str, Value] = {"url": "https://example.org", "events": ["book"], "secret": ""}
    with pytest.raises(InvalidInputError, match=says):
        WEBHOOK.clean({**typed, field: value})


@pytest.mark.parametrize(
    "text", ["10.0.0.0/33", "inside", "10.0.0.0/8 # office", "10.0.0.7 10.0.0.8"]
)
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match=f"This is no network: {text}"):
        read_networks([text])


def test_secrets_are_not_shown_by_mistake() -> None:
    target = Target("https://example.org/?key=1", ("whsec_x",))
    assert "whsec_x" not in repr(target)
    assert target.host == "example.org"
    assert "check_in" in EVENTS
