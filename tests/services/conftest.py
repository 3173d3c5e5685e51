"""A counterpart that is known as a kind of service, for each test anew."""

from collections.abc import Iterator

import pytest

from eventdesk.integrations.kinds import KINDS
from eventdesk.spooler.senders import SENDERS
from tests.services.counterpart import LineServer


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "counterpart", "tests.services.counterpart:COUNTERPART")
    monkeypatch.setitem(SENDERS, "line", ("counterpart", "tests.services.counterpart:LINES"))


@pytest.fixture
def counterpart() -> Iterator[LineServer]:
    server = LineServer()
    yield server
    server.close()
