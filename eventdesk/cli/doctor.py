"""`eventdesk doctor`: is everything here that the door needs?"""

import json
import platform
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import click

from badges.printers import open_printer
from data.sqlite.engine import driver, has_wal_reset_bug, version
from data.sqlite.files import problems
from data.store import FILE_NAME, Store
from eventdesk.cli.group import settings_of
from eventdesk.errors import EventDeskError
from eventdesk.model.outcome import Tone
from eventdesk.settings import Settings
from eventdesk.usecases.backups import list_backups
from eventdesk.usecases.events import list_events

ROOM_NEEDED = 200 * 1024 * 1024
"""Bytes free on the disk below which the doctor warns."""

CAMERA_S = 5.0
"""How long the doctor waits for a picture."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    tone: Tone
    subject: str
    text: str
    advice: str = ""


@click.command("doctor")
@click.option("--camera", default=None, help="Camera to try; default as in the settings.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def doctor_command(ctx: click.Context, camera: str | None, as_json: bool) -> None:
    """Look at everything the door needs and say what to do. Exits 1 when something is wrong.

    \b
    Example:
      eventdesk doctor
    """
    settings = settings_of(ctx, camera=camera)
    findings = list(examine(settings))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.tone.sign} {finding.subject:<12} {finding.text}")
            if finding.advice:
                click.echo(f"  {'':<12} → {finding.advice}")
    if any(finding.tone is Tone.STOP for finding in findings):
        sys.exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Examine one thing after the other; an examination that breaks is a finding too."""
    for examination in (_python, _sqlite, _store, _disk, _decoders, _camera, _printer):
        try:
            yield from examination(settings)
        except EventDeskError as error:
            yield Finding(Tone.STOP, _subject(examination), str(error), error.hint)


def _subject(examination: Callable[[Settings], Iterator[Finding]]) -> str:
    return examination.__name__.strip("_")


def _python(_: Settings) -> Iterator[Finding]:
    yield Finding(Tone.GOOD, "python", f"{platform.python_version()} on {platform.platform()}")


def _sqlite(_: Settings) -> Iterator[Finding]:
    text = f"{driver.sqlite_version} ({driver.__name__.split('.')[0]})"
    if has_wal_reset_bug(version()):
        yield Finding(
            Tone.CARE,
            "sqlite",
            f"{text} has a bug that can damage a store which several programs write at once",
            "Run one desk at a time here, or install pysqlite3, which brings a mended SQLite.",
        )
    else:
        yield Finding(Tone.GOOD, "sqlite", f"{text}, without the WAL-reset bug")


def _store(settings: Settings) -> Iterator[Finding]:
    path = settings.home / FILE_NAME
    if not path.exists():
        missing = f"none in {settings.home} yet"
        yield Finding(Tone.CARE, "store", missing, "Make one: eventdesk demo --size 500")
        return
    with Store(settings.home) as store:
        found = problems(path)
        if found:
            yield Finding(Tone.STOP, "store", found[0], "Bring back a backup: eventdesk restore")
        else:
            events = list_events(store)
            tickets = sum(event.tickets for event in events)
            yield Finding(Tone.GOOD, "store", f"{path}: {len(events)} events, {tickets} tickets")
        if store.keys.tightened:
            loose = "others could read the key file; now only you can"
            yield Finding(Tone.CARE, "keys", loose, "If others had access: eventdesk keys rotate")
        else:
            yield Finding(Tone.GOOD, "keys", f"{len(store.keys.token_keys)} in {store.keys.file}")
    backups = list_backups(settings.home)
    if backups:
        newest = f"{backups[0].made_at:%Y-%m-%d %H:%M} UTC"
        yield Finding(Tone.GOOD, "backups", f"{len(backups)}, newest {newest}")
    else:
        yield Finding(Tone.CARE, "backups", "none yet", "Make one: eventdesk backup")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(parent for parent in (settings.home, *settings.home.parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free // 1024**2:,} MiB free at {folder}"
    if free < ROOM_NEEDED:
        yield Finding(Tone.STOP, "disk", text, "Make room before doors open.")
    else:
        yield Finding(Tone.GOOD, "disk", text)


def _decoders(_: Settings) -> Iterator[Finding]:
    from kiosk.decoder import available_decoders

    found = available_decoders()
    working = [one for one in found if not one.missing]
    for one in found:
        if one.missing:
            yield Finding(Tone.CARE if working else Tone.STOP, "decoder", one.missing)
        else:
            yield Finding(Tone.GOOD, "decoder", f"{one.name} {one.version}")


def _camera(settings: Settings) -> Iterator[Finding]:
    from kiosk.frames import Frame
    from kiosk.sources import open_source

    enough = threading.Event()
    timer = threading.Timer(CAMERA_S, enough.set)
    timer.start()
    try:
        for frame in open_source(settings.camera).frames(enough):
            if isinstance(frame, Frame):
                height, width = frame.image.shape[:2]
                yield Finding(Tone.GOOD, "camera", f"{settings.camera}: {width}×{height}")
                return
    finally:
        timer.cancel()
        enough.set()
    yield Finding(
        Tone.STOP, "camera", f"{settings.camera} gives no picture", "Check its cable and light."
    )


def _printer(settings: Settings) -> Iterator[Finding]:
    printer = open_printer(settings.printer, badges_folder=settings.home / "badges")
    if printer is None:
        yield Finding(Tone.CARE, "printer", "none; badges wait for another desk's printer")
    else:
        yield Finding(Tone.GOOD, "printer", printer.name)
