"""The pages of a phone at the door as they are served: what a browser may do, and their files."""

import re
from itertools import chain

import pytest

from eventdesk.core.messages import SPOKEN
from eventdesk.door import ListKind, Outcome
from eventdesk.web.pages import scan as scan_module
from eventdesk.web.pages.assets import FOLDER, asset, has_asset
from eventdesk.web.pages.scan import DECODER, DECODER_WASM, outcomes
from tests.web.pages.reading_pages import Page
from tests.web.serving import Served

HTML = {"accept": "text/html"}
MODULES = sorted(path.name for path in (FOLDER / "scan").glob("*.js"))


class PageWithScripts(Page):
    """A page that may have scripts of files, and words as data, but no code of its own."""

    def _need_no_script(self) -> None:
        for each in self.all("script"):
            if each.attributes.get("type") == "application/json":
                continue
            assert each.attributes["type"] == "module"
            assert each.attributes["src"].startswith("/static/")
            assert not each.text.strip()
        without = [each for each in self.elements if each.name != "script"]
        everything, self.elements = self.elements, without
        super()._need_no_script()
        self.elements = everything


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("path", ["/scan", "/pair"])
def test_each_page_is_whole_in_each_language(house: Served, path: str, language: str) -> None:
    answer = house.http.get(path, headers={**HTML, "accept-language": language})
    assert answer.status_code == 200
    page = PageWithScripts(answer.text)
    page.need_good(language)


@pytest.mark.parametrize("path", ["/scan", "/pair"])
def test_only_scripts_of_this_house_run_and_the_camera_is_for_the_page_alone(
    house: Served, path: str
) -> None:
    headers = house.http.get(path, headers=HTML).headers
    said = [each.split() for each in headers["content-security-policy"].split(";")]
    policy = {name: values for name, *values in said}
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    for each in ("worker-src", "connect-src", "style-src", "form-action"):
        assert policy[each] == ["'self'"]
    assert not [each for each in chain(*policy.values()) if each.startswith(("http", "*"))]
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert "camera=(self)" in headers["permissions-policy"]


def test_files_of_a_folder_find_one_another_and_are_kept_for_ever(house: Served) -> None:
    for name in MODULES:
        there = asset(f"scan/{name}")
        answer = house.http.get(there.address)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        assert "'wasm-unsafe-eval'" in answer.headers["content-security-policy"]
        folder = there.address.rpartition("/")[0]
        for each in re.findall(r'from "\./([^"]+)"|URL\("\./([^"]+)"', answer.text):
            assert house.http.get(f"{folder}/{''.join(each)}").status_code == 200
    wrong = asset("scan/page.js").address.replace("scan.", "scan.0")
    assert house.http.get(wrong).status_code == 404
    assert house.http.get("/static/scan/page.js").status_code == 404
    assert house.http.get("/static/../pages/scan.py").status_code == 404


@pytest.mark.skipif(not has_asset(DECODER), reason="the decoder is not there: make assets")
def test_the_decoder_is_served_as_what_it_is(house: Served) -> None:
    assert house.http.get(asset(DECODER).address).headers["content-type"].startswith("text/javas")
    assert house.http.get(asset(DECODER_WASM).address).headers["content-type"] == "application/wasm"
    body = PageWithScripts(house.http.get("/scan", headers=HTML).text).one("body")
    assert body.attributes["data-decoder"] == asset(DECODER).address


def test_without_the_decoder_the_page_is_there_all_the_same(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_module, "has_asset", lambda _name: False)
    body = PageWithScripts(house.http.get("/scan", headers=HTML).text).one("body")
    assert body.attributes["data-decoder"] == body.attributes["data-wasm"] == ""


def test_scripts_write_texts_and_never_markup_and_ask_nobody_else() -> None:
    for name in MODULES:
        code = (FOLDER / "scan" / name).read_text(encoding="utf-8")
        for each in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert each not in code, name
        assert not re.search(r"https?://", code), name


def test_each_outcome_has_a_look_a_sign_and_a_word() -> None:
    told = outcomes()
    assert len(told) == len(ListKind) * len(Outcome)
    for each in told.values():
        assert each["tone"] in ("good", "care", "stop")
        assert each["sign"]
        assert each["word"]
