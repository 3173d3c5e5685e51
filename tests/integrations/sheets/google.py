"""Google's spreadsheets on loopback, by the Sheets API, version 4.

As strict as its documentation: ranges and sizes are verified as Google does, and what it was asked
otherwise than documented is a refusal.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest

from eventdesk.integrations import google_account
from eventdesk.integrations.google_sheets import spreadsheet
from eventdesk.integrations.google_sheets.spreadsheet import SCOPE
from eventdesk.integrations.service import Value
from tests.integrations.chaos import Asked, Counterpart, Reply, counterpart
from tests.integrations.google_house import EMAIL, GoogleHouse, RefusalError, key_file

BOOK = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_abcd"
RANGE = re.compile(r"'((?:[^']|'')+)'!([A-Z]*)(\d*):([A-Z]*)(\d*)")


@dataclass
class Sheet:
    """A sheet: its cells by row and column from 0, and how large it is."""

    id: int
    rows: int = 1000
    columns: int = 26
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)

    def table(self) -> list[list[Any]]:
        """The cells without the empty ones behind."""
        by_row: dict[int, dict[int, Any]] = {}
        for (row, column), cell in list(self.cells.items()):
            by_row.setdefault(row, {})[column] = cell
        return [
            [cells.get(column, "") for column in range(max(cells, default=-1) + 1)]
            for cells in (by_row.get(row, {}) for row in range(max(by_row, default=-1) + 1))
        ]

    def put(self, rows: list[list[Any]]) -> None:
        """Write everything, as somebody does by hand."""
        self.cells = {
            (at, column): cell
            for at, row in enumerate(rows)
            for column, cell in enumerate(row)
            if cell != ""
        }


class Google(GoogleHouse):
    """The spreadsheets."""

    scope, api, host = SCOPE, "Google Sheets API", "sheets.googleapis.com"

    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, Sheet] = {"Sheet1": Sheet(0)}
        self.title = "Demo Days"
        self.is_there = True
        self.editors, self.readers = {EMAIL}, set[str]()
        self.writes = 0

    def rows(self, sheet: str = "Attendees") -> list[list[Any]]:
        """What stands in a sheet."""
        return self.sheets[sheet].table()

    def column(self, name: str, sheet: str = "Attendees") -> list[Any]:
        """What stands below a heading."""
        head, *rows = [row for row in self.rows(sheet) if any(row)]
        at = head.index(name)
        return [row[at] if at < len(row) else "" for row in rows]

    def answer(self, asked: Asked) -> Reply:
        begin = f"/v4/spreadsheets/{BOOK}"
        if not asked.path.startswith(begin) or not self.is_there:
            raise RefusalError(404, "Requested entity was not found.", "NOT_FOUND")
        may = self.editors | (self.readers if asked.method == "GET" else set())
        if EMAIL not in may:
            raise RefusalError(403, "The caller does not have permission", "PERMISSION_DENIED")
        match asked.method, asked.path.removeprefix(begin):
            case "GET", "":
                return self._look()
            case "GET", "/values:batchGet":
                return self._read(asked)
            case "POST", "/values:batchUpdate":
                return self._write(asked.json())
            case "POST", ":batchUpdate":
                return self._change(asked.json())
        raise AssertionError(f"{asked.method} {asked.path}")

    def _look(self) -> Reply:
        sheets = [
            {
                "properties": {
                    "sheetId": each.id,
                    "title": title,
                    "gridProperties": {"rowCount": each.rows, "columnCount": each.columns},
                }
            }
            for title, each in self.sheets.items()
        ]
        return Reply.of({"properties": {"title": self.title}, "sheets": sheets})

    def _read(self, asked: Asked) -> Reply:
        query = parse_qs(asked.raw_query)
        assert set(query) <= {"ranges", "majorDimension", "valueRenderOption", "fields"}
        assert query["valueRenderOption"] == ["UNFORMATTED_VALUE"]
        by_columns = query["majorDimension"] == ["COLUMNS"]
        found = [self._values(each, by_columns) for each in query["ranges"]]
        return Reply.of({"valueRanges": found})

    def _values(self, name: str, by_columns: bool) -> dict[str, Any]:
        sheet, top, left, bottom, right = self._range(name)
        if top >= sheet.rows or left >= sheet.columns:
            raise RefusalError(400, f"Range ({name}) exceeds grid limits.")
        cells = {
            ((column - left, row - top) if by_columns else (row - top, column - left)): cell
            for (row, column), cell in sheet.cells.items()
            if top <= row <= bottom and left <= column <= right
        }
        values = Sheet(0, cells=cells).table()
        return {"range": name, **({"values": values} if values else {})}

    def _write(self, content: dict[str, Any]) -> Reply:
        assert set(content) == {"valueInputOption", "data"}
        assert content["valueInputOption"] == "RAW"
        self.writes += 1
        for each in content["data"]:
            assert set(each) == {"range", "values"}
            sheet, top, left, bottom, right = self._range(each["range"])
            if bottom >= sheet.rows or right >= sheet.columns:
                raise RefusalError(400, f"Range ({each['range']}) exceeds grid limits.")
            assert len(each["values"]) == bottom - top + 1
        for each in content["data"]:
            sheet, top, left, _bottom, right = self._range(each["range"])
            for down, row in enumerate(each["values"]):
                assert len(row) == right - left + 1
                for along, cell in enumerate(row):
                    assert isinstance(cell, str | int | float)
                    sheet.cells.pop((top + down, left + along), None)
                    if cell != "":
                        sheet.cells[top + down, left + along] = cell
        return Reply.of({"spreadsheetId": BOOK})

    def _change(self, content: dict[str, Any]) -> Reply:
        assert set(content) == {"requests"}
        for request in content["requests"]:
            [(name, given)] = request.items()
            match name:
                case "addSheet":
                    given = given["properties"]
                    if given["title"] in self.sheets:
                        words = f'A sheet with the name "{given["title"]}" already exists.'
                        raise RefusalError(400, words)
                    size = given["gridProperties"]
                    number = max(each.id for each in self.sheets.values()) + 7
                    made = Sheet(number, size["rowCount"], size["columnCount"])
                    self.sheets[given["title"]] = made
                case "appendDimension":
                    sheet = next(e for e in self.sheets.values() if e.id == given["sheetId"])
                    if given["dimension"] == "ROWS":
                        sheet.rows += given["length"]
                    else:
                        sheet.columns += given["length"]
                case "updateSpreadsheetProperties":
                    assert given["fields"] == "title"
                    self.title = given["properties"]["title"]
                case _:
                    raise AssertionError(name)
        return Reply.of({"spreadsheetId": BOOK, "replies": [{} for _ in content["requests"]]})

    def _range(self, name: str) -> tuple[Sheet, int, int, int, int]:
        """A range: its sheet, and first and last row and column."""
        found = RANGE.fullmatch(name)
        title = found[1].replace("''", "'") if found else ""
        if found is None or title not in self.sheets:
            raise RefusalError(400, f"Unable to parse range: {name}")
        sheet = self.sheets[title]
        left, right = found[2], found[4]
        return (
            sheet,
            int(found[3] or 1) - 1,
            _number(left) if left else 0,
            int(found[5] or sheet.rows) - 1,
            _number(right) if right else sheet.columns - 1,
        )


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@contextmanager
def google_here(
    patch: pytest.MonkeyPatch, *, timeout_s: float = 10
) -> Iterator[tuple[Google, Counterpart]]:
    """A Google that this process calls in the place of the one there is."""
    google = Google()
    with counterpart(google) as there:
        patch.setattr(spreadsheet, "SHEETS_AT", there.url)
        patch.setattr(google_account, "TOKENS_AT", there.url)
        patch.setattr(spreadsheet, "TIMEOUT_S", timeout_s)
        patch.setattr(google_account, "TIMEOUT_S", timeout_s)
        patch.setattr(google_account.TOKENS, "_known", {})
        yield google, there


def values(**other: Value) -> dict[str, Value]:
    """What is typed to set a spreadsheet up."""
    return {
        "spreadsheet": f"https://docs.google.com/spreadsheets/d/{BOOK}/edit#gid=0",
        "account": key_file(),
        "attendees": ["name", "email", "ticket type", "state", "checked in at"],
        **other,
    }
