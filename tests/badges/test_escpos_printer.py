"""A receipt printer: the paper is the picture, and only the printer itself confirms it."""

import os
import threading
import time
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from badges.escpos_printer import Escpos
from badges.line import DeviceLine, TcpLine
from badges.raster import drawn, on_width
from badges.talking_printer import NO_SENSE, Patience, TalkingPrinter
from eventdesk.core.errors import PrinterOfflineError
from eventdesk.core.printing import Health
from tests.badges.reading import ATTACKS, TOKEN, badge, codes_in, hostile
from tests.badges.simulated_printers import EscposSimulated

CALM = Patience(poll_s=0.02)
HASTY = Patience(connect_s=2.0, answer_s=0.3, take_s=0.5, print_s=0.5, poll_s=0.02, goodbye_s=0.05)
BOUND_S = 6.0
"""More than all of `HASTY`'s waits, and less than anybody would stand at a desk."""

NAMES = ["محمّد أحمد", "สวัสดี ภูริพัฒน์", "山田 太郎", "Łucja Żółć", "Ada Lovelace"]
BLOCKED = [
    ("paper_out", Health.PAPER_OUT, "out of paper"),
    ("cover_open", Health.COVER_OPEN, "cover is open"),
    ("error", Health.ERROR, "cutter is stuck"),
    ("offline", Health.OFFLINE, "switched off line"),
]


def printer_at(
    simulated: EscposSimulated, patience: Patience = CALM, *, asks: bool = True
) -> TalkingPrinter:
    line = TcpLine("127.0.0.1", simulated.port)
    return TalkingPrinter(line, Escpos(), asks=asks, patience=patience)


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.logical_xor(one, other).getbbox() is None


@pytest.mark.parametrize("name", NAMES)
def test_the_paper_is_the_picture_in_any_script_and_its_code_reads_back(name: str) -> None:
    with EscposSimulated().switched_on() as simulated:
        paper = printer_at(simulated).send(badge(name), job="1")
    assert paper.confirmed
    assert paper.where == f"escpos+tcp://127.0.0.1:{simulated.port}"
    [printed] = simulated.printed
    [expected] = drawn(badge(name), None, dpi=203)
    assert same(printed, on_width(expected, 576))
    assert codes_in(printed) == [TOKEN]
    assert simulated.unknown == []


@pytest.mark.parametrize("name", ATTACKS)
def test_no_name_is_a_command(name: str) -> None:
    with EscposSimulated().switched_on() as simulated:
        assert printer_at(simulated).send(hostile(name), job="1").confirmed
    assert simulated.unknown == []
    assert len(simulated.printed) == 1


@pytest.mark.parametrize(("fault", "health", "words"), BLOCKED)
def test_a_printer_that_cannot_print_gets_nothing(fault: str, health: Health, words: str) -> None:
    with EscposSimulated({fault}).switched_on() as simulated:
        assert printer_at(simulated).status().health is health
        with pytest.raises(PrinterOfflineError, match=words) as caught:
            printer_at(simulated).send(badge(), job="1")
    assert not caught.value.may_be_out
    assert "cannot print just now" in str(caught.value)
    assert set(simulated.received) <= {0x10, 1, 2, 3, 4}
    assert simulated.printed == []


def test_little_paper_is_told_and_printed_on() -> None:
    with EscposSimulated({"paper_low"}).switched_on() as simulated:
        assert printer_at(simulated).status().health is Health.PAPER_LOW
        assert printer_at(simulated).send(badge(), job="1").confirmed


def test_a_roll_that_ends_in_a_badge_is_told_and_the_rest_does_not_come_out_later() -> None:
    simulated = EscposSimulated(rows_left=300)
    with simulated.switched_on():
        with pytest.raises(PrinterOfflineError, match="out of paper") as caught:
            printer_at(simulated).send(badge(), job="1")
        assert caught.value.may_be_out
        simulated.ended.wait(0)
    simulated.refill()
    assert simulated.printed == []
    assert [torn.height for torn in simulated.torn] == [300]


@pytest.mark.parametrize(
    ("simulated", "words"),
    [
        (EscposSimulated(dies_after=9000), "reset|pipe"),
        (EscposSimulated(dies_when_printed=True), "reset|pipe"),
        (EscposSimulated(mute_when_printed=True), "stopped answering"),
        (EscposSimulated(stops_reading_after=2000), "stopped answering"),
    ],
    ids=["dies midway", "prints and dies", "prints and says nothing", "stalls midway"],
)
def test_trouble_behind_the_first_byte_leaves_open_what_came_out(
    simulated: EscposSimulated, words: str
) -> None:
    began = time.monotonic()
    with simulated.switched_on(), pytest.raises(PrinterOfflineError, match=words) as caught:
        printer_at(simulated, HASTY).send(badge(), job="1")
    assert caught.value.may_be_out
    assert time.monotonic() - began < BOUND_S


@pytest.mark.parametrize(
    "simulated",
    [
        EscposSimulated(answers=False),
        EscposSimulated(stops_reading_after=1),
        EscposSimulated(dies_after=1),
    ],
    ids=["mute", "stalls", "dies"],
)
def test_trouble_before_the_badge_sends_nothing(simulated: EscposSimulated) -> None:
    with simulated.switched_on():
        with pytest.raises(PrinterOfflineError) as caught:
            printer_at(simulated, HASTY).send(badge(), job="1")
        assert not caught.value.may_be_out
        assert printer_at(simulated, HASTY).status().health is Health.OFFLINE
    assert b"\x1dv" not in simulated.received


def test_a_printer_that_refuses_the_call_is_offline() -> None:
    with EscposSimulated().switched_on() as simulated:
        pass
    with pytest.raises(PrinterOfflineError, match="refused") as caught:
        printer_at(simulated).send(badge(), job="1")
    assert not caught.value.may_be_out
    assert printer_at(simulated).status().health is Health.OFFLINE


def test_a_printer_that_cannot_answer_gets_its_badges_unconfirmed_if_it_is_set_up_so() -> None:
    simulated = EscposSimulated(answers=False)
    with simulated.switched_on():
        printer = printer_at(simulated, HASTY, asks=False)
        assert printer.status().health is Health.UNKNOWN
        assert not printer.send(badge(), job="1").confirmed
    assert codes_in(simulated.printed[0]) == [TOKEN]
    assert b"\x10\x04" not in simulated.received[:9]


def test_a_printer_that_cannot_say_when_it_is_done_confirms_nothing() -> None:
    simulated = EscposSimulated(answers_in_order=False)
    with simulated.switched_on():
        assert not printer_at(simulated, HASTY).send(badge(), job="1").confirmed
    assert len(simulated.printed) == 1


@pytest.mark.parametrize("babble", [b"A", bytes(range(256)), b"\r\n"])
def test_a_printer_that_talks_nonsense_gets_no_badge(babble: bytes) -> None:
    began = time.monotonic()
    with EscposSimulated(babble=babble).switched_on() as simulated:
        with pytest.raises(PrinterOfflineError, match=f"{NO_SENSE}|no question") as caught:
            printer_at(simulated, HASTY).send(badge(), job="1")
        assert printer_at(simulated, HASTY).status().health is Health.OFFLINE
    assert not caught.value.may_be_out
    assert time.monotonic() - began < BOUND_S


@pytest.mark.parametrize("babble", [b"\x00", b"\x12", b"\x10"])
def test_a_flood_of_good_words_confirms_nothing_and_holds_nobody_up(babble: bytes) -> None:
    began = time.monotonic()
    with (
        EscposSimulated(babble=babble).switched_on() as simulated,
        pytest.raises(PrinterOfflineError, match=f"{NO_SENSE}|no question"),
    ):
        printer_at(simulated, HASTY).send(badge(), job="1")
    assert time.monotonic() - began < BOUND_S


def test_a_slow_printer_is_waited_for() -> None:
    with EscposSimulated(answers_after_s=0.1).switched_on() as simulated:
        assert printer_at(simulated).send(badge(), job="1").confirmed


def test_a_status_told_unasked_is_no_answer() -> None:
    with EscposSimulated(greeting=b"\x10\x00\x00\x0f\x11\x13").switched_on() as simulated:
        assert printer_at(simulated).send(badge(), job="1").confirmed


def test_narrow_paper_gets_a_smaller_picture_and_no_cut() -> None:
    tongue = Escpos(width=384, cut=False)
    with EscposSimulated().switched_on() as simulated:
        line = TcpLine("127.0.0.1", simulated.port)
        assert TalkingPrinter(line, tongue, patience=CALM).send(badge(), job="1").confirmed
    assert simulated.printed[0].width == 384
    assert codes_in(simulated.printed[0]) == [TOKEN]
    assert b"\x1dVB" not in simulated.received


def test_a_device_answers_as_an_address_does() -> None:
    ours, theirs = os.openpty()
    simulated = EscposSimulated()

    def play() -> None:
        while len(simulated.printed) < 1:
            os.write(ours, simulated.feed(os.read(ours, 4096)))

    thread = threading.Thread(target=play)
    try:
        thread.start()
        line = DeviceLine(Path(os.ttyname(theirs)), baud=115200)
        paper = TalkingPrinter(line, Escpos(), patience=CALM).send(badge(), job="1")
        thread.join()
    finally:
        os.close(ours)
        os.close(theirs)
    assert paper.confirmed
    assert codes_in(simulated.printed[0]) == [TOKEN]


def test_a_device_that_is_not_there_is_offline(tmp_path: Path) -> None:
    printer = TalkingPrinter(DeviceLine(tmp_path / "lp0"), Escpos())
    assert printer.status().health is Health.OFFLINE
    with pytest.raises(PrinterOfflineError, match="No such file"):
        printer.send(badge(), job="1")
