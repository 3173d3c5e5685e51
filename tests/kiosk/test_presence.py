import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.frames import Image
from kiosk.presence import Presence
from kiosk.readers import Reading

EMPTY = np.full((90, 160), 60, np.uint8)
HELD = EMPTY.copy()
HELD[20:60, 40:80] = 220
CODE = Reading("one", ((40.0, 20.0), (80.0, 20.0), (80.0, 60.0), (40.0, 60.0)))
OTHER = Reading("two", ((100.0, 20.0), (120.0, 20.0), (120.0, 40.0), (100.0, 40.0)))
FPS = 30


class Door:
    """Feeds scenes to a `Presence` at 30 frames a second and counts sightings."""

    def __init__(self, quiet_s: float = 3.0) -> None:
        self.presence = Presence(quiet_s)
        self.frames = 0

    def see(self, seconds: float, image: Image, *readings: Reading) -> int:
        sightings = 0
        for _ in range(round(seconds * FPS)):
            self.frames += 1
            at_s = self.frames / FPS
            sightings += len(self.presence.arrivals(list(readings), image, at_s))
        return sightings


def test_a_guest_who_holds_still_for_a_minute_is_one_sighting() -> None:
    assert Door().see(60, HELD, CODE) == 1


def test_blurred_frames_are_not_leaving() -> None:
    door = Door()
    assert door.see(1, HELD, CODE) == 1
    for unread_s in (0.2, 0.6, 1.5, 2.8):
        door.see(unread_s, HELD)
        assert door.see(0.5, HELD, CODE) == 0, unread_s


def test_a_short_disappearance_is_not_leaving() -> None:
    door = Door()
    assert door.see(1, HELD, CODE) == 1
    door.see(0.5, EMPTY)
    assert door.see(1, HELD, CODE) == 0


def test_a_copy_shown_after_the_first_left_is_another_sighting_within_quiet_s() -> None:
    door = Door(quiet_s=10)
    assert door.see(1, HELD, CODE) == 1
    door.see(1, EMPTY)
    assert door.see(1, HELD, CODE) == 1


def test_a_code_unread_for_quiet_s_is_another_sighting_whatever_its_place_looks_like() -> None:
    door = Door(quiet_s=3)
    assert door.see(1, HELD, CODE) == 1
    door.see(3.1, HELD)
    assert door.see(1, HELD, CODE) == 1


def test_another_code_is_reported_while_the_first_is_held() -> None:
    door = Door()
    assert door.see(1, HELD, CODE) == 1
    assert door.see(1, HELD, CODE, OTHER) == 1
    assert door.see(1, HELD, OTHER, CODE) == 0


def test_a_video_that_begins_anew_is_a_new_scene() -> None:
    presence = Presence(3.0)
    assert len(presence.arrivals([CODE], HELD, 5.0)) == 1
    assert len(presence.arrivals([CODE], HELD, 0.0)) == 1


def test_without_quiet_each_reading_is_a_sighting() -> None:
    assert Door(quiet_s=0).see(1, HELD, CODE) == FPS


def test_an_outline_beyond_the_frame_does_no_harm() -> None:
    beyond = Reading("x", ((-50.0, -9.0), (500.0, 0.0), (500.0, 300.0), (-4.0, 200.0)))
    away = Reading("y", ((500.0, 500.0), (510.0, 500.0), (510.0, 510.0), (500.0, 510.0)))
    assert Door().see(2, HELD, beyond, away) == 2


@given(st.lists(st.booleans(), max_size=150), st.floats(0.1, 5))
def test_sightings_are_never_closer_than_leaving_takes(seen: list[bool], quiet_s: float) -> None:
    presence = Presence(quiet_s)
    sightings_at_s = []
    for number, is_seen in enumerate(seen):
        at_s = number / FPS
        if presence.arrivals([CODE] if is_seen else [], HELD if is_seen else EMPTY, at_s):
            sightings_at_s.append(at_s)
    gaps_s = np.diff(sightings_at_s)
    assert bool(sightings_at_s) == any(seen)
    assert all(gap_s >= min(quiet_s, 0.7) for gap_s in gaps_s)
    assert pytest.approx(sorted(sightings_at_s)) == sightings_at_s
