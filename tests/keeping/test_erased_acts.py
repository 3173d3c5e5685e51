"""What a person did by themselves keeps no name after their erasure, nor do files about them."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from data.schema import (
    AccountRow,
    AuditRow,
    PaymentRow,
    RefundRow,
    TicketRow,
    TokenRevocationRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.accounts import Profile, change_profile
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import cancel_booking, reissue, transfer_ticket
from eventdesk.core.errors import StoreReadOnlyError
from eventdesk.exchange import (
    Comparison,
    Condition,
    Listing,
    NewExportSet,
    Selection,
    save_export_set,
)
from eventdesk.keeping import erase_account, export_personal_data
from eventdesk.money import add_vouchers, take_payment
from eventdesk.printing import Wanted, plan_badges, print_badges
from eventdesk.waiting import join
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.keeping.test_personal_data import everything
from tests.orders import EARLY, set_type
from tests.payments import eur, owe
from tests.people import make_guest

AFTER = NOON + timedelta(days=30)
NAME = "Zebulon Quark"


@pytest.fixture
def guest(fair: Fair) -> Actor:
    return make_guest(fair.store, NAME)


def pay(fair: Fair, actor: Actor) -> UUID:
    """Book for somebody, who pays with a voucher."""
    [voucher] = add_vouchers(fair.store, SUPERVISOR.at(EARLY), fair.event.id, value=eur(12000))
    owed = owe(fair, 12000, account_id=actor.id, name=actor.name)
    take_payment(
        fair.store, actor.at(EARLY), owed.booking_id, method="voucher", reference=voucher.code
    )
    return owed.booking_id


def column(store: Store, name: object) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(name)).scalars())  # type: ignore[call-overload]


def test_what_they_paid_and_got_back_names_nobody(fair: Fair, guest: Actor) -> None:
    booking_id = pay(fair, guest)
    cancel_booking(fair.store, guest.at(EARLY), booking_id, reason="Quark is ill")
    assert column(fair.store, PaymentRow.actor_name) == [NAME]
    assert column(fair.store, RefundRow.reason) == ["Quark is ill"]
    erase_account(fair.store, guest.at(AFTER))
    assert column(fair.store, PaymentRow.actor_name) == ["Erased person"]
    assert column(fair.store, RefundRow.actor_name) == ["Erased person"]
    assert "quark" not in everything(fair.store)


def test_what_others_did_with_it_keeps_their_names(fair: Fair, guest: Actor) -> None:
    owed = owe(fair, 12000, account_id=guest.id, name=NAME)
    take_payment(fair.store, STAFF.at(EARLY), owed.booking_id, method="cash")
    other = make_guest(fair.store, "Fay")
    pay(fair, other)
    erase_account(fair.store, guest.at(AFTER))
    assert column(fair.store, PaymentRow.actor_name) == [STAFF.name, "Fay"]


def test_names_they_had_before_go_as_well(fair: Fair, guest: Actor) -> None:
    pay(fair, guest)
    change_profile(fair.store, guest.at(EARLY), Profile("Somebody Else"))
    erase_account(fair.store, guest.at(AFTER))
    assert column(fair.store, PaymentRow.actor_name) == ["Erased person"]
    assert "quark" not in everything(fair.store)


def test_tickets_they_handed_on_keep_no_name(fair: Fair, guest: Actor) -> None:
    """One that they booked, and one that they were given and gave to a third."""
    given = fair.sell_all(["Fay"], account_id=make_guest(fair.store, "Fay").id).ticket_ids[0]
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id == given).values(account_id=guest.id)
        )
    booked = fair.sell_all([NAME], account_id=guest.id).ticket_ids[0]
    for ticket_id in (given, booked):
        transfer_ticket(
            fair.store, guest.at(EARLY), ticket_id, name="Tara", email="tara@example.org"
        )
    reissue(fair.store, STAFF.at(EARLY), booked, reason="phone lost")
    erase_account(fair.store, guest.at(AFTER))
    with fair.store.read() as connection:
        rows = connection.execute(
            select(TokenRevocationRow.actor_name).order_by(TokenRevocationRow.actor_name)
        )
        assert list(rows.scalars()) == ["Erased person", "Erased person", STAFF.name]
    assert "quark" not in everything(fair.store)


def test_the_log_of_a_waitlist_names_no_one_who_waits(fair: Fair, guest: Actor) -> None:
    set_type(fair, fair.vip, quota=0)
    join(
        fair.store,
        SUPERVISOR.at(EARLY),
        fair.event.id,
        ticket_type_id=fair.vip,
        name=NAME,
        email="zebulon@example.org",
    )
    with fair.store.read() as connection:
        assert connection.execute(select(WaitlistEntryRow.name)).scalar_one() == NAME
        details = connection.execute(
            select(AuditRow.detail).where(AuditRow.subject_kind == "waitlist_entry")
        ).scalars()
        assert [set(detail) & {"name"} for detail in details] == [set()]


def test_files_with_their_data_are_deleted_and_no_others(fair: Fair, guest: Actor) -> None:
    other = make_guest(fair.store, "Zebulona")
    mine = [
        export_personal_data(fair.store, guest.at(NOON + timedelta(hours=hours)))
        for hours in range(2)
    ]
    kept = [export_personal_data(fair.store, other.at(NOON))]
    folder = kept[0].parent
    for name, content in (
        ("Demo Days attendees.json", mine[0].read_text()),
        ("bookings-20260601T100000Z.json", f'[{{"account": "{guest.id}"}}]'),
    ):
        kept.append(folder / name)
        kept[-1].write_text(content)
    link = folder / "link-20260601T100000Z.json"
    link.symlink_to(kept[1])
    erased = erase_account(fair.store, guest.at(AFTER))
    assert erased.files == 2
    assert sorted(folder.iterdir()) == sorted([*kept, link])


def test_sheets_of_badges_with_theirs_are_named(fair: Fair, guest: Actor) -> None:
    fair.sell(NAME, account_id=guest.id)
    batch_id = plan_badges(fair.store, SYSTEM.at(NOON), fair.event.id, Wanted())
    (path,) = print_badges(fair.store, SYSTEM.at(NOON), batch_id).files
    for preview in (True, False):
        erased = erase_account(fair.store, guest.at(AFTER), preview=preview)
        assert str(path) in [each.what for each in erased.kept]


def test_a_set_of_columns_that_names_them_is_named(fair: Fair, guest: Actor) -> None:
    only = Selection(conditions=(Condition("name", Comparison.IS, NAME),))
    new = NewExportSet("One guest", Listing.ATTENDEES, selection=only)
    save_export_set(fair.store, SYSTEM.at(NOON), fair.event.id, new)
    erased = erase_account(fair.store, guest.at(AFTER))
    assert [each.what for each in erased.kept] == ["set of columns One guest"]


def test_a_file_that_cannot_be_deleted_is_named(
    fair: Fair, guest: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export_personal_data(fair.store, guest.at(NOON))

    def refuse(self: object, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "unlink", refuse)
    with pytest.raises(StoreReadOnlyError, match=path.name):
        erase_account(fair.store, guest.at(AFTER))
    with fair.store.read() as connection:
        gone = select(AccountRow.erased_at).where(AccountRow.id == guest.id)
        assert connection.execute(gone).scalar_one() == AFTER
