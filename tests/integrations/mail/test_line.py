"""A line to a mail server by others, over real sockets, with the faults of real ones."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.ids import new_id
from eventdesk.integrations.mail.account import MailAccount
from eventdesk.integrations.mail.letter import Letter, Part
from eventdesk.integrations.mail.line import Answer, MailLine
from eventdesk.integrations.mail.probe import probe
from tests.integrations.mail.post_office import PASSWORD, USER, PostOffice, certified, post_office


def account_at(office: PostOffice, **values: object) -> MailAccount:
    return MailAccount.of(settings(office.port, **values))


def settings(port: int, **values: object) -> dict[str, object]:
    usual = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "desk@example.org"}
    return usual | values


def letter(to: str = "ada@example.org", **values: object) -> Letter:
    usual: dict[str, object] = {"name": "Ada", "subject": "Hello", "text": "Good day."}
    return Letter(new_id(), to, **(usual | values))  # type: ignore[arg-type]  # as named above


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def test_hands_many_letters_over_on_one_line(office: PostOffice) -> None:
    with MailLine(account_at(office)) as line:
        said = [line.send(letter()) for _ in range(5)]
    assert [each.answer for each in said] == [Answer.ACCEPTED] * 5
    assert len(office.letters) == 5
    assert office.lines == 1


def test_a_letter_has_the_same_message_id_each_time_it_is_sent(office: PostOffice) -> None:
    same = letter()
    with MailLine(account_at(office)) as line:
        line.send(same)
        line.send(same)
    assert {each["Message-ID"] for each in office.letters} == {f"<{same.id}@example.org>"}


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("greylisted@example.org", Answer.DELAYED),
        ("nobody@example.org", Answer.REFUSED),
        ("full@example.org", Answer.REFUSED),
    ],
)
def test_says_of_each_letter_what_became_of_it(
    office: PostOffice, address: str, answer: Answer
) -> None:
    with MailLine(account_at(office)) as line:
        verdict = line.send(letter(address))
        after = line.send(letter())
    assert verdict.answer is answer
    assert address not in str(verdict.said)
    assert after.answer is Answer.ACCEPTED


@pytest.mark.parametrize(
    ("reply", "answer"),
    [("452 4.3.1 Out of space", Answer.DELAYED), ("554 5.7.1 Spam", Answer.REFUSED)],
)
def test_a_letter_may_be_refused_after_it_was_read(
    office: PostOffice, reply: str, answer: Answer
) -> None:
    office.answers = [reply]
    with MailLine(account_at(office)) as line:
        assert line.send(letter()).answer is answer
        assert line.send(letter()).answer is Answer.ACCEPTED


def test_a_line_that_breaks_is_silence_and_the_next_letter_opens_another(
    office: PostOffice,
) -> None:
    office.drops = 1
    with MailLine(account_at(office)) as line:
        with pytest.raises(ServiceSilentError):
            line.send(letter())
        assert line.send(letter()).answer is Answer.ACCEPTED
    assert office.lines == 2


def test_a_server_that_says_nothing_is_waited_for_so_long(office: PostOffice) -> None:
    office.stalls = True
    with (
        MailLine(account_at(office), timeout_s=0.2) as line,
        pytest.raises(ServiceSilentError, match="in time"),
    ):
        line.send(letter())


def test_a_server_about_to_close_is_silent_and_the_letter_is_not_lost(office: PostOffice) -> None:
    office.answers = ["421 4.3.2 Shutting down"]
    with MailLine(account_at(office)) as line, pytest.raises(ServiceSilentError, match="421"):
        line.send(letter())


def test_addresses_in_other_scripts_need_a_server_that_knows_them() -> None:
    with post_office(utf8=False) as office, MailLine(account_at(office)) as line:
        assert line.send(letter("дмитрий@example.org")).answer is Answer.REFUSED
        assert line.send(letter("ada@bücher.example")).answer is Answer.ACCEPTED


def test_addresses_in_other_scripts_arrive(office: PostOffice) -> None:
    with MailLine(account_at(office)) as line:
        assert line.send(letter("дмитрий@пример.рф")).answer is Answer.ACCEPTED
    assert "дмитрий@xn--" in office.raw[0].decode()


def test_text_html_pictures_and_files_arrive_whole(office: PostOffice) -> None:
    parts = (
        Part("code.png", "image/png", b"\x89PNG", shown_as="code"),
        Part("Tickets.pdf", "application/pdf", b"%PDF" + bytes(range(256))),
    )
    long = "Grüße " * 2000
    with MailLine(account_at(office)) as line:
        line.send(letter(text=long, html=f"<p>{long}</p><img src='cid:code'>", parts=parts))
    arrived = office.letters[0]
    plain, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == long.strip()
    assert "cid:code" in html.get_content()
    files = {each.get_filename(): each.get_content() for each in arrived.iter_attachments()}
    assert files == {"Tickets.pdf": parts[1].content}
    assert max(map(len, office.raw[0].splitlines())) <= 998


# The test of a service


def test_says_that_it_works_and_sends_a_mail_where_an_address_is_set(office: PostOffice) -> None:
    assert "takes mail from desk@example.org" in str(probe(settings(office.port)))
    assert not office.letters
    assert "a test mail to ada@example.org" in str(
        probe(settings(office.port, test_to="ada@example.org"))
    )
    assert len(office.letters) == 1


def test_names_a_port_where_nothing_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ServiceSilentError, match="Nothing answers") as caught:
        probe(settings(port))
    assert "587" in caught.value.hint


def test_names_a_host_that_is_not_there() -> None:
    with pytest.raises(ServiceSilentError, match=r"No machine is called nowhere\.invalid"):
        probe(settings(25, host="nowhere.invalid"))


def test_names_a_refused_log_in() -> None:
    with post_office(signs_in=True) as office:
        assert probe(settings(office.port, user=USER, password=PASSWORD))
        with pytest.raises(ServiceRefusedError, match="refused user or password") as caught:
            probe(settings(office.port, user=USER, password="wrong"))
    assert "wrong" not in caught.value.whole.arguments["problem"].arguments.values()  # type: ignore[attr-defined]


def test_names_a_sender_the_server_does_not_take(office: PostOffice) -> None:
    with pytest.raises(ServiceRefusedError, match=r"takes no mail from stranger@example\.org"):
        probe(settings(office.port, sender="stranger@example.org"))


def test_names_a_server_that_asks_nobody_to_sign_in(office: PostOffice) -> None:
    with pytest.raises(ServiceRefusedError, match="asks nobody to sign in"):
        probe(settings(office.port, user=USER, password=PASSWORD))


def test_names_tls_that_is_not_there(office: PostOffice) -> None:
    with pytest.raises(ServiceRefusedError, match="does not offer STARTTLS"):
        probe(settings(office.port, security="starttls"))
    with pytest.raises(ServiceRefusedError, match="does not speak TLS from the start"):
        probe(settings(office.port, security="tls"))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_trusts_an_authority_of_ones_own_and_no_unknown_one(tmp_path: Path, security: str) -> None:
    context, authority = certified(tmp_path)
    with post_office(**{security: context}) as office:  # type: ignore[arg-type]  # its two ways
        values = settings(office.port, security=security)
        assert probe(values | {"authority": authority})
        with pytest.raises(ServiceRefusedError, match="is not trusted"):
            probe(values)


def test_a_password_never_goes_over_the_network_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, office: PostOffice
) -> None:
    monkeypatch.setattr("eventdesk.integrations.mail.line.is_here", lambda host: False)
    with pytest.raises(ServiceRefusedError, match="unprotected"):
        probe(settings(office.port, user=USER, password=PASSWORD))


def test_a_web_server_is_no_mail_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        import threading

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ServiceSilentError, match="broke"):
            probe(settings(listener.getsockname()[1]))
        thread.join()


def test_a_reply_that_does_not_end_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        import threading

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                try:
                    while True:
                        line.sendall(b"220-hello\r\n" * 100)
                except OSError:
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ServiceSilentError, match="does not end"):
            probe(settings(listener.getsockname()[1]))
        thread.join()
