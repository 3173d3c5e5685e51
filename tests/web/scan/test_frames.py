"""Frames of phones that cannot read codes themselves, decoded by the house."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from badges.qr import picture as qr_picture
from eventdesk.accounts import pair_device
from eventdesk.acts import VISITOR
from eventdesk.web import rates
from eventdesk.web.pages.frames import MOST_BYTES
from tests.build import Fair
from tests.people import PASSWORD, make_guest
from tests.web.serving import Served

TEXT = "https://example.org/what-a-ticket-says"


def jpeg(image: Image.Image, **more: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **{"quality": 70, **more})
    return file.getvalue()


def with_code(text: str = TEXT) -> Image.Image:
    scene = Image.new("L", (640, 480), 200)
    scene.paste(qr_picture(text).resize((300, 300)), (150, 90))
    return scene


@pytest.fixture
def by(fair: Fair, code: str) -> dict[str, str]:
    return {"authorization": f"Bearer {pair_device(fair.store, VISITOR, code).secret}"}


def send(house: Served, picture: bytes, by: dict[str, str], kind: str = "image/jpeg") -> Any:
    headers = {**by, "content-type": kind}
    return house.http.post("/scan/frames", content=picture, headers=headers)


def test_a_code_in_a_frame_is_read(house: Served, by: dict[str, str]) -> None:
    picture = jpeg(with_code())
    assert len(picture) <= MOST_BYTES
    answer = send(house, picture, by)
    assert answer.status_code == 200
    assert answer.json() == {"texts": [TEXT]}


def test_a_frame_without_a_code_has_no_texts(house: Served, by: dict[str, str]) -> None:
    assert send(house, jpeg(Image.new("L", (640, 480), 128)), by).json() == {"texts": []}


def test_only_who_works_here_has_frames_decoded(house: Served, fair: Fair) -> None:
    picture = jpeg(with_code())
    assert send(house, picture, {}).status_code == 401
    assert send(house, picture, {"authorization": "Bearer edd_none"}).status_code == 401
    cross = {"sec-fetch-site": "cross-site", "cookie": "session=x"}
    assert send(house, picture, cross).status_code in (401, 403)


def hostile() -> dict[str, bytes]:
    good = jpeg(with_code())
    huge = bytearray(good)
    size = huge.index(b"\xff\xc0") + 5
    huge[size : size + 4] = b"\xff\xff\xff\xff"
    noise = np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8)
    png = io.BytesIO()
    with_code().save(png, "PNG")
    return {
        "nothing": b"",
        "text": b"GIF89a<script>",
        "a PNG": png.getvalue(),
        "half a picture's head": good[:40],
        "much too large": bytes(huge),
        "too small": jpeg(Image.new("L", (8, 8))),
        "in many scans": jpeg(with_code(), progressive=True),
        "scan after scan": jpeg(Image.fromarray(noise)) + b"\xff\xda" * 20,
    }


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_picture_is_refused_before_it_is_unpacked(
    house: Served, by: dict[str, str], name: str
) -> None:
    answer = send(house, hostile()[name], by)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"] == "invalid_input"


def test_what_is_too_long_or_another_kind_is_refused(house: Served, by: dict[str, str]) -> None:
    assert send(house, bytes(MOST_BYTES + 1), by).status_code == 413
    assert send(house, jpeg(with_code()), by, kind="image/png").status_code == 415


def test_one_phone_sends_so_many_and_no_more(
    house: Served, by: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "FRAMES", 2)
    picture = jpeg(Image.new("L", (64, 64)))
    answers = [send(house, picture, by).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_an_attendee_has_none_decoded(house: Served, fair: Fair) -> None:
    by = house.as_(make_guest(house.store, secret=PASSWORD))
    assert send(house, jpeg(with_code()), by).status_code == 403
