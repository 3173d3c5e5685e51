"""First look at a file: guesses its columns by their names and content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.schema import TicketTypeRow
from eventdesk.acts import Permission, ReadingSteps, need_readable, reads_in_steps
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.messages import msg
from eventdesk.exchange.imports.names import STANDINGS, names_for
from eventdesk.exchange.imports.plan import Field, Target
from eventdesk.exchange.imports.rows import is_email
from eventdesk.sales import Question, questions_for
from eventdesk.tables.encoding import Encoding
from eventdesk.tables.files import TOLD_BY_FORM, Table, open_table

SAMPLE: Final = 200
"""Rows that are looked at."""

SHOWN: Final = 20
MIN_SHARE: Final = 0.8
"""Share of the cells that must look alike."""


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows of a file, with their numbers, and guesses of its columns.

    Attributes:
        types: Ticket types of the event: id and name.
        questions: Questions of the event: id and text.
    """

    path: Path
    heading: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    columns: tuple[Target, ...]
    types: tuple[tuple[UUID, str], ...]
    questions: tuple[tuple[UUID, str], ...]
    encoding: Encoding

    @property
    def is_text(self) -> bool:
        """Whether its encoding may be chosen; workbooks and JSON define theirs."""
        return self.path.suffix.lower() not in TOLD_BY_FORM


@reads_in_steps(Permission.TICKETS, local=True, about="event_id")
def look_at(steps: ReadingSteps, event_id: UUID, path: Path, *, encoding: str = "") -> Look:
    """Read the beginning of a file that is to be imported.

    Args:
        encoding: That of a CSV file; "" guesses it.

    Raises:
        InvalidInputError: The file cannot be read as a table.
    """
    with steps.read() as act:
        act.need(event_id, Permission.TICKETS)
        need_readable(act, path)
        types = act.connection.execute(
            select(TicketTypeRow.id, TicketTypeRow.name)
            .where(TicketTypeRow.event_id == event_id)
            .order_by(TicketTypeRow.position)
        ).all()
        questions = questions_for(act.connection, event_id)
    table, sample = sampled(path, encoding)
    columns = guess_columns(table, sample, [row.name for row in types], questions)
    return Look(
        path,
        table.heading,
        sample[:SHOWN],
        columns,
        tuple((row.id, row.name) for row in types),
        tuple((question.id, question.text) for question in questions),
        table.encoding,
    )


def sampled(path: Path, encoding: str) -> tuple[Table, tuple[tuple[int, tuple[str, ...]], ...]]:
    """The table in a file, and its first rows with their numbers.

    Raises:
        InvalidInputError: It cannot be read as a table, or has no rows.
    """
    table = open_table(path, encoding)
    sample = tuple(islice(table.rows(), SAMPLE))
    if not sample:
        raise InvalidInputError(
            msg("{name} has a heading but no rows.", name=path.name),
            hint=msg("Choose another file."),
        )
    return table, sample


def guess_columns(
    table: Table,
    sample: Sequence[tuple[int, tuple[str, ...]]],
    types: Sequence[str],
    questions: Sequence[Question],
) -> tuple[Target, ...]:
    """Guess each column by its name, then as a question, then by its content."""
    names = names_for(table.heading)
    asked = {fold(question.text): question.id for question in questions}
    columns: list[Target] = []
    for title in table.heading:
        target = _named(title, names, asked)
        columns.append(None if target in columns else target)
    if Field.GIVEN_NAME in columns and Field.FAMILY_NAME in columns and Field.NAME in columns:
        whole = [cells[columns.index(Field.NAME)].strip() for _, cells in sample]
        if not any(whole):
            columns[columns.index(Field.NAME)] = None
    if Field.FAMILY_NAME in columns and not {Field.GIVEN_NAME, Field.NAME} & set(columns):
        columns[columns.index(Field.FAMILY_NAME)] = Field.NAME  # `Nom` alone is a name
    if Field.GIVEN_NAME in columns and not {Field.FAMILY_NAME, Field.NAME} & set(columns):
        columns[columns.index(Field.GIVEN_NAME)] = Field.NAME
    known_types = {fold(name) for name in types}
    for place, target in enumerate(columns):
        if target is None and not _is_known(table.heading[place], names):
            cells = [row[place].strip() for _, row in sample if row[place].strip()]
            found = _by_content(cells, known_types)
            if found is not None and found not in columns:
                columns[place] = found
    return tuple(columns)


def _named(title: str, names: Mapping[str, Field], asked: Mapping[str, UUID]) -> Target:
    for text in (title, title.partition("(")[0], title.rstrip(" *:?")):
        found: Target = names.get(fold(text)) or asked.get(fold(text))
        if found is not None:
            return found
    return None


def _is_known(title: str, names: Mapping[str, Field]) -> bool:
    return fold(title) in names


def _by_content(cells: Sequence[str], types: set[str]) -> Field | None:
    """The field that most cells look like."""
    if not cells:
        return None
    enough = MIN_SHARE * len(cells)
    if sum(map(is_email, cells)) >= enough:
        return Field.EMAIL
    if types and sum(fold(cell) in types for cell in cells) >= enough:
        return Field.TICKET_TYPE
    words = {fold(cell) for cell in cells}
    if words <= STANDINGS.keys() and any(len(word) > 2 for word in words) and len(words) > 1:
        return Field.STATE
    return None
