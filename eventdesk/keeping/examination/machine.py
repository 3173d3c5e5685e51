"""Examination of the machine: programs, disk, clock, terminal, fonts, decoders, camera."""

import platform
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

from data.health import library
from data.schema import AuditRow, BookingRow, ScanRow, TicketRow, WaitlistEntryRow
from eventdesk import __version__
from eventdesk.acts import SYSTEM, YEARS, Steps, clock_now
from eventdesk.core.messages import _, msg
from eventdesk.events import all_events
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop


def look_at_python(_patient: Patient) -> Iterator[Finding]:
    """Name the versions."""
    running = f"eventdesk {__version__}, Python {platform.python_version()}"
    yield good(_("{running} on {platform}", running=running, platform=platform.platform()))


def look_at_sqlite(_patient: Patient) -> Iterator[Finding]:
    """Check that several programs may write at once."""
    text = library().name
    if library().can_damage:
        yield care(
            _(
                "{text} has a bug that can damage a store which several programs write at once",
                text=text,
            ),
            _("Run one desk at a time here, or install pysqlite3, which brings a mended SQLite."),
        )
    else:
        yield good(_("{text}, without the WAL-reset bug", text=text))


MIB = 1024**2

MIN_FREE = 200 * MIB
"""Fewest free bytes with which doors may open."""

A_TICKET = 16 * 1024
"""Bytes that a day writes for one ticket."""

BACKUPS = 14
"""Packed backups of a day: 6 hourly ones, every third of 18 more, one by hand, one in work."""

PACKED = 0.4
"""Largest share of its store that a packed copy takes."""

PLAIN = 2
"""Unpacked copies while one backup is made and another one checked."""


def look_at_disk(patient: Patient) -> Iterator[Finding]:
    """Compare free and needed bytes."""
    home = patient.settings.home
    folder = next(parent for parent in (home, *home.parents) if parent.exists())
    free, needed = shutil.disk_usage(folder).free, MIN_FREE
    if patient.store is not None:
        with patient.store.read() as connection:
            tickets = connection.execute(select(func.count(TicketRow.id))).scalar_one()
        grown = patient.store.path.stat().st_size + tickets * A_TICKET
        needed += tickets * A_TICKET + int((PLAIN + BACKUPS * PACKED) * grown)
    text = _(
        "{free:,} MiB free at {folder}; a day of this size needs {needed:,} MiB",
        free=free // MIB,
        folder=folder,
        needed=needed // MIB,
    )
    if free < MIN_FREE:
        yield stop(text, _("Make room before doors open."))
    elif free < needed:
        yield care(text, _("Make room, or move old backups to another disk."))
    else:
        yield good(text)


AHEAD = timedelta(seconds=60)
"""Most that rows may lie in the future: clocks of machines differ."""

MAX_AHEAD = 2 * YEARS
"""Most that a deadline may lie ahead: it ends when the event begins."""

BUILT = datetime(2026, 6, 1, tzinfo=UTC)
"""The date of this program; a right clock is later."""

WATCHED_S = 0.05
SLIP_S = 0.02

SET_IT = msg("Set the clock: timedatectl set-ntp true, or by hand; then examine again.")


def look_at_clock(patient: Patient) -> Iterator[Finding]:
    """Compare the clock with the times in the store."""
    now = patient.now
    if now < BUILT:
        yield stop(_("it says {now:%Y-%m-%d %H:%M} UTC, which was long ago", now=now), str(SET_IT))
    if patient.store is not None:
        known = clock_now(patient.store, SYSTEM.at(now))
        if known.sentence:
            yield stop(known.sentence, known.advice)
            return
        yield from _far_deadlines(Steps(patient.store, SYSTEM.at(now)))
    for what, at in _written(patient):
        if at - now > AHEAD:
            yield stop(
                _(
                    "{what} is from {at:%Y-%m-%d %H:%M} UTC, but it is {now:%Y-%m-%d %H:%M} "
                    "UTC now",
                    what=what,
                    at=at,
                    now=now,
                ),
                str(SET_IT),
            )
            return
    slip_s = _slip_s()
    if abs(slip_s) > SLIP_S:
        yield care(
            _("it jumps: {slip_s:+.0f} ms within a moment", slip_s=slip_s * 1000), str(SET_IT)
        )
    yield from _zones(patient)
    zone = now.astimezone().tzname() or "?"
    yield good(
        _(
            "{now:%Y-%m-%d %H:%M:%S} UTC, {here:%H:%M} here ({zone})",
            now=now,
            here=now.astimezone(),
            zone=zone,
        )
    )


def _far_deadlines(steps: Steps) -> Iterator[Finding]:
    """Deadlines that only a wrong clock can have set."""
    with steps.read() as act:
        for what, deadline in (
            (_("unpaid bookings"), BookingRow.expires_at),
            (_("offers to people who wait"), WaitlistEntryRow.offer_until),
        ):
            asked = select(func.count(), func.max(deadline)).where(deadline > act.now + MAX_AHEAD)
            count, last = act.connection.execute(asked).one()
            if count:
                yield care(
                    _(
                        "{count} {what} keep their places until {last:%Y-%m-%d}: a clock was ahead",
                        count=count,
                        what=what,
                        last=last,
                    ),
                    _("Look them up, and cancel those that nobody means."),
                )


def _written(patient: Patient) -> Iterator[tuple[str, datetime]]:
    if patient.store is None:
        return
    with patient.store.read() as connection:
        for what, column, order in (
            (_("the last scan"), ScanRow.recorded_at, ScanRow.no),
            (_("the last entry of the log"), AuditRow.at, AuditRow.seq),
        ):
            newest = select(func.max(order)).scalar_subquery()
            at = connection.execute(select(column).where(order == newest)).scalar_one_or_none()
            if at is not None:
                yield what, at
    yield _("the store's file"), _changed_at(patient.store.path)


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _slip_s() -> float:
    """How much the wall clock and the monotonic one drift apart in a moment."""
    wall, steady = time.time(), time.monotonic()
    until = steady + WATCHED_S
    while time.monotonic() < until:
        pass
    return (time.time() - wall) - (time.monotonic() - steady)


def _zones(patient: Patient) -> Iterator[Finding]:
    for event in all_events(patient.store, SYSTEM) if patient.store is not None else ():
        try:
            ZoneInfo(event.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield stop(
                _(
                    "this machine does not know the zone {time_zone} of {name}",
                    time_zone=event.time_zone,
                    name=event.name,
                ),
                _("Install tzdata: pip install tzdata"),
            )


MIN_SIZE: Final = (80, 24)


def look_at_terminal(patient: Patient) -> Iterator[Finding]:
    """Check its size and colours."""
    terminal = patient.terminal
    if not terminal.columns:
        yield good(_("none here, as in a script; the screens will need one"))
        return
    size = f"{terminal.columns}×{terminal.lines}"
    if terminal.columns < MIN_SIZE[0] or terminal.lines < MIN_SIZE[1]:
        yield care(
            _("{size} is small", size=size),
            _(
                "Make it {columns}×{lines} or larger: smaller letters.",
                columns=MIN_SIZE[0],
                lines=MIN_SIZE[1],
            ),
        )
    if terminal.kind in ("", "dumb"):
        yield care(_("TERM is {kind!r}", kind=terminal.kind), _("Set TERM=xterm-256color."))
        return
    if terminal.no_colour:
        colours = _("no colours, as NO_COLOR asks; signs and words say the same")
    elif terminal.true_colour:
        colours = _("all colours")
    else:
        colours = _("256 colours") if "256" in terminal.kind else _("few colours")
    yield good(f"{size}, {terminal.kind}, {colours}")


SCRIPTS: Final = {
    "Latin": "Łukasz Ångström",
    "Greek": "Ελένη",
    "Cyrillic": "Дмитрий",
    "Arabic": "محمد",
    "Hebrew": "שרה",
    "Devanagari": "अनिल",
    "Bengali": "রহমান",
    "Tamil": "தமிழ்",
    "Thai": "สมชาย",
    "Georgian": "გიორგი",
    "Armenian": "Արամ",
    "Chinese": "王小明",
    "Japanese": "さくら",
    "Korean": "김민준",
}
"""A name in each script."""


def look_at_fonts(_patient: Patient) -> Iterator[Finding]:
    """Find a font for a name in each script."""
    from badges.fonts import system_faces

    faces = system_faces()
    missing = [name for name, text in SCRIPTS.items() if not _drawn(text, faces)]
    there = [name for name in SCRIPTS if name not in missing]
    if missing:
        yield care(
            _("no font for {missing}: such names print as boxes", missing=", ".join(missing)),
            _('Install them: pip install "eventdesk[cjk]", or the package fonts-noto.'),
        )
    yield good(_("badges print {there}", there=", ".join(there)))


def _drawn(text: str, faces: tuple[object, ...]) -> bool:
    letters = "".join(text.split())
    return any(face.draws(letters) for face in faces if hasattr(face, "draws"))


def look_at_decoder(_patient: Patient) -> Iterator[Finding]:
    """List the decoders, and read a ticket."""
    from kiosk.readers import available_decoders

    found = available_decoders()
    working = [one for one in found if not one.missing]
    for one in found:
        if one.missing and one.optional:
            yield good(one.missing)
        elif one.missing:
            advice = _("Install it: pip install zxing-cpp pyzbar (and the package libzbar0)")
            yield (care if working else stop)(one.missing, advice)
    if not working:
        return
    from kiosk.self_test import read_a_ticket

    names = ", ".join(f"{one.name} {one.version}" for one in working)
    took_ms = read_a_ticket()
    if took_ms is None:
        yield stop(_("{names} do not read a plain ticket", names=names), _("Install them again."))
    else:
        yield good(_("{names}; a ticket read in {took_ms:.0f} ms", names=names, took_ms=took_ms))


CAMERA_S = 5.0
"""Longest wait for a picture."""

SETTLE_S = 1.0
"""Time a camera gets to adjust light and focus."""

LOOKED_AT = 12
"""Pictures after which it has adjusted."""


def look_at_camera(patient: Patient) -> Iterator[Finding]:
    """Take some pictures and judge the best of them."""
    from kiosk.frames import Frame
    from kiosk.picture_quality import Quality, quality_of
    from kiosk.sources import open_source

    name, enough = patient.settings.camera, threading.Event()
    timer = threading.Timer(CAMERA_S, enough.set)
    timer.start()
    best: Quality | None = None
    size, began_s, seen = (0, 0), 0.0, 0
    try:
        for frame in open_source(name).frames(enough):
            if not isinstance(frame, Frame):
                continue
            began_s = began_s or time.monotonic()
            quality, size, seen = quality_of(frame.image), frame.size, seen + 1
            if best is None or quality.focus > best.focus:
                best = quality
            if seen >= LOOKED_AT or time.monotonic() - began_s > SETTLE_S:
                break
    finally:
        timer.cancel()
        enough.set()
    if best is None:
        yield stop(
            _("{name} gives no picture", name=name), _("Check its cable, or name another one.")
        )
        return
    shown = f"{name}: {size[0]}×{size[1]}"
    measured = _(
        "focus {focus:.0f}, light {light:.0f} of 255, contrast {contrast:.0f}",
        focus=best.focus,
        light=best.light,
        contrast=best.contrast,
    )
    for fault, advice in best.faults:
        yield care(
            _("{shown} is {fault} ({measured})", shown=shown, fault=fault, measured=measured),
            advice,
        )
    if size[1] < 480:
        yield care(
            _("{shown} is a small picture", shown=shown), _("Choose a mode of 1280×720 or more.")
        )
    if not best.faults:
        yield good(f"{shown}, {measured}")
