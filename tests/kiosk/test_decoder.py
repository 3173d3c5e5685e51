import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.exercises.scenes.conditions import CONDITIONS, ROUGH, Condition
from eventdesk.exercises.scenes.stills import render_frame
from eventdesk.exercises.scenes.tickets import code_modules
from kiosk.decoder import Decoder
from kiosk.frames import Image
from kiosk.looks import looks
from kiosk.readers import (
    MAX_TEXT,
    Reader,
    available_decoders,
    tapir_reader,
    zbar_reader,
    zxing_reader,
)
from tests.histories import tries
from tests.kiosk.tickets import gray, picture, ticket


def code(content: str | bytes) -> Image:
    drawn = qrcode.QRCode(border=4, box_size=4)
    drawn.add_data(content)
    drawn.make(fit=True)
    modules = np.kron(np.array(drawn.get_matrix()), np.ones((4, 4), np.bool_))
    return np.where(modules, 0, 255).astype(np.uint8)


def texts(decoder: Decoder, image: Image, *, patient: bool = False) -> set[str]:
    return {reading.text for reading in decoder.decode(image, patient=patient)}


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
def test_reads_a_ticket_under_each_condition_in_most_frames(condition: Condition) -> None:
    frames = [gray(render_frame([ticket(1)], condition, seed=seed)) for seed in range(4)]
    read = [texts(Decoder(), frame, patient=True) for frame in frames]
    assert all(found <= {ticket(1)} for found in read)
    assert sum(map(bool, read)) >= 3


def test_reads_all_codes_of_a_frame() -> None:
    frame = gray(render_frame([ticket(1), ticket(2), ticket(3)], CONDITIONS[0]))
    assert texts(Decoder(), frame) == {ticket(1), ticket(2), ticket(3)}


def test_outline_is_where_the_code_is() -> None:
    image = np.full((480, 640), 255, np.uint8)
    drawn = code(ticket(1))
    image[100 : 100 + len(drawn), 200 : 200 + len(drawn)] = drawn
    (reading,) = Decoder().decode(image)
    xs, ys = zip(*reading.outline, strict=True)
    side = len(drawn) - 2 * 4 * 4
    assert min(xs) == pytest.approx(216, abs=4)
    assert max(xs) == pytest.approx(216 + side, abs=4)
    assert min(ys) == pytest.approx(116, abs=4)
    assert max(ys) == pytest.approx(116 + side, abs=4)


@pytest.mark.parametrize(
    "reader", [zxing_reader(), zxing_reader(fast=True), zbar_reader(), tapir_reader("low")]
)
def test_each_library_reads_the_same_text(reader: Reader | None) -> None:
    if reader is None:
        pytest.skip("tapirscan is not installed")
    assert [reading.text for reading in reader(code(ticket(1)))] == [ticket(1)]


def test_a_steep_code_that_one_library_misses_is_read_by_the_other() -> None:
    steep = Condition("steep", tilt_deg=65)
    frames = [gray(render_frame([ticket(1)], steep, seed=seed)) for seed in range(12)]
    zxing = zxing_reader()
    assert zxing is not None
    missed = [frame for frame in frames if not zxing(frame)]
    assert missed
    read = [texts(Decoder(), frame, patient=True) for frame in missed]
    assert read.count({ticket(1)}) > len(missed) / 2


def missed_by_zxing(condition: Condition) -> list[Image]:
    zxing = zxing_reader()
    assert zxing is not None
    frames = (gray(render_frame([ticket(1)], condition, seed=seed)) for seed in range(3))
    return [frame for frame in frames if not zxing(frame)]


@pytest.mark.parametrize("name", ["glare on glass", "moire", "damaged", "lost focus"])
def test_patience_reads_what_one_look_misses(name: str) -> None:
    condition = next(each for each in ROUGH if each.name == name)
    missed = missed_by_zxing(condition)
    assert missed
    read = [texts(Decoder(), frame, patient=True) for frame in missed]
    assert {ticket(1)} in read
    assert all(found <= {ticket(1)} for found in read)


@pytest.mark.skipif(tapir_reader("low") is None, reason="tapirscan is not installed")
def test_tapirscan_reads_a_code_around_a_cup() -> None:
    missed = missed_by_zxing(next(each for each in ROUGH if each.name == "on a cup"))
    read = [texts(Decoder(), frame, patient=True) for frame in missed]
    assert {ticket(1)} in read
    assert all(found <= {ticket(1)} for found in read)


def test_a_live_decoder_comes_round_to_the_step_that_reads() -> None:
    steep = Condition("steep", tilt_deg=65)
    zxing = zxing_reader()
    assert zxing is not None
    frames = (gray(render_frame([ticket(1)], steep, seed=seed)) for seed in range(30))
    frame = next(
        each for each in frames if not zxing(each) and texts(Decoder(), each, patient=True)
    )
    decoder = Decoder()
    found = [texts(decoder, frame) for _ in range(30)]
    first = found.index({ticket(1)})
    assert 0 < first < len(looks().ring)
    assert found[first:] == [{ticket(1)}] * (30 - first), "what reads a code is kept to"


def test_a_scene_that_changes_is_retried_again() -> None:
    empty, other = picture(), picture(seed=1)
    decoder = Decoder(clock_s=lambda: 0.0)  # No look counts as costly, however busy the machine is.
    retries: list[int] = []
    first, second = gray(empty), gray(other)
    once_round = sum(not look.is_fine for look in looks().ring)
    for frame in [first] * 20 + [second] * 20:
        before = decoder.retries
        decoder.decode(frame)
        retries.append(decoder.retries - before)
    assert retries == ([1] * once_round + [0] * (20 - once_round)) * 2


@settings(max_examples=tries(60), deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_hostile_bytes_come_out_as_text(content: bytes) -> None:
    for reading in Decoder().decode(code(content), patient=True):
        assert reading.text.encode("utf-8")
        assert len(reading.text) <= MAX_TEXT


def test_ascii_arrives_as_it_was_with_control_characters_in_it() -> None:
    hostile = "\x1b[2J\x00[/b]\r\n'; DROP TABLE tickets; --"
    assert texts(Decoder(), code(hostile)) == {hostile}


def test_a_huge_code_is_cut() -> None:
    (found,) = texts(Decoder(), code("7" * 5_000), patient=True)
    assert found == "7" * MAX_TEXT


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (2, 5_000), (481, 640), (3, 3)])
def test_any_shape_is_looked_at(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    decoder = Decoder()
    assert [decoder.decode(noise, patient=False) for _ in range(6)] == [[]] * 6
    assert decoder.decode(noise, patient=True) == []


def hostile_frames() -> list[Image]:
    rng = np.random.default_rng(5)
    finder = np.pad(np.pad(np.zeros((3, 3)), 1, constant_values=255), 1).astype(np.uint8)
    wall = np.tile(np.pad(finder, ((0, 1), (0, 1)), constant_values=255), (30, 53))
    noise = rng.integers(0, 256, (720, 1280)).astype(np.uint8)
    modules = np.kron(rng.integers(0, 2, (180, 320)), np.full((4, 4), 255)).astype(np.uint8)
    larger = cv2.resize(wall, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    return [noise, modules, np.ascontiguousarray(larger[:720, :1272])]


@pytest.mark.parametrize("frame", hostile_frames(), ids=["noise", "modules", "finders"])
def test_hostile_frames_say_nothing_and_print_nothing(
    frame: Image, capfd: pytest.CaptureFixture[str]
) -> None:
    decoder = Decoder()
    assert [texts(decoder, frame) for _ in range(6)] == [set()] * 6
    assert capfd.readouterr() == ("", "")


def test_a_costly_frame_gets_no_retry() -> None:
    finders = hostile_frames()[2]
    decoder = Decoder()
    decoder.decode(finders)
    assert decoder.retries == 0


def test_doctor_hears_which_libraries_are_there() -> None:
    named = {library.name: library for library in available_decoders()}
    assert list(named) == ["zxing-cpp", "pyzbar", "tapirscan"]
    assert all(named[name].version and not named[name].missing for name in ("zxing-cpp", "pyzbar"))
    assert [library.name for library in named.values() if library.optional] == ["tapirscan"]


def test_doctor_says_what_the_extra_would_bring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tapirscan", None)
    (missing,) = (library for library in available_decoders() if library.missing)
    assert missing.optional
    assert "every second is read; with it two of three" in missing.missing
    assert "pip install 'eventdesk[tapir]'" in missing.missing


WITHOUT = """
import sys
for module in {hidden!r}:
    sys.modules[module] = None
import numpy as np
from kiosk.decoder import Decoder
from kiosk.readers import available_decoders
from eventdesk.core.errors import DecoderError
gray = np.load({picture!r})
print(sorted(one.name for one in available_decoders() if one.missing and not one.optional))
try:
    print([reading.text for reading in Decoder().decode(gray)])
    print([reading.text for reading in Decoder().decode(gray, patient=True)])
except DecoderError as error:
    print(error.hint)
"""


def run_without(hidden: list[str], folder: Path) -> list[str]:
    np.save(folder / "code.npy", code(ticket(1)))
    script = WITHOUT.format(hidden=hidden, picture=str(folder / "code.npy"))
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("hidden", "missing"),
    [("zxingcpp", "['zxing-cpp']"), ("pyzbar.wrapper", "['pyzbar']"), ("pyzbar", "['pyzbar']")],
)
def test_reads_with_either_library_missing(hidden: str, missing: str, tmp_path: Path) -> None:
    read = str([ticket(1)])
    assert run_without([hidden], tmp_path) == [missing, read, read]


@pytest.mark.parametrize("hidden", [["tapirscan"], ["tapirscan", "pyzbar"]])
def test_reads_without_tapirscan(hidden: list[str], tmp_path: Path) -> None:
    assert run_without(hidden, tmp_path)[1:] == [str([ticket(1)])] * 2


def test_without_any_library_there_is_a_clear_error(tmp_path: Path) -> None:
    lines = run_without(["zxingcpp", "pyzbar", "tapirscan"], tmp_path)
    assert lines == ["['pyzbar', 'zxing-cpp']", "Install one with: pip install zxing-cpp"]


def test_a_ticket_fits_version_3() -> None:
    assert len(ticket(1)) == 61
    assert len(code_modules(ticket(1))) == 29
