"""Cash movements and invoices: whoever changes the file past the program is found by the audit."""

from pathlib import Path

import pytest

from data.sqlite.driver import driver
from data.store import Store
from eventdesk.acts import SYSTEM, seal_audit, verify_audit
from eventdesk.core.paying import Method
from eventdesk.exchange import bring_event, pack_event
from eventdesk.keeping import erase_account, list_audit
from eventdesk.money import counter, issue_invoice, issue_receipt, move, open_shift, take_payment
from tests.build import NOON, SUPERVISOR, Fair, empty_store
from tests.data.old_homes import old_home
from tests.payments import eur, owe
from tests.people import make_staff

TRIGGERS = tuple(
    f"DROP TRIGGER {table}_{what}"
    for table in ("cash_movement", "invoice")
    for what in ("stays", "is_kept", "is_new")
)
"""What somebody with the file does away with first."""

COLUMNS = (
    "no, id, shift_id, kind, amount_minor, payment_id, refund_id, counters_id, reason,"
    " actor_name, at"
)


@pytest.fixture
def kept(fair: Fair) -> Fair:
    """A drawer with a float, 5.00 put in and taken back, a sale, an invoice and a receipt."""
    sam = make_staff(fair)
    shift = open_shift(
        fair.store, sam.at(NOON), fair.event.id, drawer="Desk 1", float_amount=eur(10000)
    )
    slip = move(fair.store, sam.at(NOON), shift.id, kind="in", amount=eur(500), reason="x")
    counter(fair.store, sam.at(NOON), slip.id, reason="typed wrongly")
    owed = owe(fair, 12000)
    paid = take_payment(fair.store, sam.at(NOON), owed.booking_id, method=Method.CASH)
    issue_receipt(fair.store, SUPERVISOR.at(NOON), paid.id)
    issue_invoice(fair.store, SUPERVISOR.at(NOON), owed.booking_id)
    return fair


def forge(store: Store, *statements: str) -> None:
    """Change the file as somebody with a shell of SQLite does."""
    connection = driver.connect(str(store.path))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def problems(store: Store) -> tuple[str, ...]:
    return verify_audit(store, SYSTEM).problems


def test_what_the_program_wrote_verifies_sealed_or_not(kept: Fair) -> None:
    assert problems(kept.store) == ()
    seal_audit(kept.store, SYSTEM)
    assert problems(kept.store) == ()


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE cash_movement SET amount_minor = 1 WHERE no = 1", "Cash movement 1 was changed"),
        ("UPDATE cash_movement SET reason = 'y' WHERE no = 2", "Cash movement 2 was changed"),
        ("UPDATE cash_movement SET at = at + 1 WHERE no = 4", "Cash movement 4 was changed"),
        ("UPDATE cash_movement SET actor_name = 'Olu' WHERE no = 2", "names Olu, the audit Sam"),
        ("DELETE FROM cash_movement WHERE no = 3", "Cash movement 3 was changed or removed"),
        ("DELETE FROM cash_movement WHERE no = 4", "Cash movement 4 was changed or removed"),
        (
            f"INSERT OR REPLACE INTO cash_movement ({COLUMNS}) SELECT no, id, shift_id, kind,"
            " amount_minor - 100, payment_id, refund_id, counters_id, reason, actor_name, at"
            " FROM cash_movement WHERE no = 4",
            "Cash movement 4 was changed",
        ),
        (
            f"INSERT INTO cash_movement ({COLUMNS}) SELECT 9, randomblob(16), shift_id, 'out',"
            " -100, NULL, NULL, NULL, 'x', 'Sam', at FROM cash_movement WHERE no = 1",
            "Cash movement 9 was put in by no use case",
        ),
        (
            "UPDATE cash_movement SET no = CASE no WHEN 1 THEN -2 ELSE -1 END WHERE no < 3;"
            "UPDATE cash_movement SET no = -no WHERE no < 0",
            "Cash movement 1 was changed",
        ),
        (
            "UPDATE cash_shift SET float_minor = 9000",
            "The float of drawer Desk 1 is 9000 minor units, cash movement 1 says 10000.",
        ),
        ("UPDATE invoice SET content = '{}' WHERE series = 'invoice'", "Invoice 1 (invoice) was"),
        ("DELETE FROM invoice WHERE series = 'receipt'", "Invoice 1 (receipt) was changed or rem"),
        ("UPDATE invoice SET number = 2 WHERE series = 'receipt'", "Invoice 2 (receipt) was put"),
    ],
)
def test_each_attack_on_the_file_is_named(
    kept: Fair, statement: str, problem: str, sealed: bool
) -> None:
    if sealed:
        seal_audit(kept.store, SYSTEM)
    forge(kept.store, *TRIGGERS, *statement.split(";"))
    assert any(problem in found for found in problems(kept.store)), problems(kept.store)


def test_triggers_that_are_gone_or_none_of_ours_are_named(kept: Fair) -> None:
    forge(
        kept.store, TRIGGERS[0], "CREATE TRIGGER cheaper AFTER INSERT ON ticket BEGIN SELECT 1; END"
    )
    assert problems(kept.store) == (
        "The trigger cash_movement_stays was removed.",
        "cheaper is a trigger or a view that no eventdesk made.",
    )


@pytest.mark.parametrize("table", ["cash_movement", "invoice", "ledger"])
def test_the_file_refuses_to_replace_change_or_delete_a_row(kept: Fair, table: str) -> None:
    for statement in (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        f"DELETE FROM {table}",
        f"UPDATE {table} SET event_id = event_id"
        if table != "cash_movement"
        else "UPDATE cash_movement SET amount_minor = 0",
    ):
        with pytest.raises(driver.IntegrityError, match=r"never|already"):
            forge(kept.store, statement)
    assert problems(kept.store) == ()


def test_a_seal_nobody_can_read_is_a_finding(kept: Fair) -> None:
    forge(kept.store, """UPDATE audit SET detail = '{"sealed": [7, ["x"]]}' WHERE seq = 1""")
    assert sum("cannot be read" in found for found in problems(kept.store)) == 2


def test_an_erased_cashier_leaves_the_movements_sealed(kept: Fair) -> None:
    sam = make_staff(kept, name="Sue")
    open_shift(kept.store, sam.at(NOON), kept.event.id, drawer="Desk 2", float_amount=eur(1))
    erase_account(kept.store, sam.at(NOON))
    assert problems(kept.store) == ()


def test_the_log_shows_no_seals(kept: Fair) -> None:
    entries, _ = list_audit(kept.store, SYSTEM)
    moved = next(entry for entry in entries if entry.verb == "counter")
    assert (
        moved.detail == "drawer: Desk 1; amount minor: -500; currency: EUR; reason: typed wrongly"
    )


def test_what_comes_with_an_event_is_sealed_here(kept: Fair, tmp_path: Path) -> None:
    path, secret = tmp_path / "fair.zip", "battery staple horse"
    pack_event(kept.store, SYSTEM.at(NOON), kept.event.id, passphrase=secret, path=path)
    with empty_store(tmp_path / "other") as other:
        bring_event(other, SYSTEM.at(NOON), path, passphrase=secret)
        assert problems(other) == ()
        forge(other, *TRIGGERS, "UPDATE cash_movement SET amount_minor = 1 WHERE no = 3")
        assert "Cash movement 1 to 4 was changed or removed (bring_event)." in problems(other)


def test_movements_of_an_older_program_are_sealed_when_its_file_is_brought_forward(
    tmp_path: Path,
) -> None:
    with Store(old_home(tmp_path / "home", "0005")) as store:
        assert problems(store) == ()
        forge(store, *TRIGGERS, "UPDATE cash_movement SET amount_minor = 1 WHERE no = 1")
        problem, of_float, *others = problems(store)
        assert of_float.endswith("cash movement 1 says 1.")
        assert len(others) == len(TRIGGERS)
        assert all("was removed" in each for each in others)
    assert problem.startswith("Cash movement 1")
    assert problem.endswith("was changed or removed (seal_rows).")
