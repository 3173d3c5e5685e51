"""The pictures of the README, made anew: `python -m tools.pictures [FOLDER]`.

A demo event is sold and half of its guests are let in; the screens run over it as they do at a
terminal, dark and light, and Chromium draws what they painted. The moving picture is a kiosk that
sees a film of guests, from the first code in the picture to the badge that its printer wrote.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from PIL import Image, ImageOps
from rich.cells import cell_len
from textual.pilot import Pilot

from badges.printers import open_printer
from data.store import Store
from eventdesk.accounts import at_event, sign_in
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import AttendeeLine, list_attendees, token_of
from eventdesk.cli.demo import make_demo
from eventdesk.cli.spooling import Spooling
from eventdesk.core.clock import utc_now
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.door import Scan, check_in
from eventdesk.exercises.demo.fill import ADMIN, PASSWORD, DemoEvent
from eventdesk.exercises.scenes.clips import Presentation, write_clip
from eventdesk.exercises.scenes.conditions import Medium
from eventdesk.figures import Choice
from eventdesk.printing import list_printers, remove_printer
from eventdesk.sales import change_ticket_type, list_ticket_types
from eventdesk.seating import NewRows, add_section, make_rows, move_seat, plan
from eventdesk.spooler import Spooler
from kiosk.scanner import Scanner
from screens.app import EventDeskApp
from screens.desk.scan_input import ScanInput
from screens.organizer.event_screen import EventScreen
from screens.wall.wall_app import WallApp
from tests.crawl.shot import Shot, settled
from tests.looks.glyphs import missing
from tools.painted_terminal import Lines, NoChromiumError, png

FOLDER: Final = Path("docs/pictures")
GUESTS: Final = 500
CAME: Final = 0.6
"""Share of the guests who are in."""

LONG_NAME: Final = 9
"""Letters of the names that come last, and are looked at: there is room for a slip in them."""

ARRIVING: Final = timedelta(minutes=40)
HALL: Final = NewRows("D-O", 20, aisles_after=(5, 15), blocked=("I-1", "I-20"))
THEMES: Final = ("dark", "light")
SIZE: Final = (110, 34)
MAX_BYTES: Final = 3_000_000
"""All of them together: who reads the README waits for them."""

PATIENCE_S: Final = 60.0
FRAME_S: Final = 0.2
"""Between two frames of the moving picture."""

LAST_FRAMES: Final = 8
"""Once the badge is there."""

COLOURS: Final = 128
LOOKED_AT_S, BADGE_S = 1.2, 3.0
"""How long the first frame and the answer stay, and the badge."""

SLIDE: Final = (0.2, 0.45, 0.7, 0.9, 1.0)
"""How much of the badge is out, frame by frame."""


@dataclass(frozen=True, slots=True)
class House:
    """The demo's store and event, who works there, and who is still to come."""

    store: Store
    demo: DemoEvent
    admin: Actor
    expected: Sequence[AttendeeLine]

    @property
    def place(self) -> dict[str, Any]:
        """Where a desk or a kiosk stands."""
        return {"event_id": self.demo.event.id, "list_id": self.demo.list.id}

    def settings(self, theme: str) -> Settings:
        """Silent, in these colours."""
        return Settings(self.store.home, sounds=False).with_options(theme=theme)


def furnished(store: Store) -> House:
    """Sell the demo, give it a hall, and let more than half of its guests in, with badges."""
    demo = make_demo(store, size=GUESTS, seed=0)
    for each in list_printers(store, SYSTEM):  # one of them is out of reach, as it happens
        remove_printer(store, SYSTEM, each.id)
    now, chance = utc_now(), Random(1)
    people, _count = list_attendees(store, SYSTEM, demo.event.id, limit=GUESTS)
    # In letters that are in the font of the pictures.
    drawn = [each for each in people if each.state == "paid" and _is_drawn(each.name)]
    drawn.sort(key=lambda each: len(each.name) > LONG_NAME)
    come = int(CAME * len(drawn))
    came, expected = drawn[:come], drawn[come:]
    early = sorted(chance.triangular(0, 1, 0.85) for _ in came)
    for guest, share in zip(came, early, strict=True):
        at = now - (1 - share) * ARRIVING
        code = token_of(store, SYSTEM, guest.ticket_id)
        check_in(store, SYSTEM.at(at), Scan(code, demo.list.id, uuid4().hex, at))
    _seat(store, demo, [each for each in people if each.ticket_type == "Regular"], chance)
    badges = open_printer("folder", badges_folder=store.home / "badges")
    Spooler(store, badges, only_this=True).drain(deadline=utc_now() + timedelta(minutes=2))
    return House(store, demo, sign_in(store, SYSTEM, ADMIN[0], PASSWORD), expected)


def _is_drawn(name: str) -> bool:
    return not any(missing(name, ())) and cell_len(name) == len(name)


def _seat(store: Store, demo: DemoEvent, people: Sequence[AttendeeLine], chance: Random) -> None:
    """Make a hall, and give some their seats in it, pairs side by side."""
    section_id = add_section(store, SYSTEM, demo.event.id, "Great Hall")
    make_rows(store, SYSTEM, section_id, HALL)
    (hall,) = (
        each for each in plan(store, SYSTEM, demo.event.id, holder_id=None) if each.id == section_id
    )
    free = [each for each in hall.seats if each.state == "free"]
    pairs = zip(free[::2], free[1::2], strict=False)
    taken = [seat for pair in pairs if chance.random() < 0.6 for seat in pair]
    (regular,) = (
        each
        for each in list_ticket_types(store, SYSTEM, demo.event.id)
        if each.about.name == "Regular"
    )
    change_ticket_type(store, SYSTEM, regular.id, replace(regular.about, section_id=section_id))
    for guest, seat in zip(people, taken, strict=False):
        move_seat(store, SYSTEM, guest.ticket_id, seat.id)


async def desk(house: House, theme: str) -> Lines:
    """A name that was typed with a slip, and whom it may mean."""
    async with _opened(house, theme, start="desk", actor=house.admin, **house.place) as pilot:
        await settled(pilot)
        pilot.app.screen.query_one(ScanInput).value = _with_a_slip(house.expected[2].name)
        return await _painted(pilot)


async def wall(house: House, theme: str) -> Lines:
    """How the event stands."""
    watched = Desk(house.store)
    app = WallApp(watched, house.settings(theme), house.demo.event, choice=Choice(), cycle_s=0)
    async with _running(app, watched) as pilot:
        return await _painted(pilot)


async def seats(house: House, theme: str) -> Lines:
    """The plan of the hall."""
    return await _part(house, theme, "seats")


async def badge(house: House, theme: str) -> Lines:
    """A layout of badges in its editor."""
    return await _part(house, theme, "badges", "e", "enter")


SCREENS: Final[dict[str, Callable[[House, str], Awaitable[Lines]]]] = {
    each.__name__: each for each in (desk, wall, seats, badge)
}


async def kiosk(house: House, theme: str, guest: AttendeeLine) -> tuple[list[Lines], Path]:
    """A ticket before the camera, frame by frame until the guest is in, and the badge."""
    folder = house.store.home.parent / f"badges-{theme}"
    video = house.store.home / f"{theme}.avi"
    code = token_of(house.store, SYSTEM, guest.ticket_id)
    write_clip(video, [Presentation(code, medium=Medium.PHONE, empty_s=1.5, hold_s=4.0)])
    settings = house.settings(theme).with_options(camera=str(video))
    printer = open_printer(f"folder+png:{folder}", badges_folder=folder)
    spooling = Spooling(house.store, printer, only_this=True)
    frames: list[Shot] = []
    try:
        async with _opened(
            house,
            theme,
            start="kiosk",
            scanner_factory=lambda: Scanner(str(video), quiet_s=settings.quiet_s, loop=True),
            after_first_frame=spooling.begin,
            after_write=spooling.wake,
            **house.place,
        ) as pilot:
            more, deadline_s = LAST_FRAMES, time.monotonic() + PATIENCE_S
            while more and time.monotonic() < deadline_s:
                frames.append(Shot.of(pilot))
                more -= any(folder.glob("*.png"))
                await asyncio.sleep(FRAME_S)
    finally:
        spooling.stop()
    (paper,) = folder.glob("*.png")
    first = next(at for at, each in enumerate(frames) if "camera ready" in each.text)
    return [each.painted for each in frames[first:]], paper


def moving(frames: Sequence[Lines], paper: Path, target: Path) -> None:
    """Write frames, and a badge that comes out at the end, as a moving picture."""
    seen = [each for at, each in enumerate(frames) if not at or each != frames[at - 1]]
    drawn = [png(each) for each in seen]
    last = drawn[-1]
    with Image.open(paper) as opened:
        label = ImageOps.expand(opened.convert("RGB"), 2, "#808080")
    label.thumbnail((last.width // 2, last.height // 2))
    for share in SLIDE:
        out = last.copy()
        out.paste(label, ((out.width - label.width) // 2, out.height - round(share * label.height)))
        drawn.append(out)
    both = Image.new("RGB", (last.width, 2 * last.height))
    both.paste(drawn[0], (0, 0))
    both.paste(drawn[-1], (0, last.height))
    palette = both.quantize(COLOURS, dither=Image.Dither.NONE)
    small = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in drawn]
    lasts = [round(1000 * FRAME_S)] * len(small)
    lasts[0] = lasts[len(seen) - 1] = round(1000 * LOOKED_AT_S)
    lasts[-1] = round(1000 * BADGE_S)
    small[0].save(target, save_all=True, append_images=small[1:], duration=lasts, loop=0)


async def _part(house: House, theme: str, part: str, *keys: str) -> Lines:
    async with _opened(house, theme) as pilot:
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, EventDeskApp)
        actor = at_event(house.store, house.admin, house.demo.event.id)
        screen = EventScreen(tools=app.tools, actor=actor, event=house.demo.event)
        app.push_screen(screen)
        await settled(pilot)
        screen.open_part(part, enter=True)
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        return await _painted(pilot)


@asynccontextmanager
async def _opened(
    house: House, theme: str, *, after_write: Callable[[], None] | None = None, **given: Any
) -> AsyncIterator[Pilot[None]]:
    """Run the program on the house."""
    worked = Desk(house.store, after_write=after_write)
    async with _running(EventDeskApp(worked, house.settings(theme), **given), worked) as pilot:
        yield pilot


@asynccontextmanager
async def _running(app: EventDeskApp, worked: Desk) -> AsyncIterator[Pilot[None]]:
    app.animation_level = "none"
    try:
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            yield pilot
    finally:
        worked.close()


async def _painted(pilot: Pilot[None]) -> Lines:
    """What is painted once all that was asked for is there."""
    await settled(pilot)
    for worker in pilot.app.workers:
        if worker.group == "block-letters":
            await worker.wait()
    return (await settled(pilot)).painted


def _with_a_slip(name: str) -> str:
    """The name in small letters, of its first word the second and third one swapped."""
    text = name.lower()
    return text[0] + text[2] + text[1] + text[3:]


async def make(folder: Path) -> None:
    """Make them all.

    Raises:
        NoChromiumError: There is nothing to draw with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home, Store.create(Path(home) / "home") as store:
        house = furnished(store)
        for theme, guest in zip(THEMES, house.expected, strict=False):
            for name, painted in SCREENS.items():
                _save(png(await painted(house, theme)), folder / f"{name}-{theme}.png")
            frames, paper = await kiosk(house, theme, guest)
            _save(png(frames[-1]), folder / f"kiosk-{theme}.png")
            if theme == THEMES[0]:
                moving(frames, paper, folder / "badge.gif")


def _save(picture: Image.Image, path: Path) -> None:
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main(arguments: Sequence[str]) -> int:
    """Make them, and say how large they are together."""
    folder = Path(*arguments[:1] or (FOLDER,))
    try:
        asyncio.run(make(folder))
    except NoChromiumError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(each.stat().st_size for each in folder.iterdir())
    print(f"{folder}: {size:,} bytes, at most {MAX_BYTES:,}")
    return 0 if size <= MAX_BYTES else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
