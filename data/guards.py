"""Guards: the triggers of the schema, which keep cash movements, invoices and ledger as written.

Whoever has the file can do away with them, or put in others that change what is written; so they
are compared with those that a new store gets.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from eventdesk.core.messages import Message, msg

SCHEMA = Path(__file__).parent / "migrations" / "base.sql"
"""The statements of the oldest schema, apart by an empty line; its triggers still hold."""


def plain(statement: str) -> str:
    """A statement on one line, as `SCHEMA` spells it."""
    words = " ".join(statement.split())
    return words.replace("( ", "(").replace(" )", ")").replace(" ,", ",")


def strange_guards(connection: Connection) -> Iterator[Message]:
    """Name each trigger and view of a file that no eventdesk made so."""
    guards, there = _guards(), _there(connection)
    for name in sorted(there):
        if name not in guards:
            yield msg("{name} is a trigger or a view that no eventdesk made.", name=name)
        elif there[name] != guards[name]:
            yield msg("The trigger {name} was changed.", name=name)


def missing_guards(connection: Connection) -> Iterator[Message]:
    """Name each trigger of the schema that a file has no more."""
    for name in sorted(_guards().keys() - _there(connection).keys()):
        yield msg("The trigger {name} was removed.", name=name)


def _there(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
    )
    return {str(name): plain(str(sql)) for name, sql in rows}


@cache
def _guards() -> dict[str, str]:
    """The triggers of the schema, by name, with the statements that make them."""
    statements = map(plain, SCHEMA.read_text("utf-8").split("\n\n"))
    return {each.split()[2]: each for each in statements if each.startswith("CREATE TRIGGER ")}
