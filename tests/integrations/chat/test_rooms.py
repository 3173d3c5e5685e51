"""apprise in its child: what a room is told, what it may reach, and what is said where it fails."""

import json
import sys
import time
from pathlib import Path

import pytest

from eventdesk.core.errors import InvalidInputError, ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import PSEUDO, reading
from eventdesk.integrations.chat import posting
from eventdesk.integrations.chat.kind import CHAT
from eventdesk.integrations.chat.posting import Taken, post, probe
from eventdesk.integrations.service import Value
from eventdesk.integrations.webhook.kind import NETWORKS
from tests.integrations.chaos import Certificate, Counterpart, Fault, Reply, counterpart
from tests.integrations.mail.post_office import post_office

LOOPBACK = "127.0.0.0/8"
SECRET = "fk2j4h5g6"


def values(address: str, networks: str = LOOPBACK) -> dict[str, Value]:
    return {"address": address, "notices": ["sales"], NETWORKS: networks}


def room(there: Counterpart, networks: str = LOOPBACK) -> dict[str, Value]:
    """A room that takes JSON, with a password and a key in its path."""
    return values(f"json://me:{SECRET}@127.0.0.1:{there.port}/{SECRET}/rooms", networks)


def test_the_probe_sends_a_message_and_says_who_took_it() -> None:
    with counterpart() as there:
        assert str(probe(room(there))) == "JSON (127.0.0.1) took a test message."
    [asked] = there.asked
    assert (asked.json()["title"], asked.json()["message"]) == (
        "Test",
        "eventdesk reaches this room.",
    )


def test_the_probe_speaks_as_the_reader_does() -> None:
    with counterpart() as there, reading(PSEUDO):
        probe(room(there))
    assert there.asked[0].json()["title"] != "Test"


def test_a_message_says_who_it_is_each_time_it_is_sent() -> None:
    with counterpart() as there:
        for _ in range(2):
            assert post(room(there), "Sold out", "All are.", "k7") == Taken(
                "JSON (127.0.0.1)", "200"
            )
    assert [each.headers["idempotency-key"] for each in there.asked] == ["k7-1", "k7-1"]


def test_text_in_many_scripts_arrives_as_it_is() -> None:
    with counterpart() as there:
        post(room(there), "Łódź <b>", "東京 & *100 %*", "k")
    assert [there.asked[0].json()[name] for name in ("title", "message")] == [
        "Łódź <b>",
        "東京 & *100 %*",
    ]


def test_another_service_is_told_in_its_own_words() -> None:
    with counterpart(lambda _asked: Reply.of({"id": "x"})) as there:
        taken = post(values(f"ntfy://127.0.0.1:{there.port}/doors"), "Down", "It is.", "k")
    assert taken.where == "ntfy (127.0.0.1)"
    assert there.asked[0].json() == {"topic": "doors", "title": "Down", "message": "It is."}


@pytest.mark.parametrize(
    ("fault", "said", "wait_s"),
    [
        (Fault.TOO_MANY, "wants fewer calls for a while (429)", 7),
        (Fault.OUT_OF_ORDER, "has a fault of its own (500)", None),
        (Fault.HTML, "A page came in the place of an answer of JSON (127.0.0.1)", None),
        (Fault.RESET, "was cut in the middle", None),
        (Fault.DROPPED, "was cut in the middle", None),
        (Fault.GARBAGE, "was cut in the middle", None),
        (Fault.ELSEWHERE, "leads elsewhere (302), where no call follows", None),
        (Fault.ENDLESS, "answered more than is taken", None),
        (Fault.SILENT, "did not answer within 1 seconds", None),
        (Fault.TRICKLE, "did not answer within 1 seconds", None),
    ],
)
def test_a_service_that_fails_is_tried_again(
    fault: Fault, said: str, wait_s: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault in (Fault.SILENT, Fault.TRICKLE):
        monkeypatch.setattr(posting, "TIMEOUT_S", 1.0)
    with counterpart() as there:
        there.fails(fault, times=None)
        with pytest.raises(ServiceSilentError) as failed:
            post(room(there), "Sold out", "All are.", "k")
        assert len(there.asked) <= 1, "it is asked once"
    assert said in str(failed.value)
    assert failed.value.wait_s == wait_s
    assert SECRET not in str(failed.value.whole)


def test_a_service_that_is_down_is_tried_again() -> None:
    with counterpart() as there:
        there.down()
        with pytest.raises(ServiceSilentError, match="cannot be reached"):
            post(room(there), "Sold out", "All are.", "k")


def test_what_a_service_says_of_the_address_is_left_out() -> None:
    with (
        counterpart(lambda asked: Reply.of({"path": asked.path, "why": "no"}, 403)) as there,
        pytest.raises(ServiceRefusedError, match=r"refuses the call \(403\)") as refused,
    ):
        post(room(there), "Sold out", "All are.", "k")
    assert '"why": "no"' in str(refused.value)
    assert SECRET not in str(refused.value.whole)


def test_a_refusal_within_a_good_answer_is_one() -> None:
    with counterpart(lambda _asked: Reply.of({"errcode": "M_UNKNOWN"})) as there:
        address = f"matrix://me:{SECRET}@127.0.0.1:{there.port}/%23doors"
        with pytest.raises(ServiceRefusedError, match=r"Matrix \(127.0.0.1\) did not take it"):
            post(values(address), "Sold out", "All are.", "k")


@pytest.mark.parametrize("networks", ["", "127.0.0.2"])
def test_an_address_inside_is_not_called(networks: str) -> None:
    with (
        counterpart() as there,
        pytest.raises(ServiceRefusedError, match="must not be called") as refused,
    ):
        post(room(there, networks), "Sold out", "All are.", "k")
    assert there.asked == []
    assert "eventdesk service webhook-networks" in refused.value.hint


def test_a_name_that_leads_inside_is_not_called() -> None:
    with counterpart() as there, pytest.raises(ServiceRefusedError, match="must not be called"):
        post(values(f"json://localhost:{there.port}", ""), "Sold out", "All are.", "k")
    assert there.asked == []


def test_what_speaks_no_http_is_kept_outside_too() -> None:
    with counterpart() as there:
        mail = f"mailto://a:b@127.0.0.1:{there.port}?from=a@example.org&to=b@example.org"
        for address in (mail, "rsyslog://127.0.0.1"):
            with pytest.raises(ServiceRefusedError, match="must not be called"):
                post(values(address, ""), "Sold out", "All are.", "k")


def test_without_tls_only_what_is_allowed_is_called() -> None:
    with pytest.raises(ServiceRefusedError, match="must not be called") as refused:
        post(values("json://1.1.1.1/hook"), "Sold out", "All are.", "k")
    assert refused.value.hint.startswith("Without https:// only addresses")


def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counterpart(certificate=Certificate.GOOD, folder=tmp_path) as there:
        address = f"jsons://127.0.0.1:{there.port}/hook"
        with pytest.raises(ServiceSilentError, match="is not trusted here"):
            post(values(address), "Sold out", "All are.", "k")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert post(values(address), "Sold out", "All are.", "k").status == "200"
        with pytest.raises(ServiceRefusedError, match="takes any certificate"):
            post(values(f"{address}?verify=no"), "Sold out", "All are.", "k")


def test_no_file_of_the_house_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = tmp_path / "card.json"
    parts = [{"contentType": "text/plain", "content": "the keys"}]
    card.write_text(json.dumps({"type": "message", "attachments": parts}))
    with counterpart(certificate=Certificate.GOOD, folder=tmp_path) as there:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        address = f"workflows://127.0.0.1:{there.port}/643e69f61f/{SECRET}"
        post(values(address), "Sold out", "All are.", "k")
        with pytest.raises(ServiceRefusedError, match="can make nothing of what follows"):
            post(values(f"{address}?template={card}"), "Sold out", "All are.", "k")
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("slak://a/b", "apprise knows no slak://"),
        ("syslog://", "syslog:// stays on this machine"),
        ("dbus://", "dbus:// stays on this machine"),
        ("ntfys://ntfy.example.org/one/two", "names several rooms"),
        (f"tgram://{SECRET}", "can make nothing of what follows tgram://"),
    ],
)
def test_an_address_that_is_none_is_said_to_be(address: str, said: str) -> None:
    with pytest.raises(ServiceRefusedError) as refused:
        post(values(address), "Sold out", "All are.", "k")
    assert said in str(refused.value)
    assert SECRET not in str(refused.value.whole)


def test_tries_that_an_address_asks_for_are_not_made() -> None:
    with counterpart() as there:
        there.fails(Fault.OUT_OF_ORDER, times=None)
        address = f"json://127.0.0.1:{there.port}/?retry=3&wait=0&optional=yes"
        with pytest.raises(ServiceSilentError):
            post(values(address), "Sold out", "All are.", "k")
    assert len(there.asked) == 1


def test_apprise_is_loaded_in_the_child_alone() -> None:
    with counterpart() as there:
        post(room(there), "Sold out", "All are.", "k")
    assert "apprise" not in sys.modules


def test_nothing_of_the_address_is_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(1)
    with counterpart() as there:
        there.fails(Fault.OUT_OF_ORDER)
        with pytest.raises(ServiceSilentError):
            post(room(there), "Sold out", "All are.", "k")
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "CALLS", 1)
    monkeypatch.setattr(posting, "BEGIN_S", 0.0)
    monkeypatch.setattr(posting, "TIMEOUT_S", 0.01)
    begun_s = time.monotonic()
    with counterpart() as there, pytest.raises(ServiceSilentError, match="took too long"):
        post(room(there), "Sold out", "All are.", "k")
    assert time.monotonic() - begun_s < posting.TIMEOUT_S + 60
    assert there.asked == []


@pytest.mark.parametrize("typed", ["slack", "://x", "a b://c", "slack:// x"])
def test_what_is_no_address_is_refused_at_once(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="This is no address of apprise"):
        CHAT.clean({"address": typed, "notices": ["sales"]})


def test_an_address_and_something_to_tell_are_needed() -> None:
    with pytest.raises(InvalidInputError, match="The address is missing"):
        CHAT.clean({"notices": ["sales"]})
    with pytest.raises(InvalidInputError, match="Choose at least one"):
        CHAT.clean({"address": "json://example.org"})


def test_the_address_is_a_secret() -> None:
    assert CHAT.secrets == {"address"}


def test_what_speaks_no_http_is_told_where_it_is_allowed() -> None:
    with post_office() as office:
        there = f"mailto://127.0.0.1:{office.port}?mode=insecure"
        address = f"{there}&from=desk@example.org&to=team@example.org"
        assert post(values(address), "Sold out", "All are.", "k") == Taken("E-Mail")
        office.answers = ["451 4.3.0 Not now"]
        with pytest.raises(ServiceSilentError, match="E-Mail did not take it"):
            post(values(address), "Sold out", "All are.", "k")
    [letter] = office.letters
    assert letter["subject"] == "Sold out"
