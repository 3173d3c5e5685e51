"""Every use case and command that writes a file, tried at the files of the home."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from data.store import FILE_NAME
from eventdesk.acts import SYSTEM, Actor
from eventdesk.acts.catalogue import use_cases
from eventdesk.cli import cli
from eventdesk.core.errors import EventDeskError, InvalidInputError, NotAllowedError
from eventdesk.core.keyring import FILE_NAME as KEY_FILE
from eventdesk.core.money import Money
from eventdesk.core.settings import FILE_NAME as SETTINGS
from eventdesk.exchange import Listing, export_tickets, pack_event, refresh_mirror
from eventdesk.exchange.exports.exporting import (
    export_events,
    export_payments,
    export_sessions,
    export_transactions,
)
from eventdesk.figures import (
    PanelForm,
    ReportForm,
    Span,
    door_panels,
    revenue_report,
    save_panel,
    save_report,
    shift_report,
    standing,
)
from eventdesk.money import export_document, issue_invoice, open_shift
from eventdesk.printing import Wanted, plan_badges, reprint_sheets, ticket_badge
from eventdesk.tables.files import Form
from tests.build import ATTENDEE, NOON, SUPERVISOR, Fair

Write = Callable[[Fair, Actor, Path, bool], Any]


def tickets(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    return export_tickets(
        fair.store,
        actor.at(NOON),
        Listing.ATTENDEES,
        Form.CSV,
        event_id=fair.event.id,
        path=path,
        overwrite=overwrite,
    )


def payments(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    event_id = fair.event.id
    return export_payments(
        fair.store, actor.at(NOON), Form.XLSX, event_id=event_id, path=path, overwrite=overwrite
    )


def transactions(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    event_id = fair.event.id
    return export_transactions(
        fair.store, actor.at(NOON), Form.CSV, event_id=event_id, path=path, overwrite=overwrite
    )


def sessions(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    event_id = fair.event.id
    return export_sessions(
        fair.store, actor.at(NOON), Form.JSON, event_id=event_id, path=path, overwrite=overwrite
    )


def events(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    return export_events(fair.store, actor.at(NOON), Form.CSV, path=path, overwrite=overwrite)


def archive(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    return pack_event(
        fair.store,
        actor.at(NOON),
        fair.event.id,
        passphrase="correct horse battery",
        path=path,
        overwrite=overwrite,
    )


def document(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    issued = issue_invoice(fair.store, SYSTEM.at(NOON), fair.sell().booking_id)
    return export_document(
        fair.store, actor, issued.id, form="txt", target=path, overwrite=overwrite
    )


def report(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    made = revenue_report(fair.store, SYSTEM.at(NOON), fair.event.id)
    return save_report(fair.store, actor, made, form=ReportForm.PDF, path=path, overwrite=overwrite)


def report_as_csv(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    made = revenue_report(fair.store, SYSTEM.at(NOON), fair.event.id)
    return save_report(fair.store, actor, made, form=ReportForm.CSV, path=path, overwrite=overwrite)


def panel(fair: Fair, actor: Actor, path: Path, overwrite: bool) -> Any:
    at = standing(fair.store, SYSTEM.at(NOON), fair.event.id)
    shown = door_panels(at, Span.DAY)[0]
    return save_panel(
        fair.store, actor, at, shown, form=PanelForm.SVG, path=path, overwrite=overwrite
    )


WRITES: dict[Callable[..., Any], Write] = {
    export_tickets: tickets,
    export_payments: payments,
    export_transactions: transactions,
    export_sessions: sessions,
    export_events: events,
    pack_event: archive,
    export_document: document,
    save_report: report,
    save_panel: panel,
}
TARGETS = [FILE_NAME, SETTINGS, f"keys/{KEY_FILE}", "backups/other.db"]


@pytest.fixture
def targets(fair: Fair) -> dict[Path, bytes]:
    """Files of the home that nobody may write over, and what is in them (the store: its size)."""
    (fair.store.home / SETTINGS).write_text('theme = "light"\n')
    (fair.store.home / "backups").mkdir(exist_ok=True)
    (fair.store.home / "backups" / "other.db").write_bytes(b"a backup")
    return {fair.store.home / name: content_of(fair.store.home / name) for name in TARGETS}


def content_of(path: Path) -> bytes:
    return path.read_bytes()[:16]


def places(target: Path, outside: Path) -> list[Path]:
    """The target, around a corner, by a link and by a second name."""
    link, twin = outside / f"link of {target.name}", outside / f"twin of {target.name}"
    link.symlink_to(target)
    os.link(target, twin)
    return [target, target.parent / "exports" / ".." / target.name, link, twin]


@pytest.mark.parametrize("write", [*WRITES.values(), report_as_csv], ids=lambda each: each.__name__)
def test_no_use_case_writes_over_a_file_of_the_home(
    fair: Fair, targets: dict[Path, bytes], tmp_path: Path, write: Write
) -> None:
    for target, content in targets.items():
        for path in places(target, tmp_path):
            inode = target.stat().st_ino
            for overwrite in (False, True):
                if write is report_as_csv and path.parent == tmp_path:
                    continue  # its files have names of their own
                with pytest.raises(InvalidInputError):
                    write(fair, SYSTEM, path, overwrite)
            assert (target.stat().st_ino, content_of(target)) == (inode, content)


@pytest.mark.parametrize("write", WRITES.values(), ids=lambda each: each.__name__)
def test_a_file_that_is_there_is_replaced_only_when_asked(
    fair: Fair, tmp_path: Path, write: Write
) -> None:
    path = tmp_path / "there.file"
    path.write_bytes(b"mine")
    with pytest.raises(InvalidInputError, match="already"):
        write(fair, SYSTEM, path, False)
    assert path.read_bytes() == b"mine"
    write(fair, SYSTEM, path, True)
    assert path.read_bytes() != b"mine"


@pytest.mark.parametrize(
    "write", [each for each in WRITES.values() if each is not archive], ids=lambda e: e.__name__
)
def test_whoever_is_no_admin_writes_among_the_exports_only(
    fair: Fair, tmp_path: Path, write: Write
) -> None:
    exports = fair.store.home / "exports"
    exports.mkdir(exist_ok=True)
    (exports / "out").symlink_to(tmp_path)
    for path in (
        tmp_path / "x.csv",
        Path("..") / "settings.toml",
        Path("out") / "x.csv",
        fair.store.home / FILE_NAME,
    ):
        with pytest.raises(NotAllowedError, match="exports"):
            write(fair, SUPERVISOR, path, False)
    assert not (tmp_path / "x.csv").exists()
    write(fair, SUPERVISOR, Path("mine.file"), False)
    assert (exports / "mine.file").is_file()
    with pytest.raises(NotAllowedError, match="may not replace"):
        write(fair, SUPERVISOR, Path("mine.file"), True)


def test_a_guest_writes_no_file_of_this_machine(fair: Fair, tmp_path: Path) -> None:
    for path in (fair.store.home / FILE_NAME, tmp_path / ".profile"):
        with pytest.raises(NotAllowedError):
            export_events(fair.store, ATTENDEE.at(NOON), Form.CSV, path=path, overwrite=True)
        assert not path.exists() or path.stat().st_size > 100


def test_a_close_out_goes_where_its_operator_may_write(fair: Fair, tmp_path: Path) -> None:
    store, nothing = fair.store, Money(0, "EUR")
    shift = open_shift(
        store, SUPERVISOR.at(NOON), fair.event.id, drawer="Desk 1", float_amount=nothing
    )
    report = shift_report(store, SUPERVISOR.at(NOON), shift.id)
    for path in (fair.store.home / SETTINGS, tmp_path / "x.pdf"):
        with pytest.raises(NotAllowedError):
            save_report(store, SUPERVISOR.at(NOON), report, form="pdf", path=path)


@pytest.mark.parametrize("again", [False, True])
def test_badges_in_advance_go_where_no_file_is_and_their_printer_may_write(
    fair: Fair, tmp_path: Path, again: bool
) -> None:
    store, event_id = fair.store, fair.event.id
    fair.sell()
    batch_id = None
    if again:
        batch_id = plan_badges(
            store, SUPERVISOR.at(NOON), event_id, Wanted(), path=Path("mine.pdf")
        )

    def write(actor: Actor, path: Path) -> Any:
        if batch_id is None:
            return plan_badges(store, actor.at(NOON), event_id, Wanted(), path=path)
        return reprint_sheets(store, actor.at(NOON), batch_id, 1, 1, path=path)

    (tmp_path / "there.pdf").write_bytes(b"mine")
    with pytest.raises(InvalidInputError, match="already"):
        write(SYSTEM, tmp_path / "there.pdf")
    assert (tmp_path / "there.pdf").read_bytes() == b"mine"
    with pytest.raises(InvalidInputError, match="home"):
        write(SYSTEM, store.home / "keys" / "badges.pdf")
    for path in (tmp_path / "x.pdf", Path("..") / "keys" / "x.pdf"):
        with pytest.raises(NotAllowedError, match="exports"):
            write(SUPERVISOR, path)


def test_a_mirror_is_kept_out_of_homes_and_off_the_files_of_others(
    fair: Fair, tmp_path: Path
) -> None:
    for folder in (fair.store.home, fair.store.home / "keys", fair.store.home / "mirror"):
        with pytest.raises(InvalidInputError, match="home folder"):
            refresh_mirror(fair.store, SYSTEM.at(NOON), folder)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "events.csv").write_text("mine")
    with pytest.raises(InvalidInputError, match="was there before"):
        refresh_mirror(fair.store, SYSTEM.at(NOON), tmp_path / "m")
    assert (tmp_path / "m" / "events.csv").read_text() == "mine"
    refresh_mirror(fair.store, SYSTEM.at(NOON), tmp_path / "m", overwrite=True)
    assert (tmp_path / "m" / "events.csv").read_text() != "mine"


def test_every_use_case_that_takes_a_place_for_a_file_is_tried_here() -> None:
    reads = {
        *("bring_event", "preview_statement", "import_statement", "check_backup"),
        *("add_logo", "set_sponsor_logo", "look_at", "check_import", "run_import"),
        *("look_into_archive", "preview_provider_fees", "import_provider_fees"),
        *("preview_schedule", "import_schedule"),
    }
    tried = {each.__name__ for each in WRITES} | {"refresh_mirror", "plan_badges", "reprint_sheets"}
    taking = {
        use_case.__name__
        for use_case in use_cases()
        if {"path", "target", "folder"} & set(inspect.signature(use_case.body).parameters)
    }
    assert taking - tried - reads == set()


# Commands

COMMANDS = {
    "export": ("export", "attendees", "--to", "PATH"),
    "report": ("report", "revenue", "--format", "pdf", "--to", "PATH"),
    "statistics": ("statistics", "--save", "PATH.svg"),
    "archive": ("archive", "write", "--to", "PATH"),
    "layout": ("layout", "preview", "a6", "PATH"),
    "ticket png": ("ticket", "show", "CODE", "--png", "PATH"),
    "ticket svg": ("ticket", "show", "CODE", "--svg", "PATH"),
    "ticket export": ("ticket", "export", "--to", "PATH"),
    "rehearse": ("rehearse", "--report", "PATH"),
    "demo-video": ("demo-video", "PATH.mp4", "--scenes", "1"),
    "invoice": ("invoice", "export", "INVOICE", "--to", "PATH.pdf"),
    "mirror": ("export", "--mirror", "PATH"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_writes_into_the_home(
    fair: Fair, targets: dict[Path, bytes], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENTDESK_PASSPHRASE", "correct horse battery")
    booked = fair.sell()
    invoice = issue_invoice(fair.store, SYSTEM.at(NOON), booked.booking_id).name
    words = {
        "CODE": ticket_badge(fair.store, SYSTEM, booked.ticket_ids[0]).ticket_code,
        "INVOICE": invoice,
    }
    before = sorted(fair.store.home.rglob("*"))
    for target, content in targets.items():
        for overwrite in ((), ("--overwrite",)):
            given = [words.get(each, each.replace("PATH", str(target))) for each in COMMANDS[name]]
            done = CliRunner().invoke(cli, ["--home", str(fair.store.home), *given, *overwrite])
            assert done.exit_code in (1, 2), (given, done.output)
            assert not isinstance(done.exception, EventDeskError | OSError)
            assert content_of(target) == content
    logs = {"eventdesk.db-shm", "eventdesk.db-wal"}
    new = [each for each in fair.store.home.rglob("*") if each not in before]
    assert [each for each in new if each.name not in logs] == []


def test_a_command_refuses_a_file_that_is_there_and_says_how_to_replace_it(
    fair: Fair, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("mine")
    given = ["--home", str(fair.store.home), "export", "attendees", "--to", str(path)]
    done = CliRunner().invoke(cli, given)
    assert done.exit_code == 2
    assert "already" in done.output
    assert "--overwrite" in done.output
    assert path.read_text() == "mine"
    assert CliRunner().invoke(cli, [*given, "--overwrite"]).exit_code == 0
    assert path.read_text() != "mine"
