"""A real Chromium before pages of a served house, with a camera that plays a film."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from eventdesk.exercises.scenes.clips import Presentation, clip_frames
from kiosk.opencv import cv2

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM: Final = next(filter(None, map(shutil.which, PROGRAMS)), None)

needs_browser: Final = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium: make browser"
)

PHONE: Final = {"width": 360, "height": 640}
PATIENCE_MS: Final = 30_000

FPS: Final = 15
"""Chromium plays a film of JPEGs at 30 frames a second, so each frame stands in it twice."""


def write_film(path: Path, texts: Sequence[str], *, size: tuple[int, int] = (640, 480)) -> Path:
    """Make a film of tickets that are held before a camera, one after the other, for Chromium.

    Chromium plays it again and again; its pauses are long enough to see one ticket at a time.
    """
    shown = [
        Presentation(text, empty_s=0.4, arrive_s=0.3, hold_s=1.0, leave_s=0.3) for text in texts
    ]
    with path.open("wb") as film:
        for frame in clip_frames(shown, size=size, fps=FPS):
            done, picture = cv2.imencode(".jpg", frame.image)
            assert done
            film.write(picture.tobytes() * 2)
    return path


@contextmanager
def chromium(film: Path | None = None, *more: str, camera: bool = True) -> Iterator[Browser]:
    """Start Chromium until the block ends.

    Args:
        film: What its camera sees; None is the picture of Chromium's own.
        more: Further arguments of it.
        camera: Whether it allows the camera; otherwise it is refused as if a person did.
    """
    allowed = "--use-fake-ui-for-media-stream" if camera else "--deny-permission-prompts"
    arguments = ["--no-sandbox", "--use-fake-device-for-media-stream", allowed, *more]
    if film is not None:
        arguments.append(f"--use-file-for-fake-video-capture={film}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def phone(browser: Browser, url: str, **more: Any) -> Iterator[Page]:
    """A page of a phone of its own; what its console calls an error fails the test."""
    context: BrowserContext = browser.new_context(
        base_url=url, viewport=more.pop("viewport", PHONE), locale="en-GB", has_touch=True, **more
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if _is_fault(said) else None)
    try:
        yield page
    finally:
        context.close()
    assert faults == []


def _is_fault(said: Any) -> bool:
    """Whether something is wrong in the page; that a request was refused is what tests try."""
    return said.type == "error" and "Failed to load resource" not in said.text


def see(page: Page, what: Callable[[], bool]) -> None:
    """Look until it is so, while the page goes on."""
    for _try in range(PATIENCE_MS // 50):
        if what():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to be")
