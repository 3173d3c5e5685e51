"""Passes for Apple Wallet: a signed archive of what they say and their pictures.

By Apple's “Wallet Passes” (Creating the Source for a Pass; Building a Pass).
"""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_period
from eventdesk.integrations.apple_wallet.pictures import INK, pictures
from eventdesk.integrations.apple_wallet.signer import Signer
from eventdesk.integrations.wallet_ticket import WalletTicket

MEDIA_TYPE: Final = "application/vnd.apple.pkpass"

OVER_AFTER: Final = timedelta(days=1)
"""After the end of its event a pass is put away."""

_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""The time in the archive: the same pass is the same bytes, but for its signature."""


@dataclass(frozen=True, slots=True)
class AsksAgain:
    """Where a wallet asks for a newer pass, and by what it is known.

    Attributes:
        address: Of the web service, by HTTPS; `v1/…` stands behind it.
        token: What the wallet brings; at least 16 characters.
    """

    address: str
    token: str


def make_pass(ticket: WalletTicket, signer: Signer, asks: AsksAgain | None = None) -> bytes:
    """Make a pass, in the language of whoever reads.

    Args:
        ticket: What it says.
        signer: Who signs it.
        asks: Where it asks for what is newer; None never.
    """
    said = json.dumps(pass_json(ticket, signer, asks), ensure_ascii=False, sort_keys=True)
    files = {"pass.json": said.encode(), **pictures()}
    # SHA-1 is what Apple's format has; the signature over the list is by SHA-256.
    manifest = {
        name: hashlib.sha1(content, usedforsecurity=False).hexdigest()
        for name, content in files.items()
    }
    files["manifest.json"] = json.dumps(manifest, sort_keys=True).encode()
    files["signature"] = signer.sign(files["manifest.json"])
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name, _MADE), content, ZIP_DEFLATED)
    return written.getvalue()


def pass_json(ticket: WalletTicket, signer: Signer, asks: AsksAgain | None) -> dict[str, Any]:
    """What a pass says, as `pass.json` has it."""
    made: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type,
        "teamIdentifier": signer.team,
        "organizationName": plain(signer.organization, limit=60),
        "serialNumber": ticket.ticket_id.hex,
        "description": plain(ticket.event, limit=100),
        "logoText": plain(signer.organization, limit=30),
        "groupingIdentifier": ticket.event_id.hex,
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(214, 230, 240)",
        "backgroundColor": "rgb({}, {}, {})".format(*INK),
        "relevantDate": _instant(ticket.starts_at, ticket),
        "expirationDate": _instant(ticket.ends_at + OVER_AFTER, ticket),
        "sharingProhibited": True,
        "eventTicket": _fields(ticket),
    }
    if ticket.token:
        made["barcodes"] = [
            {
                "format": "PKBarcodeFormatQR",
                "message": ticket.token,
                "messageEncoding": "iso-8859-1",
                "altText": ticket.code,
            }
        ]
    else:
        made["voided"] = True
    if asks is not None:
        made |= {"webServiceURL": asks.address, "authenticationToken": asks.token}
    return made


def _fields(ticket: WalletTicket) -> dict[str, list[dict[str, Any]]]:
    when = spoken_period(ticket.starts_at, ticket.ends_at, ticket.time_zone)
    moved = _("Now: {what}", what="%@")
    back = [
        _field("number", _("Ticket"), ticket.code),
        _field("place", _("Where"), ticket.where),
        _field("page", _("The booking"), ticket.booking_address),
    ]
    return {
        "primaryFields": _kept(_field("event", _("Event"), ticket.event)),
        "secondaryFields": _kept(
            _field("when", _("When"), when, changeMessage=moved),
            _field("where", _("Where"), ticket.where, changeMessage=moved),
        ),
        "auxiliaryFields": _kept(
            _field("holder", _("Name"), ticket.holder),
            _field("type", _("Ticket"), ticket.ticket_type),
            _field("seat", _("Seat"), ticket.seat, changeMessage=moved),
        ),
        "backFields": _kept(*back),
    }


def _field(key: str, label: str, value: str, **more: str) -> dict[str, Any]:
    return {"key": key, "label": label, "value": plain(value, limit=300), **more}


def _kept(*fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in fields if each["value"]]


def _instant(at: datetime, ticket: WalletTicket) -> str:
    """As RFC 3339 writes it, in the time of the event."""
    return at.astimezone(ZoneInfo(ticket.time_zone)).isoformat(timespec="seconds")
