from pathlib import Path

import pytest

from eventdesk.exercises.scenes.clips import Presentation, Shown, write_clip
from tests.kiosk.tickets import ticket

SIZE = (640, 360)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Shown]]:
    """Two tickets, the second shown again by a friend right after it was taken away."""
    path = tmp_path_factory.mktemp("clips") / "door.avi"
    presentations = [
        Presentation(ticket(1), empty_s=0.5),
        Presentation(ticket(2), empty_s=0.5),
        Presentation(ticket(2), empty_s=1.0),
    ]
    return path, write_clip(path, presentations, size=SIZE, seed=4)
