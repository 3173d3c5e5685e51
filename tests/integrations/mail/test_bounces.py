"""Reports of bounces: what they say of a letter of ours, and that nothing else is believed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.integrations.mail.bounces import MAX_REPORT, Bounce, bounce_in, bounces_told
from tests.integrations.mail.reports import EXIM, FAILED, report

LETTER = new_id()


@pytest.mark.parametrize(
    "head", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"]
)
def test_a_report_names_our_letter_and_says_why(head: str) -> None:
    found = bounce_in(report(LETTER, head=head))
    assert found == Bounce(LETTER, "550 5.1.1 …: No such user here")


def test_a_status_stands_for_words_that_are_not_said() -> None:
    bare = "Final-Recipient: rfc822; nobody@example.org\nAction: failed\nStatus: 5.2.2\n"
    assert bounce_in(report(LETTER, bare)) == Bounce(LETTER, "5.2.2")


def test_a_report_for_people_names_it_too() -> None:
    assert bounce_in(EXIM.format(letter_id=LETTER).encode()) == Bounce(LETTER, "")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_did_not_fail_is_no_bounce(action: str) -> None:
    assert bounce_in(report(LETTER, FAILED.replace("failed", action))) is None


def test_an_answer_to_a_letter_is_no_bounce() -> None:
    away = f"From: ada@example.org\nIn-Reply-To: <{LETTER}@example.org>\n\nI am away: 550 5.1.1"
    assert bounce_in(away.encode()) is None


def test_a_report_of_another_letter_is_none_of_ours() -> None:
    assert bounce_in(report("CAF8sn3")) is None


def test_a_huge_report_is_read_by_its_beginning() -> None:
    assert bounce_in(report(LETTER) + b"x" * 10 * MAX_REPORT) is not None


def test_parts_in_parts_end_nothing() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (each, each)
        for each in range(2000)
    )
    assert bounce_in(deep) is None


def test_words_of_a_server_are_one_harmless_line() -> None:
    hostile = FAILED.replace("No such user here", "\x1b[2J\x07 [red] eve@evil.example " + "x" * 999)
    found = bounce_in(report(LETTER, hostile))
    assert found is not None
    assert found.reason.isprintable()
    assert "@" not in found.reason
    assert len(found.reason) <= 200


@given(st.binary(max_size=400), st.integers(0, 900))
def test_what_is_broken_is_none(noise: bytes, at: int) -> None:
    whole = report(LETTER)
    bounce_in(whole[:at] + noise + whole[at:])
    bounce_in(noise)


def test_a_provider_tells_of_one_or_several() -> None:
    one = {"message_id": f"<{LETTER}@example.org>", "reason": "550 no <eve@example.org>"}
    assert bounces_told(json.dumps(one).encode()) == [Bounce(LETTER, "550 no …")]
    other = {"event": "delivered", "smtp-id": f"<{LETTER}@example.org>"}
    several = [one | {"event": "bounce"}, other, {"reason": 7, "message_id": ["x"]}]
    assert bounces_told(json.dumps(several).encode()) == [Bounce(LETTER, "550 no …")]


@pytest.mark.parametrize("body", [b"", b"{", b"7", b'["x"]', b"[" * 100_000, b"\xff"])
def test_what_is_no_notice_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        bounces_told(body)
