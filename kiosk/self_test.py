"""Self test of the decoder, on a code that is drawn for it."""

import time
from typing import Any, Final

import numpy as np

from kiosk.decoder import Decoder
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

TEXT: Final = "EVENTDESK DOCTOR 0123456789"

SIZE: Final = (1280, 720)
"""Width and height of the picture."""

MODULE_PX: Final = 7
TURN_DEG: Final = 6.0
BLUR_PX: Final = 0.8


def read_a_ticket() -> float | None:
    """Decode a drawn ticket; milliseconds, or None when it is not read.

    Raises:
        DecoderError: There is no library that reads codes.
    """
    gray = _picture()
    begun = time.perf_counter()
    texts = [reading.text for reading in Decoder().decode(gray, patient=True)]
    return (time.perf_counter() - begun) * 1000 if texts == [TEXT] else None


def _picture() -> Image:
    """Draw a sheet with the code, as a camera sees it: in gray, turned, a little out of focus."""
    import qrcode

    code: Any = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(TEXT)
    sheet = np.where(np.array(code.get_matrix(), dtype=np.bool_), 40, 225).astype(np.uint8)
    sheet = np.kron(sheet, np.ones((MODULE_PX, MODULE_PX), np.uint8))
    width, height = SIZE
    picture = np.full((height, width), 120, np.uint8)
    top, left = (height - len(sheet)) // 2, (width - len(sheet)) // 2
    picture[top : top + len(sheet), left : left + len(sheet)] = sheet
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), TURN_DEG, 1.0)
    turned = cv2.warpAffine(picture, turn, SIZE, borderValue=(120,))
    return as_image(cv2.GaussianBlur(turned, (0, 0), BLUR_PX))
