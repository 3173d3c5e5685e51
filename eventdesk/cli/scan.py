"""`eventdesk scan`: check-in from a camera, a video or pictures, without a screen."""

import sys
from datetime import timedelta
from typing import Any

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Told, as_json, command, on_list, say, wants_json
from eventdesk.cli.group import EXIT_COULD_NOT, EXIT_REFUSED, printer_of, settings_of
from eventdesk.cli.quiet_libraries import only_python_on_stderr
from eventdesk.cli.stopping import until_interrupted
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError, StoreError
from eventdesk.core.json_text import json_text
from eventdesk.core.lost_memory import told_of_lost_memory
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.settings import Settings
from eventdesk.door import WORDING, ListView
from eventdesk.headless import Answered, Tally, scan_all
from eventdesk.printing import badges_waiting, count_out
from eventdesk.spooler import Spooler
from kiosk.scanner import Scanner
from kiosk.sightings import FrameSkipped

DRAIN = timedelta(seconds=30)
"""How long badges may still print after the last picture."""


@command("scan", 'guests.mp4 --list "Main entrance" --json')
@click.argument("source")
@on_list
@click.option("--printer", default=None, help="Where badges go: folder, tcp://HOST:PORT, …")
@as_json(help="A JSON line a sighting, then a summary.")
def scan_command(store: Store, door: ListView, source: str, printer: str | None) -> None:
    """Read tickets from SOURCE and check them in, without a screen.

    SOURCE is a camera (0, /dev/video0), a video file, a folder of pictures, or an MJPEG or RTSP
    address. Files end by themselves; a camera goes on until Ctrl+C. Each line is written after
    its check-in is on the disk.

    Badges are printed meanwhile, and for half a minute after the last picture. Those that could
    not be printed wait: a desk or kiosk that is open prints them, or `eventdesk badges --print`,
    and `eventdesk badges` says why they wait.

    Exits 0 when every code was decided and somebody was let in; 3 when all were refused; 1 when
    a scan could not be decided, no picture came, or no code was read in a file or folder; 2 for
    a wrong call.
    """
    if not source.strip():
        raise InvalidInputError(
            msg("Scan what?"), hint=msg("Name a camera (0), a video or a folder.")
        )
    given = printer is not None
    settings = settings_of(printer=printer)
    summary = run(store, settings, source, door, as_json=wants_json(), only_printer=given)
    say(Told(summary_lines(summary), lambda: {"summary": summary}))
    if waits := summary["badges_queued"] - summary["badges_written"]:
        _notice(
            _n(
                "{count} badge waits or failed: eventdesk badges says why, and --print prints "
                "what waits",
                "{count} badges wait or failed: eventdesk badges says why, and --print prints "
                "what waits",
                waits,
            )
        )
    sys.exit(summary["exit_status"])


def run(
    store: Store,
    settings: Settings,
    source: str,
    door: ListView,
    *,
    as_json: bool,
    quiet: bool = False,
    only_printer: bool = False,
) -> dict[str, Any]:
    """Scan a source to its end, print badges, and return the summary."""
    waiting = badges_waiting(store, SYSTEM)
    spooler = Spooler(store, printer_of(settings), only_this=only_printer)
    scanner = Scanner(source, quiet_s=settings.quiet_s, every_frame=True)
    tally = Tally()
    ended_by_hand = False
    try:
        with until_interrupted() as stop, only_python_on_stderr(), told_of_lost_memory(store.path):
            spooler.start()
            for event in scan_all(store, SYSTEM, scanner, door, stop, on_notice=_notice):
                if isinstance(event, Answered):
                    tally.count(event)
                    if not quiet:
                        click.echo(json_text(event.describe()) if as_json else _line(event))
                elif isinstance(event, FrameSkipped):
                    tally.skipped += 1
                    _notice(f"{event.name}: {event.reason}")
                else:
                    tally.pictures = True
            ended_by_hand = stop.is_set()
    finally:
        spooler.stop()
    try:
        spooler.drain(deadline=utc_now() + DRAIN)
    except StoreError as error:
        _notice(f"{error} {error.hint}".strip())
    summary = tally.describe(badges_written=count_out(store, SYSTEM, waiting + tally.badges))
    return summary | {"exit_status": exit_status(tally, ended_by_hand=ended_by_hand)}


def exit_status(tally: Tally, *, ended_by_hand: bool) -> int:
    """What a script needs to know: whether the door worked, and for whom.

    A camera that was stopped by hand before anybody came has worked.
    """
    if tally.errors or not tally.pictures:
        return EXIT_COULD_NOT
    if not tally.shown:
        return 0 if ended_by_hand else EXIT_COULD_NOT
    return 0 if tally.passed else EXIT_REFUSED


def summary_lines(summary: dict[str, Any]) -> list[str]:
    """What a run came to, as a table."""
    rows = [(_("shown"), summary["shown"]), (_("admitted"), summary["admitted"])]
    rows += [(_("refused: {name}", name=name), count) for name, count in summary["refused"].items()]
    rows.append((_("badges written"), summary["badges_written"]))
    if summary["skipped"]:
        rows.append((_("unreadable pictures"), summary["skipped"]))
    for stage in ("decode_ms", "checkin_ms"):
        times = summary[stage]
        if times:
            name = stage.removesuffix("_ms")
            rows += [(f"{name} {each}", f"{times[each]} ms") for each in ("p50", "p95")]
    return [f"{name:<24}{value:>12}" for name, value in rows]


def _line(answered: Answered) -> str:
    result = answered.result
    wording = WORDING[result.outcome]
    who = f"{plain(result.name)} ({plain(result.ticket_type)})" if result.name else "-"
    return f"{wording.tone.sign} {wording.word:<14} {result.ticket_code or '-':<9} {who}"


def _notice(text: str) -> None:
    click.echo(plain(text, limit=400), err=True)
