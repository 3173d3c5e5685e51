"""Signing in at a mail server by OAuth 2.0, with a real token exchange on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.integrations.mail import tokens
from eventdesk.integrations.mail.probe import probe
from tests.integrations.mail.post_office import USER, post_office
from tests.integrations.mail.test_line import settings


@pytest.fixture(autouse=True)
def no_token_of_before() -> Iterator[None]:
    tokens._kept.clear()
    yield
    tokens._kept.clear()


@contextmanager
def provider() -> Iterator[tuple[dict[str, object], list[dict[str, list[str]]]]]:
    """A provider of tokens: what it answers, and what it was asked."""
    answers: dict[str, object] = {"access_token": "token-1", "expires_in": 3600}
    asked: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            body = json.dumps(answers).encode()
            self.send_response(200 if "access_token" in answers else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        answers["port"] = server.server_address[1]
        try:
            yield answers, asked
        finally:
            server.shutdown()
            thread.join()


def by_token(port: int, answers: dict[str, object]) -> dict[str, object]:
    where = f"http://127.0.0.1:{answers['port']}/token"
    oauth = {"token_url": where, "client_id": "us", "client_secret": "s", "refresh_token": "r"}
    return settings(port, user=USER, **oauth)


def test_a_token_signs_in_and_is_used_again_while_it_holds() -> None:
    with provider() as (answers, asked), post_office(signs_in=True) as office:
        office.token = "token-1"
        for _ in range(2):
            assert probe(by_token(office.port, answers))
    (form,) = asked
    assert form["grant_type"] == ["refresh_token"]
    assert form["refresh_token"] == ["r"]


def test_a_token_that_is_not_taken_is_asked_for_anew() -> None:
    with provider() as (answers, asked), post_office(signs_in=True) as office:
        office.token = "another"
        for _ in range(2):
            with pytest.raises(ServiceRefusedError, match="did not take the token"):
                probe(by_token(office.port, answers))
    assert len(asked) == 2


def test_a_permission_that_was_withdrawn_is_named() -> None:
    with provider() as (answers, _asked), post_office(signs_in=True) as office:
        del answers["access_token"]
        answers["error"] = "invalid_grant"
        with pytest.raises(ServiceRefusedError, match="gives no token for") as caught:
            probe(by_token(office.port, answers))
    assert "invalid_grant" in str(caught.value)


def test_a_server_that_knows_no_tokens_is_named() -> None:
    with provider() as (answers, _asked), post_office() as office:
        office_without = by_token(office.port, answers)
        office.token = ""
        with pytest.raises(ServiceRefusedError):
            probe(office_without)
