"""`eventdesk tour`: a demo event, a film of its guests, and the kiosk on it."""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Any

from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, command
from eventdesk.cli.demo import log_ins, make_demo
from eventdesk.cli.group import can_ask, progress, settings_of
from eventdesk.cli.scan import run, summary_lines
from eventdesk.cli.screens import show
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.output_files import EXPORTS, write_file
from eventdesk.core.private_file import replace_private
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.door import ListView, list_check_in_lists, recent_scans, undo
from eventdesk.exercises.demo.fill import STAFF_PIN
from eventdesk.exercises.demo.film import film
from eventdesk.exercises.demo.people import people

SIZE = 500
SCENES = 10
SCREENSHOT = "kiosk.svg"
MADE_BY_TOUR = ".tour"


@command("tour", "eventdesk --home ./try tour")
def tour_command() -> Lines:
    """Make a demo event whose doors open in ten minutes, and lead through the screens with it.

    It points at one thing after another at the desk, the kiosk (with a film of guests as its
    camera), the wall and the organizer's screen, in three minutes; then everything works as
    always. Without a terminal the same film goes through `eventdesk scan`, and a table tells what
    came of it.
    """
    settings = settings_of()
    store = Store(settings.home) if (settings.home / FILE_NAME).exists() else None
    if store is not None and not (settings.home / MADE_BY_TOUR).exists():
        store.close()
        raise _not_its_own(settings)
    with store or Store.create(settings.home) as store:
        door = _demo(store, settings)
        video = settings.home / EXPORTS / f"guests-{door.event_id.hex[-8:]}.mp4"
        if not video.exists():
            _film(store, door, video)
        if not (can_ask() and sys.stdout.isatty()):
            yield from _without_terminal(store, settings, door, video)
            return
        from eventdesk.exercises.tour.company import find_company
        from eventdesk.exercises.tour.tour_app import TourApp

        company = find_company(store, door, skip=SCENES)

    show(
        settings.with_options(camera=str(video)),
        "sign-in",
        scanner_factory=lambda: _looped(video, settings),
        make_app=partial(TourApp, company=company),
    )
    yield _("Look around again whenever you like: eventdesk --home {home}", home=settings.home)
    yield from log_ins(next(people(1, 0)).email)
    yield _("  Kiosk PIN      {pin}", pin=STAFF_PIN)


def _demo(store: Store, settings: Settings) -> ListView:
    """The demo's check-in list; made when the store has none.

    Raises:
        InvalidInputError: The tour's event is gone; those that are there have guests of their own.
    """
    mark = settings.home / MADE_BY_TOUR
    lists = list_check_in_lists(store, SYSTEM)
    if not lists:
        replace_private(mark, b"")
        made = make_demo(store, size=SIZE, seed=0).list
        replace_private(mark, str(made.event_id).encode())
        return made
    event_id = mark.read_text(encoding="ascii", errors="replace").strip()
    for each in lists:
        if str(each.event_id) == event_id:
            return each
    raise _not_its_own(settings)


def _not_its_own(settings: Settings) -> InvalidInputError:
    return InvalidInputError(
        msg("The store in {home} was not made by a tour; its guests are real.", home=settings.home),
        hint=msg("Take the tour in a folder of its own: eventdesk --home ./try tour"),
    )


def _film(store: Store, door: ListView, video: Path) -> None:
    with progress(_("Filming guests"), 100) as done:
        film(
            store,
            door,
            video,
            scenes=SCENES,
            seed=0,
            on_progress=lambda at, of: done(at * 100 // max(1, of)),
        )


def _without_terminal(store: Store, settings: Settings, door: ListView, video: Path) -> Lines:
    picture = asyncio.run(_screenshot(store, settings, door, video))
    summary = run(store, settings, str(video), door, as_json=False)
    yield ""
    yield from summary_lines(summary)
    yield f"{_('badges in'):<24}{settings.home / 'badges'}"
    yield f"{_('picture of the kiosk'):<24}{picture}"


async def _screenshot(store: Store, settings: Settings, door: ListView, video: Path) -> Path:
    """Run the kiosk without a terminal until it has answered a guest, and take its picture.

    Whom it let in for the picture is taken back, so that the film meets everybody afresh.
    """
    from screens.app import EventDeskApp
    from screens.self_service.picture import answered_kiosk

    begun_at = utc_now()
    desk = Desk(store)
    try:
        app = EventDeskApp(
            desk,
            settings.with_options(camera=str(video), sounds=False),
            start="kiosk",
            event_id=door.event_id,
            list_id=door.id,
            scanner_factory=lambda: _looped(video, settings),
        )
        svg = await answered_kiosk(app)
    finally:
        desk.close()
    for scan in recent_scans(store, SYSTEM, door.id):
        if scan.recorded_at >= begun_at and scan.outcome.passes and not scan.annulled:
            undo(store, SYSTEM, scan.id, reason="taken for the picture")
    path = settings.home / EXPORTS / SCREENSHOT
    write_file(path, svg.encode(), overwrite=True)
    return path


def _looped(video: Path, settings: Settings) -> Any:
    from kiosk.scanner import Scanner

    return Scanner(str(video), quiet_s=settings.quiet_s, loop=True)
