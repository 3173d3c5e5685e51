"""Commands that open the full-screen program."""

import logging
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any, Literal

import click

from badges.printers import open_printer
from data.store import FILE_NAME, Store
from eventdesk.cli.group import settings_of
from eventdesk.desk import Desk
from eventdesk.errors import InvalidInputError
from eventdesk.settings import Settings
from eventdesk.spooler import Spooler
from eventdesk.usecases.events import list_gates
from eventdesk.usecases.lists import find_list

if TYPE_CHECKING:
    from kiosk.scanner import Scanner

Start = Literal["sign-in", "kiosk", "desk"]

_LOOKS = (
    click.option("--theme", default=None, help="dark, light or contrast."),
    click.option("--printer", default=None, help="Where badges go: folder, tcp://HOST:PORT, …"),
    click.option("--sounds/--no-sounds", default=None, help="Whether outcomes are heard."),
)


def _looks(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every screen takes."""
    for option in reversed(_LOOKS):
        command = option(command)
    return command


@click.command("open")
@_looks
@click.pass_context
def open_command(ctx: click.Context, /, **looks: Any) -> None:
    """Open the full-screen program: sign in, choose a place to work.

    \b
    Example:
      eventdesk open --theme light
    """
    settings = settings_of(ctx, **looks)
    if not (settings.home / FILE_NAME).exists():
        Store.create(settings.home).close()
    show(settings, "sign-in")


@click.command("kiosk")
@click.option("--camera", default=None, help="Camera (0), video file, folder or http/rtsp address.")
@click.option("--list", "listed", default="", help="Check-in list, by name or id.")
@click.option("--gate", default=None, help="Name of the gate this kiosk stands at.")
@_looks
@click.pass_context
def kiosk_command(
    ctx: click.Context, /, camera: str | None, listed: str, gate: str | None, **looks: Any
) -> None:
    """Open the self-service kiosk; only the staff PIN closes it.

    \b
    Example:
      eventdesk kiosk --camera 0 --list "Main entrance" --gate "Gate A"
    """
    show(settings_of(ctx, camera=camera, gate=gate, **looks), "kiosk", listed)


@click.command("desk")
@click.option("--list", "listed", default="", help="Check-in list, by name or id.")
@click.option("--gate", default=None, help="Name of the gate this desk stands at.")
@_looks
@click.pass_context
def desk_command(ctx: click.Context, /, listed: str, gate: str | None, **looks: Any) -> None:
    """Open the registration desk for whoever owns this machine's files.

    \b
    Example:
      eventdesk desk --list "Main entrance"
    """
    show(settings_of(ctx, gate=gate, **looks), "desk", listed)


def show(
    settings: Settings,
    start: Start,
    listed: str = "",
    scanner_factory: "Callable[[], Scanner] | None" = None,
) -> None:
    """Build the store, the desk, the spooler and the screens, and run them to the end."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InvalidInputError(
            "The screens need a terminal.",
            hint="Without one, use `eventdesk scan` and `eventdesk check-in`.",
        )
    log_to_file(settings)
    with Store(settings.home) as store:
        place = None if start == "sign-in" else find_list(store, listed)
        gate = None
        if place is not None:
            gates = list_gates(store, place.event_id)
            gate = next((one for one in gates if one.name == settings.gate), None)
        printer = open_printer(settings.printer, badges_folder=settings.home / "badges")
        spooler = Spooler(store, printer)
        desk = Desk(store)
        spooler.start()
        try:
            from screens.app import EventDeskApp

            app = EventDeskApp(
                desk,
                settings,
                start=start,
                event_id=place.event_id if place is not None else None,
                list_id=place.id if place is not None else None,
                gate_id=gate.id if gate is not None else None,
                scanner_factory=scanner_factory,
            )
            app.run()
        finally:
            desk.close()
            spooler.stop()
    if app.return_code:
        sys.exit(app.return_code)


def log_to_file(settings: Settings) -> None:
    """Write the log to a file that turns over; a terminal with a screen on it takes no lines."""
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "eventdesk.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8"
    )
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
