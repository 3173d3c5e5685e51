"""A picture of a screen without a terminal, as SVG."""

import asyncio
import re
import time

from screens.app import EventDeskApp
from screens.self_service.kiosk_screen import KioskScreen

SIZE = (100, 32)
"""Columns and rows of the picture."""

PATIENCE_S = 20.0

# A picture must not fetch anything; whoever shows it has a font of fixed width.
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}\s*")


async def answered_kiosk(app: EventDeskApp) -> str:
    """Run a kiosk until it has answered a guest, or patience ends; return its screen as SVG."""

    def answered() -> bool:
        return isinstance(app.screen, KioskScreen) and app.screen.verdict.answer is not None

    async with app.run_test(size=SIZE) as pilot:
        deadline = time.monotonic() + PATIENCE_S
        while not answered() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        await pilot.pause()
        return _FONTS.sub("", app.export_screenshot())
