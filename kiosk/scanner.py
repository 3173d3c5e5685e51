"""The scanner: it watches a source and yields each code that is held up to it."""

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

from eventdesk.core.errors import CameraError
from eventdesk.core.messages import _
from kiosk.decoder import Decoder
from kiosk.frames import Frame, Image, as_image
from kiosk.opencv import cv2
from kiosk.presence import Presence
from kiosk.preview import Previewer
from kiosk.readers import Reading
from kiosk.sightings import CameraFound, CameraLost, Event, FrameSkipped, Preview, Sighting
from kiosk.sources import Source, open_source

FIRST_RETRY_S, MAX_RETRY_S = 0.5, 10.0
"""A lost source is tried again after the first, then twice as long each time up to the second."""


class Scanner:
    """Watches one source and reports each code once for as long as it is held up.

    `events` runs in one thread; `preview` may be read from any.

    Args:
        source_name: A camera, stream, folder, picture or video; see `kiosk.sources`.
        quiet_s: See `kiosk.presence.Presence`. In a folder, each picture is a scene of its own.
        every_frame: A video gives each frame instead of playing in real time.
        loop: A video starts again at the end.
        decoder: Made when it is first needed if None.
    """

    def __init__(
        self,
        source_name: str,
        *,
        quiet_s: float = 3.0,
        every_frame: bool = False,
        loop: bool = False,
        decoder: Decoder | None = None,
    ) -> None:
        self.source_name = source_name
        self._every_frame, self._loop = every_frame, loop
        self._quiet_s = quiet_s
        self._decoder = decoder
        self._presence = Presence(quiet_s)
        self._previewer = Previewer()

    @property
    def preview(self) -> Preview | None:
        """The newest small picture; None before the first frame and while the camera is lost."""
        return self._previewer.preview

    def events(self, stop: threading.Event) -> Iterator[Event]:
        """Yield what happens until the source ends or `stop` is set; blocks in between.

        A source without end that cannot be opened or dies is reported as `CameraLost` and tried
        again for ever.

        Raises:
            CameraError: A source that would end by itself cannot be read.
            DecoderError: There is no library that reads codes.
        """
        retry_in_s = FIRST_RETRY_S
        while not stop.is_set():
            source = open_source(self.source_name, loop=self._loop, every_frame=self._every_frame)
            try:
                for event in self._watch(source, stop):
                    yield event
                    retry_in_s = FIRST_RETRY_S
                return
            except CameraError as error:
                self._previewer.clear()
                if not source.is_live:
                    raise
                yield CameraLost(str(error), error.hint, retry_in_s)
            stop.wait(retry_in_s)
            retry_in_s = min(retry_in_s * 2, MAX_RETRY_S)

    def _watch(self, source: Source, stop: threading.Event) -> Iterator[Event]:
        self._decoder = self._decoder or Decoder()
        found = False
        for frame in source.frames(stop):
            if isinstance(frame, FrameSkipped):
                yield frame
                continue
            if not found:
                found = True
                yield CameraFound(source.name, frame.size)
            try:
                sightings = self._look(frame, self._decoder)
            except (cv2.error, ValueError, RuntimeError, MemoryError):
                if not frame.name:
                    raise
                # One picture that a library trips over does not keep the others from being read.
                yield FrameSkipped(frame.name, _("no decoder can work on it"))
                continue
            yield from sightings

    def _look(self, frame: Frame, decoder: Decoder) -> list[Sighting]:
        gray = as_image(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY))
        began_s = time.perf_counter()
        readings = decoder.decode(gray, patient=bool(frame.name))
        decode_ms = (time.perf_counter() - began_s) * 1_000
        self._previewer.show(frame.image, readings)
        return [
            Sighting(
                text=reading.text,
                nonce=uuid4().hex,
                seen_at=frame.seen_at,
                decode_ms=decode_ms,
                outline=reading.outline,
                frame_size=frame.size,
                frame_name=frame.name,
            )
            for reading in self._arrivals(readings, gray, frame)
        ]

    def _arrivals(self, readings: list[Reading], gray: Image, frame: Frame) -> list[Reading]:
        each_once = list({reading.text: reading for reading in readings}.values())
        if frame.name:
            return each_once
        return self._presence.arrivals(each_once, gray, frame.at_s)
