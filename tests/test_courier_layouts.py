"""A printer with a layout of its own: badges look as the file says now, and always come out."""

from pathlib import Path

import pytest
from PIL import Image

from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.printing import Health
from eventdesk.printing import list_printers
from eventdesk.spooler import Spooler
from tests.badge_jobs import admit, set_up, states
from tests.build import Fair

LAYOUT = """
title = "Card"
width = {width}
height = 30

[[front]]
text = "{{name}}"
x = 1
y = 1
width = 40
height = 20
size = 8
"""


@pytest.fixture
def layout(fair: Fair) -> Path:
    path = fair.store.home / "layouts" / "card.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(LAYOUT.format(width=60))
    return path


def _print(fair: Fair, spooler: Spooler, name: str) -> None:
    admit(fair, name, now=utc_now())
    assert spooler.deliver_due() == 1


def _width(folder: Path, name: str) -> int:
    (picture,) = folder.glob(f"{name} *.png")
    with Image.open(picture) as opened:
        return opened.width


def test_a_layout_that_is_changed_is_the_one_of_the_next_badge(
    fair: Fair, layout: Path, tmp_path: Path
) -> None:
    set_up(fair, "A", f"folder+png:{tmp_path}", layout="card", now=utc_now())
    spooler = Spooler(fair.store, None, backups=False)
    _print(fair, spooler, "Ada")
    layout.write_text(LAYOUT.format(width=90))
    _print(fair, spooler, "Grace")
    assert _width(tmp_path, "Grace") > 1.4 * _width(tmp_path, "Ada")


@pytest.mark.parametrize("content", [None, "", "title = ", LAYOUT[:40]])
def test_a_layout_that_goes_or_is_half_written_stays_as_it_was_until_it_is_whole(
    fair: Fair, layout: Path, tmp_path: Path, content: str | None
) -> None:
    set_up(fair, "A", f"folder+png:{tmp_path}", layout="card", now=utc_now())
    spooler = Spooler(fair.store, None, backups=False)
    _print(fair, spooler, "Ada")
    layout.unlink()
    if content is not None:
        layout.write_text(content)
    _print(fair, spooler, "Grace")
    assert _width(tmp_path, "Grace") == _width(tmp_path, "Ada")
    layout.write_text(LAYOUT.format(width=90))
    _print(fair, spooler, "Jean")
    assert _width(tmp_path, "Jean") > _width(tmp_path, "Ada")


def test_a_printer_whose_layout_was_missing_prints_once_it_is_there(
    fair: Fair, layout: Path, tmp_path: Path
) -> None:
    set_up(fair, "A", f"folder+png:{tmp_path}", layout="card", now=utc_now())
    whole = layout.read_text()
    layout.unlink()
    spooler = Spooler(fair.store, None, backups=False)
    admit(fair, "Ada", now=utc_now())
    assert spooler.deliver_due() == 0
    (view,) = list_printers(fair.store, SYSTEM)
    assert view.status.health is Health.ERROR
    assert "layout" in str(view.status.text)
    layout.write_text(whole)
    assert spooler.deliver_due() == 1
    assert states(fair.store)["printed"] == 1
    (view,) = list_printers(fair.store, SYSTEM)
    assert view.status.health.prints
