"""The doctor on a screen: reached from home, each line with what to do, examined again on F5."""

from pathlib import Path

import pytest
from sqlalchemy import insert
from textual.widgets import OptionList

from data.schema import CheckInListTypeRow
from eventdesk.exercises.scenes.conditions import PLAIN
from eventdesk.exercises.scenes.stills import render_frame
from eventdesk.keeping import SUBJECTS
from kiosk.opencv import cv2
from screens.accounts.home_screen import HomeScreen
from screens.admin.doctor_screen import DoctorScreen, FindingLine
from screens.organizer.event_screen import EventScreen
from tests.build import STAFF, SUPERVISOR
from tests.screens.stage import Stage, page, reads, shown, until

pytestmark = pytest.mark.long


async def test_who_manages_an_event_examines_it_from_home_and_again(
    stage: Stage, tmp_path: Path
) -> None:
    camera = tmp_path / "camera"
    camera.mkdir()
    app = stage.app(actor=SUPERVISOR, camera=str(camera))
    async with app.run_test(size=(100, 40)) as pilot:
        home = await shown(pilot, HomeScreen)
        menu = home.query_one(OptionList)
        menu.highlighted = menu.get_option_index("doctor")
        await pilot.press("enter")
        doctor = await shown(pilot, DoctorScreen)
        await until(pilot, lambda: doctor.examined)
        assert {finding.subject for finding in doctor.findings} == set(SUBJECTS)
        await reads(pilot, "✗ Not ready")
        assert "→ Put PNG or JPEG pictures there" in page(pilot)

        cv2.imwrite(str(camera / "1.png"), render_frame(["TICKET"], PLAIN))
        await pilot.press("f5")
        await reads(pilot, "1280×720")
        await until(pilot, lambda: doctor.examined)
        assert "Put PNG or JPEG" not in page(pilot)
        assert "100×40" in page(pilot)
        await pilot.press("escape")
        await shown(pilot, HomeScreen)


async def test_enter_on_a_finding_goes_to_the_part_where_it_is_mended(
    stage: Stage, tmp_path: Path
) -> None:
    stage.fair.sell()
    closed = stage.fair.list("VIP lounge", ticket_type_ids=frozenset({stage.fair.vip}))
    with stage.fair.store.write() as connection:
        type_ids = {"list_id": stage.fair.door.id, "ticket_type_id": stage.fair.vip}
        connection.execute(insert(CheckInListTypeRow).values(type_ids))
    assert closed.event_id == stage.fair.event.id
    async with stage.app(actor=SUPERVISOR, camera=str(tmp_path)).run_test(size=(100, 40)) as pilot:
        home = await shown(pilot, HomeScreen)
        home.menu.highlighted = home.menu.get_option_index("doctor")
        await pilot.press("enter")
        doctor = await shown(pilot, DoctorScreen)
        await until(pilot, lambda: doctor.examined)
        lines = list(doctor.query(FindingLine))
        leading = next(each for each in lines if "check-in list" in each.finding.text)
        leading.focus()
        await pilot.press("enter")
        screen = await shown(pilot, EventScreen)
        await until(pilot, lambda: screen.current == "lists")
        await pilot.press("escape", "escape")
        doctor = await shown(pilot, DoctorScreen)
        await until(pilot, lambda: doctor.examined)


async def test_staff_of_the_door_are_not_asked_to_mend_the_house(stage: Stage) -> None:
    app = stage.app(actor=STAFF)
    async with app.run_test() as pilot:
        await shown(pilot, HomeScreen)
        await reads(pilot, "My profile")
        assert "Before doors open" not in page(pilot)
