"""The client in Python: a use case over the wire is what it is here, and is done once."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from data.rows import count_rows
from data.schema import PairingOfferRow
from data.store import Store
from eventdesk.accounts import end_token, list_team, offer_pairing, who_am_i
from eventdesk.acts import Role
from eventdesk.client import Client
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import HubAwayError, KeptInsideError, NotFoundError, SignInError
from eventdesk.door import Outcome, check_in
from eventdesk.keeping import make_backup
from eventdesk.money import open_shift_of
from tests.build import Fair
from tests.people import make_staff
from tests.web.serving import Served


@pytest.fixture
def organizer(fair: Fair, house: Served) -> Iterator[Client]:
    """A client of an organizer."""
    made = house.as_(make_staff(fair, Role.ORGANIZER, "Olga"))
    with Client(house.url, token=made["authorization"].partition(" ")[2]) as client:
        yield client


def test_it_gives_what_the_use_case_gives(fair: Fair, organizer: Client, house: Served) -> None:
    there = organizer.call(list_team, fair.event.id)
    assert there == list_team(house.store, organizer.call(who_am_i), fair.event.id)


def test_what_is_not_there_is_none(fair: Fair, organizer: Client) -> None:
    assert organizer.call(open_shift_of, fair.event.id) is None


def test_a_guest_is_checked_in_and_a_repeated_scan_is_told_so(
    fair: Fair, organizer: Client
) -> None:
    scan = fair.scan(fair.token(fair.sell()), seen_at=utc_now())
    assert organizer.call(check_in, scan).outcome is Outcome.ADMITTED
    again = replace(scan, nonce=uuid4().hex)
    assert organizer.call(check_in, scan=again).outcome is Outcome.ALREADY_IN


def test_it_raises_what_the_use_case_raises(fair: Fair, organizer: Client, house: Served) -> None:
    with pytest.raises(NotFoundError):
        organizer.call(end_token, uuid4())
    with Client(house.url) as nobody, pytest.raises(SignInError):
        nobody.call(who_am_i)
    with Client(house.url, language="de") as nobody, pytest.raises(SignInError, match="angemeldet"):
        nobody.call(who_am_i)


def test_what_is_done_there_alone_is_not_asked_for(organizer: Client) -> None:
    with pytest.raises(KeptInsideError):
        organizer.call(make_backup)


@contextmanager
def cutting(url: str, answers: int) -> Iterator[str]:
    """A line to a server that is cut behind each of the first questions, before the answer."""
    host, _, port = url.rpartition("/")[2].partition(":")
    with socket.create_server(("127.0.0.1", 0)) as line:

        def pass_on() -> None:
            left = answers
            while True:
                try:
                    near, _address = line.accept()
                except OSError:
                    return
                with near, socket.create_connection((host, int(port))) as far:
                    far.sendall(_message(near))
                    answer = _message(far)
                    if left:
                        left -= 1
                        continue
                    near.sendall(answer)

        thread = threading.Thread(target=pass_on, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{line.getsockname()[1]}"
        line.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _message(near: socket.socket) -> bytes:
    """All of a request or an answer that says how many bytes its body has, or has none."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += near.recv(1 << 16)
    head, _, body = said.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if b"content-length" in line
        ),
        0,
    )
    while len(body) < length:
        body += near.recv(1 << 16)
    return head + b"\r\n\r\n" + body


def offers(store: Store) -> int:
    with store.read() as connection:
        return count_rows(connection, PairingOfferRow.expires_at.is_not(None))


def test_what_was_asked_over_a_line_that_was_cut_is_done_once(
    fair: Fair, organizer: Client, house: Served
) -> None:
    by = house.as_(make_staff(fair, Role.ORGANIZER, "Otto"))
    token = by["authorization"].partition(" ")[2]
    with cutting(house.url, answers=2) as url, Client(url, token=token) as client:
        assert client.call(offer_pairing, fair.event.id).event_id == fair.event.id
    assert offers(house.store) == 1


def test_a_house_that_is_away_is_named(fair: Fair) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}") as client, pytest.raises(HubAwayError, match=str(port)):
        client.call(who_am_i)
