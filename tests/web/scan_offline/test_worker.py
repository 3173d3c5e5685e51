"""The worker that keeps the page, and how the page is installed."""

import json
from pathlib import Path
from typing import Any

import pytest

from eventdesk.core.messages import SPOKEN
from eventdesk.web.pages import offline
from eventdesk.web.pages.offline import version
from tests.build import Fair
from tests.web.scan_offline.house import House, Phone, at_door


def test_the_worker_has_the_page_alone_and_may_fetch_from_here_alone(house: House) -> None:
    assert house.there is not None
    answer = house.there.http.get("/sw.js?lang=de")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["service-worker-allowed"] == "/scan"
    assert answer.headers["cache-control"] == "no-cache"
    policy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    assert answer.headers["content-security-policy"] == policy
    assert f'VERSION = "{version()}"' in answer.text


@pytest.mark.parametrize("language", SPOKEN)
def test_the_page_can_be_installed(house: House, language: str) -> None:
    assert house.there is not None
    answer = house.there.http.get("/scan.webmanifest", headers={"accept-language": language})
    assert answer.headers["content-type"] == "application/manifest+json"
    made = json.loads(answer.text)
    assert (made["lang"], made["start_url"], made["display"]) == (language, "/scan", "standalone")
    [icon] = made["icons"]
    assert house.there.http.get(icon["src"]).headers["content-type"] == "image/svg+xml"


def test_another_file_is_another_version(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(offline, "FOLDER", tmp_path)
    made = []
    for text in ("one", "two", "two"):
        (tmp_path / "page.js").write_text(text, encoding="utf-8")
        version.cache_clear()
        made.append(version())
    version.cache_clear()
    assert made[0] != made[1] == made[2]


@pytest.mark.long
def test_the_page_is_kept_without_a_name_and_renewed_at_the_next_visit(
    fair: Fair, house: House, chromium: Any, monkeypatch: Any
) -> None:
    door = fair.list("Field", offline=True).id
    names = "async () => (await caches.keys()).sort()"
    with at_door(chromium, house, door) as phone:
        kept = phone.page.evaluate(
            "async () => (await (await caches.open((await caches.keys())[0])).keys())"
            ".map((each) => new URL(each.url).pathname)"
        )
        scripts = {"trial", "ask", "decide", "list", "queue", "storage", "offline"}
        assert set(kept) == {"/scan", *(f"/static/scan/{each}.js" for each in scripts)}
        [old] = phone.page.evaluate(names)
        house.close()
        phone.reload()
        monkeypatch.setattr(offline, "version", lambda: "another")
        offline._worker.cache_clear()
        house.open()
        phone.reload()
        phone.until_true(
            "async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting)"
        )
        phone.page.goto("about:blank")
        page = phone.context.new_page()
        phone.page.close()
        page.goto(f"http://127.0.0.1:{house.port}/scan")
        again = Phone(house, phone.context, phone.device, page)
        again.until_true("async () => String(await caches.keys()).match(/another/) && true")
        assert old not in page.evaluate(names)
    offline._worker.cache_clear()
