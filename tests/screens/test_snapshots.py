"""What the most used screens look like."""

from itertools import count

import numpy as np
import pytest

from eventdesk.accounts import create_first_admin
from eventdesk.acts import SYSTEM
from eventdesk.booking import registration
from eventdesk.door import check_in
from kiosk.sightings import Preview
from screens.accounts.sign_in_screen import SignInScreen
from tests.build import NOON, STAFF
from tests.screens.snapshots_of import looks_as_kept
from tests.screens.stage import FakeScanner, Stage, shown, text_of, typed, until

SIZES = {"dark": (80, 24), "light": (160, 48)}


@pytest.fixture(autouse=True)
def same_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticket and booking codes are on show, so they must be the same each time."""
    number = count(1)
    monkeypatch.setattr(
        registration, "new_code", lambda length=8: f"{next(number)}".rjust(length, "K")
    )


def camera_with_picture() -> FakeScanner:
    across, down = np.meshgrid(np.arange(160), np.arange(90))
    image = np.stack([60 + across, 70 + down, 160 - across // 2], axis=-1).astype(np.uint8)
    code = ((60.0, 30.0), (100.0, 30.0), (100.0, 66.0), (60.0, 66.0))
    camera = FakeScanner()
    camera.preview = Preview(image, (code,))
    return camera


@pytest.mark.parametrize("theme", SIZES)
async def test_kiosk(stage: Stage, theme: str) -> None:
    camera = camera_with_picture()
    token = stage.fair.token(stage.fair.sell("Ada Lovelace", seat="A12"))
    async with stage.kiosk(camera, SIZES[theme], theme=theme) as (pilot, screen):
        await until(pilot, lambda: screen.camera.picture is camera.preview)
        await until(pilot, lambda: "✓ camera" in text_of(screen, "#health-camera"))
        await pilot.pause()
        await looks_as_kept(pilot, f"kiosk-idle-{theme}")

        for name in ("admitted", "refused"):
            screen.verdict.answer = None
            camera.show(token)
            await until(pilot, lambda: screen.verdict.answer is not None)
            await pilot.pause()
            await looks_as_kept(pilot, f"kiosk-{name}-{theme}")


@pytest.mark.parametrize("theme", SIZES)
async def test_desk(stage: Stage, theme: str) -> None:
    names = ["Ada Lovelace", "Ada Yonath", "Grace Hopper"]
    booked = [stage.fair.sell(name, seat="A12") for name in names]
    gate_id = stage.fair.gate.id
    for index in (2, 2, 1):
        token = stage.fair.token(booked[index])
        check_in(stage.fair.store, STAFF.at(NOON), stage.fair.scan(token, gate_id=gate_id))
    async with stage.desk_screen(size=SIZES[theme], theme=theme) as (pilot, screen):
        screen.entry.cursor_blink = False
        await typed(pilot, "ada")
        await until(pilot, lambda: screen.card.ticket is not None and screen.scan_log.scans)
        await until(pilot, lambda: screen.query_one("#verdict-word").has_class("-drawn"))
        await until(pilot, lambda: not text_of(screen, "#header-working"))
        await looks_as_kept(pilot, f"desk-results-{theme}")


@pytest.mark.parametrize("theme", SIZES)
async def test_sign_in(stage: Stage, theme: str) -> None:
    create_first_admin(stage.fair.store, SYSTEM.at(NOON), "ada@example.org", "Ada", "correct horse")
    async with stage.app(theme=theme).run_test(size=SIZES[theme]) as pilot:
        screen = await shown(pilot, SignInScreen)
        await until(pilot, lambda: screen.has_class("-known"))
        await until(pilot, lambda: "✓ store" in text_of(screen, "#health-store"))
        screen.query_one("#email").cursor_blink = False  # type: ignore[attr-defined]
        await pilot.pause()
        await looks_as_kept(pilot, f"sign-in-{theme}")
