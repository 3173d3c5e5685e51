"""The page of a phone at the door, in a real Chromium, with a camera that plays a film."""

from pathlib import Path

from eventdesk.accounts import list_devices
from eventdesk.acts import SYSTEM
from eventdesk.door import recent_scans
from tests.build import Fair
from tests.web.scan.browsing import chromium, needs_browser, phone, write_film
from tests.web.serving import Served

pytestmark = needs_browser


def test_a_phone_is_paired_by_an_address_and_lets_in_who_shows_a_ticket(
    fair: Fair, house: Served, code: str, tmp_path: Path
) -> None:
    text = fair.token(fair.sell("Ada Lovelace"))
    film = write_film(tmp_path / "film.mjpeg", [text])
    with chromium(film) as browser, phone(browser, house.url) as page:
        page.goto(f"/pair#{code}")
        page.wait_for_url("**/scan")
        page.get_by_role("heading", name="Demo Days · Main entrance · Gate A").wait_for()
        page.get_by_role("button", name="Start").click()
        verdict = page.locator("#verdict[data-outcome=admitted]")
        verdict.wait_for()
        assert page.locator("#word").inner_text() == "Admitted"
        assert page.locator("#guest").inner_text() == "Ada Lovelace"
        assert page.locator("body").get_attribute("data-reads") == "zxing-wasm"
        page.get_by_text("1 of 1 admitted").wait_for()
    [scan] = recent_scans(fair.store, SYSTEM, fair.door.id)[-1:]
    assert (scan.name, scan.outcome, scan.gate) == ("Ada Lovelace", "admitted", "Gate A")
    [device] = list_devices(fair.store, SYSTEM, fair.event.id)
    assert scan.operator_id == device.id
