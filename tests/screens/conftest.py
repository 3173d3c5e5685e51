"""A stage for every test of a screen."""

from pathlib import Path

import pytest

from eventdesk.desk import Desk
from tests.build import Fair
from tests.screens import settling
from tests.screens.stage import Stage

settling.install()


@pytest.fixture
def stage(desk: Desk, fair: Fair, tmp_path: Path) -> Stage:
    return Stage(desk, fair, tmp_path / "home")
