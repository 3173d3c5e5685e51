"""The slip with a booking's link reads back from every kind of paper, or says its address."""

import pytest
from PIL import Image

from badges.badge import LINK, Badge
from badges.layout import lines
from badges.layout_file import ready_layout
from badges.raster import drawn, on_width, the_layout
from tests.badges.reading import ATTACKS, codes_in, drawn_blocks

EDL = "edl_" + "Az09-_xYz8" * 5
NEAR = f"http://192.168.178.25:8080/booking/{EDL}"
FAR = f"https://registration.conference-of-the-year.example.org/booking/{EDL}"


def slip(address: str = NEAR, name: str = "Ada Lovelace") -> Badge:
    """Make the slip of a link."""
    return Badge(
        name=name,
        line_two="Booking K7QM-2X9P",
        ticket_type="Scan: see, change, cancel",
        event="Night of the Engines",
        token=address,
        ticket_code="",
        layout=LINK,
        language="en",
    )


def blocks_of(said: list[str]) -> list[str]:
    return [line for line in said if line and set(line) <= set(" █▀▄")]


def blurred(page: Image.Image) -> Image.Image:
    """The page as a phone sees it: two fifths of its dots."""
    return page.convert("L").resize((page.width * 2 // 5, page.height * 2 // 5))


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("address", [NEAR, FAR])
def test_the_code_reads_back_off_a_label_also_seen_by_a_camera(address: str, dpi: int) -> None:
    [page] = drawn(slip(address), None, dpi=dpi)
    assert page.width == round(62 / 25.4 * {203: 203.2}.get(dpi, dpi))
    assert codes_in(blurred(page)) == [address]


@pytest.mark.parametrize(("width", "address"), [(384, NEAR), (384, FAR), (576, FAR)])
def test_the_code_reads_back_off_receipts_of_58_and_80_mm(width: int, address: str) -> None:
    [page] = drawn(slip(address), None, dpi=203, widest=width)
    paper = on_width(page, width)
    assert codes_in(paper) == [address]


@pytest.mark.parametrize("address", [NEAR, FAR])
def test_the_code_reads_back_off_a_text_printer_with_48_columns(address: str) -> None:
    said = lines(slip(address), columns=48)
    assert codes_in(drawn_blocks(blocks_of(said), ink=0, paper=255, margin=24)) == [address]


@pytest.mark.parametrize(("columns", "with_qr"), [(32, True), (48, False)])
def test_where_no_code_fits_the_address_is_there_to_be_typed(columns: int, with_qr: bool) -> None:
    said = lines(slip(), columns=columns, with_qr=with_qr)
    assert blocks_of(said) == []
    assert max(map(len, said)) <= columns
    assert "No QR code fits on this paper." in " ".join(said)
    assert NEAR in "".join(said)


def test_a_ticket_s_token_is_never_printed_to_be_typed() -> None:
    said = lines(Badge("Ada", "", "VIP", "Fair", "SECRET" * 10, "K7QM-2X9P"), columns=20)
    assert "SECRET" not in "".join(said)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_name_hides_the_code(name: str) -> None:
    [page] = drawn(slip(name=name), None, dpi=203)
    assert codes_in(page) == [NEAR]


def test_no_printer_s_layout_replaces_that_of_the_slip() -> None:
    assert the_layout(slip(), ready_layout("card-4x3")) is ready_layout(LINK)
