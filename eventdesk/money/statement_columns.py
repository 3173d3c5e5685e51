"""Columns and lines of bank statements, as values.

Banks differ in names and order of columns, signs between digits, marks of outgoing amounts and
lines above the heading. What is not clear is reported, never guessed.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TypeAlias

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.ids import CODE_ALPHABET
from eventdesk.core.messages import Message, msg, msg_p
from eventdesk.core.money import MAX_MINOR

CODE_LENGTH = 6
"""Signs of a booking's code."""

LAST_HEADING = 40
"""Rows in which the heading is looked for."""

MAX_TEXT = 500
"""Most characters of a purpose or a payer that are kept."""


NAMES: Mapping[str, tuple[str, ...]] = {
    "date": (
        "buchungstag", "buchungsdatum", "booking date", "transaction date", "value date",
        "valutadatum", "wertstellung", "date operation", "date de comptabilisation", "fecha",
        "boekingsdatum", "date", "datum", "data",
    ),
    "amount": (
        "betrag", "amount", "umsatz", "montant", "importe", "importo", "bedrag", "credit",
        "haben", "gutschrift", "money in", "paid in",
    ),
    "purpose": (
        "verwendungszweck", "purpose", "remittance information", "payment reference",
        "payment details", "reference", "description", "details", "libelle", "concepto",
        "causale", "omschrijving", "mededelingen", "memo", "text", "buchungstext",
    ),
    "payer": (
        "auftraggeber", "zahlungspflichtiger", "zahlungsbeteiligter", "counterparty", "payer",
        "payee", "partner name", "debtor", "ordonnateur", "ordenante", "tegenpartij", "from",
        "name", "naam", "nom",
    ),
    "currency": ("wahrung", "waehrung", "currency", "devise", "divisa", "valuta", "munt"),
    "sign": ("soll haben", "debit credit", "dr cr", "af bij"),
}  # fmt: skip
"""Folded names of the columns; an earlier one is preferred, and a whole heading to a part."""

_CALLED: Mapping[str, Message] = {
    "date": msg_p("column", "date"),
    "amount": msg_p("column", "amount"),
    "purpose": msg_p("column", "purpose"),
    "payer": msg_p("column", "payer"),
    "currency": msg_p("column", "currency"),
    "sign": msg_p("column", "sign"),
}

NEEDED = ("date", "amount", "purpose")


_FINE = msg("")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a statement, as its file has it.

    Attributes:
        row: Its row in the file, as a spreadsheet counts.
        amount_minor: What came in, negative what went out; None where it cannot be read.
        currency: What its own column says, or "".
        digest: The same for the same line in another file; identical lines of a file differ.
        problem: Why the amount cannot be read, or an empty message.
    """

    row: int
    booked_on: str
    amount_minor: int | None
    currency: str
    payer: str
    purpose: str
    digest: str
    problem: Message = _FINE

    @property
    def is_remark(self) -> bool:
        """Whether it names no amount: a remark, or money in the column of outgoing amounts."""
        return self.amount_minor is None and not self.problem


Rows: TypeAlias = Iterable[tuple[int, Sequence[str]]]
"""The number in the file and the cells of each row."""


def columns_of(heading: Sequence[str]) -> dict[str, int]:
    """The places of the columns by meaning; a row that is no heading lacks some of `NEEDED`.

    >>> columns_of(["Buchungstag", "Verwendungszweck", "Betrag (EUR)"])["amount"]
    2
    """
    folded = [fold(cell).strip() for cell in heading]
    found: dict[str, int] = {}
    for meaning in ("sign", "currency", "amount", "date", "purpose", "payer"):
        for place, name in _fitting(folded, NAMES[meaning]):
            if name and place not in found.values():
                found[meaning] = place
                break
    return found


def entries(
    rows: Rows,
    exponent: int,
    *,
    checked: Callable[[Rows, int], Rows] = lambda rows, width: rows,
    whole: bool = True,
    as_known: Callable[[str], str] = lambda text: text,
) -> list[Entry]:
    """Read a statement.

    Args:
        exponent: Digits behind the decimal sign of the event's currency.
        checked: Checks the rows below a heading of so many cells.
        whole: Whether the last row ends as rows do; a short one that does not was cut off.
        as_known: Spells a text for its digest, which stays the same in another code page.

    Raises:
        InvalidInputError: No row names a date, an amount and a purpose; or a cell has a line break
            or a NUL.
    """
    walk = iter(rows)
    for _number, heading in islice(walk, LAST_HEADING):
        columns = columns_of(heading)
        if all(name in columns for name in NEEDED):
            break
    else:
        raise InvalidInputError(
            msg("This file has no heading with a date, an amount and a purpose."),
            hint=msg("Name the columns date, amount, purpose and payer, and save it as CSV."),
        )
    below = list(checked(walk, len(heading)))
    lines = [(number, _picked(cells, columns)) for number, cells in below]
    point = _decimal_sign(cells["amount"] for _number, cells in lines)
    found = list(_read(lines, point, exponent, as_known))
    if not whole and below and len(below[-1][1]) < len(heading):
        found[-1] = replace(found[-1], amount_minor=None, problem=_CUT_OFF)
    return found


def codes_in(purpose: str) -> tuple[list[str], list[str]]:
    """Find what may be booking codes in a purpose: its words, and runs across breaks.

    Banks break lines anywhere and people write codes with dashes. A run alone proves nothing.

    >>> codes_in("Fee K7Q-M2X")
    ([], ['FEEK7Q', 'EEK7QM', 'EK7QM2', 'K7QM2X'])
    """
    text = purpose.upper()[:MAX_TEXT]
    words = [word for word in re.split(r"[^0-9A-Z]+", text) if _may_be_code(word)]
    run = re.sub(r"[^0-9A-Z]+", "", text)
    pieces = (run[at : at + CODE_LENGTH] for at in range(len(run) - CODE_LENGTH + 1))
    runs = dict.fromkeys(piece for piece in pieces if _may_be_code(piece) and piece not in words)
    return list(dict.fromkeys(words)), list(runs)


def _may_be_code(text: str) -> bool:
    return len(text) == CODE_LENGTH and set(text) <= _SIGNS


_SIGNS = frozenset(CODE_ALPHABET)
_CUT_OFF = msg("The file ends in the middle of this row; get it again.")
_UNREADABLE = msg("The amount cannot be read.")
_OUTGOING = ("s", "d", "dr", "debit", "soll", "af")


def _fitting(heading: Sequence[str], names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Columns whose heading is one of the names, then those that have one as a word."""
    for name in names:
        yield from ((place, name) for place, cell in enumerate(heading) if cell == name)
    for name in names:
        word = re.compile(rf"\b{re.escape(name)}\b")
        yield from ((place, name) for place, cell in enumerate(heading) if word.search(cell))


def _picked(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """The cells by meaning; "" where the row is too short."""
    return {
        name: cells[columns[name]].strip() if columns.get(name, len(cells)) < len(cells) else ""
        for name in NAMES
    }


def _decimal_sign(amounts: Iterable[str]) -> str:
    """The decimal sign that the clear amounts of a file agree on, or ""."""
    signs = {_own_sign(_bare(text)) for text in amounts} - {""}
    return signs.pop() if len(signs) == 1 else ""


def _own_sign(typed: str) -> str:
    """The decimal sign that an amount shows by itself, or "".

    Of two signs it is the last; where one stands several times, the other. One that stands once
    may part thousands where one to three digits without a leading 0 stand before it, and three
    behind.

    >>> [_own_sign(typed) for typed in ("1.200,5", "1.200.300", "1.200", "12,5", "0.125")]
    [',', ',', '', ',', '.']
    """
    signs = re.sub(r"[^.,]", "", typed)
    if not signs:
        return ""
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) > 1:
        return "," if signs[0] == "." else "."
    return "" if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}[+-]?", typed) else signs


def _bare(text: str) -> str:
    """An amount without spaces, currency and apostrophes, with a plain minus."""
    return re.sub(r"[\s'\u00a0\u202f]|[A-Za-z]{3}|[€$£]", "", text).replace("\u2212", "-")


def _read(
    lines: Sequence[tuple[int, Mapping[str, str]]],
    point: str,
    exponent: int,
    as_known: Callable[[str], str],
) -> Iterator[Entry]:
    seen: Counter[str] = Counter()
    for number, cells in lines:
        _need_one_line(number, cells)
        minor, problem = _amount(cells["amount"], point, exponent)
        if minor is not None and fold(cells["sign"]) in _OUTGOING:
            minor = -abs(minor)
        booked_on, payer, purpose = (
            cells[name][:MAX_TEXT] for name in ("date", "payer", "purpose")
        )
        if not cells["amount"]:
            problem = _FINE
        currency = cells["currency"].upper()[:3]
        texts = (as_known(cells[name])[:MAX_TEXT] for name in ("payer", "purpose"))
        same = "\x1f".join((_day(booked_on), str(minor), currency, *texts))
        seen[same] += 1
        digest = hashlib.sha256(f"{same}\x1f{seen[same]}".encode(errors="replace")).hexdigest()
        yield Entry(number, _day(booked_on), minor, currency, payer, purpose, digest, problem)


def _need_one_line(number: int, cells: Mapping[str, str]) -> None:
    """Refuse the traces of an odd quotation mark; only a purpose may have several lines.

    Raises:
        InvalidInputError: There is such a cell.
    """
    for name, cell in cells.items():
        found = re.search("\0" if name == "purpose" else "[\0\n\r\u2028\u2029]", cell)
        if found is not None:
            where = {"number": number, "name": _CALLED[name]}
            raise InvalidInputError(
                msg("Row {number}: there is a NUL in its {name}.", **where)
                if found[0] == "\0"
                else msg("Row {number}: there is a line break in its {name}.", **where),
                hint=msg("Look for a quotation mark that is not closed. Nothing was imported."),
            )


def _amount(text: str, point: str, exponent: int) -> tuple[int | None, Message]:
    """Read an amount in minor units with its sign, or None and why it cannot be read.

    Before three digits the decimal sign `point` of the file says what a single sign means. Where
    that is "", a currency without decimals parts thousands with it, and one with three writes
    them all; in any other the amount cannot be read.
    """
    typed = _bare(text)
    point = _own_sign(typed) or point
    signs = re.sub(r"[^.,]", "", typed)
    if signs and not point:
        if exponent not in (0, 3):
            return None, msg("{text} may be thousands or decimals.", text=text[:20])
        other = "," if signs == "." else "."
        point = signs if exponent == 3 else other
    group = "," if point == "." else "."
    whole = rf"[0-9]{{1,13}}|[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+"
    found = re.fullmatch(rf"([+-]?)({whole})(?:{re.escape(point or '.')}([0-9]*))?([+-]?)", typed)
    if found is None or (found[1] and found[4]):
        return None, _UNREADABLE
    part = (found[3] or "").rstrip("0")
    if len(part) > exponent:
        return None, _UNREADABLE
    minor = int(found[2].replace(group, "") + part.ljust(exponent, "0"))
    if minor > MAX_MINOR:
        return None, _UNREADABLE
    return (-minor if "-" in (found[1], found[4]) else minor), _FINE


def _day(text: str) -> str:
    """A date in ISO 8601 where it can be read in one way only, else as it is."""
    if found := re.fullmatch(r"([0-9]{4})[-/.]([0-9]{2})[-/.]([0-9]{2})(?:[T ].*)?", text):
        parts = found[1], found[2], found[3]
    elif found := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{2}|[0-9]{4})", text):
        parts = found[3] if len(found[3]) == 4 else f"20{found[3]}", found[2], found[1]
    else:
        return text[:40]
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return text[:40]
