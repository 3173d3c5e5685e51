"""What is asked of Google Wallet, what links bring and what our counterpart answers, as described.

Run by `make services`, not by the suite: the tests of passes once more, with each call, each answer
and each saved link compared; see `against_google_description`.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from eventdesk.integrations.google_wallet.passes import ROOT, SCOPE
from tests.booking import test_google_passes
from tests.counterparts.google_description import FOLDER, Description, again
from tests.integrations.chaos import Asked, Reply
from tests.integrations.wallet import test_google_wallet
from tests.integrations.wallet.google import CLASS, OBJECT, GoogleWallet

pytestmark = pytest.mark.skipif(not FOLDER, reason="$GOOGLE_DESCRIPTIONS is no folder")

globals().update(again(test_google_wallet) | again(test_google_passes) | globals())


@pytest.fixture(scope="module")
def described() -> Description:
    return Description("walletobjects.v1")


@pytest.fixture(autouse=True)
def compared(described: Description, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compare what the counterpart is asked and answers, and what is saved with what is made."""
    answer, saved = GoogleWallet.__call__, GoogleWallet.make

    def compares(google: GoogleWallet, asked: Asked) -> Reply:
        reply = answer(google, asked)
        if asked.path != "/token":
            got = json.loads(reply.body) if reply.status == 200 else None
            described.look(asked.method, asked.path, asked.raw_query, asked.body, SCOPE, got)
        return reply

    def makes(google: GoogleWallet, kind: str, made: dict[str, Any]) -> None:
        described.look("POST", f"{ROOT}/{kind}", "", json.dumps(made).encode(), SCOPE, made)
        saved(google, kind, made)

    monkeypatch.setattr(GoogleWallet, "__call__", compares)
    monkeypatch.setattr(GoogleWallet, "make", makes)
    yield
    problems, described.problems = described.problems, []
    assert not problems


def test_each_method_was_compared(described: Description) -> None:
    """Runs after those that call them."""
    assert described.seen == {
        "walletobjects.eventticketclass.list",
        "walletobjects.eventticketclass.patch",
        "walletobjects.eventticketclass.insert",
        "walletobjects.eventticketobject.patch",
        "walletobjects.eventticketobject.insert",
    }


def test_what_is_otherwise_than_described_is_found() -> None:
    described = Description("walletobjects.v1")
    at = f"{ROOT}/{OBJECT}/1.x"
    described.look("PATCH", at, "", b'{"state": "expired", "seat": null}', SCOPE, {"state": None})
    described.look("POST", f"{ROOT}/{CLASS}", "", b'{"eventName": null}', SCOPE, {})
    found = "\n".join(described.problems)
    for problem in (".state 'expired'", ".seat, which is not known", "no string: None"):
        assert problem in found
    assert ".eventName that is no object" in found
