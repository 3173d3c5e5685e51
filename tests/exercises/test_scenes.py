from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from eventdesk.core.errors import CameraError
from eventdesk.exercises.scenes.clips import Presentation, clip_frames, write_clip
from eventdesk.exercises.scenes.conditions import CONDITIONS, HARD, ROUGH, Condition, Medium
from eventdesk.exercises.scenes.stills import render_frame
from kiosk.opencv import cv2
from tests.kiosk.tickets import SIZE, ticket

SHORT = Presentation(ticket(1), empty_s=0.1, arrive_s=0.3, hold_s=0.2, leave_s=0.2)


@pytest.mark.parametrize(
    "condition", [*CONDITIONS, HARD, *ROUGH], ids=lambda condition: condition.name
)
def test_the_same_seed_draws_the_same_frame(condition: Condition) -> None:
    first, again = (render_frame([ticket(1)], condition, SIZE, seed=7) for _ in range(2))
    other = render_frame([ticket(1)], condition, SIZE, seed=8)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == (360, 640, 3)


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_clip_has_the_frames_it_says(suffix: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / f"clip{suffix}"
    shown = write_clip(
        path, [SHORT, SHORT], size=SIZE, on_progress=lambda done, total: told.append((done, total))
    )
    capture = cv2.VideoCapture(str(path))
    frames = 0
    while capture.read()[0]:
        frames += 1
    capture.release()
    assert told == [(done, frames) for done in range(1, frames + 1)]
    assert frames == 2 * round(SHORT.length_s * 30)
    assert [each.text for each in shown] == [ticket(1)] * 2
    assert 0 < shown[0].in_view_from < shown[0].in_view_until < shown[1].in_view_from
    assert shown[1].in_view_until <= frames


def test_a_ticket_comes_in_is_held_and_leaves() -> None:
    in_view = [frame.in_view for frame in clip_frames([SHORT], size=SIZE)]
    assert [seen for seen, _ in groupby(in_view)] == [False, True, False]


def test_phone_and_paper_look_different() -> None:
    phone, paper = (
        render_frame([ticket(1)], Condition(medium=medium, noise=0), SIZE) for medium in Medium
    )
    assert not np.array_equal(phone, paper)


def test_a_clip_may_be_cut_short() -> None:
    only_held = Presentation(ticket(1), empty_s=0, arrive_s=0, hold_s=0.2, leave_s=0)
    assert [frame.in_view for frame in clip_frames([only_held], size=SIZE)] == [False, *[True] * 5]


def test_a_name_that_says_no_format_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="cannot be made"):
        write_clip(tmp_path / "clip.gif", [SHORT])


def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="cannot be written"):
        write_clip(tmp_path / "nowhere" / "clip.avi", [SHORT])
