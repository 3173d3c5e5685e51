"""Erasing a person with a rare name after a full day: no byte of the home names them any more."""

import gzip
import json
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from badges.folder_printer import FolderPrinter, PdfPrinter
from data.schema import AnswerRow, BookingRow, QuestionRow, ScanRow, TicketRow
from data.sqlite.driver import driver
from data.store import FILE_NAME, Store
from eventdesk.accounts import Profile, change_profile
from eventdesk.acts import SYSTEM, Actor, Permission, Role, seal_audit, verify_audit
from eventdesk.booking import (
    block,
    cancel_booking,
    reissue,
    rename,
    set_attention,
    transfer_ticket,
    unblock,
)
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.door import ScanSource, WalkIn, check_in, reprint, sell_at_door
from eventdesk.exchange import Listing, export_tickets
from eventdesk.keeping import (
    erase_account,
    erase_guest,
    export_guest,
    export_personal_data,
    make_backup,
    restore,
)
from eventdesk.keeping.guests import guest_data
from eventdesk.money import add_vouchers, issue_invoice, move, open_shift, take_payment
from eventdesk.spooler import Spooler
from eventdesk.tables.files import Form
from eventdesk.waiting import join
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.orders import set_type
from tests.payments import eur
from tests.people import make_cohost, make_guest, make_staff

AFTER = NOON + timedelta(days=30)
NAME, EMAIL = "Xylophontes Quvzwerk", "xyloq@rarest.example"
MISTYPED = "Xilophontes Quvzwerg"
RARE = (
    "xylophontes", "quvzwerk", "xilophontes", "quvzwerg", "xyloq", "rarest.example",
    "zitherlyrics", "0198-77-5550", "fagottissimo",
)  # fmt: skip
"""Words of the name, the address, a note, a phone number and an answer."""


def places(home: Path) -> list[str]:
    """Where a rare word is: in names of files, in their bytes, and in what is packed in them."""
    found = []
    for path in sorted(home.rglob("*")):
        inside = str(path.relative_to(home))
        if inside.startswith("backups"):
            continue
        texts = [inside.encode()]
        if path.is_file():
            texts.append(path.read_bytes())
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    texts += [archive.read(name) for name in archive.namelist()]
            elif path.suffix == ".gz":
                texts.append(gzip.decompress(path.read_bytes()))
        whole = b"\n".join(texts).lower()
        found += in_tables(path) if path.name == FILE_NAME else []
        found += [f"{inside}: {word}" for word in RARE if word.encode() in whole]
    return found


def in_tables(path: Path, words: Iterable[str] = RARE) -> list[str]:
    """Which tables a rare word is in; for the message of a test that fails."""
    connection = driver.connect(str(path))
    names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    found = []
    for (table,) in connection.execute(names).fetchall():
        try:
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
        except driver.Error:
            continue  # the search index has no text to read
        text = "\n".join(map(repr, rows)).lower()
        found += [f"table {table}: {word}" for word in words if word in text]
    connection.close()
    return found


def print_badges(fair: Fair, printer: Any) -> None:
    spooler = Spooler(fair.store, printer, backups=False)
    spooler.drain(deadline=utc_now() + timedelta(seconds=20))


def a_day(fair: Fair, ticket_id: UUID, token: str) -> None:
    """What staff does with a guest: names corrected, notes, badges, answers, a wrong search."""
    store = fair.store
    rename(store, STAFF.at(NOON), ticket_id, name=MISTYPED, line_two="Quvzwerk Ltd")
    check_in(store, STAFF.at(NOON), fair.scan(token))
    print_badges(fair, FolderPrinter(store.home / "badges", with_picture=True))
    rename(store, STAFF.at(NOON), ticket_id, name=NAME, line_two="Quvzwerk Ltd")
    check_in(store, STAFF.at(NOON), fair.scan(token))
    typed = fair.scan(NAME.lower(), source=ScanSource.TYPED)
    check_in(store, STAFF.at(NOON), typed)
    set_attention(store, STAFF.at(NOON), ticket_id, note="call 0198-77-5550")
    block(store, SUPERVISOR.at(NOON), ticket_id, note="zitherlyrics sung loudly")
    unblock(store, SUPERVISOR.at(NOON), ticket_id)
    reissue(store, SUPERVISOR.at(NOON), ticket_id, reason=f"{NAME} lost the phone")
    reprint(store, STAFF.at(NOON), ticket_id, reason=f"{NAME} tore it")
    print_badges(fair, PdfPrinter(store.home / "badges" / "pdf"))
    with store.write() as connection:
        question_id = new_id()
        connection.execute(
            insert(QuestionRow).values(
                id=question_id, event_id=fair.event.id, text="What?", kind="text", required=False,
                choices=[], position=0, depends_value="", active=True,
            )
        )  # fmt: skip
        connection.execute(
            insert(AnswerRow).values(
                ticket_id=ticket_id, question_id=question_id, value="fagottissimo"
            )
        )
    add_vouchers(store, SUPERVISOR.at(NOON), fair.event.id, value=eur(500), note=f"for {NAME}")


@pytest.fixture
def guest(fair: Fair) -> Actor:
    """Somebody with an account, after a full day; all of it sealed."""
    store = fair.store
    guest = make_guest(store, NAME)
    change_profile(
        store, guest.at(NOON), Profile(NAME, dietary="fagottissimo", organization="Quvzwerk")
    )
    booked = fair.sell_all([NAME, NAME], paid=False, email=EMAIL, account_id=guest.id)
    take_payment(store, STAFF.at(NOON), booked.booking_id, method="cash")
    a_day(fair, booked.ticket_ids[0], fair.token(booked))
    transfer_ticket(
        store,
        guest.at(NOON - timedelta(days=2)),
        booked.ticket_ids[1],
        name="Tara",
        email="tara@example.org",
    )
    set_type(fair, fair.vip, quota=0)
    join(
        store,
        SUPERVISOR.at(NOON - timedelta(days=2)),
        fair.event.id,
        ticket_type_id=fair.vip,
        name=NAME,
        email=EMAIL,
    )
    second = fair.sell_all([NAME], email=EMAIL, account_id=guest.id)
    cancel_booking(
        store, guest.at(NOON - timedelta(days=2)), second.booking_id, reason=f"{NAME} is ill"
    )
    export_personal_data(store, guest.at(NOON))
    seal_audit(store, SYSTEM)
    return guest


def test_no_byte_names_who_had_an_account(fair: Fair, guest: Actor) -> None:
    fair.store.fold_log()
    assert len(places(fair.store.home)) > 10
    erased = erase_account(fair.store, guest.at(AFTER))
    assert places(fair.store.home) == []
    assert erased.kept == ()
    assert erased.files == 4, "the text, the picture, the PDF, the export"
    assert verify_audit(fair.store, SYSTEM).problems == ()
    seal_audit(fair.store, SYSTEM)
    assert verify_audit(fair.store, SYSTEM).problems == ()


def walk_in(fair: Fair) -> str:
    """Sell to a guest without an account at the door; returns the booking's code."""
    sale = WalkIn(
        name=NAME, email=EMAIL, ticket_type_id=fair.regular, list_id=fair.door.id,
        nonce=uuid4().hex, seen_at=NOON, given=eur(15000),
    )  # fmt: skip
    return sell_at_door(fair.store, STAFF.at(NOON), fair.event.id, sale).booking_code


def ticket_of(store: Store, booking_code: str) -> UUID:
    with store.read() as connection:
        return connection.execute(
            select(TicketRow.id)
            .join(BookingRow, BookingRow.id == TicketRow.booking_id)
            .where(BookingRow.code == booking_code)
            .limit(1)
        ).scalar_one()


@pytest.fixture
def code(fair: Fair) -> str:
    """The booking of a walk-in after a full day at the door."""
    make_staff(fair)
    code = walk_in(fair)
    ticket_id = ticket_of(fair.store, code)
    token = reissue(fair.store, SUPERVISOR.at(NOON), ticket_id, reason="lost")
    a_day(fair, ticket_id, token)
    seal_audit(fair.store, SYSTEM)
    return code


@pytest.fixture
def olga(fair: Fair) -> Actor:
    return make_staff(fair, Role.ORGANIZER, "Olga")


@pytest.mark.parametrize("by", ["booking", "ticket", "address"])
def test_no_byte_names_a_walk_in(fair: Fair, code: str, olga: Actor, by: str) -> None:
    with fair.store.read() as connection:
        ticket = connection.execute(
            select(TicketRow.code).where(TicketRow.id == ticket_of(fair.store, code))
        ).scalar_one()
    asked = {"booking": code.lower(), "ticket": ticket, "address": EMAIL.upper()}[by]
    path = export_guest(fair.store, olga.at(NOON), fair.event.id, asked)
    parts = json.loads(path.read_text(encoding="utf-8"))
    assert parts["tickets"][0]["holder_name"] == NAME
    assert parts["answers"][0]["value"] == "fagottissimo"
    assert parts["badges"]
    assert parts["payments"]
    preview = erase_guest(fair.store, olga.at(AFTER), fair.event.id, asked, preview=True)
    assert places(fair.store.home) != []
    erased = erase_guest(fair.store, olga.at(AFTER), fair.event.id, asked)
    assert (erased.bookings, erased.tickets, erased.kept) == (1, 1, ())
    assert (preview.bookings, preview.tickets) == (1, 1)
    assert places(fair.store.home) == []
    assert verify_audit(fair.store, SYSTEM).problems == ()


def test_what_the_law_wants_kept_is_named_and_nothing_else_stays(
    fair: Fair, code: str, olga: Actor
) -> None:
    with fair.store.read() as connection:
        booking_id = connection.execute(
            select(BookingRow.id).where(BookingRow.code == code)
        ).scalar_one()
    invoice = issue_invoice(fair.store, SUPERVISOR.at(NOON), booking_id)
    home = fair.store.home
    listed = export_tickets(
        fair.store, SUPERVISOR.at(NOON), Listing.ATTENDEES, Form.XLSX, event_id=fair.event.id
    )
    preview = erase_guest(fair.store, olga.at(AFTER), fair.event.id, code, preview=True)
    erased = erase_guest(fair.store, olga.at(AFTER), fair.event.id, code)
    assert erased.kept == preview.kept
    said = [str(kept) for kept in erased.kept]
    assert said[0] == f"kept until 2036-12-31: invoice {invoice.name} (the books)"
    assert any(str(listed.path.relative_to(home)) in each for each in said)
    for kept in erased.kept[1:]:
        (home / kept.what).unlink()
    assert {place.split(":")[0] for place in places(home)} == {"table invoice", "eventdesk.db"}


def test_only_organizers_of_the_event_and_admins_may(fair: Fair, code: str) -> None:
    sam, cora = make_staff(fair, name="Sue"), make_cohost(fair, Permission.TICKETS)
    for actor in (sam, cora, make_guest(fair.store, "Otto")):
        for act in (guest_data, export_guest, erase_guest):
            with pytest.raises(NotAllowedError):
                act(fair.store, actor.at(AFTER), fair.event.id, code)
    with pytest.raises(NotAllowedError):
        erase_guest(fair.store, make_staff(fair, Role.ORGANIZER, "Oz").at(AFTER), None, EMAIL)
    assert erase_guest(fair.store, SYSTEM.at(AFTER), None, EMAIL).tickets == 1


@pytest.mark.parametrize("asked", ["", "NOBODY", "nobody@example.org"])
def test_nobody_is_said(fair: Fair, olga: Actor, asked: str) -> None:
    with pytest.raises(NotFoundError, match="Nobody"):
        erase_guest(fair.store, olga.at(AFTER), fair.event.id, asked)


def test_who_has_an_account_is_not_erased_as_a_guest(fair: Fair, olga: Actor) -> None:
    booked = fair.sell(NAME, account_id=make_guest(fair.store, NAME).id)
    for asked in (booked.code, "ada@example.org"):
        with pytest.raises(InvalidInputError, match="account"):
            erase_guest(fair.store, olga.at(AFTER), fair.event.id, asked)


def test_a_guest_of_what_is_ahead_is_not_erased(fair: Fair, code: str, olga: Actor) -> None:
    with pytest.raises(InvalidInputError, match="not over"):
        erase_guest(fair.store, olga.at(NOON), fair.event.id, code)


def test_a_friend_erases_the_ticket_and_not_the_booking(fair: Fair, olga: Actor) -> None:
    booked = fair.sell_all(["Ada Lovelace", NAME])
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id == booked.ticket_ids[1]).values(holder_email=EMAIL)
        )
    erased = erase_guest(fair.store, olga.at(AFTER), fair.event.id, EMAIL)
    assert (erased.bookings, erased.tickets) == (0, 1)
    erased = erase_guest(fair.store, olga.at(AFTER), fair.event.id, booked.code)
    assert (erased.bookings, erased.tickets) == (1, 1)


def test_a_name_of_one_word_takes_no_text_of_others(fair: Fair, olga: Actor) -> None:
    booked = fair.sell("Max")
    shift = open_shift(
        fair.store, olga.at(NOON), fair.event.id, drawer="Desk 1", float_amount=eur(1)
    )
    move(fair.store, olga.at(NOON), shift.id, kind="in", amount=eur(5), reason="max change")
    add_vouchers(fair.store, olga.at(NOON), fair.event.id, value=eur(5), note="at most: Max 3")
    erased = erase_guest(fair.store, olga.at(AFTER), fair.event.id, booked.code)
    assert erased.kept == ()
    with fair.store.read() as connection:
        assert connection.exec_driver_sql("SELECT note FROM voucher").scalar() == "at most: Max 3"


def test_a_preview_changes_nothing(fair: Fair, code: str) -> None:
    with fair.store.read() as connection:
        before = connection.execute(select(ScanRow.result)).scalars().all()
    erase_guest(fair.store, SYSTEM.at(AFTER), None, code, preview=True)
    with fair.store.read() as connection:
        assert connection.execute(select(ScanRow.result)).scalars().all() == before
    assert verify_audit(fair.store, SYSTEM).problems == ()
    assert erase_guest(fair.store, SYSTEM.at(AFTER), None, code).tickets == 1


@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_erasure_is_done_again_where_a_backup_is_restored(
    fair: Fair, guest: Actor, olga: Actor, tmp_path: Path, elsewhere: bool
) -> None:
    code = walk_in(fair)
    home = fair.store.home
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    erase_account(fair.store, guest.at(AFTER))
    erase_guest(fair.store, olga.at(AFTER), fair.event.id, code)
    assert places(home) == []
    fair.store.close()
    target = tmp_path / "elsewhere" if elsewhere else home
    restore(target, backup.path, now=AFTER)
    assert places(target) == []
    with Store(target) as store:
        assert verify_audit(store, SYSTEM).problems == ()
        with pytest.raises(NotFoundError, match=r"Nobody has the address xyloq@rarest\.example"):
            erase_guest(store, SYSTEM.at(AFTER), None, EMAIL)
