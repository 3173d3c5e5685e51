"""A mailbox over a real socket: read and left as it is, whatever its server does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.integrations.mail import mailbox
from eventdesk.integrations.mail.bounces import MAX_REPORT
from eventdesk.integrations.mail.mailbox import AT_ONCE, LOOKED_BACK, BounceBox, look_into
from tests.integrations.mail.mailbox_server import PASSWORD, USER, Mailbox, mailbox_server
from tests.integrations.mail.post_office import certified


def box_at(port: int, **values: object) -> BounceBox:
    usual = {"bounce_host": "127.0.0.1", "bounce_port": port, "bounce_security": "none"}
    found = BounceBox.of({"user": USER, "password": PASSWORD, **usual, **values})
    assert found is not None
    return found


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox_server() as server:
        yield server


def test_each_mail_is_read_once(server: Mailbox) -> None:
    server.put(b"one")
    first = look_into(box_at(server.port))
    server.put(b"two")
    second = look_into(box_at(server.port), first.mark)
    third = look_into(box_at(server.port), second.mark)
    assert [first.mails, second.mails, third.mails] == [(b"one",), (b"two",), ()]
    assert server.fetched == [1, 2]


def test_an_empty_mailbox_is_read(server: Mailbox) -> None:
    look = look_into(box_at(server.port))
    assert (look.mails, look.is_all) == ((), True)
    server.put(b"one")
    assert look_into(box_at(server.port), look.mark).mails == (b"one",)


def test_a_full_mailbox_is_read_in_steps_and_not_from_its_beginning(server: Mailbox) -> None:
    for each in range(LOOKED_BACK + 100):
        server.put(b"%d" % each)
    look = look_into(box_at(server.port))
    assert (len(look.mails), look.is_all) == (AT_ONCE, False)
    assert look.mails[0] == b"100"
    assert look_into(box_at(server.port), look.mark).mails[0] == b"150"


def test_other_numbers_are_read_anew(server: Mailbox) -> None:
    server.put(b"one")
    mark = look_into(box_at(server.port)).mark
    server.validity += 1
    assert look_into(box_at(server.port), mark).mails == (b"one",)


def test_the_beginning_of_a_huge_mail_is_read(server: Mailbox) -> None:
    server.put(b"x" * 3 * MAX_REPORT)
    assert len(look_into(box_at(server.port)).mails[0]) == MAX_REPORT


def test_a_wrong_password_and_a_folder_that_is_not_there_are_named(server: Mailbox) -> None:
    with pytest.raises(ServiceRefusedError, match="refused user or password"):
        look_into(box_at(server.port, bounce_password="wrong"))
    with pytest.raises(ServiceRefusedError, match="no folder 'Reports'"):
        look_into(box_at(server.port, bounce_folder="Reports"))
    with pytest.raises(ServiceRefusedError, match="hold letters"):
        look_into(box_at(server.port, bounce_folder='x"\r\nA1 DELETE "INBOX'))


def test_a_server_that_says_too_much_is_cut(server: Mailbox) -> None:
    server.put(b"x")
    server.claims = 10**12
    with pytest.raises(ServiceSilentError):
        look_into(box_at(server.port), timeout_s=0.3)


def test_a_server_that_drips_is_cut(server: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "LOOK_S", 0.3)
    server.put(b"x")
    server.drips = True
    with pytest.raises(ServiceSilentError):
        look_into(box_at(server.port))


def test_nothing_at_the_port_is_named(server: Mailbox) -> None:
    with pytest.raises(ServiceSilentError, match="Nothing answers"):
        look_into(box_at(1))


def test_over_tls_a_certificate_is_checked(tmp_path: Path) -> None:
    context, vouches = certified(tmp_path)
    with mailbox_server(tls=context) as server:
        server.put(b"one")
        inside = box_at(server.port, bounce_security="tls", authority=vouches)
        assert look_into(inside).mails == (b"one",)
        with pytest.raises(ServiceRefusedError, match="not trusted"):
            look_into(box_at(server.port, bounce_security="tls"))


def test_the_own_user_and_password_are_used_where_there_are_some() -> None:
    own = box_at(1, bounce_user="reports", bounce_password="secret")
    assert (own.user, own.password) == ("reports", "secret")
    assert "secret" not in repr(own)
    assert BounceBox.of({"host": "smtp.example.org"}) is None
