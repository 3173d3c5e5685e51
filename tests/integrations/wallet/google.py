"""Google Wallet on loopback: what is saved by links, and changed by the Google Wallet API.

Saving makes what is not there yet and leaves what is. A change names some members: null takes one
away, and the others stay (JSON's merge patch, RFC 7396).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt

from eventdesk.integrations import google_account
from eventdesk.integrations.google_wallet import passes
from eventdesk.integrations.google_wallet.passes import ROOT, SCOPE
from eventdesk.integrations.google_wallet.save_link import SAVE
from tests.integrations.chaos import Asked, Counterpart, Reply, counterpart
from tests.integrations.google_house import EMAIL, GoogleHouse, RefusalError

ISSUER = "3388000000012345678"
CLASS, OBJECT = "eventTicketClass", "eventTicketObject"


class GoogleWallet(GoogleHouse):
    """The wallets.

    Attributes:
        classes: What all passes of an event say, by their names.
        objects: Passes, by their names.
        users: Who may change passes of the issuer.
        changes: What was changed, in its order: the kind, the name and what was said.
        not_taken: Words that a pass may not say.
    """

    scope, api, host = SCOPE, "Google Wallet API", "walletobjects.googleapis.com"

    def __init__(self) -> None:
        super().__init__()
        self.classes: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        self.users = {EMAIL}
        self.changes: list[tuple[str, str, dict[str, Any]]] = []
        self.not_taken = ""

    def save(self, link: str) -> str:
        """What somebody does who presses on Google's page; returns the name of the pass."""
        claims = jwt.decode(link.removeprefix(SAVE), self.keys["k1"], ["RS256"]).claims
        assert (claims["iss"], claims["aud"], claims["typ"]) == (EMAIL, "google", "savetowallet")
        [event] = claims["payload"]["eventTicketClasses"]
        [one] = claims["payload"]["eventTicketObjects"]
        assert one["classId"] == event["id"]
        self.make(CLASS, event)
        self.make(OBJECT, one)
        name: str = one["id"]
        return name

    def make(self, kind: str, made: dict[str, Any]) -> None:
        """Make what is not there yet."""
        known = self.classes if kind == CLASS else self.objects
        known.setdefault(made["id"], made)

    def answer(self, asked: Asked) -> Reply:
        kind, _, name = asked.path.removeprefix(f"{ROOT}/").partition("/")
        issuer = name.partition(".")[0] if name else parse_qs(asked.raw_query)["issuerId"][0]
        if issuer != ISSUER or EMAIL not in self.users:
            raise RefusalError(403, "Permission Denied", "PERMISSION_DENIED")
        match asked.method, kind:
            case "GET", "eventTicketClass" if not name:
                some = list(self.classes.values())[:1]
                return Reply.of({"resources": some} if some else {})
            case "PATCH", "eventTicketClass":
                return Reply.of(self._changed(kind, name, self.classes, asked.json()))
            case "PATCH", "eventTicketObject":
                return Reply.of(self._changed(kind, name, self.objects, asked.json()))
        raise AssertionError(f"{asked.method} {asked.path}")

    def _changed(
        self, kind: str, name: str, known: dict[str, dict[str, Any]], says: dict[str, Any]
    ) -> dict[str, Any]:
        if name not in known:
            raise RefusalError(404, f"Wallet Object {name} not found.", "NOT_FOUND")
        if kind == CLASS and says["reviewStatus"] != "UNDER_REVIEW":
            raise RefusalError(400, "Invalid review status: APPROVED.")
        if self.not_taken and self.not_taken in str(says):
            raise RefusalError(400, "Request contains an invalid argument.")
        self.changes.append((kind, name, says))
        known[name] = _merged(known[name], says)
        return known[name]


def _merged(known: dict[str, Any], says: dict[str, Any]) -> dict[str, Any]:
    made = dict(known)
    for name, each in says.items():
        if each is None:
            made.pop(name, None)
        elif isinstance(each, dict):
            made[name] = _merged(made.get(name, {}), each)
        else:
            made[name] = each
    return made


@contextmanager
def wallet_here(patch: pytest.MonkeyPatch) -> Iterator[tuple[GoogleWallet, Counterpart]]:
    """A Google that this process calls in the place of the one there is."""
    google = GoogleWallet()
    with counterpart(google) as there:
        patch.setattr(passes, "WALLET_AT", there.url)
        patch.setattr(google_account, "TOKENS_AT", there.url)
        patch.setattr(passes, "TIMEOUT_S", 5.0)
        patch.setattr(google_account, "TIMEOUT_S", 5.0)
        patch.setattr(google_account.TOKENS, "_known", {})
        yield google, there
