"""Letters: what people typed can add no header, no address and no second letter."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.integrations.mail.account import MailAccount
from eventdesk.integrations.mail.addresses import mailbox_of
from eventdesk.integrations.mail.letter import Letter, written

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID = UUID(int=7)
ACCOUNT = MailAccount.of({"host": "mail", "sender": "desk@example.org", "sender_name": "Desk"})

HOSTILE = st.one_of(
    st.text(max_size=400),
    st.sampled_from(
        [
            "Ada\r\nBcc: eve@example.org\r\n\r\nspam",
            '"Ada" <eve@example.org>, "',
            "Ådä, <eve@example.org>" * 10,
            "=?utf-8?q?=0d=0aBcc=3a_eve=40example=2eorg?=",
            "\u202egro.elpmaxe@eve",
            "é" * 5000,
            "a\x00b\x1b[31m",
            "名前" * 80,
            "a:b;",
            "=??Q?=0D",
        ]
    ),
)
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}


def over_the_wire(letter: Letter) -> EmailMessage:
    message = written(letter, ACCOUNT, NOON).message
    read = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read


@settings(max_examples=40, deadline=None)
@given(name=HOSTILE, subject=HOSTILE, text=HOSTILE)
def test_names_and_subjects_add_no_header_and_no_address(
    name: str, subject: str, text: str
) -> None:
    text = text.encode(errors="replace").decode()
    read = over_the_wire(Letter(ID, "ada@example.org", name, subject, text))
    assert set(read.keys()) == HEADERS
    assert [each.addr_spec for each in read["To"].addresses] == ["ada@example.org"]
    assert all(len(line) <= 998 for line in read.as_bytes().splitlines())


@pytest.mark.parametrize(
    "address",
    [
        *("", "ada", "@example.org", "ada@", "ada@-example.org", "ada@example..org"),
        *("ada@example.org>, <eve@example.org", "ada eve@example.org", "a\r\nb@example.org"),
        *('"a b"@example.org', "a@b@example.org", "a@exam\x00ple.org", "a" * 65 + "@example.org"),
        *("ada@[127.0.0.1]", "a\u202eb@example.org", "a\u00a0b@example.org", "a@" + "ß" * 90),
    ],
)
def test_what_no_header_could_hold_is_no_address(address: str) -> None:
    with pytest.raises(InvalidInputError):
        mailbox_of(address)


def test_a_name_in_any_script_stands_beside_its_address() -> None:
    for name in ("Łucja Żółć", "محمّد أحمد", "山田 太郎", "Ada O'Neil-Lovelace"):
        read = over_the_wire(Letter(ID, "ada@example.org", name, name, "x"))
        assert read["To"].addresses[0].display_name == name
        assert read["Subject"] == name


def test_a_letter_that_can_be_done_without_can_be_unsubscribed_by_one_click() -> None:
    letter = Letter(ID, "a@example.org", "", "x", "x", unsubscribe="https://desk.example.org/u/1")
    read = over_the_wire(letter)
    assert read["List-Unsubscribe"] == "<https://desk.example.org/u/1>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
