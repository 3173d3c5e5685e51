"""Statements that are compiled once and run on the driver's own connection.

SQLAlchemy looks at a statement, its parameters and the types of its columns at each execution,
which takes five to ten times as long as SQLite needs to answer a lookup by key. A statement that
is run at every scan is written as any other, with SQLAlchemy Core, and wrapped once:

    _GATE = Prepared(select(GateRow.id).where(GateRow.id == bindparam("gate_id")))
    …
    row = _GATE.one_or_none(connection, {"gate_id": gate_id})

Values are what `connection.execute` takes, and rows have the same columns by place and by name: as
named tuples, whose attributes are read twenty times as fast as those of SQLAlchemy's rows, but
without `_mapping`. The compilation, the conversion of values and the errors are SQLAlchemy's. What
is left out is what a hot statement does without: events, logging, the cache of compiled statements,
expanding `IN` lists, defaults in Python.

When to use it: for what is asked at every scan, or every few seconds while nobody does anything,
with the same statement each time. When not: for everything else. A statement that depends on its
arguments belongs to `connection.execute`, and many rows at once to `data.bulk.insert_many`.

Only SQLite is run this way. On the connection of another engine, `Prepared` executes the statement
as usual; a faster way for it goes into `_plan`.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError, MultipleResultsFound
from sqlalchemy.types import TypeEngine

from data.rows import AnyRow
from data.sqlite.driver import driver
from data.types import Convert, PlainText, without_nul

T = TypeVar("T")

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete

MAX_MADE: Final = 64
"""Rows of one statement that `made` remembers; a house has some lists, not thousands."""


class Prepared:
    """One statement, run many times inside transactions that `Store` has opened.

    Safe to use from several threads, on the connections of any number of stores.

    Attributes:
        statement: As it was written.
    """

    def __init__(self, statement: Statement) -> None:
        """Take a statement; it is compiled when it is first run.

        Args:
            statement: Its parameters are `bindparam`s. An insert has neither parameters nor values:
                it takes the columns that it is given.
        """
        self.statement = statement
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._made: dict[Hashable, Any] = {}

    def all(self, connection: Connection, values: Mapping[str, object]) -> list[AnyRow]:
        """All rows.

        Args:
            connection: The transaction, as `Store.read` or `Store.write` gives it.
            values: Each parameter by its name, neither more nor fewer.

        Raises:
            TypeError: A value is missing, or there is no parameter or column of that name.
            DBAPIError: The database refused it.
        """
        plan = self._plan(connection, values)
        if plan is None:
            return list(connection.execute(self.statement, values).all())
        return plan.rows(plan.found(connection, values))

    def one_or_none(self, connection: Connection, values: Mapping[str, object]) -> AnyRow | None:
        """The only row; None when there is none. See `all`.

        Raises:
            MultipleResultsFound: There are several.
        """
        rows = self.all(connection, values)
        if len(rows) > 1:
            raise MultipleResultsFound("Multiple rows were found when one or none was required")
        return rows[0] if rows else None

    def run(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Insert, change or delete, and say how many rows that were. See `all`."""
        plan = self._plan(connection, values)
        if plan is None:
            return connection.execute(self.statement, values).rowcount
        return plan.run(connection, values)

    def made(
        self,
        connection: Connection,
        values: Mapping[str, object],
        make: Callable[[Sequence[AnyRow]], T],
    ) -> T:
        """What `make` makes of the rows, which are read each time; see `all`.

        Rows that are byte for byte those of an earlier call give the object of that call, so
        whatever changes the rows, here or in another process, is seen by the next call.

        Args:
            connection: The transaction.
            values: As of `all`.
            make: A pure function that makes something immutable; always the same one.
        """
        plan = self._plan(connection, values)
        if plan is None:
            return make(connection.execute(self.statement, values).all())
        found = tuple(plan.found(connection, values))
        try:
            kept: T = self._made[found]
        except KeyError:
            kept = make(plan.rows(found))
            if len(self._made) >= MAX_MADE:
                self._made.clear()
            self._made[found] = kept
        return kept

    def _plan(self, connection: Connection, values: Mapping[str, object]) -> "_Plan | None":
        """How it is run on this connection's engine; None as any other statement."""
        if connection.dialect.name != "sqlite":
            return None
        columns = tuple(values) if isinstance(self.statement, Insert) else ()
        plan = self._plans.get(columns)
        if plan is None:
            plan = _compiled(self.statement, columns, connection.dialect)
            self._plans[columns] = plan
        return plan


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement in SQLite's words.

    Attributes:
        sql: With a question mark for each parameter.
        names: All parameters that a value is expected of.
        constants: Values that the statement itself has.
        pick: Takes from values by name what goes into the question marks, in their order.
        binds: Place and conversion of the values that need one.
        texts: Places of the texts, which are looked at in place: a call for each takes longer.
        results: Place and conversion of the columns that need one.
        row: Makes a row of its values.
    """

    sql: str
    names: frozenset[str]
    constants: Mapping[str, object]
    pick: Callable[[Mapping[str, object]], Sequence[Any]]
    binds: tuple[tuple[int, Convert], ...]
    texts: tuple[int, ...]
    results: tuple[tuple[int, Convert], ...]
    row: Callable[[Sequence[Any]], AnyRow]

    def found(self, connection: Connection, values: Mapping[str, object]) -> list[Any]:
        """Execute it, and give the driver's rows."""
        raw, bound = _driver_of(connection), self._bound(values)
        try:
            return raw.execute(self.sql, bound).fetchall()  # type: ignore[no-any-return]
        except driver.Error as error:
            raise self._wrapped(error, bound) from error

    def run(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Execute it, and say how many rows it changed."""
        raw, bound = _driver_of(connection), self._bound(values)
        try:
            return raw.execute(self.sql, bound).rowcount  # type: ignore[no-any-return]
        except driver.Error as error:
            raise self._wrapped(error, bound) from error

    def rows(self, found: Sequence[Sequence[Any]]) -> list[AnyRow]:
        """Convert what the driver gave."""
        rows = []
        for each in found:
            values = list(each)
            for place, convert in self.results:
                values[place] = convert(values[place])
            rows.append(self.row(values))
        return rows

    def _bound(self, values: Mapping[str, object]) -> list[Any]:
        """The values in the order of the question marks, as the driver takes them."""
        try:
            bound = list(self.pick({**self.constants, **values} if self.constants else values))
        except KeyError:
            raise self._misfit(values) from None
        if len(values) != len(self.names):
            raise self._misfit(values)
        for place, convert in self.binds:
            bound[place] = convert(bound[place])
        for place in self.texts:
            if (value := bound[place]) is not None and "\0" in value:
                without_nul(value)
        return bound

    def _wrapped(self, error: Exception, bound: list[Any]) -> Exception:
        """The driver's error as SQLAlchemy raises it."""
        return DBAPIError.instance(self.sql, bound, error, driver.Error)

    def _misfit(self, values: Mapping[str, object]) -> TypeError:
        missing, surplus = sorted(self.names - values.keys()), sorted(values.keys() - self.names)
        complaints = [f"no value for {', '.join(missing)}"] if missing else []
        complaints += [f"no parameter {', '.join(surplus)}"] if surplus else []
        return TypeError(f"{'; '.join(complaints)}: {self.sql}")


def _driver_of(connection: Connection) -> Any:
    raw: Any = connection.connection.dbapi_connection
    assert raw.in_transaction, "a prepared statement runs inside a transaction of the store"
    return raw


def _compiled(statement: Statement, columns: Sequence[str], dialect: Dialect) -> _Plan:
    """Compile a statement as SQLAlchemy executes it.

    Raises:
        TypeError: It needs something at each execution that is done only by SQLAlchemy.
    """
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    defaults = (*compiled.insert_prefetch, *compiled.update_prefetch)
    if compiled.post_compile_params or compiled.literal_execute_params or defaults:
        raise TypeError(f"IN lists and defaults in Python cannot be prepared: {compiled}")
    places = compiled.positiontup
    parameters = {name: compiled.binds[name] for name in places}
    names = frozenset(name for name, each in parameters.items() if each.required)
    constants = {name: parameters[name].effective_value for name in places if name not in names}
    texts = [place for place, name in enumerate(places) if _is_text(parameters[name].type)]
    binds = [
        (place, convert)
        for place, name in enumerate(places)
        if place not in texts
        and (convert := _types_own(parameters[name].type, dialect).bind_processor(dialect))
    ]
    chosen = list(statement.selected_columns) if isinstance(statement, Select) else []
    results = [
        (place, convert)
        for place, column in enumerate(chosen)
        if (convert := _types_own(column.type, dialect).result_processor(dialect, None))
    ]
    row = _named([str(column.key) for column in chosen])
    pick = _picked(places)
    return _Plan(
        str(compiled), names, constants, pick, tuple(binds), tuple(texts), tuple(results), row
    )


def _is_text(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, PlainText)


def _types_own(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    """A type as the engine has it."""
    return kind.dialect_impl(dialect)


def _picked(names: Sequence[str]) -> Callable[[Mapping[str, object]], Sequence[Any]]:
    """A function that gives the values of these names, one or many, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _named(columns: Sequence[str]) -> Callable[[Sequence[Any]], AnyRow]:
    """A function that makes a named tuple of the values of these columns."""
    named: Any = namedtuple  # the checker wants the names in the program's text
    make: Callable[[Sequence[Any]], AnyRow] = named("Found", columns, rename=True)._make
    return make
