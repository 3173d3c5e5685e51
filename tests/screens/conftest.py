"""A stage for every test of a screen."""

from pathlib import Path

import pytest

from eventdesk.desk import Desk
from screens.core import meant_enter
from screens.self_service import touch
from tests.build import Fair
from tests.screens import settling
from tests.screens.stage import Stage

settling.install()


@pytest.fixture
def stage(desk: Desk, fair: Fair, tmp_path: Path) -> Stage:
    return Stage(desk, fair, tmp_path / "home")


@pytest.fixture(autouse=True)
def quick_finger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every touch of a test count, however soon after the one before."""
    monkeypatch.setattr(touch, "TOUCH_PAUSE_S", 0.0)


@pytest.fixture(autouse=True)
def meant_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every Enter of a test be meant, however soon it is pressed."""
    monkeypatch.setattr(meant_enter, "MOMENT_S", float("-inf"))
    monkeypatch.setattr(meant_enter, "REPEAT_S", float("-inf"))
