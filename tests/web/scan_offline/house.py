"""A house that goes away and comes back at the same address, and a phone at its door."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route as At

from eventdesk.accounts import DeviceProfile, NewDevice, offer_pairing, pair_device
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.core.clock import utc_now
from eventdesk.web import app
from eventdesk.web.pages.offline import SCRIPTS
from eventdesk.web.pages.routes import page_routes
from eventdesk.web.serving import listening
from tests.build import Fair
from tests.figures.crowd import set_event
from tests.web.serving import Served, served, until

HERE = Path(__file__).parent

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; img-src 'self' data:"
)


@pytest.fixture
def trial_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the page of the trial where the page of the door stands."""

    async def page(_request: Request) -> Response:
        text = (HERE / "trial.html").read_text(encoding="utf-8")
        return HTMLResponse(text, headers={"content-security-policy": POLICY})

    async def script(request: Request) -> Response:
        name = request.path_params["name"]
        folder = HERE if name == "trial.js" else SCRIPTS
        headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
        return FileResponse(folder / name, media_type="text/javascript", headers=headers)

    def with_trial(*given: Any) -> list[At]:
        ours = [At("/scan", page), At("/static/scan/{name}", script)]
        return [*ours, *page_routes(*given)]

    monkeypatch.setattr(app, "page_routes", with_trial)


@dataclass
class House:
    """The fair's house, which is served or not."""

    fair: Fair
    port: int = 0
    there: Served | None = None
    _block: ExitStack = field(default_factory=ExitStack)

    def open(self) -> None:
        """Serve it, at the port where it was before."""
        self.there = self._block.enter_context(served(self.fair.store, port=self.port))
        self.port = int(self.there.url.rsplit(":", 1)[1])

    def close(self) -> None:
        """End it: nobody answers at its port."""
        self._block.close()
        self.there = None

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Have its port take connections, and nobody behind it."""
        assert self.there is None
        with listening("127.0.0.1", self.port):
            yield

    def phone(self, list_id: UUID, name: str = "phone", gate_id: UUID | None = None) -> NewDevice:
        """Pair a phone with one door."""
        now = self.fair.store.clock()
        profile = DeviceProfile(list_id=list_id, gate_id=gate_id)
        offer = offer_pairing(self.fair.store, SYSTEM.at(now), self.fair.event.id, profile=profile)
        return pair_device(self.fair.store, VISITOR.at(now), offer.code, name=name)


@pytest.fixture
def house(fair: Fair, trial_page: None) -> Iterator[House]:
    """The fair, today."""
    now = utc_now()
    set_event(fair, starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=8))
    made = House(fair)
    made.open()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser that is there, driven by playwright; without either, a skip."""
    driver = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium here")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Phone:
    """A browser's profile at the door.

    Attributes:
        context: Its profile: what one tab keeps the others have, too.
        page: Its tab.
    """

    house: House
    context: Any
    device: NewDevice
    page: Any

    def scan(self, text: str, **more: Any) -> dict[str, Any]:
        """Scan one code, and say what was shown."""
        said: dict[str, Any] = self.page.evaluate(
            "([text, more]) => scan(text, more)", [text, more]
        )
        return said

    def says(self, text: str, **more: Any) -> tuple[str, str]:
        """Who decided a scan, and what."""
        said = self.scan(text, **more)
        return said["by"], said["outcome"]

    def state(self) -> dict[str, Any]:
        """What the page would show."""
        said: dict[str, Any] = self.page.evaluate("() => its().state()")
        return said

    def rows(self, name: str) -> list[dict[str, Any]]:
        """What the browser keeps."""
        said: list[dict[str, Any]] = self.page.evaluate("(name) => rows(name)", name)
        return said

    def until(self, condition: str) -> None:
        """Wait until a state `s` of the pipe is so."""
        self.until_true(f"async () => {{ const s = await its().state(); return {condition}; }}")

    def until_true(self, script: str) -> None:
        """Wait until a script says so; playwright takes a promise itself for a yes."""
        until(lambda: self.page.evaluate(script))

    def tab(self) -> "Phone":
        """Open another tab of it."""
        page = self.context.new_page()
        page.goto(f"http://127.0.0.1:{self.house.port}/scan")
        page.wait_for_function("() => window.isReady")
        return Phone(self.house, self.context, self.device, page)

    def reload(self) -> None:
        """Load the page anew."""
        self.page.reload()
        self.page.wait_for_function("() => window.isReady")


@contextmanager
def at_door(chromium: Any, house: House, list_id: UUID, name: str = "phone") -> Iterator[Phone]:
    """Have a phone open the page, keep it, and fetch its list."""
    device = house.phone(list_id, name)
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{house.port}/scan")
        page.wait_for_function("() => window.isReady")
        given = {"secret": device.secret, "list": str(list_id), "device": str(device.device.id)}
        page.evaluate("(given) => begin({ gate: null, ...given })", given)
        assert page.evaluate("() => keepPage()")
        yield Phone(house, context, device, page)
    finally:
        context.close()
