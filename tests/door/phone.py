"""A phone that is a door without the house, as the page in the browser is one.

It knows no more than the payload of its list, and decides by docs/door.md alone.
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from data.store import Store
from eventdesk.acts import Actor
from eventdesk.core.ids import read_code
from eventdesk.door import (
    Delivered,
    OfflineScan,
    ScanSource,
    deliver_offline_scans,
    offline_list,
    offline_terms,
)
from eventdesk.door.phone_list import LABEL, digest_of

NEEDS_HOUSE = "error"
SLACK_MS = 5 * 60 * 1000


def unspelled(text: str) -> bytes:
    """Read base64url without its padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def fetched(store: Store, actor: Actor, list_id: UUID, at: datetime) -> dict[str, Any]:
    """Fetch a list, check its signature, and read it.

    Raises:
        InvalidSignature: It is not what the house signed.
    """
    terms = offline_terms(store, actor.at(at), list_id)
    listed = offline_list(store, actor.at(at), list_id)
    key = Ed25519PublicKey.from_public_bytes(unspelled(terms.public_key))
    key.verify(unspelled(listed.signature), f"{LABEL}\0{listed.payload}".encode())
    payload: dict[str, Any] = json.loads(listed.payload)
    return payload


def found(payload: dict[str, Any], text: str, *, typed: bool = False) -> list[Any] | str:
    """The row of a ticket, with all its places; else the outcome that there is none."""
    rows: list[list[Any]] = payload["tickets"]
    if typed:
        code = read_code(text)
        of_code = next((row for row in rows if row[1] == code), None)
        if of_code is not None:
            return of_code + [None] * (7 - len(of_code))
    digest = digest_of(text)
    if digest in payload["replaced"]:
        return "revoked"
    if digest in payload["cancelled"]:
        return "cancelled"
    foreign = dict(map(tuple, payload["foreign"]))
    at = foreign.get(digest)
    row = rows[at] if at is not None else next((row for row in rows if row[0] == digest), None)
    return "unknown" if row is None else row + [None] * (7 - len(row))


def decide_alone(payload: dict[str, Any], row: list[Any] | str, now: int) -> str:
    """Decide by the list alone; see docs/door.md."""
    if payload["needs_hub"] or not payload["made_at"] - SLACK_MS <= now < payload["good_until"]:
        return NEEDS_HOUSE
    if isinstance(row, str):
        return row
    _digest, _code, kind, state, entered_at, valid_from, valid_until = row
    if state and state != "hub":
        return str(state)
    if valid_from is not None and now < valid_from:
        return "not_yet_valid"
    if valid_until is not None and now >= valid_until:
        return "expired"
    opens_at, closes_at = payload["opens_at"], payload["closes_at"]
    if (opens_at is not None and now < opens_at) or (closes_at is not None and now >= closes_at):
        return "list_closed"
    of_type = payload["types"][kind]
    if not of_type["taken"]:
        return "wrong_list"
    if state == "hub" or not of_type["plain"]:
        return NEEDS_HOUSE
    if entered_at is None or payload["entry_policy"] == "any":
        return "admitted"
    if payload["entry_policy"] == "once":
        return "already_in"
    today = max(day for day in payload["days"] if day <= now)
    return "already_in" if entered_at >= today else "admitted"


@dataclass
class Phone:
    """A phone at a gate: its list, its own admissions, and what it has not told of yet."""

    store: Store
    actor: Actor
    list_id: UUID
    name: str = "phone"
    gate_id: UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    queue: list[OfflineScan] = field(default_factory=list)
    entered: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=count)

    def fetch(self, at: datetime) -> None:
        """Get a fresh list."""
        self.payload = fetched(self.store, self.actor, self.list_id, at)
        self.entered = {}

    def scan(self, text: str, at: datetime, *, typed: bool = False) -> str:
        """Decide a scan alone, note it, and say what was shown."""
        now = round(at.timestamp() * 1000)
        row = found(self.payload, text, typed=typed)
        if not isinstance(row, str) and row[0] in self.entered:
            row[4] = self.entered[row[0]]
        shown = decide_alone(self.payload, row, now)
        if shown == "admitted":
            self.entered[row[0]] = now
        source = ScanSource.TYPED if typed else ScanSource.CAMERA
        nonce = f"{self.name}-{next(self.numbers)}"
        self.queue.append(
            OfflineScan(nonce, text, at.isoformat(), shown, gate_id=self.gate_id, source=source)
        )
        return shown

    def deliver(self, at: datetime, scans: list[OfflineScan] | None = None) -> list[Delivered]:
        """Tell the house of some scans, without forgetting them."""
        told = self.queue if scans is None else scans
        return deliver_offline_scans(self.store, self.actor.at(at), self.list_id, told)
