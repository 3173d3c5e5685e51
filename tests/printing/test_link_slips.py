"""Slips with the link of a booking: queued, printed like badges, listed, refused, forgotten."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from data.schema import AuditRow, BookingRow, DeliveryRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import booking_link, claim_booking, renew_link, who_has_link
from eventdesk.core.booking_links import AFTER_EVENT
from eventdesk.core.errors import InvalidInputError
from eventdesk.door import ticket_view
from eventdesk.keeping import erase_guest
from eventdesk.printing import (
    LEASE,
    REPEATED,
    NewPrinter,
    badge_queue,
    cancel_badge,
    claim_badges,
    give_up_badge,
    list_failed,
    print_booking_link,
    printer_badges,
    retry_badge_now,
    retry_delivery,
)
from eventdesk.spooler import Spooler
from tests.badge_jobs import MoodyPrinter, PowerCutError, admit, set_up, state_of, states
from tests.badges.reading import codes_in, drawn_blocks, opened
from tests.booking.test_guest_orders import buy
from tests.build import NOON, STAFF, Fair
from tests.orders import EARLY, person, set_event

BASE = "https://192.168.178.25:8443/"


def queue(fair: Fair, booking_id: UUID, now: datetime = NOON, **given: Any) -> UUID:
    """Have the link of a booking printed."""
    return print_booking_link(fair.store, STAFF.at(now), booking_id, address=BASE, **given)


def link_in(address: str) -> str:
    assert address.startswith(f"{BASE}booking/")
    return address.rpartition("/")[2]


def code_of_file(folder: Path) -> str:
    """The text of the QR code in the text file that a printer wrote."""
    [file] = folder.glob("*.txt")
    blocks = [line for line in file.read_text().splitlines() if line and set(line) <= set(" █▀▄")]
    [text] = codes_in(drawn_blocks(blocks, ink=0, paper=255, margin=24))
    return text


def why_failed(fair: Fair) -> str:
    [failed], _total = list_failed(fair.store, SYSTEM.at(NOON))
    return failed.error


def test_a_slip_comes_out_of_the_printer_of_the_gate_and_opens_the_booking(
    fair: Fair, tmp_path: Path
) -> None:
    set_up(fair, "At the gate", f"folder+png:{tmp_path / 'gate'}", fair.gate.id)
    set_up(fair, "Elsewhere", f"folder:{tmp_path / 'else'}")
    booking_id = fair.sell("Ada Lovelace").booking_id
    delivery_id = queue(fair, booking_id, gate_id=fair.gate.id)
    assert Spooler(fair.store, None, backups=False).deliver_due(now=NOON) == 1
    assert state_of(fair.store, delivery_id) == "printed"
    address = code_of_file(tmp_path / "gate")
    [picture] = (tmp_path / "gate").glob("Ada Lovelace *.png")
    assert codes_in(opened(picture.read_bytes())) == [address]
    assert who_has_link(fair.store, SYSTEM.at(NOON), link_in(address)).id == booking_id


def test_the_courier_prints_the_link_that_was_made_meanwhile(fair: Fair) -> None:
    booking_id = fair.sell().booking_id
    before = booking_link(fair.store, STAFF.at(NOON), booking_id).link
    queue(fair, booking_id)
    after = renew_link(fair.store, SYSTEM.at(NOON), booking_id).link
    [job] = claim_badges(fair.store, SYSTEM.at(NOON), "courier")
    assert link_in(job.badge.token) == after != before


def test_the_queue_keeps_no_link(fair: Fair) -> None:
    booking_id = fair.sell().booking_id
    link = booking_link(fair.store, STAFF.at(NOON), booking_id).link
    queue(fair, booking_id)
    with fair.store.read() as connection:
        [row] = connection.execute(select(DeliveryRow.__table__)).all()
    assert link not in str(row)


def test_a_slip_that_may_be_out_already_is_marked_and_comes_again(fair: Fair) -> None:
    queue(fair, fair.sell().booking_id)
    printer = MoodyPrinter(moods=["dies late"])
    with pytest.raises(PowerCutError):
        Spooler(fair.store, printer, backups=False).deliver_due(now=NOON)
    Spooler(fair.store, printer, backups=False).deliver_due(now=NOON + LEASE)
    assert [mark for _job, mark in printer.papers] == ["", REPEATED]
    assert states(fair.store) == {"printed": 1}


def test_a_badge_and_a_slip_come_out_in_the_order_in_which_they_were_asked_for(fair: Fair) -> None:
    admit(fair, "Ada", now=NOON)
    queue(fair, fair.sell("Kim").booking_id, now=NOON + timedelta(seconds=1))
    admit(fair, "Grace", now=NOON + timedelta(seconds=2))
    jobs = claim_badges(fair.store, SYSTEM.at(NOON + timedelta(seconds=3)), "courier")
    assert [(job.badge.name, job.badge.is_link) for job in jobs] == [
        ("Ada", False),
        ("Kim", True),
        ("Grace", False),
    ]


def test_a_slip_speaks_the_language_of_its_event(fair: Fair) -> None:
    set_event(fair, language="de")
    queue(fair, fair.sell().booking_id)
    [job] = claim_badges(fair.store, SYSTEM.at(NOON), "courier")
    assert job.badge.line_two.startswith("Buchung ")


def test_of_a_booking_that_went_into_an_account_nothing_is_printed(fair: Fair) -> None:
    bought, ann = buy(fair), person(fair.store, "Ann")
    queue(fair, bought.booked.booking_id, now=EARLY)
    claim_booking(fair.store, ann.at(EARLY), bought.booked.code, email="zoe@example.org")
    assert claim_badges(fair.store, SYSTEM.at(EARLY), "courier") == []
    assert "is in an account" in why_failed(fair)
    with pytest.raises(InvalidInputError, match="in an account"):
        queue(fair, bought.booked.booking_id, now=EARLY)


def test_of_a_booking_that_was_erased_nothing_is_printed(fair: Fair) -> None:
    bought = buy(fair)
    queue(fair, bought.booked.booking_id, now=EARLY)
    after = fair.event.ends_at + timedelta(days=1)
    erase_guest(fair.store, SYSTEM.at(after), None, bought.booked.code)
    assert claim_badges(fair.store, SYSTEM.at(after), "courier") == []
    assert "is erased" in why_failed(fair)
    with pytest.raises(InvalidInputError, match="is erased"):
        queue(fair, bought.booked.booking_id, now=after)


def test_erasing_who_booked_takes_the_slip_they_were_given(fair: Fair, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    set_up(fair, "Printer", f"folder+png:{folder}", now=EARLY)
    bought = buy(fair)
    queue(fair, bought.booked.booking_id, now=EARLY)
    assert Spooler(fair.store, None, backups=False).deliver_due(now=EARLY) == 1
    assert len(list(folder.iterdir())) == 2
    after = fair.event.ends_at + timedelta(days=1)
    erase_guest(fair.store, SYSTEM.at(after), None, bought.booked.code)
    assert list(folder.iterdir()) == []
    where = select(DeliveryRow.delivered_to).where(DeliveryRow.kind == "badge")
    with fair.store.read() as connection:
        assert connection.execute(where).scalar_one() == str(folder)


def test_a_link_that_has_ended_is_not_printed(fair: Fair) -> None:
    over = fair.event.ends_at + AFTER_EVENT
    with pytest.raises(InvalidInputError, match="30 days"):
        queue(fair, fair.sell().booking_id, now=over)


@pytest.mark.parametrize(
    "address", ["", "desk.example.org", "javascript:alert(1)", "http://[", f"http://{'a' * 300}/"]
)
def test_what_no_browser_opens_is_not_printed(fair: Fair, address: str) -> None:
    booking_id = fair.sell().booking_id
    with pytest.raises(InvalidInputError, match="browser"):
        print_booking_link(fair.store, STAFF.at(NOON), booking_id, address=address)
    assert states(fair.store) == {}


def test_where_no_printer_stands_nothing_is_queued(fair: Fair) -> None:
    set_up(fair, "At the gate", "folder", fair.gate.id)
    with pytest.raises(InvalidInputError, match="No printer stands here"):
        queue(fair, fair.sell().booking_id)
    assert states(fair.store) == {}


def test_where_the_settings_say_that_nothing_prints_nothing_is_queued(fair: Fair) -> None:
    (fair.store.home / "settings.toml").write_text('printer = "none"\n')
    with pytest.raises(InvalidInputError, match="No printer stands here"):
        queue(fair, fair.sell().booking_id)
    assert states(fair.store) == {}


def test_the_audit_says_who_had_a_link_printed(fair: Fair) -> None:
    queue(fair, fair.sell().booking_id)
    with fair.store.read() as connection:
        asked = select(AuditRow.actor_name).where(AuditRow.verb == "print_booking_link")
        assert connection.execute(asked).scalar_one() == STAFF.name


@pytest.mark.parametrize("search", ["", "booking's code"])
def test_a_slip_that_is_not_out_is_listed_by_its_booking(fair: Fair, search: str) -> None:
    printer_id = set_up(fair, "Printer")
    booking = fair.sell().booking_id
    with fair.store.read() as connection:
        code = connection.execute(
            select(BookingRow.code).where(BookingRow.id == booking)
        ).scalar_one()
    queue(fair, booking)
    asked = {"printer_id": printer_id, "search": code.lower() if search else ""}
    [line], total = printer_badges(fair.store, SYSTEM.at(NOON), **asked)  # type: ignore[arg-type]
    assert (line.name, line.ticket_code, total) == (f"Link of booking {code}", "", 1)
    assert badge_queue(fair.store, SYSTEM, fair.event.id).waiting == 1


def test_a_slip_that_failed_is_listed_and_tried_again_with_its_link(fair: Fair) -> None:
    delivery_id = queue(fair, fair.sell().booking_id)
    for again in (retry_badge_now, retry_delivery):
        [job] = claim_badges(fair.store, SYSTEM.at(NOON), "courier")
        assert job.badge.token.startswith(BASE)
        give_up_badge(
            fair.store,
            SYSTEM.at(NOON),
            "courier",
            delivery_id,
            attempts=job.attempts,
            error="It would not take it.",
        )
        [failed], _total = list_failed(fair.store, SYSTEM.at(NOON))
        assert failed.name.startswith("Link of booking ")
        again(fair.store, SYSTEM.at(NOON), delivery_id)
    [job] = claim_badges(fair.store, SYSTEM.at(NOON), "courier")
    assert job.badge.token.startswith(BASE)


def test_a_slip_is_withdrawn(fair: Fair) -> None:
    delivery_id = queue(fair, fair.sell().booking_id)
    cancel_badge(fair.store, SYSTEM.at(NOON), delivery_id)
    assert claim_badges(fair.store, SYSTEM.at(NOON), "courier") == []
    assert state_of(fair.store, delivery_id) == "cancelled"


def test_a_delivery_that_says_nothing_any_more_fails_instead_of_being_tried_for_ever(
    fair: Fair,
) -> None:
    delivery_id = queue(fair, fair.sell().booking_id)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(payload={}))
    assert claim_badges(fair.store, SYSTEM.at(NOON), "courier") == []
    assert state_of(fair.store, delivery_id) == "failed"


def test_a_slip_is_no_badge_of_a_ticket(fair: Fair) -> None:
    booked = fair.sell()
    queue(fair, booked.booking_id)
    Spooler(fair.store, MoodyPrinter(), backups=False).deliver_due(now=NOON)
    assert ticket_view(fair.store, STAFF.at(NOON), booked.ticket_ids[0]).badges == 0


def test_a_printer_with_a_layout_of_its_own_prints_the_slip_as_it_is(
    fair: Fair, tmp_path: Path
) -> None:
    new = NewPrinter("Cards", f"folder+png:{tmp_path}", layout="card-4x3")
    set_up(fair, new.name, new.spec, layout=new.layout)
    queue(fair, fair.sell().booking_id)
    assert Spooler(fair.store, None, backups=False).deliver_due(now=NOON) == 1
    [picture] = tmp_path.glob("*.png")
    page = opened(picture.read_bytes())
    assert page.height > page.width
    assert codes_in(page)[0].startswith(BASE)
