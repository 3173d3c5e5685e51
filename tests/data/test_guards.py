"""Guards: a store has the triggers of the schema and no other, and those that differ are named."""

from data.guards import missing_guards, strange_guards
from data.store import Store

COUNT = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"


def test_a_new_store_has_all_of_them_and_no_other(store: Store) -> None:
    with store.read() as connection:
        assert list(strange_guards(connection)) == []
        assert list(missing_guards(connection)) == []
        assert connection.exec_driver_sql(COUNT).scalar_one() == 9


def test_what_was_removed_changed_or_put_in_is_named(store: Store) -> None:
    with store.write() as connection:
        for statement in (
            "DROP TRIGGER ledger_stays",
            "DROP TRIGGER invoice_stays",
            "CREATE TRIGGER invoice_stays BEFORE UPDATE ON invoice WHEN 0 BEGIN SELECT 1; END",
            "CREATE VIEW guests AS SELECT holder_name FROM ticket",
        ):
            connection.exec_driver_sql(statement)
    with store.read() as connection:
        assert [str(each) for each in missing_guards(connection)] == [
            "The trigger ledger_stays was removed."
        ]
        assert [str(each) for each in strange_guards(connection)] == [
            "guests is a trigger or a view that no eventdesk made.",
            "The trigger invoice_stays was changed.",
        ]
