"""A lane of a rehearsal that is a screen: the kiosk or the desk itself, on a terminal nobody sees.

    python -m eventdesk.exercises.rehearsal.rehearsing_screen

It speaks with the rehearsal as `lane_program` does. At a kiosk tickets come through its scanner, at
a desk they are typed as fast as a hardware scanner types; an attempt is answered when the answer
stands on the screen. Meanwhile the event loop's longest pause is measured.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar, cast
from uuid import uuid4

from textual.events import Key

from eventdesk.acts import SYSTEM
from eventdesk.core.clock import ahead
from eventdesk.core.errors import EventDeskError, StoreBusyError
from eventdesk.core.messages import _
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.door import CheckInResult, Scan, ScanSource, check_in
from eventdesk.exercises.rehearsal.lane_program import open_lane
from eventdesk.exercises.rehearsal.talk import Line, Orders
from kiosk.sightings import CameraFound, CameraLost, Event, Preview, Sighting
from screens.app import EventDeskApp
from screens.desk.desk_screen import DeskScreen
from screens.desk.on_show import Verdict
from screens.door.answers import Answer
from screens.self_service.kiosk_screen import KioskScreen

if TYPE_CHECKING:
    from kiosk.scanner import Scanner

P = ParamSpec("P")
T = TypeVar("T")

SIZE: Final = (120, 40)
POLL_S: Final = 0.002
"""How often the screen is looked at for its answer."""

ANSWER_S: Final = 40.0
"""Longer than a screen tries while the store is busy."""

SAME_S: Final = 0.1
"""A screen that has not changed so long after the answer shows the same as before."""

CORNER: Final = (0.0, 0.0)


class ListeningDesk(Desk):
    """A desk that remembers what every check-in came to, by the text that was scanned."""

    def __init__(self, store: Any, *, after_write: Callable[[], None]) -> None:
        super().__init__(store, after_write=after_write)
        self.answered: dict[str, CheckInResult] = {}
        self.failed: dict[str, EventDeskError] = {}
        self.on_answer: Callable[[str, CheckInResult], None] = lambda text, result: None

    async def write(
        self, use_case: Callable[Concatenate[Any, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case, and keep its answer where it was a check-in."""
        scan = next((each for each in args if isinstance(each, Scan)), None)
        text = scan.text if scan is not None else ""
        try:
            result = await super().write(use_case, *args, **kwargs)
        except StoreBusyError:
            raise  # the screen tries again by itself
        except EventDeskError as error:
            self.failed[text] = error
            raise
        if isinstance(result, CheckInResult):
            self.answered[text] = result
            self.on_answer(text, result)
        return result


class Eyes:
    """Stands where a kiosk has its scanner: tickets that are handed to it, or a real camera's."""

    def __init__(self, orders: Orders) -> None:
        self.source_name = orders.camera or "rehearsal"
        self.decode_ms: dict[str, float] = {}
        self.told: Callable[[str], None] = lambda said: None
        self._orders = orders
        self._handed: queue.Queue[Sighting] = queue.Queue()
        self._scanner: Scanner | None = None

    @property
    def preview(self) -> Preview | None:
        """The live picture, where there is a camera."""
        return self._scanner.preview if self._scanner is not None else None

    def hand(self, text: str, nonce: str) -> None:
        """Hold a ticket up."""
        outline = (CORNER,) * 4
        self._handed.put(Sighting(text, nonce, self._orders.seen_at(), 0.0, outline, (1280, 720)))

    def events(self, stop: threading.Event) -> Iterator[Event]:
        """Yield what is seen, as `Scanner.events` does."""
        if not self._orders.camera:
            yield CameraFound(self.source_name, (1280, 720))
            while not stop.is_set():
                try:
                    yield self._handed.get(timeout=0.02)
                except queue.Empty:
                    continue
            return
        from kiosk.scanner import Scanner

        self._scanner = Scanner(self._orders.camera)
        for event in self._scanner.events(stop):
            match event:
                case Sighting():
                    self.decode_ms[event.text] = event.decode_ms
                    yield self._dated(event)
                case CameraLost():
                    self.told("lost")
                    yield event
                case CameraFound():
                    self.told("found")
                    yield event
                case _:
                    yield event

    def _dated(self, event: Sighting) -> Sighting:
        seen_at: datetime = self._orders.seen_at(event.seen_at + ahead())
        return Sighting(
            event.text,
            event.nonce,
            seen_at,
            event.decode_ms,
            event.outline,
            event.frame_size,
            event.frame_name,
        )


class Pilot:
    """Drives one screen, and tells the rehearsal what it answered."""

    def __init__(self, line: Line, orders: Orders, desk: ListeningDesk, eyes: Eyes) -> None:
        self._line, self._orders, self._desk, self._eyes = line, orders, desk, eyes
        self.pause_ms = 0.0
        self.app = EventDeskApp(
            desk,
            Settings(orders.home, sounds=False),
            start="kiosk" if orders.kiosk else "desk",
            event_id=orders.event_id,
            list_id=orders.list_id,
            scanner_factory=lambda: cast("Scanner", eyes),
        )
        self.app.animation_level = "none"

    async def work(self) -> None:
        """Open the screen, answer until told to end, and close it."""
        async with self.app.run_test(size=SIZE) as pilot:
            while not isinstance(self.app.screen, KioskScreen | DeskScreen):
                await pilot.pause(POLL_S)
            await pilot.pause()
            station = self.app.screen
            clock = asyncio.create_task(self._watch_the_clock())
            if self._orders.camera:
                self._eyes.told = lambda said: self._line.say(camera=said)
                self._desk.on_answer = self._tell_seen
            self._line.say(ready=True)
            while (request := await asyncio.to_thread(self._line.hear)) is not None:
                if "end" in request:
                    break
                if "text" in request:
                    await self._scan(station, request)
                else:
                    self._orders.heed(request)
            clock.cancel()

    async def _watch_the_clock(self) -> None:
        """Note by how much a sleep of a millisecond is too long: the loop was busy for so long."""
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            self.pause_ms = max(self.pause_ms, (time.perf_counter() - begun - 0.001) * 1000)

    async def _scan(self, station: Any, request: dict[str, Any]) -> None:
        """Put a ticket before the screen and wait until the answer stands there."""
        text, nonce = str(request["text"]), str(request["nonce"])
        if request.get("answers"):
            await self._answer_questions(text, nonce, dict(request["answers"]))
            return
        self._desk.answered.pop(text, None)
        self._desk.failed.pop(text, None)
        before, begun = self._shown(station), time.perf_counter()
        if isinstance(station, KioskScreen):
            self._eyes.hand(text, nonce)
        else:
            self._type(text)
        until_s, known_s = time.monotonic() + ANSWER_S, 0.0
        while time.monotonic() < until_s:
            answer, result = self._shown(station), self._desk.answered.get(text)
            asked = result is not None and result.outcome == "incomplete"
            known = result is not None or text in self._desk.failed
            known_s = (known_s or time.monotonic()) if known else 0.0
            # Two guests in a row may be told the very same: then the screen does not change.
            same = known_s and time.monotonic() - known_s > SAME_S
            if result is not None and (asked or answer != before or same):
                took_ms = (time.perf_counter() - begun) * 1000
                self._line.answer(result, asked=nonce, check_in_ms=took_ms, at_s=time.monotonic())
                return
            if result is None and answer is not None and (answer != before or same):
                said = " ".join((getattr(answer, "headline", ""), *answer.details)).strip()
                self._line.say(asked=nonce, nonce=nonce, error="screen", said=said)
                return
            await asyncio.sleep(POLL_S)
        said = _("The screen showed no answer.")
        self._line.say(asked=nonce, nonce=nonce, error="silent", said=said)

    async def _answer_questions(self, text: str, nonce: str, answers: dict[str, str]) -> None:
        """Give what the list wants to know; how questions look is the screens' own tests'."""
        self.app.screen.post_message(Key("escape", None))
        scan = Scan(
            text,
            self._orders.list_id,
            nonce or uuid4().hex,
            self._orders.seen_at(),
            source=ScanSource.CAMERA,
            answers=answers,
        )
        begun = time.perf_counter()
        result = await self._desk.write(check_in, SYSTEM, scan)
        took_ms = (time.perf_counter() - begun) * 1000
        self._line.answer(result, asked=nonce, check_in_ms=took_ms, at_s=time.monotonic())

    def _shown(self, station: Any) -> Answer | Verdict | None:
        shown: Answer | Verdict | None = (
            station.verdict.answer if isinstance(station, KioskScreen) else station.card.answer
        )
        return shown

    def _type(self, text: str) -> None:
        """Type as a hardware scanner does: key after key without a pause, and Enter."""
        for character in text:
            self.app.post_message(Key(character, character))
        self.app.post_message(Key("enter", "\r"))

    def _tell_seen(self, text: str, result: CheckInResult) -> None:
        """Tell what the kiosk answered to a ticket that its camera saw."""
        decode_ms = self._eyes.decode_ms.get(text, 0.0)
        waited_ms = max(0.0, -result.clock_skew_s * 1000)
        self._line.answer(
            result, seen=text, decode_ms=decode_ms, check_in_ms=waited_ms, at_s=time.monotonic()
        )


def main() -> None:
    """Work until told to end, or until the rehearsal has hung up."""
    line = Line()
    orders = Orders.first(line)
    with open_lane(orders) as (store, spooler):
        desk = ListeningDesk(store, after_write=spooler.wake)
        pilot = Pilot(line, orders, desk, Eyes(orders))
        try:
            asyncio.run(pilot.work())
        finally:
            desk.close()
    line.say(ended=True, pause_ms=pilot.pause_ms)


if __name__ == "__main__":
    main()
