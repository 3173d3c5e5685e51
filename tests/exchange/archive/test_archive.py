"""An event that moves from one house to another, and what is not taken in."""

import hashlib
import json
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.event import listens_for

from data.schema import (
    AccountRow,
    BookingRow,
    EventRoleRow,
    EventRow,
    QuestionRow,
    ScanRow,
    TicketRow,
    VenueRow,
)
from data.schema.base import Base
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import reissue, ticket_by_code, token_of
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.core.token import TokenKey, seal
from eventdesk.door import OfflineScan, Outcome, check_in, deliver_offline_scans, find_tickets
from eventdesk.events import learn_event
from eventdesk.exchange import PARTS, bring_event, opened_package, pack_event
from eventdesk.exchange.archive.unpacking import BATCH
from eventdesk.keeping import list_audit
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair

PASSPHRASE = "a long way from home"

HOUSE_TABLES = (
    *(
        "account",
        "api_token",
        "app_session",
        "calendar_link",
        "audit",
        "audit_link",
        "badge_batch",
        "call",
        "delivery",
        "device",
        "export_set",
        "name_word",
        "notice",
    ),
    *(
        "one_time_code",
        "paired_device",
        "pairing_offer",
        "link_request",
        "mail_stop",
        "printer",
        "printer_gate",
        "profile",
        "linked_identity",
        "passkey",
        "recovery_code",
        "second_step",
        "service",
        "setting",
        "spent_challenge",
        "token_key",
    ),
    *("touched", "wallet_pass", "web_session", "wrong_try"),
)
"""Tables that are not of an event; accounts and devices go along as far as its rows name them."""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "elsewhere", device_name="other desk") as store:
        yield store


def pack(fair: Fair, path: Path) -> Path:
    return pack_event(
        fair.store, SYSTEM.at(NOON), fair.event.id, passphrase=PASSPHRASE, path=path
    ).path


@pytest.fixture
def archive(fair: Fair, tmp_path: Path) -> Path:
    """An event with a sold, a reissued and a twice let-in ticket, sold with two keys."""
    first = fair.sell("Ada Lovelace")
    fair.store.keys = fair.store.keys.rotate(NOON)
    fair.sell("Grace Hopper", email="grace@example.org")
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(first)))
    told = [OfflineScan("twice", fair.token(first), NOON.isoformat(), "admitted")]
    deliver_offline_scans(fair.store, STAFF.at(NOON), fair.door.id, told)
    _mention_more(fair)
    return pack(fair, tmp_path / "fair.eventdesk.zip")


def _mention_more(fair: Fair) -> None:
    """A venue the event points at, a question that hangs on another, a person of the team."""
    venue, asked, hanging, person = (new_id() for _ in range(4))
    event_id = fair.event.id
    with fair.store.write() as connection:
        connection.execute(
            insert(VenueRow).values(
                id=venue, event_id=event_id, name="Hall", address="", capacity=None
            )
        )
        connection.execute(update(EventRow).where(EventRow.id == event_id).values(venue_id=venue))
        question = {
            "event_id": event_id, "kind": "yes_no", "required": False, "choices": [],
            "depends_value": "", "active": True,
        }  # fmt: skip
        connection.execute(
            insert(QuestionRow),
            [
                {**question, "id": hanging, "text": "Which?", "position": 2, "depends_on": asked},
                {**question, "id": asked, "text": "Vegan?", "position": 1, "depends_on": None},
            ][::-1],
        )
        connection.execute(
            insert(AccountRow).values(
                id=person, email="olga@example.org", name="Olga", is_admin=False,
                secret_kind="password", secret_hash="secret-hash", created_at=NOON,
            )
        )  # fmt: skip
        connection.execute(
            insert(EventRoleRow).values(event_id=event_id, account_id=person, role="organizer")
        )
        learn_event(connection, event_id)


def bring(store: Store, path: Path, passphrase: str = PASSPHRASE) -> Any:
    return bring_event(store, SYSTEM.at(NOON), path, passphrase=passphrase)


def rows_of(store: Store, fair: Fair) -> dict[str, list[dict[str, Any]]]:
    """All rows of the event but for what each house numbers by itself."""
    own = {"number", "no", "search_no", "key_id", "staff_pin_hash", "commission_bp"}
    with store.read() as connection:
        return {
            part.name: sorted(
                (
                    {name: value for name, value in row._mapping.items() if name not in own}
                    for row in connection.execute(part.of(fair.event.id))
                ),
                key=str,
            )
            for part in PARTS
        }


def counts(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name not in {"audit", "audit_link", "setting"}
        }


def test_every_table_is_part_of_an_event_or_of_the_house() -> None:
    tables = {table.name for table in Base.metadata.sorted_tables}
    parts = [part.name for part in PARTS]
    assert len(parts) == len(set(parts))
    assert tables == {*parts, *HOUSE_TABLES}


def test_a_ticket_sold_in_one_house_is_admitted_in_the_other(
    fair: Fair, other: Store, archive: Path
) -> None:
    tokens = {}
    with fair.store.read() as connection:
        for row in connection.execute(select(TicketRow.id, TicketRow.holder_name)):
            tokens[row.holder_name] = row.id
    theirs = make_fair(other, "Their own fair")
    own = theirs.sell("Own Guest")  # sold with a key that is called 1 there, too
    own_token = theirs.token(own)

    brought = bring(other, archive)

    assert (brought.event_id, brought.tickets, brought.new_codes) == (fair.event.id, 2, ())
    for name, expected in (
        ("Ada Lovelace", Outcome.ALREADY_IN),
        ("Grace Hopper", Outcome.ADMITTED),
    ):
        result = check_in(
            other, STAFF.at(NOON), fair.scan(token_of(fair.store, SYSTEM, tokens[name]))
        )
        assert (result.outcome, result.name) == (expected, name)
        assert token_of(other, SYSTEM, tokens[name]) == token_of(fair.store, SYSTEM, tokens[name])
    assert check_in(other, STAFF.at(NOON), theirs.scan(own_token)).outcome is Outcome.ADMITTED


def test_a_code_of_another_system_opens_in_the_other_house_too(
    fair: Fair, other: Store, tmp_path: Path
) -> None:
    fair.sell("Ada Lovelace", foreign_code="z3fsn8jyufm5kpk7")
    bring(other, pack(fair, tmp_path / "fair.eventdesk.zip"))
    result = check_in(other, STAFF.at(NOON), fair.scan("z3fsn8jyufm5kpk7"))
    assert (result.outcome, result.name) == (Outcome.ADMITTED, "Ada Lovelace")


def test_a_desk_that_was_open_before_knows_the_new_keys(
    fair: Fair, other: Store, archive: Path
) -> None:
    theirs = make_fair(other, "Their own fair")
    theirs.sell("Own Guest")
    grace = find_tickets(fair.store, SYSTEM, fair.event.id, "Grace")[0]
    token = token_of(fair.store, SYSTEM, grace.id)
    with Store(other.home) as open_before:
        bring(other, archive)
        result = check_in(open_before, STAFF.at(NOON), fair.scan(token))
    assert result.outcome is Outcome.ADMITTED


def test_a_key_that_came_with_an_event_opens_no_other(
    fair: Fair, other: Store, archive: Path
) -> None:
    theirs = make_fair(other, "Their own fair")
    booked = theirs.sell("Own Guest")
    grace = find_tickets(fair.store, SYSTEM, fair.event.id, "Grace")[0]
    bring(other, archive)
    reissue(other, SUPERVISOR.at(NOON), booked.ticket_ids[0], reason="phone lost")
    for key in fair.store.keys.token_keys.values():
        for event_id in (theirs.event.id, fair.event.id):
            for revision in (1, 2, 3):
                made = seal(
                    key, ticket_id=booked.ticket_ids[0], revision=revision, event_id=event_id
                )
                for door in (theirs, fair):
                    result = check_in(other, STAFF.at(NOON), door.scan(made))
                    assert result.outcome is Outcome.FORGED
    scan = fair.scan(token_of(fair.store, SYSTEM, grace.id))
    assert check_in(other, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED
    reissue(other, SUPERVISOR.at(NOON), grace.id, reason="phone lost")
    ahead = seal(
        fair.store.keys.token_keys[2], ticket_id=grace.id, revision=2, event_id=fair.event.id
    )
    assert check_in(other, STAFF.at(NOON), fair.scan(ahead)).outcome is Outcome.FORGED


def test_a_desk_that_was_open_learns_that_a_key_came_with_another_event(
    fair: Fair, other: Store, tmp_path: Path
) -> None:
    fair.sell()
    second = make_fair(fair.store, "Second fair")
    token = second.token(second.sell("Hedy Lamarr"))  # with the same key
    first_archive, second_archive = (
        pack(one, tmp_path / f"{one.event.code}.zip") for one in (fair, second)
    )
    bring(other, first_archive)
    with Store(other.home) as open_before:
        bring(other, second_archive)
        result = check_in(open_before, STAFF.at(NOON), second.scan(token))
    assert result.outcome is Outcome.ADMITTED


def test_what_is_sold_after_an_archive_is_sealed_with_a_key_that_is_in_none(
    fair: Fair, archive: Path
) -> None:
    with opened_package(archive, PASSPHRASE) as package:
        given_away = [key for key, _ in package.keys]
    (ticket_id,) = fair.sell("Sold Later").ticket_ids
    for key in given_away:
        made = seal(key, ticket_id=ticket_id, revision=1, event_id=fair.event.id)
        result = check_in(fair.store, STAFF.at(NOON), fair.scan(made))
        assert result.outcome is Outcome.FORGED
    scan = fair.scan(token_of(fair.store, SYSTEM, ticket_id))
    assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED


def test_an_archive_of_what_was_not_sold_since_adds_no_key(
    fair: Fair, archive: Path, tmp_path: Path
) -> None:
    before = set(fair.store.keys.token_keys)
    pack(fair, tmp_path / "again.zip")
    assert set(fair.store.keys.token_keys) == before
    again, first = list_audit(fair.store, SYSTEM, search="pack event")[0]
    assert "key:" not in again.detail
    assert first.detail.endswith(f"key: {fair.store.keys.active_id}")


def test_all_rows_arrive_as_they_were(fair: Fair, other: Store, archive: Path) -> None:
    make_fair(other, "Their own fair").sell("Own Guest")
    bring(other, archive)
    assert rows_of(other, fair) == rows_of(fair.store, fair)


def test_people_are_found_and_codes_made_anew_as_before(
    fair: Fair, other: Store, archive: Path
) -> None:
    bring(other, archive)
    grace = find_tickets(other, SYSTEM, fair.event.id, "Grace Hoper")[0]
    assert grace.name == "Grace Hopper"
    old = find_tickets(fair.store, SYSTEM, fair.event.id, "Grace")[0]
    token = reissue(other, SUPERVISOR.at(NOON), grace.id, reason="phone lost")
    assert check_in(other, STAFF.at(NOON), fair.scan(token)).outcome is Outcome.ADMITTED
    old_token = token_of(fair.store, SYSTEM, old.id)
    assert check_in(other, STAFF.at(NOON), fair.scan(old_token)).outcome is Outcome.REVOKED


def test_a_person_with_an_account_here_keeps_it_and_others_get_one_without_secret(
    fair: Fair, other: Store, archive: Path
) -> None:
    here = new_id()
    with other.write() as connection:
        connection.execute(
            insert(AccountRow).values(
                id=here, email="olga@example.org", name="Olga Here", is_admin=False,
                secret_kind="password", secret_hash="hers", created_at=NOON,
            )
        )  # fmt: skip
    assert bring(other, archive).new_accounts == 0
    with other.read() as connection:
        role = connection.execute(select(EventRoleRow.account_id)).scalar_one()
        assert role == here


def test_no_secret_leaves_the_house(fair: Fair, archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        content = b"".join(packed.read(name) for name in packed.namelist())
    assert b"secret-hash" not in content
    for key in fair.store.keys.token_keys.values():
        assert key.secret not in content
        assert b64encode(key.secret) not in content


def test_a_short_code_that_is_taken_here_is_given_anew_and_named(
    fair: Fair, other: Store, archive: Path
) -> None:
    ada = find_tickets(fair.store, SYSTEM, fair.event.id, "Ada")[0]
    theirs = make_fair(other, "Their own fair")
    own = theirs.sell("Own Guest")
    with other.write() as connection:
        connection.execute(
            update(BookingRow).where(BookingRow.id == own.booking_id).values(code=ada.booking_code)
        )
    ((was, now_called),) = bring(other, archive).new_codes
    assert was == ada.booking_code
    assert ticket_by_code(other, SYSTEM, ada.code).booking_code == now_called


@pytest.mark.parametrize("cut", [10, 400, 2000])
def test_half_an_archive_is_refused(other: Store, archive: Path, cut: int) -> None:
    archive.write_bytes(archive.read_bytes()[:-cut])
    before = counts(other)
    with pytest.raises(InvalidInputError, match="no whole archive"):
        bring(other, archive)
    assert counts(other) == before


def _again(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Write an archive anew with files changed, or left out."""
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            changed = change(name, content)
            if changed is not None:
                packed.writestr(name, changed)


def _with_new_sum(name: str, content: bytes) -> bytes:
    """Change a name in the tickets and the sum in the manifest, as a careful forger would."""
    if name == "tables/ticket.json":
        return content.replace(b"Grace", b"Gruce")
    if name == "manifest.json":
        fields = json.loads(content)
        fields["files"]["tables/ticket.json"]["sha256"] = hashlib.sha256(b"x").hexdigest()
        return json.dumps(fields, ensure_ascii=False, indent=1).encode()
    return content


CHANGES: dict[str, Callable[[str, bytes], bytes | None]] = {
    "a row": lambda name, content: content.replace(b"Grace", b"Gruce"),
    "a row and its sum": _with_new_sum,
    "a table is missing": lambda name, content: None if name.endswith("scan.json") else content,
    "no keys": lambda name, content: None if name == "keys.bin" else content,
    "other keys": lambda name, content: bytes(99) if name == "keys.bin" else content,
    "no manifest": lambda name, content: None if name == "manifest.json" else content,
    "manifest is a list": lambda name, content: b"[]" if name == "manifest.json" else content,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_archive_is_refused(
    other: Store, archive: Path, change: Callable[[str, bytes], bytes | None]
) -> None:
    _again(archive, change)
    before = counts(other)
    with pytest.raises(InvalidInputError, match=r"whole archive|was changed"):
        bring(other, archive)
    assert counts(other) == before


def test_a_newer_format_and_a_wrong_passphrase_are_refused(other: Store, archive: Path) -> None:
    with pytest.raises(InvalidInputError, match="passphrase is wrong"):
        bring(other, archive, "another passphrase")
    _again(
        archive,
        lambda name, content: (
            content.replace(b'"format": 1', b'"format": 2') if name == "manifest.json" else content
        ),
    )
    with pytest.raises(InvalidInputError, match="format 2"):
        bring(other, archive)


def test_what_is_here_already_is_refused(fair: Fair, other: Store, archive: Path) -> None:
    with pytest.raises(InvalidInputError, match="already"):
        bring(fair.store, archive)
    bring(other, archive)
    before = counts(other)
    with pytest.raises(InvalidInputError, match="already"):
        bring(other, archive)
    assert counts(other) == before


def test_what_fails_in_the_middle_takes_nothing_in(other: Store, archive: Path) -> None:
    def stop(done: int) -> None:
        if done > 5:
            raise InvalidInputError("stopped")

    before = counts(other)
    with pytest.raises(InvalidInputError, match="stopped"):
        bring_event(other, SYSTEM.at(NOON), archive, passphrase=PASSPHRASE, on_progress=stop)
    assert counts(other) == before
    assert bring(other, archive).tickets == 2


def test_rows_are_written_many_at_a_time_and_progress_is_told_meanwhile(
    fair: Fair, other: Store, tmp_path: Path
) -> None:
    fair.sell_all([f"Guest {number}" for number in range(BATCH + 200)])
    told: list[int] = []
    inserts: list[str] = []
    with other.write() as connection:
        engine = connection.engine

    @listens_for(engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO ticket ("):
            inserts.append(statement)

    path = pack(fair, tmp_path / "many.zip")
    bring_event(other, SYSTEM.at(NOON), path, passphrase=PASSPHRASE, on_progress=told.append)
    assert len(inserts) == 2
    assert told == sorted(told)
    assert max(later - before for before, later in pairwise([0, *told])) <= BATCH
    assert told[-1] >= BATCH + 200
    assert find_tickets(other, SYSTEM, fair.event.id, f"Guest {BATCH + 199}")


def test_only_an_admin_takes_events_out_and_in(fair: Fair, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        pack_event(
            fair.store,
            SUPERVISOR.at(NOON),
            fair.event.id,
            passphrase=PASSPHRASE,
            path=tmp_path / "x.zip",
        )
    with pytest.raises(NotAllowedError):
        bring_event(fair.store, SUPERVISOR.at(NOON), archive, passphrase=PASSPHRASE)


def test_a_passphrase_that_is_guessed_at_once_is_refused(fair: Fair, tmp_path: Path) -> None:
    for passphrase in ("short", "aaaaaaaaaaaaaa"):
        with pytest.raises(InvalidInputError, match="passphrase"):
            pack_event(
                fair.store,
                SYSTEM.at(NOON),
                fair.event.id,
                passphrase=passphrase,
                path=tmp_path / "x.zip",
            )
    assert not (tmp_path / "x.zip").exists()


def test_an_event_that_came_in_can_go_on_to_a_third_house(
    fair: Fair, other: Store, archive: Path, tmp_path: Path
) -> None:
    make_fair(other, "Their own fair").sell("Own Guest")
    bring(other, archive)
    onward = pack_event(
        other, SYSTEM.at(NOON), fair.event.id, passphrase=PASSPHRASE, path=tmp_path / "on.zip"
    ).path
    with Store.create(tmp_path / "third") as third:
        bring(third, onward)
        assert rows_of(third, fair) == rows_of(fair.store, fair)
        grace = find_tickets(third, SYSTEM, fair.event.id, "Grace")[0]
        token = token_of(fair.store, SYSTEM, grace.id)
        assert check_in(third, STAFF.at(NOON), fair.scan(token)).outcome is Outcome.ADMITTED


def test_the_manifest_tells_what_is_in_it(fair: Fair, archive: Path) -> None:
    with opened_package(archive, PASSPHRASE) as package:
        assert package.event_name == fair.event.name
        assert package.rows["ticket"] == 2
        assert all(isinstance(key, TokenKey) for key, _ in package.keys)
    with fair.store.read() as connection:
        scans = connection.execute(select(func.count()).select_from(ScanRow)).scalar_one()
    assert package.rows["scan"] == scans
