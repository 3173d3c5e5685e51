"""Frames of a phone's camera, decoded here: for phones that cannot read codes themselves.

A frame is a small picture of who is paired or works at an event. It comes from outside, so it is
looked at before it is unpacked: what would unfold to much, or take long, is refused.
"""

import asyncio
from io import BytesIO
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.messages import msg
from eventdesk.desk import Desk
from eventdesk.events import hearing
from eventdesk.web.bodies import body_of
from eventdesk.web.caller import Shown, need_signed_in
from eventdesk.web.rates import Rates

JPEG: Final = "image/jpeg"
MOST_BYTES: Final = 40_000
MOST_PX: Final = 1_000_000
LEAST_SIDE: Final = 16

MOST_PARTS: Final = 4
"""Scans of a JPEG (ITU-T T.81, B.2.3): one as canvases make it; a file of many unfolds for long."""

MOST_TEXTS: Final = 2
MOST_AT_ONCE: Final = 2
"""Frames that are decoded at a time; more wait."""

_START_OF_SCAN: Final = b"\xff\xda"


class FramePages:
    """The address that frames are sent to."""

    def __init__(self, desk: Desk, rates: Rates) -> None:
        self._desk, self._rates = desk, rates
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    def routes(self) -> list[At]:
        """Where it is."""
        return [At("/scan/frames", self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        shown = Shown.by(request)
        self._rates.count_frame(request)
        await self._desk.run_as(hearing, lambda store: _need_worker(store, shown))
        shown.note_known(request)
        picture = await body_of(request, most=MOST_BYTES, kind=JPEG)
        async with self._turn:
            texts = await asyncio.to_thread(texts_in, picture)
        return JSONResponse({"texts": texts})


def _need_worker(store: Store, shown: Shown) -> None:
    actor = shown.actor(store)
    need_signed_in(actor)
    if not hearing(store, actor).works:
        raise NotAllowedError(
            msg("Frames are decoded for paired devices and the team of an event only."),
            hint=msg("Ask an organizer for a pairing code."),
        )


def texts_in(picture: bytes) -> list[str]:
    """Read the QR codes of a small JPEG.

    Raises:
        InvalidInputError: It is none, is too large, or made so that it would take long.
    """
    import numpy as np

    from kiosk.decoder import Decoder
    from kiosk.frames import as_image
    from kiosk.opencv import cv2

    _need_plain(picture)
    gray = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    if gray is None:
        raise _no_frame()
    return [each.text for each in Decoder().decode(as_image(gray))][:MOST_TEXTS]


def _need_plain(picture: bytes) -> None:
    """See what a picture claims to be, without unpacking it."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(picture), formats=["JPEG"]) as seen:
            width, height = seen.size
            is_plain = not seen.info.get("progressive")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise _no_frame() from None
    if not is_plain or picture.count(_START_OF_SCAN) > MOST_PARTS:
        raise _no_frame()
    if width * height > MOST_PX or min(width, height) < LEAST_SIDE:
        raise _no_frame()


def _no_frame() -> InvalidInputError:
    return InvalidInputError(
        msg("This is no picture that is decoded here."),
        hint=msg("Send a plain JPEG of at most {most:,} pixels.", most=MOST_PX),
    )
