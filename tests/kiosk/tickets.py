"""Texts as long as a ticket's token, and pictures of them."""

from pathlib import Path

from eventdesk.exercises.scenes.conditions import PLAIN
from eventdesk.exercises.scenes.stills import render_frame
from kiosk.frames import Image, as_image
from kiosk.opencv import cv2

SIZE = (640, 360)


def ticket(number: int) -> str:
    return f"EDX{number:04d}" + "Q7MT3W" * 9


def picture(*numbers: int, seed: int = 0) -> Image:
    return render_frame([ticket(number) for number in numbers], PLAIN, SIZE, seed)


def save(path: Path, image: Image) -> Path:
    assert cv2.imwrite(str(path), image)
    return path


def gray(image: Image) -> Image:
    return as_image(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
