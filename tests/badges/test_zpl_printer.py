"""A label printer: two independent readers of ZPL see the picture, and paper is only confirmed."""

import time
from pathlib import Path

import pytest
import zplkit
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from zplkit.rendering import Limits

from badges.layout_file import find_layout
from badges.line import TcpLine
from badges.raster import drawn, ink
from badges.talking_printer import Patience, TalkingPrinter
from badges.zpl_printer import Zpl, graphic
from eventdesk.core.errors import PrinterOfflineError
from eventdesk.core.printing import Health
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, hostile, opened
from tests.badges.simulated_labels import ZplSimulated, unpacked
from tests.badges.test_escpos_printer import BOUND_S, CALM, HASTY, NAMES, same
from tests.histories import tries


def printer_at(
    simulated: ZplSimulated, patience: Patience = CALM, *, dpi: int = 203, asks: bool = True
) -> TalkingPrinter:
    line = TcpLine("127.0.0.1", simulated.port)
    return TalkingPrinter(line, Zpl(dpi), asks=asks, patience=patience)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", NAMES)
def test_the_label_is_the_picture_in_any_script_and_its_code_reads_back(
    name: str, dpi: int
) -> None:
    with ZplSimulated().switched_on() as simulated:
        paper = printer_at(simulated, dpi=dpi).send(badge(name), job="1")
    assert paper.confirmed
    assert paper.where == f"zpl+tcp://127.0.0.1:{simulated.port}"
    [printed] = simulated.printed
    assert same(printed, drawn(badge(name), None, dpi=dpi)[0])
    assert codes_in(printed) == [TOKEN]
    assert simulated.unknown == []


@pytest.mark.parametrize("name", [*NAMES, *ATTACKS[:4]])
def test_a_renderer_by_others_sees_the_same_label(name: str) -> None:
    [page] = drawn(badge(name), None, dpi=203)
    once = b"^PQ1,0,0,N"  # how many, which the renderer does not know
    assert once in Zpl().words([page])
    document = zplkit.render(
        Zpl().words([page]).replace(once, b""),
        zplkit.Options(dpi=203, width=page.width, height=page.height),
        limits=Limits().replace(graphic_bytes=1_000_000),
    )
    assert document.warnings == []
    [label] = document.labels
    seen = opened(label.png()).convert("L").point(lambda light: 255 if light > 127 else 0)
    assert same(seen.convert("1"), page)
    assert codes_in(seen) == [TOKEN]


@pytest.mark.parametrize("name", ATTACKS)
def test_no_name_is_a_command(name: str) -> None:
    with ZplSimulated().switched_on() as simulated:
        assert printer_at(simulated).send(hostile(name), job="1").confirmed
    assert simulated.unknown == []
    assert len(simulated.printed) == 1


@settings(deadline=None, max_examples=tries(60))
@given(
    st.integers(1, 40),
    st.lists(st.sampled_from([b"\x00", b"\xff", b"\x0f", b"\x10", b"\xaa", b"\x00\xff"])),
    st.integers(1, 500),
)
def test_any_picture_survives_being_written_short(
    width: int, parts: list[bytes], times: int
) -> None:
    dots = b"".join(part * times for part in parts)[:20_000]
    row_bytes = (width + 7) // 8
    height = max(1, len(dots) // row_bytes)
    page = Image.frombytes("1", (row_bytes * 8, height), dots.ljust(row_bytes * height, b"\xff"))
    kind, total, _used, across, data = graphic(page).removeprefix("^GF").split(",", 4)
    assert kind == "A"
    assert unpacked(data, int(across), int(total)) == ink(page)


@pytest.mark.parametrize(
    ("fault", "health", "words"),
    [
        ("paper_out", Health.PAPER_OUT, "out of labels"),
        ("cover_open", Health.COVER_OPEN, "head is open"),
        ("ribbon_out", Health.ERROR, "out of ribbon"),
        ("paused", Health.ERROR, "paused"),
    ],
)
def test_a_printer_that_cannot_print_gets_nothing(fault: str, health: Health, words: str) -> None:
    with ZplSimulated({fault}).switched_on() as simulated:
        assert printer_at(simulated).status().health is health
        with pytest.raises(PrinterOfflineError, match=words) as caught:
            printer_at(simulated).send(badge(), job="1")
    assert not caught.value.may_be_out
    assert simulated.received.replace(b"~HS", b"") == b""


def test_a_label_is_waited_for_until_the_printer_has_no_work_left() -> None:
    with ZplSimulated(works_for=5).switched_on() as simulated:
        assert printer_at(simulated).send(badge(), job="1").confirmed
    assert simulated.received.count(b"~HS") >= 1 + 5 + 2


def test_a_printer_that_never_gets_done_confirms_nothing() -> None:
    with ZplSimulated(works_for=1_000_000).switched_on() as simulated:
        assert not printer_at(simulated, HASTY).send(badge(), job="1").confirmed


def test_a_label_that_jams_is_told_and_does_not_come_out_later() -> None:
    simulated = Jamming(works_for=3)
    with simulated.switched_on():
        with pytest.raises(PrinterOfflineError, match="out of labels") as caught:
            printer_at(simulated).send(badge(), job="1")
        assert caught.value.may_be_out
    simulated.refill()
    assert simulated.printed == []


class Jamming(ZplSimulated):
    """A printer whose labels end under the badge."""

    def feed(self, heard: bytes) -> bytes:
        said = super().feed(heard)
        if self._formats and self._work == 1:
            self.faults.add("paper_out")
        return said


@pytest.mark.parametrize(
    "simulated",
    [
        ZplSimulated(dies_after=4000),
        ZplSimulated(dies_when_printed=True),
        ZplSimulated(mute_when_printed=True),
        ZplSimulated(stops_reading_after=2000),
    ],
    ids=["dies midway", "prints and dies", "prints and says nothing", "stalls midway"],
)
def test_trouble_behind_the_first_byte_leaves_open_what_came_out(simulated: ZplSimulated) -> None:
    began = time.monotonic()
    with simulated.switched_on(), pytest.raises(PrinterOfflineError) as caught:
        printer_at(simulated, HASTY).send(badge(), job="1")
    assert caught.value.may_be_out
    assert time.monotonic() - began < BOUND_S


NONSENSE = [
    b"\x02\x03\x02\x03\x02\x03",
    b"\x02" + b"1," * 30 + b"\x03",
    b"\x02" + b"9" * 100_000,
    b"\x02030,0,0,0,x,0,0,0,0,0,0,0\x03\x020,0,0,0,0,0,0,0,0,0,0\x03\x021,0\x03",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\x02" * 4096 + b"\x03" * 4096,
    b"\x12\x12\x12\x12",
]


@pytest.mark.parametrize("answer", NONSENSE)
def test_an_answer_that_makes_no_sense_sends_nothing(answer: bytes) -> None:
    began = time.monotonic()
    with ZplSimulated(answer=answer).switched_on() as simulated:
        with pytest.raises(PrinterOfflineError, match="make no sense") as caught:
            printer_at(simulated, HASTY).send(badge(), job="1")
        assert printer_at(simulated, HASTY).status().health is Health.OFFLINE
    assert not caught.value.may_be_out
    assert b"^XA" not in simulated.received
    assert time.monotonic() - began < BOUND_S


def test_megabytes_nobody_asked_for_hold_nobody_up() -> None:
    began = time.monotonic()
    with (
        ZplSimulated(babble=b"\x02030,0,0\x03").switched_on() as simulated,
        pytest.raises(PrinterOfflineError, match="make no sense"),
    ):
        printer_at(simulated, HASTY).send(badge(), job="1")
    assert time.monotonic() - began < BOUND_S


def test_a_printer_that_cannot_answer_gets_its_labels_unconfirmed_if_it_is_set_up_so() -> None:
    simulated = ZplSimulated(answers=False)
    with simulated.switched_on():
        assert not printer_at(simulated, HASTY, asks=False).send(badge(), job="1").confirmed
    assert b"~HS" not in simulated.received
    assert b"^XZ" in simulated.received


def test_a_printer_that_is_silent_or_off_sends_nothing() -> None:
    with ZplSimulated(answers=False).switched_on() as simulated:
        with pytest.raises(PrinterOfflineError, match="no question") as caught:
            printer_at(simulated, HASTY).send(badge(), job="1")
        assert not caught.value.may_be_out
    with pytest.raises(PrinterOfflineError, match="refused"):
        printer_at(simulated, HASTY).send(badge(), job="1")


def test_a_badge_of_two_sides_is_two_labels(tmp_path: Path) -> None:
    layout = find_layout("a6", tmp_path)
    with ZplSimulated().switched_on() as simulated:
        line = TcpLine("127.0.0.1", simulated.port)
        assert TalkingPrinter(line, Zpl(), layout, patience=CALM).send(badge(), job="1").confirmed
    front, back = simulated.printed
    assert front.size == back.size == (840, 1184)
    assert [codes_in(front), codes_in(back)] == [[], [TOKEN]]
