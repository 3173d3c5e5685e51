"""Taking one's data along, and being erased."""

import json
import stat
from base64 import b32decode
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from data.rows import count_rows, insert_row
from data.schema import (
    AccountRow,
    AnswerRow,
    AuditRow,
    BookingRow,
    LinkedIdentityRow,
    NoticeRow,
    OfflineScanRow,
    PasskeyRow,
    ProfileRow,
    QuestionRow,
    RecoveryCodeRow,
    ScanRow,
    SecondStepRow,
    TicketRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.accounts import (
    Profile,
    begin_second_step,
    change_profile,
    confirm_second_step,
    make_token,
    needs_first_account,
    sign_in,
    sign_up,
    start_app_session,
    start_web_session,
)
from eventdesk.accounts.totp import code_at, step_at
from eventdesk.acts import SYSTEM, VISITOR, Actor, Permission, Role
from eventdesk.booking import cancel_tickets, rename, set_attention
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from eventdesk.core.ids import new_id
from eventdesk.door import (
    OfflineScan,
    ScanSource,
    check_in,
    counters,
    deliver_offline_scans,
    find_tickets,
    settle_conflict,
)
from eventdesk.keeping import erase_account, export_personal_data, personal_data_file
from eventdesk.keeping.personal_data import personal_data
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.people import PASSWORD, PIN, make_another_admin, make_guest, make_staff

AFTER = NOON + timedelta(days=30)
NAME, EMAIL = "Zebulon Quark", "zebulon@example.org"


@pytest.fixture
def guest(fair: Fair) -> Actor:
    """Somebody who booked, answered, was let in and turned away, and is on a waitlist."""
    guest = make_guest(fair.store, NAME)
    change_profile(fair.store, guest.at(NOON), Profile(NAME, dietary="no quarks"))
    booked = fair.sell_all([NAME, "Zoe Quark"], email=EMAIL, account_id=guest.id)
    rename(fair.store, STAFF.at(NOON), booked.ticket_ids[0], name=NAME, line_two="Quark Ltd")
    set_attention(fair.store, STAFF.at(NOON), booked.ticket_ids[0], note="Quark is loud")
    answer(fair, booked.ticket_ids[0])
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    typed = fair.scan("zebulon quark", source=ScanSource.TYPED)
    check_in(fair.store, STAFF.at(NOON), typed)
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
    return guest


def answer(fair: Fair, ticket_id: UUID) -> None:
    """Answer one question in own words and one by choosing."""
    with fair.store.write() as connection:
        for kind, value in (("text", "Call me Zebulon"), ("choice", "Soup")):
            question_id = new_id()
            connection.execute(
                insert(QuestionRow).values(
                    id=question_id,
                    event_id=fair.event.id,
                    text="What?",
                    kind=kind,
                    required=False,
                    choices=["Soup"],
                    position=0,
                    depends_value="",
                    active=True,
                )
            )
            connection.execute(
                insert(AnswerRow).values(ticket_id=ticket_id, question_id=question_id, value=value)
            )


def everything(store: Store) -> str:
    """All rows of the file, but for the log, whose names are sealed, and lists of mere words."""
    text: list[str] = []
    with store.read() as connection:
        tables = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        ).scalars()
        for table in tables.all():
            if table not in ("audit", "name_word") and not table.startswith("ticket_search"):
                rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()
                text.extend(f"{table}: {row}" for row in rows)
    return "\n".join(text).casefold()


def test_everything_held_is_taken_along(fair: Fair, guest: Actor) -> None:
    data = personal_data(fair.store, guest.at(NOON))
    parts = json.loads(data.to_json())
    assert parts["accounts"][0]["email"] == EMAIL
    assert parts["profile"][0]["dietary"] == "no quarks"
    assert parts["bookings"][0]["event"] == "Demo Days"
    assert [ticket["holder_name"] for ticket in parts["tickets"]] == [NAME, "Zoe Quark"]
    assert sorted(each["value"] for each in parts["answers"]) == ["Call me Zebulon", "Soup"]
    assert [scan["outcome"] for scan in parts["scans"]] == ["admitted"]
    assert parts["waitlist"][0]["state"] == "waiting"
    verbs = [entry["verb"] for entry in parts["log"]]
    assert {"sign_up", "change_profile", "rename", "set_attention"} <= set(verbs)
    assert "argon2" not in data.to_json()


def test_the_file_is_for_its_owner_only(fair: Fair, guest: Actor) -> None:
    path = export_personal_data(fair.store, guest.at(NOON))
    assert path.parent == fair.store.home / "exports"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text(encoding="utf-8"))["accounts"][0]["name"] == NAME


def test_others_get_neither_data_nor_erasure(fair: Fair, guest: Actor) -> None:
    other = make_guest(fair.store, "Otto")
    for act in (personal_data, export_personal_data, erase_account):
        with pytest.raises(NotAllowedError):
            act(fair.store, other.at(AFTER), guest.id)
    admin = make_another_admin(fair.store)
    assert personal_data(fair.store, admin.at(NOON), guest.id).email == EMAIL


def test_who_is_booked_for_what_is_ahead_is_not_erased(fair: Fair, guest: Actor) -> None:
    with pytest.raises(InvalidInputError, match="Demo Days"):
        erase_account(fair.store, guest.at(NOON))
    with fair.store.read() as connection:
        tickets = connection.execute(select(TicketRow.id)).scalars().all()
    cancel_tickets(fair.store, SUPERVISOR.at(NOON), tickets, reason="asked")
    assert erase_account(fair.store, guest.at(NOON)).tickets == 2


def test_after_an_erasure_nothing_names_the_person(fair: Fair, guest: Actor) -> None:
    assert "quark" in everything(fair.store)
    before = counters(fair.store, SYSTEM, fair.door.id)
    erased = erase_account(fair.store, guest.at(AFTER))
    assert (erased.bookings, erased.tickets, erased.scans) == (1, 2, 1)
    left = [line for line in everything(fair.store).splitlines() if "quark" in line]
    left += [line for line in everything(fair.store).splitlines() if "zebulon" in line]
    assert left == []
    assert counters(fair.store, SYSTEM, fair.door.id) == before
    assert find_tickets(fair.store, SYSTEM, fair.event.id, "zebulon") == []
    assert find_tickets(fair.store, SYSTEM, fair.event.id, EMAIL) == []
    with fair.store.read() as connection:
        assert connection.execute(select(BookingRow.total_minor)).scalar_one() == 24000
        assert connection.execute(select(AnswerRow.value)).scalars().all() == ["Soup"]
        assert connection.execute(select(WaitlistEntryRow.state)).scalar_one() == "left"
        for table in (ProfileRow, NoticeRow):
            of_guest = select(table).where(table.account_id == guest.id)
            assert connection.execute(of_guest).all() == []


def test_a_repeated_nonce_still_gets_its_answer(fair: Fair, guest: Actor) -> None:
    booked = fair.sell("Zeb Two", account_id=guest.id)
    scan = fair.scan(fair.token(booked))
    first = check_in(fair.store, STAFF.at(NOON), scan)
    erase_account(fair.store, guest.at(AFTER))
    again = check_in(fair.store, STAFF.at(AFTER), scan)
    assert (again.scan_id, again.outcome) == (first.scan_id, first.outcome)
    assert again.name == "Erased person"


def test_who_is_erased_is_gone_and_the_address_is_free(fair: Fair, guest: Actor) -> None:
    erase_account(fair.store, guest.at(AFTER))
    with pytest.raises(SignInError, match="The e-mail address or the PIN or password is wrong"):
        sign_in(fair.store, SYSTEM.at(AFTER), EMAIL, PIN)
    with pytest.raises(NotAllowedError):
        personal_data(fair.store, guest.at(AFTER))
    sign_up(fair.store, SYSTEM.at(AFTER), email=EMAIL, name="Anew", secret=PIN)
    anew = sign_in(fair.store, SYSTEM.at(AFTER), EMAIL, PIN)
    assert anew.id != guest.id
    assert personal_data(fair.store, anew.at(AFTER)).parts["bookings"] == []
    admin = make_another_admin(fair.store)
    with pytest.raises(NotFoundError, match="There is no such account"):
        erase_account(fair.store, admin.at(AFTER), guest.id)


def test_the_log_names_no_ticket_holder_and_not_who_erased_themselves(
    fair: Fair, guest: Actor
) -> None:
    erase_account(fair.store, guest.at(AFTER))
    with fair.store.read() as connection:
        rows = connection.execute(select(AuditRow.verb, AuditRow.actor_name, AuditRow.detail))
        found = {row.verb: (row.actor_name, str(row.detail)) for row in rows}
    assert not any("quark" in detail.casefold() for verb, (_, detail) in found.items()
                   if verb != "set_attention")  # fmt: skip
    assert found["erase_account"][0] == "Erased person"


def test_what_others_hold_of_the_same_booking_stays(fair: Fair, guest: Actor) -> None:
    friend = make_guest(fair.store, "Fay")
    booked = fair.sell_all(["Zebulon again", "Fay Friend"], account_id=guest.id)
    with fair.store.write() as connection:
        connection.execute(
            TicketRow.__table__.update()
            .where(TicketRow.id == booked.ticket_ids[1])
            .values(account_id=friend.id)
        )
    erase_account(fair.store, guest.at(AFTER))
    with fair.store.read() as connection:
        names = connection.execute(
            select(TicketRow.holder_name).where(TicketRow.booking_id == booked.booking_id)
        ).scalars()
        assert sorted(names) == ["Erased person", "Fay Friend"]


def test_the_last_organizer_of_what_is_ahead_stays(fair: Fair) -> None:
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    with pytest.raises(InvalidInputError, match="organizer"):
        erase_account(fair.store, olga.at(NOON))
    make_staff(fair, Role.ORGANIZER, "Otto")
    erase_account(fair.store, olga.at(NOON))


def test_the_last_admin_stays(store: Store) -> None:
    make_fair(store)
    admin = make_another_admin(store)
    with pytest.raises(InvalidInputError, match="last admin"):
        erase_account(store, admin.at(AFTER))
    assert not needs_first_account(store, SYSTEM)
    with store.read() as connection:
        assert connection.execute(select(AccountRow.erased_at)).scalar_one() is None
        assert connection.execute(select(ScanRow.no)).all() == []


def test_what_was_noted_of_an_admission_without_the_network_goes_along_and_is_erased(
    fair: Fair, guest: Actor
) -> None:
    ticket = find_tickets(fair.store, STAFF, fair.event.id, "Zoe Quark")[0]
    now = NOON + timedelta(hours=1)
    for nonce in ("n1", "n2"):
        told = OfflineScan(
            nonce, ticket.code, NOON.isoformat(), "admitted", source=ScanSource.TYPED
        )
        [twice] = deliver_offline_scans(fair.store, STAFF.at(now), fair.door.id, [told])
    assert twice.scan_id is not None
    word = "Zoe with her sister"
    settle_conflict(fair.store, SUPERVISOR.at(now), twice.scan_id, word=word)
    assert word in str(personal_data(fair.store, guest.at(now)))
    erase_account(fair.store, guest.at(AFTER))
    with fair.store.read() as connection:
        assert set(connection.execute(select(OfflineScanRow.word)).scalars()) == {""}


def test_the_file_of_ones_data_names_sign_ins_and_tokens_without_their_secrets(
    store: Store, guest: Actor
) -> None:
    start_web_session(store, VISITOR.at(NOON), EMAIL, PIN, browser="Firefox/140")
    start_app_session(store, VISITOR.at(NOON), EMAIL, PIN, name="phone")
    make_token(store, guest.at(NOON), "door", frozenset({Permission.ATTEND}))
    made = personal_data_file(store, guest.at(NOON))
    told = json.loads(made.content)
    assert (told["browsers"][0]["browser"], told["apps"][0]["name"]) == ("Firefox/140", "phone")
    assert told["tokens"][0]["permissions"] == ["attend"]
    assert b"secret_hash" not in made.content
    assert made.media_type == "application/json"


def test_passkeys_are_told_by_name_and_go_with_the_account(fair: Fair) -> None:
    kim = make_guest(fair.store, "Kim", secret=PASSWORD)
    assert kim.id is not None
    with fair.store.write() as connection:
        insert_row(
            connection,
            PasskeyRow,
            id=new_id(),
            account_id=kim.id,
            name="Kim's phone",
            credential_id=b"kept",
            public_key=b"kept",
            host="desk.example.org",
            counter=7,
            made_at=NOON,
        )
    [told] = personal_data(fair.store, kim.at(NOON)).parts["passkeys"]
    assert set(told) == {"name", "host", "counter", "made_at", "used_at"}
    assert told["name"] == "Kim's phone"
    erase_account(fair.store, kim.at(NOON))
    with fair.store.read() as connection:
        assert not count_rows(connection, PasskeyRow.account_id == kim.id)


def test_second_step_and_links_are_told_without_secrets_and_go_with_the_account(fair: Fair) -> None:
    kim = make_guest(fair.store, "Kim", secret=PASSWORD)
    assert kim.id is not None
    key = begin_second_step(fair.store, kim.at(NOON), PASSWORD).key
    confirm_second_step(fair.store, kim.at(NOON), code_at(b32decode(key), step_at(NOON)))
    with fair.store.write() as connection:
        insert_row(
            connection,
            LinkedIdentityRow,
            id=new_id(),
            account_id=kim.id,
            issuer="https://login.example.org",
            subject="kim-7",
            email="kim@example.org",
            linked_at=NOON,
        )
    parts = personal_data(fair.store, kim.at(NOON)).parts
    assert parts["links"][0]["subject"] == "kim-7"
    assert set(parts["second_step"][0]) == {"begun_at", "confirmed_at"}
    assert {tuple(each) for each in parts["recovery_codes"]} == {("used_at",)}
    erase_account(fair.store, kim.at(NOON))
    with fair.store.read() as connection:
        for table in (SecondStepRow, RecoveryCodeRow, LinkedIdentityRow):
            assert not count_rows(connection, table.account_id == kim.id)
