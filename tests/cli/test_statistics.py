"""The figures of an event on the command line: shown, as JSON, as CSV, and saved."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from data.store import Store
from eventdesk.door import check_in
from tests.build import NOON, STAFF, Fair, make_fair
from tests.cli.conftest import Call


@pytest.fixture
def fair_at_home(home: Path) -> Fair:
    with Store.create(home) as store:
        fair = make_fair(store, "Fair </text> =1+1")
        booked = fair.sell_all(["Ada Lovelace", "Grace Hopper"])
        scan = fair.scan(fair.token(booked), gate_id=fair.gate.id)
        check_in(store, STAFF.at(NOON), scan)
        check_in(store, STAFF.at(NOON), fair.scan("nothing of ours"))
        return fair


@pytest.mark.usefixtures("fair_at_home")
def test_shows_figures_and_a_chart(call: Call) -> None:
    shown = call("statistics")
    assert shown.exit_code == 0
    assert "expected 2  in 1  inside now 1  out 0" in shown.output
    assert "people a minute" in shown.output
    assert "Ada" not in shown.output


@pytest.mark.usefixtures("fair_at_home")
def test_says_everything_as_json(call: Call) -> None:
    told = json.loads(call("statistics", "--json").stdout)
    assert (told["expected"], told["in"], told["inside"], told["to_come"]) == (2, 1, 1, 1)
    assert told["refused"] == {"unknown": 1}
    assert told["by_gate"][0]["entries"] == 1
    assert sum(told["arrivals"]["a_minute"]) == 1
    at_gate = json.loads(call("statistics", "--json", "--gate", "gate a").stdout)
    assert (at_gate["in"], at_gate["expected"], at_gate["refused"]) == (1, None, {})


@pytest.mark.usefixtures("fair_at_home")
def test_prints_a_panel_as_csv(call: Call) -> None:
    rows = list(csv.reader(io.StringIO(call("statistics", "--panel", "types", "--csv").stdout)))
    assert rows[0] == ["Name", "inside (tickets)", "out (tickets)", "to come (tickets)"]
    assert rows[1] == ["Regular", "1", "0", "1"]


@pytest.mark.usefixtures("fair_at_home")
@pytest.mark.parametrize("form", ["svg", "png", "pdf", "csv"])
@pytest.mark.parametrize("panel", ["arrivals", "refused", "sessions", "sales"])
def test_saves_a_panel(call: Call, tmp_path: Path, form: str, panel: str) -> None:
    path = tmp_path / f"{panel}.{form}"
    assert call("statistics", "--panel", panel, "--save", str(path)).exit_code == 0
    content = path.read_bytes()
    begins = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "csv": b"\xef\xbb\xbf"}
    assert content.startswith(begins[form])
    if form == "svg":
        ElementTree.fromstring(content)


@pytest.mark.usefixtures("fair_at_home")
def test_says_what_there_is_where_something_is_not(call: Call, tmp_path: Path) -> None:
    unknown = call("statistics", "--panel", "weather")
    assert unknown.exit_code == 2
    assert "arrivals, gates" in unknown.stderr
    assert "kind “room”" in call("statistics", "--panel", "rooms").stderr
    form = call("statistics", "--save", str(tmp_path / "chart.bmp"))
    assert form.exit_code == 2
    assert ".svg, .png, .pdf or .csv" in form.stderr
    assert "Gate A" in call("statistics", "--gate", "Gate Z").stderr


@pytest.mark.usefixtures("fair_at_home")
def test_the_wall_needs_a_terminal(call: Call) -> None:
    refused = call("wall")
    assert refused.exit_code == 2
    assert "needs a terminal" in refused.stderr
