"""What no picture may do: end a run, keep a decoder busy, lose its bytes."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import qrcode
import zxingcpp
from PIL import Image as Pil
from qrcode import util

from eventdesk.exercises.scenes.conditions import CONDITIONS, PLAIN, Condition
from eventdesk.exercises.scenes.stills import render_frame
from kiosk.decoder import LIVE_PX, PATIENT_PX, Decoder
from kiosk.finders import crossings, unread
from kiosk.frames import Image, as_image
from kiosk.looks import Look, Looks, looks
from kiosk.opencv import cv2
from kiosk.readers import Reader, Reading, tapir_reader, zbar_reader, zxing_reader
from kiosk.scanner import Scanner
from kiosk.sightings import FrameSkipped, Sighting
from tests.kiosk.test_decoder import code, texts
from tests.kiosk.test_scanner import scan
from tests.kiosk.tickets import gray, picture, save, ticket


def wall(width: int, height: int, module_px: int) -> Image:
    """Finder patterns, as dense as they go."""
    finder = np.pad(np.pad(np.zeros((3, 3)), 1, constant_values=255), 1)
    tile = np.pad(finder, ((0, 1), (0, 1)), constant_values=255)
    once = np.kron(tile, np.ones((module_px, module_px)))
    times = height // len(once) + 1, width // len(once) + 1
    return np.ascontiguousarray(np.tile(once, times)[:height, :width].astype(np.uint8))


class Looked:
    """Notes how large the pictures were that a decoder handed to its libraries."""

    def __init__(self, reader: Reader | None = None) -> None:
        self.sizes: list[int] = []
        self._reader = reader

    def __call__(self, gray: Image) -> list[Reading]:
        self.sizes.append(gray.size)
        return self._reader(gray) if self._reader else []

    def decoder(self) -> Decoder:
        return Decoder(Looks(Look(self), (Look(self),), (Look(self),)))


def read_of(folder: Path) -> list[tuple[str, str]]:
    events = scan(Scanner(str(folder)))
    assert not [event for event in events if isinstance(event, FrameSkipped)]
    return sorted((each.frame_name, each.text) for each in events if isinstance(each, Sighting))


@pytest.mark.parametrize("shape", [(300, 40_000), (40_000, 300), (240, 70_000)])
def test_a_side_of_any_length_is_read_and_the_folder_goes_on(
    shape: tuple[int, int], tmp_path: Path
) -> None:
    large = np.full(shape, 255, np.uint8)
    drawn = code("LONG")
    drawn = np.kron(drawn, np.ones((2, 2), np.uint8))
    large[: len(drawn), : len(drawn)] = drawn[: shape[0], : shape[1]]
    Pil.fromarray(large).save(tmp_path / "1.png")
    save(tmp_path / "2.png", picture(1))
    assert read_of(tmp_path) == [("1.png", "LONG"), ("2.png", ticket(1))]


class TrippingDecoder(Decoder):
    """Trips over every second picture, as a library may."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures = 0

    def decode(self, gray: Image, *, patient: bool = False) -> list[Reading]:
        self.pictures += 1
        if self.pictures % 2:
            raise ValueError("Maximum image width/height is 65535")
        return super().decode(gray, patient=patient)


def test_a_picture_that_a_library_trips_over_is_told_and_the_folder_goes_on(tmp_path: Path) -> None:
    save(tmp_path / "1.png", picture(1))
    save(tmp_path / "2.png", picture(2))
    events = scan(Scanner(str(tmp_path), decoder=TrippingDecoder()))
    assert [each.name for each in events if isinstance(each, FrameSkipped)] == ["1.png"]
    assert [each.text for each in events if isinstance(each, Sighting)] == [ticket(2)]


@pytest.mark.parametrize("size", [(3840, 2160), (7680, 4320)])
def test_a_live_frame_is_looked_at_in_a_bounded_size(size: tuple[int, int]) -> None:
    looked = Looked()
    decoder = looked.decoder()
    decoder.decode(np.full((size[1], size[0]), 128, np.uint8))
    assert max(looked.sizes) <= LIVE_PX * 1.01


def test_one_look_in_turn_gets_a_large_live_frame_less_shrunk() -> None:
    looked = Looked()
    ring = Look(looked), Look(looked, is_fine=True, least_px=3_000_000), Look(looked)
    decoder = Decoder(Looks(Look(looked), ring, ()), clock_s=lambda: 0.0)
    for shape, retried in (((2160, 3840), [1, 4, 1, 0]), ((1080, 1920), [1, 1, 0])):
        frame = np.full(shape, shape[0] // 9, np.uint8)
        for times in retried:
            before = decoder.retries
            looked.sizes.clear()
            decoder.decode(frame)
            assert looked.sizes[-1] == 1080 * 1920 * max(times, 1)
            assert decoder.retries - before == bool(times)


def test_a_code_too_small_for_a_shrunk_live_frame_is_read_in_turn() -> None:
    frame = np.full((2160, 3840), 255, np.uint8)
    drawn = as_image(cv2.resize(code(ticket(1)), None, fx=0.5, fy=0.5))
    frame[901 : 901 + len(drawn), 2501 : 2501 + len(drawn)] = drawn
    decoder = Decoder()
    readings = [reading for _ in looks().ring for reading in decoder.decode(frame)]
    assert {reading.text for reading in readings} == {ticket(1)}
    assert min(x for x, _ in readings[0].outline) == pytest.approx(2501 + 8, abs=6)
    assert min(y for _, y in readings[0].outline) == pytest.approx(901 + 8, abs=6)


def test_a_code_read_in_a_widened_picture_is_outlined_in_the_pixels_of_the_frame() -> None:
    zxing = zxing_reader()
    assert zxing is not None
    drawn = code(ticket(1))
    (plain,), (wide,) = Look(zxing)(drawn), Look(zxing, widened=1.6)(drawn)
    assert wide.text == plain.text
    assert np.abs(np.array(wide.outline) - np.array(plain.outline)).max() < 3


def test_a_large_live_frame_is_read_and_outlined_in_its_own_pixels() -> None:
    frame = np.full((2160, 3840), 255, np.uint8)
    drawn = np.kron(code(ticket(1)), np.ones((4, 4), np.uint8))
    frame[900 : 900 + len(drawn), 2500 : 2500 + len(drawn)] = drawn
    (live,) = Decoder().decode(frame)
    (patient,) = Decoder().decode(frame, patient=True)
    assert live.text == patient.text == ticket(1)
    assert np.abs(np.array(live.outline) - np.array(patient.outline)).max() < 20


@pytest.mark.parametrize("size", [(3840, 2160), (1888, 1062)])
def test_a_live_wall_of_finder_patterns_is_shrunk_until_few_are_left(size: tuple[int, int]) -> None:
    looked = Looked()
    looked.decoder().decode(wall(*size, 1))
    assert looked.sizes
    assert max(looked.sizes) <= size[0] * size[1] / 4


def test_a_patient_wall_is_looked_at_once_as_it_is_at_most() -> None:
    looked = Looked()
    looked.decoder().decode(wall(1888, 1062, 1), patient=True)
    large, *others = looked.sizes
    assert large == 1888 * 1062
    assert others
    assert max(others) <= large / 4
    looked = Looked()
    looked.decoder().decode(wall(3840, 2160, 2), patient=True)
    assert max(looked.sizes) <= 3840 * 2160 / 4


def test_a_patient_look_is_bounded_too() -> None:
    looked = Looked()
    looked.decoder().decode(np.full((7_200, 7_200), 128, np.uint8), patient=True)
    assert max(looked.sizes) <= PATIENT_PX * 1.01


def test_tickets_side_by_side_and_noise_are_no_wall() -> None:
    tickets = gray(render_frame([ticket(number) for number in range(8)], PLAIN, (1920, 1080)))
    noise = np.random.default_rng(0).integers(0, 256, (720, 1280)).astype(np.uint8)
    for frame in (tickets, noise):
        looked = Looked()
        looked.decoder().decode(frame)
        assert frame.size in looked.sizes
    assert len(crossings(wall(1280, 720, 2), 24)) > len(crossings(noise, 24))


def slow(reader: Reader, times: int) -> Reader:
    """A reader on a machine that is so many times slower."""

    def read(gray: Image) -> list[Reading]:
        for _ in range(times):
            readings = reader(gray)
        return readings

    return read


def test_a_frame_is_costly_by_what_this_machine_usually_needs() -> None:
    zxing = zxing_reader()
    assert zxing is not None
    slowed = slow(zxing, 30)
    empty = gray(picture())
    decoder = Decoder(Looks(Look(slowed), (Look(zxing),), ()))
    decoder.decode(empty)
    assert decoder.retries == 1, "slow, but no slower than always"

    def tripping(seen: Image) -> list[Reading]:
        return slowed(seen) if seen is empty else zxing(seen)

    decoder = Decoder(Looks(Look(tripping), (Look(zxing),), ()))
    decoder.decode(empty)
    assert decoder.retries == 0, "only this one is slow"


INK = code(ticket(7))
HIDDEN = Pil.new("L", INK.shape[::-1])
COVER = Pil.fromarray(255 - INK)


def palette(transparent: bool) -> Any:
    drawn = Pil.fromarray((INK == 0).astype(np.uint8))
    drawn.putpalette([0, 0, 0, 0, 0, 0] if transparent else [255, 255, 255, 30, 0, 60])
    if transparent:
        drawn.info["transparency"] = bytes([0, 255])
    return drawn


KINDS = {
    "gray": Pil.fromarray(INK),
    "one bit": Pil.fromarray(INK).convert("1"),
    "gray and alpha": Pil.merge("LA", (HIDDEN, COVER)),
    "black on transparent": Pil.merge("RGBA", (HIDDEN, HIDDEN, HIDDEN, COVER)),
    "white on transparent": Pil.merge("RGBA", (*[Pil.new("L", HIDDEN.size, 255)] * 3, COVER)),
    "palette": palette(transparent=False),
    "transparent palette": palette(transparent=True),
    "16 bits": Pil.fromarray(INK.astype(np.uint16) * 257),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_png_is_read(kind: str, tmp_path: Path) -> None:
    KINDS[kind].save(tmp_path / "booking.png")
    assert read_of(tmp_path) == [("booking.png", ticket(7))]


def test_sixteen_bits_of_colour_and_alpha_are_read(tmp_path: Path) -> None:
    save(tmp_path / "booking.png", np.dstack([np.zeros(INK.shape)] * 3 + [(255 - INK) * 257.0]).astype(np.uint16))  # fmt: skip  # noqa: E501
    assert read_of(tmp_path) == [("booking.png", ticket(7))]


def written(content: str | bytes, **options: str) -> Image:
    made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, **options)
    drawn = np.array(zxingcpp.write_barcode_to_image(made, scale=6, add_quiet_zones=True))
    return np.ascontiguousarray(np.pad(drawn, 20, constant_values=255))


READERS = {"zxing": zxing_reader(), "zbar": zbar_reader(), "tapirscan": tapir_reader("low")}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "content",
    ["日本語テスト".encode("cp932"), "Zoë Müller".encode("latin-1"), b"\xff\xfe\x00bin\x80\x9b"],
)
def test_bytes_in_no_known_character_set_can_be_told_from_the_text(
    name: str, content: bytes
) -> None:
    if (reader := READERS[name]) is None:
        pytest.skip(f"{name} is not installed")
    (reading,) = reader(written(content))
    assert reading.text.encode("latin-1") == content


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("options", [{}, {"eci": "UTF-8"}])
def test_utf_8_is_text_whether_or_not_the_code_says_so(name: str, options: dict[str, str]) -> None:
    if (reader := READERS[name]) is None:
        pytest.skip(f"{name} is not installed")
    content = "Łódź 日本".encode() if not options else "Łódź 日本"
    assert [reading.text for reading in reader(written(content, **options))] == ["Łódź 日本"]


class Part:
    """The second of three codes that a message is spread over (structured append)."""

    mode = 3
    header = 1 << 12 | 2 << 8 | 0x5A

    def __len__(self) -> int:
        return self.header

    def write(self, buffer: Any) -> None:
        for value, bits in ((4, 4), (5, 8), *((byte, 8) for byte in b"PART2")):
            buffer.put(value, bits)


def test_a_part_of_a_message_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = util.length_in_bits
    monkeypatch.setattr(
        util, "length_in_bits", lambda mode, version: 16 if mode == 3 else usual(mode, version)
    )
    drawn = qrcode.QRCode(version=3, border=4, box_size=4)
    drawn.data_list = [Part()]
    drawn.make(fit=False)
    modules = np.kron(np.array(drawn.get_matrix()), np.ones((4, 4), np.bool_))
    part = np.where(modules, 0, 255).astype(np.uint8)
    for reader in READERS.values():
        assert reader is None or all("PART2" in reading.text for reading in reader(part))


def beside(*conditions: Condition) -> Image:
    """Tickets 1, 2, … side by side, each shown in its own way."""
    frames = [
        gray(render_frame([ticket(number)], condition, (960, 720), seed=5))
        for number, condition in enumerate(conditions, start=1)
    ]
    return np.ascontiguousarray(np.hstack(frames))


def test_all_tickets_of_a_picture_are_read_though_one_look_reads_only_some() -> None:
    zxing = zxing_reader()
    assert zxing is not None
    both = beside(CONDITIONS[0], Condition(size=0.35, tilt_deg=66))
    first = zxing(both)
    assert [reading.text for reading in first] == [ticket(1)]
    assert unread(both, [reading.outline for reading in first])
    assert texts(Decoder(), both, patient=True) == {ticket(1), ticket(2)}


def test_a_picture_with_nothing_left_in_it_is_left_after_two_looks_in_vain() -> None:
    looked = Looked(zxing_reader())
    decoder = Decoder(Looks(Look(looked), (), (Look(looked),) * 9))
    assert texts(decoder, gray(picture(1)), patient=True) == {ticket(1)}
    assert len(looked.sizes) == 3


class Scripted:
    """Reads at each look what it is told to."""

    def __init__(self, *looks: list[int]) -> None:
        self.looks = list(looks)

    def __call__(self, gray: Image) -> list[Reading]:
        height, width = gray.shape
        outline = (0.0, 0.0), (width, 0.0), (width, height), (0.0, height)
        return [Reading(ticket(number), outline) for number in self.looks.pop(0)]


def test_patience_goes_on_while_a_look_still_finds_more_though_nothing_seems_left() -> None:
    script = Scripted([1, 2], [1], [2, 3], [], [4, 3], [], [1], [5])
    decoder = Decoder(Looks(Look(script), (), (Look(script),) * 7))
    empty = np.full((360, 640), 128, np.uint8)
    assert texts(decoder, empty, patient=True) == {ticket(number) for number in (1, 2, 3, 4)}
    assert script.looks == [[5]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_codes_of_a_poster_in_the_dark_are_read(seed: int) -> None:
    shown = {ticket(seed * 100 + number) for number in range(6)}
    dark = Condition("very dark", size=0.25, light=0.06, noise=7)
    poster = gray(render_frame(sorted(shown), dark, (1280, 720), seed))
    decoder = Decoder()
    each = [{reading.text for reading in look(poster)} for look in (looks().first, *looks().last)]
    assert texts(decoder, poster, patient=True) == set.union(*each)
