"""Commands that open the full-screen program."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from functools import reduce
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any, Literal

import click

from data.store import FILE_NAME, Store
from eventdesk.acts import the_one_named
from eventdesk.cli.command import command
from eventdesk.cli.group import can_ask, event_named, printer_of, settings_of
from eventdesk.cli.quiet_libraries import only_python_on_stderr
from eventdesk.cli.stopping import signals_call
from eventdesk.core.errors import InvalidInputError, StoreReadOnlyError
from eventdesk.core.messages import ENGLISH, msg, reading
from eventdesk.core.plain_text import harmless
from eventdesk.core.private_file import open_private
from eventdesk.core.settings import Settings
from eventdesk.door import GateView, ListView, find_list, list_gates

if TYPE_CHECKING:
    from badges.paper import Printer
    from eventdesk.spooler import Spooler
    from kiosk.scanner import Scanner
    from screens.app import EventDeskApp

Start = Literal["sign-in", "kiosk", "desk"]


def _options(*options: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return lambda command: reduce(lambda done, option: option(done), reversed(options), command)


_looks = _options(
    click.option("--theme", default=None, help="dark, light or contrast."),
    click.option("--printer", default=None, help="Where badges go: folder, tcp://HOST:PORT, …"),
    click.option("--sounds/--no-sounds", default=None, help="Whether outcomes are heard."),
)
"""The options that every screen takes."""

_place = _options(
    click.option("--list", "listed", default="", help="Check-in list, by name or id; else asks."),
    click.option("--event", default="", help="Event, by code, id or name."),
    click.option("--gate", default=None, help="Name of the gate this machine stands at."),
)
"""The options that say where the machine stands."""


@command("open", "--theme light")
@_looks
def open_command(**looks: Any) -> None:
    """Open the full-screen program: sign in, choose a place to work."""
    settings = settings_of(**looks)
    if not (settings.home / FILE_NAME).exists():
        Store.create(settings.home).close()
    show(settings, "sign-in", only_printer=looks["printer"] is not None)


@command("kiosk", '--camera 0 --list "Main entrance" --gate "Gate A"')
@click.option("--camera", default=None, help="Camera (0), video file, folder or http/rtsp address.")
@_place
@_looks
def kiosk_command(
    camera: str | None, listed: str, event: str, gate: str | None, **looks: Any
) -> None:
    """Open the self-service kiosk; only the staff PIN closes it."""
    settings = settings_of(camera=camera, gate=gate, **looks)
    given = looks["printer"] is not None
    show(settings, "kiosk", listed=listed, event=event, only_printer=given)


@command("desk", '--list "Main entrance"')
@_place
@_looks
def desk_command(listed: str, event: str, gate: str | None, **looks: Any) -> None:
    """Open the registration desk for whoever owns this machine's files."""
    given = looks["printer"] is not None
    settings = settings_of(gate=gate, **looks)
    show(settings, "desk", listed=listed, event=event, only_printer=given)


def show(
    settings: Settings,
    start: Start,
    *,
    listed: str = "",
    event: str = "",
    only_printer: bool = False,
    scanner_factory: "Callable[[], Scanner] | None" = None,
) -> None:
    """Build the store, the desk, the spooler and the screens, and run them to the end."""
    if not (can_ask() and sys.stdout.isatty()):
        raise InvalidInputError(
            msg("The screens need a terminal."),
            hint=msg("Without one, use `eventdesk scan` and `eventdesk check-in`."),
        )
    gc.disable()  # until the first frame: what is loaded stays
    with Store(settings.home) as store:
        log_to_file(settings)
        place = find_list(store, listed, event_named(store, event)) if listed else None
        gate = _gate(store, place, settings.gate)
        from eventdesk.desk import Desk
        from screens.app import EventDeskApp

        # One that was named just now is used even where others are set up.
        spooling = Spooling(store, printer_of(settings), only_this=only_printer)
        desk = Desk(store, after_write=spooling.wake)
        try:
            app = EventDeskApp(
                desk,
                settings,
                start=start,
                event_id=place.event_id if place is not None else None,
                list_id=place.id if place is not None else None,
                gate_id=gate.id if gate is not None else None,
                scanner_factory=scanner_factory,
                after_first_frame=spooling.begin,
            )
            run_app(app)
        finally:
            desk.close()
            spooling.stop()
    if app.return_code:
        sys.exit(app.return_code)


class Spooling:
    """A spooler that begins when the first frame is there: nobody waits for paper before."""

    def __init__(self, store: Store, printer: "Printer | None", *, only_this: bool) -> None:
        self._make = (store, printer, only_this)
        self._spooler: Spooler | None = None

    def begin(self) -> None:
        """Load the spooler and start it; what was queued before is found by itself."""
        from eventdesk.spooler import Spooler

        store, printer, only_this = self._make
        self._spooler = Spooler(store, printer, only_this=only_this)
        self._spooler.start()

    def wake(self) -> None:
        """Say that something was committed."""
        if self._spooler is not None:
            self._spooler.wake()

    def stop(self) -> None:
        """End it, where it has begun."""
        if self._spooler is not None:
            self._spooler.stop()


def run_app(app: "EventDeskApp") -> None:
    """Run the screens to their end; a signal ends them in good order, with its exit status."""
    import asyncio

    async def run() -> None:
        with signals_call(app.end):
            await app.run_async()

    with only_python_on_stderr():
        asyncio.run(run())


def _gate(store: Store, place: ListView | None, name: str) -> GateView | None:
    """The gate of this name at the place, if both are given.

    Raises:
        NotFoundError: The event has no such gate; the hint lists those it has.
    """
    if place is None or not name:
        return None
    gates = list_gates(store, place.event_id)
    return the_one_named("gate", name, gates, lambda gate: gate.name)


class LogFile(RotatingFileHandler):
    """A log that only its owner reads; one that cannot be written is no reason to say so here."""

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Do nothing: what it would print runs over the screen."""


class _PlainFormatter(logging.Formatter):
    """Writes lines of a log, in English, that command no terminal which shows them."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as usual."""
        with reading(ENGLISH):
            return harmless(super().format(record))


def log_to_file(settings: Settings) -> None:
    """Write the log to a file that turns over; a terminal with a screen on it takes no lines."""
    folder = settings.home / "logs"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handler = LogFile(
            folder / "eventdesk.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8"
        )
    except OSError as error:
        raise StoreReadOnlyError(
            msg(
                "The log cannot be written to {folder}: {strerror}.",
                folder=folder,
                strerror=error.strerror,
            ),
            hint=msg("Move what is in the way, or check who owns the folder."),
        ) from error
    handler.setFormatter(
        _PlainFormatter("%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
