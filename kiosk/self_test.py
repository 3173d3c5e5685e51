"""The decoder tried on a ticket that is drawn for it."""

import time
from typing import Final

import numpy as np

from eventdesk.exercises.scenes.conditions import PLAIN
from eventdesk.exercises.scenes.stills import render_frame
from kiosk.decoder import Decoder
from kiosk.frames import as_image
from kiosk.opencv import cv2

TEXT: Final = "EVENTDESK DOCTOR 0123456789"


def read_a_ticket() -> float | None:
    """Hold a ticket up to a camera that is not there; milliseconds, or None when it is not read.

    Raises:
        DecoderError: There is no library that reads codes.
    """
    gray = as_image(np.asarray(cv2.cvtColor(render_frame([TEXT], PLAIN), cv2.COLOR_BGR2GRAY)))
    begun = time.perf_counter()
    texts = [reading.text for reading in Decoder().decode(gray, patient=True)]
    return (time.perf_counter() - begun) * 1000 if texts == [TEXT] else None
