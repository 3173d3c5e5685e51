"""What is asked of Google, and what our counterpart answers, against Google's own descriptions.

Run by `make services`, not by the suite: the tests of spreadsheets once more, with each call and
each answer compared. $GOOGLE_DESCRIPTIONS is the folder `googleapiclient/discovery_cache/documents`
of google-api-python-client (Apache-2.0), which is not kept here.
"""

import json
from collections.abc import Iterator

import pytest

from eventdesk.integrations.google_sheets.spreadsheet import SCOPE
from tests.counterparts.google_description import FOLDER, Description, again
from tests.exchange.sheets import test_sheets
from tests.integrations.chaos import Asked, Reply
from tests.integrations.sheets import test_set_up
from tests.integrations.sheets.google import Google

pytestmark = pytest.mark.skipif(not FOLDER, reason="$GOOGLE_DESCRIPTIONS is no folder")


globals().update(again(test_sheets) | again(test_set_up) | globals())


@pytest.fixture(scope="module")
def sheets() -> Description:
    return Description("sheets.v4")


@pytest.fixture(autouse=True)
def compared(sheets: Description, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compare what the counterpart is asked and answers."""
    answer = Google.__call__

    def compares(google: Google, asked: Asked) -> Reply:
        reply = answer(google, asked)
        if asked.path != "/token":
            got = json.loads(reply.body) if reply.status == 200 else None
            sheets.look(asked.method, asked.path, asked.raw_query, asked.body, SCOPE, got)
        return reply

    monkeypatch.setattr(Google, "__call__", compares)
    yield
    problems, sheets.problems = sheets.problems, []
    assert not problems


def test_each_method_was_compared(sheets: Description) -> None:
    """Runs after those that call them."""
    assert sheets.seen == {
        "sheets.spreadsheets.get",
        "sheets.spreadsheets.batchUpdate",
        "sheets.spreadsheets.values.batchGet",
        "sheets.spreadsheets.values.batchUpdate",
    }


def test_what_is_otherwise_than_described_is_found() -> None:
    described = Description("sheets.v4")
    at = "/v4/spreadsheets/x/values:batchUpdate"
    sent = b'{"valueInputOption": "AS_IT_IS", "data": [{"range": "A1", "cells": [[1]]}]}'
    described.look("POST", at, "dryRun=yes", sent, "mail", {"spreadsheetId": 7})
    described.look("GET", "/v4/spreadsheets/x", "fields=sheets.properties(name)", b"", SCOPE, {})
    described.look("PUT", "/v4/spreadsheets/x", "", b"", SCOPE, {})
    found = "\n".join(described.problems)
    for problem in ("AS_IT_IS", ".data[].cells, which", "dryRun", "by mail", "that is no string"):
        assert problem in found
    assert "no field sheets.properties.name" in found
    assert "PUT /v4/spreadsheets/x: 0 such methods" in found
