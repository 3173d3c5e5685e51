"""The whole program in a real terminal, from the first frame to the badge on the disk."""

from pathlib import Path

from badges.qr import png
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.clock import utc_now
from eventdesk.door import counters
from eventdesk.exercises.demo.fill import PASSWORD, STAFF, STAFF_PIN, fill_demo
from eventdesk.exercises.demo.film import film
from tests.terminal import Terminal


def test_a_guest_is_read_from_a_video_let_in_and_gets_a_badge(tmp_path: Path) -> None:
    home, video = tmp_path / "home", tmp_path / "guests.avi"
    with Store.create(home) as store:
        made = fill_demo(store, size=5, seed=1, now=utc_now())
        film(store, made.list, video, scenes=1, seed=0)
    arguments = ["kiosk", "--camera", str(video), "--list", str(made.list.id), "--no-sounds"]
    with Terminal(home, arguments) as terminal:
        terminal.wait_for("Welcome")
        for keys in ("\x11", "\x03", "\x1a", "\x10", "\x1b[21~", "q"):  # quit, interrupt, …
            terminal.press(keys)
        terminal.read_for(1.0)
        assert not terminal.ended, terminal.text[-500:]
        with Store(home) as store:
            assert counters(store, SYSTEM, made.list.id).admitted == 1
        badges = home / "badges"
        terminal.read_for(1.0)
        assert len(list(badges.glob("*.txt"))) == 1


def test_the_staff_pin_closes_a_kiosk(tmp_path: Path) -> None:
    home, pictures = tmp_path / "home", tmp_path / "pictures"
    pictures.mkdir()
    with Store.create(home) as store:
        made = fill_demo(store, size=2, seed=1, now=utc_now())
        (token,) = some_tokens(store, SYSTEM, made.event.id, limit=1)
    (pictures / "one.png").write_bytes(png(token))
    with Terminal(home, ["kiosk", "--camera", str(pictures), "--list", "Main"]) as terminal:
        terminal.wait_for("Welcome")
        terminal.wait_for("Hold your ticket")
        terminal.press("\x1b[21~")  # F10
        terminal.wait_for("PIN")
        terminal.press(STAFF_PIN + "\r")
        terminal.wait_for("Staff menu")
        terminal.press("\x1b[F")  # End: the lines are as high as a finger
        terminal.wait_for("Close")
        assert not terminal.ended


def test_a_typed_code_checks_in_at_the_desk_and_ctrl_q_ends_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        made = fill_demo(store, size=2, seed=1, now=utc_now())
        (token,) = some_tokens(store, SYSTEM, made.event.id, limit=1)
    with Terminal(home, ["desk", "--list", "Main", "--no-sounds"]) as terminal:
        terminal.wait_for("Main entrance")
        terminal.read_for(0.5)
        terminal.press(token + "\r")
        terminal.wait_for("Admitted")
        terminal.press("\x11")
        assert terminal.wait_for_end() == 0
    with Store(home) as store:
        assert counters(store, SYSTEM, made.list.id).admitted == 1


def test_a_password_manager_may_type_everything_in_one_go(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        fill_demo(store, size=2, seed=1, now=utc_now())
    with Terminal(home, ["open", "--no-sounds"]) as terminal:
        terminal.wait_for("to work at the door")
        terminal.read_for(0.5)
        terminal.press(f"{STAFF[0]}\t{PASSWORD}\r")
        terminal.wait_for("What do you want to do?")
