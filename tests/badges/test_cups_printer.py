"""A queue of CUPS: printed means that CUPS completed the job, and nothing else does."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from badges.cups_printer import CupsPrinter
from badges.paper import PrintedBadge
from badges.raster import drawn
from badges.text_stream import TextStyle, stream
from badges.zpl_printer import Zpl
from eventdesk.core.errors import PrinterOfflineError, PrinterRefusedError
from eventdesk.core.messages import reading
from eventdesk.core.printing import Health
from tests.badges.reading import TOKEN, badge, codes_in, pdf_pages
from tests.badges.simulated_cups import STOPPED, Cups, cups_on_the_path
from tests.badges.test_escpos_printer import BOUND_S, NAMES, same

PRINTER = CupsPrinter("paper", print_s=0.3, poll_s=0.01)
REFUSING = "The printer may not exist or is unavailable at this time."


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cups]:
    with cups_on_the_path(tmp_path, monkeypatch) as running:
        yield running


@pytest.mark.parametrize("name", NAMES)
def test_a_completed_job_is_a_printed_badge_of_exactly_the_labels_size(
    cups: Cups, name: str
) -> None:
    paper = PRINTER.send(badge(name), job="j-1")
    assert paper == PrintedBadge(confirmed=True, where="cups:paper", job_ref="paper-1")
    [(page, size_mm)] = pdf_pages(cups.job(1))
    assert size_mm == pytest.approx((62, 100), abs=0.01)
    assert same(page, drawn(badge(name), None, dpi=300)[0])
    assert codes_in(page) == [TOKEN]


def test_lp_is_told_the_queue_the_size_and_nothing_of_the_guest(cups: Cups) -> None:
    PRINTER.send(badge("-o landscape; rm -rf /"), job="j-1")
    told = cups.arguments
    assert told[:4] == ["-d", "paper", "-t", "badge j-1"]
    assert "media=Custom.62x100mm" in told
    assert told[-1] == "-"
    assert not any("rm" in word or "Engines" in word for word in told)


def test_a_raw_queue_gets_the_printers_own_language(cups: Cups) -> None:
    CupsPrinter("paper", raw=Zpl(203)).send(badge(), job="1")
    CupsPrinter("paper", raw=TextStyle(cut=True)).send(badge(), job="2")
    assert cups.job(1) == Zpl(203).words(drawn(badge(), None, dpi=203))
    assert cups.job(2) == stream(badge(), TextStyle(cut=True))
    assert "raw" in cups.arguments


def test_a_job_is_waited_for_until_it_is_complete(cups: Cups) -> None:
    cups.states = [3, 5, 5, 5, 9]
    assert PRINTER.send(badge(), job="1").confirmed


def test_a_job_that_takes_long_is_sent_and_followed(cups: Cups) -> None:
    cups.states = [5]
    paper = PRINTER.send(badge(), job="1")
    assert not paper.confirmed
    assert PRINTER.follow(paper.job_ref) is None
    cups.states = [9]
    assert PRINTER.follow(paper.job_ref) == PrintedBadge(True, "cups:paper", "paper-1")
    assert cups.cancelled == []


@pytest.mark.parametrize("state", [7, 8])
def test_a_job_that_came_to_nothing_is_a_refusal(cups: Cups, state: int) -> None:
    cups.states, cups.job_message = [5, state], "Filter failed"
    with pytest.raises(PrinterRefusedError, match="paper-1 up: Filter failed"):
        PRINTER.send(badge(), job="1")
    with pytest.raises(PrinterRefusedError, match="CUPS gave job paper-1 up: Filter failed"):
        PRINTER.follow("paper-1")


def test_a_cancelled_job_is_no_cancelled_event_in_german(cups: Cups) -> None:
    cups.states, cups.job_reason = [5, 7], "none"
    with pytest.raises(PrinterRefusedError, match="up: it was cancelled") as caught:
        PRINTER.send(badge(), job="1")
    with reading("de"):
        assert str(caught.value).endswith("aufgegeben: er wurde abgebrochen.")


TROUBLES = [
    ({"reasons": ("media-empty-error",)}, Health.PAPER_OUT, "out of paper"),
    ({"reasons": ("none", "media-needed")}, Health.PAPER_OUT, "needs other paper"),
    ({"reasons": ("cover-open-report",)}, Health.COVER_OPEN, "cover is open"),
    ({"reasons": ("offline-report",)}, Health.OFFLINE, "switched off"),
    ({"reasons": ("media-jam-error",)}, Health.ERROR, "jammed"),
    (
        {"queue_state": STOPPED, "reasons": ("paused",), "message": "out of labels"},
        Health.ERROR,
        r"stopped \(out of labels\)",
    ),
    ({"accepts": False, "message": "closed for lunch"}, Health.ERROR, "takes no jobs"),
    ({"message": REFUSING}, Health.OFFLINE, "cannot reach it"),
]


@pytest.mark.parametrize(("trouble", "health", "words"), TROUBLES)
def test_a_queue_that_cannot_print_gets_nothing(
    cups: Cups, trouble: dict[str, object], health: Health, words: str
) -> None:
    for name, value in trouble.items():
        setattr(cups, name, value)
    assert PRINTER.status().health is health
    with pytest.raises(PrinterOfflineError, match=words) as caught:
        PRINTER.send(badge(), job="1")
    assert not caught.value.may_be_out
    assert not (cups.folder / "arguments").exists()


def test_little_paper_is_told_and_printed_on(cups: Cups) -> None:
    cups.reasons = ("media-low-warning",)
    assert PRINTER.status().health is Health.PAPER_LOW
    assert PRINTER.send(badge(), job="1").confirmed


@pytest.mark.parametrize("begun", [True, False])
def test_a_job_on_a_printer_in_trouble_is_taken_back(cups: Cups, begun: bool) -> None:
    cups.states, cups.begun = [6], begun
    with pytest.raises(PrinterOfflineError) as caught:
        PRINTER.send(badge(), job="1")
    assert caught.value.may_be_out is begun
    assert cups.cancelled == ["paper-1"]


def test_a_job_that_cannot_reach_its_printer_is_taken_back_and_is_not_out(cups: Cups) -> None:
    cups.states, cups.job_message = [5], REFUSING
    with pytest.raises(PrinterOfflineError, match="may not exist") as caught:
        PRINTER.send(badge(), job="1")
    assert not caught.value.may_be_out
    assert cups.cancelled == ["paper-1"]


def test_a_job_that_was_done_just_before_it_was_taken_back_is_printed(cups: Cups) -> None:
    cups.states, cups.on_cancel = [6], 9
    assert PRINTER.send(badge(), job="1").confirmed


def test_a_queue_that_does_not_exist_is_a_refusal(cups: Cups) -> None:
    printer = CupsPrinter("nosuch")
    assert printer.status().health is Health.ERROR
    with pytest.raises(PrinterRefusedError, match="no queue 'nosuch'"):
        printer.send(badge(), job="1")


def test_the_words_of_lp_are_passed_on(cups: Cups) -> None:
    cups.refuse('lp: Destination "paper" is not accepting jobs.\n')
    with pytest.raises(PrinterOfflineError, match="not accepting") as caught:
        PRINTER.send(badge(), job="1")
    assert not caught.value.may_be_out


def test_a_program_that_never_ends_is_ended(cups: Cups) -> None:
    cups.hang()
    began = time.monotonic()
    with pytest.raises(PrinterOfflineError, match="does not end") as caught:
        CupsPrinter("paper", answer_s=0.5).send(badge(), job="1")
    assert caught.value.may_be_out
    assert time.monotonic() - began < BOUND_S


NONSENSE = [
    b"",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x02\x00\x00\x00\x00\x00\x00\x01\x01",
    b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n\x02\x00\x00\x00\x00\x00\x00\x01\x01G\xff\xff12",
    b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"\x00" * 200_000,
    b"\x00" * 200_000,
]


@pytest.mark.parametrize("answer", NONSENSE)
def test_an_answer_that_makes_no_sense_sends_nothing(cups: Cups, answer: bytes) -> None:
    cups.answer = answer
    printer = CupsPrinter("paper", answer_s=0.5)
    assert printer.status().health is Health.OFFLINE
    with pytest.raises(PrinterOfflineError) as caught:
        printer.send(badge(), job="1")
    assert not caught.value.may_be_out
    assert printer.follow("paper-1") is None


def test_a_server_that_does_not_answer_is_given_up(cups: Cups) -> None:
    cups.silent = True
    with pytest.raises(PrinterOfflineError, match="does not answer"):
        CupsPrinter("paper", answer_s=0.2).send(badge(), job="1")


def test_a_machine_without_cups_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert PRINTER.status().health is Health.OFFLINE
    with pytest.raises(PrinterRefusedError, match="CUPS is not installed on this") as caught:
        PRINTER.send(badge(), job="1")
    assert "apt-get install" in caught.value.hint
