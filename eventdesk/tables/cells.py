"""Cells of a table: what may stand in one, and how none is run as a formula.

A spreadsheet runs a text that begins with one of a few signs (OWASP, "CSV Injection"). In an
XLSX file a cell says itself that it is text; in a CSV file the text gets an apostrophe in front,
which spreadsheets take for "this is text" and which is taken off again when the file is read.
"""

import re
from datetime import date, datetime
from typing import Final, TypeAlias

from eventdesk.core.money import Money
from eventdesk.core.plain_text import harmless

Cell: TypeAlias = str | int | Money | date | None
"""Text, a whole number or truth value, an amount, an instant or a day, or nothing."""

MAX_COLUMNS: Final = 1000
"""Columns of a table that is read."""

_LIVE: Final = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""The signs OWASP names, with the full-width ones, behind any apostrophes."""

_NO_XML: Final = re.compile("[\ufffe\uffff\ud800-\udfff]")
"""What an XML file cannot hold and what is no character."""


def text_of(cell: Cell) -> str:
    """Write a cell as text: amounts without their currency, instants in ISO 8601.

    >>> text_of(Money(1250, "EUR")), text_of(True), text_of(None)
    ('12.50', 'yes', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Money):
        return cell.amount
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell if isinstance(cell, str) else str(cell)


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; `unguarded` takes it off.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("Ada")
    ("'=1+1", "''=1+1", 'Ada')
    """
    return f"'{text}" if _LIVE.match(text) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that `guarded` put before a text.

    >>> unguarded("'=1+1"), unguarded("'t Veen")
    ('=1+1', "'t Veen")
    """
    return text[1:] if text.startswith("'") and _LIVE.match(text) else text


def keepable(text: str) -> str:
    """Leave out what no file of text can hold, and what commands a terminal that shows it."""
    return harmless(_NO_XML.sub("", text))
