"""Archives whose writer knew the passphrase and wrote what they liked."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.event import listens_for

from data.schema import BookingRow, EventRow, LedgerRow, PaymentRow, QuestionRow, ScanRow, VenueRow
from data.schema.base import Base
from data.store import Store
from eventdesk.acts import SYSTEM, Role
from eventdesk.booking import reissue
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_id
from eventdesk.door import Outcome, check_in
from eventdesk.events import learn_event
from eventdesk.exchange import PARTS, bring_event, opened_package, pack_event
from eventdesk.exchange.archive.package import Lock, seal_keys
from eventdesk.exchange.archive.sound import need_own_targets
from eventdesk.exchange.archive.values import line_of
from eventdesk.money import take_payment
from eventdesk.sales import browse
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.people import make_staff

PASSPHRASE = "a long way from home"
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "elsewhere", device_name="other desk") as store:
        yield store


@pytest.fixture
def theirs(other: Store) -> Fair:
    """An event of the house that takes the archive in, with what every table can name."""
    fair = make_fair(other, "Their own fair")
    _fill(fair)
    return fair


@pytest.fixture
def archive(fair: Fair, tmp_path: Path) -> Path:
    _fill(fair)
    make_staff(fair, Role.STAFF)
    path = tmp_path / "fair.eventdesk.zip"
    pack_event(fair.store, SYSTEM.at(NOON), fair.event.id, passphrase=PASSPHRASE, path=path)
    return path


def _fill(fair: Fair) -> None:
    """A guest who paid, came in and got a new code; a venue, and a question on another."""
    owed = fair.sell_all(["Ada Lovelace"], paid=False)
    take_payment(fair.store, SYSTEM.at(NOON), owed.booking_id, method="cash")
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(owed)))
    reissue(fair.store, SUPERVISOR.at(NOON), owed.ticket_ids[0], reason="phone lost")
    venue, asked, hanging = (new_id() for _ in range(3))
    question = {
        "event_id": fair.event.id, "kind": "yes_no", "required": False, "choices": [],
        "position": 1, "depends_value": "", "active": True,
    }  # fmt: skip
    with fair.store.write() as connection:
        connection.execute(
            insert(VenueRow).values(
                id=venue, event_id=fair.event.id, name="Old Mill", address="", capacity=None
            )
        )
        connection.execute(
            insert(QuestionRow),
            [
                {**question, "id": asked, "text": "Vegan?", "depends_on": None},
                {**question, "id": hanging, "text": "Which?", "depends_on": asked},
            ],
        )
        here = update(EventRow).where(EventRow.id == fair.event.id)
        connection.execute(here.values(venue_id=venue))
        learn_event(connection, fair.event.id)


def bring(store: Store, path: Path) -> None:
    bring_event(store, SYSTEM.at(NOON), path, passphrase=PASSPHRASE)


def write_anew(
    path: Path, change: Callable[[Rows], None], *, lost: int = 0, compression: int = 0
) -> None:
    """Write an archive with other rows, its sums and its seal right.

    Args:
        path: The archive.
        change: What is done to its rows.
        lost: Tickets its manifest names beside those that are in it.
        compression: How its files are packed.
    """
    with opened_package(path, PASSPHRASE) as package, zipfile.ZipFile(path) as packed:
        rows = {name: [json.loads(line) for line in package.lines(name)] for name in package.rows}
        keys, manifest = package.keys, json.loads(packed.read("manifest.json"))
    change(rows)
    contents = {}
    for name, lines in rows.items():
        spelled = [line_of(list(line), list(line.values())) for line in lines]
        content = ("[" + "\n,".join(spelled) + "\n]\n" if spelled else "[]\n").encode()
        contents[f"tables/{name}.json"] = content
        count = len(lines) + (lost if name == "ticket" else 0)
        about = {"rows": count, "sha256": hashlib.sha256(content).hexdigest()}
        manifest["files"][f"tables/{name}.json"] = about
    lock = Lock.new()
    manifest["keys"] = lock.spelled()
    spelled_manifest = json.dumps(manifest).encode()
    contents["manifest.json"] = spelled_manifest
    contents["keys.bin"] = seal_keys(lock, PASSPHRASE, spelled_manifest, keys)
    with zipfile.ZipFile(path, "w", compression) as packed:
        for name, content in contents.items():
            packed.writestr(name, content)


def named(store: Store, fair: Fair, table: str) -> UUID:
    """A row of a table of an event."""
    part = next(part for part in PARTS if part.name == table)
    with store.read() as connection:
        found: UUID = connection.execute(part.of(fair.event.id)).first().id  # type: ignore[union-attr]
        return found


def counts(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name not in {"audit", "audit_link", "setting"}
        }


def test_what_is_written_anew_without_a_change_is_taken_in(other: Store, archive: Path) -> None:
    write_anew(archive, lambda rows: None)
    bring(other, archive)


def test_rows_that_its_manifest_counts_and_it_has_not_are_missed(
    other: Store, archive: Path
) -> None:
    write_anew(archive, lambda rows: None, lost=1)
    before = counts(other)
    with pytest.raises(InvalidInputError, match="ticket has 1 rows, not 2"):
        bring(other, archive)
    assert counts(other) == before


def test_an_archive_packed_in_an_unusual_way_is_refused(other: Store, archive: Path) -> None:
    write_anew(archive, lambda rows: None, compression=zipfile.ZIP_LZMA)
    with pytest.raises(InvalidInputError, match="packed in an unusual way"):
        bring(other, archive)


def test_what_rows_name_is_looked_up_by_its_key_and_not_among_all_of_the_event(
    theirs: Fair,
) -> None:
    booked = theirs.sell("Ada Lovelace")
    asked: list[tuple[str, Any]] = []
    with theirs.store.read() as connection:

        @listens_for(connection, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
            if statement.startswith("SELECT sum"):
                asked.append((statement, given))

        column = PaymentRow.__table__.c["booking_id"]
        need_own_targets(connection, column, [booked.booking_id], theirs.event.id)
        with pytest.raises(ValueError, match="did not come with it"):
            need_own_targets(connection, column, [booked.booking_id], new_id())
        with pytest.raises(ValueError, match="did not come with it"):
            need_own_targets(connection, column, [new_id()], theirs.event.id)
        plans = [
            row[3]
            for statement, given in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
    assert len(asked) == 3
    assert all("sqlite_autoindex_booking" in plan for plan in plans), plans


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("payment", "booking_id", "booking"),
        ("ticket", "booking_id", "booking"),
        ("ticket", "ticket_type_id", "ticket_type"),
        ("token_revocation", "ticket_id", "ticket"),
        ("ledger", "booking_id", "booking"),
        ("scan", "ticket_id", "ticket"),
        ("scan", "list_id", "check_in_list"),
        ("admission", "ticket_id", "ticket"),
        ("admission", "list_id", "check_in_list"),
        ("admission", "scan_id", "scan"),
        ("event", "venue_id", "venue"),
        ("question", "depends_on", "question"),
    ],
)
def test_a_row_that_names_what_is_another_events_is_refused(
    other: Store, theirs: Fair, archive: Path, table: str, column: str, target: str
) -> None:
    foreign = named(other, theirs, target)

    def change(rows: Rows) -> None:
        rows[table][-1][column] = str(foreign)

    write_anew(archive, change)
    before = counts(other)
    with pytest.raises(InvalidInputError, match=r"did not come with it"):
        bring(other, archive)
    assert counts(other) == before


def test_a_paid_payment_pays_no_booking_of_another_event(
    other: Store, theirs: Fair, archive: Path
) -> None:
    owed = theirs.sell_all(["Own Guest"], paid=False)

    def change(rows: Rows) -> None:
        rows["payment"][0]["booking_id"] = str(owed.booking_id)

    write_anew(archive, change)
    with pytest.raises(InvalidInputError, match="names a booking"):
        bring(other, archive)
    with other.read() as connection:
        state = select(BookingRow.state).where(BookingRow.id == owed.booking_id)
        assert connection.execute(state).scalar_one() == "pending"


@pytest.mark.parametrize("event", ["theirs", None])
def test_a_row_of_another_event_or_of_none_is_refused(
    other: Store, theirs: Fair, archive: Path, event: str | None
) -> None:
    def change(rows: Rows) -> None:
        rows["gate"][0]["event_id"] = str(theirs.event.id) if event else None

    write_anew(archive, change)
    with pytest.raises(InvalidInputError, match="does not fit together"):
        bring(other, archive)


def test_a_notice_of_no_payment_is_refused(other: Store, archive: Path) -> None:
    def change(rows: Rows) -> None:
        rows["payment_notice"].append(
            {
                "provider": "desk", "notice": "1", "payment_id": None, "state": "paid",
                "received_at": NOON.isoformat(),
            }
        )  # fmt: skip

    write_anew(archive, change)
    with pytest.raises(InvalidInputError, match="belongs to no event"):
        bring(other, archive)


def test_a_line_in_a_transaction_of_another_event_is_refused(
    other: Store, theirs: Fair, archive: Path
) -> None:
    with other.read() as connection:
        line = select(LedgerRow.transaction_id).where(LedgerRow.event_id == theirs.event.id)
        transaction_id = connection.execute(line).scalars().first()

    def change(rows: Rows) -> None:
        rows["ledger"][0]["transaction_id"] = str(transaction_id)

    write_anew(archive, change)
    with pytest.raises(InvalidInputError, match="transaction of another event"):
        bring(other, archive)


def test_a_scan_on_a_device_that_did_not_come_along_is_refused(other: Store, archive: Path) -> None:
    def change(rows: Rows) -> None:
        rows["scan"][0]["device_id"] = str(other.device_id)

    write_anew(archive, change)
    with pytest.raises(InvalidInputError, match="device"):
        bring(other, archive)


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        ("admin", []),
        ("emperor", []),
        ("", []),
        ("co-host", ["installation"]),
        ("co-host", ["event"]),
        ("staff", [["door"]]),
        ("co-host", {"door": True}),
    ],
)
def test_a_role_that_no_organizer_could_give_is_refused(
    other: Store, archive: Path, role: str, permissions: Any
) -> None:
    def change(rows: Rows) -> None:
        rows["event_role"][0].update(role=role, permissions=permissions)

    write_anew(archive, change)
    before = counts(other)
    with pytest.raises(InvalidInputError, match="does not fit together"):
        bring(other, archive)
    assert counts(other) == before


def test_an_event_is_found_by_its_place_and_description_whatever_its_archive_says(
    fair: Fair, other: Store, archive: Path
) -> None:
    def change(rows: Rows) -> None:
        rows["event"][0].update(folded_name="", description="All about **lighthouses**")

    write_anew(archive, change)
    bring(other, archive)
    for text in ("demo days", "old mill", "lighthouses"):
        cards, count = browse(other, SYSTEM.at(NOON), text=text)
        assert ([card.id for card in cards], count) == ([fair.event.id], 1)
    assert browse(other, SYSTEM.at(NOON), place="old mill")[1] == 1


def test_a_ticket_of_another_event_that_was_tried_here_stays_at_home(
    fair: Fair, other: Store, tmp_path: Path
) -> None:
    stranger = make_fair(fair.store, "Another event")
    scan = fair.scan(stranger.token(stranger.sell("Lost Guest")))
    assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.WRONG_EVENT
    path = tmp_path / "fair.zip"
    pack_event(fair.store, SYSTEM.at(NOON), fair.event.id, passphrase=PASSPHRASE, path=path)
    bring(other, path)
    with other.read() as connection:
        scan_row = connection.execute(select(ScanRow.outcome, ScanRow.ticket_id)).one()
    assert tuple(scan_row) == (Outcome.WRONG_EVENT, None)


@pytest.mark.parametrize("code", ["1001", "two words", "A" * 301])
def test_a_ticket_code_that_no_other_system_gives_out_is_refused(
    other: Store, archive: Path, code: str
) -> None:
    def change(rows: Rows) -> None:
        rows["ticket"][0]["foreign_code"] = code

    write_anew(archive, change)
    with pytest.raises(InvalidInputError, match="no other system gives out"):
        bring(other, archive)


def _unbalance(rows: Rows) -> None:
    rows["ledger"][0]["amount_minor"] += 5


def _unpay(rows: Rows) -> None:
    rows["payment"].clear()
    rows["payment_notice"].clear()
    rows["cash_movement"].clear()


def _discount(rows: Rows) -> None:
    rows["ticket"][0]["price_minor"] -= 100


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_unbalance, "is off by 5 minor units of EUR"),
        (_unpay, "is paid, and 120.00 EUR are due|the ledger has"),
        (_discount, "its tickets say"),
    ],
)
def test_money_that_does_not_agree_is_refused(
    other: Store, theirs: Fair, archive: Path, spoil: Callable[[Rows], None], said: str
) -> None:
    before = counts(other)
    write_anew(archive, spoil)
    with pytest.raises(InvalidInputError, match=said):
        bring(other, archive)
    assert counts(other) == before
