"""The kiosk in front of its camera."""

from pathlib import Path

import pytest

from eventdesk import door
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import StoreBusyError
from eventdesk.door import CheckInResult, Tone, check_in, counters
from eventdesk.events import cancel_event
from eventdesk.exercises.scenes.conditions import PLAIN
from eventdesk.exercises.scenes.stills import render_frame
from kiosk.scanner import Scanner
from kiosk.sightings import CameraFound, CameraLost
from screens.door import checking_in
from screens.self_service import kiosk_screen
from screens.self_service.kiosk_screen import AIM
from tests.build import NOON, STAFF
from tests.screens.stage import FakeScanner, Stage, noted, page, reads, text_of, until


async def test_greets_by_name_whom_it_sees_on_a_real_picture(stage: Stage, tmp_path: Path) -> None:
    from kiosk.opencv import cv2

    booked = stage.fair.sell("Grace Hopper", seat="B7")
    folder = tmp_path / "pictures"
    folder.mkdir()
    picture = render_frame([stage.fair.token(booked)], PLAIN, (640, 360), seed=3)
    cv2.imwrite(str(folder / "1.png"), picture)

    async with stage.kiosk(Scanner(str(folder))) as (pilot, screen):
        await until(pilot, lambda: screen.verdict.answer is not None)

        assert screen.verdict.has_class("-good")
        shown = page(pilot)
        assert "✓  ADMITTED" in shown
        assert "Welcome, Grace Hopper" in shown
        assert "Regular  ·  Seat B7" in shown
        assert "Your badge is printing." in shown


async def test_lets_in_who_shows_the_code_of_another_shop(stage: Stage) -> None:
    stage.fair.sell("Grace Hopper", foreign_code="z3fsn8jyufm5kpk768q69gkbyr5f4h6w")
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, _screen):
        camera.show("z3fsn8jyufm5kpk768q69gkbyr5f4h6w")
        await until(pilot, lambda: "Welcome, Grace Hopper" in page(pilot))


async def test_says_nothing_of_a_badge_that_is_not_printed(stage: Stage) -> None:
    camera = FakeScanner()
    twice = stage.fair.sell("Grace Hopper")
    check_in(stage.fair.store, STAFF.at(NOON), stage.fair.scan(stage.fair.token(twice)))
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(stage.fair.token(twice))
        await until(pilot, lambda: screen.verdict.answer is not None)

        assert "badge" not in page(pilot)


async def test_refuses_a_used_ticket_without_a_word_about_its_holder(stage: Stage) -> None:
    camera = FakeScanner()
    booked = stage.fair.sell("Grace Hopper", seat="B7", line_two="Navy")
    check_in(stage.fair.store, STAFF.at(NOON), stage.fair.scan(stage.fair.token(booked)))
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(stage.fair.token(booked))
        await until(pilot, lambda: screen.verdict.answer is not None)

        shown = page(pilot)
        assert "✗  ALREADY IN" in shown
        assert "This ticket was used at 12:00. Please go to the desk." in shown
        for detail in ("Grace", "Hopper", "B7", "Navy", "Regular"):
            assert detail not in shown


async def test_an_open_kiosk_lets_nobody_in_once_its_event_is_cancelled(stage: Stage) -> None:
    camera = FakeScanner()
    booked = stage.fair.sell("Grace Hopper", seat="B7")
    async with stage.kiosk(camera) as (pilot, screen):
        cancel_event(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, reason="Storm.")
        camera.show(stage.fair.token(booked))
        await until(pilot, lambda: screen.verdict.answer is not None)

        shown = page(pilot)
        assert "✗  EVENT CLOSED" in shown
        assert "This event was cancelled. Please go to the desk." in shown
        assert "Grace" not in shown


async def test_refuses_what_is_no_ticket(stage: Stage) -> None:
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show("https://example.org/[b]menu[/b]")
        await until(pilot, lambda: screen.verdict.answer is not None)

        assert "This is not a ticket we know." in page(pilot)
        assert "example" not in page(pilot)


async def test_a_forged_code_accuses_nobody_and_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, _screen):
        camera.show(forged(stage))
        await reads(pilot, "We can't read this ticket. Please go to the desk.")

        assert "FORGED" not in page(pilot)
        assert "NOT READABLE" in page(pilot)
        assert "forged code at" in caplog.text


async def test_the_desk_is_warned_of_a_forged_code_at_another_gate(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, _screen):
        scan = stage.fair.scan(forged(stage), gate_id=stage.fair.gate.id)
        check_in(stage.fair.store, SYSTEM.at(NOON), scan)
        await noted(pilot, "A forged code was shown")
        await noted(pilot, f"{stage.fair.gate.name}, 12:00")


async def test_what_was_forged_before_a_desk_opened_is_old_news(stage: Stage) -> None:
    check_in(stage.fair.store, SYSTEM.at(NOON), stage.fair.scan(forged(stage)))
    async with stage.desk_screen() as (pilot, _screen):
        assert not pilot.app._notifications


def forged(stage: Stage) -> str:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    return token[:40] + ("A" if token[40] != "A" else "B") + token[41:]


async def test_goes_back_to_the_camera_by_itself(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk_screen, "VERDICT_S", 0.05)
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show("nothing")
        await until(pilot, lambda: screen.verdict.answer is not None)
        await until(pilot, lambda: screen.verdict.answer is None)

        assert str(AIM).split()[0] in page(pilot)


async def test_answers_the_next_code_at_once(stage: Stage) -> None:
    camera = FakeScanner()
    names = ["Ada Lovelace", "Grace Hopper", "Alan Turing"]
    tokens = [stage.fair.token(stage.fair.sell(name)) for name in names]
    async with stage.kiosk(camera) as (pilot, _screen):
        for token, name in zip(tokens, names, strict=True):
            camera.show(token)
            await reads(pilot, name)

        assert counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted == 3


async def test_says_in_words_that_the_camera_is_lost_and_heals(stage: Stage) -> None:
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.put(CameraLost("Camera 0 stopped sending pictures.", "Check its cable.", 0.5))
        await until(pilot, lambda: screen.has_class("-no-camera"))
        await pilot.pause()
        assert "✗ Camera 0 stopped sending" in page(pilot)
        assert "The camera has no picture" in page(pilot)
        assert "No code at hand?" in page(pilot)

        camera.put(CameraFound("camera 0", (1280, 720)))
        await until(pilot, lambda: not screen.has_class("-no-camera"))
        await pilot.pause()
        assert "✓ camera ready" in page(pilot)


async def test_a_real_source_that_is_missing_is_said_in_words(stage: Stage) -> None:
    missing = stage.home / "missing.mp4"
    async with stage.kiosk(camera=str(missing)) as (pilot, screen):
        await until(pilot, lambda: "✗" in text_of(screen, "#health-camera"))

        assert "There is no file" in text_of(screen, "#health-camera")


async def test_tries_again_while_the_store_is_busy(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def busy_twice(*args: object, **kwargs: object) -> CheckInResult:
        tries.append("try")
        if len(tries) < 3:
            raise StoreBusyError("The store is busy.")
        return check_in(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(door, "check_in", busy_twice)
    monkeypatch.setattr(checking_in, "RETRY_PAUSES_S", (0.0, 0.0))
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show(stage.fair.token(stage.fair.sell("Grace Hopper")))
        await until(pilot, lambda: screen.verdict.answer is not None)

        assert "Welcome, Grace Hopper" in page(pilot)


async def test_says_so_when_the_store_stays_busy_and_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_kwargs: object) -> CheckInResult:
        raise StoreBusyError("The store is busy.")

    camera = FakeScanner()
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.kiosk(camera) as (pilot, screen):
        with monkeypatch.context() as patched:
            patched.setattr(door, "check_in", busy)
            patched.setattr(checking_in, "RETRY_PAUSES_S", ())
            camera.show(token)
            await until(pilot, lambda: screen.verdict.answer is not None)
        assert screen.verdict.answer is not None
        assert screen.verdict.answer.tone is Tone.CARE
        assert "Our computer is busy" in page(pilot)

        camera.show(token)
        await reads(pilot, "Grace")


async def test_a_touch_takes_the_answer_away(stage: Stage) -> None:
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        camera.show("nothing")
        await until(pilot, lambda: screen.verdict.answer is not None)
        await pilot.click(offset=(3, 3))
        await until(pilot, lambda: screen.verdict.answer is None)


async def test_a_key_that_is_held_during_answers_loses_nobody(stage: Stage) -> None:
    fair, camera = stage.fair, FakeScanner()
    tokens = [fair.token(fair.sell(f"Guest {number}")) for number in range(3)]
    async with stage.kiosk(camera) as (pilot, screen):
        for number, token in enumerate(tokens):
            camera.show(token)
            await reads(pilot, f"Guest {number}")
            shown_now = screen.verdict.answer
            await pilot.press(*["enter"] * 15, "a", "space")
            assert screen.verdict.answer is shown_now
    assert counters(fair.store, SYSTEM, fair.door.id).inside == 3
