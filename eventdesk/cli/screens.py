"""Commands that open the full-screen program."""

import gc
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.command import command
from eventdesk.cli.group import can_ask, event_named, printer_of, settings_of
from eventdesk.cli.log_file import log_to_file
from eventdesk.cli.quiet_libraries import only_python_on_stderr
from eventdesk.cli.spooling import Spooling
from eventdesk.cli.stopping import signals_call
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.heap import share_one_heap
from eventdesk.core.lost_memory import told_of_lost_memory
from eventdesk.core.messages import msg
from eventdesk.core.settings import Settings
from eventdesk.door import GateView, ListView, find_list, list_gates

if TYPE_CHECKING:
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
    """Open the registration desk, for whoever owns this machine's files."""
    settings = settings_of(gate=gate, **looks)
    given = looks["printer"] is not None
    show(settings, "desk", listed=listed, event=event, only_printer=given)


def show(
    settings: Settings,
    start: Start,
    *,
    listed: str = "",
    event: str = "",
    only_printer: bool = False,
    scanner_factory: "Callable[[], Scanner] | None" = None,
    make_app: "Callable[..., EventDeskApp] | None" = None,
) -> None:
    """Build the store, the desk, the spooler and the screens, and run them to the end.

    Args:
        make_app: What takes the place of `EventDeskApp`.
    """
    _need_terminal()
    gc.disable()  # until the first frame: what is loaded stays
    with Store(settings.home) as store:
        log_to_file(settings)
        place = find_list(store, SYSTEM, listed, event_named(store, event)) if listed else None
        gate = _gate(store, place, settings.gate)
        from eventdesk.desk import Desk
        from screens.app import EventDeskApp

        # One that was named just now is used even where others are set up.
        spooling = Spooling(store, printer_of(settings), only_this=only_printer)
        desk = Desk(store, after_write=spooling.wake)
        try:
            app = (make_app or EventDeskApp)(
                desk,
                settings,
                start=start,
                event_id=place.event_id if place is not None else None,
                list_id=place.id if place is not None else None,
                gate_id=gate.id if gate is not None else None,
                scanner_factory=scanner_factory,
                after_first_frame=spooling.begin,
            )
            run_app(app, store.path)
        finally:
            desk.close()
            spooling.stop()
    if app.return_code:
        sys.exit(app.return_code)


def _need_terminal() -> None:
    """See that there is a terminal to paint on.

    Raises:
        InvalidInputError: There is none.
    """
    if not (can_ask() and sys.stdout.isatty()):
        raise InvalidInputError(
            msg("The screens need a terminal."),
            hint=msg("Without one, use `eventdesk scan` and `eventdesk check-in`."),
        )


def run_app(app: "EventDeskApp", store: Path) -> None:
    """Run the screens to their end; a signal ends them in good order, with its exit status.

    Args:
        store: The file that they read.
    """
    import asyncio

    share_one_heap()

    async def run() -> None:
        with signals_call(app.end):
            await app.run_async()

    with only_python_on_stderr(), told_of_lost_memory(store, has_screen=True):
        asyncio.run(run())


def _gate(store: Store, place: ListView | None, name: str) -> GateView | None:
    """The gate of this name at the place, if both are given.

    Raises:
        NotFoundError: The event has no such gate; the hint lists those it has.
    """
    if place is None or not name:
        return None
    gates = list_gates(store, SYSTEM, place.event_id)
    return the_one_named("gate", name, gates, lambda gate: gate.name)
