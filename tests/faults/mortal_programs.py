"""What runs in the processes that are killed."""

from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

from badges.folder_printer import FolderPrinter
from badges.making import child_pid
from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.door import Scan, check_in
from eventdesk.spooler import Spooler
from tests.build import STAFF


def scan_all(home: Path, list_id: UUID, tokens: list[str], answers: "Connection[str, str]") -> None:
    """Check tokens in, and tell each answer only when `check_in` has returned."""
    with Store(home) as store:
        for token in tokens:
            scan = Scan(token, list_id, uuid4().hex, utc_now())
            result = check_in(store, STAFF, scan)
            answers.send(f"{result.outcome} {result.ticket_code}")


def drive_for_ever(home: Path) -> None:
    """Drive the printers that are set up until killed."""
    with Store(home) as store:
        Spooler(store, None, backups=False).start()
        Event().wait()


def draw_for_ever(home: Path, child: "Connection[int, int]") -> None:
    """Drive the printers that are set up until killed, and tell which process draws."""
    with Store(home) as store:
        Spooler(store, None, backups=False).start()
        while (pid := child_pid()) is None:
            Event().wait(0.001)
        child.send(pid)
        Event().wait()


def deliver_for_ever(home: Path, folder: Path) -> None:
    """Print badges into a folder until killed."""
    with Store(home) as store:
        Spooler(store, FolderPrinter(folder), backups=False).start()
        Event().wait()
