"""What a start loads: a first frame waits for nothing that it does not show.

The rule: a module that opens at the start (`eventdesk.cli`, a command, a first screen) imports at
its top what it needs for that; what one act needs alone is imported in the act.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.core.clock import utc_now
from eventdesk.exercises.demo.fill import fill_demo

UNSEEN = frozenset(
    {
        "PIL",
        "alembic",
        "babel",
        "argon2",
        "eventdesk.spooler",
        "eventdesk.figures.reports",
        "eventdesk.waiting.waitlist",
        "qrcode",
        "reportlab",
        "screens.modals.form_dialog",
        "screens.money.take_money",
        "sqlalchemy.orm",
        "joserfc",
        "pydantic",
        "starlette",
        "uvicorn",
    }
)
"""What no first frame of the desk or the kiosk shows."""

CAMERA = frozenset({"cv2", "kiosk.scanner", "numpy", "zxingcpp"})
"""What a kiosk loads in a thread once it is painted, and nothing else does."""

AT_FIRST_FRAME = """
import asyncio, sys
from pathlib import Path
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.desk import Desk
from eventdesk.core.settings import Settings
from eventdesk.door.lists import list_check_in_lists
from screens.app import EventDeskApp

home, start = Path(sys.argv[1]), sys.argv[2]
loaded = []

async def main(store, desk):
    door = list_check_in_lists(store, SYSTEM)[0]
    painted = asyncio.Event()
    loop = asyncio.get_running_loop()

    def note():
        loaded.extend(sys.modules)
        loop.call_soon_threadsafe(painted.set)

    app = EventDeskApp(
        desk, Settings(home, camera=str(home / "none.mp4"), sounds=False), start=start,
        event_id=door.event_id, list_id=door.id, after_first_frame=note,
    )
    async with app.run_test():
        await asyncio.wait_for(painted.wait(), 60)
        print(type(app.screen).__name__)

with Store(home) as store:
    desk = Desk(store)
    asyncio.run(main(store, desk))
    desk.close()
print(*loaded)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("start") / "home"
    with Store.create(home) as store:
        fill_demo(store, size=3, seed=1, now=utc_now())
    return home


def run(program: str, *arguments: str) -> list[str]:
    """The lines that a program printed in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("start", "screen", "others"),
    [
        ("desk", "DeskScreen", {"screens.self_service.kiosk_screen", *CAMERA}),
        ("kiosk", "KioskScreen", {"screens.desk.desk_screen"}),
    ],
)
def test_a_first_frame_loads_only_what_it_shows(
    home: Path, start: str, screen: str, others: set[str]
) -> None:
    shown, modules = run(AT_FIRST_FRAME, str(home), start)
    assert shown == screen
    loaded = set(modules.split())
    assert {"textual", "sqlalchemy"} <= loaded
    assert not loaded & (UNSEEN | others)


def test_a_status_loads_the_store_and_no_screen(home: Path) -> None:
    program = (
        "import sys\nfrom eventdesk.cli import cli\n"
        "cli.main(['--home', sys.argv[1], 'status', '--list', 'Main'], standalone_mode=False)\n"
        "print(*sys.modules)"
    )
    *said, modules = run(program, str(home))
    loaded = set(modules.split())
    assert "expected" in " ".join(said)
    assert "sqlalchemy" in loaded
    assert not loaded & (
        UNSEEN | CAMERA | {"textual", "eventdesk.booking.registration", "badges.printers"}
    )


def test_the_door_of_a_printer_loads_its_driver_alone(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom badges.printers import open_printer\n"
        "print(open_printer('folder', badges_folder=Path(sys.argv[1])).name)\nprint(*sys.modules)"
    )
    _name, modules = run(program, str(tmp_path))
    assert not set(modules.split()) & {"badges.cups_printer", "badges.zpl_printer", "PIL"}
