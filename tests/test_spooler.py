"""The spooler: real badges through a real folder and a real socket, whatever goes wrong."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from badges.badge import Badge
from badges.folder_printer import FolderPrinter
from badges.paper import PrintedBadge, Printer
from badges.printers import open_printer
from data.store import Store
from eventdesk.acts import SYSTEM, verify_audit
from eventdesk.booking import NewBooking, NewTicket
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import PrinterRefusedError, StoreFullError
from eventdesk.core.printing import Status
from eventdesk.door import check_in
from eventdesk.events import RequestState
from eventdesk.keeping import list_backups
from eventdesk.printing import badge_queue
from eventdesk.spooler import Spooler
from eventdesk.waiting import ask, my_requests
from tests.build import STAFF, Fair
from tests.figures import crowd
from tests.orders import booking_of, order_for, person

WITHIN_S = 20


@contextlib.contextmanager
def _running(store: Store, printer: Printer | None, *, backups: bool = False) -> Iterator[Spooler]:
    spooler = Spooler(store, printer, backups=backups)
    spooler.start()
    try:
        yield spooler
    finally:
        spooler.stop()


def _until(condition: Callable[[], bool]) -> None:
    """Wait until something is so, or fail."""
    waiting, deadline = threading.Event(), time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        waiting.wait(0.01)


def _admit(fair: Fair, *names: str) -> None:
    booked = fair.sell_all(names)
    for index in range(len(names)):
        scan = fair.scan(fair.token(booked, index))
        assert check_in(fair.store, STAFF, scan).delivery_id is not None


@dataclass
class ListeningPrinter:
    """A network printer on this machine that can be switched on and off."""

    port: int
    received: list[bytes] = field(default_factory=list)

    @contextlib.contextmanager
    def switched_on(self) -> Iterator[None]:
        with socket.create_server(("127.0.0.1", self.port)) as server:
            thread = threading.Thread(target=self._serve, args=(server,))
            thread.start()
            try:
                yield
            finally:
                server.shutdown(socket.SHUT_RDWR)
                thread.join()

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self.received.append(stream.read())


@pytest.fixture
def network_printer() -> ListeningPrinter:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return ListeningPrinter(free.getsockname()[1])


def test_badges_appear_in_the_folder_while_guests_come_in(fair: Fair, tmp_path: Path) -> None:
    folder = tmp_path / "badges"
    with _running(fair.store, FolderPrinter(folder)):
        _admit(fair, "Ada Lovelace")
        _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
        _admit(fair, *(f"Guest {number}" for number in range(10)))
        _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
    badges = {path.name.rsplit(" ", 1)[0]: path.read_text() for path in folder.iterdir()}
    assert badges.keys() == {"Ada Lovelace", *(f"Guest {number}" for number in range(10))}
    assert "Ada" in badges["Ada Lovelace"]


def test_badges_wait_for_a_network_printer_and_come_out_when_it_is_on(
    fair: Fair, tmp_path: Path, network_printer: ListeningPrinter
) -> None:
    spec = f"tcp://127.0.0.1:{network_printer.port}?columns=32&qr=0"
    with _running(fair.store, open_printer(spec, badges_folder=tmp_path)):
        with network_printer.switched_on():
            _admit(fair, "Ada Lovelace")
            _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
        _admit(fair, "Grace Hopper", "Jean Bartik")
        _until(lambda: "does not answer" in badge_queue(fair.store, SYSTEM).last_error)
        assert badge_queue(fair.store, SYSTEM).waiting == 2
        with network_printer.switched_on():
            _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
    printed = [content.decode() for content in network_printer.received]
    for name in ("Ada", "Grace", "Jean"):
        assert sum(name in badge for badge in printed) == 1
    assert not any("COPY?" in badge for badge in printed)


def test_a_printer_that_refuses_lets_the_others_through(fair: Fair, tmp_path: Path) -> None:
    printer = Moody(FolderPrinter(tmp_path / "badges"), {"Ada": PrinterRefusedError("No label.")})
    with _running(fair.store, printer):
        _admit(fair, "Ada", "Grace")
        _until(lambda: badge_queue(fair.store, SYSTEM).failed == 1)
        _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
    assert [path.name.split()[0] for path in (tmp_path / "badges").iterdir()] == ["Grace"]


@dataclass
class Moody:
    """A real printer that fails for some names."""

    inner: FolderPrinter
    moods: dict[str, Exception]

    @property
    def name(self) -> str:
        return self.inner.name

    def send(self, badge: Badge, *, job: str) -> PrintedBadge:
        if badge.name in self.moods:
            raise self.moods[badge.name]
        return self.inner.send(badge, job=job)

    def status(self) -> Status:
        return self.inner.status()

    def follow(self, job_ref: str) -> PrintedBadge | None:
        return self.inner.follow(job_ref)


def test_a_printer_with_a_bug_fails_its_badge_and_nothing_else(fair: Fair, tmp_path: Path) -> None:
    printer = Moody(FolderPrinter(tmp_path / "badges"), {"Ada": ZeroDivisionError("oops")})
    with _running(fair.store, printer):
        _admit(fair, "Ada", "Grace")
        _until(lambda: badge_queue(fair.store, SYSTEM).failed == 1)
        _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
    assert "oops" in badge_queue(fair.store, SYSTEM).last_error


def test_an_error_of_the_store_is_waited_out(
    fair: Fair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()

    def fail(*_: object, **__: object) -> None:
        failed.set()
        raise StoreFullError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("eventdesk.spooler.courier.claim_badges", fail)
        with _running(fair.store, FolderPrinter(tmp_path / "badges")):
            _admit(fair, "Ada")
            assert failed.wait(WITHIN_S)
            patched.undo()
            _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
    assert len(list((tmp_path / "badges").iterdir())) == 1


def test_two_spoolers_share_the_work_without_doing_any_twice(fair: Fair, tmp_path: Path) -> None:
    names = [f"Guest {number}" for number in range(30)]
    first, second = FolderPrinter(tmp_path / "one"), FolderPrinter(tmp_path / "two")
    with _running(fair.store, first), _running(fair.store, second):
        _admit(fair, *names)
        _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
    printed = [p.name.rsplit(" ", 1)[0] for one in ("one", "two") for p in _files(tmp_path / one)]
    assert sorted(printed) == sorted(names)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


def test_without_a_printer_badges_wait_for_another_desk(fair: Fair) -> None:
    spooler = Spooler(fair.store, None, backups=False)
    _admit(fair, "Ada")
    assert spooler.deliver_due() == 0
    assert badge_queue(fair.store, SYSTEM).waiting == 1


def test_draining_ends_with_nothing_left(fair: Fair, tmp_path: Path) -> None:
    _admit(fair, *(f"Guest {number}" for number in range(9)))
    spooler = Spooler(fair.store, FolderPrinter(tmp_path / "badges"), backups=False)
    spooler.drain(deadline=utc_now() + timedelta(seconds=WITHIN_S))
    assert badge_queue(fair.store, SYSTEM).waiting == 0
    assert verify_audit(fair.store, SYSTEM).unsealed == 0


def test_the_audit_is_sealed_and_a_backup_kept_meanwhile(fair: Fair) -> None:
    with _running(fair.store, None, backups=True):
        _until(lambda: verify_audit(fair.store, SYSTEM).unsealed == 0)
        _until(lambda: len(list_backups(fair.store.home)) == 1)
    assert verify_audit(fair.store, SYSTEM).problems == ()


def test_an_unpaid_booking_ends_by_itself_while_the_spooler_runs(store: Store, fair: Fair) -> None:
    ann = person(store, "Ann")
    booked = order_for(fair, ann)
    with _running(store, None):
        _until(lambda: booking_of(store, booked.booking_id).state == "expired")


def test_requests_of_the_opening_are_served_while_it_runs(store: Store, fair: Fair) -> None:
    ada = crowd.person(store, "Ada")
    hour, begins = timedelta(hours=1), utc_now() + timedelta(days=9)
    crowd.set_event(fair, starts_at=begins, ends_at=begins + hour)
    crowd.set_event(fair, queue_from=utc_now() - 3 * hour, queue_until=utc_now() - hour)
    wish = NewBooking("Ada", "", (NewTicket(fair.regular, "Ada"),))
    ask(store, ada.at(utc_now() - 2 * hour), fair.event.id, wish)
    with _running(store, None):
        _until(lambda: my_requests(store, ada)[0].state is RequestState.CONFIRMED)


def test_guests_are_reminded_while_it_runs(fair: Fair) -> None:
    ada = crowd.person(fair.store, "Ada")
    crowd.ticket_for(fair, ada)
    begins = utc_now() + timedelta(hours=2)
    crowd.set_event(fair, starts_at=begins, ends_at=begins + timedelta(hours=8))
    with _running(fair.store, None):
        _until(
            lambda: ("reminder", "Demo Days is about to begin") in crowd.notices(fair.store, ada)
        )
