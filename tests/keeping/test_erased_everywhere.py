"""Erasing somebody who is everywhere: what the home still holds of them is named in the answer."""

import gzip
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from data.schema import AnnouncementRow, ScanRow
from data.store import FILE_NAME
from eventdesk.acts import SYSTEM, Actor, verify_audit
from eventdesk.door import ScanSource, check_in
from eventdesk.events import Audience, NewAnnouncement, hand_out, send_announcement
from eventdesk.exchange import Listing, export_tickets
from eventdesk.keeping import Erased, erase_account, erase_guest
from eventdesk.money import add_vouchers, issue_invoice
from eventdesk.tables.files import Form
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.keeping.test_erased_bytes import in_tables
from tests.payments import eur
from tests.people import make_guest

AFTER = NOON + timedelta(days=30)
NAME = "Xylophontes Quvzwerk"
RARE = ("xylophontes", "quvzwerk")


def texts_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and of what is packed in it."""
    yield path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from map(archive.read, archive.namelist())
    elif path.suffix == ".gz":
        yield gzip.decompress(path.read_bytes())


def files_with(home: Path, *words: str) -> set[str]:
    """Files of the home that hold one of these words, but backups and keys."""
    return {
        str(inside)
        for path in home.rglob("*")
        if path.is_file()
        and (inside := path.relative_to(home)).parts[0] not in ("backups", "keys")
        and any(word.encode() in text.lower() for text in texts_of(path) for word in words)
    }


def said(erased: Erased) -> list[str]:
    return [each.what for each in erased.kept]


@pytest.fixture
def guest(fair: Fair) -> Actor:
    """Somebody with an account whom texts, papers and files of others name."""
    store = fair.store
    guest = make_guest(store, NAME)
    fair.sell(NAME, account_id=guest.id)
    for typed in ("quvzwerk", f"Frau {NAME}", "Quvzwerk, Xylophontes"):
        check_in(store, STAFF.at(NOON), fair.scan(typed, source=ScanSource.TYPED))
    for new in (
        NewAnnouncement(f"{NAME} is ill", "No talk at four.", Audience.ALL),
        NewAnnouncement("A lost bag", f"It belongs to {NAME}.", Audience.ALL),
    ):
        send_announcement(store, SUPERVISOR.at(NOON), fair.event.id, new)
    add_vouchers(store, SUPERVISOR.at(NOON), fair.event.id, value=eur(500), note=f"for {NAME}")
    for form in (Form.CSV, Form.XLSX):
        export_tickets(store, SUPERVISOR.at(NOON), Listing.ATTENDEES, form, event_id=fair.event.id)
    report = store.home / "exports" / "old.csv.gz"
    report.write_bytes(gzip.compress(f"1,{NAME},VIP\n".encode()))
    log = store.home / f"{FILE_NAME}-wal.of-1a2b"
    log.write_bytes((store.home / f"{FILE_NAME}-wal").read_bytes())
    return guest


def test_what_the_home_still_holds_of_somebody_is_named(fair: Fair, guest: Actor) -> None:
    home = fair.store.home
    other = fair.sell("Olu Other", email="olu@example.org")
    invoice = issue_invoice(
        fair.store, SUPERVISOR.at(NOON), other.booking_id, recipient=f"Olu Other\nc/o {NAME}"
    )
    assert len(files_with(home, *RARE)) == 5
    erased = erase_account(fair.store, guest.at(AFTER))
    assert f"invoice {invoice.name}" in said(erased)
    left = files_with(home, *RARE)
    assert left - {FILE_NAME} == {each for each in said(erased) if (home / each).is_file()}
    assert f"{FILE_NAME}-wal.of-1a2b" in left
    assert in_tables(home / FILE_NAME, RARE) == ["table invoice: " + word for word in RARE]
    assert verify_audit(fair.store, SYSTEM).problems == ()


def test_nothing_is_named_that_names_nobody_any_more(fair: Fair, guest: Actor) -> None:
    home = fair.store.home
    for name in said(erase_account(fair.store, guest.at(AFTER))):
        (home / name).unlink()
    assert files_with(home, *RARE) == set()


def test_an_announcement_that_names_them_has_no_words_and_goes_nowhere(
    fair: Fair, guest: Actor
) -> None:
    unnamed = NewAnnouncement("Lunch", "It is served.", Audience.ALL)
    send_announcement(fair.store, SUPERVISOR.at(NOON), fair.event.id, unnamed)
    with fair.store.write() as connection:
        connection.execute(update(AnnouncementRow).values(finished_at=None, told_through=None))
    fair.sell("Fay", account_id=make_guest(fair.store, "Fay").id)
    erase_account(fair.store, guest.at(AFTER))
    with fair.store.read() as connection:
        texts = select(AnnouncementRow.title, AnnouncementRow.body).order_by(
            AnnouncementRow.sent_at, AnnouncementRow.id
        )
        assert [tuple(row) for row in connection.execute(texts)] == [
            ("Erased person", ""),
            ("Erased person", ""),
            ("Lunch", "It is served."),
        ]
    assert hand_out(fair.store, SYSTEM.at(AFTER)) == 1


def test_a_search_for_somebody_else_stays(fair: Fair, guest: Actor) -> None:
    check_in(fair.store, STAFF.at(NOON), fair.scan("quvzwerker", source=ScanSource.TYPED))
    erase_account(fair.store, guest.at(AFTER))
    with fair.store.read() as connection:
        typed = select(ScanRow.scanned).order_by(ScanRow.no)
        assert connection.execute(typed).scalars().all() == ["", "", "", "quvzwerker"]


@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX, Form.JSON])
def test_a_guest_of_one_name_is_looked_for_in_lists(fair: Fair, form: Form) -> None:
    booked = fair.sell("Quvz", email="")
    fair.sell("Quvz Other", email="other@example.org")
    listed = export_tickets(
        fair.store, SUPERVISOR.at(NOON), Listing.ATTENDEES, form, event_id=fair.event.id
    )
    (fair.store.home / "exports" / "word.txt").write_text("a quvz, quvzes and other words")
    erased = erase_guest(fair.store, SYSTEM.at(AFTER), None, booked.code)
    assert said(erased) == [str(listed.path.relative_to(fair.store.home))]
