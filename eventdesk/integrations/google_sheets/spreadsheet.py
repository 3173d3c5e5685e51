"""A spreadsheet at Google: its sheets, cells read, cells written (Sheets API, version 4).

Values are written RAW: whatever somebody typed as their name is text and is never computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import Answer, error_of
from eventdesk.integrations.google_account import Account, account_of
from eventdesk.integrations.google_calls import GoogleCalls, said_by
from eventdesk.integrations.google_sheets.kind import TABLES, spreadsheet_id
from eventdesk.integrations.google_sheets.layout import Block
from eventdesk.integrations.service import Values

SHEETS_AT = "https://sheets.googleapis.com"

SCOPE: Final = "https://www.googleapis.com/auth/spreadsheets"

MAX_BYTES: Final = 64_000_000
"""The longest answer: a large sheet with what people wrote into it."""

TIMEOUT_S = 60.0
"""Google works on a large call for many seconds, and ends it after 180."""

MAX_CELLS: Final = 40_000
"""Most cells written by one call: Google advises to stay below 2 MB."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet of a spreadsheet: its number at Google, and how large it is."""

    sheet_id: int
    rows: int
    columns: int


class SheetGoneError(ServiceSilentError):
    """A sheet that was there is not any more: it is looked at from the beginning."""


class Spreadsheet:
    """A spreadsheet, and the service account that reads and writes it.

    Raises:
        ServiceRefusedError: The key file or the address cannot be; the message says what.
    """

    def __init__(self, values: Values) -> None:
        self.account: Account = account_of(str(values.get("account") or ""))
        self.id = spreadsheet_id(str(values.get("spreadsheet") or ""))
        if not self.id:
            raise ServiceRefusedError(msg("This is not the address of a Google spreadsheet."))
        self._calls = GoogleCalls(
            SHEETS_AT,
            self.account,
            scope=SCOPE,
            service="Google Sheets",
            api="Google Sheets API",
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_BYTES,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._calls.close()

    def look(self) -> tuple[str, dict[str, Grid]]:
        """Its title, and its sheets by their names."""
        fields = "properties.title,sheets.properties(sheetId,title,gridProperties)"
        said = self._call("GET", "", query={"fields": fields})
        try:
            title = str(said["properties"]["title"])
            sheets = [each["properties"] for each in said.get("sheets", ())]
            return title, {
                str(each["title"]): Grid(
                    int(each["sheetId"]),
                    int(each.get("gridProperties", {}).get("rowCount", 0)),
                    int(each.get("gridProperties", {}).get("columnCount", 0)),
                )
                for each in sheets
            }
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _nonsense() from None

    def read(self, ranges: Sequence[str], *, by_columns: bool) -> list[list[list[object]]]:
        """Read some ranges: the cells of each, as numbers and texts without their format.

        Raises:
            SheetGoneError: A sheet that is named is not there.
        """
        query = {
            "majorDimension": "COLUMNS" if by_columns else "ROWS",
            "valueRenderOption": "UNFORMATTED_VALUE",
            "fields": "valueRanges(range,values)",
        }
        said = self._call("GET", "/values:batchGet", query=query, ranges=ranges)
        found = said.get("valueRanges")
        if not isinstance(found, list) or len(found) != len(ranges):
            raise _nonsense()
        return [_values(each) for each in found]

    def write(self, title: str, blocks: Sequence[Block]) -> None:
        """Write some cells of a sheet."""
        left = list(blocks)
        while left:
            together = [left.pop(0)]
            size = _size(together[0])
            while left and size + _size(left[0]) <= MAX_CELLS:
                size += _size(left[0])
                together.append(left.pop(0))
            data = [{"range": each.address(title), "values": each.values} for each in together]
            content = {"valueInputOption": "RAW", "data": data}
            self._call("POST", "/values:batchUpdate", json=content)

    def change(self, requests: Sequence[Mapping[str, object]]) -> None:
        """Change the sheets themselves: add one, make one larger."""
        self._call("POST", ":batchUpdate", json={"requests": list(requests)})

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        ranges: Sequence[str] = (),
        json: object = None,
    ) -> dict[str, Any]:
        asked = [*(query or {}).items(), *(("ranges", each) for each in ranges)]
        target = f"/v4/spreadsheets/{self.id}{path}"
        answer = self._calls.call(
            method, f"{target}?{urlencode(asked)}" if asked else target, json=json
        )
        if answer.status != 200:
            raise self._problem(answer)
        return answer.members()

    def _problem(self, answer: Answer) -> ServiceRefusedError | ServiceSilentError:
        """What is wrong, in words that say what to do."""
        words = said_by(answer)[1]
        email = plain(self.account.email)
        if "Unable to parse range" in words or "exceeds grid limits" in words:
            return SheetGoneError(msg("A sheet of the spreadsheet was deleted or cut short."))
        if answer.status == 404:
            return ServiceRefusedError(
                msg("There is no such spreadsheet at Google."),
                status=404,
                hint=msg("It was deleted, or its address is another. Enter the address again."),
            )
        if "protected" in words:
            return ServiceRefusedError(
                msg("Cells that eventdesk writes are protected in the spreadsheet."),
                status=answer.status,
                hint=msg("Let {email} edit the protected ranges.", email=email),
            )
        if answer.status == 403:
            return ServiceRefusedError(
                msg("The spreadsheet is not shared with {email} for editing.", email=email),
                status=403,
                hint=msg("Share it with this address as an editor."),
            )
        if "not supported for this document" in words:
            return ServiceRefusedError(
                msg("This is an Office file at Google, not a Google spreadsheet."),
                status=answer.status,
                hint=msg("Save it as a Google spreadsheet, and enter the address of that."),
            )
        if "above the limit" in words:
            return ServiceRefusedError(
                msg("The spreadsheet is full: Google takes no more cells."),
                status=answer.status,
                hint=msg("Choose fewer columns, or a new spreadsheet."),
            )
        return error_of(answer)


def _values(found: object) -> list[list[object]]:
    values = found.get("values", []) if isinstance(found, dict) else None
    if not isinstance(values, list) or not all(isinstance(each, list) for each in values):
        raise _nonsense()
    return values


def _size(block: Block) -> int:
    return len(block.values) * len(block.values[0])


def _nonsense() -> ServiceSilentError:
    return ServiceSilentError(
        msg("The answer of {service} makes no sense.", service="Google Sheets"),
        hint=msg("Something else may answer in its place. Look at its address."),
    )


def probe(values: Values) -> Message:
    """See that the account may write into the spreadsheet, and change nothing there.

    Raises:
        ServiceError: It may not, or something else is wrong; the message says what.
    """
    if not any(values.get(name) for name in TABLES):
        raise ServiceRefusedError(
            msg("No columns are chosen."), hint=msg("Choose what the spreadsheet is to show.")
        )
    with Spreadsheet(values) as book:
        title, _sheets = book.look()
        same = {"properties": {"title": title}, "fields": "title"}
        book.change([{"updateSpreadsheetProperties": same}])
        return msg(
            "{email} may write into {title}.", email=plain(book.account.email), title=plain(title)
        )
