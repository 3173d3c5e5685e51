"""Personal data of an event: when they go, what stays, and that it is done once and whole."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from data.schema import (
    AuditRow,
    BookingRow,
    DeliveryRow,
    EventErasureRow,
    EventRoleRow,
    InvitationRow,
    NoticeRow,
    OfflineScanRow,
    QueueRequestRow,
    RefusalRow,
    ScanRow,
    TicketRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.acts import ERASED, SYSTEM, Actor, Role, Steps
from eventdesk.booking import (
    NewBooking,
    NewTicket,
    book,
    cancel_event_bookings,
    rename,
    set_attention,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.door import ScanSource, check_in, counters, find_tickets
from eventdesk.events import cancel_event
from eventdesk.keeping import (
    MAX_DAYS,
    check_audit,
    erase_due_events,
    erase_event,
    event_erasure,
    events_holding_data,
    keep_personal_data,
    make_backup,
    preview_event_erasure,
    restore,
)
from eventdesk.keeping.personal_data import personal_data
from eventdesk.money import hand_out_refund, payments_of, take_payment
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.faults.processes import start
from tests.keeping.test_personal_data import answer, everything
from tests.orders import set_event
from tests.people import make_another_admin, make_guest, make_staff

NAME, EMAIL = "Zebulon Quark", "zebulon@example.org"
AFTER = NOON + timedelta(days=30)


@pytest.fixture
def guest(fair: Fair) -> Actor:
    """Somebody who booked with two friends, came, was turned away, and waits."""
    guest = make_guest(fair.store, NAME)
    booked = fair.sell_all([NAME, "Zoe Quark", "Yves Quark"], email=EMAIL, account_id=guest.id)
    rename(fair.store, STAFF.at(NOON), booked.ticket_ids[0], name=NAME, line_two="Quark Ltd")
    set_attention(fair.store, STAFF.at(NOON), booked.ticket_ids[0], note="Quark is loud")
    answer(fair, booked.ticket_ids[0])
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    check_in(fair.store, STAFF.at(NOON), fair.scan("zebulon quark", source=ScanSource.TYPED))
    with fair.store.write() as connection:
        connection.execute(
            insert(WaitlistEntryRow).values(
                id=new_id(),
                no=1,
                event_id=fair.event.id,
                ticket_type_id=fair.vip,
                account_id=guest.id,
                name=NAME,
                email=EMAIL,
                priority=0,
                state="waiting",
                created_at=NOON,
            )
        )
        invited = {"id": new_id(), "event_id": fair.event.id, "email": EMAIL, "invited_at": NOON}
        connection.execute(insert(InvitationRow).values(**invited))
    return guest


def erased(fair: Fair) -> list[str]:
    """Lines of the file that name the guests, but their account."""
    lines = everything(fair.store).splitlines()
    named = [line for line in lines if "quark" in line or "zebulon" in line]
    return [line for line in named if not line.startswith(("account:", "profile:"))]


def erasures(store: Store) -> list[dict[str, object]]:
    """What the audit holds of erasures."""
    with store.read() as connection:
        told = select(AuditRow.detail).where(AuditRow.verb == "erase_event")
        return list(connection.execute(told.order_by(AuditRow.seq)).scalars())


# Whether and when


def test_nothing_goes_by_itself_before_somebody_says_so(fair: Fair, guest: Actor) -> None:
    assert erase_due_events(fair.store, SYSTEM.at(NOON + timedelta(days=5000))) == 0
    assert erased(fair)


def test_it_goes_so_many_days_after_the_end_and_not_before(fair: Fair, guest: Actor) -> None:
    held = keep_personal_data(fair.store, SUPERVISOR.at(NOON), fair.event.id, days=30)
    assert held.goes_at == fair.event.ends_at + timedelta(days=30)
    assert held.goes_at is not None
    assert erase_due_events(fair.store, SYSTEM.at(held.goes_at - timedelta(seconds=1))) == 0
    assert erased(fair)
    erase_due_events(fair.store, SYSTEM.at(held.goes_at))
    assert erased(fair) == []


def test_it_can_be_put_off(fair: Fair, guest: Actor) -> None:
    later = AFTER + timedelta(days=365)
    given = {"days": 0, "not_before": later}
    held = keep_personal_data(fair.store, SUPERVISOR.at(NOON), fair.event.id, **given)  # type: ignore[arg-type]
    assert held.goes_at == later
    assert erase_due_events(fair.store, SYSTEM.at(AFTER)) == 0


@pytest.mark.parametrize("days", [-1, MAX_DAYS + 1])
def test_days_that_make_no_sense_are_refused(fair: Fair, days: int) -> None:
    with pytest.raises(InvalidInputError, match="days are possible"):
        keep_personal_data(fair.store, SUPERVISOR.at(NOON), fair.event.id, days=days)


# What goes and what stays


def test_nobody_who_came_is_named_any_more_and_the_figures_stay(fair: Fair, guest: Actor) -> None:
    before = counters(fair.store, SYSTEM, fair.door.id)
    held = erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="demo days")
    assert (held.bookings, held.tickets, held.entries) == (0, 0, 0)
    assert held.erased_at == AFTER
    assert erased(fair) == []
    assert counters(fair.store, SYSTEM, fair.door.id) == before
    assert find_tickets(fair.store, SYSTEM, fair.event.id, "quark") == []
    with fair.store.read() as connection:
        assert connection.execute(select(BookingRow.total_minor)).scalar_one() == 36000
        assert connection.execute(select(BookingRow.account_id)).scalar_one() is None
        names = connection.execute(select(TicketRow.holder_name)).scalars().all()
        assert names == [ERASED] * 3
        assert connection.execute(select(InvitationRow.id)).all() == []
        here = NoticeRow.event_id == fair.event.id
        assert connection.execute(select(NoticeRow.id).where(here)).all() == []
        assert len(connection.execute(select(ScanRow.id)).all()) == 2


def test_the_account_and_other_events_are_not_touched(fair: Fair, guest: Actor) -> None:
    other = make_fair(fair.store, name="Other Days")
    booked = other.sell(NAME, email=EMAIL, account_id=guest.id)
    note = f"{NAME} is loud there, too"
    set_attention(fair.store, STAFF.at(NOON), booked.ticket_ids[0], note=note)
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    data = personal_data(fair.store, guest.at(AFTER))
    assert [each["event"] for each in data.parts["bookings"]] == ["Other Days"]
    assert data.parts["accounts"][0]["name"] == NAME
    with fair.store.read() as connection:
        kept = select(TicketRow.attention).where(TicketRow.id == booked.ticket_ids[0])
        assert connection.execute(kept).scalar_one() == note
        log = select(AuditRow.detail).where(AuditRow.event_id == other.event.id)
        assert NAME in str(connection.execute(log).scalars().all())


def test_the_log_names_nobody_who_came_and_holds(fair: Fair, guest: Actor) -> None:
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    with fair.store.read() as connection:
        rows = connection.execute(
            select(AuditRow.actor_name, AuditRow.detail).where(AuditRow.event_id == fair.event.id)
        ).all()
        assert "quark" not in str(rows).casefold()
    assert not check_audit(fair.store, SYSTEM.at(AFTER)).problems
    first, *_between, last = erasures(fair.store)
    assert "bookings" not in first
    assert {name: last[name] for name in ("bookings", "tickets", "entries")} == {
        "bookings": 1,
        "tickets": 3,
        "entries": 1,
    }


def test_the_preview_changes_nothing_and_says_what_goes_and_what_stays(
    fair: Fair, guest: Actor
) -> None:
    named = erased(fair)
    preview = preview_event_erasure(fair.store, SUPERVISOR.at(AFTER), fair.event.id)
    held = preview.held
    assert (held.bookings, held.tickets, held.entries) == (1, 3, 1)
    assert "1 invitation" in preview.goes
    assert any("the log" in each.why for each in preview.kept)
    assert erased(fair) == named


# By hand


def test_only_what_is_over_goes_and_only_by_its_name(fair: Fair, guest: Actor) -> None:
    with pytest.raises(InvalidInputError, match="is not over"):
        erase_event(fair.store, SUPERVISOR.at(NOON), fair.event.id, typed="Demo Days")
    with pytest.raises(InvalidInputError, match="called otherwise"):
        erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo")
    assert erased(fair)


def test_who_does_not_organize_neither_sees_nor_erases_anything(fair: Fair, guest: Actor) -> None:
    event_id = fair.event.id
    elsewhere = make_staff(make_fair(fair.store, name="Other Days"), Role.ORGANIZER)
    for actor in (STAFF, guest, elsewhere):
        with pytest.raises(NotAllowedError):
            keep_personal_data(fair.store, actor.at(NOON), event_id, days=1)
        with pytest.raises(NotAllowedError):
            preview_event_erasure(fair.store, actor.at(AFTER), event_id)
        with pytest.raises(NotAllowedError):
            erase_event(fair.store, actor.at(AFTER), event_id, typed="Demo Days")
    assert erased(fair)


def test_a_cancelled_event_keeps_its_names_until_all_money_is_back(fair: Fair) -> None:
    booked = fair.sell(NAME, paid=False)
    take_payment(fair.store, SYSTEM.at(NOON), booked.booking_id, method="transfer")
    keep_personal_data(fair.store, SUPERVISOR.at(NOON), fair.event.id, days=0)
    cancel_event(fair.store, SYSTEM.at(NOON), fair.event.id, reason="Storm.")

    def refused() -> str:
        assert erase_due_events(fair.store, SYSTEM.at(AFTER)) == 0
        with pytest.raises(InvalidInputError) as error:
            erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
        preview = preview_event_erasure(fair.store, SUPERVISOR.at(AFTER), fair.event.id)
        (why,) = preview.waits
        assert why in str(error.value)
        return why

    assert refused() == "1 booking that is not cancelled"
    cancel_event_bookings(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert refused() == "1 booking that gets money back"
    for each in payments_of(fair.store, SYSTEM, booked.booking_id).refunds:
        hand_out_refund(fair.store, SYSTEM.at(AFTER), each.id)
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    assert erased(fair) == []


# The overview


def test_organizers_see_their_events_and_admins_all(fair: Fair, guest: Actor) -> None:
    make_fair(fair.store, name="Nobody Came")
    other = make_fair(fair.store, name="Other Days")
    other.sell("Ada Lovelace")
    keep_personal_data(fair.store, SUPERVISOR.at(NOON), other.event.id, days=10)
    organizer = make_guest(fair.store, "Olga")
    with fair.store.write() as connection:
        role = {"event_id": fair.event.id, "account_id": organizer.id, "role": Role.ORGANIZER}
        connection.execute(insert(EventRoleRow).values(**role, permissions=[]))

    def names(actor: Actor) -> list[str]:
        return [each.name for each in events_holding_data(fair.store, actor.at(AFTER))[0]]

    assert names(guest) == []
    assert names(organizer) == ["Demo Days"]
    assert names(make_another_admin(fair.store)) == ["Other Days", "Demo Days"]
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    assert names(organizer) == []


# Once and whole


def test_a_program_that_ends_after_any_step_leaves_the_rest_to_the_next(
    fair: Fair, guest: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        fair.sell(f"Guest Quark {n}")
    monkeypatch.setattr(event_erasure, "AT_ONCE", 2)
    monkeypatch.setattr(event_erasure, "ENTRIES_AT_ONCE", 3)
    monkeypatch.setattr(event_erasure, "STEPS_AT_ONCE", 1)
    keep_personal_data(fair.store, SUPERVISOR.at(NOON), fair.event.id, days=0)
    turns = 0
    while erase_due_events(fair.store, SYSTEM.at(AFTER)):
        turns += 1
    assert turns > 5
    assert erased(fair) == []
    assert [each["bookings"] for each in erasures(fair.store) if "bookings" in each] == [6]
    assert sum(not each.keys() - {"request"} for each in erasures(fair.store)) == 1
    assert erase_due_events(fair.store, SYSTEM.at(AFTER)) == 0


@pytest.mark.long
def test_a_program_that_is_killed_erases_everything_once(fair: Fair, guest: Actor) -> None:
    for n in range(12):
        fair.sell(f"Guest Quark {n}")
    keep_personal_data(fair.store, SUPERVISOR.at(NOON), fair.event.id, days=0)
    for steps_before in (2, 4, 3):
        program = start("erasing_program", fair.store.home, AFTER.isoformat())
        assert program.stdout is not None
        for _step in range(steps_before):
            assert program.stdout.readline() == "next\n"
        program.kill()
        program.communicate()
        assert erased(fair)
    while erase_due_events(fair.store, SYSTEM.at(AFTER)):
        pass
    assert erased(fair) == []
    told = erasures(fair.store)
    assert [each["bookings"] for each in told if "bookings" in each] == [13]
    assert sum(not each.keys() - {"request"} for each in told) == 1
    assert not check_audit(fair.store, SYSTEM.at(AFTER)).problems


def test_by_hand_a_begun_erasure_goes_on_and_does_not_begin_anew(fair: Fair, guest: Actor) -> None:
    with fair.store.write() as connection:
        begun = {"event_id": fair.event.id, "begun_at": AFTER, "bookings": 7}
        connection.execute(insert(EventErasureRow).values(**begun))
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    assert [each["bookings"] for each in erasures(fair.store) if "bookings" in each] == [8]


def test_a_begun_erasure_is_not_put_off(fair: Fair, guest: Actor) -> None:
    with fair.store.write() as connection:
        begun = {"event_id": fair.event.id, "begun_at": AFTER}
        connection.execute(insert(EventErasureRow).values(**begun))
    with pytest.raises(InvalidInputError, match="has begun"):
        keep_personal_data(fair.store, SUPERVISOR.at(AFTER), fair.event.id, days=None)
    erase_due_events(fair.store, SYSTEM.at(AFTER))
    assert erased(fair) == []


def test_a_restored_backup_is_erased_again(fair: Fair, guest: Actor) -> None:
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    home = fair.store.home
    fair.store.close()
    restore(home, backup.path, now=AFTER)
    with Store(home) as store:
        lines = everything(store).splitlines()
        named = [line for line in lines if "quark" in line]
        assert [line for line in named if not line.startswith(("account:", "profile:"))] == []


def test_who_books_afterwards_is_held_again(fair: Fair, guest: Actor) -> None:
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    fair.sell("Late Quark")
    held, total = events_holding_data(fair.store, SYSTEM.at(AFTER))
    assert (total, held[0].tickets) == (1, 1)
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    assert events_holding_data(fair.store, SYSTEM.at(AFTER)) == ([], 0)


def test_who_booked_after_the_erasure_stays_when_a_backup_is_restored(
    fair: Fair, guest: Actor
) -> None:
    older = make_backup(fair.store, SYSTEM.at(NOON))
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    set_event(fair, ends_at=AFTER + timedelta(days=30))
    later = AFTER + timedelta(days=1)
    new = NewBooking("New Guest", "new@example.org", (NewTicket(fair.regular, "New Guest"),), True)
    book(fair.store, SYSTEM.at(later), fair.event.id, [new])
    backup = make_backup(fair.store, SYSTEM.at(later))
    home = fair.store.home
    fair.store.close()
    for path, names in ((backup.path, [ERASED] * 3 + ["New Guest"]), (older.path, [ERASED] * 3)):
        restore(home, path, now=later)
        with Store(home) as store, store.read() as connection:
            here = select(TicketRow.holder_name).order_by(TicketRow.created_at)
            assert connection.execute(here).scalars().all() == names


def test_who_booked_afterwards_goes_on_the_day_that_is_said_anew(fair: Fair, guest: Actor) -> None:
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    fair.sell("Late Quark")
    day = fair.event.ends_at + timedelta(days=60)
    held = keep_personal_data(fair.store, SUPERVISOR.at(AFTER), fair.event.id, days=60)
    assert (held.goes_at, held.erased_at) == (day, None)
    assert erase_due_events(fair.store, SYSTEM.at(day - timedelta(seconds=1))) == 0
    erase_due_events(fair.store, SYSTEM.at(day))
    assert erased(fair) == []


def test_who_only_asked_to_book_is_not_named_any_more_and_not_by_a_backup(fair: Fair) -> None:
    asking = make_guest(fair.store, NAME)
    wish = {"name": NAME, "email": EMAIL, "code": "", "tickets": [{"name": "Zoe Quark"}]}
    request_id = new_id()
    request = {"id": request_id, "no": 1, "event_id": fair.event.id, "account_id": asking.id}
    asked = {"priority": 0, "wish": wish, "state": "waiting", "reason": "", "created_at": NOON}
    with Steps(fair.store, asking.at(NOON)).write() as act:
        act.connection.execute(insert(QueueRequestRow).values(**request, **asked))
        told = {"said": "Zoe Quark comes too"}
        act.record("request", ("queue_request", request_id), event_id=fair.event.id, **told)
    backup = make_backup(fair.store, SYSTEM.at(NOON))
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")

    def named(store: Store) -> str:
        with store.read() as connection:
            here = AuditRow.event_id == fair.event.id
            log = connection.execute(select(AuditRow.actor_name, AuditRow.detail).where(here)).all()
            return f"{log} {connection.execute(select(QueueRequestRow.wish)).all()}"

    assert "Quark" not in named(fair.store)
    home = fair.store.home
    fair.store.close()
    restore(home, backup.path, now=AFTER)
    with Store(home) as store:
        assert "Quark" not in named(store)


def test_a_refused_booking_stays_a_figure_of_nobody(fair: Fair) -> None:
    asking = make_guest(fair.store, NAME)
    refused = {"event_id": fair.event.id, "account_id": asking.id, "source": "attendee"}
    figures = {"tickets": 2, "places": 0, "amount_minor": 24000, "refused_at": NOON}
    with fair.store.write() as connection:
        connection.execute(insert(RefusalRow).values(id=new_id(), **refused, **figures))
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    with fair.store.read() as connection:
        kept = connection.execute(select(RefusalRow.account_id, RefusalRow.tickets)).all()
    assert [tuple(row) for row in kept] == [(None, 2)]


def test_what_a_phones_scan_was_settled_with_goes_without_a_ticket_too(fair: Fair) -> None:
    check_in(fair.store, STAFF.at(NOON), fair.scan("zebulon quark", source=ScanSource.TYPED))
    with fair.store.write() as connection:
        scan_id = connection.execute(select(ScanRow.id)).scalar_one()
        settled = {"shown": "ok", "delivered_at": NOON, "word": "It was Zebulon Quark"}
        row = {"scan_id": scan_id, "event_id": fair.event.id, **settled}
        connection.execute(insert(OfflineScanRow).values(**row))
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    with fair.store.read() as connection:
        assert connection.execute(select(OfflineScanRow.word)).scalar_one() == ""


def test_sheets_of_badges_are_named_among_what_stays(fair: Fair) -> None:
    booked = fair.sell(NAME)
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    sheet = fair.store.home / "sheets.pdf"
    sheet.write_bytes(b"%PDF")
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(delivered_to=str(sheet)))
    preview = preview_event_erasure(fair.store, SUPERVISOR.at(AFTER), fair.event.id)
    assert str(sheet) in [each.what for each in preview.kept]


def test_the_chore_waits_a_day_after_the_end_at_least(fair: Fair, guest: Actor) -> None:
    keep_personal_data(fair.store, SUPERVISOR.at(NOON), fair.event.id, days=0)
    next_day = fair.event.ends_at + timedelta(days=1)
    assert erase_due_events(fair.store, SYSTEM.at(next_day - timedelta(seconds=1))) == 0
    assert erase_due_events(fair.store, SYSTEM.at(next_day)) > 0


def test_what_waits_for_a_webhook_is_known_still(fair: Fair) -> None:
    fair.sell(NAME)
    with Steps(fair.store, SYSTEM.at(NOON)).write() as act:
        for kind in ("webhook", "mail"):
            act.deliver(kind, new_id(), event_id=fair.event.id, payload={"type": "book"})
    erase_event(fair.store, SUPERVISOR.at(AFTER), fair.event.id, typed="Demo Days")
    with fair.store.read() as connection:
        rows = connection.execute(select(DeliveryRow.kind, DeliveryRow.payload)).all()
    assert dict(rows) == {"webhook": {"type": "book"}, "mail": {}}
