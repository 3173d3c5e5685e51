"""Layouts on the command line: listed, checked, drawn, copied, used."""

from pathlib import Path

from PIL import Image

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.printing import badge_preview
from tests.badges.reading import codes_in
from tests.build import make_fair
from tests.cli.conftest import Call


def test_a_layout_is_copied_changed_checked_used_and_drawn(
    call: Call, home: Path, tmp_path: Path
) -> None:
    with Store.create(home) as store:
        fair = make_fair(store)
        sold = fair.sell("Ada Lovelace")
        token = fair.token(sold)
        code = badge_preview(store, SYSTEM, sold.ticket_ids[0]).ticket_code
    copied = call("layout", "copy", "card-4x3", "vip")
    assert copied.exit_code == 0, copied.output
    own = Path(copied.stdout.strip())
    assert own == home / "layouts" / "vip.toml"
    text = own.read_text()
    assert call("layout", "show", "vip").stdout == text

    own.write_text(text.replace("size = 48", "size = 4800"))
    wrong = call("layout", "check", "vip")
    assert wrong.exit_code == 2
    assert "vip.toml, line" in wrong.stderr
    assert "size is 4800" in wrong.stderr
    assert call("layout", "use", "vip").exit_code == 2
    listed = call("layout", "list").stdout
    assert "broken" in listed
    assert "receipt-80" in listed

    own.write_text(text)
    assert "101.6 x 76.2 mm, 1 side(s)" in call("layout", "check", str(own)).stdout
    assert call("layout", "use", "vip", "--correction").exit_code == 0
    assert "Demo Days" in call("layout", "list").stdout
    picture = tmp_path / "badge.png"
    drawn = call("layout", "preview", "vip", str(picture), "--ticket", code, "--dpi", "203")
    assert drawn.exit_code == 0, drawn.output
    with Image.open(picture) as opened:
        assert codes_in(opened) == [token]


def test_the_second_side_is_drawn_where_there_is_one(call: Call, tmp_path: Path) -> None:
    picture = tmp_path / "back.png"
    assert call("layout", "preview", "a6", str(picture), "--back").exit_code == 0
    assert picture.exists()
    assert call("layout", "preview", "label-62", str(picture), "--back").exit_code == 2
    assert call("layout", "preview", "a6", str(picture / "x.png")).exit_code == 2
    assert call("layout", "show", "nothing").exit_code == 2
